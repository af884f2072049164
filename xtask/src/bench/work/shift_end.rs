//! The end of a shift: many tablets come back at the same moment, each with thirty changed documents.

use super::crowd;
use crate::{
    bench::{
        form::answers,
        lines::Lines,
        numbers::memory_of,
        results::{OURS, Results},
    },
    children::Running,
    error::Error,
    project::{Profile, Project},
    tablet::Server,
};
use serde_json::{Map, Value, json};
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// What each of them brings.
const DOCUMENTS: usize = 30;

/// How many of them work in one organisation, whose health staff read what any of them writes. The peer's
/// tablets have each a database of its own.
const TOGETHER: usize = 10;

/// Ours.
pub(in crate::bench) fn ours(
    project: &Project,
    profile: Profile,
    tablets: usize,
    folder: &Path,
    results: &mut Results,
) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::io("making a folder to measure in"))?;
    let mut server = Server::new(project, profile, folder);
    server.seed(100)?;
    server.serve()?;
    let mut codes = Vec::new();
    while codes.len() < tablets {
        let nurse = server.organisation(codes.len() / TOGETHER)?;
        let together = TOGETHER.min(tablets - codes.len());
        codes.extend(crowd::codes(&server, &nurse, together)?);
    }
    let mut load = crowd::send(project, profile, &server, &codes, Some("shift"))?;
    let told = crowd::told(&mut load, "shift")?;
    tell(OURS, &told, results);
    results.add("shift_end_mb", "MB", OURS, &[memory_of(server.id()?)?]);
    Ok(())
}

/// PouchDB with pouchdb-server: as many databases, each with the same forms.
pub(in crate::bench) fn pouchdb(
    project: &Project,
    tablets: usize,
    folder: &Path,
    results: &mut Results,
) -> Result<(), Error> {
    let programs = project.peers().join("pouchdb");
    let place = folder.join("server");
    fs::create_dir_all(&place).map_err(Error::io("making a folder to measure in"))?;
    let mut server = Command::new("node");
    server.arg(programs.join("server.js"));
    let mut server = Lines::start(server.arg("--folder").arg(&place))?;
    let listening = server.next("pouchdb-server")?;
    let forms: Vec<Value> = (0..DOCUMENTS)
        .map(|number| {
            let sets = answers(number).into_iter();
            Value::Object(
                sets.map(|(field, value)| (field.to_owned(), value))
                    .collect::<Map<_, _>>(),
            )
        })
        .collect();
    let mut shift = Command::new("node");
    shift
        .arg(programs.join("shift.js"))
        .arg("--folder")
        .arg(folder)
        .args([
            "--server",
            listening["listening"].as_str().unwrap_or_default(),
        ])
        .args(["--tablets", &tablets.to_string()])
        .args(["--forms", &json!(forms).to_string()]);
    let mut shift = Running::start(shift.stdout(Stdio::piped()))?;
    let told = crowd::told(&mut shift, "shift")?;
    tell("pouchdb", &told, results);
    server.close()
}

fn tell(side: &'static str, told: &Value, results: &mut Results) {
    let number = |name: &str| told[name].as_f64().unwrap_or_default();
    results.add("shift_end", "syncs/s", side, &[number("per_second")]);
    results.add("shift_end_p99_ms", "ms", side, &[number("p99_ms")]);
}
