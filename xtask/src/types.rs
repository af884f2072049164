//! The interface's types and the commands' reference, generated from the Rust side.

use crate::{
    build,
    error::Error,
    project::{Profile, Project},
    run,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

/// Writes them; with `check`, only says whether they are up to date.
pub(crate) fn types(project: &Project, check: bool) -> Result<(), Error> {
    build::programs(project, Profile::Debug)?;
    if check {
        verify(project)
    } else {
        write(project)
    }
}

/// Says whether what is in the project is what would be generated. The programs must be built.
pub(crate) fn verify(project: &Project) -> Result<(), Error> {
    let wrong = differences(&files(project.root())?, &generated(project)?);
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Error::NotHeld(format!(
            "run `cargo xtask types`; not up to date: {}",
            wrong.join(", ")
        )))
    }
}

/// Writes what differs and takes away what is no longer generated. What is right already is not
/// touched, so that nothing made from it is made again.
fn write(project: &Project) -> Result<(), Error> {
    let generated = generated(project)?;
    for name in differences(&files(project.root())?, &generated) {
        let path = project.root().join(&name);
        let done = match generated.get(&name) {
            Some(text) => fs::write(path, text),
            None => fs::remove_file(path),
        };
        done.map_err(Error::io(name.clone()))?;
        println!("types: {name}");
    }
    Ok(())
}

/// The names of the files that are not the same in both.
fn differences(here: &Files, there: &Files) -> Vec<String> {
    let names: BTreeSet<&String> = here.keys().chain(there.keys()).collect();
    names
        .into_iter()
        .filter(|name| here.get(*name) != there.get(*name))
        .cloned()
        .collect()
}

/// What would be generated now.
fn generated(project: &Project) -> Result<Files, Error> {
    let root = project.target("types");
    if root.exists() {
        fs::remove_dir_all(&root).map_err(Error::io("emptying target/types"))?;
    }
    // What stands above the generated part of the reference is written by hand, and kept.
    fs::create_dir_all(root.join("docs")).map_err(Error::io("making target/types"))?;
    let reference = project.root().join("docs/commands.md");
    fs::copy(reference, root.join("docs/commands.md")).map_err(Error::io("docs/commands.md"))?;
    run::run(
        Command::new(project.binary(Profile::Debug, "hemrond-tablet"))
            .arg("types")
            .arg(&root),
    )?;
    files(&root)
}

/// Files and what is in them, by their place in the project.
type Files = BTreeMap<String, String>;

/// The generated files below a folder that is laid out like the project.
fn files(root: &Path) -> Result<Files, Error> {
    let mut files = Files::new();
    let mut take = |place: String| {
        let text = fs::read_to_string(root.join(&place)).map_err(Error::io(place.clone()))?;
        files.insert(place, text);
        Ok::<(), Error>(())
    };
    take("docs/commands.md".to_owned())?;
    let folder = "ui/src/generated";
    let entries = fs::read_dir(root.join(folder)).map_err(Error::io(folder))?;
    for entry in entries {
        let entry = entry.map_err(Error::io(folder))?;
        if entry.path().is_file() {
            take(format!("{folder}/{}", entry.file_name().to_string_lossy()))?;
        }
    }
    Ok(files)
}
