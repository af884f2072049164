//! The way to the server, as a trait, so that tests can cut it.

use async_trait::async_trait;
use hemrond_protocol::enrolment::{EnrolRequest, EnrolResponse};

use crate::failure::Problem;

/// Where the server is and what opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// The server's address, without a path.
    pub server: String,
    /// The tablet's own credential.
    pub credential: String,
}

/// What can go wrong on the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The address is none.
    #[error("\"{0}\" is not a server address")]
    Address(String),
    /// No connection, or it was cut.
    #[error("the server could not be reached: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// Something else answers at this address.
    #[error("what answers at this address is not a Hemrond server")]
    NotHemrond,
    /// The server will not have this tablet, or this code.
    #[error("the server refused: {0}")]
    Rejected(String),
    /// The server asks to come back later.
    #[error("the server is busy")]
    Busy,
    /// The server takes no request as large as this.
    #[error("the request was too large for the server")]
    TooLarge,
    /// The server failed.
    #[error("the server failed with status {0}")]
    Failed(u16),
}

impl TransportError {
    /// Whether coming back later can help without anybody doing something.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        matches!(
            self,
            Self::Address(_) | Self::NotHemrond | Self::Rejected(_)
        )
    }

    /// The problem to tell a person.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::Address(address) => Problem::new("transport.url").with("address", address),
            Self::Unreachable(_) => Problem::new("transport.unreachable"),
            Self::Timeout => Problem::new("transport.timeout"),
            Self::NotHemrond => Problem::new("transport.not_hemrond"),
            Self::Rejected(code) if code.starts_with("enrol.") => Problem::new(code.clone()),
            // It may be let in again: see `Companion::enrol`.
            Self::Rejected(code) if code == "device.unknown" => Problem::new(code.clone()),
            Self::Rejected(code) => Problem::new("transport.rejected").with("code", code),
            Self::Busy => Problem::new("transport.busy"),
            Self::TooLarge => Problem::new("transport.too_large"),
            Self::Failed(status) => Problem::new("transport.server_failed").with("status", status),
        }
    }
}

/// Carries messages to a server and back.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Exchanges a one-time code for a credential.
    async fn enrol(
        &self,
        server: &str,
        request: &EnrolRequest,
    ) -> Result<EnrolResponse, TransportError>;

    /// Carries one encoded sync there and its answer back.
    async fn sync(&self, access: &Access, body: Vec<u8>) -> Result<Vec<u8>, TransportError>;

    /// Waits until the server has something after this position, or nothing for a while.
    async fn news(&self, access: &Access, after: u64) -> Result<Option<u64>, TransportError>;
}
