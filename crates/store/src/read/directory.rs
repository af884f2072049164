//! Staff, units and phone numbers.

use crate::{
    error::StoreError,
    rows::{NumberRow, StaffRow, UnitRow},
    sql,
    store::Store,
    table,
};

impl Store {
    /// All staff, also those who have left, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn staff(&self) -> Result<Vec<StaffRow>, StoreError> {
        let mut reading = self.read().await?;
        table::fetch(
            &mut reading,
            "ORDER BY name, user, document",
            sql::nothing(),
        )
        .await
    }

    /// All units, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn units(&self) -> Result<Vec<UnitRow>, StoreError> {
        let mut reading = self.read().await?;
        table::fetch(
            &mut reading,
            "ORDER BY name, unit, document",
            sql::nothing(),
        )
        .await
    }

    /// All phone numbers, in their order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn numbers(&self) -> Result<Vec<NumberRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "ORDER BY position NULLS LAST, label, row";
        table::fetch(&mut reading, condition, sql::nothing()).await
    }
}
