//! Many tablets at once that are nothing but their requests, signed and packed as tablets' are.

use crate::{
    children::Running,
    error::Error,
    project::{Profile, Project},
    run,
    tablet::Server,
};
use serde_json::Value;
use std::{
    io::{BufRead as _, Write as _},
    process::{Command, Stdio},
};

/// Builds what plays them.
pub(in crate::bench) fn build(project: &Project, profile: Profile) -> Result<(), Error> {
    let mut cargo = run::cargo(project);
    cargo.args(["build", "-p", "hemrond-server", "--example", "load"]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    run::run(run::locked(&mut cargo))
}

/// A code for each of so many tablets of one nurse.
pub(super) fn codes(server: &Server, nurse: &str, tablets: usize) -> Result<Vec<String>, Error> {
    (0..tablets).map(|_| server.code(nurse)).collect()
}

/// Sends a tablet to a server with each of these codes.
pub(super) fn send(
    project: &Project,
    profile: Profile,
    server: &Server,
    codes: &[String],
    what: Option<&str>,
) -> Result<Running, Error> {
    let mut load = Command::new(project.binary(profile, "examples/load"));
    load.arg(&server.address).args(what);
    let mut load = Running::start(load.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
    let stdin = load.process().stdin.take();
    let mut stdin = stdin.ok_or_else(|| Error::Missing("the load takes no codes".to_owned()))?;
    let given = stdin.write_all((codes.join("\n") + "\n").as_bytes());
    given.map_err(Error::io("giving the load its codes"))?;
    Ok(load)
}

/// What is said of one part of the work, by its name. The programs go on.
pub(super) fn told(load: &mut Running, what: &str) -> Result<Value, Error> {
    let lines = load.output()?.lines().map_while(Result::ok);
    let mut told = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
    told.find(|part| part["what"] == what)
        .ok_or_else(|| Error::Missing(format!("the load did not come to \"{what}\"")))
}
