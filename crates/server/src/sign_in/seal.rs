//! Sealing what the database or a browser keeps, under a key that neither has.
//!
//! A stolen database or backup then holds no secret that makes one-time codes, and a browser can
//! hold what it was given without reading or changing it. XChaCha20-Poly1305, a fresh nonce each.

use crate::environment::Chance;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};

const NONCE: usize = 24;

/// Why there is no key. Each tells what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error(
        "the key for sign-ins in {file} cannot be read: {why}; make one with \
         'hemrond-server sign-in-key --to FILE', once, and keep a copy away from the backups"
    )]
    Unreadable {
        /// Which.
        file: String,
        /// The system's words.
        why: io::Error,
    },
    /// The file holds something else.
    #[error("{0} holds no key for sign-ins: 64 hexadecimal digits; give the right file")]
    Malformed(String),
    /// The file cannot be written.
    #[error("the key for sign-ins cannot be written to {file}: {why}; an existing one is kept")]
    Unwritable {
        /// Which.
        file: String,
        /// The system's words.
        why: io::Error,
    },
}

/// The key under which secrets of sign-ins are sealed.
#[derive(Clone)]
pub struct SealingKey([u8; 32]);

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey")
    }
}

impl SealingKey {
    /// Draws a key.
    pub fn draw(chance: &dyn Chance) -> Self {
        let mut key = [0; 32];
        chance.fill(&mut key);
        Self(key)
    }

    /// Reads the key from a file of 64 hexadecimal digits.
    ///
    /// # Errors
    /// When the file cannot be read or holds something else.
    pub fn read(file: &Path) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(file).map_err(|why| KeyError::Unreadable {
            file: file.display().to_string(),
            why,
        })?;
        Self::parse(&text).ok_or_else(|| KeyError::Malformed(file.display().to_string()))
    }

    /// Reads 64 hexadecimal digits; none where they are something else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut key = [0; 32];
        hex::decode_to_slice(text.trim(), &mut key).ok()?;
        Some(Self(key))
    }

    /// Writes the key to a new file that only its owner can read. An existing file is kept.
    ///
    /// # Errors
    /// When there is such a file already or it cannot be written.
    pub fn write_new(&self, file: &Path) -> Result<(), KeyError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let written = options.open(file).and_then(|mut open| {
            writeln!(open, "{}", hex::encode(self.0))?;
            open.sync_all()
        });
        written.map_err(|why| KeyError::Unwritable {
            file: file.display().to_string(),
            why,
        })
    }

    /// Seals bytes for a purpose; they open for no other.
    pub(crate) fn seal(&self, purpose: &str, bytes: &[u8], chance: &dyn Chance) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        chance.fill(&mut nonce);
        let payload = Payload {
            msg: bytes,
            aad: purpose.as_bytes(),
        };
        let cipher = XChaCha20Poly1305::new((&self.0).into());
        // It fails only for more bytes than memory holds; what is empty opens as nothing.
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .unwrap_or_default();
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for this purpose; none if it was not, or was changed.
    pub(crate) fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload {
            msg: rest,
            aad: purpose.as_bytes(),
        };
        XChaCha20Poly1305::new((&self.0).into())
            .decrypt(&XNonce::from(*nonce), payload)
            .ok()
    }

    /// Seals bytes as text that fits a cookie or a form.
    pub(crate) fn seal_text(&self, purpose: &str, bytes: &[u8], chance: &dyn Chance) -> String {
        URL_SAFE_NO_PAD.encode(self.seal(purpose, bytes, chance))
    }

    /// Opens text that was sealed for this purpose.
    pub(crate) fn open_text(&self, purpose: &str, text: &str) -> Option<Vec<u8>> {
        self.open(purpose, &URL_SAFE_NO_PAD.decode(text).ok()?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::environment::SystemChance;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_nothing_else() {
        let key = SealingKey::draw(&SystemChance);
        let sealed = key.seal("totp eva", b"hemligt", &SystemChance);
        assert_eq!(key.open("totp eva", &sealed).unwrap(), b"hemligt");
        assert_eq!(key.open("totp omar", &sealed), None);
        let other = SealingKey::draw(&SystemChance);
        assert_eq!(other.open("totp eva", &sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(key.open("totp eva", &changed), None, "byte {place}");
            assert_eq!(key.open("totp eva", &sealed[..place]), None);
        }
    }

    #[test]
    fn a_key_is_written_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let key = SealingKey::draw(&SystemChance);
        assert!(SealingKey::read(&file).is_err());
        key.write_new(&file).unwrap();
        assert_eq!(SealingKey::read(&file).unwrap().0, key.0);
        assert!(SealingKey::draw(&SystemChance).write_new(&file).is_err());
        assert_eq!(SealingKey::read(&file).unwrap().0, key.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        std::fs::write(&file, "inte en nyckel").unwrap();
        assert!(SealingKey::read(&file).is_err());
    }
}
