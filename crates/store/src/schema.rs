//! The schema's versions: numbered files, of which a store has had the first so many.

use crate::error::StoreError;
use sqlx::{AssertSqlSafe, SqliteConnection};

/// Every migration, in order. A file that has been released is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_access_log.sql"),
    include_str!("../migrations/0003_acts.sql"),
    include_str!("../migrations/0004_outbox_count.sql"),
    include_str!("../migrations/0005_laid_aside.sql"),
    include_str!("../migrations/0006_told.sql"),
];

/// The newest schema that this version knows.
pub(crate) const KNOWN: i64 = MIGRATIONS.len() as i64;

/// The schema that the file has.
pub(crate) async fn version(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(connection)
        .await
}

/// Brings the file from schema `found` to the newest: all steps, or none.
pub(crate) async fn migrate(
    connection: &mut SqliteConnection,
    found: i64,
) -> Result<(), StoreError> {
    let Ok(done) = usize::try_from(found) else {
        return Err(StoreError::corrupted(format!(
            "schema {found} does not exist"
        )));
    };
    let Some(steps) = MIGRATIONS.get(done..).filter(|steps| !steps.is_empty()) else {
        return Ok(());
    };
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut *connection)
        .await?;
    for step in steps {
        sqlx::raw_sql(*step).execute(&mut *connection).await?;
    }
    let number = AssertSqlSafe(format!("PRAGMA user_version = {KNOWN}"));
    sqlx::raw_sql(number).execute(&mut *connection).await?;
    // A connection whose migration fails is given up, and what it began with it.
    sqlx::raw_sql("COMMIT").execute(connection).await?;
    Ok(())
}
