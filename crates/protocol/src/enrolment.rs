//! Enrolment: a one-time code becomes a tablet's own credential. Both bodies are JSON.

use hemrond_domain::{ids::DeviceId, people::User};
use serde::{Deserialize, Serialize};

/// What a tablet sends once, with the code that a person typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The one-time code, such as "K7QM-4XDP"; case and dashes do not matter.
    pub code: String,
    /// The tablet's name, as people call it.
    pub tablet: String,
    /// The tablet's Ed25519 public key, 64 hex digits; its signatures on entries are checked with it.
    pub public_key: String,
}

/// What the server answers. The credential is shown this once; the server keeps only its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolResponse {
    /// Always [`MAGIC`], so that another server's answer is told from ours.
    pub hemrond: String,
    /// The tablet's id.
    pub device: DeviceId,
    /// Who it belongs to.
    pub user: User,
    /// The organisation's name.
    pub organisation_name: String,
    /// The bearer credential for every later request.
    pub credential: String,
}

/// A refusal, from any of the server's paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Always [`MAGIC`].
    pub hemrond: String,
    /// A stable code, such as "enrol.code_unknown".
    pub code: String,
    /// A sentence for the server's administrator, in English.
    pub message: String,
}

/// The mark in every JSON answer of ours.
pub const MAGIC: &str = "hemrond-1";
