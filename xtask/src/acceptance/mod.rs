//! What the law asks, the tests that name it, and what became of them.

mod criteria;
mod outcome;
mod scan;
mod sources;
mod tell;

use crate::{
    build,
    error::Error,
    project::{Profile, Project},
    run,
    setup::{self, Need},
};
pub(crate) use outcome::{Case, from_junit, from_playwright, from_vitest};
use sources::{Runner, Test};
use std::{collections::BTreeSet, fs};

/// Whose tests are run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct What {
    /// Runs nothing.
    pub(crate) list: bool,
    /// Only these packages' tests; all where there is none.
    pub(crate) packages: Vec<String>,
}

/// Where the whole of the tests leaves the reports of the interface's tests.
pub(crate) const BROWSER_REPORT: &str = "browser.json";
/// The same for the interface's parts.
pub(crate) const PARTS_REPORT: &str = "vitest.json";

/// nextest's profile for these tests: it leaves the report of the whole of the tests alone.
const PROFILE: &str = "acceptance";

/// Tells of every criterion which tests name it and whether they pass. Fails where one fails, where
/// one that is named was not found among those that ran, and where a line names what is not there.
pub(crate) fn acceptance(project: &Project, what: &What) -> Result<(), Error> {
    let text = fs::read_to_string(project.root().join(criteria::PLACE))
        .map_err(Error::io(criteria::PLACE))?;
    let criteria = criteria::read(&text)
        .map_err(|why| Error::NotHeld(format!("{}: {why}", criteria::PLACE)))?;
    let (tests, faults) = sources::scan(project)?;
    if what.list {
        return tell::list(&criteria, &tests, &faults);
    }
    let rust: Vec<&Test> = tests.iter().filter(|test| what.includes(test)).collect();
    let mut cases = play(project, &rust, what)?;
    for (name, read) in [
        (BROWSER_REPORT, from_playwright as fn(&str) -> Vec<Case>),
        (PARTS_REPORT, from_vitest),
    ] {
        match fs::read_to_string(project.target(name)) {
            Ok(report) => cases.extend(read(&report)),
            Err(_) => println!("{name} is not there: `cargo xtask test` leaves it"),
        }
    }
    tell::results(&criteria, &tests, &faults, &cases, &|test| {
        what.includes(test)
    })
}

impl What {
    /// Whether a test is one that this runs.
    fn includes(&self, test: &Test) -> bool {
        match &test.runner {
            Runner::Rust { package, .. } => {
                self.packages.is_empty() || self.packages.contains(package)
            }
            Runner::Browser | Runner::Parts => false,
        }
    }
}

/// Runs tests of the Rust side, and reads what became of them.
fn play(project: &Project, tests: &[&Test], what: &What) -> Result<Vec<Case>, Error> {
    if tests.is_empty() {
        return Ok(Vec::new());
    }
    if what.packages.is_empty() {
        setup::setup(project, &[Need::Interface, Need::Build, Need::Tests], false)?;
        // Some tests start the programs.
        build::interface(project)?;
        build::programs(project, Profile::Debug)?;
    }
    let report = project.nextest_report(PROFILE);
    let _ = fs::remove_file(&report);
    let mut cargo = run::cargo(project);
    cargo.args(["nextest", "run", "--profile", PROFILE]);
    if what.packages.is_empty() {
        cargo.arg("--workspace");
    }
    for package in &what.packages {
        cargo.args(["--package", package]);
    }
    run::locked(&mut cargo).args(["--filterset", &filter(tests)]);
    let ended = run::run(&mut cargo);
    match (fs::read_to_string(report), ended) {
        // A test that failed is told with its criterion.
        (Ok(xml), _) => Ok(from_junit(&xml)),
        (Err(_), Err(error)) => Err(error),
        (Err(why), Ok(())) => Err(Error::io("reading the tests' report")(why)),
    }
}

/// The tests, in nextest's words.
fn filter(tests: &[&Test]) -> String {
    let each: BTreeSet<String> = tests
        .iter()
        .filter_map(|test| match &test.runner {
            Runner::Rust { package, .. } => Some(format!(
                "(package(={package}) & test(/(^|::){}$/))",
                test.named.name
            )),
            Runner::Browser | Runner::Parts => None,
        })
        .collect();
    each.into_iter().collect::<Vec<_>>().join(" | ")
}
