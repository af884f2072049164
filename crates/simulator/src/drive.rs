//! Driving futures by hand, so that chance from the seed says who moves next, and no thread does.
//!
//! A future waits for one of two things: for a helper thread that is at work on its behalf (SQLite's,
//! or one that unpacks), and then nothing else may move; or at a gate, where the simulation stops it
//! on purpose.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

/// Raised by a gate that stopped the future which is being driven.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Says that whoever is being driven has been stopped.
    pub fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was raised since this was last asked.
    #[must_use]
    pub fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

/// How far a future came.
#[derive(Debug)]
pub enum Came<T> {
    /// To its end.
    Done(T),
    /// To a gate.
    Stopped,
    /// Nowhere: it waits for something that never comes.
    Hangs,
}

/// How long a helper thread may take before the future counts as hanging. What hangs hangs for ever, so
/// waiting long costs nothing in a sound run; a crowded machine has kept a thread waiting for 20 s.
const PATIENCE: Duration = Duration::from_secs(120);

struct Unpark {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

/// Drives a future to its end or to the next gate.
pub fn onward<F: Future + ?Sized>(mut future: Pin<&mut F>, stop: &Stop) -> Came<F::Output> {
    let unpark = Arc::new(Unpark {
        thread: thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&unpark));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Came::Done(value);
        }
        if stop.take() {
            return Came::Stopped;
        }
        while !unpark.woken.swap(false, Ordering::SeqCst) {
            let before = std::time::Instant::now();
            thread::park_timeout(PATIENCE);
            if before.elapsed() >= PATIENCE && !unpark.woken.load(Ordering::SeqCst) {
                return Came::Hangs;
            }
        }
    }
}

/// Drives a future that no gate stops to its end.
///
/// # Errors
/// When it hangs.
pub fn to_the_end<F: Future>(future: F, stop: &Stop) -> Result<F::Output, Hangs> {
    let mut future = std::pin::pin!(future);
    loop {
        match onward(future.as_mut(), stop) {
            Came::Done(value) => return Ok(value),
            Came::Stopped => {}
            Came::Hangs => return Err(Hangs),
        }
    }
}

/// A future waits for something that never comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("something waits for what never comes")]
pub struct Hangs;
