//! Backups of a file are files, copied a few pages at a time.

use super::{BUSY, StorageError};
use crate::storage::{Copied, OnStep, unfinished::Unfinished};
use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};
use sqlx::SqlitePool;
use std::path::Path;

/// How many pages are copied at a time. Whoever commits waits for no more than that.
const STEP: i32 = 64;

/// How often the copy is begun anew since somebody wrote. After that it is finished in one step, for
/// which writers wait: else a server that is written to without a pause would never have a backup.
const PATIENCE: u32 = 64;

/// All that is left.
const ALL: i32 = -1;

/// Copies the database, as it is at one moment, into a new file.
pub(crate) async fn backup(
    pool: &SqlitePool,
    to: &Path,
    on_step: OnStep,
) -> Result<(), StorageError> {
    let from = pool.connect_options().get_filename().to_owned();
    let unfinished = Unfinished::begin(to)?;
    let copied = tokio::task::spawn_blocking(move || {
        copy(&from, unfinished.path(), on_step).map(|()| unfinished)
    });
    let copied = copied
        .await
        .map_err(|_| StorageError::Backup("the server is closing; try again".to_owned()))?;
    let unfinished = copied.map_err(|error| {
        StorageError::Backup(format!(
            "{error}; check that the folder has room, and that nobody holds the database"
        ))
    })?;
    unfinished.finish().await
}

/// Copies by SQLite's own backup interface, which begins anew by itself where another connection has
/// written between two steps, so that the copy is of one moment.
fn copy(from: &Path, to: &Path, mut on_step: OnStep) -> rusqlite::Result<()> {
    hemrond_cipher::prepare();
    // Not for reading only: after a crash, whoever reads first sets right what was half written.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags)?;
    source.busy_timeout(BUSY)?;
    let mut target = Connection::open(to)?;
    // A copy that is not finished is thrown away, and a finished one waits for the disk.
    target.pragma_update(None, "journal_mode", "OFF")?;
    target.pragma_update(None, "synchronous", "OFF")?;
    let backup = Backup::new(&source, &mut target)?;
    let (mut begun_anew, mut left_before) = (0, i32::MAX);
    loop {
        let pages = if begun_anew < PATIENCE { STEP } else { ALL };
        match backup.step(pages)? {
            StepResult::Done => break,
            StepResult::More => {}
            // For the whole of the wait.
            _ => return Err(busy()),
        }
        let progress = backup.progress();
        if progress.remaining >= left_before {
            begun_anew += 1;
        }
        left_before = progress.remaining;
        on_step(Copied {
            pages: count(progress.pagecount - progress.remaining),
            of: count(progress.pagecount),
            begun_anew,
        });
    }
    drop(backup);
    // One file that needs no other beside it, whatever the server's own has.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    target.close().map_err(|(_, error)| error)
}

fn count(pages: i32) -> u32 {
    u32::try_from(pages).unwrap_or(0)
}

fn busy() -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    rusqlite::Error::SqliteFailure(code, None)
}
