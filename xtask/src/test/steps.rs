//! The steps, in their order.

use super::{
    Context, advisories,
    counts::{self, Counts},
};
use crate::{
    android, build,
    error::Error,
    project::Profile,
    run,
    screen::Hidden,
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
    pub(super) run: fn(&mut Context<'_>) -> Result<Counts, Error>,
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
    step("rust", "cargo nextest", rust),
    step("ui-check", "the interface's types", |context| {
        npm(context, "check")
    }),
    step("ui-lint", "the interface's style", |context| {
        npm(context, "lint")
    }),
    step("ui-units", "the interface's parts", interface_units),
    step("browser", "the interface in a browser", browser),
    step("android", "types for Android", check_android),
];

const fn step(
    name: &'static str,
    about: &'static str,
    run: fn(&mut Context<'_>) -> Result<Counts, Error>,
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
    run: fn(&mut Context<'_>) -> Result<Counts, Error>,
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

fn prepare(context: &mut Context<'_>) -> Result<Counts, Error> {
    let needs = [Need::Interface, Need::Build, Need::Windows, Need::Tests];
    setup::setup(context.project, &needs, false)?;
    context.screen = Some(Hidden::start()?);
    Ok(Counts::NONE)
}

fn build_interface(context: &mut Context<'_>) -> Result<Counts, Error> {
    build::interface(context.project).map(|()| Counts::PASSED)
}

fn build_programs(context: &mut Context<'_>) -> Result<Counts, Error> {
    build::programs(context.project, Profile::Debug).map(|()| Counts::PASSED)
}

fn check_types(context: &mut Context<'_>) -> Result<Counts, Error> {
    types::verify(context.project).map(|()| Counts::PASSED)
}

fn format(context: &mut Context<'_>) -> Result<Counts, Error> {
    run::run(run::cargo(context.project).args(["fmt", "--all", "--check"]))?;
    Ok(Counts::PASSED)
}

fn clippy(context: &mut Context<'_>) -> Result<Counts, Error> {
    let mut cargo = run::cargo(context.project);
    cargo.args(["clippy", "--workspace", "--all-targets"]);
    run::run(run::locked(&mut cargo).args(["--", "--deny", "warnings"]))?;
    Ok(Counts::PASSED)
}

fn deny(context: &mut Context<'_>) -> Result<Counts, Error> {
    let mut cargo = run::cargo(context.project);
    cargo.args(["deny", "--offline", "check", "licenses", "bans", "sources"]);
    if advisories::prepare(context.project)? {
        cargo.arg("advisories");
    } else {
        println!("no advisory database beside the project: advisories are not checked");
    }
    run::run(&mut cargo).map(|()| Counts::PASSED)
}

fn rust(context: &mut Context<'_>) -> Result<Counts, Error> {
    let report = context.project.target("nextest/default/junit.xml");
    let _ = fs::remove_file(&report);
    let mut cargo = run::cargo(context.project);
    cargo.args(["nextest", "run", "--workspace"]);
    run::locked(&mut cargo);
    let outcome = run::run(on_screen(context, &mut cargo));
    let counted = fs::read_to_string(report)
        .ok()
        .and_then(|xml| counts::from_junit(&xml));
    settle(outcome, counted)
}

fn npm(context: &mut Context<'_>, script: &str) -> Result<Counts, Error> {
    let mut npm = Command::new("npm");
    npm.args(["run", script]).current_dir(context.project.ui());
    run::run(&mut npm).map(|()| Counts::PASSED)
}

fn interface_units(context: &mut Context<'_>) -> Result<Counts, Error> {
    let report = context.project.target("vitest.json");
    let _ = fs::remove_file(&report);
    let mut npm = Command::new("npm");
    npm.args(["test", "--", "--reporter=default", "--reporter=json"])
        .arg(format!("--outputFile.json={}", report.display()))
        .current_dir(context.project.ui());
    let outcome = run::run(&mut npm);
    let counted = fs::read_to_string(report)
        .ok()
        .and_then(|json| counts::from_vitest(&json));
    settle(outcome, counted)
}

fn browser(context: &mut Context<'_>) -> Result<Counts, Error> {
    let mut npm = Command::new("npm");
    npm.arg("test").current_dir(context.project.browser_tests());
    let (status, text) = run::watch(on_screen(context, &mut npm))?;
    let outcome = if status.success() {
        Ok(())
    } else {
        Err(Error::Failed {
            what: "npm test in tests/browser".to_owned(),
            status,
        })
    };
    settle(outcome, counts::from_output(&text))
}

fn check_android(context: &mut Context<'_>) -> Result<Counts, Error> {
    android::check(context.project).map(|()| Counts::PASSED)
}

/// Lets a program show its windows on the hidden screen.
fn on_screen<'a>(context: &Context<'_>, command: &'a mut Command) -> &'a mut Command {
    match &context.screen {
        Some(screen) => screen.show(command),
        None => command,
    }
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
