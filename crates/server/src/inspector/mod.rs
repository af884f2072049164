//! Reading what was pushed, away from anything that a crash would hurt.
//!
//! An [`Inspector`] gets bytes from a stranger and says what they claim to be; judging the claims is
//! not its business. [`Worker`] reads in processes of its own and survives whatever happens there;
//! [`InProcess`] reads on threads and survives a panic of the library; [`Inline`] reads where it is
//! called.

mod local;
mod reading;
pub mod worker;

pub use local::{InProcess, Inline};
pub use reading::{Reader, name_of};
pub use worker::Worker;

use async_trait::async_trait;
use ed25519_dalek::VerifyingKey;
use hemrond_domain::{ids::DeviceId, record::Header};
use hemrond_protocol::{ItemHash, ItemKind};
use hemrond_sync::acceptance::Finding;
use std::collections::BTreeMap;

/// An item as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// What it claims to be.
    pub kind: ItemKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A document's part of a push, with what is needed to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The document.
    pub header: Header,
    /// The changes that are stored already.
    pub stored: Vec<Vec<u8>>,
    /// What was pushed.
    pub items: Vec<Raw>,
    /// The keys of the devices that may have signed entries.
    pub keys: BTreeMap<DeviceId, [u8; 32]>,
}

/// What came of reading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// The changes that follow from the header, with their last counters.
    pub given: BTreeMap<ItemHash, u64>,
    /// One finding per item.
    pub items: Vec<Finding>,
}

/// Nothing was read, and nothing is wrong with what was to be read: the server is closing, or has
/// no means to read now. The same push may come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the reading was interrupted")]
pub struct Interrupted;

/// Reads pushed items.
#[async_trait]
pub trait Inspector: Send + Sync {
    /// Reads the documents of a push. The findings are as many as the readings and in their order;
    /// what cannot be read is refused in them.
    ///
    /// # Errors
    /// When nothing could be read, whatever was pushed.
    async fn read(&self, work: Vec<Reading>) -> Result<Vec<Findings>, Interrupted>;

    /// How often a reader was lost and another begun.
    fn restarts(&self) -> u64 {
        0
    }
}

/// Whether 32 bytes are a public key that signatures can be checked with.
#[must_use]
pub fn is_public_key(bytes: &[u8; 32]) -> bool {
    VerifyingKey::from_bytes(bytes).is_ok_and(|key| !key.is_weak())
}
