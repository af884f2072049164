//! The key that the file is encrypted with.

use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// The store's raw 32-byte key. It is wiped from memory when it is dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// Takes a key that the caller drew at random or fetched from the platform's keystore.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes, for the place that keeps it.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key as SQLCipher takes it raw, without deriving another from it.
    pub(crate) fn pragma_value(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(self.0));
        Zeroizing::new(format!("\"x'{}'\"", digits.as_str()))
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}
