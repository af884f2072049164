//! Screens: the one in front of somebody, or one that nobody sees.

use crate::{children::Running, error::Error};
use std::{
    env,
    process::{Command, Stdio},
};

/// Whether somebody sits in front of a screen.
pub(crate) fn is_there() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// A screen that nobody sees. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Hidden {
    _server: Running,
    display: String,
}

impl Hidden {
    /// Starts one; the X server itself picks a free number and says when it is ready.
    pub(crate) fn start() -> Result<Self, Error> {
        let mut command = Command::new("Xvfb");
        command
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24"])
            .args(["-nolisten", "tcp"])
            .stderr(Stdio::null());
        let (server, number) = Running::start_and_read(&mut command)?;
        Ok(Self {
            _server: server,
            display: format!(":{number}"),
        })
    }

    /// Lets a program show its windows here.
    pub(crate) fn show<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
    }
}
