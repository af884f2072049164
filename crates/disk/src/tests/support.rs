//! A little database of visits on a disk.

pub(super) use crate::*;
use sqlx::{
    ConnectOptions as _, Connection as _, Error, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous},
};

/// Chance from a seed.
pub(super) fn chance(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// Chance that keeps nothing of what is not durable.
pub(super) fn worst() -> impl FnMut() -> u64 {
    // No piece is kept, and an odd number tears none.
    let mut first = true;
    move || if std::mem::take(&mut first) { 0 } else { 1 }
}

/// Opens the database as the store does: a log, one connection, everything synced.
pub(super) async fn open(disk: &Disk) -> Result<SqliteConnection, Error> {
    SqliteConnectOptions::new()
        .filename(disk.path("visits.db"))
        .vfs(Disk::VFS)
        .create_if_missing(true)
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
}

/// A disk with the empty database on it, all of it durable.
pub(super) async fn prepared() -> Disk {
    let disk = Disk::new();
    let mut connection = open(&disk).await.unwrap();
    run(&mut connection, "CREATE TABLE notes (text TEXT)")
        .await
        .unwrap();
    connection.close().await.unwrap();
    // What SQLite does not sync of itself: the new file's name.
    disk.shared.machine().sync_folder().unwrap();
    disk
}

pub(super) async fn run(
    connection: &mut SqliteConnection,
    statement: &'static str,
) -> Result<(), Error> {
    sqlx::query(statement).execute(connection).await?;
    Ok(())
}

pub(super) async fn write(connection: &mut SqliteConnection, text: &str) -> Result<(), Error> {
    sqlx::query("INSERT INTO notes VALUES (?1)")
        .bind(text.to_owned())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn notes(connection: &mut SqliteConnection) -> Vec<String> {
    sqlx::query_scalar("SELECT text FROM notes ORDER BY rowid")
        .fetch_all(connection)
        .await
        .unwrap()
}

/// SQLite's code for a failure.
pub(super) fn code(error: &Error) -> i32 {
    let code = error.as_database_error().unwrap().code().unwrap();
    code.parse().unwrap()
}
