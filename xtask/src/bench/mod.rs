//! Measuring the programs from outside, as they are: a server on SQLite, tablets, a window.

mod numbers;
mod paint;
mod proxy;
mod search;
mod traffic;

use crate::{
    build,
    error::Error,
    only_one::only_one,
    project::{Profile, Project},
    setup::{self, Need},
    tablet::{Server, Tablet},
};
use numbers::{Line, print};
use proxy::Proxy;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

/// How much is measured.
#[derive(Debug, Clone, Copy)]
struct Scale {
    profile: Profile,
    /// Invented persons beyond the sample data, each of them one document.
    persons: u32,
    /// Changes in a large push.
    changes: u32,
    /// Changed documents in a small one.
    few: u32,
    searches: u32,
    /// How often a start is measured.
    starts: u32,
}

const FULL: Scale = Scale {
    profile: Profile::Release,
    persons: 10_000,
    changes: 1_000,
    few: 10,
    searches: 200,
    starts: 5,
};

const QUICK: Scale = Scale {
    profile: Profile::Debug,
    persons: 100,
    changes: 50,
    few: 5,
    searches: 20,
    starts: 1,
};

/// The processes that are measured, all of their traffic going through one counting proxy.
struct Bench<'a> {
    project: &'a Project,
    scale: Scale,
    folder: PathBuf,
    server: Server,
    proxy: Proxy,
}

impl Bench<'_> {
    /// Where a tablet keeps its data.
    fn place(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A tablet that is enrolled and has not synced yet.
    fn tablet(&self, who: &str, name: &str) -> Result<Tablet, Error> {
        let code = self.server.code(who)?;
        let mut tablet = Tablet::open(self.project, self.scale.profile, &self.place(name))?;
        tablet.enrol(&self.proxy.address(), &code, name)?;
        Ok(tablet)
    }

    /// Prints a measurement, with what it was taken of.
    fn print(&self, line: Line) {
        print(
            &line
                .with("persons", self.scale.persons)
                .with("profile", self.scale.profile.folder()),
        );
    }
}

/// Measures everything; one JSON object per line.
pub(crate) fn bench(project: &Project, quick: bool) -> Result<(), Error> {
    let scale = if quick { QUICK } else { FULL };
    setup::setup(
        project,
        &[Need::Interface, Need::Build, Need::Windows],
        false,
    )?;
    build::interface(project)?;
    build::programs(project, scale.profile)?;
    let folder = project.target("bench");
    let _only_one = only_one(project, "bench")?;
    empty(&folder)?;
    let mut server = Server::new(project, scale.profile, &folder);
    let begin = Instant::now();
    server.seed(scale.persons)?;
    let seeded = begin.elapsed();
    server.serve()?;
    let proxy = Proxy::start(&server.address)?;
    let bench = Bench {
        project,
        scale,
        folder,
        server,
        proxy,
    };
    bench.print(Line::new("seed", numbers::ms(seeded), "ms"));
    traffic::measure(&bench)?;
    search::measure(&bench)?;
    paint::measure(&bench)
}

fn empty(folder: &Path) -> Result<(), Error> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::io("emptying target/bench"))?;
    }
    fs::create_dir_all(folder).map_err(Error::io("making target/bench"))
}
