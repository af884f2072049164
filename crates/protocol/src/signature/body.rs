//! The body's digest as a header (RFC 9530). A request without a body has the empty one's.

use base64::{Engine, engine::general_purpose::STANDARD};
use sfv::{Dictionary, ListEntry, Parser};
use sha2::{Digest as _, Sha256};

/// The algorithm's name in the header.
const SHA_256: &str = "sha-256";

/// What `Content-Digest` says of a body.
#[must_use]
pub fn content_digest(body: &[u8]) -> String {
    format!("{SHA_256}=:{}:", STANDARD.encode(Sha256::digest(body)))
}

/// Whether a `Content-Digest` is this body's, by its SHA-256; others in the header do not count.
#[must_use]
pub fn is_digest_of(content_digest: &str, body: &[u8]) -> bool {
    let Ok(digests) = Parser::new(content_digest).parse::<Dictionary>() else {
        return false;
    };
    match digests.get(SHA_256) {
        Some(ListEntry::Item(item)) => item
            .bare_item
            .as_byte_sequence()
            .is_some_and(|bytes| *bytes == *Sha256::digest(body)),
        _ => false,
    }
}
