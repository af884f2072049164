//! A display that nobody sees.

use crate::Told;
use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

/// A virtual display, ended when it is dropped.
pub(crate) struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts one under a number that is free.
    pub(crate) fn start() -> Told<Self> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1400x1400x24",
                "-nolisten",
                "tcp",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("Xvfb cannot be started ({error}); install xvfb"))?;
        let mut number = String::new();
        if let Some(out) = server.stdout.take() {
            BufReader::new(out)
                .read_line(&mut number)
                .map_err(|error| error.to_string())?;
        }
        let number = number.trim();
        if number.is_empty() {
            let _ = server.kill();
            return Err("Xvfb gave no display".to_owned());
        }
        Ok(Self {
            server,
            name: format!(":{number}"),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
