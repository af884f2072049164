//! Programs that run beside this one and end with it.

use crate::{error::Error, run::told};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use std::{
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

/// Set by ctrl-c and by a polite request to end.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// How long a program may take to say its next word.
const TO_BEGIN: Duration = Duration::from_secs(60);

/// How long a program may take to end when asked to.
const TO_END: Duration = Duration::from_secs(15);

/// From now on ctrl-c is noticed instead of ending this program at once.
pub(crate) fn notice_ctrl_c() -> Result<(), Error> {
    ctrlc::set_handler(|| STOPPED.store(true, Ordering::Relaxed))
        .map_err(|error| Error::Missing(format!("ctrl-c cannot be noticed: {error}")))
}

/// Whether somebody asked this program to end.
pub(crate) fn stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

/// Asks again and again until the answer is there, ctrl-c is pressed, or it is too late.
pub(crate) fn poll<T>(
    what: &str,
    within: Duration,
    mut ask: impl FnMut() -> Result<Option<T>, Error>,
) -> Result<T, Error> {
    let deadline = Instant::now() + within;
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if stopped() {
            return Err(Error::Stopped);
        }
        if Instant::now() > deadline {
            return Err(Error::TooLate(what.to_owned()));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// A running program. It is asked to end when this is dropped, and made to if it does not.
#[derive(Debug)]
pub(crate) struct Running {
    name: String,
    child: Child,
}

impl Running {
    /// Starts a program in a process group of its own, so that ctrl-c reaches it through us only
    /// and whatever it starts ends with it.
    pub(crate) fn start(command: &mut Command) -> Result<Self, Error> {
        let name = told(command);
        let child = command
            .process_group(0)
            .spawn()
            .map_err(|why| Error::Start {
                program: name.clone(),
                why,
            })?;
        Ok(Self { name, child })
    }

    /// Starts a program and waits for the first line that it prints.
    pub(crate) fn start_and_read(command: &mut Command) -> Result<(Self, String), Error> {
        let (running, words) = Self::start_and_listen(command)?;
        let line = words.next()?;
        Ok((running, line))
    }

    /// Starts a program whose lines are waited for one by one.
    pub(crate) fn start_and_listen(command: &mut Command) -> Result<(Self, Words), Error> {
        let mut running = Self::start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
        let out = running.output()?;
        let (sender, lines) = mpsc::channel();
        // Everything is read at once, so that the program never waits for us.
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = sender.send(line.trim().to_owned());
            }
        });
        let name = running.name.clone();
        Ok((running, Words { name, lines }))
    }

    /// What it prints, where that was piped.
    pub(crate) fn output(&mut self) -> Result<BufReader<ChildStdout>, Error> {
        let out = self.child.stdout.take();
        out.map(BufReader::new)
            .ok_or_else(|| Error::Missing(format!("{} has no output to read", self.name)))
    }

    pub(crate) fn process(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> Result<bool, Error> {
        let ended = self.child.try_wait();
        Ok(ended.map_err(Error::io(self.name.clone()))?.is_some())
    }

    fn signal(&self, signal: Signal) {
        if let Ok(group) = i32::try_from(self.child.id()) {
            // A group that is gone already is what was wanted.
            let _ = killpg(Pid::from_raw(group), signal);
        }
    }
}

/// What a program says, line by line.
#[derive(Debug)]
pub(crate) struct Words {
    name: String,
    lines: mpsc::Receiver<String>,
}

impl Words {
    /// Waits for the next line; it is here as soon as it was printed, for starts are measured.
    pub(crate) fn next(&self) -> Result<String, Error> {
        let deadline = Instant::now() + TO_BEGIN;
        loop {
            match self.lines.recv_timeout(Duration::from_millis(100)) {
                Ok(line) if line.is_empty() => {}
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::Missing(format!(
                        "{} ended without a word",
                        self.name
                    )));
                }
                Err(RecvTimeoutError::Timeout) if stopped() => return Err(Error::Stopped),
                Err(RecvTimeoutError::Timeout) if Instant::now() > deadline => {
                    return Err(Error::TooLate(format!("the next line of {}", self.name)));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        self.signal(Signal::SIGTERM);
        let deadline = Instant::now() + TO_END;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.signal(Signal::SIGKILL);
        let _ = self.child.wait();
    }
}
