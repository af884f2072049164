//! Visits and where colleagues disagree in them.

use crate::{
    cell::Cell as _,
    error::StoreError,
    rows::{DisagreementRow, SeenRow, VisitRow},
    sql,
    store::Store,
    table::{self, Table as _},
};
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{PersonId, UnitId, UserId, VisitId},
    record::DocumentId,
};

/// The newest visit first.
pub(super) const NEWEST_FIRST: &str =
    "ORDER BY coalesce(t.started_at, t.first_at) DESC, t.document";

impl Store {
    /// A visit.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn visit(&self, visit: VisitId) -> Result<Option<VisitRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE visit = ?1 ORDER BY document LIMIT 1";
        Ok(table::fetch(&mut reading, condition, sql::with(&visit))
            .await?
            .pop())
    }

    /// A person's visits, the newest first: by when they began, or else were first written in.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn visits_of(&self, person: PersonId) -> Result<Vec<VisitRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = format!("WHERE t.person = ?1 {NEWEST_FIRST}");
        table::fetch(&mut reading, &condition, sql::with(&person)).await
    }

    /// Many visits, in no order. Those that are not held are left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn visits_by_ids(&self, visits: &[VisitId]) -> Result<Vec<VisitRow>, StoreError> {
        let mut reading = self.read().await?;
        let statement = format!("{} WHERE t.visit IN {{list}}", table::select::<VisitRow>());
        let rows = sql::rows_in(&mut reading, &statement, visits).await?;
        rows.iter().map(VisitRow::read).collect()
    }

    /// Visits that are done, not signed, and this user's: planned for them, or last written in by
    /// them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn unsigned_visits_by(&self, user: UserId) -> Result<Vec<VisitRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = format!(
            "WHERE t.state = 'done' AND t.signed_entry IS NULL AND (
                t.newest_by = ?1
                OR EXISTS (
                    SELECT 1 FROM round_rows r
                    WHERE r.visit = t.visit AND r.staff = ?1 AND r.removed = 0
                )
             ) {NEWEST_FIRST}"
        );
        table::fetch(&mut reading, &condition, sql::with(&user)).await
    }

    /// Visits of a unit that were begun, that nobody has signed, and in which nothing was written since
    /// `before`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn unsigned_visits_of_unit(
        &self,
        unit: UnitId,
        before: DateTime<Utc>,
    ) -> Result<Vec<VisitRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = format!(
            "WHERE t.state IN ('under_way', 'done') AND t.signed_entry IS NULL
                AND t.unit = ?1 AND t.newest_at <= ?2 {NEWEST_FIRST}"
        );
        table::fetch(&mut reading, &condition, sql::with(&unit).and(&before)).await
    }

    /// Visits in which something was written after the signature.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn visits_with_additions(&self) -> Result<Vec<VisitRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = format!("WHERE t.additions > 0 {NEWEST_FIRST}");
        table::fetch(&mut reading, &condition, sql::nothing()).await
    }

    /// Visits of which something has come since the user last opened them, or that they never did.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn visits_changed_for(
        &self,
        user: UserId,
        since: DateTime<Utc>,
    ) -> Result<Vec<DocumentId>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sql::rows(
            &mut reading,
            "SELECT d.id FROM visits t
             JOIN documents d ON d.id = t.document
             LEFT JOIN opened o ON o.document = d.id AND o.user = ?1
             WHERE d.newest_at >= ?2 AND (o.at IS NULL OR d.newest_at > o.at)
             ORDER BY d.newest_at DESC, d.id",
            sql::with(&user).and(&since),
        )
        .await?;
        rows.iter().map(|row| DocumentId::read(row, 0)).collect()
    }

    /// Who has said that they have seen a visit, the earliest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn seen_of_visit(&self, visit: VisitId) -> Result<Vec<SeenRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE visit = ?1 ORDER BY at, by_user";
        table::fetch(&mut reading, condition, sql::with(&visit)).await
    }

    /// Who has said that they have seen these visits, the earliest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn seen_of_visits(&self, visits: &[VisitId]) -> Result<Vec<SeenRow>, StoreError> {
        let mut reading = self.read().await?;
        let statement = format!("{} WHERE t.visit IN {{list}}", table::select::<SeenRow>());
        let rows = sql::rows_in(&mut reading, &statement, visits).await?;
        let mut seen: Vec<SeenRow> = rows.iter().map(SeenRow::read).collect::<Result<_, _>>()?;
        seen.sort_by_key(|row| (row.at, row.by_user));
        Ok(seen)
    }

    /// Where colleagues disagree, anywhere, the newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn disagreements(&self) -> Result<Vec<DisagreementRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "ORDER BY newest_at DESC, document, field";
        table::fetch(&mut reading, condition, sql::nothing()).await
    }

    /// Where colleagues disagree in one document, by field.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn disagreements_in(
        &self,
        document: DocumentId,
    ) -> Result<Vec<DisagreementRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE document = ?1 ORDER BY field";
        table::fetch(&mut reading, condition, sql::with(&document)).await
    }
}
