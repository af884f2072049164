//! Enrolment: a one-time code makes a tablet's own key known. Both bodies are JSON, and the request
//! is signed with that key.

use hemrond_domain::{
    ids::{DeviceId, UserId},
    people::User,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// What a tablet sends once, with the code that a person typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The one-time code, such as "K7QM-4XDP"; case and dashes do not matter.
    pub code: String,
    /// The tablet's name, as people call it.
    pub tablet: String,
    /// The tablet's Ed25519 public key, 64 hex digits; its signatures on requests and entries are
    /// checked with it.
    pub public_key: String,
    /// Whose the tablet is already, where a server that was restored no longer knows it: a code of
    /// anybody else is refused, and may still be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// A database key that the tablet sealed to the server's rescue key, hexadecimal: whoever brings
    /// a code for the user that it names gets it back opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_key: Option<String>,
    /// What the person signs in with, where the server has asked for it. An older server does not look
    /// at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<EnrolSignIn>,
}

/// What a person signs in with at the server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolSignIn {
    /// The name under which they sign in.
    pub login: String,
    /// The password.
    pub password: String,
    /// The six digits that their app for one-time codes shows, or a recovery code.
    pub code: String,
}

impl fmt::Debug for EnrolSignIn {
    /// Without the secrets: what is printed may come into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolSignIn")
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

/// A tablet's id. It follows from the tablet's key, so that a server which has forgotten the tablet
/// gives it the same one again: what it wrote and signed before stays its own.
#[must_use]
pub fn device_id(public_key: &[u8; 32]) -> DeviceId {
    let mut hash = Sha256::new();
    hash.update(b"hemrond-device-1\0");
    hash.update(public_key);
    let hash: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    DeviceId::from_bytes(id)
}

/// What the server answers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolResponse {
    /// Always [`MAGIC`], so that another server's answer is told from ours.
    pub hemrond: String,
    /// The tablet's id.
    pub device: DeviceId,
    /// Who it belongs to.
    pub user: User,
    /// The organisation's name.
    pub organisation_name: String,
    /// The public key to which the tablet seals its database key, 64 hex digits; none where the
    /// server could not give one back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rescue_key: Option<String>,
    /// The database key that was asked for, 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_key: Option<String>,
}

impl fmt::Debug for EnrolResponse {
    /// Without the key: what is printed may come into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolResponse")
            .field("device", &self.device)
            .field("user", &self.user.id)
            .field("rescue_key", &self.rescue_key)
            .field("gives_key_back", &self.opened_key.is_some())
            .finish_non_exhaustive()
    }
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
