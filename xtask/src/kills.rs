//! Killing the real programs while edits flow.

use crate::{
    build,
    error::Error,
    project::{Profile, Project},
    run,
    setup::{self, Need},
};
use std::process::Command;

/// Kills so many times, at moments drawn from the seed. Succeeds only if nothing is lost.
pub(crate) fn kills(project: &Project, times: u32, seed: u64, postgres: bool) -> Result<(), Error> {
    let mut needs = vec![Need::Interface, Need::Build];
    if postgres {
        // PostgreSQL is among what the tests need.
        needs.push(Need::Tests);
    }
    setup::setup(project, &needs, false)?;
    build::interface(project)?;
    build::programs(project, Profile::Debug)?;
    let mut kills = Command::new(project.binary(Profile::Debug, "kills"));
    kills.arg(times.to_string()).arg(seed.to_string());
    if postgres {
        kills.arg("--postgres");
    }
    run::run(&mut kills)
}
