//! PostgreSQL: several server processes on one database.

mod backup;

use super::StorageError;
use hemrond_protocol::Epoch;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use std::{str::FromStr, time::Duration};
use tokio::sync::watch;

// The SQL is compiled once per database; see the module above.
#[path = "../sql/mod.rs"]
#[allow(clippy::duplicate_mod)]
mod sql;

pub(crate) use backup::backup;

/// The database that the shared SQL is compiled for.
pub(crate) type Db = sqlx::Postgres;

/// Begins a transaction that will write. Its first statement takes the feed head's row lock.
pub(crate) const BEGIN_WRITE: &str = "BEGIN";

/// Begins a transaction that sees one moment.
pub(crate) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The channel on which commits announce the feed's new head.
const CHANNEL: &str = "hemrond_feed";

/// How many connections one process holds at most.
const CONNECTIONS: u32 = 12;

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(20);

pub(super) async fn open(url: &str, epoch: Epoch) -> Result<sql::Tables, StorageError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(StorageError::Open)?
        .application_name("hemrond-server");
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        .connect_with(options)
        .await
        .map_err(StorageError::Open)?;
    sqlx::migrate!("migrations/postgres").run(&pool).await?;
    sql::Tables::begin(pool.clone(), pool, epoch).await
}

/// Tells every process, at the moment of commit and not before.
pub(crate) async fn announce(
    connection: &mut sqlx::PgConnection,
    head: u64,
) -> Result<(), StorageError> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(head.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Moves the head as other processes announce it. A lost connection is made again by the listener;
/// what was announced meanwhile is found by the look at the head that every wait begins with.
pub(crate) fn listen(pool: &PgPool, head: watch::Sender<u64>) {
    let pool = pool.clone();
    tokio::spawn(async move {
        let mut pause = Duration::from_millis(200);
        while !head.is_closed() && !pool.is_closed() {
            if let Err(error) = follow(&pool, &head).await {
                tracing::warn!(%error, "live news from the database were interrupted");
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    });
}

async fn follow(pool: &PgPool, head: &watch::Sender<u64>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.ignore_pool_close_event(false);
    listener.listen(CHANNEL).await?;
    loop {
        tokio::select! {
            () = head.closed() => return Ok(()),
            news = listener.recv() => {
                if let Ok(position) = news?.payload().parse::<u64>() {
                    head.send_if_modified(|known| {
                        let newer = position > *known;
                        *known = position.max(*known);
                        newer
                    });
                }
            }
        }
    }
}
