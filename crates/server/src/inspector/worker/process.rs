//! One worker as the server sees it.

use super::{
    Confinement,
    frames::{self, FrameError},
    messages::{Found, GREETING, Job, Opened},
};
use crate::inspector::Reading;
use hemrond_protocol::ItemHash;
use hemrond_sync::acceptance::Finding;
use std::{
    collections::BTreeMap, ffi::OsString, io, path::PathBuf, process::Stdio, time::Duration,
};
use tokio::{
    io::BufReader,
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// The program that workers run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Where it lies.
    pub path: PathBuf,
    /// What it is told.
    pub arguments: Vec<OsString>,
}

impl Program {
    /// `hemrond-server` itself, which has a command for this.
    #[must_use]
    pub fn server(path: PathBuf, confinement: Confinement) -> Self {
        Self {
            path,
            arguments: vec![
                "inspect-worker".into(),
                "--memory".into(),
                confinement.memory.to_string().into(),
            ],
        }
    }
}

/// A worker could not be started: a fault of this machine, not of anything that was pushed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The program does not run.
    #[error("the worker {path} does not start: {why}; or serve with --inspect in-process")]
    Unstarted {
        /// The program.
        path: String,
        /// The system's words.
        why: io::Error,
    },
    /// It runs, but is none of ours.
    #[error(
        "{path} does not work as this version's worker: {why}; restart the server after an update, \
         or serve with --inspect in-process"
    )]
    Silent {
        /// The program.
        path: String,
        /// What it did instead.
        why: Lost,
    },
}

/// A worker that is of no use any more.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// It died, or said what no worker says.
    #[error(transparent)]
    Broken(#[from] FrameError),
    /// It took too long.
    #[error("it took longer than {0:?}")]
    Late(Duration),
    /// Another version's worker.
    #[error("it greets as \"{0}\"")]
    Stranger(String),
    /// It refused for a reason that there is not.
    #[error("it refused for an unknown reason")]
    UnknownReason,
}

/// A worker that runs. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Process {
    // Held for what happens when it is dropped.
    _child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    step: Duration,
}

impl Process {
    /// Starts a worker and waits for its greeting.
    pub(super) async fn start(program: &Program, step: Duration) -> Result<Self, StartError> {
        let path = || program.path.display().to_string();
        let unstarted = |why| StartError::Unstarted { path: path(), why };
        let mut child = Command::new(&program.path)
            .args(&program.arguments)
            // The database's address may be in the environment. Sockets and files are closed by the
            // library when the program is exchanged.
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // The library's last words may repeat what people wrote.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(unstarted)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(unstarted(io::ErrorKind::BrokenPipe.into()));
        };
        let mut process = Self {
            _child: child,
            input,
            output: BufReader::new(output),
            step,
        };
        let greeted = process.receive::<String>().await.and_then(|greeting| {
            if greeting == GREETING {
                Ok(())
            } else {
                Err(Lost::Stranger(greeting.chars().take(80).collect()))
            }
        });
        greeted.map_err(|why| StartError::Silent { path: path(), why })?;
        Ok(process)
    }

    /// Has it open a document and read the items after those that something was `found` in. What
    /// it finds in each is to be asked for then, and where it is to read `one_by_one` is told at once.
    pub(super) async fn open(
        &mut self,
        reading: &Reading,
        found: &[Finding],
        one_by_one: bool,
    ) -> Result<BTreeMap<ItemHash, u64>, Lost> {
        let job = Job::of(reading, found, one_by_one);
        timeout(self.step, frames::send(&mut self.input, &job))
            .await
            .map_err(|_| Lost::Late(self.step))??;
        Ok(self.receive::<Opened>().await?.into())
    }

    /// What it found in the next item.
    pub(super) async fn next(&mut self) -> Result<Finding, Lost> {
        let found: Found = self.receive().await?;
        found.finding().ok_or(Lost::UnknownReason)
    }

    async fn receive<T: for<'b> minicbor::Decode<'b, ()>>(&mut self) -> Result<T, Lost> {
        timeout(self.step, frames::receive(&mut self.output))
            .await
            .map_err(|_| Lost::Late(self.step))?
            .map_err(Lost::from)
    }
}
