//! Bills of materials: what each program that is given on is made of, in CycloneDX's JSON.

mod bill;

use crate::{error::Error, project::Project, run, setup};
use std::{fs, path::PathBuf, process::Command};

/// The programs that are given on, with their package's folder.
const PROGRAMS: [(&str, &str); 3] = [
    ("hemrond", "."),
    ("hemrond-server", "crates/server"),
    ("hemrond-tablet", "crates/tablet"),
];

/// What they run on.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// How cargo-cyclonedx ends the names of the files that it leaves in the packages' folders.
const ENDS: &str = "_bin.cdx.json";

/// Writes one bill for each program and one for the interface into `target/sbom`, each checked:
/// that it is whole, and that everything that is built in stands in it.
pub(crate) fn sbom(project: &Project) -> Result<(), Error> {
    setup::setup(project, &[setup::Need::Bills], false)?;
    let folder = project.target("sbom");
    fs::create_dir_all(&folder).map_err(Error::io("making target/sbom"))?;
    let mut bills: Vec<(String, String)> = Vec::new();
    for (program, text) in programs(project)? {
        let parts = rust_parts(project, &program)?;
        bills.push((checked(&program, text, &parts)?, program));
    }
    // Tools of development stand in it too, and are marked. Asked to leave them out, npm leaves out
    // Svelte as well, which one of them also asks for.
    let interface = run::read(
        Command::new("npm")
            .args(["sbom", "--sbom-format", "cyclonedx"])
            .args(["--sbom-type", "application", "--package-lock-only"])
            .current_dir(project.ui()),
    )?;
    let lock = project.ui().join("package-lock.json");
    let lock = fs::read_to_string(lock).map_err(Error::io("ui/package-lock.json"))?;
    let parts = bill::npm_parts(&lock)
        .ok_or_else(|| Error::NotHeld("ui/package-lock.json cannot be read".to_owned()))?;
    bills.push((
        checked("hemrond-ui", interface, &parts)?,
        "hemrond-ui".to_owned(),
    ));
    for (text, name) in bills {
        let file = folder.join(format!("{name}.cdx.json"));
        fs::write(&file, text).map_err(Error::io(project.told(&file)))?;
        println!("sbom: {}", project.told(&file));
    }
    Ok(())
}

/// Has cargo-cyclonedx write its files, takes those of our programs, and takes all of them away.
fn programs(project: &Project) -> Result<Vec<(String, String)>, Error> {
    let mut cargo = run::cargo(project);
    cargo.args([
        "cyclonedx",
        "-qq",
        "--format",
        "json",
        "--spec-version",
        "1.5",
    ]);
    let made = run::run(cargo.args(["--describe", "binaries", "--target", TARGET]));
    let left = left_behind(project)?;
    let mut found = Vec::new();
    for (program, package) in PROGRAMS {
        let place = project
            .root()
            .join(package)
            .join(format!("{program}{ENDS}"));
        if let Ok(text) = fs::read_to_string(&place) {
            // Where it was made is nobody's business.
            let root = format!("file://{}", project.root().display());
            found.push((program.to_owned(), text.replace(&root, "file:///hemrond")));
        }
    }
    for file in left {
        fs::remove_file(&file).map_err(Error::io(project.told(&file)))?;
    }
    made?;
    if found.len() == PROGRAMS.len() {
        Ok(found)
    } else {
        Err(Error::NotHeld(
            "cargo-cyclonedx left no bill for some of the programs".to_owned(),
        ))
    }
}

/// The files that cargo-cyclonedx leaves: one for each program, in its package's folder.
fn left_behind(project: &Project) -> Result<Vec<PathBuf>, Error> {
    let mut folders = vec![project.root().to_owned()];
    for name in ["fuzz", "tests", "xtask"] {
        folders.push(project.root().join(name));
    }
    let crates = project.root().join("crates");
    for entry in fs::read_dir(crates).map_err(Error::io("crates"))? {
        folders.push(entry.map_err(Error::io("crates"))?.path());
    }
    let mut left = Vec::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for entry in fs::read_dir(folder).map_err(Error::io(project.told(folder)))? {
            let path = entry.map_err(Error::io(project.told(folder)))?.path();
            if path.to_string_lossy().ends_with(ENDS) {
                left.push(path);
            }
        }
    }
    Ok(left)
}

/// What cargo builds into a package, as it tells by itself.
fn rust_parts(project: &Project, package: &str) -> Result<Vec<bill::Part>, Error> {
    let mut cargo = run::cargo(project);
    cargo.args(["tree", "--package", package, "--edges", "normal,build"]);
    cargo.args(["--target", TARGET, "--prefix", "none", "--no-dedupe"]);
    let told = run::read(run::locked(&mut cargo))?;
    Ok(bill::tree_parts(&told, package))
}

fn checked(name: &str, text: String, parts: &[bill::Part]) -> Result<String, Error> {
    let faults = bill::faults(&text, parts);
    if faults.is_empty() {
        println!("sbom: {name} has {} parts", parts.len());
        return Ok(text);
    }
    for fault in &faults {
        println!("sbom: {name}: {fault}");
    }
    Err(Error::NotHeld(format!(
        "the bill of {name} has {} faults",
        faults.len()
    )))
}
