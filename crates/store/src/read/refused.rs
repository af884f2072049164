//! What the server would not take.

use crate::{
    cell::Columns, error::StoreError, header::RawHeader, item::ItemHash, sql, store::Store,
};
use chrono::{DateTime, Utc};
use hemrond_domain::record::DocumentId;

/// An item that the server would not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its document.
    pub document: DocumentId,
    /// What that is about.
    pub header: RawHeader,
    /// Its name.
    pub hash: ItemHash,
    /// The server's code.
    pub code: String,
    /// When the server said so.
    pub at: DateTime<Utc>,
    /// Whether the server has withdrawn the document.
    pub withdrawn: bool,
    /// When somebody laid it aside; none while it asks for attention.
    pub laid_aside_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Every refused item, the latest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn refused_all(&self) -> Result<Vec<RefusedRow>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sql::rows(
            &mut reading,
            "SELECT d.id, d.kind, d.organisation, d.unit, d.person, d.part,
                r.hash, r.code, r.at, d.withdrawn_at IS NOT NULL, r.laid_aside_at
             FROM refused r
             JOIN documents d ON d.id = r.document
             JOIN items i ON i.document = r.document AND i.hash = r.hash
             ORDER BY r.at DESC, r.document, i.position",
            sql::nothing(),
        )
        .await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok(RefusedRow {
                    document: columns.next()?,
                    header: RawHeader::read(&mut columns)?,
                    hash: columns.next()?,
                    code: columns.next()?,
                    at: columns.next()?,
                    withdrawn: columns.next()?,
                    laid_aside_at: columns.next()?,
                })
            })
            .collect()
    }
}
