//! Instruments: questions with a published way from answers to a result.
//!
//! They show their inputs and the way taken; a missing answer makes them incomplete, never a default.

pub mod cfs;
pub mod downton;
pub mod line;
