//! By which national numbers persons are found across organisations.

use super::{BINDS, Connection, Db, StorageError, convert, digests};
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    record::DocumentId,
};
use sqlx::QueryBuilder;
use std::collections::BTreeSet;

/// Notes that documents say these numbers.
pub(super) async fn keep(
    connection: &mut Connection,
    said: &[(String, DocumentId)],
) -> Result<(), StorageError> {
    for some in said.chunks(BINDS / 2) {
        let mut query =
            QueryBuilder::<Db>::new("INSERT INTO person_numbers (number, document_id) ");
        query.push_values(some, |mut row, (number, document)| {
            row.push_bind(number.clone())
                .push_bind(document.as_bytes().to_vec());
        });
        query.push(" ON CONFLICT DO NOTHING");
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Those of the documents that hold something.
pub(super) async fn still_there(
    connection: &mut Connection,
    said: &[(String, DocumentId)],
) -> Result<Vec<(String, DocumentId)>, StorageError> {
    let mut there = BTreeSet::new();
    for some in said.chunks(BINDS) {
        let ids: Vec<DocumentId> = some.iter().map(|(_, id)| *id).collect();
        let mut query =
            QueryBuilder::<Db>::new("SELECT id FROM documents WHERE item_count > 0 AND id IN ");
        digests::ids(&mut query, &ids);
        let rows: Vec<(Vec<u8>,)> = query.build_query_as().fetch_all(&mut *connection).await?;
        for (id,) in rows {
            there.insert(DocumentId::from_bytes(convert::id(id)?));
        }
    }
    let said = said.iter().filter(|(_, id)| there.contains(id));
    Ok(said.cloned().collect())
}

/// Persons of other organisations than one whose documents say a number, or have said it.
pub(super) async fn people(
    connection: &mut Connection,
    number: &str,
    besides: OrganisationId,
    most: u32,
) -> Result<Vec<(OrganisationId, PersonId)>, StorageError> {
    let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
        "SELECT d.organisation_id, d.person_id FROM person_numbers n \
         JOIN documents d ON d.id = n.document_id \
         WHERE n.number = $1 AND d.organisation_id <> $2 \
         AND d.person_id IS NOT NULL AND d.item_count > 0 \
         ORDER BY d.organisation_id, d.person_id LIMIT $3",
    )
    .bind(number.to_owned())
    .bind(besides.as_bytes().to_vec())
    .bind(i64::from(most))
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(organisation, person)| {
            Ok((
                OrganisationId::from_stored(convert::id(organisation)?),
                PersonId::from_stored(convert::id(person)?),
            ))
        })
        .collect()
}

/// The next person documents that are listed under no number.
pub(super) async fn unlisted(
    connection: &mut Connection,
    after: Option<DocumentId>,
    most: u32,
) -> Result<Vec<DocumentId>, StorageError> {
    let rows: Vec<(Vec<u8>,)> = sqlx::query_as(
        "SELECT d.id FROM documents d WHERE d.kind = 'person' AND d.item_count > 0 AND d.id > $1 \
         AND NOT EXISTS (SELECT 1 FROM person_numbers n WHERE n.document_id = d.id) \
         ORDER BY d.id LIMIT $2",
    )
    .bind(after.map_or_else(Vec::new, |id| id.as_bytes().to_vec()))
    .bind(i64::from(most))
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(id,)| Ok(DocumentId::from_bytes(convert::id(id)?)))
        .collect()
}

/// The numbers under which documents are listed.
pub(super) async fn of(
    connection: &mut Connection,
    documents: &[DocumentId],
) -> Result<Vec<(DocumentId, String)>, StorageError> {
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Db>::new(
        "SELECT document_id, number FROM person_numbers WHERE document_id IN ",
    );
    digests::ids(&mut query, documents);
    let rows: Vec<(Vec<u8>, String)> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter()
        .map(|(id, number)| Ok((DocumentId::from_bytes(convert::id(id)?), number)))
        .collect()
}
