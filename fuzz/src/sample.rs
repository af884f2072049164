//! The documents that foreign bytes are tried on, the same in every run.

use chrono::{DateTime, Utc};
use hemrond_documents::{Actor, Document, Edit, RawChange};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, RowId, UnitId, VisitId},
    record::Header,
};

/// A visit to Astrid.
#[must_use]
pub fn visit() -> Header {
    Header::visit(
        OrganisationId::from_bytes([1; 16]),
        UnitId::from_bytes([2; 16]),
        PersonId::from_bytes([40; 16]),
        VisitId::from_bytes([7; 16]),
    )
}

/// A moment of that day.
#[must_use]
pub fn minute(number: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_700_000 + 60 * number, 0).unwrap_or_default()
}

/// The visit before anybody has written in it, in the hands of whoever has this number.
#[must_use]
pub fn blank(actor: u8) -> Option<Document> {
    Document::create(&visit(), Actor::from_random([actor; 16])).ok()
}

/// A morning's changes by Eva, each of another sort.
#[must_use]
pub fn morning() -> Vec<RawChange> {
    let row = RowId::from_bytes([9; 16]);
    let edits: [&[Edit]; 5] = [
        &[Edit::set("cfs.level", 5), Edit::set("reason", "Trött")],
        &[Edit::text("note", "Astrid är trött.")],
        &[Edit::add_row(
            "drugs",
            row,
            [("name", "Furix"), ("dose", "1 x 1")],
        )],
        &[
            Edit::text("note", "Astrid är mycket trött."),
            Edit::clear("reason"),
        ],
        &[
            Edit::set_row("drugs", row, "dose", "2 x 1"),
            Edit::set("weight_kg", 61.5),
        ],
    ];
    let Some(mut eva) = blank(1) else {
        return Vec::new();
    };
    edits
        .iter()
        .zip(0..)
        .flat_map(|(edits, at)| eva.edit(minute(at), edits).unwrap_or_default())
        .collect()
}
