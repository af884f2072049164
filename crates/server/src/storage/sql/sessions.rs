//! Where people are signed in.

use super::{StorageError, Tables, convert, rows::user};
use crate::storage::{Account, Session, Sessions};
use async_trait::async_trait;
use hemrond_domain::ids::UserId;

type SessionRow = (Vec<u8>, i64, String, String, i64, i64);

#[async_trait]
impl Sessions for Tables {
    async fn begin_session(
        &self,
        session: &Session,
        forget_before: i64,
    ) -> Result<(), StorageError> {
        let mut transaction = self.writing().await?;
        sqlx::query("DELETE FROM sessions WHERE begun_at < $1")
            .bind(forget_before)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO sessions \
             (token_sha256, user_id, access_version, form_token, means, begun_at, seen_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(session.token_sha256.to_vec())
        .bind(session.user.as_bytes().to_vec())
        .bind(session.access_version)
        .bind(session.form_token.clone())
        .bind(session.means.clone())
        .bind(session.begun_at)
        .bind(session.seen_at)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    async fn session(
        &self,
        token_sha256: [u8; 32],
    ) -> Result<Option<(Session, Account)>, StorageError> {
        // One moment for both, so that the account fits the session.
        let mut transaction = self.reading().await?;
        let row: Option<SessionRow> = sqlx::query_as(
            "SELECT user_id, access_version, form_token, means, begun_at, seen_at \
             FROM sessions WHERE token_sha256 = $1",
        )
        .bind(token_sha256.to_vec())
        .fetch_optional(&mut *transaction)
        .await?;
        let Some((user_id, access_version, form_token, means, begun_at, seen_at)) = row else {
            return Ok(None);
        };
        let id = UserId::from_stored(convert::id(user_id)?);
        let account = user(&mut transaction, id)
            .await?
            .ok_or(StorageError::Damaged("a session belongs to nobody"))?;
        let session = Session {
            token_sha256,
            user: id,
            access_version,
            form_token,
            means,
            begun_at,
            seen_at,
        };
        Ok(Some((session, account)))
    }

    async fn use_session(&self, token_sha256: [u8; 32], now: i64) -> Result<(), StorageError> {
        sqlx::query("UPDATE sessions SET seen_at = $2 WHERE token_sha256 = $1")
            .bind(token_sha256.to_vec())
            .bind(now)
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn end_session(&self, token_sha256: [u8; 32]) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM sessions WHERE token_sha256 = $1")
            .bind(token_sha256.to_vec())
            .execute(&self.write)
            .await?;
        Ok(())
    }
}
