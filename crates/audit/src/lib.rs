//! The access log: who looked at or did what, and how anybody can see that nothing was changed.
//!
//! A tablet or server writes [`Event`]s into a [`Chain`](Head) of its own: each [`Record`] names the
//! hash of the one before it. The server lays all records that reach it into one Merkle tree by
//! RFC 6962 ([`tree`]) and signs its root ([`checkpoint`]); whoever remembers an earlier root can
//! demand proof that nothing before it has changed since.
//!
//! An event says who, where, what, whose and when, and never what stood there. Nothing in here does
//! I/O, reads a clock or draws chance.
//!
//! HSLF-FS 2016:40 4 kap. 9 §; patientdatalagen 2008:355 4 kap. 3 §, 8 kap. 5 §; lagen 2022:913
//! 4 kap. 3–5 §§.

mod action;
mod chain;
pub mod checkpoint;
mod entry;
mod event;
pub mod extract;
pub mod fhir;
pub mod frontier;
mod record;
mod retention;
mod sample;
pub mod tree;
mod words;

pub use action::Action;
pub use chain::{Head, LinkFault, Walk};
pub use entry::{SERVER, leaf_of};
pub use event::{Event, EventError, MAX_REASON};
pub use record::{Record, RecordError, RecordHash};
pub use retention::{KEPT_YEARS, earliest_kept};
pub use sample::draw;
pub use words::{Language, word};

/// Bounds one record, in bytes: an event is a few ids and short codes.
pub const MAX_RECORD_BYTES: usize = 2_048;
