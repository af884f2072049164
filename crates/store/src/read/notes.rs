//! Notes, orders, questions and answers.

use crate::{error::StoreError, rows::NoteRow, sql, store::Store, table};
use chrono::{DateTime, Utc};
use hemrond_domain::ids::{PersonId, VisitId};

impl Store {
    /// All that was noted about a person, the newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn notes_of(&self, person: PersonId) -> Result<Vec<NoteRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE person = ?1 ORDER BY at DESC, row";
        table::fetch(&mut reading, condition, sql::with(&person)).await
    }

    /// All that was noted in a visit, the oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn notes_of_visit(&self, visit: VisitId) -> Result<Vec<NoteRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE visit = ?1 ORDER BY at, row";
        table::fetch(&mut reading, condition, sql::with(&visit)).await
    }

    /// All that was noted since, by the clocks of those who wrote it, the newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn notes_since(&self, since: DateTime<Utc>) -> Result<Vec<NoteRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE at >= ?1 ORDER BY at DESC, document, row";
        table::fetch(&mut reading, condition, sql::with(&since)).await
    }

    /// Questions that stand and have no standing answer at or after them in their visit, the
    /// oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn open_questions(&self) -> Result<Vec<NoteRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE t.kind = 'question' AND t.retracted_at IS NULL
            AND NOT EXISTS (
                SELECT 1 FROM notes a
                WHERE a.document = t.document AND a.kind = 'answer' AND a.retracted_at IS NULL
                    AND a.at >= t.at
            )
            ORDER BY t.at, t.document, t.row";
        table::fetch(&mut reading, condition, sql::nothing()).await
    }
}
