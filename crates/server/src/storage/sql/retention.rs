//! The age of documents, holds, and destroying what is due.

use super::{BINDS, Connection, Db, StorageError, Tables, convert, digests, lock_head, move_head};
use crate::storage::{
    paging::What,
    retention::{Aged, Choose, Destroyed, Hold, Retention},
};
use async_trait::async_trait;
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    record::{DocumentId, DocumentKind},
};
use sqlx::QueryBuilder;
use std::collections::BTreeMap;

/// Id, kind, organisation, person, last entry, items, bytes.
type AgedRow = (Vec<u8>, String, Vec<u8>, Vec<u8>, i64, i64, i64);
/// Id, person, why, since, ended.
type HoldRow = (Vec<u8>, Vec<u8>, String, i64, Option<i64>);
/// Document, kind, person, last entry, destroyed, items, bytes, refused.
type DestroyedRow = (Vec<u8>, String, Vec<u8>, i64, i64, i64, i64, i64);

const HOLDS: &str = "SELECT id, person_id, why, since, ended FROM holds ORDER BY since, id";

const DESTROYED: &str = "SELECT g.document_id, d.kind, d.person_id, g.last_entry, g.destroyed_at, \
     g.items, g.bytes, g.refused FROM destroyed_documents g \
     JOIN documents d ON d.id = g.document_id WHERE d.person_id IS NOT NULL \
     ORDER BY g.destroyed_at, g.document_id";

#[async_trait]
impl Retention for Tables {
    async fn aged(&self) -> Result<Vec<Aged>, StorageError> {
        let mut transaction = self.reading().await?;
        aged(&mut transaction, None).await
    }

    async fn aged_of(&self, persons: &[PersonId]) -> Result<Vec<Aged>, StorageError> {
        let mut transaction = self.reading().await?;
        aged(&mut transaction, Some(persons)).await
    }

    async fn destroy(
        &self,
        persons: &[PersonId],
        choose: &Choose<'_>,
        now: i64,
    ) -> Result<Vec<Destroyed>, StorageError> {
        if persons.is_empty() {
            return Ok(Vec::new());
        }
        let mut transaction = self.writing().await?;
        let before = lock_head(&mut transaction).await?;
        let (destroyed, head) = destroy(&mut transaction, persons, choose, before, now).await?;
        transaction.commit().await?;
        self.moved_to(head);
        Ok(destroyed)
    }

    async fn compact(&self) -> Result<(), StorageError> {
        super::super::compact(&self.write).await
    }

    async fn destroyed(&self) -> Result<Vec<Destroyed>, StorageError> {
        let rows: Vec<DestroyedRow> = sqlx::query_as(DESTROYED).fetch_all(&self.read).await?;
        rows.into_iter().map(destroyed).collect()
    }

    async fn add_hold(&self, hold: &Hold) -> Result<(), StorageError> {
        let mut transaction = self.writing().await?;
        // Nothing is being destroyed while this is written down.
        lock_head(&mut transaction).await?;
        sqlx::query("INSERT INTO holds (id, person_id, why, since) VALUES ($1, $2, $3, $4)")
            .bind(hold.id.to_vec())
            .bind(hold.person.as_bytes().to_vec())
            .bind(hold.why.clone())
            .bind(hold.since)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn end_hold(&self, id: [u8; 16], now: i64) -> Result<bool, StorageError> {
        let done = sqlx::query("UPDATE holds SET ended = $2 WHERE id = $1 AND ended IS NULL")
            .bind(id.to_vec())
            .bind(now)
            .execute(&self.write)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn holds(&self) -> Result<Vec<Hold>, StorageError> {
        let rows: Vec<HoldRow> = sqlx::query_as(HOLDS).fetch_all(&self.read).await?;
        rows.into_iter().map(hold).collect()
    }
}

/// All that is held about some persons, or about all.
async fn aged(
    connection: &mut Connection,
    persons: Option<&[PersonId]>,
) -> Result<Vec<Aged>, StorageError> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT d.id, d.kind, d.organisation_id, d.person_id, MAX(i.received_at), d.item_count, \
         d.item_bytes FROM documents d JOIN items i ON i.document_id = d.id \
         WHERE d.person_id IS NOT NULL",
    );
    if let Some(persons) = persons {
        query.push(" AND d.person_id IN (");
        let mut list = query.separated(", ");
        for person in persons {
            list.push_bind(person.as_bytes().to_vec());
        }
        query.push(")");
    }
    query.push(
        " GROUP BY d.id, d.kind, d.organisation_id, d.person_id, d.item_count, d.item_bytes \
         ORDER BY d.person_id, d.id",
    );
    let rows: Vec<AgedRow> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter()
        .map(
            |(id, kind, organisation, person, last_entry, items, bytes)| {
                Ok(Aged {
                    document: DocumentId::from_bytes(convert::id(id)?),
                    kind: kind_of(&kind)?,
                    organisation: OrganisationId::from_stored(convert::id(organisation)?),
                    person: PersonId::from_stored(convert::id(person)?),
                    last_entry,
                    items: convert::position(items)?,
                    bytes: convert::position(bytes)?,
                })
            },
        )
        .collect()
}

async fn destroy(
    connection: &mut Connection,
    persons: &[PersonId],
    choose: &Choose<'_>,
    before: u64,
    now: i64,
) -> Result<(Vec<Destroyed>, u64), StorageError> {
    let aged = aged(connection, Some(persons)).await?;
    let holds: Vec<HoldRow> = sqlx::query_as(HOLDS).fetch_all(&mut *connection).await?;
    let holds = holds.into_iter().map(hold).collect::<Result<Vec<_>, _>>()?;
    let chosen = choose(&aged, &holds);
    let mut gone: Vec<Destroyed> = aged
        .iter()
        .filter(|aged| chosen.contains(&aged.document))
        .map(|aged| Destroyed {
            document: aged.document,
            kind: aged.kind,
            person: aged.person,
            last_entry: aged.last_entry,
            destroyed_at: now,
            items: aged.items,
            bytes: aged.bytes,
            refused: 0,
        })
        .collect();
    let ids: Vec<DocumentId> = gone.iter().map(|gone| gone.document).collect();
    for some in ids.chunks(BINDS) {
        let refused = refused_of(connection, some).await?;
        for gone in &mut gone {
            gone.refused += refused.get(&gone.document).copied().unwrap_or_default();
        }
        for statement in [
            // The feed keeps its positions, and says nothing of the document any more.
            "UPDATE feed SET event = 4, item_hash = NULL, audience_id = NULL WHERE seq IN \
             (SELECT fed FROM items WHERE document_id IN ",
            "UPDATE feed SET event = 4, item_hash = NULL, audience_id = NULL WHERE seq IN \
             (SELECT seq FROM feed WHERE audience_id IS NOT NULL AND document_id IN ",
            "UPDATE feed SET event = 4 WHERE seq IN \
             (SELECT seq FROM feed WHERE event = 5 AND document_id IN ",
            // What an act did goes with the act.
            "DELETE FROM blocks WHERE act IN (SELECT hash FROM items WHERE document_id IN ",
            "DELETE FROM block_lifts WHERE act IN (SELECT hash FROM items WHERE document_id IN ",
            "DELETE FROM openings WHERE act IN (SELECT hash FROM items WHERE document_id IN ",
            "DELETE FROM person_numbers WHERE document_id IN (SELECT id FROM documents WHERE id IN ",
            "DELETE FROM refused_items WHERE document_id IN (SELECT id FROM documents WHERE id IN ",
            "DELETE FROM items WHERE document_id IN (SELECT id FROM documents WHERE id IN ",
        ] {
            let mut query = QueryBuilder::<Db>::new(statement);
            digests::ids(&mut query, some);
            query.push(")");
            query.build().execute(&mut *connection).await?;
        }
        let mut query = QueryBuilder::<Db>::new("UPDATE documents SET digest = ");
        query.push_bind(vec![0u8; 32]);
        query.push(", item_count = 0, item_bytes = 0 WHERE id IN ");
        digests::ids(&mut query, some);
        query.build().execute(&mut *connection).await?;
    }
    let mut head = before;
    for some in gone.chunks(BINDS / 6) {
        head = write_down(connection, some, head).await?;
    }
    if head > before {
        move_head(connection, head).await?;
    }
    Ok((gone, head))
}

/// Keeps what remains of each, and tells tablets by the feed. Returns the feed's new head.
async fn write_down(
    connection: &mut Connection,
    gone: &[Destroyed],
    before: u64,
) -> Result<u64, StorageError> {
    let mut query = QueryBuilder::<Db>::new(
        "INSERT INTO destroyed_documents \
         (document_id, last_entry, destroyed_at, items, bytes, refused) ",
    );
    query.push_values(gone, |mut row, gone| {
        row.push_bind(gone.document.as_bytes().to_vec())
            .push_bind(gone.last_entry)
            .push_bind(gone.destroyed_at)
            .push_bind(convert::number(gone.items))
            .push_bind(convert::number(gone.bytes))
            .push_bind(convert::number(gone.refused));
    });
    query.build().execute(&mut *connection).await?;
    let mut head = before;
    let mut query = QueryBuilder::<Db>::new("INSERT INTO feed (seq, event, document_id) ");
    query.push_values(gone, |mut row, gone| {
        head += 1;
        row.push_bind(convert::number(head))
            .push_bind(What::Destroyed.number())
            .push_bind(gone.document.as_bytes().to_vec());
    });
    query.build().execute(connection).await?;
    Ok(head)
}

async fn refused_of(
    connection: &mut Connection,
    documents: &[DocumentId],
) -> Result<BTreeMap<DocumentId, u64>, StorageError> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT document_id, COUNT(*) FROM refused_items WHERE document_id IN ",
    );
    digests::ids(&mut query, documents);
    query.push(" GROUP BY document_id");
    let rows: Vec<(Vec<u8>, i64)> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter()
        .map(|(id, count)| {
            let id = DocumentId::from_bytes(convert::id(id)?);
            Ok((id, convert::position(count)?))
        })
        .collect()
}

/// Those of these documents that were destroyed.
pub(super) async fn among(
    connection: &mut Connection,
    documents: &[DocumentId],
) -> Result<Vec<DocumentId>, StorageError> {
    let mut found = Vec::new();
    for some in documents.chunks(BINDS) {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT document_id FROM destroyed_documents WHERE document_id IN ",
        );
        digests::ids(&mut query, some);
        let rows: Vec<(Vec<u8>,)> = query.build_query_as().fetch_all(&mut *connection).await?;
        for (id,) in rows {
            found.push(DocumentId::from_bytes(convert::id(id)?));
        }
    }
    Ok(found)
}

fn kind_of(name: &str) -> Result<DocumentKind, StorageError> {
    name.parse()
        .map_err(|_| StorageError::Damaged("a document's kind is unknown"))
}

fn hold((id, person, why, since, ended): HoldRow) -> Result<Hold, StorageError> {
    Ok(Hold {
        id: convert::id(id)?,
        person: PersonId::from_stored(convert::id(person)?),
        why,
        since,
        ended,
    })
}

fn destroyed(row: DestroyedRow) -> Result<Destroyed, StorageError> {
    let (document, kind, person, last_entry, destroyed_at, items, bytes, refused) = row;
    Ok(Destroyed {
        document: DocumentId::from_bytes(convert::id(document)?),
        kind: kind_of(&kind)?,
        person: PersonId::from_stored(convert::id(person)?),
        last_entry,
        destroyed_at,
        items: convert::position(items)?,
        bytes: convert::position(bytes)?,
        refused: convert::position(refused)?,
    })
}
