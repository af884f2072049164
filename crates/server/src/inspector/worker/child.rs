//! The worker's own side: reads jobs from one pipe and answers on the other, until it is closed.

use super::{
    Confinement,
    frames::{self, FrameError},
    messages::{Found, GREETING, Job, Opened},
};
use crate::inspector::{Raw, Reader, Reading};
use hemrond_protocol::WireHeaderError;
use hemrond_sync::acceptance::Finding;
use std::{
    io::{self, Read, Write},
    process,
    sync::mpsc,
    thread,
};

/// Why a worker gives up. The server starts another.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The system refused the bounds.
    #[error("the worker cannot be confined: {0}")]
    Unconfined(#[source] io::Error),
    /// The server says something that no server says.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A document that no server asks about.
    #[error(transparent)]
    Header(#[from] WireHeaderError),
}

/// Works as a worker of the server that started this process.
///
/// # Errors
/// When the server does not speak as servers do, or the system refuses to confine the worker.
pub fn run(confinement: Confinement) -> Result<(), Failure> {
    Confinement::close_files().map_err(Failure::Unconfined)?;
    confinement.apply().map_err(Failure::Unconfined)?;
    serve(io::stdin(), io::stdout().lock(), Honest)
}

/// How a worker reads.
pub trait Reads {
    /// All items at once; none where they are to be read one by one.
    fn together(&mut self, reader: &mut Reader, items: &[Raw]) -> Option<Vec<Finding>>;
    /// The next item.
    fn one(&mut self, reader: &mut Reader, item: &Raw) -> Finding;
}

/// As workers do.
#[derive(Debug, Clone, Copy)]
pub struct Honest;

impl Reads for Honest {
    fn together(&mut self, reader: &mut Reader, items: &[Raw]) -> Option<Vec<Finding>> {
        reader.read_together(items)
    }

    fn one(&mut self, reader: &mut Reader, item: &Raw) -> Finding {
        reader.read(item)
    }
}

/// Answers every job that comes in, having `reads` read each item, until the input is closed. The
/// process ends then even if it is in the midst of reading: whoever asked is gone.
///
/// # Errors
/// When what comes in is no job.
pub fn serve(
    input: impl Read + Send + 'static,
    mut output: impl Write,
    mut reads: impl Reads,
) -> Result<(), Failure> {
    frames::write(&mut output, &GREETING)?;
    let (sender, jobs) = mpsc::sync_channel(0);
    thread::Builder::new()
        .spawn(move || listen(input, &sender))
        .map_err(FrameError::from)?;
    for bytes in jobs {
        answer(bytes, &mut output, &mut reads)?;
    }
    Ok(())
}

/// Answers one job: first what follows from the document's header, then what was found in each item.
///
/// # Errors
/// When the bytes are no job, or nobody takes the answers.
pub fn answer(
    bytes: Vec<u8>,
    output: &mut impl Write,
    reads: &mut impl Reads,
) -> Result<(), Failure> {
    let job: Job = minicbor::decode(&bytes).map_err(FrameError::from)?;
    drop(bytes);
    let together = !job.is_one_by_one();
    let reading = Reading::try_from(job)?;
    let mut reader = Reader::open(&reading.header, &reading.stored, reading.keys);
    frames::write(output, &Opened::from(reader.given()))?;
    if together && let Some(found) = reads.together(&mut reader, &reading.items) {
        let found: Vec<Found> = found.into_iter().map(Found::from).collect();
        return Ok(frames::write_all(output, &found)?);
    }
    for item in &reading.items {
        frames::write(output, &Found::from(reads.one(&mut reader, item)))?;
    }
    Ok(())
}

/// Waits on the input alone, so that its end is noticed whatever the reading does.
fn listen(mut input: impl Read, jobs: &mpsc::SyncSender<Vec<u8>>) {
    while let Ok(Some(bytes)) = frames::read(&mut input) {
        if jobs.send(bytes).is_err() {
            return;
        }
    }
    process::exit(0);
}
