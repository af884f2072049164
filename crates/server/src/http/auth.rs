//! Who asks: the bearer credential in a request's headers.

use super::problem::Refused;
use crate::{
    admission::{AdmissionError, admit},
    state::Server,
    storage::{Account, Device},
};
use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};

/// The device that a request comes from, and its account.
pub(crate) async fn authenticate(
    server: &Server,
    headers: &HeaderMap,
) -> Result<(Device, Account), Refused> {
    let credential = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(AdmissionError::Unknown)?;
    Ok(admit(server, credential).await?)
}

impl From<AdmissionError> for Refused {
    fn from(error: AdmissionError) -> Self {
        let (status, code) = match error {
            AdmissionError::Unknown => (StatusCode::UNAUTHORIZED, "device.unknown"),
            AdmissionError::Closed => (StatusCode::FORBIDDEN, "user.inactive"),
            AdmissionError::Revoked => (StatusCode::FORBIDDEN, "device.revoked"),
            AdmissionError::TooOften => (StatusCode::TOO_MANY_REQUESTS, "rate.limited"),
            AdmissionError::Storage(error) => return error.into(),
        };
        Self::new(status, code, error.to_string())
    }
}
