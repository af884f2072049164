//! Who takes part in whose care, as far as the lists know: asked for many people in one go.

use crate::{
    cell::{Cell, Columns},
    error::StoreError,
    rows::ActRow,
    sql,
    store::Store,
    table::{self, Table as _},
};
use chrono::NaiveDate;
use hemrond_domain::{
    ids::{PersonId, UnitId, UserId},
    record::DocumentClass,
};
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeSet;

impl Store {
    /// Which units keep something of a class about these people; none where no unit keeps it. What
    /// was withdrawn is left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn keepers_of(
        &self,
        people: &[PersonId],
        class: DocumentClass,
    ) -> Result<Vec<(PersonId, Option<UnitId>)>, StoreError> {
        let statement = format!(
            "SELECT DISTINCT person, unit FROM documents
             WHERE class = '{}' AND withdrawn_at IS NULL AND person IN {{list}}",
            class.as_str(),
        );
        self.of_each(&statement, people, pair).await
    }

    /// On which teams' rounds these people stand, and when.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn rounds_with(
        &self,
        people: &[PersonId],
    ) -> Result<Vec<(PersonId, UnitId, NaiveDate)>, StoreError> {
        let statement = "SELECT DISTINCT person, team, day FROM round_rows
             WHERE removed = 0 AND person IN {list}";
        self.of_each(statement, people, |row| {
            let mut columns = Columns::of(row);
            Ok((columns.next()?, columns.next()?, columns.next()?))
        })
        .await
    }

    /// Those of these people in whose visits a question waits.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn with_questions(
        &self,
        people: &[PersonId],
    ) -> Result<BTreeSet<PersonId>, StoreError> {
        let statement = "SELECT DISTINCT person FROM visits WHERE asks > 0 AND person IN {list}";
        let found = self
            .of_each(statement, people, |row| PersonId::read(row, 0))
            .await?;
        Ok(found.into_iter().collect())
    }

    /// Who has logged observations about these people.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn observers_of(
        &self,
        people: &[PersonId],
    ) -> Result<Vec<(PersonId, Option<UserId>)>, StoreError> {
        let statement = "SELECT DISTINCT person, by_user FROM observations WHERE person IN {list}";
        self.of_each(statement, people, pair).await
    }

    /// Who has written in the documents that say who these people are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn writers_about(
        &self,
        people: &[PersonId],
    ) -> Result<Vec<(PersonId, UserId)>, StoreError> {
        let statement = "SELECT DISTINCT d.person, a.user FROM documents d
             JOIN items i ON i.document = d.id JOIN actors a ON a.actor = i.actor
             WHERE d.kind = 'person' AND d.person IN {list}";
        self.of_each(statement, people, pair).await
    }

    /// What was declared and told about these people: the acts from which a relation may follow.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn acts_of_care(&self, people: &[PersonId]) -> Result<Vec<ActRow>, StoreError> {
        let statement = format!(
            "{} WHERE t.kind IN ('relation_declared', 'disclosed') AND t.person IN {{list}}",
            table::select::<ActRow>(),
        );
        self.of_each(&statement, people, ActRow::read).await
    }

    async fn of_each<T>(
        &self,
        statement: &str,
        people: &[PersonId],
        read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sql::rows_in(&mut reading, statement, people).await?;
        rows.iter().map(read).collect()
    }
}

fn pair<A: Cell, B: Cell>(row: &SqliteRow) -> Result<(A, B), StoreError> {
    let mut columns = Columns::of(row);
    Ok((columns.next()?, columns.next()?))
}
