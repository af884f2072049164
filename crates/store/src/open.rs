//! Opening the file: the key first, the schema next, and nothing that is unreadable touched.

use crate::{
    error::{self, OpenError, StoreError},
    key::Key,
    lock_file::{LockFile, beside, from_io},
    medium::Medium,
    schema,
};
use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteLockingMode, SqliteSynchronous},
};
use std::{path::Path, time::Duration};

/// What follows the name of a file that is being made. It holds no data until it is renamed.
const UNFINISHED: &str = ".new";

/// What SQLite may leave beside a file.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// How long to wait for a connection of this process that is just closing. Others hold the lock
/// file, on which nobody waits.
const BUSY_WAIT: Duration = Duration::from_secs(2);

/// An open file and what it runs on.
pub(crate) type Opened = (SqliteConnection, Versions);

/// What the store runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// SQLite's version.
    pub sqlite: String,
    /// SQLCipher's version.
    pub cipher: String,
}

/// Opens the store at `path`, and makes it where there is none.
pub(crate) async fn open(
    medium: &dyn Medium,
    path: &Path,
    key: &Key,
) -> Result<(Opened, LockFile), OpenError> {
    let lock = LockFile::take(medium, path)?;
    match medium.size(path) {
        Ok(Some(0)) => {
            return Err(OpenError::Corrupted {
                path: path.to_owned(),
                detail: "the file is empty".to_owned(),
            });
        }
        Ok(Some(_)) => {}
        Ok(None) => create(medium, path, key).await?,
        Err(error) => return Err(from_io(path, &error)),
    }
    let opened = open_existing(medium, path, key).await?;
    tracing::info!(
        sqlite = opened.1.sqlite,
        cipher = opened.1.cipher,
        "store open"
    );
    Ok((opened, lock))
}

/// Makes the file under another name, so that at `path` there is a whole store or none.
async fn create(medium: &dyn Medium, path: &Path, key: &Key) -> Result<(), OpenError> {
    for suffix in COMPANIONS {
        // SQLite would take the old log for the new file's own and put its pages into it.
        let found = medium.size(&beside(path, suffix));
        if found.map_err(|error| from_io(path, &error))?.is_some() {
            return Err(OpenError::Corrupted {
                path: path.to_owned(),
                detail: format!("the file is missing, and its {suffix} is there"),
            });
        }
    }
    let unfinished = beside(path, UNFINISHED);
    remove_unfinished(medium, &unfinished)?;
    let mut connection = connect(medium, &unfinished, key, true).await?;
    assert_encryption(&mut connection).await?;
    let made = async {
        begin_logging(&mut connection).await?;
        schema::migrate(&mut connection, 0).await
    };
    made.await.map_err(|error| error.into_open(path))?;
    connection
        .close()
        .await
        .map_err(|error| StoreError::from(error).into_open(path))?;
    // Makes the renaming itself last, too.
    medium
        .rename(&unfinished, path)
        .and_then(|()| medium.sync_folder(path))
        .map_err(|error| from_io(path, &error))
}

fn remove_unfinished(medium: &dyn Medium, unfinished: &Path) -> Result<(), OpenError> {
    for suffix in COMPANIONS.into_iter().chain([""]) {
        let leftover = beside(unfinished, suffix);
        medium
            .remove(&leftover)
            .map_err(|error| from_io(&leftover, &error))?;
    }
    Ok(())
}

/// Opens a file that is there. Nothing is written before its schema is known to be one of ours.
pub(crate) async fn open_existing(
    medium: &dyn Medium,
    path: &Path,
    key: &Key,
) -> Result<Opened, OpenError> {
    let mut connection = connect(medium, path, key, false).await?;
    let versions = assert_encryption(&mut connection).await?;
    let found = match schema::version(&mut connection).await {
        Ok(found) => found,
        Err(error) => return Err(first_page(path, error)),
    };
    if found > schema::KNOWN {
        return Err(OpenError::NewerSchema {
            found,
            known: schema::KNOWN,
        });
    }
    if found < 1 {
        return Err(OpenError::Corrupted {
            path: path.to_owned(),
            detail: "it holds no tables of this app".to_owned(),
        });
    }
    let ready = async {
        begin_logging(&mut connection).await?;
        sync_log(&mut connection).await?;
        schema::migrate(&mut connection, found).await?;
        check_cheaply(&mut connection).await
    };
    ready.await.map_err(|error| error.into_open(path))?;
    // SQLite makes the name of a log durable only where it made the file itself; a run that was
    // killed may have left one whose name a power cut would take, with all that is synced in it.
    medium
        .sync_folder(path)
        .map_err(|error| from_io(path, &error))?;
    Ok((connection, versions))
}

async fn connect(
    medium: &dyn Medium,
    path: &Path,
    key: &Key,
    create: bool,
) -> Result<SqliteConnection, OpenError> {
    hemrond_cipher::prepare();
    let mut options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(create)
        // sqlx sends the key before every other pragma.
        .pragma("key", key.pragma_value().as_str().to_owned())
        .pragma("cipher_log_level", "NONE")
        .pragma("temp_store", "MEMORY")
        // What is taken out of a list, such as an address that is protected now, is overwritten.
        .pragma("secure_delete", "ON")
        // 16 MiB of decrypted pages: a caseload's lists and search stay in memory.
        .pragma("cache_size", "-16384")
        .locking_mode(SqliteLockingMode::Exclusive)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_WAIT)
        .statement_cache_capacity(256)
        .row_buffer_size(512)
        // The first statement holds the key.
        .disable_statement_logging();
    if let Some(vfs) = medium.vfs() {
        options = options.vfs(vfs);
    }
    options
        .connect()
        .await
        .map_err(|error| first_page(path, error))
}

/// What a failure to read the first page means.
fn first_page(path: &Path, error: sqlx::Error) -> OpenError {
    if error::is_busy(&error) {
        OpenError::InUse {
            path: path.to_owned(),
        }
    } else if error::is_not_a_database(&error) {
        OpenError::WrongKeyOrNotADatabase {
            path: path.to_owned(),
        }
    } else {
        StoreError::from(error).into_open(path)
    }
}

/// Fails where the library would write in plain text.
async fn assert_encryption(connection: &mut SqliteConnection) -> Result<Versions, OpenError> {
    let cipher: Option<String> = sqlx::query_scalar("PRAGMA cipher_version")
        .fetch_optional(&mut *connection)
        .await
        .map_err(|_| OpenError::NoEncryption)?;
    let sqlite: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(connection)
        .await
        .map_err(|_| OpenError::NoEncryption)?;
    match cipher {
        Some(cipher) if !cipher.is_empty() => Ok(Versions { sqlite, cipher }),
        _ => Err(OpenError::NoEncryption),
    }
}

async fn begin_logging(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode = WAL")
        .fetch_one(connection)
        .await?;
    if mode.eq_ignore_ascii_case("wal") {
        Ok(())
    } else {
        Err(StoreError::Io {
            detail: format!("the journal stays in mode {mode}"),
        })
    }
}

/// Has the disk keep what the log of the last run shows.
///
/// An app that is killed while it commits may leave a whole transaction that the disk has not
/// confirmed. SQLite takes it up and shows it; a power cut would take it away again, after somebody
/// saw that it is here. A checkpoint syncs the log before it does anything else.
async fn sync_log(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let checkpoint = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)");
    match checkpoint
        .execute(connection)
        .await
        .map_err(StoreError::from)
    {
        // The log is synced by then; only the file behind it could not grow.
        Ok(_) | Err(StoreError::DiskFull) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Reads the root of what every later call needs. The whole file is only checked once a read fails.
async fn check_cheaply(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    for statement in [
        "SELECT cursor FROM sync_position",
        "SELECT count(*) FROM (SELECT 1 FROM documents LIMIT 1)",
        "SELECT count(*) FROM (SELECT 1 FROM items LIMIT 1)",
        "SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT 1)",
    ] {
        let _: i64 = sqlx::query_scalar(statement)
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| StoreError::corrupted(error.to_string()))?;
    }
    Ok(())
}
