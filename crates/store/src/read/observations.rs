//! Home-help observations.

use crate::{error::StoreError, rows::ObservationRow, sql, store::Store, table};
use chrono::{DateTime, Utc};
use hemrond_domain::ids::PersonId;

impl Store {
    /// The latest tiles that home help logged about a person, the newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn observations_of(
        &self,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<ObservationRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE person = ?1 AND told_to IS NULL ORDER BY at DESC, act, row LIMIT ?2";
        table::fetch(&mut reading, condition, sql::with(&person).and(&limit)).await
    }

    /// The latest tiles that units were told about a person, the newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn told_of(
        &self,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<ObservationRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE person = ?1 AND told_to IS NOT NULL
            ORDER BY at DESC, act, told_at, row LIMIT ?2";
        table::fetch(&mut reading, condition, sql::with(&person).and(&limit)).await
    }

    /// Tiles that units were told about anyone since then, by the clocks of those who told, the newest
    /// observation first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn told_since(
        &self,
        since: DateTime<Utc>,
    ) -> Result<Vec<ObservationRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE told_at >= ?1 ORDER BY at DESC, act, row";
        table::fetch(&mut reading, condition, sql::with(&since)).await
    }
}
