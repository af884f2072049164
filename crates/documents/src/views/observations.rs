//! Reading an observations document.

use super::reader::{Fields, Problem, Reader, Retraction};
use crate::document::Document;
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{RowId, UnitId, UserId},
    record::DocumentKind,
};
use serde::Serialize;
use uuid::Uuid;

/// What home help saw in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObservationsView {
    /// The observations, oldest first.
    pub entries: Vec<Observation>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What only a newer version knows.
    pub unknown: Vec<String>,
}

/// One thing that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// The row.
    pub id: RowId,
    /// What was seen at one time by one person belongs to one act.
    pub act: Option<Uuid>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// By whom.
    pub by: Option<UserId>,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// What it is about.
    pub what: Option<&'static str>,
    /// How it was.
    pub degree: Option<&'static str>,
    /// In the observer's own words.
    pub words: Option<String>,
    /// Whether it was a mistake.
    pub retraction: Option<Retraction>,
}

impl ObservationsView {
    /// Reads an observations document as it is.
    #[must_use]
    pub fn read(document: &Document) -> Self {
        let mut reader = Reader::of(
            DocumentKind::Observations,
            document.header().kind(),
            document.content(),
        );
        reader.fields();
        let mut entries: Vec<Observation> = reader
            .rows("entries")
            .iter()
            .map(|(id, row)| entry(*id, row))
            .collect();
        entries.sort_by_key(|entry| (entry.at, entry.id));
        Self {
            entries,
            problems: reader.problems,
            unknown: reader.unknown,
        }
    }
}

fn entry(id: RowId, row: &Fields) -> Observation {
    Observation {
        id,
        act: row.id("act"),
        at: row.instant("at"),
        by: row.id("by"),
        unit: row.id("unit"),
        what: row.choice("what"),
        degree: row.choice("degree"),
        words: row.string("words"),
        retraction: row.retraction(),
    }
}
