//! PostgreSQL: several server processes on one database.

mod backup;
mod durable;
mod restore;
mod scratch;
mod tools;

use super::StorageError;
use hemrond_protocol::Epoch;
use sqlx::{
    Connection, PgConnection,
    postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions},
};
use std::{str::FromStr, time::Duration};
use tokio::sync::watch;

// The SQL is compiled once per database; see the module above.
#[path = "../sql/mod.rs"]
#[allow(clippy::duplicate_mod)]
mod sql;

pub(crate) use backup::backup;
pub(super) use restore::restore;
pub(super) use scratch::{Scratch, unpack};

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

/// How long the listener waits before it connects again, at first and at most.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How long a transaction of ours may stand still before PostgreSQL ends it. A process that hangs
/// with the head's lock would otherwise hold up every writer for as long as it hangs; what it had
/// not committed is sent again by the tablet. An address may name another time.
const STANDSTILL: (&str, &str) = ("idle_in_transaction_session_timeout", "15s");

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(20);

pub(super) async fn open(url: &str, epoch: Epoch) -> Result<sql::Tables, StorageError> {
    let mut options = PgConnectOptions::from_str(url)
        .map_err(StorageError::Open)?
        .application_name("hemrond-server");
    let named = options.get_options().unwrap_or_default();
    if !named.contains(STANDSTILL.0) {
        options = options.options([STANDSTILL]);
    }
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        .after_connect(|connection, _| Box::pin(durable::insist(connection)))
        .connect_with(options)
        .await
        .map_err(StorageError::Open)?;
    durable::check(&pool).await?;
    sqlx::migrate!("migrations/postgres").run(&pool).await?;
    sql::Tables::begin(pool.clone(), pool, epoch).await
}

/// Whether tables of ours are in a database.
pub(super) async fn is_there(url: &str) -> Result<bool, StorageError> {
    let options = PgConnectOptions::from_str(url).map_err(StorageError::Open)?;
    let mut connection = PgConnection::connect_with(&options)
        .await
        .map_err(StorageError::Open)?;
    let (there,): (bool,) = sqlx::query_as("SELECT to_regclass('feed_head') IS NOT NULL")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    Ok(there)
}

/// Opens a database for reading only.
pub(super) async fn examine(url: &str) -> Result<sql::Tables, StorageError> {
    examining(PgConnectOptions::from_str(url).map_err(StorageError::Open)?).await
}

async fn examining(options: PgConnectOptions) -> Result<sql::Tables, StorageError> {
    let options = options
        .application_name("hemrond-server")
        .options([("default_transaction_read_only", "on")]);
    let pool = PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(ACQUIRE)
        .connect_with(options)
        .await
        .map_err(StorageError::Open)?;
    Ok(sql::Tables::examining(pool))
}

/// PostgreSQL checks its pages by itself as it reads them, where it was made with checksums.
pub(crate) async fn integrity(_: &PgPool) -> Result<Vec<String>, StorageError> {
    Ok(Vec::new())
}

/// Writes the tables that held items anew, without what was deleted. They are locked meanwhile.
pub(crate) async fn compact(pool: &PgPool) -> Result<(), StorageError> {
    for statement in [
        "VACUUM (FULL) items",
        "VACUUM (FULL) refused_items",
        "VACUUM (FULL) feed",
        "VACUUM (FULL) person_numbers",
        "CHECKPOINT",
    ] {
        sqlx::query(statement).execute(pool).await?;
    }
    Ok(())
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

/// Moves the head as other processes announce it, until the pool is closed.
pub(crate) fn listen(pool: &PgPool, head: watch::Sender<u64>) {
    let pool = pool.clone();
    tokio::spawn(async move {
        let mut pause = SHORTEST_PAUSE;
        while !pool.is_closed() {
            let error = follow(&pool, &head, &mut pause).await;
            if pool.is_closed() {
                return;
            }
            tracing::warn!(%error, "live news from the database were interrupted");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    });
}

/// Follows the announcements until the connection is lost.
async fn follow(pool: &PgPool, head: &watch::Sender<u64>, pause: &mut Duration) -> sqlx::Error {
    let listened = async {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        // What was announced before this connection listened.
        let (last,): (i64,) = sqlx::query_as("SELECT last FROM feed_head")
            .fetch_one(&mut listener)
            .await?;
        Ok((listener, last))
    };
    let mut listener = match listened.await {
        Ok((listener, last)) => {
            move_to(head, u64::try_from(last).unwrap_or(0));
            *pause = SHORTEST_PAUSE;
            listener
        }
        Err(error) => return error,
    };
    loop {
        // `try_recv` tells of a lost connection, during which announcements may have passed.
        match listener.try_recv().await {
            Ok(Some(news)) => move_to(head, news.payload().parse().unwrap_or(0)),
            Ok(None) => return sqlx::Error::WorkerCrashed,
            Err(error) => return error,
        }
    }
}

fn move_to(head: &watch::Sender<u64>, position: u64) {
    head.send_if_modified(|known| {
        let newer = position > *known;
        *known = position.max(*known);
        newer
    });
}
