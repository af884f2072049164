//! The demonstration's story, played in hidden windows and checked.

use crate::{
    build,
    error::Error,
    project::{Profile, Project},
    run,
    setup::{self, Need},
};
use std::{fs, io, path::Path, process::Command};

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
    remove_pictures(&pictures).map_err(Error::io("emptying target/demo of pictures"))?;
    let mut story = Command::new(project.binary(Profile::Debug, "window-story"));
    story.arg("--pictures").arg(&pictures);
    run::run(&mut story)?;
    println!("The pictures are in {}/", project.told(&pictures));
    Ok(())
}

/// Takes away an earlier story's pictures, so that all that lie there belong together.
fn remove_pictures(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "png") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
