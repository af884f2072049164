//! Legal acts, and what they hide.

use crate::{
    cell::{Cell as _, Columns},
    error::StoreError,
    header::RawHeader,
    rows::ActRow,
    sql,
    store::Store,
    table,
};
use hemrond_domain::{ids::PersonId, record::DocumentId};

impl Store {
    /// All acts about a person, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn acts_of(&self, person: PersonId) -> Result<Vec<ActRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE person = ?1 ORDER BY at, act";
        table::fetch(&mut reading, condition, sql::with(&person)).await
    }

    /// The acts about anyone that hide documents or open them, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn acts_that_hide(&self) -> Result<Vec<ActRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE kind IN ('block_set', 'block_lifted', 'emergency_opened')
            ORDER BY at, act";
        table::fetch(&mut reading, condition, sql::nothing()).await
    }

    /// Documents of the health record about these people, withdrawn ones left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn health_documents_of(
        &self,
        people: &[PersonId],
    ) -> Result<Vec<(DocumentId, RawHeader)>, StoreError> {
        let mut reading = self.read().await?;
        let statement = format!(
            "SELECT id, {} FROM documents
             WHERE class = 'health' AND withdrawn_at IS NULL AND person IN {{list}}",
            RawHeader::COLUMNS,
        );
        let rows = sql::rows_in(&mut reading, &statement, people).await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok((columns.next()?, RawHeader::read(&mut columns)?))
            })
            .collect()
    }

    /// Documents that are hidden from this tablet's user.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn hidden_documents(&self) -> Result<Vec<DocumentId>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT id FROM documents WHERE hidden = 1 ORDER BY id";
        let rows = sql::rows(&mut reading, statement, sql::nothing()).await?;
        rows.iter().map(|row| DocumentId::read(row, 0)).collect()
    }
}
