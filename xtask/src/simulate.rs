//! The simulation, built as it is fast: with optimization, and by itself.

use crate::{
    error::Error,
    project::{Profile, Project},
    run,
    setup::{self, Need},
};
use std::{path::Path, process::Command};

/// The simulator's program.
const SIMULATOR: &str = "hemrond-simulate";

/// Builds the simulator and runs it with these options.
pub(crate) fn simulate(project: &Project, arguments: &[String]) -> Result<(), Error> {
    setup::setup(project, &[Need::Build], false)?;
    let mut cargo = run::cargo(project);
    cargo.args(["build", "--quiet", "--release", "-p", "hemrond-simulator"]);
    cargo.args(["--bin", SIMULATOR]);
    run::run(run::locked(&mut cargo))?;
    let simulator = project.binary(Profile::Release, SIMULATOR);
    run::run(patient(&simulator).args(arguments))
}

/// A program whose threads wait for their turn instead of interrupting one another, where the system can be told so.
/// A story's threads hand over to each other at every row of a database and share one processor: interrupting one
/// another costs them a fifth of their time.
fn patient(program: &Path) -> Command {
    if run::is_installed("chrt") {
        let mut chrt = Command::new("chrt");
        chrt.args(["--batch", "0"]).arg(program);
        chrt
    } else {
        Command::new(program)
    }
}
