//! The way back to a database whose PIN or platform secret is gone: its key, sealed to the
//! organisation's server.
//!
//! The tablet keeps the box and cannot open it. The server keeps the private key and has no box: it
//! opens one only for the user that the box names, who brings a one-time code.

use crate::{Chance, Secret, chance::Lent};
use crypto_box::{PublicKey, SecretKey};
use std::fmt;
use zeroize::Zeroizing;

/// What a box begins with.
const VERSION: u8 = 1;

/// The version, the owner's 16 bytes and the key's 32.
const LENGTH: usize = 1 + 16 + 32;

/// What tablets seal to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RescuePublicKey([u8; 32]);

/// What opens the boxes: kept by the server's operator, and never printed.
#[derive(Clone)]
pub struct RescueKey(SecretKey);

/// Why a box was not made or does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RescueError {
    /// It is no key: 64 hexadecimal digits are.
    #[error("this is no rescue key; it has 64 hexadecimal digits")]
    NoKey,
    /// It is no box, or it was sealed to another key.
    #[error("this was not sealed for this server")]
    NotForUs,
}

impl RescuePublicKey {
    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// When they are something else.
    pub fn parse(text: &str) -> Result<Self, RescueError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| RescueError::NoKey)?;
        Ok(Self(bytes))
    }

    /// Seals a database key for its owner, by the 16 bytes of the user's id.
    ///
    /// # Errors
    /// When the library refuses the key.
    pub fn seal(
        &self,
        key: &Secret,
        owner: &[u8; 16],
        chance: &dyn Chance,
    ) -> Result<Vec<u8>, RescueError> {
        let mut plain = Zeroizing::new(Vec::with_capacity(LENGTH));
        plain.push(VERSION);
        plain.extend_from_slice(owner);
        plain.extend_from_slice(key.as_bytes());
        PublicKey::from_bytes(self.0)
            .seal(&mut Lent(chance), &plain)
            .map_err(|_| RescueError::NoKey)
    }
}

impl fmt::Display for RescuePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl RescueKey {
    /// Draws one.
    #[must_use]
    pub fn draw(chance: &dyn Chance) -> Self {
        Self(SecretKey::from_bytes(*Secret::draw(chance).as_bytes()))
    }

    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// When they are something else.
    pub fn parse(text: &str) -> Result<Self, RescueError> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| RescueError::NoKey)?;
        Ok(Self(SecretKey::from_bytes(*bytes)))
    }

    /// The digits, for the file that keeps it.
    #[must_use]
    pub fn digits(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(Zeroizing::new(self.0.to_bytes())))
    }

    /// What tablets are given.
    #[must_use]
    pub fn public(&self) -> RescuePublicKey {
        RescuePublicKey(*self.0.public_key().as_bytes())
    }

    /// Opens a box: whose it is, by the bytes of the user's id, and the database key.
    ///
    /// # Errors
    /// When it is no box, or was sealed to another key.
    pub fn open(&self, sealed: &[u8]) -> Result<([u8; 16], Secret), RescueError> {
        let plain = self.0.unseal(sealed).map_err(|_| RescueError::NotForUs)?;
        let plain = Zeroizing::new(plain);
        let (Some((&VERSION, rest)), true) = (plain.split_first(), plain.len() == LENGTH) else {
            return Err(RescueError::NotForUs);
        };
        let (owner, key) = rest.split_at_checked(16).ok_or(RescueError::NotForUs)?;
        let owner = owner.try_into().map_err(|_| RescueError::NotForUs)?;
        let key: [u8; 32] = key.try_into().map_err(|_| RescueError::NotForUs)?;
        Ok((owner, Secret::new(key)))
    }
}

impl fmt::Debug for RescueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RescueKey(…)")
    }
}
