//! Where documents are: only here, on the server, or refused by it.

use crate::{cell::Columns, error::StoreError, sql, store::Store};
use chrono::{DateTime, Utc};
use hemrond_domain::record::DocumentId;
use std::collections::HashMap;

/// What is known of where a document's items are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Whereabouts {
    /// How many items that somebody wrote wait for the server.
    pub unsent: u32,
    /// Since when the oldest of them waits.
    pub unsent_since: Option<DateTime<Utc>>,
    /// When the server last said that it has something made on this tablet.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// The latest refusal's code, where the server has refused something.
    pub refused_code: Option<String>,
    /// Whether anything of it was made on this tablet.
    pub has_local: bool,
}

impl Store {
    /// Where a document is. One that is not held has nothing anywhere.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn whereabouts(&self, document: DocumentId) -> Result<Whereabouts, StoreError> {
        let mut found = self.whereabouts_of(&[document]).await?;
        Ok(found.remove(&document).unwrap_or_default())
    }

    /// Where many documents are. Those that are not held are left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn whereabouts_of(
        &self,
        documents: &[DocumentId],
    ) -> Result<HashMap<DocumentId, Whereabouts>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT d.id,
                (SELECT count(*) FROM outbox o WHERE o.document = d.id AND o.nobodys = 0),
                (SELECT min(o.queued_at) FROM outbox o WHERE o.document = d.id AND o.nobodys = 0),
                (SELECT max(i.acknowledged_at) FROM items i WHERE i.document = d.id AND i.local = 1),
                (SELECT r.code FROM refused r WHERE r.document = d.id
                    ORDER BY r.at DESC, r.hash LIMIT 1),
                EXISTS (SELECT 1 FROM items i WHERE i.document = d.id AND i.local = 1)
             FROM documents d WHERE d.id IN {list}";
        let rows = sql::rows_in(&mut reading, statement, documents).await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                let document = columns.next()?;
                let whereabouts = Whereabouts {
                    unsent: columns.next()?,
                    unsent_since: columns.next()?,
                    acknowledged_at: columns.next()?,
                    refused_code: columns.next()?,
                    has_local: columns.next()?,
                };
                Ok((document, whereabouts))
            })
            .collect()
    }
}
