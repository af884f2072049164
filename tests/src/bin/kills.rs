//! `kills TIMES SEED [--postgres]` kills real programs while edits flow, prints what it came to as one JSON
//! object, and exits 0 only if nothing that was saved is lost.

use hemrond_tests::kills::{Database, kills};
use serde_json::json;
use std::{process::ExitCode, time::Instant};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next()?.parse::<u64>().ok();
    let (Some(times), Some(seed)) = (number(), number()) else {
        eprintln!("usage: kills TIMES SEED [--postgres]");
        return ExitCode::FAILURE;
    };
    let database = match arguments.next().as_deref() {
        None => Database::Sqlite,
        Some("--postgres") => Database::Postgres,
        Some(other) => {
            eprintln!("{other} is not known; usage: kills TIMES SEED [--postgres]");
            return ExitCode::FAILURE;
        }
    };
    let begun = Instant::now();
    let progress = |killed: usize| {
        if killed > 0 && killed.is_multiple_of(50) {
            eprintln!(
                "{killed} of {times} kills in {} s",
                begun.elapsed().as_secs()
            );
        }
    };
    let times = usize::try_from(times).unwrap_or(usize::MAX);
    let tally = kills(database, times, seed, progress);
    for lost in &tally.lost {
        eprintln!("{lost}");
    }
    let line = json!({
        "database": match database {
            Database::Sqlite => "sqlite",
            Database::Postgres => "postgres",
        },
        "kills": tally.kills,
        "edits": tally.edits,
        "lost": tally.lost.len(),
        "seconds": begun.elapsed().as_secs(),
    });
    println!("{line}");
    if tally.control.is_empty() {
        eprintln!("a note that nobody wrote was not missed: the count counts nothing");
        return ExitCode::FAILURE;
    }
    if tally.lost.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
