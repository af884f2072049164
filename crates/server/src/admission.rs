//! Who asks, without HTTP: the device whose key signed the request.

use crate::{
    rate::Rate,
    state::Server,
    storage::{Account, Device, StorageError},
};
use hemrond_protocol::signature::{Claim, SignatureError, Target, is_digest_of};

/// A request's head, as far as it is signed. A header that came twice counts as none.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// What is asked for.
    pub target: Target<'a>,
    /// `Content-Digest`.
    pub content_digest: &'a str,
    /// `Signature-Input`.
    pub signature_input: &'a str,
    /// `Signature`.
    pub signature: &'a str,
}

/// Why a device is not let in.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// The request is not signed.
    #[error("the request is not signed by a tablet; update the app")]
    Unsigned,
    /// The signature is not what it should be.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The body is not the one that was signed.
    #[error("the body is not the one that was signed; send the same request again")]
    Body,
    /// The nonce is not one of ours, is too old, or was used for this very request before.
    #[error("the request's nonce is old or used; sign it again with the one in this answer")]
    Nonce,
    /// No device has this id.
    #[error("no device has this key; enrol the tablet with a one-time code")]
    Unknown,
    /// The account is closed.
    #[error("the account is closed; ask the unit's administrator")]
    Closed,
    /// The device was shut out.
    #[error("this device was shut out; ask the unit's administrator")]
    Revoked,
    /// The device asks too often.
    #[error("this device asks too often; wait a few seconds and send the same request again")]
    TooOften,
    /// The device waits for as many answers as it may.
    #[error(
        "this device waits for too many answers at once; wait for them, then send the same request again"
    )]
    TooManyAtOnce,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The device that signed a request, and its account. The body is still to be checked: see
/// [`check_body`].
///
/// # Errors
/// When there is none, it may not sync or asks too often, or the database fails. Whether a device
/// is shut out is told only to who has its key.
pub async fn admit(
    server: &Server,
    presented: Option<&Presented<'_>>,
) -> Result<(Device, Account), AdmissionError> {
    let presented = presented.ok_or(AdmissionError::Unsigned)?;
    let claim = claim(server, presented).await?;
    let (device, account) = server
        .storage
        .device_with_account(claim.device())
        .await?
        .ok_or(AdmissionError::Unknown)?;
    check_key(server, presented, &claim, &device.public_key)?;
    if !account.active {
        return Err(AdmissionError::Closed);
    }
    if device.revoked_at.is_some() {
        return Err(AdmissionError::Revoked);
    }
    let now = server.clock.now_ms();
    if !server.rates.allows(device.id.as_bytes(), Rate::DEVICE, now) {
        return Err(AdmissionError::TooOften);
    }
    Ok((device, account))
}

/// What the headers claim, with a nonce that is good. The key is still to be checked.
pub(crate) async fn claim(
    server: &Server,
    presented: &Presented<'_>,
) -> Result<Claim, AdmissionError> {
    let claim = Claim::read(presented.signature_input, presented.signature)?;
    if server.nonces.is_good(server, claim.nonce()).await? {
        Ok(claim)
    } else {
        Err(AdmissionError::Nonce)
    }
}

/// Whether this key signed, for the first time here.
pub(crate) fn check_key(
    server: &Server,
    presented: &Presented<'_>,
    claim: &Claim,
    public_key: &[u8; 32],
) -> Result<(), AdmissionError> {
    claim.verify(&presented.target, presented.content_digest, public_key)?;
    // Only what a key really signed takes up memory.
    let now = server.clock.now_ms();
    if server.nonces.is_first(&claim.mark(), now) {
        Ok(())
    } else {
        Err(AdmissionError::Nonce)
    }
}

/// Whether the body that came is the one that was signed.
///
/// # Errors
/// When it is another.
pub fn check_body(presented: &Presented<'_>, body: &[u8]) -> Result<(), AdmissionError> {
    if is_digest_of(presented.content_digest, body) {
        Ok(())
    } else {
        Err(AdmissionError::Body)
    }
}
