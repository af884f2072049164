//! A program that takes one JSON object a line and answers with one.

use crate::{children::Running, error::Error};
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a program may take for one answer. Some never come to an end with a thousand documents, and the
/// others are to be measured all the same.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// Such a program. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Lines {
    running: Running,
    answers: BufReader<ChildStdout>,
}

impl Lines {
    /// Starts it.
    pub(super) fn start(command: &mut Command) -> Result<Self, Error> {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut running = Running::start(piped)?;
        let answers = running.output()?;
        Ok(Self { running, answers })
    }

    /// The next thing that it says.
    pub(super) fn next(&mut self, what: &str) -> Result<Value, Error> {
        let mut line = String::new();
        let (answered, waiting) = mpsc::channel::<()>();
        let process = self.id().to_string();
        let watch = thread::spawn(move || {
            let late = waiting.recv_timeout(LONGEST) == Err(mpsc::RecvTimeoutError::Timeout);
            if late {
                // Its end is what the read below waits for.
                let _ = Command::new("kill").args(["-9", &process]).status();
            }
            late
        });
        let read = self.answers.read_line(&mut line);
        drop(answered);
        if watch.join().unwrap_or(false) {
            line = format!("nothing for {} seconds, and was ended", LONGEST.as_secs());
        }
        read.map_err(Error::io(format!("hearing {what}")))?;
        serde_json::from_str(&line).map_err(|_| Error::Answer {
            what: what.to_owned(),
            answer: line.trim().to_owned(),
        })
    }

    /// Asks for something and waits until it is done.
    pub(super) fn ask(&mut self, what: &str, mut with: Value) -> Result<Value, Error> {
        with["do"] = json!(what);
        let stdin = self.running.process().stdin.as_mut();
        let stdin = stdin.ok_or_else(|| Error::Missing(format!("nobody hears {what}")))?;
        let mut line = with.to_string();
        line.push('\n');
        stdin
            .write_all(line.as_bytes())
            .and_then(|()| stdin.flush())
            .map_err(Error::io(format!("asking for {what}")))?;
        let mut answer = self.next(what)?;
        match answer.get_mut("ok") {
            Some(ok) => Ok(ok.take()),
            None => Err(Error::Answer {
                what: what.to_owned(),
                answer: answer.to_string(),
            }),
        }
    }

    /// The process's number.
    pub(super) fn id(&mut self) -> u32 {
        self.running.process().id()
    }

    /// Ends its input, and waits until it has ended.
    pub(super) fn close(mut self) -> Result<(), Error> {
        drop(self.running.process().stdin.take());
        let ended = self.running.process().wait();
        ended.map_err(Error::io("waiting for a peer to end"))?;
        Ok(())
    }
}
