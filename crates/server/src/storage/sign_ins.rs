//! How people sign in and where they are signed in, as the rest of the server sees it.

use super::{Account, StorageError};
use async_trait::async_trait;
use hemrond_domain::ids::UserId;

/// How an account signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Whose it is.
    pub user: UserId,
    /// What the person types, in small letters.
    pub login: Option<String>,
    /// The password's hash as a PHC string; none until the person has chosen one.
    pub password: Option<String>,
    /// The sealed secret of the one-time codes.
    pub totp: Option<Vec<u8>>,
    /// The last step whose code was used; each is used once.
    pub last_step: i64,
    /// Wrong tries since the last right one.
    pub failures: i64,
    /// When the last wrong try was, in milliseconds since 1970.
    pub failed_at: i64,
    /// How the identity provider names the person.
    pub external_id: Option<String>,
    /// Until when a code for the first sign-in can be used; none if there is none.
    pub setup_expires_at: Option<i64>,
}

/// An invitation to choose a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Who is invited.
    pub user: UserId,
    /// What the person will type; as before where it is not given.
    pub login: Option<String>,
    /// SHA-256 of the one-time code.
    pub code_sha256: [u8; 32],
    /// When the code ends, in milliseconds since 1970.
    pub expires_at: i64,
    /// Whether what the person signs in with today ends at once.
    pub reset: bool,
}

/// What a person signs in with from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// SHA-256 of the one-time code that lets them choose.
    pub code_sha256: [u8; 32],
    /// The password's hash as a PHC string.
    pub password: String,
    /// The sealed secret of the one-time codes.
    pub totp: Vec<u8>,
    /// The step whose code showed that the secret had arrived.
    pub step: i64,
    /// SHA-256 of each recovery code.
    pub recovery: Vec<[u8; 32]>,
    /// Now, in milliseconds since 1970.
    pub now: i64,
}

/// What lets somebody sign in besides the password; each can be used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// The one-time code of this step of thirty seconds.
    Step(i64),
    /// The recovery code with this SHA-256.
    Recovery([u8; 32]),
}

/// How people sign in.
#[async_trait]
pub trait SignIns: Send + Sync {
    /// Keeps an invitation; an earlier one of the same account can no longer be used.
    async fn invite(&self, invitation: &Invitation) -> Result<(), StorageError>;
    /// How every account signs in that can or could.
    async fn sign_ins(&self) -> Result<Vec<SignIn>, StorageError>;
    /// How somebody signs in who types this name in small letters.
    async fn sign_in_by_login(
        &self,
        login: &str,
    ) -> Result<Option<(SignIn, Account)>, StorageError>;
    /// How somebody signs in whom the identity provider names so.
    async fn sign_in_by_external_id(
        &self,
        external_id: &str,
    ) -> Result<Option<(SignIn, Account)>, StorageError>;
    /// How somebody signs in who holds a code for the first sign-in, ended or not.
    async fn sign_in_by_setup(
        &self,
        code_sha256: [u8; 32],
    ) -> Result<Option<(SignIn, Account)>, StorageError>;
    /// Says how the identity provider names somebody; nobody else may be named so.
    async fn set_external_id(
        &self,
        user: UserId,
        external_id: Option<&str>,
    ) -> Result<(), StorageError>;
    /// Uses a code for the first sign-in, once. False if it cannot be used any more.
    async fn choose(&self, chosen: &Chosen) -> Result<bool, StorageError>;
    /// Counts a try as wrong until it turns out right, where there were so many wrong ones before it. False
    /// where another has come in between.
    async fn begin_try(&self, user: UserId, failures: i64, now: i64) -> Result<bool, StorageError>;
    /// Uses up what came besides the password, and forgets the wrong tries. False if it was used
    /// already.
    async fn use_second(
        &self,
        user: UserId,
        second: Second,
        now: i64,
    ) -> Result<bool, StorageError>;
    /// Keeps another hash of the same password, if it is still the same.
    async fn rehash(&self, user: UserId, before: &str, after: &str) -> Result<(), StorageError>;
    /// How many recovery codes somebody has left.
    async fn recovery_left(&self, user: UserId) -> Result<u64, StorageError>;
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of what the browser holds.
    pub token_sha256: [u8; 32],
    /// Who is signed in.
    pub user: UserId,
    /// The account as it was at the sign-in.
    pub access_version: i64,
    /// What every form must bring along.
    pub form_token: String,
    /// With what the person signed in: `password` or `card`.
    pub means: String,
    /// When it began, in milliseconds since 1970.
    pub begun_at: i64,
    /// When it was last used, in milliseconds since 1970.
    pub seen_at: i64,
}

/// Where people are signed in.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Keeps a session, and forgets those that began before `forget_before`.
    async fn begin_session(
        &self,
        session: &Session,
        forget_before: i64,
    ) -> Result<(), StorageError>;
    /// The session behind a token, and its account as it is now.
    async fn session(
        &self,
        token_sha256: [u8; 32],
    ) -> Result<Option<(Session, Account)>, StorageError>;
    /// Notes that a session was used.
    async fn use_session(&self, token_sha256: [u8; 32], now: i64) -> Result<(), StorageError>;
    /// Ends a session.
    async fn end_session(&self, token_sha256: [u8; 32]) -> Result<(), StorageError>;
}
