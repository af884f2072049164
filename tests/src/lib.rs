//! Helpers for the tests.

pub mod postgres;
