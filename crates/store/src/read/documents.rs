//! Documents with their items, and which documents there are.

use crate::{
    cell::{Cell as _, Columns},
    error::StoreError,
    header::RawHeader,
    item::{Shown, StoredDocument, StoredItem},
    sql,
    store::Store,
};
use hemrond_domain::record::DocumentId;
use std::collections::HashSet;

/// A document that this version cannot show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnshownRow {
    /// Which.
    pub document: DocumentId,
    /// What it is about.
    pub header: RawHeader,
    /// Why: a stable code.
    pub reason: String,
}

impl Store {
    /// Reads a document whole, also one that is withdrawn and stays for what is unsent.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn load(&self, document: DocumentId) -> Result<Option<StoredDocument>, StoreError> {
        let mut reading = self.read().await?;
        let statement = format!(
            "SELECT {}, shown, shown_reason, withdrawn_at IS NOT NULL FROM documents WHERE id = ?1",
            RawHeader::COLUMNS,
        );
        let Some(row) = sql::first_row(&mut reading, &statement, sql::with(&document)).await?
        else {
            return Ok(None);
        };
        let mut columns = Columns::of(&row);
        let header = RawHeader::read(&mut columns)?;
        let shown = shown(columns.next()?, columns.next()?);
        let withdrawn = columns.next()?;
        let rows = sql::rows(
            &mut reading,
            "SELECT hash, kind, bytes, actor, local, acknowledged_at FROM items
             WHERE document = ?1 ORDER BY position",
            sql::with(&document),
        )
        .await?;
        let items = rows
            .iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok(StoredItem {
                    hash: columns.next()?,
                    kind: columns.next()?,
                    bytes: columns.next()?,
                    actor: columns.next()?,
                    local: columns.next()?,
                    acknowledged_at: columns.next()?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Some(StoredDocument {
            header,
            items,
            shown,
            withdrawn,
        }))
    }

    /// Every document that is not withdrawn, by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn all_documents(&self) -> Result<Vec<(DocumentId, RawHeader)>, StoreError> {
        self.documents_where("withdrawn_at IS NULL").await
    }

    /// Documents of which the server holds nothing, as far as this tablet knows.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn documents_only_here(&self) -> Result<Vec<(DocumentId, RawHeader)>, StoreError> {
        self.documents_where(
            "withdrawn_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM items
                WHERE items.document = documents.id AND items.acknowledged_at IS NOT NULL
            )",
        )
        .await
    }

    /// Documents that the server has withdrawn, and that stay for what is unsent or refused.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn withdrawn_documents(&self) -> Result<Vec<(DocumentId, RawHeader)>, StoreError> {
        self.documents_where("withdrawn_at IS NOT NULL").await
    }

    async fn documents_where(
        &self,
        condition: &str,
    ) -> Result<Vec<(DocumentId, RawHeader)>, StoreError> {
        let mut reading = self.read().await?;
        let statement = format!(
            "SELECT id, {} FROM documents WHERE {condition} ORDER BY id",
            RawHeader::COLUMNS,
        );
        let rows = sql::rows(&mut reading, &statement, sql::nothing()).await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok((columns.next()?, RawHeader::read(&mut columns)?))
            })
            .collect()
    }

    /// How many documents this tablet holds.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn document_count(&self) -> Result<u32, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT count(*) FROM documents WHERE withdrawn_at IS NULL";
        Ok(sql::scalar(&mut reading, statement, sql::nothing())
            .await?
            .unwrap_or(0))
    }

    /// Which of these documents this tablet holds.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn documents_held(
        &self,
        documents: &[DocumentId],
    ) -> Result<HashSet<DocumentId>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sql::rows_in(
            &mut reading,
            "SELECT id FROM documents WHERE withdrawn_at IS NULL AND id IN {list}",
            documents,
        )
        .await?;
        rows.iter().map(|row| DocumentId::read(row, 0)).collect()
    }

    /// Which of these documents have a row here, withdrawn ones too.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn documents_stored(
        &self,
        documents: &[DocumentId],
    ) -> Result<HashSet<DocumentId>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT id FROM documents WHERE id IN {list}";
        let rows = sql::rows_in(&mut reading, statement, documents).await?;
        rows.iter().map(|row| DocumentId::read(row, 0)).collect()
    }

    /// Documents that this version cannot show, by id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn unshown(&self) -> Result<Vec<UnshownRow>, StoreError> {
        let mut reading = self.read().await?;
        let statement = format!(
            "SELECT id, {}, coalesce(shown_reason, '') FROM documents
             WHERE shown = 0 AND withdrawn_at IS NULL ORDER BY id",
            RawHeader::COLUMNS,
        );
        let rows = sql::rows(&mut reading, &statement, sql::nothing()).await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok(UnshownRow {
                    document: columns.next()?,
                    header: RawHeader::read(&mut columns)?,
                    reason: columns.next()?,
                })
            })
            .collect()
    }
}

fn shown(shown: bool, reason: Option<String>) -> Shown {
    if shown {
        Shown::Yes
    } else {
        Shown::No {
            reason: reason.unwrap_or_default(),
        }
    }
}
