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
        Process::start(&self.database)
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
