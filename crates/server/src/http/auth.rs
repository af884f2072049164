//! Who asks: the device behind a bearer credential.

use super::problem::Refused;
use crate::{
    credential,
    rate::Rate,
    state::Server,
    storage::{Account, Device},
};
use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};

/// The device that a request comes from, and its account.
///
/// The credential is looked up by its hash, so that no comparison of ours can tell an attacker how
/// much of a guess was right.
pub(crate) async fn authenticate(
    server: &Server,
    headers: &HeaderMap,
) -> Result<(Device, Account), Refused> {
    let unknown = || {
        Refused::new(
            StatusCode::UNAUTHORIZED,
            "device.unknown",
            "no device has this credential; enrol the tablet with a one-time code",
        )
    };
    let hash = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .and_then(credential::hash_of)
        .ok_or_else(unknown)?;
    let (device, account) = server
        .storage
        .device_by_credential(hash)
        .await?
        .ok_or_else(unknown)?;
    if !account.active {
        return Err(Refused::new(
            StatusCode::FORBIDDEN,
            "user.inactive",
            "the account is closed; ask the unit's administrator",
        ));
    }
    if device.revoked_at.is_some() {
        return Err(Refused::new(
            StatusCode::FORBIDDEN,
            "device.revoked",
            "this device was shut out; ask the unit's administrator",
        ));
    }
    if !server
        .rates
        .allows(device.id.as_bytes(), Rate::DEVICE, server.clock.now_ms())
    {
        return Err(Refused::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate.limited",
            "this device asks too often; wait a few seconds and send the same request again",
        ));
    }
    Ok((device, account))
}
