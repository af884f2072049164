//! Small things: settings, the feed position, what a user has opened.

use crate::{error::StoreError, session::Session, sql, store::Store};
use chrono::{DateTime, Utc};
use hemrond_domain::{ids::UserId, record::DocumentId};

impl Store {
    /// Keeps a setting.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn meta_set(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.write_once(
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            sql::with(&key.to_owned()).and(&value.to_owned()),
        )
        .await?;
        Ok(())
    }

    /// Remembers what a user has seen of a document. Nothing happens where it is not held.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn opened_set(
        &self,
        document: DocumentId,
        user: UserId,
        heads: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut writing = self.write().await?;
        let held = sql::execute(
            &mut writing,
            "UPDATE documents SET last_opened_at = ?1 WHERE id = ?2",
            sql::with(&at).and(&document),
        )
        .await?;
        if held > 0 {
            sql::execute(
                &mut writing,
                "INSERT INTO opened (document, user, heads, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (document, user) DO UPDATE SET heads = excluded.heads, at = excluded.at",
                sql::with(&document).and(&user).and(&heads.to_owned()).and(&at),
            )
            .await?;
        }
        writing.commit().await
    }
}

/// Moves the feed position. What is absent stays.
pub(super) async fn move_position(
    session: &mut Session,
    epoch: Option<[u8; 16]>,
    cursor: Option<u64>,
    last_contact: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let cursor = cursor
        .map(i64::try_from)
        .transpose()
        .map_err(|_| StoreError::invalid("the server's feed position is out of range"))?;
    sql::execute(
        session,
        "UPDATE sync_position SET
            epoch = coalesce(?1, epoch),
            cursor = coalesce(?2, cursor),
            last_contact = coalesce(?3, last_contact)",
        sql::with(&epoch).and(&cursor).and(&last_contact),
    )
    .await?;
    Ok(())
}
