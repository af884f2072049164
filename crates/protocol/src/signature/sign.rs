//! Signing a request.

use super::{
    ALGORITHM, CONTENT_DIGEST, COVERED, LABEL, Nonce, SIGNATURE, SIGNATURE_INPUT, Target,
    content_digest,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hemrond_domain::ids::DeviceId;

/// The headers that make a request a signed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// `Content-Digest`.
    pub content_digest: String,
    /// `Signature-Input`.
    pub signature_input: String,
    /// `Signature`.
    pub signature: String,
}

impl Signed {
    /// Names and values.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &str); 3] {
        [
            (CONTENT_DIGEST, &self.content_digest),
            (SIGNATURE_INPUT, &self.signature_input),
            (SIGNATURE, &self.signature),
        ]
    }
}

/// A request that could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError<E> {
    /// The method, path or query cannot stand in a request.
    #[error("what is asked for cannot stand in a request; check the server's address")]
    Target,
    /// The key did not sign.
    #[error(transparent)]
    Key(E),
}

/// Signs a request for a tablet. The key may be in a keystore: it is asked for the signature only.
///
/// # Errors
/// When the target cannot stand in a request, or the key does not sign.
pub fn sign<E>(
    target: &Target<'_>,
    body: &[u8],
    device: DeviceId,
    nonce: &Nonce,
    key: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<Signed, SignError<E>> {
    let covered = COVERED.map(|name| format!("\"{name}\"")).join(" ");
    let parameters = format!(
        "({covered});keyid=\"{device}\";alg=\"{ALGORITHM}\";nonce=\"{}\";tag=\"{LABEL}\"",
        nonce.as_str()
    );
    let content_digest = content_digest(body);
    let base = target
        .base(&content_digest, &parameters)
        .ok_or(SignError::Target)?;
    let signature = key(base.as_bytes()).map_err(SignError::Key)?;
    Ok(Signed {
        content_digest,
        signature_input: format!("{LABEL}={parameters}"),
        signature: format!("{LABEL}=:{}:", STANDARD.encode(signature)),
    })
}
