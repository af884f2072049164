//! Where people are signed in.

use super::{Call, Process};
use crate::storage::{Account, Session, Sessions, StorageError};
use async_trait::async_trait;

#[async_trait]
impl Sessions for Process {
    async fn begin_session(
        &self,
        session: &Session,
        forget_before: i64,
    ) -> Result<(), StorageError> {
        self.write(Call::BeginSession, |state| {
            if !state.users.contains_key(&session.user) {
                return Err(StorageError::Constraint("the session's account is unknown"));
            }
            if state.sessions.contains_key(&session.token_sha256) {
                return Err(StorageError::Constraint("the session is there already"));
            }
            state
                .sessions
                .retain(|_, other| other.begun_at >= forget_before);
            state.sessions.insert(session.token_sha256, session.clone());
            Ok(())
        })
        .await
    }

    async fn session(
        &self,
        token_sha256: [u8; 32],
    ) -> Result<Option<(Session, Account)>, StorageError> {
        self.read(Call::Session, |state| {
            let Some(session) = state.sessions.get(&token_sha256) else {
                return Ok(None);
            };
            let account = state
                .users
                .get(&session.user)
                .ok_or(StorageError::Damaged("a session belongs to nobody"))?;
            Ok(Some((session.clone(), account.clone())))
        })
        .await
    }

    async fn use_session(&self, token_sha256: [u8; 32], now: i64) -> Result<(), StorageError> {
        self.write(Call::UseSession, |state| {
            if let Some(session) = state.sessions.get_mut(&token_sha256) {
                session.seen_at = now;
            }
            Ok(())
        })
        .await
    }

    async fn end_session(&self, token_sha256: [u8; 32]) -> Result<(), StorageError> {
        self.write(Call::EndSession, |state| {
            state.sessions.remove(&token_sha256);
            Ok(())
        })
        .await
    }
}
