//! Building the interface and the programs.

use crate::{
    error::Error,
    fresh,
    project::{Profile, Project},
    run,
};
use std::process::Command;

/// Builds the interface, unless nothing that it is made from has changed.
pub(crate) fn interface(project: &Project) -> Result<(), Error> {
    let ui = project.ui();
    let mut sources: Vec<_> = ["src", "public", "index.html", "package-lock.json"]
        .iter()
        .chain(&["svelte.config.js", "tsconfig.json", "vite.config.ts"])
        .map(|name| ui.join(name))
        .collect();
    sources.push(project.root().join("texts"));
    if fresh::is_newer(&ui.join("dist/index.html"), &sources)? {
        return Ok(());
    }
    run::run(Command::new("npm").args(["run", "build"]).current_dir(ui))
}

/// Builds every program of the workspace, always all together: cargo chooses the features of
/// shared dependencies for what it builds at once, and would build them again for another choice.
pub(crate) fn programs(project: &Project, profile: Profile) -> Result<(), Error> {
    let mut cargo = run::cargo(project);
    cargo.args(["build", "--workspace", "--bins"]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    run::run(run::locked(&mut cargo))
}
