//! Restoring by PostgreSQL's own tools, in one transaction with the beginning of the new life.

use super::{
    StorageError, durable,
    tools::{not_started, tool},
};
use hemrond_protocol::Epoch;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{path::Path, process::Stdio, str::FromStr};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdout},
};

/// How every file that `pg_dump` makes in its own format begins.
const MAGIC: &[u8; 5] = b"PGDMP";

/// Plays a backup into an empty database and begins its new life, in one transaction.
///
/// `pg_restore` writes SQL; `psql` runs it with one statement of ours behind it. If either fails,
/// nothing is committed.
pub(crate) async fn restore(url: &str, from: &Path, epoch: Epoch) -> Result<(), StorageError> {
    let options = PgConnectOptions::from_str(url).map_err(StorageError::Open)?;
    check_file(from).await?;
    check_empty(&options).await?;
    play(&options, from, &begin_anew(epoch)).await
}

/// Plays a backup into an empty database, as it is.
pub(super) async fn play_unchanged(
    options: &PgConnectOptions,
    from: &Path,
) -> Result<(), StorageError> {
    check_file(from).await?;
    play(options, from, "").await
}

async fn check_file(from: &Path) -> Result<(), StorageError> {
    let not_ours = |why: String| {
        StorageError::Restore(format!(
            "{} is not a backup of a PostgreSQL database ({why}); give a file that 'hemrond-server \
             backup' made",
            from.display()
        ))
    };
    let mut begins = [0; MAGIC.len()];
    let read = async {
        let mut file = tokio::fs::File::open(from).await?;
        file.read_exact(&mut begins).await
    };
    read.await.map_err(|error| not_ours(error.to_string()))?;
    if begins == *MAGIC {
        Ok(())
    } else {
        Err(not_ours("it begins otherwise".to_owned()))
    }
}

/// Refuses a database in which anything stands.
async fn check_empty(options: &PgConnectOptions) -> Result<(), StorageError> {
    let mut connection = PgConnection::connect_with(options)
        .await
        .map_err(StorageError::Open)?;
    let (tables,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname <> 'information_schema' \
         AND n.nspname NOT LIKE 'pg\\_%'",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    if tables == 0 {
        return Ok(());
    }
    Err(StorageError::Restore(
        "the database is not empty; a backup goes into an empty one only, so that nothing is lost: \
         stop every server process, make a new database with 'createdb' and give its address"
            .to_owned(),
    ))
}

/// The statement that begins the new life. The restored tables' schema is looked up, since the
/// backup's SQL leaves no search path; where there is no such table the backup is not ours.
fn begin_anew(epoch: Epoch) -> String {
    format!(
        "{} DO $hemrond$ DECLARE place text; changed bigint; BEGIN \
         SELECT n.nspname INTO STRICT place FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relname = 'feed_head' AND c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%'; \
         EXECUTE format('UPDATE %I.meta SET epoch = decode(''{}'', ''hex''), recovering = 1', place); \
         GET DIAGNOSTICS changed = ROW_COUNT; \
         IF changed <> 1 THEN RAISE EXCEPTION 'the backup has no epoch'; END IF; \
         END $hemrond$;\n",
        durable::FOR_THIS,
        hex::encode(epoch.0)
    )
}

async fn play(options: &PgConnectOptions, from: &Path, then: &str) -> Result<(), StorageError> {
    let failed = |why: String| StorageError::Restore(why);
    let mut source = tool("pg_restore", options);
    source
        .args([
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--file=-",
        ])
        .arg(from)
        .stdout(Stdio::piped());
    let mut target = tool("psql", options);
    target
        .args(["--no-psqlrc", "--quiet", "--no-password"])
        .args(["--set=ON_ERROR_STOP=1", "--file=-"])
        .stdin(Stdio::piped());
    let mut source = source
        .spawn()
        .map_err(|error| failed(not_started("pg_restore", &error)))?;
    let mut target = target
        .spawn()
        .map_err(|error| failed(not_started("psql", &error)))?;
    let script = source.stdout.take();
    // What each says is read beside the work, so that neither waits for a full pipe.
    let source_words = words_of(&mut source);
    let target_words = words_of(&mut target);
    let carried = carry(script, &mut source, &mut target, then).await;
    if !matches!(carried, Ok(true)) {
        // psql has not been told to commit, and now never will be.
        let _ = target.kill().await;
    }
    let played = target.wait().await.is_ok_and(|status| status.success());
    let words = [source_words.await, target_words.await].map(Result::unwrap_or_default);
    match carried {
        Ok(true) if played => Ok(()),
        Err(error) if words.iter().all(String::is_empty) => Err(failed(error.to_string())),
        _ => Err(failed(format!(
            "PostgreSQL's tools said: {}",
            words.join(" ").trim()
        ))),
    }
}

/// Carries the script over and then our own statement; false if the script is not whole.
async fn carry(
    script: Option<ChildStdout>,
    source: &mut Child,
    target: &mut Child,
    then: &str,
) -> std::io::Result<bool> {
    let (Some(mut script), Some(input)) = (script, target.stdin.as_mut()) else {
        return Ok(false);
    };
    // Not psql's own single transaction: that commits at the end of the input, and the input ends too where this
    // program is killed in the middle of it.
    input.write_all(b"BEGIN;\n").await?;
    tokio::io::copy(&mut script, input).await?;
    if !source.wait().await?.success() {
        return Ok(false);
    }
    input.write_all(then.as_bytes()).await?;
    input.write_all(b"COMMIT;\n").await?;
    input.flush().await?;
    drop(target.stdin.take());
    Ok(true)
}

/// Collects what a program says of its failure.
fn words_of(child: &mut Child) -> tokio::task::JoinHandle<String> {
    let errors = child.stderr.take();
    tokio::spawn(async move {
        let mut words = String::new();
        if let Some(mut errors) = errors {
            // What cannot be read of it is not told.
            let _ = errors.read_to_string(&mut words).await;
        }
        words.trim().to_owned()
    })
}
