//! What a browser holds while somebody is signed in: 256 random bits, kept here as a hash.

use crate::{
    credential::{draw_token, token_hash},
    environment::{Chance, Clock},
    storage::{Account, Session, Storage, StorageError},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// How long a session goes on unused, in milliseconds.
pub const IDLE: i64 = 15 * 60 * 1000;

/// How long a session goes on at most, in milliseconds.
pub const LONGEST: i64 = 8 * 3_600_000;

/// How often it is noted that a session is used: each note costs a write.
const NOTED_EVERY: i64 = 60 * 1000;

/// With what somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A password and a one-time code.
    Password,
    /// A card, by way of an identity provider.
    Card,
}

impl Means {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Card => "card",
        }
    }
}

/// Begins a session and gives what the browser is to hold.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    storage: &dyn Storage,
    clock: &dyn Clock,
    chance: &dyn Chance,
    account: &Account,
    means: Means,
) -> Result<String, StorageError> {
    let token = draw_token(chance);
    let mut form_token = [0; 32];
    chance.fill(&mut form_token);
    let now = clock.now_ms();
    let session = Session {
        token_sha256: token.sha256,
        user: account.user.id,
        access_version: account.access_version,
        form_token: URL_SAFE_NO_PAD.encode(form_token),
        means: means.as_str().to_owned(),
        begun_at: now,
        seen_at: now,
    };
    storage.begin_session(&session, now - LONGEST).await?;
    Ok(token.text)
}

/// The session that a browser holds, and its account, if it still goes on. It does not when it was
/// not used for a while, lasted for a shift, or the account was closed or changed since.
///
/// # Errors
/// When the database fails.
pub async fn find(
    storage: &dyn Storage,
    clock: &dyn Clock,
    token: &str,
) -> Result<Option<(Session, Account)>, StorageError> {
    let Some(hash) = token_hash(token) else {
        return Ok(None);
    };
    let Some((session, account)) = storage.session(hash).await? else {
        return Ok(None);
    };
    let now = clock.now_ms();
    let goes_on = now < session.seen_at.saturating_add(IDLE)
        && now < session.begun_at.saturating_add(LONGEST)
        && account.active
        && account.access_version == session.access_version;
    if !goes_on {
        storage.end_session(hash).await?;
        return Ok(None);
    }
    if now.saturating_sub(session.seen_at) >= NOTED_EVERY {
        storage.use_session(hash, now).await?;
    }
    Ok(Some((session, account)))
}
