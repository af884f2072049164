//! A readable copy of visits, in Swedish whatever language the interface has (patientdatalagen 3:13).
//!
//! It names the person and, unless their identity is protected, their number; never an address, a
//! phone number or a relative. What it says of a visit is in [`readable`](crate::readable).

use crate::{
    api::{CopiedVisit, Language, PersonBrief, RecordCopy},
    cache::Open,
    readable::{Readable, sentence},
    tablet::State,
};
use chrono::{DateTime, NaiveDate, Utc};
use hemrond_documents::views::VisitView;
use hemrond_domain::ids::UserId;

/// A visit as it goes into a copy.
pub(super) struct VisitCopy {
    /// Its day.
    pub(super) on: Option<NaiveDate>,
    /// What it says now.
    pub(super) view: VisitView,
    /// The document with its signatures.
    pub(super) open: Open,
}

/// The whole copy, which is shown and printed and kept nowhere.
pub(super) fn copy(
    state: &State,
    person: &PersonBrief,
    to: &str,
    by: &str,
    at: DateTime<Utc>,
    visits: &[VisitCopy],
) -> RecordCopy {
    let mut about = vec![person.name.clone()];
    if person.protected.is_protected() {
        about.push(word("copy.protected"));
    } else {
        about.extend(person.identity.clone());
    }
    about.push(words(
        "copy.handed_out",
        &[("to", to), ("by", by), ("time", &moment(at))],
    ));
    RecordCopy {
        title: word("copy.title"),
        about,
        visits: visits.iter().map(|visit| copied(state, visit)).collect(),
    }
}

fn copied(state: &State, visit: &VisitCopy) -> CopiedVisit {
    let day = visit.on.map(|day| day.to_string()).unwrap_or_default();
    let name_of = |user: Option<UserId>| state.colleague(user).name.unwrap_or_default();
    let mut readable = Readable::new(Language::Sv, &name_of, &moment);
    readable.visit(&visit.view, &visit.open);
    CopiedVisit {
        title: words("copy.visit", &[("day", &day)]),
        lines: readable.into_lines(),
    }
}

fn word(key: &str) -> String {
    words(key, &[])
}

fn words(key: &str, params: &[(&str, &str)]) -> String {
    sentence(Language::Sv, key, params)
}

/// A moment, the same in every time zone.
fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
