//! Small things: settings, the feed position, authors, what a user has opened.

use crate::{
    cell::Columns,
    error::StoreError,
    item::{ActorBytes, Author},
    sql,
    store::Store,
};
use chrono::{DateTime, Utc};
use hemrond_domain::{ids::UserId, record::DocumentId};
use std::collections::HashMap;

/// Where this tablet stands in the server's feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncPosition {
    /// The epoch last completed; none before the first sync.
    pub epoch: Option<[u8; 16]>,
    /// Everything up to here that the tablet may see is on its disk.
    pub cursor: u64,
    /// When the server last answered.
    pub last_contact: Option<DateTime<Utc>>,
}

/// What a user had seen of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The document's heads at that time, as the companion writes them.
    pub heads: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Reads a setting.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn meta_get(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT value FROM meta WHERE key = ?1";
        sql::scalar(&mut reading, statement, sql::with(&key.to_owned())).await
    }

    /// Where this tablet stands in the server's feed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn sync_position(&self) -> Result<SyncPosition, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT epoch, cursor, last_contact FROM sync_position";
        let Some(row) = sql::first_row(&mut reading, statement, sql::nothing()).await? else {
            return Ok(SyncPosition::default());
        };
        let mut columns = Columns::of(&row);
        let epoch = columns.next()?;
        let cursor: i64 = columns.next()?;
        let cursor = u64::try_from(cursor)
            .map_err(|_| StoreError::corrupted("the feed position is negative"))?;
        Ok(SyncPosition {
            epoch,
            cursor,
            last_contact: columns.next()?,
        })
    }

    /// Who stands behind these actors. Unknown ones are left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn authors(
        &self,
        actors: &[ActorBytes],
    ) -> Result<HashMap<ActorBytes, Author>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT actor, user, device FROM actors WHERE actor IN {list}";
        let rows = sql::rows_in(&mut reading, statement, actors).await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                let actor = columns.next()?;
                let author = Author {
                    actor,
                    user: columns.next()?,
                    device: columns.next()?,
                };
                Ok((actor, author))
            })
            .collect()
    }

    /// Everyone who stands behind an actor that this tablet has met.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn authors_all(&self) -> Result<Vec<Author>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT actor, user, device FROM actors ORDER BY actor";
        let rows = sql::rows(&mut reading, statement, sql::nothing()).await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok(Author {
                    actor: columns.next()?,
                    user: columns.next()?,
                    device: columns.next()?,
                })
            })
            .collect()
    }

    /// What a user had seen of a document when they last opened it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn opened_get(
        &self,
        document: DocumentId,
        user: UserId,
    ) -> Result<Option<Opened>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT heads, at FROM opened WHERE document = ?1 AND user = ?2";
        let row = sql::first_row(&mut reading, statement, sql::with(&document).and(&user)).await?;
        row.map(|row| {
            let mut columns = Columns::of(&row);
            Ok(Opened {
                heads: columns.next()?,
                at: columns.next()?,
            })
        })
        .transpose()
    }

    /// What a user had seen of each document that they have opened.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn opened_by(&self, user: UserId) -> Result<HashMap<DocumentId, Opened>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT document, heads, at FROM opened WHERE user = ?1";
        let rows = sql::rows(&mut reading, statement, sql::with(&user)).await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok((
                    columns.next()?,
                    Opened {
                        heads: columns.next()?,
                        at: columns.next()?,
                    },
                ))
            })
            .collect()
    }
}
