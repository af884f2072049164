//! Who writes, as the CRDT sees it.

use hemrond_domain::ids::UserId;
use std::fmt;

/// One run of the app on one tablet. Drawn afresh at every start and never stored: a tablet that
/// was restored from a backup and went on under its old actor would have its changes refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Actor([u8; 16]);

/// The actor is one of those that genesis and migrations use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the actor is reserved")]
pub struct ReservedActor;

impl Actor {
    /// Makes an actor from 16 bytes that the caller drew at random.
    #[must_use]
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        // One draw in 2^120 would be reserved; its first byte is changed.
        if is_reserved(&bytes) {
            bytes[0] = 1;
        }
        Self(bytes)
    }

    /// Takes an actor's bytes as they are.
    ///
    /// # Errors
    /// When the actor is reserved.
    pub fn from_bytes(bytes: [u8; 16]) -> Result<Self, ReservedActor> {
        if is_reserved(&bytes) {
            Err(ReservedActor)
        } else {
            Ok(Self(bytes))
        }
    }

    /// The actor's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub(crate) fn id(self) -> automerge::ActorId {
        automerge::ActorId::from(self.0.as_slice())
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Actor({})", hex::encode(self.0))
    }
}

/// Whether an actor is kept for genesis and migrations: fifteen zeros, then the version.
#[must_use]
pub fn is_reserved(actor: &[u8; 16]) -> bool {
    actor[..15].iter().all(|byte| *byte == 0)
}

/// The actor of the migration to `version`; genesis has version 0.
pub(crate) fn reserved(version: u8) -> [u8; 16] {
    let mut actor = [0; 16];
    actor[15] = version;
    actor
}

/// Tells which user an actor wrote for. The register of actors is kept outside the documents.
pub trait Authors {
    /// The user behind the actor, where it is known.
    fn user(&self, actor: &[u8; 16]) -> Option<UserId>;
}

impl<F: Fn(&[u8; 16]) -> Option<UserId>> Authors for F {
    fn user(&self, actor: &[u8; 16]) -> Option<UserId> {
        self(actor)
    }
}
