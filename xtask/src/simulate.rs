//! The simulation, built as it is fast: with optimization, and by itself.

use crate::{
    error::Error,
    project::Project,
    run,
    setup::{self, Need},
};

/// Builds the simulator and runs it with these options.
pub(crate) fn simulate(project: &Project, arguments: &[String]) -> Result<(), Error> {
    setup::setup(project, &[Need::Build], false)?;
    let mut cargo = run::cargo(project);
    cargo.args(["run", "--quiet", "--release", "-p", "hemrond-simulator"]);
    run::locked(&mut cargo);
    cargo.arg("--").args(arguments);
    run::run(&mut cargo)
}
