//! The right to read as a condition.

use super::Db;
use crate::storage::{
    Asker,
    narrowing::{LONGEST_MS, Sight},
};
use hemrond_domain::record::DocumentKind;
use hemrond_policy::Readable;
use sqlx::QueryBuilder;

/// Adds a condition that holds for the documents, under the alias `d`, that the asker may read now.
pub(super) fn readable(query: &mut QueryBuilder<Db>, asker: &Asker) {
    seen(query, &asker.readable, &Sight::from(asker));
}

/// The same for a right to read and somebody who looks.
pub(super) fn seen(query: &mut QueryBuilder<Db>, readable: &Readable, sight: &Sight) {
    query.push("(");
    base(query, readable);
    // In the same words as `Narrowing::hides`.
    query.push(
        " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.person_id = d.person_id \
         AND b.unit_id = d.unit_id AND b.organisation_id = d.organisation_id \
         AND d.class = 'health' AND b.unit_id <> ",
    );
    query.push_bind(sight.unit.as_bytes().to_vec());
    query.push(
        " AND NOT EXISTS (SELECT 1 FROM block_lifts l WHERE l.block_act = b.act \
         AND l.unit_id = b.unit_id) \
         AND NOT EXISTS (SELECT 1 FROM openings o WHERE o.person_id = d.person_id \
         AND o.organisation_id = d.organisation_id \
         AND (o.unit_id = d.unit_id OR o.document_id = d.id) AND o.user_id = ",
    );
    query.push_bind(sight.user.as_bytes().to_vec());
    query.push(" AND o.until_ms > ");
    query.push_bind(sight.now);
    query.push(" AND o.until_ms <= ");
    query.push_bind(sight.now.saturating_add(LONGEST_MS));
    query.push(")))");
}

/// Adds a condition that holds for the documents that may be read as far as role and unit go.
pub(super) fn base(query: &mut QueryBuilder<Db>, readable: &Readable) {
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

/// What [`readable`] adds, for documents that were not destroyed.
pub(super) fn present(query: &mut QueryBuilder<Db>, asker: &Asker) {
    readable(query, asker);
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
