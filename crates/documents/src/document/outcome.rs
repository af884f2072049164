//! What taking in changes did, and why some were not taken.

use super::Document;
use crate::{
    change::{Hash, short},
    chunk::ChunkError,
    genesis::GenesisError,
};

/// A document that was read from its stored changes.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The document, with every change that is sound.
    pub document: Document,
    /// What could not be read; the caller keeps the bytes and tells someone.
    pub set_aside: Vec<SetAside>,
}

/// A change that was not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("change {} was set aside: {reason}", short(hash))]
pub struct SetAside {
    /// The change's own name where it could be told, else the SHA-256 of the bytes.
    pub hash: Hash,
    /// Where it stood among the given ones, from 0.
    pub place: usize,
    /// Why.
    pub reason: Reason,
}

/// Why a change was not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The bytes are not a sound change.
    #[error(transparent)]
    Unreadable(#[from] ChunkError),
    /// It builds on changes that are not here.
    #[error("{} changes that it builds on are missing", .0.len())]
    Missing(Vec<Hash>),
    /// It begins another document than this one.
    #[error("it belongs to another document")]
    OtherDocument,
    /// Its author already made another change with this number, or skipped one.
    #[error("its author's change {found} was expected to be number {expected}")]
    Sequence {
        /// The number that would have been the next.
        expected: u64,
        /// The number that the change has.
        found: u64,
    },
    /// Its operations count from before those that it builds on.
    #[error("its operations are numbered before those that it builds on")]
    Counter,
    /// The CRDT library refused it, or failed on it.
    #[error("it cannot be applied: {0}")]
    Refused(String),
}

/// A document could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The document's own first changes could not be made.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
}

/// What taking in changes did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The changes that are new here, in the order in which they were applied.
    pub new: Vec<Hash>,
    /// The changes that are kept until those come that they build on.
    pub waiting: Vec<Waiting>,
    /// What had waited since an earlier call and turned out not to fit; its `place` means nothing.
    pub set_aside: Vec<SetAside>,
}

/// A change that waits for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The change.
    pub hash: Hash,
    /// The changes that it builds on and that have not come, sorted.
    pub missing: Vec<Hash>,
}

/// Changes were refused; the document is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct ApplyError(#[from] pub SetAside);
