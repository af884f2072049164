//! What the fallback compares.

use super::{BINDS, Connection, Db, StorageError, convert, filter};
use crate::storage::{Asker, Digested};
use hemrond_domain::record::DocumentId;
use hemrond_protocol::ItemHash;
use sqlx::QueryBuilder;
use std::collections::BTreeMap;

/// The digests of all documents that the asker may read. What was destroyed has none.
pub(super) async fn readable(
    connection: &mut Connection,
    asker: &Asker,
) -> Result<Vec<Digested>, StorageError> {
    let mut query = QueryBuilder::<Db>::new("SELECT d.id, d.digest FROM documents d WHERE ");
    filter::present(&mut query, asker);
    query.push(" ORDER BY d.id");
    let rows: Vec<(Vec<u8>, Vec<u8>)> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter()
        .map(|(id, digest)| {
            Ok(Digested {
                document: DocumentId::from_bytes(convert::id(id)?),
                digest: convert::hash(digest)?,
            })
        })
        .collect()
}

/// The hashes of some documents' items.
pub(super) async fn hashes(
    connection: &mut Connection,
    documents: &[DocumentId],
) -> Result<BTreeMap<DocumentId, Vec<ItemHash>>, StorageError> {
    let mut found: BTreeMap<DocumentId, Vec<ItemHash>> = BTreeMap::new();
    for some in documents.chunks(BINDS) {
        let mut query =
            QueryBuilder::<Db>::new("SELECT document_id, hash FROM items WHERE document_id IN ");
        ids(&mut query, some);
        query.push(" ORDER BY document_id, hash");
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            query.build_query_as().fetch_all(&mut *connection).await?;
        for (document, hash) in rows {
            let document = DocumentId::from_bytes(convert::id(document)?);
            found
                .entry(document)
                .or_default()
                .push(convert::hash(hash)?);
        }
    }
    Ok(found)
}

/// The changes of some documents, each after those that it builds on.
pub(super) async fn changes(
    connection: &mut Connection,
    documents: &[DocumentId],
) -> Result<BTreeMap<DocumentId, Vec<Vec<u8>>>, StorageError> {
    let mut found: BTreeMap<DocumentId, Vec<Vec<u8>>> = BTreeMap::new();
    for some in documents.chunks(BINDS) {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT document_id, bytes FROM items WHERE kind = 0 AND document_id IN ",
        );
        ids(&mut query, some);
        query.push(" ORDER BY fed");
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            query.build_query_as().fetch_all(&mut *connection).await?;
        for (document, bytes) in rows {
            let document = DocumentId::from_bytes(convert::id(document)?);
            found.entry(document).or_default().push(bytes);
        }
    }
    Ok(found)
}

/// Those of these documents that there are and that the asker may not hold: not readable, or
/// destroyed.
pub(super) async fn withheld(
    connection: &mut Connection,
    asker: &Asker,
    documents: &[DocumentId],
) -> Result<Vec<DocumentId>, StorageError> {
    let mut found = Vec::new();
    for some in documents.chunks(BINDS) {
        let mut query = QueryBuilder::<Db>::new("SELECT d.id FROM documents d WHERE d.id IN ");
        ids(&mut query, some);
        query.push(" AND (NOT COALESCE(");
        filter::readable(&mut query, asker);
        // A document without a unit makes the comparison of units unknown, which is no.
        query.push(
            ", 1 = 0) OR EXISTS (SELECT 1 FROM destroyed_documents g WHERE g.document_id = d.id))",
        );
        let rows: Vec<(Vec<u8>,)> = query.build_query_as().fetch_all(&mut *connection).await?;
        for (id,) in rows {
            found.push(DocumentId::from_bytes(convert::id(id)?));
        }
    }
    Ok(found)
}

/// A list of documents in brackets; never empty where it is used.
pub(super) fn ids(query: &mut QueryBuilder<Db>, documents: &[DocumentId]) {
    query.push("(");
    let mut list = query.separated(", ");
    for document in documents {
        list.push_bind(document.as_bytes().to_vec());
    }
    query.push(")");
}
