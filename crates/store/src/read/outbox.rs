//! What waits for the server, the most urgent first.

use crate::{
    cell::{Cell as _, Columns},
    error::StoreError,
    header::RawHeader,
    item::{ActorBytes, Author, ItemHash, ItemKind, ItemName},
    session::Session,
    sql,
    store::Store,
};
use chrono::{DateTime, Utc};
use hemrond_domain::record::DocumentId;
use sqlx::sqlite::SqliteRow;
use std::collections::HashMap;

/// Items of one document that the server is not known to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxDocument {
    /// Which.
    pub document: DocumentId,
    /// What it is about.
    pub header: RawHeader,
    /// The items, in the order in which they came to this tablet.
    pub items: Vec<OutboxItem>,
}

/// An item that the server is not known to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its name.
    pub hash: ItemHash,
    /// What it is.
    pub kind: ItemKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The change's actor.
    pub actor: Option<ActorBytes>,
    /// Whether it was made elsewhere, and is given back to a server that has forgotten it.
    pub foreign: bool,
    /// Who stands behind the actor, where this tablet knows.
    pub author: Option<Author>,
}

/// How much waits, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxSummary {
    /// How many items.
    pub items: u32,
    /// When the oldest of them was made or queued again.
    pub oldest_queued_at: Option<DateTime<Utc>>,
    /// How many rows there are, what nobody wrote counted too.
    pub rows: u32,
}

/// What asks for attention on this tablet, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// How much waits, and since when.
    pub outbox: OutboxSummary,
    /// How many items the server would not take, those laid aside not counted.
    pub refused: u32,
    /// How many of those that it would not take were laid aside.
    pub laid_aside: u32,
    /// How many fields colleagues disagree on.
    pub disagreements: u32,
}

/// A document of which something waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRow {
    /// Which.
    pub document: DocumentId,
    /// What it is about.
    pub header: RawHeader,
    /// How many items.
    pub items: u32,
    /// When the oldest of them was made or queued again.
    pub oldest_queued_at: DateTime<Utc>,
    /// Whether the server has withdrawn it.
    pub withdrawn: bool,
}

/// The next items to send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxBatch {
    /// By document, the most urgent first.
    pub documents: Vec<OutboxDocument>,
    /// Whether more waits than this.
    pub more: bool,
}

/// The documents of which something waits, in the order in which they are to go. One is as urgent as
/// its most urgent item, for that one may depend on all that came before it. An index answers this alone,
/// however much waits.
const IN_ORDER: &str =
    "SELECT document, count(*) FROM outbox GROUP BY document ORDER BY min(urgency), min(position)";

impl Store {
    /// The next items to send: the most urgent documents first, the items of each in the order of
    /// their arrival, as many as fit. Never empty while something waits.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn outbox_batch(
        &self,
        max_items: usize,
        max_bytes: usize,
    ) -> Result<OutboxBatch, StoreError> {
        let mut reading = self.read().await?;
        let max_items = max_items.max(1);
        let (mut waiting, mut within) = (0_usize, Vec::new());
        for row in sql::rows(&mut reading, IN_ORDER, sql::nothing()).await? {
            let mut columns = Columns::of(&row);
            let (document, items): (DocumentId, u32) = (columns.next()?, columns.next()?);
            if waiting < max_items {
                within.push(document);
            }
            waiting = waiting.saturating_add(usize::try_from(items).unwrap_or(usize::MAX));
        }
        let mut next = sizes(&mut reading, &within).await?;
        next.truncate(max_items);
        let mut chosen: Vec<(DocumentId, i64)> = Vec::new();
        let mut room = i64::try_from(max_bytes).unwrap_or(i64::MAX);
        for (document, position, size) in next {
            // What does not fit ends the batch: nothing may overtake it.
            if size > room && !chosen.is_empty() {
                break;
            }
            room = room.saturating_sub(size);
            chosen.push((document, position));
        }
        Ok(OutboxBatch {
            documents: gather(&mut reading, &chosen).await?,
            more: waiting > chosen.len(),
        })
    }

    /// The names of everything that waits to be sent.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn waiting_names(&self) -> Result<Vec<ItemName>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sql::rows(
            &mut reading,
            "SELECT document, hash FROM outbox",
            sql::nothing(),
        )
        .await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok(ItemName {
                    document: columns.next()?,
                    hash: columns.next()?,
                })
            })
            .collect()
    }

    /// Everything that the server is not known to have, refused items too, for an export.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn unacknowledged(&self) -> Result<Vec<OutboxDocument>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sql::rows(
            &mut reading,
            "SELECT document, position FROM outbox
             UNION
             SELECT document, position FROM refused JOIN items USING (document, hash)
             ORDER BY document, position",
            sql::nothing(),
        )
        .await?;
        let chosen = rows
            .iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok((columns.next()?, columns.next()?))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        gather(&mut reading, &chosen).await
    }

    /// How much waits, and since when.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn outbox_summary(&self) -> Result<OutboxSummary, StoreError> {
        Ok(self.standing().await?.outbox)
    }

    /// What asks for attention, read at once: it is looked at with every change.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let mut reading = self.read().await?;
        // An index answers this alone, however much waits.
        let statement = "SELECT (SELECT count(*) FROM outbox WHERE nobodys = 0),
                (SELECT min(queued_at) FROM outbox WHERE nobodys = 0),
                (SELECT count(*) FROM outbox),
                (SELECT count(*) FROM refused WHERE laid_aside_at IS NULL),
                (SELECT count(*) FROM refused WHERE laid_aside_at IS NOT NULL),
                (SELECT count(*) FROM disagreements)";
        match sql::first_row(&mut reading, statement, sql::nothing()).await? {
            Some(row) => {
                let mut columns = Columns::of(&row);
                Ok(Standing {
                    outbox: OutboxSummary {
                        items: columns.next()?,
                        oldest_queued_at: columns.next()?,
                        rows: columns.next()?,
                    },
                    refused: columns.next()?,
                    laid_aside: columns.next()?,
                    disagreements: columns.next()?,
                })
            }
            None => Ok(Standing::default()),
        }
    }

    /// The documents of which something waits, the most urgent first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn outbox_by_document(&self) -> Result<Vec<WaitingRow>, StoreError> {
        let mut reading = self.read().await?;
        let rows = sql::rows(
            &mut reading,
            "SELECT d.id, d.kind, d.organisation, d.unit, d.person, d.part,
                count(*), min(o.queued_at), d.withdrawn_at IS NOT NULL
             FROM outbox o JOIN documents d ON d.id = o.document
             WHERE o.nobodys = 0
             GROUP BY d.id ORDER BY min(o.urgency), min(o.position)",
            sql::nothing(),
        )
        .await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok(WaitingRow {
                    document: columns.next()?,
                    header: RawHeader::read(&mut columns)?,
                    items: columns.next()?,
                    oldest_queued_at: columns.next()?,
                    withdrawn: columns.next()?,
                })
            })
            .collect()
    }
}

/// What waits of some documents, with how large it is: document by document in this order, the items
/// of each in the order of their arrival.
async fn sizes(
    session: &mut Session,
    documents: &[DocumentId],
) -> Result<Vec<(DocumentId, i64, i64)>, StoreError> {
    let rows = sql::rows_in(
        session,
        "SELECT o.document, o.position, octet_length(i.bytes)
         FROM outbox o JOIN items i USING (position) WHERE o.document IN {list}",
        documents,
    )
    .await?;
    let mut found = rows
        .iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok((columns.next()?, columns.next()?, columns.next()?))
        })
        .collect::<Result<Vec<(DocumentId, i64, i64)>, StoreError>>()?;
    let places: HashMap<DocumentId, usize> = documents.iter().copied().zip(0..).collect();
    found.sort_unstable_by_key(|(document, position, _)| (places.get(document), *position));
    Ok(found)
}

/// Reads the chosen items and puts each under its document, in the order chosen.
async fn gather(
    session: &mut Session,
    chosen: &[(DocumentId, i64)],
) -> Result<Vec<OutboxDocument>, StoreError> {
    let mut order: Vec<DocumentId> = chosen.iter().map(|(document, _)| *document).collect();
    order.dedup();
    let headers = sql::rows_in(
        session,
        "SELECT id, kind, organisation, unit, person, part FROM documents WHERE id IN {list}",
        &order,
    )
    .await?;
    let mut documents = HashMap::new();
    for row in &headers {
        let mut columns = Columns::of(row);
        let document: DocumentId = columns.next()?;
        let header = RawHeader::read(&mut columns)?;
        documents.insert(
            document,
            OutboxDocument {
                document,
                header,
                items: Vec::new(),
            },
        );
    }
    let positions: Vec<i64> = chosen.iter().map(|(_, position)| *position).collect();
    let rows = sql::rows_in(
        session,
        "SELECT i.position, i.hash, i.kind, i.bytes, i.actor, i.local = 0, a.user, a.device
         FROM items i LEFT JOIN actors a ON a.actor = i.actor WHERE i.position IN {list}",
        &positions,
    )
    .await?;
    let mut items = HashMap::new();
    for row in &rows {
        items.insert(i64::read(row, 0)?, read_item(row)?);
    }
    for (document, position) in chosen {
        if let (Some(document), Some(item)) = (documents.get_mut(document), items.remove(position))
        {
            document.items.push(item);
        }
    }
    Ok(order
        .into_iter()
        .filter_map(|document| documents.remove(&document))
        .collect())
}

fn read_item(row: &SqliteRow) -> Result<OutboxItem, StoreError> {
    let mut columns = Columns::of(row);
    let _position: i64 = columns.next()?;
    let (hash, kind, bytes) = (columns.next()?, columns.next()?, columns.next()?);
    let actor: Option<ActorBytes> = columns.next()?;
    let foreign = columns.next()?;
    let author = match (actor, columns.next()?, columns.next()?) {
        (Some(actor), Some(user), Some(device)) => Some(Author {
            actor,
            user,
            device,
        }),
        _ => None,
    };
    Ok(OutboxItem {
        hash,
        kind,
        bytes,
        actor,
        foreign,
        author,
    })
}
