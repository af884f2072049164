//! What a judgement needs to know of the pushed documents, in a few queries for all of them.

use super::{Connection, Db, StorageError, convert, pieces::pieces, retention};
use crate::storage::PushedDocument;
use hemrond_domain::{
    ids::{DeviceId, UserId},
    record::DocumentId,
};
use hemrond_protocol::{Digest, ItemHash};
use hemrond_sync::acceptance::{ActorId, Claimant, Finding, Known, LastChange};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};

/// A document as it is before the push.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) known: Known,
    pub(super) digest: Digest,
    pub(super) item_count: i64,
    pub(super) item_bytes: i64,
}

/// The state of every document in the push.
pub(super) async fn load(
    connection: &mut Connection,
    documents: &[PushedDocument],
) -> Result<BTreeMap<DocumentId, State>, StorageError> {
    let mut states: BTreeMap<DocumentId, State> = BTreeMap::new();
    let mut asked: BTreeSet<(DocumentId, ItemHash)> = BTreeSet::new();
    for document in documents {
        let Ok(header) = &document.header else {
            continue;
        };
        let state = states.entry(header.id()).or_default();
        state
            .known
            .given
            .extend(document.given.iter().map(|(hash, op)| (*hash, *op)));
        state.known.max_op = document
            .given
            .values()
            .copied()
            .fold(state.known.max_op, u64::max);
        for item in &document.items {
            match &item.offered.finding {
                Finding::Change(change) => {
                    asked.insert((header.id(), change.hash));
                    asked.extend(change.deps.iter().map(|dep| (header.id(), *dep)));
                }
                Finding::Entry(entry) => {
                    asked.insert((header.id(), entry.hash));
                }
                Finding::Refused(_, hash) => {
                    asked.extend(hash.map(|hash| (header.id(), hash)));
                }
            }
        }
    }
    let names: Vec<DocumentId> = states.keys().copied().collect();
    for id in retention::among(connection, &names).await? {
        if let Some(state) = states.get_mut(&id) {
            state.known.purged = true;
        }
    }
    let (mut stored, mut refusing) = (BTreeSet::new(), BTreeSet::new());
    for some in pieces(&names) {
        stored.append(&mut documents_as_they_are(connection, some, &mut states).await?);
        refusing.append(&mut with_refused(connection, some).await?);
    }
    // What a first push brings is of documents of which nothing is here yet: there is nothing to look for.
    let of = |documents: &BTreeSet<DocumentId>| -> Vec<(DocumentId, ItemHash)> {
        let asked = asked.iter().filter(|(id, _)| documents.contains(id));
        asked.copied().collect()
    };
    let names: Vec<DocumentId> = stored.iter().copied().collect();
    for some in pieces(&names) {
        last_changes(connection, some, &mut states).await?;
    }
    for some in pieces(&of(&stored)) {
        held(connection, some, &mut states).await?;
    }
    for some in pieces(&of(&refusing)) {
        refused(connection, some, &mut states).await?;
    }
    Ok(states)
}

/// Which of these documents something is refused of.
async fn with_refused(
    connection: &mut Connection,
    documents: &[DocumentId],
) -> Result<BTreeSet<DocumentId>, StorageError> {
    let mut query = with_documents(documents);
    query.push(
        "SELECT v.d FROM v \
         WHERE EXISTS (SELECT 1 FROM refused_items r WHERE r.document_id = v.d)",
    );
    let rows: Vec<(Vec<u8>,)> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter()
        .map(|(id,)| Ok(DocumentId::from_bytes(convert::id(id)?)))
        .collect()
}

/// Who is registered for the actors of the push.
pub(super) async fn actors(
    connection: &mut Connection,
    documents: &[PushedDocument],
) -> Result<BTreeMap<ActorId, Claimant>, StorageError> {
    let asked: BTreeSet<ActorId> = documents
        .iter()
        .flat_map(|document| &document.items)
        .filter_map(|item| match &item.offered.finding {
            Finding::Change(change) => Some(change.actor),
            Finding::Entry(_) | Finding::Refused(..) => None,
        })
        .collect();
    let asked: Vec<ActorId> = asked.into_iter().collect();
    registered(connection, &asked).await
}

/// Who is registered for these actors.
pub(super) async fn registered(
    connection: &mut Connection,
    actors: &[ActorId],
) -> Result<BTreeMap<ActorId, Claimant>, StorageError> {
    let mut found = BTreeMap::new();
    for some in pieces(actors) {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT actor, user_id, device_id FROM actors WHERE actor IN (",
        );
        let mut list = query.separated(", ");
        for actor in some {
            list.push_bind(actor.to_vec());
        }
        query.push(")");
        let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> =
            query.build_query_as().fetch_all(&mut *connection).await?;
        for (actor, user, device) in rows {
            let claimant = Claimant {
                user: UserId::from_stored(convert::id(user)?),
                device: DeviceId::from_stored(convert::id(device)?),
            };
            found.insert(convert::id(actor)?, claimant);
        }
    }
    Ok(found)
}

/// Begins a query over a list of documents, named `v (d)`.
fn with_documents(documents: &[DocumentId]) -> QueryBuilder<Db> {
    let mut query = QueryBuilder::<Db>::new("WITH v (d) AS (");
    query.push_values(documents, |mut row, document| {
        row.push_bind(document.as_bytes().to_vec());
    });
    query.push(") ");
    query
}

/// Begins a query over a list of documents and hashes, named `v (d, h)`.
fn with_hashes(hashes: &[(DocumentId, ItemHash)]) -> QueryBuilder<Db> {
    let mut query = QueryBuilder::<Db>::new("WITH v (d, h) AS (");
    query.push_values(hashes, |mut row, (document, hash)| {
        row.push_bind(document.as_bytes().to_vec())
            .push_bind(hash.to_vec());
    });
    query.push(") ");
    query
}

/// Puts in what the documents' rows say, and answers which have one.
async fn documents_as_they_are(
    connection: &mut Connection,
    documents: &[DocumentId],
    states: &mut BTreeMap<DocumentId, State>,
) -> Result<BTreeSet<DocumentId>, StorageError> {
    let mut query = with_documents(documents);
    query.push(
        "SELECT t.id, t.digest, t.item_count, t.item_bytes FROM v \
         JOIN documents t ON t.id = v.d",
    );
    let rows: Vec<(Vec<u8>, Vec<u8>, i64, i64)> =
        query.build_query_as().fetch_all(connection).await?;
    let mut stored = BTreeSet::new();
    for (id, digest, item_count, item_bytes) in rows {
        let id = DocumentId::from_bytes(convert::id(id)?);
        stored.insert(id);
        if let Some(state) = states.get_mut(&id) {
            state.digest = convert::hash(digest)?;
            state.item_count = item_count;
            state.item_bytes = item_bytes;
        }
    }
    Ok(stored)
}

async fn last_changes(
    connection: &mut Connection,
    documents: &[DocumentId],
    states: &mut BTreeMap<DocumentId, State>,
) -> Result<(), StorageError> {
    let mut query = with_documents(documents);
    query.push(
        "SELECT i.document_id, i.actor, MAX(i.seq), MAX(i.max_op) FROM v \
         JOIN items i ON i.document_id = v.d WHERE i.kind = 0 GROUP BY i.document_id, i.actor",
    );
    let rows: Vec<(Vec<u8>, Vec<u8>, i64, i64)> =
        query.build_query_as().fetch_all(connection).await?;
    for (id, actor, seq, max_op) in rows {
        let last = LastChange {
            seq: convert::position(seq)?,
            max_op: convert::position(max_op)?,
        };
        if let Some(state) = states.get_mut(&DocumentId::from_bytes(convert::id(id)?)) {
            state.known.max_op = state.known.max_op.max(last.max_op);
            state.known.last.insert(convert::id(actor)?, last);
        }
    }
    Ok(())
}

async fn held(
    connection: &mut Connection,
    hashes: &[(DocumentId, ItemHash)],
    states: &mut BTreeMap<DocumentId, State>,
) -> Result<(), StorageError> {
    let mut query = with_hashes(hashes);
    query.push(
        "SELECT i.document_id, i.hash, COALESCE(i.max_op, 0) FROM v \
         JOIN items i ON i.document_id = v.d AND i.hash = v.h",
    );
    let rows: Vec<(Vec<u8>, Vec<u8>, i64)> = query.build_query_as().fetch_all(connection).await?;
    for (id, hash, max_op) in rows {
        if let Some(state) = states.get_mut(&DocumentId::from_bytes(convert::id(id)?)) {
            state
                .known
                .held
                .insert(convert::hash(hash)?, convert::position(max_op)?);
        }
    }
    Ok(())
}

async fn refused(
    connection: &mut Connection,
    hashes: &[(DocumentId, ItemHash)],
    states: &mut BTreeMap<DocumentId, State>,
) -> Result<(), StorageError> {
    let mut query = with_hashes(hashes);
    query.push(
        "SELECT r.document_id, r.hash FROM v \
         JOIN refused_items r ON r.document_id = v.d AND r.hash = v.h",
    );
    let rows: Vec<(Vec<u8>, Vec<u8>)> = query.build_query_as().fetch_all(connection).await?;
    for (id, hash) in rows {
        if let Some(state) = states.get_mut(&DocumentId::from_bytes(convert::id(id)?)) {
            let hash = convert::hash(hash)?;
            // Taken later after all, or from somebody who could vouch for it.
            if !state.known.held.contains_key(&hash) {
                state.known.refused.insert(hash);
            }
        }
    }
    Ok(())
}
