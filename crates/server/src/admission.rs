//! Who asks, without HTTP: the device behind a bearer credential.

use crate::{
    credential,
    rate::Rate,
    state::Server,
    storage::{Account, Device, StorageError},
};

/// Why a device is not let in.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// No device has this credential.
    #[error("no device has this credential; enrol the tablet with a one-time code")]
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
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The device that has a credential, and its account.
///
/// The credential is looked up by its hash, so that no comparison of ours can tell an attacker how
/// much of a guess was right.
///
/// # Errors
/// When there is none, it may not sync or asks too often, or the database fails.
pub async fn admit(server: &Server, credential: &str) -> Result<(Device, Account), AdmissionError> {
    let hash = credential::hash_of(credential).ok_or(AdmissionError::Unknown)?;
    let (device, account) = server
        .storage
        .device_by_credential(hash)
        .await?
        .ok_or(AdmissionError::Unknown)?;
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
