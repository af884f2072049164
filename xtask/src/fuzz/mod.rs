//! Fuzzing: every reader of foreign bytes is given bytes that nobody thought of.
//!
//! libFuzzer comes as C++ in a library and is built with the system's compiler. The compiler's own
//! instrumentation is asked for with flags that the stable toolchain takes; nothing is downloaded.

mod run;

use crate::{children, error::Error, project::Project, run as programs, setup};
use run::{Fuzzed, Fuzzing};
use serde_json::json;
use std::{
    collections::VecDeque,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// What tells the fuzzer which branches an input takes, and what it is compared with.
const COVERAGE: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// How many targets are fuzzed at a time.
const JOBS: usize = 2;

/// Fuzzes all targets, which share the minutes.
pub(crate) fn fuzz(project: &Project, minutes: u32) -> Result<(), Error> {
    setup::setup(project, &[setup::Need::Build], false)?;
    let program = build(project)?;
    let package = project.root().join("fuzz");
    let targets = names(&package.join("corpus"))?;
    let rounds = u32::try_from(targets.len().div_ceil(JOBS)).unwrap_or(u32::MAX);
    let each = Duration::from_secs(60 * u64::from(minutes)) / rounds.max(1);
    let mut waiting: VecDeque<String> = targets.into();
    let mut running: Vec<Fuzzing> = Vec::new();
    let mut total = Fuzzed::default();
    while !waiting.is_empty() || !running.is_empty() {
        while running.len() < JOBS
            && let Some(target) = waiting.pop_front()
        {
            running.push(Fuzzing::start(project, &program, &package, target, each)?);
        }
        let done = children::poll("a target's end", each + Duration::from_secs(600), || {
            Fuzzing::take_ended(&mut running)
        })?;
        let (target, fuzzed) = done.end()?;
        println!("{}", fuzzed.told(&target));
        total.add(&fuzzed);
    }
    println!("{}", total.told("total"));
    if total.crashes > 0 {
        return Err(Error::NotHeld(format!(
            "{} inputs are faults; they lie in fuzz/faults, where the tests find them",
            total.crashes
        )));
    }
    Ok(())
}

/// Builds the fuzzer's program, apart from all others: nothing else is instrumented.
fn build(project: &Project) -> Result<PathBuf, Error> {
    let host = host()?;
    let folder = project.target("fuzz");
    let mut cargo = programs::cargo(project);
    // With a target named, build scripts and macros are left as they are.
    cargo
        .args(["build", "--profile", "fuzz", "--package", "hemrond-fuzz"])
        .args(["--bin", "fuzz", "--features", "libfuzzer", "--target"])
        .arg(&host)
        .arg("--target-dir")
        .arg(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}"));
    programs::run(programs::locked(&mut cargo))?;
    Ok(folder.join(host).join("fuzz").join("fuzz"))
}

/// What this machine is called by its compiler.
fn host() -> Result<String, Error> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let said = programs::read(Command::new(rustc).arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or(Error::Answer {
        what: "rustc -vV".to_owned(),
        answer: said.clone(),
    })
}

/// The targets: each has a folder of seeds.
fn names(corpus: &Path) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(corpus).map_err(Error::io("fuzz/corpus"))? {
        let entry = entry.map_err(Error::io("fuzz/corpus"))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

impl Fuzzed {
    /// The line for scripts.
    fn told(&self, target: &str) -> String {
        json!({
            "target": target,
            "executions": self.executions,
            "seconds": self.seconds,
            "crashes": self.crashes,
            "peak_mb": self.peak_mb,
        })
        .to_string()
    }
}
