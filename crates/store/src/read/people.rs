//! People: one, many, and all that search needs.

use crate::{
    error::StoreError,
    rows::PersonRow,
    sql,
    store::Store,
    table::{self, Table as _},
};
use hemrond_domain::ids::PersonId;

impl Store {
    /// A person.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn person(&self, person: PersonId) -> Result<Option<PersonRow>, StoreError> {
        let mut reading = self.read().await?;
        let condition = "WHERE person = ?1 ORDER BY document LIMIT 1";
        Ok(table::fetch(&mut reading, condition, sql::with(&person))
            .await?
            .pop())
    }

    /// Many people, in no order. Those that are not held are left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn people_by_ids(&self, people: &[PersonId]) -> Result<Vec<PersonRow>, StoreError> {
        let mut reading = self.read().await?;
        let statement = format!(
            "{} WHERE t.person IN {{list}}",
            table::select::<PersonRow>()
        );
        let rows = sql::rows_in(&mut reading, &statement, people).await?;
        rows.iter().map(PersonRow::read).collect()
    }

    /// People with this identity number.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn find_identity(&self, identity: &str) -> Result<Vec<PersonRow>, StoreError> {
        let mut reading = self.read().await?;
        let values = sql::with(&identity.to_owned());
        table::fetch(&mut reading, "WHERE identity = ?1 ORDER BY person", values).await
    }
}
