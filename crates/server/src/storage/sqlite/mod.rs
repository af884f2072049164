//! SQLite: a file that starts with nothing and is opened by several processes.

mod backup;
mod restore;

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

pub(crate) use backup::backup;
pub(super) use restore::restore;
pub(super) use sql::Tables;

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

/// What the writer may hold in memory, in SQLite's words: 32 MiB. A push that outgrows it would have to be
/// written into the file, past its journal and the readers, before it is whole.
const WRITER_CACHE: &str = "-32768";

/// How many readers may look at once.
const READERS: u32 = 4;

pub(super) async fn open(path: &Path, epoch: Epoch) -> Result<sql::Tables, StorageError> {
    hemrond_cipher::prepare();
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(journal_mode())
        .synchronous(SqliteSynchronous::Full)
        // What is deleted is overwritten, so that no free page keeps it.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options.clone().pragma("cache_size", WRITER_CACHE))
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

/// Writes the file anew without what was deleted, and empties the log beside it.
pub(crate) async fn compact(pool: &SqlitePool) -> Result<(), StorageError> {
    for statement in ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] {
        sqlx::query(statement).execute(pool).await?;
    }
    Ok(())
}

/// Nothing to start: see [`announce`].
pub(crate) fn listen(_: &SqlitePool, _: watch::Sender<u64>) {}

/// Opens a file for reading only.
pub(super) async fn examine(path: &Path) -> Result<sql::Tables, StorageError> {
    hemrond_cipher::prepare();
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .read_only(true)
        .busy_timeout(BUSY);
    let read = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .map_err(StorageError::Open)?;
    Ok(sql::Tables::examining(read))
}

/// What SQLite's own check finds wrong with pages and indexes.
pub(crate) async fn integrity(pool: &SqlitePool) -> Result<Vec<String>, StorageError> {
    let rows: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check(20)")
        .fetch_all(pool)
        .await?;
    let words = rows.into_iter().map(|(words,)| words);
    Ok(words.filter(|words| words != "ok").collect())
}
