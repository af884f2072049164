//! The real server in a process of its own.

use crate::programs::{Output, program, run};
use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A server with its own database, stopped at the end.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    running: Option<(Child, String)>,
}

impl Server {
    /// A server that has not been started, with an empty database.
    ///
    /// # Panics
    /// When there is no room for a folder.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("hemrond-server-")
            .tempdir()
            .expect("a folder");
        Self {
            folder,
            running: None,
        }
    }

    /// The database's file.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("server.sqlite")
    }

    /// The folder with the database's file.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.file().display())
    }

    /// Runs one of the server's commands on its database.
    ///
    /// # Panics
    /// When the command fails.
    pub fn command(&self, arguments: &[&str]) -> String {
        let output = self.try_command(arguments);
        assert!(
            output.success,
            "hemrond-server {arguments:?}: {}",
            output.err
        );
        output.out.trim().to_owned()
    }

    /// Runs one of the server's commands on its database, whatever comes of it.
    #[must_use]
    pub fn try_command(&self, arguments: &[&str]) -> Output {
        let database = self.database();
        let all = ["--database", &database]
            .into_iter()
            .chain(arguments.iter().copied());
        run("hemrond-server", all)
    }

    /// Starts serving, on a free port of this machine.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(&mut self) {
        assert!(self.running.is_none(), "it serves already");
        let mut child = Command::new(program("hemrond-server"))
            .args(["--database", &self.database()])
            .args(["serve", "--listen", "127.0.0.1:0", "--no-admin"])
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
        self.running = Some((child, address));
    }

    /// Where it listens, such as `http://127.0.0.1:40123`.
    ///
    /// # Panics
    /// When it does not serve.
    #[must_use]
    pub fn address(&self) -> &str {
        self.running
            .as_ref()
            .map(|(_, address)| address.as_str())
            .expect("the server serves")
    }

    /// Kills it, as a power cut does.
    ///
    /// # Panics
    /// When it does not serve.
    pub fn kill(&mut self) {
        let (mut child, _) = self.running.take().expect("the server serves");
        child.kill().expect("the server is killed");
        child.wait().expect("the server ends");
    }

    /// A one-time code for a person.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn code_for(&self, name: &str) -> String {
        let said = self.command(&["enrol", "--user", name]);
        said.split_whitespace().last().expect("a code").to_owned()
    }
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((mut child, _)) = self.running.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
