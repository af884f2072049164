//! A page of the feed, as one moment of the database saw it.

use super::{Connection, Db, StorageError, access, convert, digests, filter, known};
use crate::storage::{Asker, Kept, Page, PageQuery};
use hemrond_domain::record::DocumentId;
use hemrond_protocol::{Author, Delivery, Item, ItemKind, WireHeader, WireId};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};

/// The event "an item is new".
pub(super) const ITEM: i64 = 0;

/// Bounds the events that one page looks at.
const EVENTS: i64 = 2_048;

/// Bounds the positions that one page crosses, so that a long stretch of what the asker may not see
/// costs several small queries instead of one that takes seconds.
const STRETCH: u64 = 50_000;

/// Refuses an asker whose account has changed since the decisions about it were made.
pub(super) async fn check_access(
    connection: &mut Connection,
    asker: &Asker,
) -> Result<(), StorageError> {
    let version: Option<(i64,)> = sqlx::query_as("SELECT access_version FROM users WHERE id = $1")
        .bind(asker.user.as_bytes().to_vec())
        .fetch_optional(connection)
        .await?;
    match version {
        Some((version,)) if version == asker.access_version => Ok(()),
        _ => Err(StorageError::AccessChanged),
    }
}

/// The feed's last position.
pub(super) async fn head(connection: &mut Connection) -> Result<u64, StorageError> {
    let (last,): (i64,) = sqlx::query_as("SELECT last FROM feed_head").fetch_one(connection).await?;
    convert::position(last)
}

/// One event that concerns the asker.
struct Event {
    seq: u64,
    event: i64,
    document: DocumentId,
    bytes: u64,
    readable: bool,
}

/// An item's row with its document and actor.
type ItemRow = (Vec<u8>, i64, Vec<u8>, Option<Vec<u8>>);

pub(super) async fn page(
    connection: &mut Connection,
    asker: &Asker,
    query: &PageQuery,
) -> Result<Page, StorageError> {
    let head = head(connection).await?;
    let mut whole: Vec<DocumentId> = readable_of(connection, asker, &query.wanted).await?;
    let mut gone = Vec::new();
    let mut order = whole.clone();
    let mut cursor = query.cursor;
    let mut items = Vec::new();
    if query.feed && query.cursor < head {
        let until = head.min(query.cursor.saturating_add(STRETCH));
        let events = events(connection, asker, query.cursor, until).await?;
        let full = i64::try_from(events.len()).is_ok_and(|count| count == EVENTS);
        let cut = cut(&events, query.page_bytes);
        // A page that ends before the events do ends at its last event; otherwise all up to the
        // end of the stretch has been seen.
        cursor = match cut.last() {
            Some(last) if cut.len() < events.len() || full => last.seq,
            _ => until,
        };
        for event in cut {
            order.push(event.document);
            match event.event {
                access::WHOLE if event.readable => whole.push(event.document),
                // What became readable again has its own event later on.
                access::GONE if !event.readable => gone.push(event.document),
                _ => {}
            }
        }
        items = new_items(connection, asker, query.cursor, cursor).await?;
    }
    let whole: BTreeSet<DocumentId> = whole.into_iter().collect();
    items.retain(|(document, _)| !whole.contains(document));
    for document in &whole {
        items.extend(all_items(connection, *document).await?);
    }
    let deliveries = deliveries(connection, &order, items).await?;
    let authors = authors(connection, &deliveries).await?;
    Ok(Page {
        deliveries: deliveries.into_iter().map(|(delivery, _)| delivery).collect(),
        authors,
        gone,
        cursor,
        head,
    })
}

/// The events up to the page's size; at least one, so that every page moves on.
fn cut(events: &[Event], page_bytes: u64) -> &[Event] {
    let mut bytes = 0u64;
    for (index, event) in events.iter().enumerate() {
        bytes = bytes.saturating_add(event.bytes);
        if bytes >= page_bytes {
            return &events[..=index];
        }
    }
    events
}

/// Those of these documents that the asker may read, in the same order.
async fn readable_of(
    connection: &mut Connection,
    asker: &Asker,
    wanted: &[DocumentId],
) -> Result<Vec<DocumentId>, StorageError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Db>::new("SELECT d.id FROM documents d WHERE ");
    filter::readable(&mut query, &asker.readable);
    query.push(" AND d.id IN ");
    digests::ids(&mut query, wanted);
    let rows: Vec<(Vec<u8>,)> = query.build_query_as().fetch_all(connection).await?;
    let mut found = BTreeSet::new();
    for (id,) in rows {
        found.insert(DocumentId::from_bytes(convert::id(id)?));
    }
    let mut once = BTreeSet::new();
    Ok(wanted.iter().copied().filter(|id| found.contains(id) && once.insert(*id)).collect())
}

/// Adds the condition for events that concern the asker: others' items in what they may read, and
/// what is addressed to them.
fn concerning(query: &mut QueryBuilder<Db>, asker: &Asker) {
    query.push("((f.audience_id IS NULL AND i.device_id <> ");
    query.push_bind(asker.device.as_bytes().to_vec());
    query.push(" AND ");
    filter::readable(query, &asker.readable);
    query.push(") OR f.audience_id = ");
    query.push_bind(asker.user.as_bytes().to_vec());
    query.push(")");
}

async fn events(
    connection: &mut Connection,
    asker: &Asker,
    after: u64,
    until: u64,
) -> Result<Vec<Event>, StorageError> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT f.seq, f.event, f.document_id, \
         CAST(COALESCE(length(i.bytes), d.item_bytes) AS BIGINT), CAST(CASE WHEN ",
    );
    filter::readable(&mut query, &asker.readable);
    query.push(
        " THEN 1 ELSE 0 END AS BIGINT) FROM feed f JOIN documents d ON d.id = f.document_id \
         LEFT JOIN items i ON i.document_id = f.document_id AND i.hash = f.item_hash \
         WHERE f.seq > ",
    );
    query.push_bind(convert::number(after));
    query.push(" AND f.seq <= ");
    query.push_bind(convert::number(until));
    query.push(" AND ");
    concerning(&mut query, asker);
    query.push(" ORDER BY f.seq LIMIT ");
    query.push_bind(EVENTS);
    let rows: Vec<(i64, i64, Vec<u8>, i64, i64)> =
        query.build_query_as().fetch_all(connection).await?;
    rows.into_iter()
        .map(|(seq, event, document, bytes, readable)| {
            Ok(Event {
                seq: convert::position(seq)?,
                event,
                document: DocumentId::from_bytes(convert::id(document)?),
                bytes: if event == access::GONE { 0 } else { convert::position(bytes)? },
                readable: readable == 1,
            })
        })
        .collect()
}

/// Whether anything after a position concerns the asker.
pub(super) async fn concerns(
    connection: &mut Connection,
    asker: &Asker,
    after: i64,
) -> Result<bool, StorageError> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT f.seq FROM feed f JOIN documents d ON d.id = f.document_id \
         LEFT JOIN items i ON i.document_id = f.document_id AND i.hash = f.item_hash \
         WHERE f.seq > ",
    );
    query.push_bind(after);
    query.push(" AND ");
    concerning(&mut query, asker);
    query.push(" LIMIT 1");
    let row: Option<(i64,)> = query.build_query_as().fetch_optional(connection).await?;
    Ok(row.is_some())
}

/// An item as it goes out, with its actor where it is a change.
struct Outgoing {
    item: Item,
    actor: Option<[u8; 16]>,
}

fn outgoing(row: ItemRow) -> Result<(DocumentId, Outgoing), StorageError> {
    let (document, kind, bytes, actor) = row;
    let kind =
        ItemKind::from_number(kind).ok_or(StorageError::Damaged("an item has no known kind"))?;
    let item = Item { kind, bytes, author: None };
    let actor = actor.map(convert::id).transpose()?;
    Ok((DocumentId::from_bytes(convert::id(document)?), Outgoing { item, actor }))
}

/// Others' new items in what the asker may read, between two positions.
async fn new_items(
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
    query.push(" AND i.device_id <> ");
    query.push_bind(asker.device.as_bytes().to_vec());
    query.push(" AND ");
    filter::readable(&mut query, &asker.readable);
    query.push(" ORDER BY f.seq");
    let rows: Vec<ItemRow> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter().map(outgoing).collect()
}

/// All items of a document, each after those that it builds on.
async fn all_items(
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
async fn deliveries(
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
        let Some((items, actors)) = by_document.remove(document) else { continue };
        let header = headers
            .remove(document)
            .ok_or(StorageError::Damaged("an item belongs to no document"))?;
        deliveries.push((Delivery { header, items }, actors));
    }
    Ok(deliveries)
}

async fn headers(
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
    let rows: Vec<(Vec<u8>, String, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>, String)> =
        query.build_query_as().fetch_all(connection).await?;
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

async fn authors(
    connection: &mut Connection,
    deliveries: &[(Delivery, Vec<[u8; 16]>)],
) -> Result<Vec<Author>, StorageError> {
    let actors: BTreeSet<[u8; 16]> =
        deliveries.iter().flat_map(|(_, actors)| actors).copied().collect();
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
    let Some(header) = headers(connection, &[id]).await?.remove(&id) else { return Ok(None) };
    let items = all_items(connection, id).await?;
    Ok(Some(Kept { header, items: items.into_iter().map(|(_, out)| out.item).collect() }))
}
