//! The sync engine, sans-I/O: both ends as state machines.
//!
//! The tablet's end is [`Session`]; the server's end judges what is pushed in [`acceptance`].
//! Neither reads a clock, draws a random number or touches a disk, so the same code runs in the
//! app, in the server and in a simulation.

pub mod acceptance;
mod backoff;
mod fallback;
mod log;
mod session;

pub use backoff::Backoff;
pub use session::{
    Ask, Compare, Gathered, ItemName, Position, Recovery, Session, Taken, Violation,
};
