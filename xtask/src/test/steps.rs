//! The steps, in their order.

use super::{
    advisories, audit,
    counts::{self, Counts},
};
use crate::{
    acceptance::{self, BROWSER_REPORT, Case, PARTS_REPORT},
    android, build,
    error::Error,
    project::{Profile, Project},
    run,
    setup::{self, Need},
    types,
};
use std::{fs, process::Command};

/// One step.
pub(super) struct Step {
    /// What it is called.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) about: &'static str,
    /// Whether nothing after it can be tried without it.
    pub(super) others_build_on_it: bool,
    /// Does it.
    pub(super) run: fn(&Project) -> Result<Counts, Error>,
}

/// Every step. Cheap ones that need no build come late too: builds show most mistakes first.
pub(super) const STEPS: &[Step] = &[
    needed("setup", "what is missing on this machine", prepare),
    needed("build-ui", "the interface", build_interface),
    needed("build", "the programs", build_programs),
    step("types", "generated files are up to date", check_types),
    step("format", "cargo fmt", format),
    step("clippy", "cargo clippy, every warning an error", clippy),
    step("deny", "licences, bans, sources and advisories", deny),
    step("audit", "known holes, with cargo-audit", audit::audit),
    step("rust", "cargo nextest", rust),
    step("ui-check", "the interface's types", |context| {
        npm(context, "check")
    }),
    step("ui-lint", "the interface's style", |context| {
        npm(context, "lint")
    }),
    step("ui-units", "the interface's parts", interface_units),
    step(
        "browser-check",
        "the types of the tests in a browser",
        browser_types,
    ),
    step("browser", "the interface in a browser", browser),
    step("window", "the story in real windows", window),
    step("android", "types for Android", check_android),
];

const fn step(
    name: &'static str,
    about: &'static str,
    run: fn(&Project) -> Result<Counts, Error>,
) -> Step {
    Step {
        name,
        about,
        others_build_on_it: false,
        run,
    }
}

const fn needed(
    name: &'static str,
    about: &'static str,
    run: fn(&Project) -> Result<Counts, Error>,
) -> Step {
    Step {
        others_build_on_it: true,
        ..step(name, about, run)
    }
}

/// The step of this name.
pub(super) fn named(name: &str) -> Option<&'static Step> {
    STEPS.iter().find(|step| step.name == name)
}

/// The tests that failed in a step, a line each, read from the report that it left.
pub(super) fn failed_tests(project: &Project, name: &str) -> Vec<String> {
    let (report, read): (_, fn(&str) -> Vec<Case>) = match name {
        "rust" => (project.nextest_report("default"), acceptance::from_junit),
        "ui-units" => (project.target(PARTS_REPORT), acceptance::from_vitest),
        "browser" => (project.target(BROWSER_REPORT), acceptance::from_playwright),
        _ => return Vec::new(),
    };
    let text = fs::read_to_string(report).unwrap_or_default();
    read(&text).iter().filter_map(Case::failure).collect()
}

fn prepare(project: &Project) -> Result<Counts, Error> {
    setup::setup(project, Need::ALL, false)?;
    Ok(Counts::NONE)
}

fn build_interface(project: &Project) -> Result<Counts, Error> {
    build::interface(project).map(|()| Counts::PASSED)
}

fn build_programs(project: &Project) -> Result<Counts, Error> {
    build::programs(project, Profile::Debug).map(|()| Counts::PASSED)
}

fn check_types(project: &Project) -> Result<Counts, Error> {
    types::verify(project).map(|()| Counts::PASSED)
}

fn format(project: &Project) -> Result<Counts, Error> {
    run::run(run::cargo(project).args(["fmt", "--all", "--check"]))?;
    Ok(Counts::PASSED)
}

fn clippy(project: &Project) -> Result<Counts, Error> {
    let mut cargo = run::cargo(project);
    cargo.args(["clippy", "--workspace", "--all-targets"]);
    run::run(run::locked(&mut cargo).args(["--", "--deny", "warnings"]))?;
    Ok(Counts::PASSED)
}

fn deny(project: &Project) -> Result<Counts, Error> {
    // It looks at every target's dependencies; a build downloads this one's alone.
    run::run(run::locked(run::cargo(project).arg("fetch")))?;
    let mut cargo = run::cargo(project);
    cargo.args(["deny", "--offline", "check", "licenses", "bans", "sources"]);
    if advisories::prepare(project)? {
        cargo.arg("advisories");
    } else {
        println!("no advisory database beside the project: advisories are not checked");
    }
    run::run(&mut cargo).map(|()| Counts::PASSED)
}

fn rust(project: &Project) -> Result<Counts, Error> {
    let report = project.nextest_report("default");
    let _ = fs::remove_file(&report);
    let mut cargo = run::cargo(project);
    cargo.args(["nextest", "run", "--workspace"]);
    run::locked(&mut cargo);
    let outcome = run::run(&mut cargo);
    let counted = fs::read_to_string(report)
        .ok()
        .and_then(|xml| counts::from_junit(&xml));
    settle(outcome, counted)
}

fn npm(project: &Project, script: &str) -> Result<Counts, Error> {
    let mut npm = Command::new("npm");
    npm.args(["run", script]).current_dir(project.ui());
    run::run(&mut npm).map(|()| Counts::PASSED)
}

fn interface_units(project: &Project) -> Result<Counts, Error> {
    let report = project.target(PARTS_REPORT);
    let _ = fs::remove_file(&report);
    let mut npm = Command::new("npm");
    npm.args(["test", "--", "--reporter=default", "--reporter=json"])
        .arg(format!("--outputFile.json={}", report.display()))
        .current_dir(project.ui());
    let outcome = run::run(&mut npm);
    let counted = fs::read_to_string(report)
        .ok()
        .and_then(|json| counts::from_vitest(&json));
    settle(outcome, counted)
}

fn browser_types(project: &Project) -> Result<Counts, Error> {
    let mut npm = Command::new("npm");
    npm.args(["run", "check"])
        .current_dir(project.browser_tests());
    run::run(&mut npm).map(|()| Counts::PASSED)
}

fn browser(project: &Project) -> Result<Counts, Error> {
    let report = project.target(BROWSER_REPORT);
    let _ = fs::remove_file(&report);
    let mut npm = Command::new("npm");
    npm.arg("test")
        .current_dir(project.browser_tests())
        .env("HEMROND_REPORT", report)
        .env("HEMROND_BIN_DIR", project.target(Profile::Debug.folder()));
    told(&mut npm)
}

fn window(project: &Project) -> Result<Counts, Error> {
    let mut story = Command::new(project.binary(Profile::Debug, "window-story"));
    story.arg("--pictures").arg(project.target("window-story"));
    told(&mut story)
}

/// Runs a program that tells its counts on its last line.
fn told(command: &mut Command) -> Result<Counts, Error> {
    let (status, text) = run::watch(command)?;
    let outcome = if status.success() {
        Ok(())
    } else {
        Err(Error::Failed {
            what: run::told(command),
            status,
        })
    };
    settle(outcome, counts::from_closing_line(&text))
}

fn check_android(project: &Project) -> Result<Counts, Error> {
    android::check(project).map(|()| Counts::PASSED)
}

/// Puts together how a test runner ended and what it counted. One that failed with no failed test
/// failed itself; one that left no counts cannot have tested anything.
fn settle(outcome: Result<(), Error>, counted: Option<Counts>) -> Result<Counts, Error> {
    match (outcome, counted) {
        (Err(error), Some(counts)) if counts.failed == 0 => Err(error),
        (Err(error), None) => Err(error),
        (_, Some(counts)) if counts.passed + counts.failed > 0 => Ok(counts),
        _ => Err(Error::NotHeld("no test was run".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Error, STEPS, named, settle};
    use std::collections::BTreeSet;

    #[test]
    fn every_step_has_a_name_of_its_own() {
        let names: BTreeSet<_> = STEPS.iter().map(|step| step.name).collect();
        assert_eq!(names.len(), STEPS.len());
        assert!(named("rust").is_some() && named("dance").is_none());
    }

    #[test]
    fn nothing_passes_unseen() {
        let failed = || Err(Error::NotHeld("it fell over".to_owned()));
        assert_eq!(
            settle(Ok(()), Some(Counts::PASSED)).ok(),
            Some(Counts::PASSED)
        );
        assert_eq!(
            settle(failed(), Some(Counts::FAILED)).ok(),
            Some(Counts::FAILED)
        );
        assert!(settle(failed(), Some(Counts::PASSED)).is_err(), "fell over");
        assert!(settle(failed(), None).is_err(), "fell over");
        assert!(settle(Ok(()), None).is_err(), "no counts");
        assert!(settle(Ok(()), Some(Counts::NONE)).is_err(), "no tests");
    }
}
