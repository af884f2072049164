//! Adding to the access log, under the lock that orders all who do.

use super::{BINDS, Connection, Db, StorageError, convert, pieces::pieces};
use crate::storage::{
    LogFinding, LogGiven, LogTaken,
    log::{Known, NewEntry, grow, named, own, sort},
};
use hemrond_audit::{
    Event, Head, SERVER,
    tree::{self, Hash, Node},
};
use hemrond_domain::ids::DeviceId;
use sqlx::QueryBuilder;
use std::collections::BTreeMap;

/// Takes the lock that orders all who add to the log, and returns how long it is.
async fn lock_log(connection: &mut Connection) -> Result<u64, StorageError> {
    let (size,): (i64,) = sqlx::query_as("UPDATE log_state SET size = size RETURNING size")
        .fetch_one(connection)
        .await?;
    convert::position(size)
}

/// Takes in a device's records.
pub(super) async fn take(
    connection: &mut Connection,
    given: &LogGiven,
    now: i64,
) -> Result<LogTaken, StorageError> {
    let size = lock_log(connection).await?;
    let known = known(connection, given).await?;
    let sorted = sort(given, &known, size, now);
    let mut taken = sorted.taken;
    add(connection, size, &sorted.entries).await?;
    taken.found = 0;
    for finding in &sorted.findings {
        taken.found += usize::from(keep_finding(connection, finding).await?);
    }
    Ok(taken)
}

/// What a push without records comes to.
pub(super) async fn look(
    connection: &mut Connection,
    given: &LogGiven,
    now: i64,
) -> Result<LogTaken, StorageError> {
    let known = known(connection, given).await?;
    Ok(sort(given, &known, 0, now).taken)
}

/// Writes events of the server's own.
pub(super) async fn take_own(
    connection: &mut Connection,
    events: Vec<Event>,
    now: i64,
) -> Result<(), StorageError> {
    let size = lock_log(connection).await?;
    let head = last(connection, SERVER).await?;
    add(connection, size, &own(head, events, size, now)?).await
}

async fn last(connection: &mut Connection, sender: DeviceId) -> Result<Head, StorageError> {
    let row: Option<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT seq, hash FROM log_entries WHERE sender = $1 ORDER BY seq DESC, idx DESC LIMIT 1",
    )
    .bind(sender.as_bytes().to_vec())
    .fetch_optional(connection)
    .await?;
    row.map_or(Ok(Head::default()), |(seq, hash)| {
        Ok(Head {
            seq: convert::position(seq)?,
            hash: convert::hash(hash)?,
        })
    })
}

async fn known(connection: &mut Connection, given: &LogGiven) -> Result<Known, StorageError> {
    let (hashes, numbers) = named(given);
    let mut known = Known {
        last: last(connection, given.sender).await?,
        ..Known::default()
    };
    for some in hashes.chunks(BINDS) {
        let mut query =
            QueryBuilder::<Db>::new("SELECT hash, seq FROM log_entries WHERE hash IN (");
        let mut list = query.separated(", ");
        for hash in some {
            list.push_bind(hash.to_vec());
        }
        query.push(")");
        let rows: Vec<(Vec<u8>, i64)> = query.build_query_as().fetch_all(&mut *connection).await?;
        for (hash, seq) in rows {
            known
                .records
                .insert(convert::hash(hash)?, convert::position(seq)?);
        }
    }
    if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
        let rows: Vec<(i64,)> = sqlx::query_as(
            "SELECT DISTINCT seq FROM log_entries WHERE sender = $1 AND seq >= $2 AND seq <= $3",
        )
        .bind(given.sender.as_bytes().to_vec())
        .bind(convert::number(*first))
        .bind(convert::number(*last))
        .fetch_all(connection)
        .await?;
        for (seq,) in rows {
            known.taken.insert(convert::position(seq)?);
        }
    }
    Ok(known)
}

/// Adds entries and what they complete of the tree.
async fn add(
    connection: &mut Connection,
    size: u64,
    entries: &[NewEntry],
) -> Result<(), StorageError> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut edge = nodes(connection, &tree::edge(size)).await?;
    let complete = grow(&mut edge, size, entries)?;
    for some in pieces(entries) {
        let mut query = QueryBuilder::<Db>::new(
            "INSERT INTO log_entries (idx, hash, sender, seq, bytes, received_at, user_id, \
             person_id, action, at) ",
        );
        query.push_values(some, |mut row, new| {
            row.push_bind(convert::number(new.entry.index))
                .push_bind(new.entry.hash.to_vec())
                .push_bind(new.entry.sender.as_bytes().to_vec())
                .push_bind(convert::number(new.entry.seq))
                .push_bind(new.entry.bytes.clone())
                .push_bind(new.entry.received_at)
                .push_bind(new.user.as_bytes().to_vec())
                .push_bind(new.person.map(|person| person.as_bytes().to_vec()))
                .push_bind(new.action.clone())
                .push_bind(new.at);
        });
        query.build().execute(&mut *connection).await?;
    }
    for some in pieces(&complete) {
        let mut query = QueryBuilder::<Db>::new("INSERT INTO log_nodes (level, idx, hash) ");
        query.push_values(some, |mut row, (node, hash)| {
            row.push_bind(i64::from(node.level))
                .push_bind(convert::number(node.index))
                .push_bind(hash.to_vec());
        });
        query.build().execute(&mut *connection).await?;
    }
    sqlx::query("UPDATE log_state SET size = $1")
        .bind(convert::number(size + entries.len() as u64))
        .execute(connection)
        .await?;
    Ok(())
}

/// Hashes of the tree. Those that are not there are left out.
pub(super) async fn nodes(
    connection: &mut Connection,
    wanted: &[Node],
) -> Result<BTreeMap<Node, Hash>, StorageError> {
    let mut found = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    let mut query = QueryBuilder::<Db>::new("SELECT level, idx, hash FROM log_nodes WHERE ");
    for (number, node) in wanted.iter().enumerate() {
        query.push(if number == 0 {
            "(level = "
        } else {
            " OR (level = "
        });
        query.push_bind(i64::from(node.level));
        query.push(" AND idx = ");
        query.push_bind(convert::number(node.index));
        query.push(")");
    }
    let rows: Vec<(i64, i64, Vec<u8>)> = query.build_query_as().fetch_all(connection).await?;
    for (level, index, hash) in rows {
        let level = u8::try_from(level)
            .map_err(|_| StorageError::Damaged("a level of the access log's tree is none"))?;
        let index = convert::position(index)?;
        found.insert(Node { level, index }, convert::hash(hash)?);
    }
    Ok(found)
}

/// Keeps a finding; false where it is known already.
async fn keep_finding(
    connection: &mut Connection,
    finding: &LogFinding,
) -> Result<bool, StorageError> {
    let done = sqlx::query(
        "INSERT INTO log_findings (sender, seq, kind, hash, bytes, found_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (sender, hash, kind) DO NOTHING",
    )
    .bind(finding.sender.as_bytes().to_vec())
    .bind(convert::number(finding.seq))
    .bind(finding.kind.as_str())
    .bind(finding.hash.to_vec())
    .bind(finding.bytes.clone())
    .bind(finding.found_at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Destroys the entries before a moment, all but the end of every chain.
pub(super) async fn purge(connection: &mut Connection, before: i64) -> Result<u64, StorageError> {
    let size = lock_log(connection).await?;
    let (first_kept,): (Option<i64>,) =
        sqlx::query_as("SELECT MIN(idx) FROM log_entries WHERE received_at >= $1")
            .bind(before)
            .fetch_one(&mut *connection)
            .await?;
    let first_kept = first_kept.unwrap_or(convert::number(size));
    let done = sqlx::query(
        "DELETE FROM log_entries WHERE idx < $1 AND EXISTS (SELECT 1 FROM log_entries later \
         WHERE later.sender = log_entries.sender AND (later.seq > log_entries.seq \
         OR (later.seq = log_entries.seq AND later.idx > log_entries.idx)))",
    )
    .bind(first_kept)
    .execute(&mut *connection)
    .await?;
    sqlx::query("UPDATE log_state SET destroyed_below = $1 WHERE destroyed_below < $1")
        .bind(first_kept)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
