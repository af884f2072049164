//! Rounds.

use crate::{error::StoreError, rows::RoundRowRow, sql, store::Store, table};
use chrono::NaiveDate;
use hemrond_domain::ids::{PersonId, UnitId, VisitId};

impl Store {
    /// A team's day in its order, those taken off the round among them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn round(
        &self,
        day: NaiveDate,
        team: UnitId,
    ) -> Result<Vec<RoundRowRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE day = ?1 AND team = ?2 ORDER BY position NULLS LAST, start, row";
        table::fetch(&mut reading, condition, sql::with(&day).and(&team)).await
    }

    /// Where a visit stands in rounds, the latest day first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn round_rows_of_visit(
        &self,
        visit: VisitId,
    ) -> Result<Vec<RoundRowRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE visit = ?1 ORDER BY day DESC, document, row";
        table::fetch(&mut reading, condition, sql::with(&visit)).await
    }

    /// Where a person stands in rounds, the latest day first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn round_rows_of_person(
        &self,
        person: PersonId,
    ) -> Result<Vec<RoundRowRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE person = ?1 ORDER BY day DESC, document, row";
        table::fetch(&mut reading, condition, sql::with(&person)).await
    }
}
