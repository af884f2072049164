//! What struck: faults are counted where they happen, not where they were drawn. A fault that was set for
//! a write, a request or a gate that never came is none.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts what happened to a world.
#[derive(Debug, Default)]
pub struct Struck {
    faults: AtomicU64,
    replays: AtomicU64,
}

impl Struck {
    /// A fault struck.
    pub fn fault(&self) {
        self.faults.fetch_add(1, Ordering::SeqCst);
    }

    /// A fault struck, if this is so.
    pub fn fault_if(&self, so: bool) {
        if so {
            self.fault();
        }
    }

    /// A request that had come before, or was held up, was taken by the server and judged.
    pub fn replay_judged(&self) {
        self.replays.fetch_add(1, Ordering::SeqCst);
    }

    /// How many faults struck.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.faults.load(Ordering::SeqCst)
    }

    /// How many old requests were judged.
    #[must_use]
    pub fn replays(&self) -> u64 {
        self.replays.load(Ordering::SeqCst)
    }
}
