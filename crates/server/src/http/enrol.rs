//! Enrolment over HTTP: JSON both ways.

use super::{auth::presented, observe::LoggedDevice, problem::Refused};
use crate::{
    enrolment::{self, EnrolError},
    state::Shared,
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    extract::rejection::BytesRejection,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use hemrond_protocol::enrolment::EnrolRequest;

/// Enrols a tablet.
pub(crate) async fn enrol(
    State(server): State<Shared>,
    parts: Parts,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let malformed = |status| {
        Refused::new(
            status,
            "request.malformed",
            "this is not an enrolment; update the app",
        )
    };
    let body = body.map_err(|rejection| {
        malformed(match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        })
    })?;
    let request: EnrolRequest =
        serde_json::from_slice(&body).map_err(|_| malformed(StatusCode::BAD_REQUEST))?;
    let enrolled = enrolment::enrol(&server, &request, presented(&parts).as_ref(), &body).await?;
    let device = enrolled.device;
    let mut response = Json(enrolled).into_response();
    response.extensions_mut().insert(LoggedDevice(device));
    Ok(response)
}

impl From<EnrolError> for Refused {
    fn from(error: EnrolError) -> Self {
        let (status, code) = match error {
            EnrolError::TooOften => (StatusCode::TOO_MANY_REQUESTS, "rate.limited"),
            EnrolError::KeyMalformed => (StatusCode::BAD_REQUEST, "enrol.key_malformed"),
            EnrolError::KeyUnproven => (StatusCode::UNAUTHORIZED, "enrol.key_unproven"),
            EnrolError::Nonce => (StatusCode::UNAUTHORIZED, "request.nonce"),
            EnrolError::CodeUsed => (StatusCode::GONE, "enrol.code_used"),
            EnrolError::CodeExpired => (StatusCode::GONE, "enrol.code_expired"),
            EnrolError::Closed => (StatusCode::FORBIDDEN, "user.inactive"),
            EnrolError::OtherUser => (StatusCode::CONFLICT, "enrol.other_user"),
            EnrolError::NotSealedForUs => (StatusCode::CONFLICT, "enrol.sealed_key"),
            EnrolError::KeyTaken => (StatusCode::CONFLICT, "enrol.key_taken"),
            EnrolError::SignInNeeded => (StatusCode::FORBIDDEN, "enrol.sign_in_needed"),
            EnrolError::SignInWrong => (StatusCode::FORBIDDEN, "enrol.sign_in_wrong"),
            EnrolError::Closing => (StatusCode::SERVICE_UNAVAILABLE, "server.closing"),
            EnrolError::SignInFailed => (StatusCode::INTERNAL_SERVER_ERROR, "server.failed"),
            EnrolError::CodeUnknown => (StatusCode::NOT_FOUND, "enrol.code_unknown"),
            EnrolError::Storage(error) => return error.into(),
        };
        Self::new(status, code, error.to_string())
    }
}
