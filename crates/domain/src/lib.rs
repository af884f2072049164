//! People, roles, instruments and rules of care: pure, no I/O, no CRDT.

pub mod ids;
pub mod law;
pub mod people;
pub mod record;

// Identity, instruments, medication.
pub mod identity;
pub mod instruments;
mod keyed;
pub mod medication;
pub mod outcome;
pub mod phone;
pub mod retention;
pub mod search_name;
