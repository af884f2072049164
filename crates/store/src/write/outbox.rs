//! What waits for the server, and what becomes of it.

use crate::{
    cell::Columns,
    commit::Requeue,
    error::StoreError,
    item::{ActorBytes, ItemName, is_nobodys},
    session::Session,
    sql::{self, SOMEBODYS, Values},
};
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use std::collections::{HashMap, HashSet};

/// An item on its way into the outbox.
pub(super) struct Waiting {
    pub(super) position: i64,
    pub(super) name: ItemName,
    pub(super) urgency: u8,
    pub(super) queued_at: DateTime<Utc>,
    /// Whether nobody wrote it: it follows from the schema.
    pub(super) nobodys: bool,
}

pub(super) async fn queue(session: &mut Session, items: &[Waiting]) -> Result<(), StoreError> {
    for piece in sql::chunks(items) {
        let mut values = sql::nothing();
        for item in piece {
            values.put(&item.position);
            put_name(&mut values, &item.name);
            values.put(&item.urgency);
            values.put(&item.queued_at);
            values.put(&item.nobodys);
        }
        let statement = format!(
            "INSERT INTO outbox (position, document, hash, urgency, queued_at, nobodys) VALUES {}
             ON CONFLICT DO NOTHING",
            sql::placeholders(piece.len(), 6),
        );
        sql::execute(session, &statement, values).await?;
    }
    Ok(())
}

/// The server has these items. Answers which of them waited.
pub(super) async fn acknowledge(
    session: &mut Session,
    items: &[ItemName],
    now: DateTime<Utc>,
) -> Result<Vec<ItemName>, StoreError> {
    let mut waited = Vec::new();
    for piece in sql::chunks(items) {
        let mut values = sql::nothing();
        put_names(&mut values, piece);
        let named = sql::placeholders(piece.len(), 2);
        let statement =
            format!("SELECT count(*) FROM outbox WHERE (document, hash) IN (VALUES {named})");
        let waiting: Option<i64> = sql::scalar(session, &statement, values).await?;
        // Nearly always: an answer to what was sent. The items are found by their places then.
        let found = if waiting.and_then(|count| usize::try_from(count).ok()) == Some(piece.len()) {
            let statement = format!(
                "UPDATE items SET acknowledged_at = ? WHERE acknowledged_at IS NULL AND position IN
                 (SELECT position FROM outbox WHERE (document, hash) IN (VALUES {named}))"
            );
            mark(session, &statement, piece, now).await?;
            let mut values = sql::nothing();
            put_names(&mut values, piece);
            let statement =
                format!("DELETE FROM outbox WHERE (document, hash) IN (VALUES {named})");
            sql::execute(session, &statement, values).await?;
            piece.to_vec()
        } else {
            let statement = format!(
                "UPDATE items SET acknowledged_at = ?
                 WHERE acknowledged_at IS NULL AND (document, hash) IN (VALUES {named})"
            );
            mark(session, &statement, piece, now).await?;
            let mut found = take(session, "DELETE FROM outbox", piece).await?;
            found.extend(take(session, "DELETE FROM refused", piece).await?);
            found
        };
        waited.extend(found);
    }
    Ok(waited)
}

/// Runs a statement over a moment and names.
async fn mark(
    session: &mut Session,
    statement: &str,
    names: &[ItemName],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut values = sql::with(&now);
    put_names(&mut values, names);
    sql::execute(session, statement, values).await?;
    Ok(())
}

/// The server will not take these items. Those that do not wait any more are passed over.
pub(super) async fn refuse(
    session: &mut Session,
    refused: &[(ItemName, String)],
    now: DateTime<Utc>,
) -> Result<Vec<ItemName>, StoreError> {
    let mut moved = Vec::new();
    for (name, code) in refused {
        let values = sql::with(code)
            .and(&now)
            .and(&name.document)
            .and(&name.hash);
        let found = sql::execute(
            session,
            "INSERT INTO refused (document, hash, code, at, urgency, queued_at)
             SELECT document, hash, ?1, ?2, urgency, queued_at FROM outbox
             WHERE document = ?3 AND hash = ?4
             ON CONFLICT (document, hash) DO UPDATE SET code = excluded.code, at = excluded.at",
            values,
        )
        .await?;
        if found > 0 {
            take(session, "DELETE FROM outbox", std::slice::from_ref(name)).await?;
            moved.push(*name);
        }
    }
    Ok(moved)
}

/// Puts a refused item back among those that wait, as it was.
pub(super) async fn retry(session: &mut Session, name: ItemName) -> Result<bool, StoreError> {
    sql::execute(
        session,
        &format!(
            "INSERT INTO outbox (position, document, hash, urgency, queued_at, nobodys)
             SELECT i.position, r.document, r.hash, r.urgency, r.queued_at, NOT {SOMEBODYS}
             FROM refused r JOIN items i USING (document, hash)
             WHERE r.document = ?1 AND r.hash = ?2
             ON CONFLICT DO NOTHING"
        ),
        sql::with(&name.document).and(&name.hash),
    )
    .await?;
    Ok(!take(session, "DELETE FROM refused", &[name])
        .await?
        .is_empty())
}

/// The server has forgotten these items. Those that wait already, and those that it refused, stay
/// as they are.
pub(super) async fn requeue(
    session: &mut Session,
    items: &[Requeue],
    now: DateTime<Utc>,
) -> Result<Vec<ItemName>, StoreError> {
    let urgencies: HashMap<ItemName, u8> = items
        .iter()
        .map(|requeue| (requeue.item, requeue.urgency))
        .collect();
    let names: Vec<ItemName> = items.iter().map(|requeue| requeue.item).collect();
    let mut waiting = Vec::new();
    let mut seen = HashSet::new();
    for piece in sql::chunks(&names) {
        let mut values = sql::nothing();
        put_names(&mut values, piece);
        let statement = format!(
            "UPDATE items SET acknowledged_at = NULL
             WHERE (document, hash) IN (VALUES {})
                AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.position = items.position)
                AND NOT EXISTS (
                    SELECT 1 FROM refused
                    WHERE refused.document = items.document AND refused.hash = items.hash
                )
             RETURNING position, document, hash, actor",
            sql::placeholders(piece.len(), 2),
        );
        for row in sql::rows(session, &statement, values).await? {
            let mut columns = Columns::of(&row);
            let position: i64 = columns.next()?;
            let name = ItemName {
                document: columns.next()?,
                hash: columns.next()?,
            };
            let actor: Option<ActorBytes> = columns.next()?;
            if let Some(urgency) = urgencies.get(&name).copied()
                && seen.insert(name)
            {
                waiting.push(Waiting {
                    position,
                    name,
                    urgency,
                    queued_at: now,
                    nobodys: is_nobodys(actor.as_ref()),
                });
            }
        }
    }
    queue(session, &waiting).await?;
    Ok(waiting.into_iter().map(|item| item.name).collect())
}

pub(super) async fn attempted(
    session: &mut Session,
    items: &[ItemName],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for piece in sql::chunks(items) {
        let mut values = sql::with(&now);
        put_names(&mut values, piece);
        let statement = format!(
            "UPDATE outbox SET attempts = attempts + 1, last_attempt_at = ?
             WHERE (document, hash) IN (VALUES {})",
            sql::placeholders(piece.len(), 2),
        );
        sql::execute(session, &statement, values).await?;
    }
    Ok(())
}

/// Deletes the named rows and answers which there were.
async fn take(
    session: &mut Session,
    deletion: &str,
    items: &[ItemName],
) -> Result<Vec<ItemName>, StoreError> {
    let mut taken = Vec::new();
    for piece in sql::chunks(items) {
        let mut values = sql::nothing();
        put_names(&mut values, piece);
        let statement = format!(
            "{deletion} WHERE (document, hash) IN (VALUES {}) RETURNING document, hash",
            sql::placeholders(piece.len(), 2),
        );
        for row in sql::rows(session, &statement, values).await? {
            taken.push(read_name(&row)?);
        }
    }
    Ok(taken)
}

fn put_name(values: &mut Values, name: &ItemName) {
    values.put(&name.document);
    values.put(&name.hash);
}

fn put_names(values: &mut Values, names: &[ItemName]) {
    for name in names {
        put_name(values, name);
    }
}

fn read_name(row: &SqliteRow) -> Result<ItemName, StoreError> {
    let mut columns = Columns::of(row);
    Ok(ItemName {
        document: columns.next()?,
        hash: columns.next()?,
    })
}
