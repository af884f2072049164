//! The rows as they are, for whoever checks them.

use super::{Connection, Db, StorageError, Tables, acts, convert, digests, numbers, retention};
use crate::storage::survey::{
    ChangeRow, DocumentRow, FeedRow, ItemRow, Orphan, RefusedRow, Survey,
};
use async_trait::async_trait;
use hemrond_domain::{
    ids::{DeviceId, UserId},
    record::DocumentId,
};
use hemrond_protocol::{WireHeader, WireId};
use sqlx::{FromRow, QueryBuilder};
use std::collections::{BTreeMap, BTreeSet};

/// Bounds the rows of one kind that are told of: who has a thousand of them knows enough.
const ORPHANS: i64 = 1_000;

/// A row, its table and column, and what must be there.
const REFERENCES: [(&str, &str, &str, &str, &str); 7] = [
    ("unit", "units", "id", "organisation_id", "organisations"),
    ("account", "users", "id", "organisation_id", "organisations"),
    ("device", "devices", "id", "user_id", "users"),
    ("code", "enrolment_codes", "code_sha256", "user_id", "users"),
    ("actor", "actors", "actor", "user_id", "users"),
    ("actor", "actors", "actor", "device_id", "devices"),
    (
        "document",
        "documents",
        "id",
        "organisation_id",
        "organisations",
    ),
];

#[derive(FromRow)]
struct Document {
    id: Vec<u8>,
    kind: String,
    organisation_id: Vec<u8>,
    unit_id: Option<Vec<u8>>,
    person_id: Option<Vec<u8>>,
    part: String,
    class: String,
    digest: Vec<u8>,
    item_count: i64,
    item_bytes: i64,
}

#[derive(FromRow)]
struct Item {
    document_id: Vec<u8>,
    hash: Vec<u8>,
    kind: i64,
    bytes: Vec<u8>,
    actor: Option<Vec<u8>>,
    seq: Option<i64>,
    max_op: Option<i64>,
    device_id: Vec<u8>,
    fed: i64,
    in_feed: i64,
    author: Option<Vec<u8>>,
    author_device: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct Feed {
    seq: i64,
    event: i64,
    document_id: Vec<u8>,
    document: Option<Vec<u8>>,
    destroyed: Option<Vec<u8>>,
    item_hash: Option<Vec<u8>>,
    item_fed: Option<i64>,
    audience_id: Option<Vec<u8>>,
}

#[async_trait]
impl Survey for Tables {
    async fn effects(&self) -> Result<BTreeSet<String>, StorageError> {
        let mut transaction = self.reading().await?;
        Ok(acts::all(&mut transaction).await?.in_words())
    }

    async fn integrity(&self) -> Result<Vec<String>, StorageError> {
        super::super::integrity(&self.read).await
    }

    async fn document_count(&self) -> Result<u64, StorageError> {
        let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM documents")
            .fetch_one(&self.read)
            .await?;
        convert::position(count)
    }

    async fn feed_head(&self) -> Result<i64, StorageError> {
        let (last,): (i64,) = sqlx::query_as("SELECT last FROM feed_head")
            .fetch_one(&self.read)
            .await?;
        Ok(last)
    }

    async fn documents_after(
        &self,
        after: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<DocumentRow>, StorageError> {
        let mut transaction = self.reading().await?;
        let rows: Vec<Document> = sqlx::query_as(
            "SELECT id, kind, organisation_id, unit_id, person_id, part, class, digest, \
             item_count, item_bytes FROM documents WHERE id > $1 ORDER BY id LIMIT $2",
        )
        .bind(after.map_or_else(Vec::new, |id| id.as_bytes().to_vec()))
        .bind(i64::from(limit))
        .fetch_all(&mut *transaction)
        .await?;
        let mut found = rows
            .into_iter()
            .map(document)
            .collect::<Result<Vec<_>, _>>()?;
        let ids: Vec<DocumentId> = found.iter().map(|row| row.id).collect();
        let mut items = items(&mut transaction, &ids).await?;
        let destroyed = retention::among(&mut transaction, &ids).await?;
        for row in &mut found {
            row.items = items.remove(&row.id).unwrap_or_default();
            row.destroyed = destroyed.contains(&row.id);
        }
        for (id, number) in numbers::of(&mut transaction, &ids).await? {
            let row = found.iter_mut().find(|row| row.id == id);
            row.into_iter()
                .for_each(|row| row.numbers.push(number.clone()));
        }
        Ok(found)
    }

    async fn feed_after(
        &self,
        after: i64,
        until: i64,
        limit: u32,
    ) -> Result<Vec<FeedRow>, StorageError> {
        let rows: Vec<Feed> = sqlx::query_as(
            "SELECT f.seq, f.event, f.document_id, d.id AS document, \
             g.document_id AS destroyed, f.item_hash, \
             i.fed AS item_fed, f.audience_id FROM feed f \
             LEFT JOIN documents d ON d.id = f.document_id \
             LEFT JOIN destroyed_documents g ON g.document_id = f.document_id \
             LEFT JOIN items i ON i.document_id = f.document_id AND i.hash = f.item_hash \
             WHERE f.seq > $1 AND f.seq <= $2 ORDER BY f.seq LIMIT $3",
        )
        .bind(after)
        .bind(until)
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|row| {
                let audience = row.audience_id.map(convert::id).transpose()?;
                Ok(FeedRow {
                    seq: row.seq,
                    event: row.event,
                    document: DocumentId::from_bytes(convert::id(row.document_id)?),
                    document_exists: row.document.is_some(),
                    document_destroyed: row.destroyed.is_some(),
                    item: row.item_hash.map(convert::hash).transpose()?,
                    item_fed: row.item_fed,
                    audience: audience.map(UserId::from_stored),
                })
            })
            .collect()
    }

    async fn refused_after(
        &self,
        after: Option<(DeviceId, [u8; 32])>,
        limit: u32,
    ) -> Result<Vec<RefusedRow>, StorageError> {
        let (device, name) = after.map_or_else(
            || (Vec::new(), Vec::new()),
            |(device, name)| (device.as_bytes().to_vec(), name.to_vec()),
        );
        let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT device_id, bytes_sha256, bytes FROM refused_items \
             WHERE (device_id, bytes_sha256) > ($1, $2) ORDER BY device_id, bytes_sha256 LIMIT $3",
        )
        .bind(device)
        .bind(name)
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|(device, name, bytes)| {
                Ok(RefusedRow {
                    device: DeviceId::from_stored(convert::id(device)?),
                    name: convert::hash(name)?,
                    bytes,
                })
            })
            .collect()
    }

    async fn orphans(&self) -> Result<(Vec<Orphan>, u64), StorageError> {
        let mut found = Vec::new();
        let mut looked_at = 0;
        for (what, table, id, column, other) in REFERENCES {
            let (count,): (i64,) = count(table).build_query_as().fetch_one(&self.read).await?;
            looked_at += convert::position(count)?;
            let mut query = QueryBuilder::<Db>::new("SELECT t.");
            query.push(format_args!(
                "{id} FROM {table} t LEFT JOIN {other} o ON o.id = t.{column} \
                 WHERE o.id IS NULL ORDER BY t.{id} LIMIT "
            ));
            query.push_bind(ORPHANS);
            let rows: Vec<(Vec<u8>,)> = query.build_query_as().fetch_all(&self.read).await?;
            found.extend(rows.into_iter().map(|(id,)| Orphan {
                what,
                id: hex::encode(id),
                lacks: match other {
                    "organisations" => "organisation",
                    "users" => "account",
                    _ => "device",
                },
            }));
        }
        Ok((found, looked_at))
    }
}

/// Names of tables are our own constants, so they stand in the text.
fn count(table: &'static str) -> QueryBuilder<Db> {
    let mut query = QueryBuilder::<Db>::new("SELECT COUNT(*) FROM ");
    query.push(table);
    query
}

fn document(row: Document) -> Result<DocumentRow, StorageError> {
    let unit = row.unit_id.map(convert::id).transpose()?;
    let person = row.person_id.map(convert::id).transpose()?;
    Ok(DocumentRow {
        id: DocumentId::from_bytes(convert::id(row.id)?),
        header: WireHeader {
            kind: row.kind,
            organisation: WireId(convert::id(row.organisation_id)?),
            unit: unit.map(WireId),
            person: person.map(WireId),
            part: row.part,
        },
        class: row.class,
        digest: convert::hash(row.digest)?,
        item_count: row.item_count,
        item_bytes: row.item_bytes,
        items: Vec::new(),
        destroyed: false,
        numbers: Vec::new(),
    })
}

async fn items(
    connection: &mut Connection,
    documents: &[DocumentId],
) -> Result<BTreeMap<DocumentId, Vec<ItemRow>>, StorageError> {
    let mut found: BTreeMap<DocumentId, Vec<ItemRow>> = BTreeMap::new();
    if documents.is_empty() {
        return Ok(found);
    }
    let mut query = QueryBuilder::<Db>::new(
        "SELECT i.document_id, i.hash, i.kind, i.bytes, i.actor, i.seq, i.max_op, i.device_id, \
         i.fed, CAST(CASE WHEN f.event = 0 AND f.document_id = i.document_id \
         AND f.item_hash = i.hash THEN 1 ELSE 0 END AS BIGINT) AS in_feed, \
         a.user_id AS author, a.device_id AS author_device FROM items i \
         LEFT JOIN feed f ON f.seq = i.fed LEFT JOIN actors a ON a.actor = i.actor \
         WHERE i.document_id IN ",
    );
    digests::ids(&mut query, documents);
    query.push(" ORDER BY i.document_id, i.fed, i.hash");
    let rows: Vec<Item> = query.build_query_as().fetch_all(connection).await?;
    for row in rows {
        let document = DocumentId::from_bytes(convert::id(row.document_id)?);
        let author = match (row.author, row.author_device) {
            (Some(user), Some(device)) => Some((
                UserId::from_stored(convert::id(user)?),
                DeviceId::from_stored(convert::id(device)?),
            )),
            _ => None,
        };
        let columns = match (row.actor, row.seq, row.max_op) {
            (Some(actor), Some(seq), Some(max_op)) => Some(ChangeRow {
                actor: convert::id(actor)?,
                seq,
                max_op,
            }),
            _ => None,
        };
        found.entry(document).or_default().push(ItemRow {
            hash: convert::hash(row.hash)?,
            kind: row.kind,
            bytes: row.bytes,
            columns,
            device: DeviceId::from_stored(convert::id(row.device_id)?),
            fed: row.fed,
            in_feed: row.in_feed == 1,
            author,
        });
    }
    Ok(found)
}
