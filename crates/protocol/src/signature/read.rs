//! Reading and checking a signature that came with a request. The headers may hold anything.

use super::{ALGORITHM, COVERED, LABEL, Nonce, Target};
use ed25519_dalek::{Signature, VerifyingKey};
use hemrond_domain::ids::DeviceId;
use sfv::{BareItem, Dictionary, FieldType as _, InnerList, ListEntry, Parser};

/// Bounds each header, in bytes; ours are a third of it.
const LONGEST: usize = 1024;

/// Why a signature is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is longer than any of ours.
    #[error("a signature header is too long; update the app")]
    TooLong,
    /// A header is not what RFC 9421 says, or holds no signature of ours.
    #[error("the signature headers cannot be read; update the app")]
    Malformed,
    /// Something else is covered than must be.
    #[error("the signature does not cover method, path, query and body digest; update the app")]
    Covered,
    /// A parameter is missing, or is none that is taken.
    #[error(
        "the signature's parameters are not keyid, alg, nonce and tag as agreed; update the app"
    )]
    Parameters,
    /// Key and signature do not fit what was asked.
    #[error(
        "the signature does not fit the request; it was changed on the way or made with another key"
    )]
    Mismatch,
}

/// What a request's headers claim. Nothing of it is so until [`Claim::verify`] says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    device: DeviceId,
    nonce: Nonce,
    parameters: String,
    signature: [u8; 64],
}

impl Claim {
    /// Reads `Signature-Input` and `Signature`. Signatures of others beside ours are passed over.
    ///
    /// # Errors
    /// When they cannot be read or are not made as agreed.
    pub fn read(signature_input: &str, signature: &str) -> Result<Self, SignatureError> {
        if signature_input.len() > LONGEST || signature.len() > LONGEST {
            return Err(SignatureError::TooLong);
        }
        let input = ours(signature_input)?;
        let ListEntry::InnerList(input) = input else {
            return Err(SignatureError::Malformed);
        };
        check_covered(&input)?;
        let (device, nonce) = parameters(&input)?;
        let ListEntry::Item(signature) = ours(signature)? else {
            return Err(SignatureError::Malformed);
        };
        let signature = signature
            .bare_item
            .as_byte_sequence()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(SignatureError::Malformed)?;
        // As the signer must have written them: the canonical form (RFC 9421, 2.3).
        let parameters = vec![ListEntry::InnerList(input)]
            .serialize()
            .ok_or(SignatureError::Malformed)?;
        Ok(Self {
            device,
            nonce,
            parameters,
            signature,
        })
    }

    /// Whose key is said to have signed.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// The nonce that was signed.
    #[must_use]
    pub const fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// The signature's first half, which is another for every request that is signed.
    #[must_use]
    pub fn mark(&self) -> [u8; 32] {
        let mut mark = [0; 32];
        mark.copy_from_slice(&self.signature[..32]);
        mark
    }

    /// Checks the signature over what was asked and what `Content-Digest` says. Whether that is the
    /// body's digest is for [`is_digest_of`](super::is_digest_of) to say.
    ///
    /// # Errors
    /// When the key did not sign this.
    pub fn verify(
        &self,
        target: &Target<'_>,
        content_digest: &str,
        public_key: &[u8; 32],
    ) -> Result<(), SignatureError> {
        let base = target
            .base(content_digest, &self.parameters)
            .ok_or(SignatureError::Mismatch)?;
        let key = VerifyingKey::from_bytes(public_key).map_err(|_| SignatureError::Mismatch)?;
        // Strictly: no weak key, and one signature only for each message.
        key.verify_strict(base.as_bytes(), &Signature::from_bytes(&self.signature))
            .map_err(|_| SignatureError::Mismatch)
    }
}

/// The member of a header that has our label.
fn ours(header: &str) -> Result<ListEntry, SignatureError> {
    let mut members: Dictionary = Parser::new(header)
        .parse()
        .map_err(|_| SignatureError::Malformed)?;
    members.swap_remove(LABEL).ok_or(SignatureError::Malformed)
}

/// Exactly what must be covered, each as it is and once.
fn check_covered(input: &InnerList) -> Result<(), SignatureError> {
    let names = input.items.iter().map(|item| {
        let plain = item.params.is_empty();
        item.bare_item
            .as_string()
            .filter(|_| plain)
            .map(sfv::StringRef::as_str)
    });
    if names.eq(COVERED.map(Some)) {
        Ok(())
    } else {
        Err(SignatureError::Covered)
    }
}

/// The tablet and the nonce. A time may stand there, and nobody asks it.
fn parameters(input: &InnerList) -> Result<(DeviceId, Nonce), SignatureError> {
    let wrong = SignatureError::Parameters;
    let (mut device, mut nonce) = (None, None);
    let (mut algorithm, mut tag) = (false, false);
    for (name, value) in &input.params {
        let text = value.as_string().map(sfv::StringRef::as_str);
        match (name.as_str(), text, value) {
            ("keyid", Some(id), _) => device = id.parse().ok(),
            ("nonce", Some(word), _) => nonce = Nonce::read(word).ok(),
            ("alg", Some(name), _) => algorithm = name == ALGORITHM,
            ("tag", Some(name), _) => tag = name == LABEL,
            ("created", None, BareItem::Integer(_)) => {}
            _ => return Err(wrong),
        }
    }
    match (device, nonce) {
        (Some(device), Some(nonce)) if algorithm && tag => Ok((device, nonce)),
        _ => Err(wrong),
    }
}
