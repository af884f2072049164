//! Requests signed by the tablet: HTTP Message Signatures (RFC 9421) with Ed25519.
//!
//! One profile, and nothing else is taken: method, path, query and the body's digest (RFC 9530) are
//! covered; the key is named by the tablet's id, and the nonce is one that the server gave out. The
//! authority is left out, since a proxy in front of a server may change it; that a request is meant
//! for this server follows from the nonce. The tablet's clock has no say.

mod body;
mod nonce;
mod read;
mod sign;

pub use body::{content_digest, is_digest_of};
pub use nonce::{Nonce, NonceError};
pub use read::{Claim, SignatureError};
pub use sign::{SignError, Signed, sign};

/// The header with the digest of the body.
pub const CONTENT_DIGEST: &str = "content-digest";

/// The header that says what is signed and with which key.
pub const SIGNATURE_INPUT: &str = "signature-input";

/// The header with the signature.
pub const SIGNATURE: &str = "signature";

/// The header of every answer of the server: the nonce for the next request.
pub const NONCE: &str = "hemrond-nonce";

/// What names our signature among others, in both headers and as its tag.
const LABEL: &str = "hemrond";

/// The only algorithm.
const ALGORITHM: &str = "ed25519";

/// What is covered, in this order.
const COVERED: [&str; 4] = ["@method", "@path", "@query", CONTENT_DIGEST];

/// What a request asks, as far as its signature covers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// Such as "POST".
    pub method: &'a str,
    /// The path as it is sent, percent-encoded.
    pub path: &'a str,
    /// What stands behind the question mark; none without one.
    pub query: Option<&'a str>,
}

impl Target<'_> {
    /// The signature base over this target: what is signed, byte for byte (RFC 9421, 2.5). None
    /// where a part holds what no request line can hold, and could be taken for another line.
    fn base(&self, content_digest: &str, parameters: &str) -> Option<String> {
        let query = format!("?{}", self.query.unwrap_or_default());
        let values = [self.method, self.path, &query, content_digest];
        let plain = |value: &&str| value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        values
            .iter()
            .all(plain)
            .then(|| base(COVERED.into_iter().zip(values), parameters))
    }
}

/// A line for each component, and the parameters last.
fn base<'a>(lines: impl IntoIterator<Item = (&'a str, &'a str)>, parameters: &str) -> String {
    let mut base = String::new();
    for (name, value) in lines {
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {parameters}"));
    base
}

#[cfg(test)]
mod tests;
