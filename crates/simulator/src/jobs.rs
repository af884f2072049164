//! Stories side by side: one processor each, where the system lets us choose.
//!
//! Within a story only one thread is at work at any moment, and the others wait for it: the
//! companion for SQLite's, the server for the one that reads pushes. On one processor a turn passes
//! from one to the next in a fraction of the time that waking another processor takes.

use std::{io, num::NonZeroUsize, thread};

/// The stories could not begin.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// No runtime for the helper threads.
    #[error("the runtime does not start: {0}")]
    Runtime(#[from] io::Error),
    /// A story ended the thread that told it, and has said why.
    #[error("a story broke off")]
    BrokeOff,
}

/// Runs the same work on as many threads as are asked for, or as there are processors.
///
/// # Errors
/// When a thread cannot begin, or breaks off.
pub fn side_by_side(jobs: Option<usize>, work: impl Fn() + Sync) -> Result<(), JobError> {
    let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..jobs.unwrap_or(processors))
            .map(|job| scope.spawn(move || pinned(job, work)))
            .collect();
        let mut ends = threads.into_iter().map(|thread| thread.join());
        ends.try_for_each(|end| end.unwrap_or(Err(JobError::BrokeOff)))
    })
}

/// Runs work on a thread of its own and waits for it.
///
/// # Errors
/// When the thread cannot begin, or breaks off.
pub fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, JobError> {
    thread::scope(|scope| {
        let thread = scope.spawn(|| pinned(0, work));
        thread.join().unwrap_or(Err(JobError::BrokeOff))
    })
}

/// The server's and SQLite's helper threads want a runtime around them. They begin here, after the
/// choice of the processor, and so on the same one.
fn pinned<T>(job: usize, work: impl FnOnce() -> T) -> Result<T, JobError> {
    choose_processor(job);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let _inside = runtime.enter();
    Ok(work())
}

/// Keeps this thread, and those that it begins, to one processor. Where that is refused, stories
/// are told a little slower.
#[cfg(target_os = "linux")]
fn choose_processor(job: usize) {
    use nix::{
        sched::{CpuSet, sched_getaffinity, sched_setaffinity},
        unistd::Pid,
    };
    let this_thread = Pid::from_raw(0);
    let Ok(allowed) = sched_getaffinity(this_thread) else {
        return;
    };
    let all: Vec<usize> = (0..CpuSet::count())
        .filter(|processor| allowed.is_set(*processor).unwrap_or(false))
        .collect();
    let mut one = CpuSet::new();
    let chosen = all.iter().cycle().nth(job);
    if chosen.is_some_and(|processor| one.set(*processor).is_ok()) {
        let _ = sched_setaffinity(this_thread, &one);
    }
}

#[cfg(not(target_os = "linux"))]
fn choose_processor(_job: usize) {}
