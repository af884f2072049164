//! Measuring the programs from outside, as they are, beside what others would use.

mod chart;
mod form;
mod goals;
mod hemrond;
mod lines;
mod numbers;
mod peer;
mod proxy;
mod results;
mod side;
mod work;

use crate::{
    build,
    error::Error,
    only_one::only_one,
    project::{Profile, Project},
    run,
    setup::{self, Need},
};
use hemrond::Hemrond;
use proxy::Proxy;
use results::{OURS, Results};
use side::{Side, Stage as _};
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};
use work::{
    crowd,
    documents::{self, Load, Runs},
    growth, online, paint, shift_end, using,
};

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Small numbers and the debug build, to see that it works.
    Quick,
    /// Our own figures.
    Short,
    /// All of it, beside the peers.
    Peers,
}

/// The numbers behind a scale.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    profile: Profile,
    /// Loads, the largest last: few changed documents are measured among that.
    loads: &'static [Load],
    week: Load,
    /// Persons on the tablet that is started and used.
    persons: u32,
    starts: usize,
    times: usize,
    /// Tablets that come back at the end of a shift.
    shift: usize,
    /// Tablets that wait for news.
    online: usize,
    /// Documents on the server, from few to many.
    growth: &'static [u32],
}

const QUICK: Numbers = Numbers {
    profile: Profile::Debug,
    loads: &[Load::whole(20, 1)],
    week: Load::whole(10, 1),
    persons: 100,
    starts: 1,
    times: 10,
    shift: 10,
    online: 20,
    growth: &[50, 500],
};

const SHORT: Numbers = Numbers {
    profile: Profile::Release,
    loads: &[Load::whole(100, 3), Load::whole(1_000, 3)],
    week: Load::whole(200, 3),
    persons: 10_000,
    starts: 5,
    times: 1_000,
    shift: 500,
    online: 1_000,
    growth: &[1_000, 10_000, 100_000],
};

const FULL: Numbers = Numbers {
    loads: &[
        Load::whole(100, 5),
        Load::whole(1_000, 5),
        Load {
            documents: 10_000,
            answers: 4,
            runs: 3,
        },
    ],
    week: Load::whole(200, 5),
    growth: &[1_000, 10_000, 100_000, 1_000_000],
    ..SHORT
};

impl Scale {
    const fn numbers(self) -> Numbers {
        match self {
            Self::Quick => QUICK,
            Self::Short => SHORT,
            Self::Peers => FULL,
        }
    }
}

/// Measures, and leaves `results.jsonl` and `results.md` in `target/bench`.
pub(crate) fn bench(project: &Project, scale: Scale) -> Result<(), Error> {
    let numbers = scale.numbers();
    let mut needs = vec![Need::Interface, Need::Build, Need::Windows, Need::Measuring];
    if scale == Scale::Peers {
        needs.push(Need::Peers);
    }
    setup::setup(project, &needs, false)?;
    build::interface(project)?;
    build::programs(project, numbers.profile)?;
    crowd::build(project, numbers.profile)?;
    let folder = project.target("bench");
    let _only_one = only_one(project, "bench")?;
    empty(&folder)?;
    let proxy = Proxy::start()?;
    let peers = match scale {
        Scale::Peers => peer::all(project)?,
        Scale::Quick | Scale::Short => Vec::new(),
    };
    let mut results = Results::default();
    for (place, load) in numbers.loads.iter().enumerate() {
        let few = place + 1 == numbers.loads.len();
        let ours = Hemrond {
            project,
            profile: numbers.profile,
            persons: u32::try_from(load.documents).unwrap_or(u32::MAX),
        };
        for side in sides(&ours, &peers) {
            if load.documents > side.most() {
                let name = side.name();
                results.note(format!(
                    "{name}: {} documents were not tried.",
                    load.documents
                ));
                continue;
            }
            let Some(runs) = carried(side, *load, &folder, &proxy, &mut results)? else {
                continue;
            };
            runs.tell(&mut results, load.documents);
            if few {
                runs.tell_few(&mut results);
            }
        }
        results.write(&folder)?;
    }
    let ours = Hemrond {
        project,
        profile: numbers.profile,
        persons: 100,
    };
    for side in sides(&ours, &peers) {
        if let Some(runs) = carried(side, numbers.week, &folder, &proxy, &mut results)? {
            runs.tell_week(&mut results);
        }
    }
    let bare = compressed(&folder, &documents::bare(numbers.week))?;
    results.limit("week_bytes", "bytes", &[bare]);
    results.write(&folder)?;
    shift_end::ours(
        project,
        numbers.profile,
        numbers.shift,
        &folder.join("shift"),
        &mut results,
    )?;
    if scale == Scale::Peers {
        let place = folder.join("shift-pouchdb");
        shift_end::pouchdb(project, numbers.shift, &place, &mut results)?;
    }
    results.write(&folder)?;
    online::measure(
        project,
        numbers.profile,
        numbers.online,
        &folder.join("online"),
        &mut results,
    )?;
    results.write(&folder)?;
    growth::measure(
        project,
        numbers.profile,
        numbers.growth,
        &folder.join("growing"),
        &mut results,
    )?;
    results.write(&folder)?;
    in_hand(project, numbers, &folder, &proxy, &mut results)?;
    results.write(&folder)?;
    results.tell();
    Ok(())
}

/// What a side was measured at. A peer that fails is named among the notes, and the others go on.
fn carried(
    side: &dyn Side,
    load: Load,
    folder: &Path,
    proxy: &Proxy,
    results: &mut Results,
) -> Result<Option<Runs>, Error> {
    match documents::carry(side, load, folder, proxy) {
        Err(error) if side.name() != OURS => {
            documents::clear(folder)?;
            let (name, count) = (side.name(), load.documents);
            results.note(format!("{name}: {count} documents failed: {error}"));
            Ok(None)
        }
        carried => carried.map(Some),
    }
}

/// A tablet with a large caseload: its memory, its first picture, and how it answers.
fn in_hand(
    project: &Project,
    numbers: Numbers,
    folder: &Path,
    proxy: &Proxy,
    results: &mut Results,
) -> Result<(), Error> {
    let place = folder.join("in-hand");
    let ours = Hemrond {
        project,
        profile: numbers.profile,
        persons: numbers.persons,
    };
    ours.begin(&place, proxy)?.close_all()?;
    let mut round = ours.begin(&place, proxy)?;
    using::measure(&mut round.nurse, numbers.times, results)?;
    results.add("tablet_core_mb", "MB", OURS, &[round.memory()?.client]);
    round.close_all()?;
    paint::measure(
        project,
        numbers.profile,
        &place.join("nurse"),
        numbers.starts,
        results,
    )
}

/// Ours first, then the peers.
fn sides<'a>(ours: &'a Hemrond<'a>, peers: &'a [peer::Peer]) -> impl Iterator<Item = &'a dyn Side> {
    let peers = peers.iter().map(|peer| peer as &dyn Side);
    std::iter::once(ours as &dyn Side).chain(peers)
}

/// How many bytes zstd makes of a text when it takes its time.
#[allow(clippy::cast_precision_loss)] // Far below 2^52 bytes.
fn compressed(folder: &Path, text: &str) -> Result<f64, Error> {
    let path = folder.join("bare.txt");
    fs::write(&path, text).map_err(Error::io("writing what is compressed"))?;
    let mut zstd = Command::new("zstd");
    run::run(
        zstd.args(["--quiet", "-19"])
            .arg(&path)
            .stdin(Stdio::null()),
    )?;
    let small = fs::metadata(folder.join("bare.txt.zst"));
    Ok(small
        .map_err(Error::io("reading what was compressed"))?
        .len() as f64)
}

fn empty(folder: &Path) -> Result<(), Error> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::io("emptying target/bench"))?;
    }
    fs::create_dir_all(folder).map_err(Error::io("making target/bench"))
}
