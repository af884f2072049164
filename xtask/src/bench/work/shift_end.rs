//! The end of a shift: many tablets come back at the same moment, each with thirty changed documents.

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
    run,
    tablet::Server,
};
use serde_json::{Map, Value, json};
use std::{fs, io::Write as _, path::Path, process::Command, process::Stdio};

/// What each of them brings.
const DOCUMENTS: usize = 30;

/// Ours: tablets that are nothing but their requests, signed and packed as tablets' are.
pub(in crate::bench) fn ours(
    project: &Project,
    profile: Profile,
    tablets: usize,
    folder: &Path,
    results: &mut Results,
) -> Result<(), Error> {
    let mut cargo = run::cargo(project);
    cargo.args(["build", "-p", "hemrond-server", "--example", "load"]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    run::run(run::locked(&mut cargo))?;
    fs::create_dir_all(folder).map_err(Error::io("making a folder to measure in"))?;
    let mut server = Server::new(project, profile, folder);
    server.seed(100)?;
    server.serve()?;
    let mut codes = String::new();
    for _ in 0..tablets {
        codes.push_str(&server.code("Eva Lind")?);
        codes.push('\n');
    }
    let mut load = Command::new(project.binary(profile, "examples/load"));
    load.arg(&server.address).arg("shift");
    let mut load = Running::start(load.stdin(Stdio::piped()).stdout(Stdio::piped()))?;
    let stdin = load.process().stdin.take();
    let mut stdin = stdin.ok_or_else(|| Error::Missing("the load takes no codes".to_owned()))?;
    let given = stdin.write_all(codes.as_bytes());
    given.map_err(Error::io("giving the load its codes"))?;
    drop(stdin);
    let told = last_object(load)?;
    tell(OURS, &told, results);
    results.add("server_mb", "MB", OURS, &[memory_of(server.id()?)?]);
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
    let told = last_object(Running::start(shift.stdout(Stdio::piped()))?)?;
    tell("pouchdb", &told, results);
    server.close()
}

fn tell(side: &'static str, told: &Value, results: &mut Results) {
    let number = |name: &str| told[name].as_f64().unwrap_or_default();
    results.add("shift_end", "syncs/s", side, &[number("per_second")]);
    results.add("shift_end_p99_ms", "ms", side, &[number("p99_ms")]);
}

/// The last line of a program that measures by itself.
fn last_object(mut program: Running) -> Result<Value, Error> {
    let out = program.output()?;
    let lines: Vec<String> = std::io::BufRead::lines(out).map_while(Result::ok).collect();
    let last = lines.last().cloned().unwrap_or_default();
    match serde_json::from_str::<Value>(&last) {
        Ok(told) if told["p99_ms"].is_number() => Ok(told),
        _ => Err(Error::Answer {
            what: "the end of a shift".to_owned(),
            answer: last,
        }),
    }
}
