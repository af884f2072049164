//! The way to the server, as a trait, so that tests can cut it.

use crate::failure::Problem;
use async_trait::async_trait;
use ed25519_dalek::{Signer as _, SigningKey};
use hemrond_domain::ids::DeviceId;
use hemrond_protocol::{
    enrolment::{EnrolRequest, EnrolResponse},
    signature::{self, Nonce, SignError, Signed, Target},
};
use std::{fmt, sync::Arc};

/// The tablet's own key, wherever it is kept: it signs, and never leaves.
pub trait Signer: Send + Sync {
    /// Signs with Ed25519.
    ///
    /// # Errors
    /// When the key cannot be used now, as where its keystore is locked.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Problem>;
}

impl Signer for SigningKey {
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Problem> {
        Ok(self
            .try_sign(message)
            .map_err(|_| Problem::new("key.unreadable"))?
            .to_bytes())
    }
}

/// Where the server is, and who asks.
#[derive(Clone)]
pub struct Access {
    /// The server's address, without a path.
    pub server: String,
    /// The tablet's id.
    pub device: DeviceId,
    /// The tablet's own key.
    pub signer: Arc<dyn Signer>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("server", &self.server)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

impl Access {
    /// Signs a request.
    ///
    /// # Errors
    /// When the address leads nowhere or the key cannot be used.
    pub fn sign(
        &self,
        target: &Target<'_>,
        body: &[u8],
        nonce: &Nonce,
    ) -> Result<Signed, TransportError> {
        signature::sign(target, body, self.device, nonce, |base| {
            self.signer.sign(base)
        })
        .map_err(|error| match error {
            SignError::Target => TransportError::Address(self.server.clone()),
            SignError::Key(problem) => TransportError::Key(problem),
        })
    }
}

/// What a server says that wants another nonce; the answer brings one.
pub const STALE_NONCE: &str = "request.nonce";

/// What a server says that has shut this tablet out.
pub const REVOKED: &str = "device.revoked";

/// Refusals that are told in words of their own.
const OWN_WORDS: [&str; 3] = [REVOKED, "request.signature", "request.unsigned"];

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
    /// The tablet's key cannot be used.
    #[error("the tablet's key cannot be used: {0}")]
    Key(Problem),
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
            Self::Address(_) | Self::NotHemrond | Self::Rejected(_) | Self::Key(_)
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
            // Final: what the tablet holds is no longer its user's to read.
            Self::Rejected(code) if OWN_WORDS.contains(&code.as_str()) => {
                Problem::new(code.clone())
            }
            Self::Key(problem) => problem.clone(),
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
    /// Makes the tablet's key known to a server that gave out a one-time code.
    async fn enrol(
        &self,
        access: &Access,
        request: &EnrolRequest,
    ) -> Result<EnrolResponse, TransportError>;

    /// Carries one encoded sync there and its answer back.
    async fn sync(&self, access: &Access, body: Vec<u8>) -> Result<Vec<u8>, TransportError>;

    /// Waits until the server has something after this position, or nothing for a while.
    async fn news(&self, access: &Access, after: u64) -> Result<Option<u64>, TransportError>;
}
