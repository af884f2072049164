//! A change's header and checksum, and a server's signature, so that what is tried gets behind them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer as _, SigningKey};
use hemrond_audit::checkpoint::ORIGIN;
use sha2::{Digest, Sha256};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// Makes a chunk of a change's content, with the right length and checksum.
#[must_use]
pub fn seal(content: &[u8]) -> Vec<u8> {
    let mut hashed = vec![1];
    let mut length = content.len();
    while length > 0x7f {
        hashed.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    hashed.push(u8::try_from(length).unwrap_or_default());
    hashed.extend(content);
    let checksum = Sha256::digest(&hashed);
    [&MAGIC, &checksum[..4], &hashed].concat()
}

/// A sound chunk's content.
#[must_use]
pub fn open(chunk: &[u8]) -> Option<&[u8]> {
    let after_type = chunk.get(9..)?;
    let length = after_type.iter().position(|byte| byte & 0x80 == 0)? + 1;
    after_type.get(length..)
}

/// A note with this text, signed as a server signs its word about its log.
#[must_use]
pub fn word_of(text: &str, key: &SigningKey) -> String {
    let mut name = Sha256::new();
    name.update(ORIGIN);
    name.update([b'\n', 1]);
    name.update(key.verifying_key().as_bytes());
    let mut signature = name.finalize()[..4].to_vec();
    signature.extend(key.sign(text.as_bytes()).to_bytes());
    format!("{text}\n\u{2014} {ORIGIN} {}\n", STANDARD.encode(signature))
}
