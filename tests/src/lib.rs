//! Helpers for the tests: real programs, started as people start them, and the lines between them.
//!
//! A test starts a [`Server`], one [`Tablet`] per person, and where the network matters a
//! [`CuttableLine`] between them. Everything lives in temporary folders and ends with the test.
//! The helpers panic where a test could not go on, with what happened.

#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "a helper that fails must fail the test, and say why"
)]

mod http;
mod keyring;
pub mod kills;
mod line;
pub mod postgres;
mod process;
mod programs;
mod server;
mod tablet;
mod town;

pub use http::{Answered, Request, ask};
pub use keyring::SystemKeyring;
pub use line::{CuttableLine, Fate, Seen};
pub use process::Process;
pub use programs::{Output, program, run, run_with_input};
pub use server::Server;
pub use tablet::{Failure, PIN, Tablet};
pub use town::{Place, Town, ids};

use std::time::{Duration, Instant};

/// How long anything may take before a test gives up. Nothing is measured against it: it only keeps
/// a test that waits for what never comes from waiting for ever.
pub const DEADLINE: Duration = Duration::from_secs(90);

/// Asks until the answer is there.
///
/// # Panics
/// When it is not there in time; `what` is named then.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain: {what}");
        // Between two questions; what is waited for is the answer, not the time.
        std::thread::yield_now();
        std::thread::park_timeout(Duration::from_millis(20));
    }
}
