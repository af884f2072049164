//! Small things that nobody may read or change without the database key.

use crate::{Chance, Secret};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroize as _;

/// How many bytes of a sealed note are its nonce.
const NONCE: usize = 24;

/// Seals a note under a key of its own, which follows from the database key. The label says what
/// it is and whose: under another it does not open. None where it is too long to be sealed.
#[must_use]
pub fn seal(key: &Secret, label: &str, bytes: &[u8], chance: &dyn Chance) -> Option<Vec<u8>> {
    seal_under(&follow(key), label, bytes, chance)
}

/// Opens a note; none where it was changed, or is under another key or label.
#[must_use]
pub fn open(key: &Secret, label: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    open_under(&follow(key), label, sealed)
}

/// The database's key itself is for the database only.
fn follow(key: &Secret) -> Secret {
    let mut hash = Sha256::new();
    hash.update(b"hemrond-note-1\0");
    hash.update(key.as_bytes());
    let mut bytes: [u8; 32] = hash.finalize().into();
    let secret = Secret::new(bytes);
    bytes.zeroize();
    secret
}

pub(crate) fn seal_under(
    key: &Secret,
    label: &str,
    bytes: &[u8],
    chance: &dyn Chance,
) -> Option<Vec<u8>> {
    let mut nonce = [0; NONCE];
    chance.fill(&mut nonce);
    let payload = Payload {
        msg: bytes,
        aad: label.as_bytes(),
    };
    let cipher = XChaCha20Poly1305::new(key.as_bytes().into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
    Some([nonce.as_slice(), &sealed].concat())
}

pub(crate) fn open_under(key: &Secret, label: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let payload = Payload {
        msg: sealed,
        aad: label.as_bytes(),
    };
    let cipher = XChaCha20Poly1305::new(key.as_bytes().into());
    cipher.decrypt(&XNonce::from(nonce), payload).ok()
}
