//! What a tablet makes of bytes that come to it or lie beside it, with no tablet around them: read as it
//! reads them, for whoever tries bytes that nobody thought of.

use crate::{
    api::{ElsewhereDocument, Language, OfElsewhere},
    door, elsewhere,
    failure::Outcome,
    people, sync, visit,
};
use chrono::{DateTime, Utc};
use hemrond_domain::ids::OrganisationId;
use hemrond_protocol::OpenedElsewhere;

/// What a page shows of another organisation's document; times are written as UTC.
///
/// # Errors
/// When it is not the document that was asked for, or none that can be shown.
pub fn opened_elsewhere(
    asked: &OfElsewhere,
    own: OrganisationId,
    opened: &OpenedElsewhere,
    language: Language,
) -> Outcome<ElsewhereDocument> {
    let time_of = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M").to_string();
    elsewhere::document(asked, own, opened, language, &time_of)
}

/// How far the feed is, by the news that a server tells; none where it tells none.
#[must_use]
pub fn news(body: &[u8]) -> Option<u64> {
    sync::head_in(body)
}

/// How many answers a settlement lists that were not chosen, and how many contacts a person has, where
/// the text stands in their column of a list.
#[must_use]
pub fn listed(column: &str) -> (usize, usize) {
    (
        visit::candidates(column).len(),
        people::contacts_in(column).len(),
    )
}

/// How many users a door's file names.
///
/// # Errors
/// When the file is damaged, or a newer version's.
pub fn door(file: &[u8]) -> Outcome<usize> {
    door::places_in(file)
}

/// Whether a lease that lies on disk has ended by this time; one that cannot be read has.
#[must_use]
pub fn is_lease_over(file: &[u8], now: DateTime<Utc>) -> bool {
    door::is_lease_over(file, now)
}

/// How many PINs may still be tried by a count that lies on disk, and how many seconds to wait first.
#[must_use]
pub fn tries(file: &[u8], now: DateTime<Utc>) -> (u8, u32) {
    door::tries_in(file, now)
}
