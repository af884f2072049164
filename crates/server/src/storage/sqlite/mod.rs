//! SQLite: a file that starts with nothing and is opened by several processes.

use super::StorageError;
use hemrond_protocol::Epoch;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::{path::Path, time::Duration};
use tokio::sync::watch;

// The SQL is compiled once per database; see the module above.
#[path = "../sql/mod.rs"]
#[allow(clippy::duplicate_mod)]
mod sql;

/// The database that the shared SQL is compiled for.
pub(crate) type Db = sqlx::Sqlite;

/// Begins a transaction that will write: the write lock is taken at once, so that it never has to
/// be upgraded, which is where two writers would shut each other out.
pub(crate) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// Begins a transaction that sees one moment.
pub(crate) const BEGIN_READ: &str = "BEGIN";

/// The first SQLite version without the WAL-reset bug.
const WAL_IS_SAFE_FROM: i32 = 3_051_003;

/// How long a process waits for another's write.
const BUSY: Duration = Duration::from_secs(20);

/// How many readers may look at once.
const READERS: u32 = 4;

pub(super) async fn open(path: &Path, epoch: Epoch) -> Result<sql::Tables, StorageError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(journal_mode())
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options.clone())
        .await
        .map_err(StorageError::Open)?;
    sqlx::migrate!("migrations/sqlite").run(&write).await?;
    let read = SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_with(options.create_if_missing(false))
        .await
        .map_err(StorageError::Open)?;
    sql::Tables::begin(write, read, epoch).await
}

/// WAL where it is safe with several connections, a truncated rollback journal elsewhere.
fn journal_mode() -> SqliteJournalMode {
    if libsqlite3_sys::SQLITE_VERSION_NUMBER >= WAL_IS_SAFE_FROM {
        SqliteJournalMode::Wal
    } else {
        SqliteJournalMode::Truncate
    }
}

/// News within the process goes through the watch; other processes look at the head themselves.
pub(crate) async fn announce(_: &mut sqlx::SqliteConnection, _: u64) -> Result<(), StorageError> {
    Ok(())
}

/// Nothing to start: see [`announce`].
pub(crate) fn listen(_: &SqlitePool, _: watch::Sender<u64>) {}

/// Copies the database into a new file, page by page, without shutting writers out for longer than
/// the copy takes.
pub(crate) async fn backup(pool: &SqlitePool, to: &Path) -> Result<(), StorageError> {
    let failed = |why: String| StorageError::Backup(why);
    if to.exists() {
        return Err(failed(format!(
            "{} exists already; choose a new name, so that no earlier backup is lost",
            to.display()
        )));
    }
    let name = to
        .to_str()
        .ok_or_else(|| failed("the file's name is not plain text; choose another".to_owned()))?;
    sqlx::query("VACUUM INTO $1")
        .bind(name)
        .execute(pool)
        .await
        .map_err(|error| {
            failed(format!(
                "{error}; check that the folder exists and has room"
            ))
        })?;
    // VACUUM INTO does not wait for the disk; a backup that is said to be made is on it.
    let file = tokio::fs::File::open(to)
        .await
        .map_err(|error| failed(error.to_string()))?;
    file.sync_all()
        .await
        .map_err(|error| failed(error.to_string()))?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let folder = tokio::fs::File::open(folder)
            .await
            .map_err(|error| failed(error.to_string()))?;
        folder
            .sync_all()
            .await
            .map_err(|error| failed(error.to_string()))?;
    }
    Ok(())
}
