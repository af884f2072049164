//! The SQL, written once for both databases.
//!
//! This folder is compiled twice, under `sqlite/` and under `postgres/`; `super` is the database it
//! is compiled for. Statements keep to what both understand.

mod access;
mod accounts;
mod acts;
mod convert;
mod digests;
mod enrolment;
mod filter;
mod known;
mod ledger;
mod log;
mod log_write;
mod numbers;
mod outgoing;
mod page;
mod pieces;
mod published;
mod records;
mod refused;
mod retention;
mod rows;
mod sessions;
mod sign_ins;
mod survey;
mod take_in;
mod upkeep;

use super::{BEGIN_READ, BEGIN_WRITE, Db, StorageError};
use hemrond_protocol::Epoch;
use sqlx::{Database, Pool, Transaction};
use tokio::sync::watch;

/// A connection to the database that this is compiled for.
type Connection = <Db as Database>::Connection;

/// How many values one statement may bind; SQLite allows 32,766.
const BINDS: usize = 30_000;

/// The tables.
#[derive(Debug)]
pub(crate) struct Tables {
    write: Pool<Db>,
    read: Pool<Db>,
    head: watch::Sender<u64>,
}

impl Tables {
    /// Takes over pools whose tables are up to date. A new database begins its life with `epoch`.
    pub(super) async fn begin(
        write: Pool<Db>,
        read: Pool<Db>,
        epoch: Epoch,
    ) -> Result<Self, StorageError> {
        sqlx::query(
            "INSERT INTO meta (only_row, epoch, recovering) VALUES (1, $1, 0) \
             ON CONFLICT (only_row) DO NOTHING",
        )
        .bind(epoch.0.to_vec())
        .execute(&write)
        .await?;
        let tables = Self {
            write,
            read,
            head: watch::Sender::new(0),
        };
        tables.look_at_head().await?;
        super::listen(&tables.read, tables.head.clone());
        Ok(tables)
    }

    /// Looks at a database as it is, through pools that cannot write.
    pub(super) fn examining(read: Pool<Db>) -> Self {
        Self {
            write: read.clone(),
            read,
            head: watch::Sender::new(0),
        }
    }

    async fn reading(&self) -> Result<Transaction<'static, Db>, StorageError> {
        Ok(self.read.begin_with(BEGIN_READ).await?)
    }

    async fn writing(&self) -> Result<Transaction<'static, Db>, StorageError> {
        Ok(self.write.begin_with(BEGIN_WRITE).await?)
    }

    async fn look_at_head(&self) -> Result<(), StorageError> {
        let (last,): (i64,) = sqlx::query_as("SELECT last FROM feed_head")
            .fetch_one(&self.read)
            .await?;
        self.moved_to(convert::position(last)?);
        Ok(())
    }

    /// Tells those who wait in this process.
    fn moved_to(&self, head: u64) {
        self.head.send_if_modified(|known| {
            let newer = head > *known;
            *known = head.max(*known);
            newer
        });
    }
}

/// Takes the lock that orders all writers, and returns the feed's last position.
///
/// Held until commit: whoever gets a position after this one becomes visible after it too.
async fn lock_head(connection: &mut Connection) -> Result<u64, StorageError> {
    let (last,): (i64,) = sqlx::query_as("UPDATE feed_head SET last = last RETURNING last")
        .fetch_one(connection)
        .await?;
    convert::position(last)
}

/// Moves the feed's head, in the transaction that holds its lock.
async fn move_head(connection: &mut Connection, head: u64) -> Result<(), StorageError> {
    sqlx::query("UPDATE feed_head SET last = $1")
        .bind(convert::number(head))
        .execute(&mut *connection)
        .await?;
    super::announce(connection, head).await
}
