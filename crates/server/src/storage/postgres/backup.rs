//! Backups by PostgreSQL's own tool.

use super::{
    StorageError,
    tools::{not_started, tool},
};
use crate::storage::{OnStep, unfinished::Unfinished};
use sqlx::PgPool;
use std::path::Path;

/// Writes the whole database into a new file with `pg_dump`, in its own compressed format. It holds up
/// nobody who writes, and holds what was committed when it began.
pub(crate) async fn backup(pool: &PgPool, to: &Path, _: OnStep) -> Result<(), StorageError> {
    let failed = |why: String| StorageError::Backup(why);
    let unfinished = Unfinished::begin(to)?;
    let mut command = tool("pg_dump", &pool.connect_options());
    command
        .args(["--format=custom", "--no-password", "--file"])
        .arg(unfinished.path());
    let output = command
        .output()
        .await
        .map_err(|error| failed(not_started("pg_dump", &error)))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(failed(format!("pg_dump said: {words}")));
    }
    unfinished.finish().await
}
