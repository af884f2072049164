//! Changes as bytes: what is stored, sent and hashed.

use sha2::{Digest, Sha256};
use std::fmt;

/// A change's name: the SHA-256 that its author's device computed over it.
pub type Hash = [u8; 32];

/// One change, as an uncompressed chunk.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawChange {
    /// The change's name.
    pub hash: Hash,
    /// The chunk: magic, checksum, type, length and content.
    pub bytes: Vec<u8>,
}

impl RawChange {
    pub(crate) fn of(change: &automerge::Change) -> Self {
        Self {
            hash: change.hash().0,
            bytes: change.raw_bytes().to_vec(),
        }
    }
}

impl AsRef<[u8]> for RawChange {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for RawChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "RawChange({}, {} bytes)",
            short(&self.hash),
            self.bytes.len()
        )
    }
}

/// The first 8 digits of a hash, for messages.
pub(crate) fn short(hash: &Hash) -> String {
    hex::encode(&hash[..4])
}

pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}
