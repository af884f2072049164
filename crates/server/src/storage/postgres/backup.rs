//! Backups by PostgreSQL's own tool.

use super::{
    StorageError,
    tools::{not_started, tool},
};
use sqlx::PgPool;
use std::path::Path;

/// Writes the whole database into a new file with `pg_dump`, in its own compressed format.
pub(crate) async fn backup(pool: &PgPool, to: &Path) -> Result<(), StorageError> {
    let failed = |why: String| StorageError::Backup(why);
    if to.exists() {
        return Err(failed(format!(
            "{} exists already; choose a new name, so that no earlier backup is lost",
            to.display()
        )));
    }
    let mut command = tool("pg_dump", &pool.connect_options());
    command
        .args(["--format=custom", "--no-password", "--file"])
        .arg(to);
    let output = command
        .output()
        .await
        .map_err(|error| failed(not_started("pg_dump", &error)))?;
    if output.status.success() {
        return Ok(());
    }
    // A partial file is not a backup.
    let _ = tokio::fs::remove_file(to).await;
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(failed(format!("pg_dump said: {words}")))
}
