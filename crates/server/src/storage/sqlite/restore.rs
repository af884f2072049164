//! A restored database is a new file.

use super::{StorageError, integrity, open};
use crate::storage::{Upkeep as _, unfinished::sync};
use hemrond_protocol::Epoch;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

/// Copies a backup beside its new place, begins its new life there, and only then gives it its name.
pub(crate) async fn restore(to: &Path, from: &Path, epoch: Epoch) -> Result<(), StorageError> {
    refuse_what_is_there(to)?;
    check(from).await?;
    let beside = with_suffix(to, &format!(".restoring-{}", hex::encode(epoch.0)));
    let restored = begin_anew(from, &beside, epoch).await;
    let named = match restored {
        Ok(()) => give_name(&beside, to).await,
        Err(error) => Err(error),
    };
    // Under its own name it stays; whatever else is left of a failed attempt is of no use.
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let _ = tokio::fs::remove_file(with_suffix(&beside, suffix)).await;
    }
    named
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Another database's journal would be played into the restored one.
fn refuse_what_is_there(to: &Path) -> Result<(), StorageError> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let file = with_suffix(to, suffix);
        if file.exists() {
            return Err(StorageError::Restore(format!(
                "{} exists already; a backup goes into a new file only, so that no database is \
                 lost: stop the server and move away every file whose name begins so",
                file.display()
            )));
        }
    }
    Ok(())
}

/// Whether a file is a whole backup of ours.
async fn check(from: &Path) -> Result<(), StorageError> {
    let not_ours = |why: String| {
        StorageError::Restore(format!(
            "{} is not a whole backup ({why}); give a file that 'hemrond-server backup' made",
            from.display()
        ))
    };
    hemrond_cipher::prepare();
    let options = SqliteConnectOptions::new()
        .filename(from)
        .create_if_missing(false)
        .read_only(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .map_err(|error| not_ours(error.to_string()))?;
    let checked = look_inside(&pool).await;
    pool.close().await;
    match checked {
        Ok(None) => Ok(()),
        Ok(Some(why)) => Err(not_ours(why)),
        Err(error) => Err(not_ours(error.to_string())),
    }
}

async fn look_inside(pool: &SqlitePool) -> Result<Option<String>, StorageError> {
    if let Some(words) = integrity(pool).await?.into_iter().next() {
        return Ok(Some(words));
    }
    let (tables,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' \
         AND name IN ('meta', 'feed_head', 'documents')",
    )
    .fetch_one(pool)
    .await?;
    Ok((tables < 3).then(|| "it holds other tables".to_owned()))
}

/// Copies the backup into a file of no name, brings its tables up to date and begins its new life.
async fn begin_anew(from: &Path, beside: &Path, epoch: Epoch) -> Result<(), StorageError> {
    let failed = |error: io::Error| StorageError::Restore(format!("{error}; check the folder"));
    tokio::fs::copy(from, beside).await.map_err(failed)?;
    let database = open(beside, epoch).await?;
    let begun = database.begin_recovery(epoch).await;
    database.close().await;
    begun?;
    sync(beside).await.map_err(failed)
}

/// Gives the file its name, unless there is one by that name by now.
async fn give_name(beside: &Path, to: &Path) -> Result<(), StorageError> {
    let failed = |error: io::Error| {
        StorageError::Restore(format!(
            "{} cannot be made ({error}); check that nothing is there and the folder is yours",
            to.display()
        ))
    };
    tokio::fs::hard_link(beside, to).await.map_err(failed)?;
    sync(to).await.map_err(failed)
}
