//! The real server: a database of its own, and the processes that serve it.

use crate::{
    postgres::Cluster,
    process::Process,
    programs::{Output, run},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// A server with its own database, stopped at the end.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    database: String,
    cluster: Option<Arc<Cluster>>,
    restored: usize,
    options: Vec<String>,
    running: Option<Process>,
}

impl Server {
    /// A server that has not been started, with an empty database in a file.
    ///
    /// # Panics
    /// When there is no room for a folder.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("hemrond-server-")
            .tempdir()
            .expect("a folder");
        let database = format!("sqlite:{}", folder.path().join("server.sqlite").display());
        Self {
            folder,
            database,
            cluster: None,
            restored: 0,
            options: Vec::new(),
            running: None,
        }
    }

    /// The same on PostgreSQL.
    ///
    /// # Panics
    /// When PostgreSQL is missing or refuses.
    #[must_use]
    pub fn on_postgres() -> Self {
        let cluster = Cluster::shared().unwrap_or_else(|error| panic!("{error}"));
        let database = cluster.database().unwrap_or_else(|error| panic!("{error}"));
        Self {
            database,
            cluster: Some(cluster),
            ..Self::new()
        }
    }

    /// The database's file, where it is one.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.database
            .strip_prefix("sqlite:")
            .map_or_else(|| panic!("the database is no file"), PathBuf::from)
    }

    /// The database's address.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Adds something to the database's address from now on, such as an option.
    pub fn address_with(&mut self, more: &str) {
        self.database.push_str(more);
    }

    /// Loses the database and puts a backup in a new place. It must not serve.
    ///
    /// # Panics
    /// When it serves, or the backup is refused.
    pub fn restore(&mut self, backup: &Path) {
        assert!(self.running.is_none(), "it serves");
        self.restored += 1;
        self.database = match &self.cluster {
            Some(cluster) => cluster.database().unwrap_or_else(|error| panic!("{error}")),
            None => {
                let file = format!("restored-{}.sqlite", self.restored);
                format!("sqlite:{}", self.folder.path().join(file).display())
            }
        };
        let backup = backup.to_str().expect("a plain name");
        self.command(&["restore", "--from", backup]);
    }

    /// The folder with the database's file.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
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
        let all = ["--database", &self.database]
            .into_iter()
            .chain(arguments.iter().copied());
        run("hemrond-server", all)
    }

    /// From its next start on it can give wiped tablets their keys back.
    ///
    /// # Panics
    /// When no key is made.
    pub fn rescues(&mut self) {
        let key = self.folder.path().join("rescue.key");
        let key = key.to_str().expect("a plain name").to_owned();
        self.command(&["rescue-key", "--to", &key]);
        self.options.extend(["--rescue-key-file".to_owned(), key]);
    }

    /// Shuts a tablet out.
    ///
    /// # Panics
    /// When there is none of this name.
    pub fn shut_out(&self, tablet: &str) {
        let devices = self.command(&["devices", "list"]);
        let device = devices
            .lines()
            .find(|line| line.contains(tablet))
            .and_then(|line| line.split_whitespace().next())
            .expect("a tablet of this name");
        self.command(&["devices", "revoke", "--device", device]);
    }

    /// Starts serving, on a free port of this machine.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(&mut self) {
        assert!(self.running.is_none(), "it serves already");
        self.running = Some(self.process());
    }

    /// Starts one more process on the same database.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn process(&self) -> Process {
        Process::start(&self.database, &self.options)
    }

    /// Goes on with a process that serves the same database already, in place of one that was killed.
    ///
    /// # Panics
    /// When it serves still.
    pub fn go_on_with(&mut self, process: Process) {
        assert!(self.running.is_none(), "it serves already");
        self.running = Some(process);
    }

    /// Where it listens, such as `http://127.0.0.1:40123`.
    ///
    /// # Panics
    /// When it does not serve.
    #[must_use]
    pub fn address(&self) -> &str {
        self.running.as_ref().expect("the server serves").address()
    }

    /// Kills it, as a power cut does.
    ///
    /// # Panics
    /// When it does not serve.
    pub fn kill(&mut self) {
        self.running.take().expect("the server serves").kill();
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
