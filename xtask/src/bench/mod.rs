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
mod scale;
mod side;
mod work;

use crate::{
    build,
    error::Error,
    only_one::only_one,
    project::Project,
    run,
    setup::{self, Need},
};
use hemrond::Hemrond;
use proxy::Proxy;
use results::{OURS, Results};
use scale::Numbers;
pub(crate) use scale::{Part, Scale, Wanted};
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

/// Measures, and leaves `results.jsonl` and `results.md` in `target/bench`.
pub(crate) fn bench(project: &Project, wanted: &Wanted) -> Result<(), Error> {
    let numbers = wanted.scale.numbers();
    let mut needs = vec![Need::Interface, Need::Build, Need::Windows, Need::Measuring];
    if wanted.scale == Scale::Peers {
        needs.push(Need::Peers);
    }
    setup::setup(project, &needs, false)?;
    build::interface(project)?;
    build::programs(project, numbers.profile)?;
    if wanted.takes_a_crowd() {
        crowd::build(project, numbers.profile)?;
    }
    let folder = project.target("bench");
    let _only_one = only_one(project, "bench")?;
    empty(&folder)?;
    let proxy = Proxy::start()?;
    let mut results = Results::default();
    if wanted.takes(Part::Documents) {
        carry_all(project, wanted, &folder, &proxy, &mut results)?;
    }
    let profile = numbers.profile;
    if wanted.takes(Part::ShiftEnd) {
        let place = folder.join("shift");
        shift_end::ours(project, profile, numbers.shift, &place, &mut results)?;
        if wanted.scale == Scale::Peers {
            let place = folder.join("shift-pouchdb");
            shift_end::pouchdb(project, numbers.shift, &place, &mut results)?;
        }
        results.write(&folder)?;
    }
    if wanted.takes(Part::Online) {
        let place = folder.join("online");
        online::measure(project, profile, numbers.online, &place, &mut results)?;
        results.write(&folder)?;
    }
    if wanted.takes(Part::Growth) {
        let place = folder.join("growing");
        growth::measure(project, profile, &wanted.growth(), &place, &mut results)?;
        results.write(&folder)?;
    }
    if wanted.takes(Part::InHand) {
        in_hand(project, numbers, &folder, &proxy, &mut results)?;
        results.write(&folder)?;
    }
    results.tell();
    Ok(())
}

/// Documents on their way with every side, from few to many, and a week's.
fn carry_all(
    project: &Project,
    wanted: &Wanted,
    folder: &Path,
    proxy: &Proxy,
    results: &mut Results,
) -> Result<(), Error> {
    let numbers = wanted.scale.numbers();
    let peers = match wanted.scale {
        Scale::Peers => peer::among(project, &wanted.beside)?,
        Scale::Quick | Scale::Short => Vec::new(),
    };
    let loads = wanted.loads();
    for (place, load) in loads.iter().enumerate() {
        let few = place + 1 == loads.len();
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
            let Some(runs) = carried(side, *load, folder, proxy, results)? else {
                continue;
            };
            runs.tell(results, load.documents);
            if few {
                runs.tell_few(results);
            }
            // Should the rest be cut short, what was measured stays.
            results.write(folder)?;
        }
    }
    let ours = Hemrond {
        project,
        profile: numbers.profile,
        persons: 100,
    };
    for side in sides(&ours, &peers) {
        if let Some(runs) = carried(side, wanted.week(), folder, proxy, results)? {
            runs.tell_week(results);
            results.write(folder)?;
        }
    }
    let bare = compressed(folder, &documents::bare(wanted.week()))?;
    results.limit("week_bytes", "bytes", &[bare]);
    results.write(folder)
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
