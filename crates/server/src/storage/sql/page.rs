//! A page of the feed, as one moment of the database saw it.

use super::{
    Connection, Db, StorageError, convert, digests, filter,
    outgoing::{all_items, authors, deliveries, new_items},
};
use crate::storage::{
    Asker, Page, PageQuery,
    paging::{self, Event, What},
};
use hemrond_domain::record::DocumentId;
use sqlx::QueryBuilder;
use std::collections::BTreeSet;

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
    let (last,): (i64,) = sqlx::query_as("SELECT last FROM feed_head")
        .fetch_one(connection)
        .await?;
    convert::position(last)
}

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
        let until = paging::until(query.cursor, head);
        let events = events(connection, asker, query.cursor, until).await?;
        let taken = paging::take(&events, until, query.page_bytes);
        cursor = taken.cursor;
        order.extend(taken.order);
        whole.extend(taken.whole);
        gone = taken.gone;
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
        deliveries: deliveries
            .into_iter()
            .map(|(delivery, _)| delivery)
            .collect(),
        authors,
        gone,
        cursor,
        head,
    })
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
    filter::present(&mut query, asker);
    query.push(" AND d.id IN ");
    digests::ids(&mut query, wanted);
    let rows: Vec<(Vec<u8>,)> = query.build_query_as().fetch_all(connection).await?;
    let mut found = BTreeSet::new();
    for (id,) in rows {
        found.insert(DocumentId::from_bytes(convert::id(id)?));
    }
    let mut once = BTreeSet::new();
    Ok(wanted
        .iter()
        .copied()
        .filter(|id| found.contains(id) && once.insert(*id))
        .collect())
}

/// Adds the condition for events that concern the asker: others' items in what they may read, what
/// is to be considered anew, what is addressed to them, and what was destroyed.
fn concerning(query: &mut QueryBuilder<Db>, asker: &Asker) {
    query.push("((f.audience_id IS NULL AND ((i.run <> ");
    query.push_bind(asker.run.to_vec());
    query.push(" AND ");
    filter::readable(query, asker);
    // What is to be considered anew concerns whom a block can take it from or give it back to.
    query.push(") OR (f.event = 5 AND d.unit_id <> ");
    query.push_bind(asker.readable.unit.as_bytes().to_vec());
    query.push(" AND ");
    filter::base(query, &asker.readable);
    query.push("))) OR f.audience_id = ");
    query.push_bind(asker.user.as_bytes().to_vec());
    // Whoever may hold a document that was destroyed is told; its name says nothing to others.
    query.push(" OR f.event = 3)");
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
    filter::readable(&mut query, asker);
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
    query.push_bind(i64::try_from(paging::EVENTS).unwrap_or(i64::MAX));
    let rows: Vec<(i64, i64, Vec<u8>, i64, i64)> =
        query.build_query_as().fetch_all(connection).await?;
    rows.into_iter()
        .map(|(seq, event, document, bytes, readable)| {
            let what = What::from_number(event)
                .ok_or(StorageError::Damaged("the feed says what nobody knows"))?;
            Ok(Event {
                seq: convert::position(seq)?,
                what,
                document: DocumentId::from_bytes(convert::id(document)?),
                bytes: match what {
                    What::Gone => 0,
                    What::Reconsider if readable != 1 => 0,
                    _ => convert::position(bytes)?,
                },
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
