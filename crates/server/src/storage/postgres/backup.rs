//! Backups by PostgreSQL's own tool.

use super::StorageError;
use sqlx::PgPool;
use std::{path::Path, process::Stdio};
use tokio::process::Command;

/// Writes the whole database into a new file with `pg_dump`, in its own compressed format.
pub(crate) async fn backup(pool: &PgPool, to: &Path) -> Result<(), StorageError> {
    let failed = |why: String| StorageError::Backup(why);
    if to.exists() {
        return Err(failed(format!(
            "{} exists already; choose a new name, so that no earlier backup is lost",
            to.display()
        )));
    }
    let options = pool.connect_options();
    let mut command = Command::new("pg_dump");
    command
        .arg("--format=custom")
        .arg("--no-password")
        .arg("--file")
        .arg(to)
        .env("PGUSER", options.get_username())
        .env("PGPORT", options.get_port().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    match options.get_socket() {
        Some(socket) => command.env("PGHOST", socket),
        None => command.env("PGHOST", options.get_host()),
    };
    if let Some(database) = options.get_database() {
        command.env("PGDATABASE", database);
    }
    let output = command.output().await.map_err(|error| {
        failed(format!(
            "pg_dump could not be started ({error}); install the PostgreSQL client tools, or make \
             the backup on the database server"
        ))
    })?;
    if output.status.success() {
        Ok(())
    } else {
        // A partial file is not a backup.
        let _ = tokio::fs::remove_file(to).await;
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(failed(format!("pg_dump said: {words}")))
    }
}
