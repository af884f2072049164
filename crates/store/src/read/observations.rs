//! Home-help observations.

use crate::{error::StoreError, rows::ObservationRow, sql, store::Store, table};
use chrono::{DateTime, Utc};
use hemrond_domain::ids::PersonId;

impl Store {
    /// The latest tiles about a person, the newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn observations_of(
        &self,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<ObservationRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE person = ?1 ORDER BY at DESC, act, row LIMIT ?2";
        table::fetch(&mut reading, condition, sql::with(&person).and(&limit)).await
    }

    /// Tiles about anyone since then, by the clocks of those who made them, the newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn observations_since(
        &self,
        since: DateTime<Utc>,
    ) -> Result<Vec<ObservationRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE at >= ?1 ORDER BY at DESC, act, row";
        table::fetch(&mut reading, condition, sql::with(&since)).await
    }
}
