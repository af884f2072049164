//! Showing a tablet: in a window, or in a browser where there is no screen for one.

use crate::{
    children::Running,
    error::Error,
    project::{Profile, Project},
};
use serde_json::Value;
use std::{path::Path, process::Command};

/// A tablet that somebody can see.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) running: Running,
    /// Where to look.
    pub(super) told: String,
}

/// In the app's window.
pub(super) fn window(project: &Project, folder: &Path) -> Result<Shown, Error> {
    let running = Running::start(
        Command::new(project.binary(Profile::Debug, "hemrond"))
            .arg("--folder")
            .arg(folder)
            // A demonstration leaves nothing behind in whoever's keys these are.
            .args(["--keystore", "files"]),
    )?;
    Ok(Shown {
        running,
        told: "in its window".to_owned(),
    })
}

/// In a browser. The address is good for one browser.
pub(super) fn browser(project: &Project, folder: &Path) -> Result<Shown, Error> {
    let (running, line) = Running::start_and_read(
        Command::new(project.binary(Profile::Debug, "hemrond-tablet"))
            .args(["web", "--folder"])
            .arg(folder)
            .arg("--ui")
            .arg(project.ui().join("dist")),
    )?;
    let told: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
    let address = told["open"].as_str().ok_or_else(|| Error::Answer {
        what: "hemrond-tablet web".to_owned(),
        answer: line.clone(),
    })?;
    Ok(Shown {
        running,
        told: format!("open {address}"),
    })
}
