//! The rows of a visit's collections.

use crate::views::reader::{Fields, Retraction};
use chrono::{DateTime, Utc};
use hemrond_domain::ids::{RowId, UserId};
use serde::Serialize;

/// A drug that the person takes, or should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drug {
    /// The row.
    pub id: RowId,
    /// Name.
    pub name: Option<String>,
    /// ATC code.
    pub atc: Option<String>,
    /// Dose.
    pub dose: Option<String>,
    /// Whether it is taken as needed.
    pub as_needed: Option<bool>,
    /// Whether it is taken as ordered.
    pub taken: Option<&'static str>,
    /// A note.
    pub note: Option<String>,
    /// Who added it.
    pub added_by: Option<UserId>,
    /// When.
    pub added_at: Option<DateTime<Utc>>,
    /// Whether the line no longer holds.
    pub retraction: Option<Retraction>,
}

/// A note, an order, a question or an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The row.
    pub id: RowId,
    /// Which of them.
    pub kind: Option<&'static str>,
    /// Its words.
    pub text: Option<String>,
    /// Whose.
    pub by: Option<UserId>,
    /// What they worked as.
    pub role: Option<&'static str>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// The signed entry that the patient finds wrong or misleading, in hex, where the note says so.
    pub dissent_with: Option<String>,
    /// To whom a copy was handed out, where the note is about that.
    pub handed_out_to: Option<String>,
    /// Whether it no longer holds.
    pub retraction: Option<Retraction>,
}

/// That someone has read the visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The row.
    pub id: RowId,
    /// Who.
    pub by: Option<UserId>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// The heads that they saw, in hex, separated by spaces.
    pub heads: Option<String>,
}

/// A conflict that someone settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settlement {
    /// The row.
    pub id: RowId,
    /// The field.
    pub field: Option<String>,
    /// What they chose; nothing where they chose to clear.
    pub chosen: Option<String>,
    /// What they did not choose, as JSON.
    pub others: Option<String>,
    /// Who.
    pub by: Option<UserId>,
    /// When.
    pub at: Option<DateTime<Utc>>,
}

pub(super) fn drug(id: RowId, row: &Fields) -> Drug {
    Drug {
        id,
        name: row.string("name"),
        atc: row.string("atc"),
        dose: row.string("dose"),
        as_needed: row.bool("as_needed"),
        taken: row.choice("taken"),
        note: row.string("note"),
        added_by: row.id("added_by"),
        added_at: row.instant("added_at"),
        retraction: row.retraction(),
    }
}

pub(super) fn note(id: RowId, row: &Fields) -> Note {
    Note {
        id,
        kind: row.choice("kind"),
        text: row.string("text"),
        by: row.id("by"),
        role: row.choice("role"),
        at: row.instant("at"),
        dissent_with: row.string("dissent_with"),
        handed_out_to: row.string("handed_out_to"),
        retraction: row.retraction(),
    }
}

pub(super) fn seen(id: RowId, row: &Fields) -> Seen {
    Seen {
        id,
        by: row.id("by"),
        at: row.instant("at"),
        heads: row.string("heads"),
    }
}

pub(super) fn settlement(id: RowId, row: &Fields) -> Settlement {
    Settlement {
        id,
        field: row.string("field"),
        chosen: row.string("chosen"),
        others: row.string("others"),
        by: row.id("by"),
        at: row.instant("at"),
    }
}
