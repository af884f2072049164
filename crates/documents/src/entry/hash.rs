//! An entry's name.

use super::EntryError;
use crate::change::Hash;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// An entry's name: the SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryHash(pub Hash);

impl EntryHash {
    /// The name of an entry's bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryHash({self})")
    }
}

impl FromStr for EntryHash {
    type Err = EntryError;
    fn from_str(text: &str) -> Result<Self, EntryError> {
        let mut hash = Hash::default();
        hex::decode_to_slice(text, &mut hash).map_err(|_| EntryError::Malformed("a hash"))?;
        Ok(Self(hash))
    }
}

impl TryFrom<String> for EntryHash {
    type Error = EntryError;
    fn try_from(text: String) -> Result<Self, EntryError> {
        text.parse()
    }
}

impl From<EntryHash> for String {
    fn from(hash: EntryHash) -> Self {
        hash.to_string()
    }
}
