//! Stories, fixed bytes, and properties across replicas.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acceptance;
mod acts;
mod golden;
mod hostile;
mod properties;
mod reading;
mod signing;
mod stories;

use crate::{Actor, Document, RawChange};
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, RowId, UnitId, UserId, VisitId},
    record::Header,
};

/// Eva's team's visit to Astrid.
pub(crate) fn visit() -> Header {
    Header::visit(
        OrganisationId::from_bytes([1; 16]),
        UnitId::from_bytes([2; 16]),
        PersonId::from_bytes([3; 16]),
        VisitId::from_bytes([4; 16]),
    )
}

/// One header of every kind.
pub(crate) fn headers() -> [Header; 7] {
    let organisation = OrganisationId::from_bytes([1; 16]);
    let day = "2026-11-03".parse().unwrap();
    [
        Header::person(organisation, PersonId::from_bytes([3; 16])),
        visit(),
        Header::observations(organisation, PersonId::from_bytes([3; 16]), day),
        Header::round(organisation, UnitId::from_bytes([2; 16]), day),
        Header::directory(organisation),
        Header::acts(organisation, PersonId::from_bytes([3; 16])),
        Header::told(
            organisation,
            UnitId::from_bytes([2; 16]),
            PersonId::from_bytes([3; 16]),
            day,
        ),
    ]
}

pub(crate) fn actor(number: u8) -> Actor {
    Actor::from_random([number; 16])
}

pub(crate) fn row(number: u8) -> RowId {
    RowId::from_bytes([number; 16])
}

pub(crate) fn user(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

/// A minute on the morning of the visit.
pub(crate) fn minute(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_692_800 + 60 * minute, 0).unwrap()
}

/// A tablet's own copy of a document.
pub(crate) fn tablet(number: u8) -> Document {
    Document::create(&visit(), actor(number)).unwrap()
}

/// Two tablets meet.
pub(crate) fn exchange(a: &mut Document, b: &mut Document) {
    let to_b: Vec<RawChange> = a.changes_after(&b.heads());
    let to_a = b.changes_after(&a.heads());
    b.apply(to_b).unwrap();
    a.apply(to_a).unwrap();
}

/// How many cases a property is tried on; `PROPTEST_CASES` asks for another number.
pub(crate) fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(usual)
}
