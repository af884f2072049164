//! The right to read as a condition.

use super::Db;
use hemrond_domain::record::DocumentKind;
use hemrond_policy::Readable;
use sqlx::QueryBuilder;

/// Adds a condition that holds for the documents, under the alias `d`, that may be read.
pub(super) fn readable(query: &mut QueryBuilder<Db>, readable: &Readable) {
    query.push("(d.organisation_id = ");
    query.push_bind(readable.organisation.as_bytes().to_vec());
    query.push(" AND (");
    kinds(query, &readable.kinds);
    query.push(" OR (d.unit_id = ");
    query.push_bind(readable.unit.as_bytes().to_vec());
    query.push(" AND ");
    kinds(query, &readable.own_unit_kinds);
    query.push(")))");
}

/// The same, for documents that were not destroyed.
pub(super) fn present(query: &mut QueryBuilder<Db>, right: &Readable) {
    readable(query, right);
    query.push(" AND NOT EXISTS (SELECT 1 FROM destroyed_documents g WHERE g.document_id = d.id)");
}

/// Kinds are named by our own constants, so they stand in the text and not among the values.
fn kinds(query: &mut QueryBuilder<Db>, kinds: &[DocumentKind]) {
    if kinds.is_empty() {
        query.push("1 = 0");
        return;
    }
    query.push("d.kind IN (");
    let mut list = query.separated(", ");
    for kind in kinds {
        list.push(format_args!("'{}'", kind.as_str()));
    }
    query.push(")");
}
