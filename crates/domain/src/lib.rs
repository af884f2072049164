//! People, roles, instruments and rules of care: pure, no I/O, no CRDT.

pub mod ids;
pub mod people;
pub mod record;

// Identity, instruments, medication.
