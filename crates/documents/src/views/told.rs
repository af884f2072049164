//! Reading a told document.

use super::reader::{Fields, Problem, Reader, Retraction};
use crate::document::Document;
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{RowId, UnitId, UserId},
    record::{DocumentId, DocumentKind},
};
use serde::Serialize;
use uuid::Uuid;

/// What a unit was told of home help's observations in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldView {
    /// What was told, in the order in which it was seen.
    pub entries: Vec<ToldEntry>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What only a newer version knows.
    pub unknown: Vec<String>,
}

/// One thing that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldEntry {
    /// The row.
    pub id: RowId,
    /// The observation that it was a part of.
    pub act: Option<Uuid>,
    /// When it was seen.
    pub at: Option<DateTime<Utc>>,
    /// Who saw it.
    pub by: Option<UserId>,
    /// The observer's unit.
    pub unit: Option<UnitId>,
    /// What it is about.
    pub what: Option<&'static str>,
    /// How it was.
    pub degree: Option<&'static str>,
    /// In the observer's own words.
    pub words: Option<String>,
    /// The document that it was taken from.
    pub source: Option<DocumentId>,
    /// The row there.
    pub source_row: Option<RowId>,
    /// Why it may be told.
    pub basis: Option<&'static str>,
    /// The act by which such things may be told from then on, in hexadecimal; none where only this was.
    pub telling: Option<String>,
    /// The act of telling it, in hexadecimal.
    pub disclosure: Option<String>,
    /// When it was told.
    pub told_at: Option<DateTime<Utc>>,
    /// Who told.
    pub told_by: Option<UserId>,
    /// Whether it was a mistake.
    pub retraction: Option<Retraction>,
}

impl ToldView {
    /// Reads a told document as it is.
    #[must_use]
    pub fn read(document: &Document) -> Self {
        let mut reader = Reader::of(
            DocumentKind::Told,
            document.header().kind(),
            document.content(),
        );
        reader.fields();
        let mut entries: Vec<ToldEntry> = reader
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

fn entry(id: RowId, row: &Fields) -> ToldEntry {
    ToldEntry {
        id,
        act: row.id("act"),
        at: row.instant("at"),
        by: row.id("by"),
        unit: row.id("unit"),
        what: row.choice("what"),
        degree: row.choice("degree"),
        words: row.string("words"),
        source: row.id("source.document"),
        source_row: row.id("source.row"),
        basis: row.choice("basis"),
        telling: row.string("telling"),
        disclosure: row.string("disclosure"),
        told_at: row.instant("told_at"),
        told_by: row.id("told_by"),
        retraction: row.retraction(),
    }
}
