//! What the record law asks of entries: the patient's dissent, and copies that are handed out.

use super::{Line, common::Colleague};
use chrono::{DateTime, Utc};
use hemrond_domain::ids::{PersonId, RowId, VisitId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// That the patient finds a signed entry wrong or misleading (patientdatalagen 3:8).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AnnotateDissent {
    /// The visit.
    pub visit: VisitId,
    /// The signed entry: its hash, 64 hex digits.
    pub entry: String,
    /// What the patient says, at most 4,000 characters.
    pub text: String,
}

/// The patient's dissent, shown with the entry that it is about.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DissentView {
    /// The row in the visit document's `notes`.
    pub row: RowId,
    /// What the patient says.
    pub text: String,
    /// Who wrote it down.
    pub by: Colleague,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was retracted; the words stay readable.
    pub retracted_at: Option<DateTime<Utc>>,
}

/// A copy of a person's visits to hand out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HandOut {
    /// Whose record.
    pub person: PersonId,
    /// Who gets the copy, in words; at most 200 characters.
    pub to: String,
    /// Which visits; all that this tablet holds and the user may read where none is named.
    #[serde(default)]
    pub visits: Vec<VisitId>,
}

/// A copy that was noted in the record.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HandedOut {
    /// The copy, to be shown and printed. It is kept nowhere.
    pub copy: RecordCopy,
}

/// A copy of a person's visits, in Swedish.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RecordCopy {
    /// Its heading.
    pub title: String,
    /// Whose record it is, to whom the copy goes, from whom and when: a line each.
    pub about: Vec<String>,
    /// The visits, oldest first.
    pub visits: Vec<CopiedVisit>,
}

/// A visit in a copy.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CopiedVisit {
    /// Its heading.
    pub title: String,
    /// What it says.
    pub lines: Vec<Line>,
}

/// That a copy of a visit was handed out (patientdatalagen 3:11).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HandedOutView {
    /// Who got it.
    pub to: String,
    /// Who handed it out.
    pub by: Colleague,
    /// When.
    pub at: DateTime<Utc>,
}
