//! Items on their way out: fetched, grouped by document, with those who stand behind them.

use super::{Connection, Db, StorageError, convert, digests, filter, known};
use crate::storage::{Asker, Kept};
use hemrond_domain::record::DocumentId;
use hemrond_protocol::{Author, Delivery, Item, ItemKind, WireHeader, WireId};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};

/// An item's row with its document and actor.
type ItemRow = (Vec<u8>, i64, Vec<u8>, Option<Vec<u8>>);

/// A document's id, kind, organisation, unit, person and part.
type HeaderRow = (
    Vec<u8>,
    String,
    Vec<u8>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    String,
);

/// An item as it goes out, with its actor where it is a change.
pub(super) struct Outgoing {
    item: Item,
    actor: Option<[u8; 16]>,
}

fn outgoing(row: ItemRow) -> Result<(DocumentId, Outgoing), StorageError> {
    let (document, kind, bytes, actor) = row;
    let kind =
        ItemKind::from_number(kind).ok_or(StorageError::Damaged("an item has no known kind"))?;
    let item = Item {
        kind,
        bytes,
        author: None,
    };
    let actor = actor.map(convert::id).transpose()?;
    Ok((
        DocumentId::from_bytes(convert::id(document)?),
        Outgoing { item, actor },
    ))
}

/// Others' new items in what the asker may read, between two positions.
pub(super) async fn new_items(
    connection: &mut Connection,
    asker: &Asker,
    after: u64,
    until: u64,
) -> Result<Vec<(DocumentId, Outgoing)>, StorageError> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT i.document_id, i.kind, i.bytes, i.actor FROM feed f \
         JOIN documents d ON d.id = f.document_id \
         JOIN items i ON i.document_id = f.document_id AND i.hash = f.item_hash \
         WHERE f.audience_id IS NULL AND f.seq > ",
    );
    query.push_bind(convert::number(after));
    query.push(" AND f.seq <= ");
    query.push_bind(convert::number(until));
    query.push(" AND i.run <> ");
    query.push_bind(asker.run.to_vec());
    query.push(" AND ");
    filter::readable(&mut query, asker);
    query.push(" ORDER BY f.seq");
    let rows: Vec<ItemRow> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter().map(outgoing).collect()
}

/// All items of a document, each after those that it builds on.
pub(super) async fn all_items(
    connection: &mut Connection,
    document: DocumentId,
) -> Result<Vec<(DocumentId, Outgoing)>, StorageError> {
    let rows: Vec<ItemRow> = sqlx::query_as(
        "SELECT document_id, kind, bytes, actor FROM items WHERE document_id = $1 ORDER BY fed",
    )
    .bind(document.as_bytes().to_vec())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(outgoing).collect()
}

/// Groups items by document, in the order in which the documents appear.
pub(super) async fn deliveries(
    connection: &mut Connection,
    order: &[DocumentId],
    items: Vec<(DocumentId, Outgoing)>,
) -> Result<Vec<(Delivery, Vec<[u8; 16]>)>, StorageError> {
    let mut by_document: BTreeMap<DocumentId, (Vec<Item>, Vec<[u8; 16]>)> = BTreeMap::new();
    for (document, outgoing) in items {
        let (items, actors) = by_document.entry(document).or_default();
        items.push(outgoing.item);
        actors.extend(outgoing.actor);
    }
    let named: Vec<DocumentId> = by_document.keys().copied().collect();
    let mut headers = headers(connection, &named).await?;
    let mut deliveries = Vec::with_capacity(named.len());
    for document in order {
        let Some((items, actors)) = by_document.remove(document) else {
            continue;
        };
        let header = headers
            .remove(document)
            .ok_or(StorageError::Damaged("an item belongs to no document"))?;
        deliveries.push((Delivery { header, items }, actors));
    }
    Ok(deliveries)
}

pub(super) async fn headers(
    connection: &mut Connection,
    documents: &[DocumentId],
) -> Result<BTreeMap<DocumentId, WireHeader>, StorageError> {
    let mut found = BTreeMap::new();
    if documents.is_empty() {
        return Ok(found);
    }
    let mut query = QueryBuilder::<Db>::new(
        "SELECT id, kind, organisation_id, unit_id, person_id, part FROM documents WHERE id IN ",
    );
    digests::ids(&mut query, documents);
    let rows: Vec<HeaderRow> = query.build_query_as().fetch_all(connection).await?;
    for (id, kind, organisation, unit, person, part) in rows {
        let header = WireHeader {
            kind,
            organisation: WireId(convert::id(organisation)?),
            unit: unit.map(convert::id).transpose()?.map(WireId),
            person: person.map(convert::id).transpose()?.map(WireId),
            part,
        };
        found.insert(DocumentId::from_bytes(convert::id(id)?), header);
    }
    Ok(found)
}

pub(super) async fn authors(
    connection: &mut Connection,
    deliveries: &[(Delivery, Vec<[u8; 16]>)],
) -> Result<Vec<Author>, StorageError> {
    let actors: BTreeSet<[u8; 16]> = deliveries
        .iter()
        .flat_map(|(_, actors)| actors)
        .copied()
        .collect();
    let actors: Vec<[u8; 16]> = actors.into_iter().collect();
    let registered = known::registered(connection, &actors).await?;
    Ok(registered
        .into_iter()
        .map(|(actor, claimant)| Author {
            actor: WireId(actor),
            user: claimant.user.into(),
            device: claimant.device.into(),
        })
        .collect())
}

/// One document with all its items.
pub(super) async fn document(
    connection: &mut Connection,
    id: DocumentId,
) -> Result<Option<Kept>, StorageError> {
    let Some(header) = headers(connection, &[id]).await?.remove(&id) else {
        return Ok(None);
    };
    let items = all_items(connection, id).await?;
    Ok(Some(Kept {
        header,
        items: items.into_iter().map(|(_, out)| out.item).collect(),
    }))
}
