//! The demonstration's story, played in hidden windows and checked.

use crate::{
    build,
    error::Error,
    project::{Profile, Project},
    run,
    setup::{self, Need},
};
use std::{fs, process::Command};

/// Plays the story and leaves its pictures in `target/demo/`. Succeeds only if all of it held.
pub(crate) fn headless(project: &Project) -> Result<(), Error> {
    setup::setup(
        project,
        &[Need::Interface, Need::Build, Need::Windows],
        false,
    )?;
    build::interface(project)?;
    build::programs(project, Profile::Debug)?;
    let pictures = project.target("demo");
    fs::create_dir_all(&pictures).map_err(Error::io("making target/demo"))?;
    let mut story = Command::new(project.binary(Profile::Debug, "window-story"));
    story.arg("--pictures").arg(&pictures);
    run::run(&mut story)?;
    println!("The pictures are in {}/", project.told(&pictures));
    Ok(())
}
