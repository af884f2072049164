//! Reading a round document.

use super::reader::{Fields, Problem, Reader};
use crate::document::Document;
use chrono::{DateTime, NaiveTime, Utc};
use hemrond_domain::{
    ids::{PersonId, RowId, UserId, VisitId},
    record::DocumentKind,
};
use serde::Serialize;
use std::cmp::Ordering;

/// A team's visit list of one day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoundView {
    /// The visits in their order, those that were taken off the list among them.
    pub visits: Vec<PlannedVisit>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What only a newer version knows.
    pub unknown: Vec<String>,
}

/// A visit on the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedVisit {
    /// The row.
    pub id: RowId,
    /// The visit.
    pub visit: Option<VisitId>,
    /// Whom it is to.
    pub person: Option<PersonId>,
    /// When it should begin.
    pub start: Option<NaiveTime>,
    /// How long it should take.
    pub minutes: Option<i64>,
    /// Its place in the list.
    pub position: Option<f64>,
    /// Who goes.
    pub staff: Option<UserId>,
    /// Whether it cannot wait.
    pub acute: Option<bool>,
    /// Whether it was taken off the list.
    pub removed: Option<bool>,
    /// Who put it on the list.
    pub added_by: Option<UserId>,
    /// When.
    pub added_at: Option<DateTime<Utc>>,
}

impl RoundView {
    /// Reads a round document as it is.
    #[must_use]
    pub fn read(document: &Document) -> Self {
        let mut reader = Reader::of(
            DocumentKind::Round,
            document.header().kind(),
            document.content(),
        );
        reader.fields();
        let mut visits: Vec<PlannedVisit> = reader
            .rows("visits")
            .iter()
            .map(|(id, row)| planned(*id, row))
            .collect();
        visits.sort_by(order);
        Self {
            visits,
            problems: reader.problems,
            unknown: reader.unknown,
        }
    }
}

/// By place, then by time; what has neither comes last.
fn order(a: &PlannedVisit, b: &PlannedVisit) -> Ordering {
    let last = |missing: bool| u8::from(missing);
    let place = |visit: &PlannedVisit| visit.position.unwrap_or_default();
    last(a.position.is_none())
        .cmp(&last(b.position.is_none()))
        .then(place(a).total_cmp(&place(b)))
        .then(last(a.start.is_none()).cmp(&last(b.start.is_none())))
        .then(a.start.cmp(&b.start))
        .then(a.id.cmp(&b.id))
}

fn planned(id: RowId, row: &Fields) -> PlannedVisit {
    PlannedVisit {
        id,
        visit: row.id("visit"),
        person: row.id("person"),
        start: row.time("start"),
        minutes: row.int("minutes"),
        position: row.number("position"),
        staff: row.id("staff"),
        acute: row.bool("acute"),
        removed: row.bool("removed"),
        added_by: row.id("added_by"),
        added_at: row.instant("added_at"),
    }
}
