//! Every reader of foreign bytes as a target: a function that may be given anything.
//!
//! A target ends without a panic, or it has found a fault. What readers promise besides (what was
//! read can be written and read again; what was refused changed nothing) it asserts. The same
//! functions run under a fuzzer, which looks for bytes that nobody thought of, and in the tests,
//! over the bytes that somebody did and those that once were a fault.

pub mod corpus;
mod parts;
pub mod sample;
mod seal;
mod targets;

pub use parts::{join, parts};
pub use seal::{open, seal, word_of};
pub use targets::{ALL, Target, named};
