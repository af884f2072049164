//! One process of the real server.

use crate::programs::program;
use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
};

/// A process that serves, killed at the end.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: String,
}

impl Process {
    /// Starts serving a database with these further options, on a free port of this machine.
    pub(crate) fn start(database: &str, options: &[String]) -> Self {
        let mut child = Command::new(program("hemrond-server"))
            .args(["--database", database])
            .args(["serve", "--listen", "127.0.0.1:0", "--no-admin"])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut errors = child.stderr.take().expect("a pipe");
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            drop(errors.read_to_string(&mut text));
            text
        });
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.strip_prefix("listening on ")?.trim().to_owned()));
        let Some(address) = address else {
            drop(child.wait());
            panic!(
                "the server did not start: {}",
                log.join().unwrap_or_default()
            );
        };
        // Whatever else it prints is read, so that it never waits for a full pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, address }
    }

    /// Where it listens, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Kills it, as a power cut does.
    ///
    /// # Panics
    /// When it is not killed.
    pub fn kill(mut self) {
        self.child.kill().expect("the server is killed");
        self.child.wait().expect("the server ends");
    }

    /// Stops it where it stands, as a machine that hangs does. Its connections stay open.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill").success(), "{signal} was not sent");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; a paused one is killed all the same.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
