//! The server's nonce, as everybody but the server sees it: a word to be given back.

use std::fmt;

/// Bounds a nonce, in characters.
const LONGEST: usize = 128;

/// A nonce: 1 to 128 letters, digits, "-" and "_".
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Nonce(String);

/// The text is no nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no nonce of a Hemrond server; ask the server for one")]
pub struct NonceError;

impl Nonce {
    /// Reads one from a header.
    ///
    /// # Errors
    /// When it is empty, too long or holds another character.
    pub fn read(text: &str) -> Result<Self, NonceError> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if text.is_empty() || text.len() > LONGEST || !text.bytes().all(good) {
            return Err(NonceError);
        }
        Ok(Self(text.to_owned()))
    }

    /// As it stands in a header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce")
    }
}
