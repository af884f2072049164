//! Who asks: the signature in a request's headers.

use super::problem::Refused;
use crate::{
    admission::{AdmissionError, Presented, admit},
    state::Server,
    storage::{Account, Device},
};
use axum::{
    body::{Body, HttpBody as _},
    http::{HeaderMap, StatusCode, request::Parts},
};
use hemrond_protocol::{
    limits,
    signature::{CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT, Target},
};
use std::{future::poll_fn, pin::Pin};

/// A request's head as far as it is signed; none where a header is missing, came twice or is no text.
pub(crate) fn presented(parts: &Parts) -> Option<Presented<'_>> {
    Some(Presented {
        target: Target {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query(),
        },
        content_digest: only(&parts.headers, CONTENT_DIGEST)?,
        signature_input: only(&parts.headers, SIGNATURE_INPUT)?,
        signature: only(&parts.headers, SIGNATURE)?,
    })
}

fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let only = values.next()?;
    values.next().is_none().then(|| only.to_str().ok())?
}

/// The device that a request comes from, and its account, before any of its body is read.
pub(crate) async fn authenticate(
    server: &Server,
    parts: &Parts,
) -> Result<(Device, Account), Refused> {
    Ok(admit(server, presented(parts).as_ref()).await?)
}

/// Lets the rest of a refused request pass by: who is still sending does not hear an answer when the
/// connection is closed meanwhile. Nothing of it is kept.
pub(crate) async fn pass_by(mut body: Body) {
    let mut left = 2 * limits::MAX_COMPRESSED;
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let length = frame.data_ref().map_or(0, axum::body::Bytes::len);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

impl From<AdmissionError> for Refused {
    fn from(error: AdmissionError) -> Self {
        let (status, code) = match error {
            AdmissionError::Unsigned => (StatusCode::UNAUTHORIZED, "request.unsigned"),
            AdmissionError::Signature(_) | AdmissionError::Body => {
                (StatusCode::UNAUTHORIZED, "request.signature")
            }
            AdmissionError::Nonce => (StatusCode::UNAUTHORIZED, "request.nonce"),
            AdmissionError::Unknown => (StatusCode::UNAUTHORIZED, "device.unknown"),
            AdmissionError::Closed => (StatusCode::FORBIDDEN, "user.inactive"),
            AdmissionError::Revoked => (StatusCode::FORBIDDEN, "device.revoked"),
            AdmissionError::TooOften | AdmissionError::TooManyAtOnce => {
                (StatusCode::TOO_MANY_REQUESTS, "rate.limited")
            }
            AdmissionError::Storage(error) => return error.into(),
        };
        Self::new(status, code, error.to_string())
    }
}
