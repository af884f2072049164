//! Refusals as they go out: a status, a stable code, a sentence.

use crate::{exchange::ExchangeError, storage::StorageError};
use axum::{
    Json,
    http::{StatusCode, header::RETRY_AFTER as RETRY_AFTER_HEADER},
    response::{IntoResponse, Response},
};
use hemrond_protocol::enrolment::{MAGIC, Problem};

/// A request that is not answered as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// After how many seconds asking again can help, where it can.
    pub(crate) retry_after: Option<u32>,
}

/// How long somebody waits who asked too often, or while the database is away: seconds.
const RETRY_AFTER: u32 = 5;

/// The code of a refusal, for the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoggedCode(pub(crate) &'static str);

impl Refused {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after: matches!(
                status,
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
            )
            .then_some(RETRY_AFTER),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let problem = Problem {
            hemrond: MAGIC.to_owned(),
            code: self.code.to_owned(),
            message: self.message,
        };
        let mut response = (self.status, Json(problem)).into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER_HEADER, seconds.into());
        }
        response.extensions_mut().insert(LoggedCode(self.code));
        response
    }
}

impl From<StorageError> for Refused {
    fn from(error: StorageError) -> Self {
        // The cause is for the log of the server; who asks learns whether to try again.
        tracing::error!(%error, "the database failed");
        if error.is_passing() {
            Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "storage.unavailable",
                "the database does not answer; nothing is lost, send the same request again later",
            )
        } else {
            Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "storage.failed",
                "the database failed; the server's log says how",
            )
        }
    }
}

impl From<ExchangeError> for Refused {
    fn from(error: ExchangeError) -> Self {
        let (status, code) = match &error {
            ExchangeError::Protocol { .. } => (StatusCode::UPGRADE_REQUIRED, "request.protocol"),
            ExchangeError::TooMany { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "request.too_many"),
            ExchangeError::Closed => (StatusCode::FORBIDDEN, "user.inactive"),
            ExchangeError::Interrupted(_) => (StatusCode::SERVICE_UNAVAILABLE, "server.closing"),
            ExchangeError::Storage(_) => (StatusCode::INTERNAL_SERVER_ERROR, "storage.failed"),
        };
        match error {
            ExchangeError::Storage(error) => error.into(),
            other => Self::new(status, code, other.to_string()),
        }
    }
}
