//! Checking a stranger's change before it is taken in.
//!
//! A change says who made it and what it builds on; none of that can be trusted. The checks go from
//! cheap to dear: [`inspect`] reads the bytes by hand and bounds what they would unroll to;
//! [`check_operations`] reads the operations and lets only those pass that an honest edit makes;
//! [`check`] holds them against the document itself. They are pure, but the later two hand the
//! bytes to the CRDT library: a server runs them where a crash hurts nobody.
//!
//! Whether the actor belongs to the sender, and whether the sender may write, is the caller's.

mod against;
mod operations;
mod series;

pub use against::{Accepted, check};
pub use operations::{STRING_MAX, Target, Write, check_operations};
pub use series::check_series;

use crate::{
    actor::is_reserved,
    change::Hash,
    chunk::{self, Chunk, ChunkError, Limits},
};

/// What a change says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The change's name.
    pub hash: Hash,
    /// Who wrote it; whether that is true is the caller's check.
    pub actor: [u8; 16],
    /// The author's how manieth change to this document it is, from 1.
    pub seq: u64,
    /// The counter of its first operation.
    pub start_op: u64,
    /// The changes that its author had seen last.
    pub deps: Vec<Hash>,
    /// When, in seconds since 1970, by its author's clock.
    pub time: i64,
    /// How many operations it holds.
    pub ops_count: u64,
    /// The counter of its last operation.
    pub max_op: u64,
}

impl From<Chunk> for Inspected {
    fn from(chunk: Chunk) -> Self {
        Self {
            hash: chunk.hash,
            actor: chunk.actor,
            seq: chunk.seq,
            start_op: chunk.start_op,
            time: chunk.time,
            ops_count: chunk.operations,
            max_op: chunk.max_op(),
            deps: chunk.deps,
        }
    }
}

/// Why a change is not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The bytes are not a sound change within the limits.
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    /// The CRDT library cannot read it.
    #[error("the change cannot be read")]
    Undecodable,
    /// It uses an actor that is kept for given changes, and is none of them.
    #[error("the actor is reserved")]
    ReservedActor,
    /// It writes where only given changes write.
    #[error("it writes to {0}, which is fixed")]
    Fixed(&'static str),
    /// It does something that no honest edit does.
    #[error("it holds an operation that no edit makes: {0}")]
    Operation(&'static str),
    /// It writes a value that no field can hold.
    #[error("it writes a value that no field can hold: {0}")]
    Value(&'static str),
    /// It changes a row that can only be retracted.
    #[error("it changes a row of \"{collection}\", which can only be retracted")]
    AppendOnly {
        /// The collection.
        collection: String,
    },
    /// It begins a document of its own.
    #[error("it belongs to another document")]
    OtherDocument,
    /// Its author pretends not to have seen their own last change.
    #[error("it does not build on its author's last change")]
    Detached,
    /// It builds on changes that are not here; it may be sent again when they are.
    #[error("{} changes that it builds on are missing", .0.len())]
    Missing(Vec<Hash>),
    /// Its author already made another change with this number, or skipped one.
    #[error("its author's change {found} was expected to be number {expected}")]
    Sequence {
        /// The number that would have been the next.
        expected: u64,
        /// The number that the change has.
        found: u64,
    },
    /// Its operations are not numbered as the next ones.
    #[error("its operations are numbered from {found}, not from {expected}")]
    Counter {
        /// The number that would have been right.
        expected: u64,
        /// The number that the change has.
        found: u64,
    },
}

impl Refusal {
    /// The reason's stable name, as it is stored and sent.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Chunk(error) => error.code(),
            Self::Undecodable => "undecodable",
            Self::ReservedActor => "reserved-actor",
            Self::Fixed(_) => "writes-fixed",
            Self::Operation(_) => "operation",
            Self::Value(_) => "value",
            Self::AppendOnly { .. } => "append-only",
            Self::OtherDocument => "other-document",
            Self::Detached => "detached",
            Self::Missing(_) => "missing-dependencies",
            Self::Sequence { .. } => "sequence",
            Self::Counter { .. } => "counter",
        }
    }
}

/// Reads a change by hand, under limits, without building its operations.
///
/// # Errors
/// When the bytes are anything but one sound, uncompressed change within the limits.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspected, Refusal> {
    Ok(chunk::parse(bytes, limits)?.into())
}

/// Checks that an operation counter leaves no gap above what is known.
///
/// # Errors
/// When the change counts from further than one above `known_max_op`.
pub fn check_counter(inspected: &Inspected, known_max_op: u64) -> Result<(), Refusal> {
    let expected = known_max_op.saturating_add(1);
    if inspected.start_op > expected {
        return Err(Refusal::Counter {
            expected,
            found: inspected.start_op,
        });
    }
    Ok(())
}

/// Checks that an actor may be used by a person's change.
fn check_actor(actor: &[u8; 16]) -> Result<(), Refusal> {
    if is_reserved(actor) {
        Err(Refusal::ReservedActor)
    } else {
        Ok(())
    }
}
