//! Adding items: once each, with the outbox, the acknowledgements and the digests kept in step.

use super::outbox;
use crate::{
    cell::{Cell as _, Columns},
    commit::DocumentCommit,
    error::StoreError,
    item::{ItemName, NewItem, Origin, is_nobodys},
    session::Session,
    sql,
};
use chrono::{DateTime, Utc};
use hemrond_domain::record::DocumentId;
use hemrond_protocol::digest::{combine, mix};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What became of the items offered.
pub(super) struct Added {
    /// Those that were not held yet, in the order in which they came.
    pub(super) added: Vec<ItemName>,
    /// Those that waited for the server, and have come from it.
    pub(super) acknowledged: Vec<ItemName>,
}

/// Adds the items that are not held yet.
pub(super) async fn add(
    session: &mut Session,
    documents: &[(DocumentId, &DocumentCommit)],
    now: DateTime<Utc>,
) -> Result<Added, StoreError> {
    let offered = once_each(documents);
    let mut added = Vec::new();
    for piece in sql::chunks(&offered) {
        added.extend(insert(session, piece, now).await?);
    }
    added.sort_unstable_by_key(|(position, _)| *position);

    let local: HashMap<ItemName, (u8, bool)> = offered
        .iter()
        .filter_map(|(name, offer)| match offer.origin {
            Origin::Local { urgency } => {
                Some((*name, (urgency, is_nobodys(offer.item.actor.as_ref()))))
            }
            Origin::Server => None,
        })
        .collect();
    let waiting: Vec<outbox::Waiting> = added
        .iter()
        .filter_map(|(position, name)| {
            let (urgency, nobodys) = *local.get(name)?;
            Some(outbox::Waiting {
                position: *position,
                name: *name,
                urgency,
                queued_at: now,
                nobodys,
            })
        })
        .collect();
    outbox::queue(session, &waiting).await?;

    let new: HashSet<ItemName> = added.iter().map(|(_, name)| *name).collect();
    let known_to_server: Vec<ItemName> = offered
        .iter()
        .filter(|(name, item)| item.origin == Origin::Server && !new.contains(name))
        .map(|(name, _)| *name)
        .collect();
    let acknowledged = outbox::acknowledge(session, &known_to_server, now).await?;

    let added: Vec<ItemName> = added.into_iter().map(|(_, name)| name).collect();
    update_digests(session, &added, now).await?;
    Ok(Added {
        added,
        acknowledged,
    })
}

/// Each item once, where it was first named. What the server sent in any place, the server has.
fn once_each<'c>(
    documents: &[(DocumentId, &'c DocumentCommit)],
) -> Vec<(ItemName, NewItemRef<'c>)> {
    let mut places: HashMap<ItemName, usize> = HashMap::new();
    let mut once: Vec<(ItemName, NewItemRef<'c>)> = Vec::new();
    for (document, commit) in documents {
        for item in &commit.new_items {
            let name = ItemName {
                document: *document,
                hash: item.hash,
            };
            let place = *places.entry(name).or_insert(once.len());
            match once.get_mut(place) {
                Some((_, first)) if item.origin == Origin::Server => first.origin = Origin::Server,
                Some(_) => {}
                None => once.push((
                    name,
                    NewItemRef {
                        item,
                        origin: item.origin,
                    },
                )),
            }
        }
    }
    once
}

#[derive(Clone, Copy)]
struct NewItemRef<'c> {
    item: &'c NewItem,
    origin: Origin,
}

async fn insert(
    session: &mut Session,
    items: &[(ItemName, NewItemRef<'_>)],
    now: DateTime<Utc>,
) -> Result<Vec<(i64, ItemName)>, StoreError> {
    let mut values = sql::nothing();
    for (name, NewItemRef { item, origin }) in items {
        let local = matches!(origin, Origin::Local { .. });
        values.put(&name.document);
        values.put(&name.hash);
        values.put(&item.kind);
        values.put(&item.bytes);
        values.put(&item.actor);
        values.put(&local);
        values.put(&(!local).then_some(now));
    }
    let statement = format!(
        "INSERT INTO items (document, hash, kind, bytes, actor, local, acknowledged_at)
         VALUES {}
         ON CONFLICT (document, hash) DO NOTHING
         RETURNING position, document, hash",
        sql::placeholders(items.len(), 7),
    );
    let rows = sql::rows(session, &statement, values).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok((
                columns.next()?,
                ItemName {
                    document: columns.next()?,
                    hash: columns.next()?,
                },
            ))
        })
        .collect()
}

async fn update_digests(
    session: &mut Session,
    added: &[ItemName],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut changes: BTreeMap<DocumentId, ([u8; 32], u32)> = BTreeMap::new();
    for name in added {
        let (digest, count) = changes.entry(name.document).or_default();
        mix(digest, name.document, &name.hash);
        *count += 1;
    }
    let ids: Vec<DocumentId> = changes.keys().copied().collect();
    let found = sql::rows_in(
        session,
        "SELECT id, digest FROM documents WHERE id IN {list}",
        &ids,
    )
    .await?;
    for row in &found {
        let id = DocumentId::read(row, 0)?;
        if let Some((digest, _)) = changes.get_mut(&id) {
            combine(digest, &<[u8; 32]>::read(row, 1)?);
        }
    }
    let changes: Vec<_> = changes.into_iter().collect();
    for piece in sql::chunks(&changes) {
        let mut values = sql::with(&now);
        for (id, (digest, count)) in piece {
            values.put(id);
            values.put(digest);
            values.put(count);
        }
        let statement = format!(
            "UPDATE documents SET
                newest_at = ?,
                digest = new.column2,
                item_count = item_count + new.column3
             FROM (VALUES {}) AS new
             WHERE id = new.column1",
            sql::placeholders(piece.len(), 3),
        );
        sql::execute(session, &statement, values).await?;
    }
    Ok(())
}
