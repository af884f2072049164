//! Reading a visit document.

mod instruments;
mod rows;

pub use instruments::{CfsFields, FallsFields, MedicationFields, MedicationItem};
pub use rows::{Drug, Note, Seen, Settlement};

use super::reader::{Fields, Problem, Reader};
use crate::{
    change::Hash,
    content::Content,
    document::{Document, UnknownHeads},
    entry::{EntryContent, EntryError},
};
use chrono::{DateTime, NaiveDate, Utc};
use hemrond_domain::{ids::RowId, record::DocumentKind};
use serde::Serialize;

/// Everything about one home visit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VisitView {
    /// Planned or unplanned.
    pub kind: Option<&'static str>,
    /// Why.
    pub reason: Option<String>,
    /// Who asked for it.
    pub called_by: Option<String>,
    /// When it was asked for.
    pub requested_at: Option<DateTime<Utc>>,
    /// How far it has come.
    pub state: Option<&'static str>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it did not take place.
    pub cancel_reason: Option<String>,
    /// The clinical frailty scale.
    pub cfs: CfsFields,
    /// The risk of falling.
    pub falls: FallsFields,
    /// The medication checklist.
    pub medication: MedicationFields,
    /// When the next visit should be.
    pub next_visit_on: Option<NaiveDate>,
    /// Weight, in kilograms.
    pub weight_kg: Option<f64>,
    /// The running note.
    pub note: String,
    /// The running plan.
    pub plan: String,
    /// The drugs, in the order in which they were added.
    pub drugs: Vec<Drug>,
    /// Notes, orders, questions and answers, oldest first.
    pub notes: Vec<Note>,
    /// Who has read what, oldest first.
    pub seen: Vec<Seen>,
    /// Conflicts that someone settled, oldest first.
    pub settlements: Vec<Settlement>,
    /// All values, by key.
    pub fields: Fields,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What only a newer version knows.
    pub unknown: Vec<String>,
}

impl VisitView {
    /// Reads a visit document as it is.
    #[must_use]
    pub fn read(document: &Document) -> Self {
        Self::from_content(document.header().kind(), document.content())
    }

    /// Reads a visit document as it was for someone who had seen these changes and no others.
    ///
    /// # Errors
    /// When the document does not hold one of them.
    pub fn read_at(document: &Document, heads: &[Hash]) -> Result<Self, UnknownHeads> {
        let content = document.content_at(heads)?;
        Ok(Self::from_content(document.header().kind(), content))
    }

    /// Reads what was signed of a visit, which needs no document.
    ///
    /// # Errors
    /// When the entry's header is none.
    pub fn signed(entry: &EntryContent) -> Result<Self, EntryError> {
        let kind = entry.header()?.kind();
        Ok(Self::from_content(kind, entry.content.clone().into()))
    }

    /// A whole number.
    #[must_use]
    pub fn get_int(&self, key: &str) -> Option<i64> {
        self.fields.int(key)
    }

    /// Yes or no.
    #[must_use]
    pub fn get_bool(&self, key: &str) -> Option<bool> {
        self.fields.bool(key)
    }

    /// A text, a choice, a date or an identifier, as written.
    #[must_use]
    pub fn get_text(&self, key: &str) -> Option<&str> {
        self.fields.text(key)
    }

    fn from_content(found: DocumentKind, content: Content) -> Self {
        let mut reader = Reader::of(DocumentKind::Visit, found, content);
        let fields = reader.fields();
        let note = reader.text("note");
        let plan = reader.text("plan");
        let drugs = sorted(reader.rows("drugs"), rows::drug, |drug| {
            (drug.added_at, drug.id)
        });
        let notes = sorted(reader.rows("notes"), rows::note, |note| (note.at, note.id));
        let seen = sorted(reader.rows("seen"), rows::seen, |seen| (seen.at, seen.id));
        let settlements = sorted(reader.rows("settlements"), rows::settlement, |settled| {
            (settled.at, settled.id)
        });
        Self {
            kind: fields.choice("kind"),
            reason: fields.string("reason"),
            called_by: fields.string("called_by"),
            requested_at: fields.instant("requested_at"),
            state: fields.choice("state"),
            started_at: fields.instant("started_at"),
            ended_at: fields.instant("ended_at"),
            cancel_reason: fields.string("cancel_reason"),
            cfs: instruments::cfs(&fields),
            falls: instruments::falls(&fields),
            medication: instruments::medication(&fields),
            next_visit_on: fields.date("next_visit_on"),
            weight_kg: fields.number("weight_kg"),
            note,
            plan,
            drugs,
            notes,
            seen,
            settlements,
            fields,
            problems: reader.problems,
            unknown: reader.unknown,
        }
    }
}

fn sorted<T, K: Ord>(
    rows: Vec<(RowId, Fields)>,
    read: impl Fn(RowId, &Fields) -> T,
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    let mut read: Vec<T> = rows.iter().map(|(id, row)| read(*id, row)).collect();
    read.sort_by_key(key);
    read
}
