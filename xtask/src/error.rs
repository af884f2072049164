//! Why a command of the project did not do what it was asked.

use std::{fmt, io, process::ExitStatus};

/// What went wrong. Each says what to do, where something can be done.
#[derive(Debug)]
pub(crate) enum Error {
    /// The command line is not understood.
    Usage(String),
    /// Something is needed that is not there.
    Missing(String),
    /// A program could not be started.
    Start {
        /// Which.
        program: String,
        /// The system's words.
        why: io::Error,
    },
    /// A program ran and said no.
    Failed {
        /// What was run.
        what: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// The system refused.
    Io {
        /// What was tried.
        what: String,
        /// The system's words.
        why: io::Error,
    },
    /// A program of ours answered what was not expected.
    Answer {
        /// Who was asked what.
        what: String,
        /// What came back.
        answer: String,
    },
    /// Something did not happen in time.
    TooLate(String),
    /// Something that should hold does not. Details were printed before.
    NotHeld(String),
    /// Somebody pressed ctrl-c.
    Stopped,
}

impl Error {
    /// For `map_err`: what was tried when the system refused.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |why| Self::Io { what, why }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) => write!(f, "{what}\n\n{}", crate::arguments::USAGE),
            Self::Missing(what) | Self::NotHeld(what) => f.write_str(what),
            Self::Start { program, why } => write!(f, "{program} could not be started: {why}"),
            Self::Failed { what, status } => write!(f, "{what} failed ({status})"),
            Self::Io { what, why } => write!(f, "{what}: {why}"),
            Self::Answer { what, answer } => write!(f, "{what} was answered with: {answer}"),
            Self::TooLate(what) => write!(f, "{what} did not happen in time"),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}

impl std::error::Error for Error {}
