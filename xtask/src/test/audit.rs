//! cargo-audit, against the copy of the RustSec database that lies beside the project.

use super::{advisories::BESIDE, counts::Counts};
use crate::{error::Error, project::Project, run};
use std::{fs, path::Path, process::Command};

/// A lock file with a package that has a hole: the database as it is given must find it.
const HOLE: &str = "\
version = 3

[[package]]
name = \"smallvec\"
version = \"0.6.2\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"
";

/// Has it look at our lock file, once it was seen to find a known hole. What it may find in ours
/// stands in `.cargo/audit.toml`, each with its reason.
pub(super) fn audit(project: &Project) -> Result<Counts, Error> {
    let database = project.root().join(BESIDE);
    if !database.is_dir() {
        println!("no advisory database beside the project: cargo-audit is not run");
        return Ok(Counts {
            skipped: 1,
            ..Counts::NONE
        });
    }
    let probe = project.target("audit-probe.lock");
    fs::write(&probe, HOLE).map_err(Error::io("writing a lock file with a hole"))?;
    let mut blind = command(project, &database);
    let found = blind.arg("--file").arg(&probe).args(["--format", "json"]);
    let told = found.output().map_err(Error::io("starting cargo-audit"))?;
    let told = String::from_utf8_lossy(&told.stdout);
    if !told.contains("RUSTSEC-2018-0003") {
        return Err(Error::NotHeld(format!(
            "cargo-audit does not find a known hole with the database in {BESIDE}"
        )));
    }
    run::run(command(project, &database).args(["--deny", "warnings"]))?;
    Ok(Counts {
        passed: 2,
        ..Counts::NONE
    })
}

fn command(project: &Project, database: &Path) -> Command {
    let mut cargo = run::cargo(project);
    // Whether a version was withdrawn is known to the registry only, which is not asked here.
    cargo.args(["audit", "--no-fetch", "--stale", "--no-yanked", "--db"]);
    cargo.arg(database);
    cargo
}

#[cfg(test)]
mod tests {
    /// An exception without a reason is a hole that somebody grew tired of.
    #[test]
    fn every_exception_has_its_reason() {
        let text = include_str!("../../../.cargo/audit.toml");
        let mut exceptions = 0;
        let mut before = "";
        for line in text.lines().map(str::trim) {
            if line.starts_with("\"RUSTSEC-") {
                exceptions += 1;
                let reason = before.starts_with('#') || line.contains(", #");
                // One reason may stand over several of the same kind.
                assert!(reason || before.starts_with("\"RUSTSEC-"), "{line}");
            }
            before = line;
        }
        assert!(exceptions > 0, "none is read at all");
        assert_eq!(exceptions, text.matches("RUSTSEC-").count());
    }
}
