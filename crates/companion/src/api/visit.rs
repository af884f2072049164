//! The visit page: one scroll, sections, signing.

use super::{
    common::{
        CfsBrief, Change, Colleague, Disagreement, FieldValue, Flag, PersonBrief, Whereabouts,
    },
    records::{DissentView, HandedOutView},
    round::VisitState,
};
use chrono::{DateTime, NaiveDate, Utc};
use hemrond_documents::Value;
use hemrond_domain::{
    ids::{RowId, VisitId},
    record::DocumentId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Names a visit.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfVisit {
    /// Which.
    pub visit: VisitId,
}

/// Edits to a document, kept before the answer comes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EditDocument {
    /// Which document.
    pub document: DocumentId,
    /// All or none of them.
    pub edits: Vec<hemrond_documents::Edit>,
}

/// The edits are on this tablet's disk.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Kept {
    /// Where the record is now.
    pub whereabouts: Whereabouts,
}

/// A choice between answers.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Settle {
    /// Which document.
    pub document: DocumentId,
    /// The field, as in the disagreement.
    pub field: String,
    /// One of the candidates, or a third answer.
    pub value: FieldValue,
}

/// A visit's page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VisitPage {
    /// Which.
    pub visit: VisitId,
    /// The visit document, for edits.
    pub document: DocumentId,
    /// Whom.
    pub person: PersonBrief,
    /// What to look out for.
    pub look_out_for: Option<String>,
    /// Flags of the person.
    pub flags: Vec<Flag>,
    /// How far.
    pub state: VisitState,
    /// Whether it came unplanned.
    pub acute: bool,
    /// Why.
    pub reason: Option<String>,
    /// Who called for it.
    pub called_by: Option<String>,
    /// The day it began, or was planned for.
    pub on: Option<NaiveDate>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Every single field with a value, by its key in the schema; conflicting ones are left out.
    pub fields: BTreeMap<String, Value>,
    /// The long texts: `note`, `plan`.
    pub texts: BTreeMap<String, String>,
    /// How complete each section is, and its last value.
    pub sections: Vec<Section>,
    /// The classification tree's answer.
    pub cfs: CfsComputed,
    /// Downton's answer.
    pub falls: FallsComputed,
    /// The medication rules' answer.
    pub medication: MedicationComputed,
    /// The drugs found.
    pub drugs: Vec<DrugView>,
    /// Notes, orders, questions, answers, oldest first.
    pub notes: Vec<NoteView>,
    /// Who has said that they have seen it.
    pub seen: Vec<SeenView>,
    /// The visit before this one.
    pub previous: Option<PreviousVisit>,
    /// What colleagues changed in this visit since this tablet's user last opened it.
    pub changes: Vec<Change>,
    /// Where colleagues disagree.
    pub disagreements: Vec<Disagreement>,
    /// How earlier disagreements were settled, newest first.
    pub settlements: Vec<SettlementView>,
    /// The signatures, oldest first; the last one counts.
    pub signatures: Vec<SignatureView>,
    /// Copies that were handed out, oldest first.
    pub handed_out: Vec<HandedOutView>,
    /// What was written after the last signature, and is not signed.
    pub additions: Vec<Change>,
    /// Why it cannot be signed yet: keys into the text files; empty when it can.
    pub sign_obstacles: Vec<String>,
    /// Fields whose stored value this version cannot read; they are kept.
    pub unreadable: Vec<String>,
    /// Whether it can only be read here: a newer version wrote it, or it is opened in an emergency.
    pub read_only: bool,
    /// Until when the user reads it by an emergency opening of their own; absent where no block
    /// stands before it.
    pub emergency_until: Option<DateTime<Utc>>,
    /// Where its record is.
    pub whereabouts: Whereabouts,
}

/// A section of the visit page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Section {
    /// `note`, `cfs`, `falls`, `medication`, `plan`, `sign`.
    pub name: SectionName,
    /// Answered fields.
    pub answered: u32,
    /// Fields in all that count as the section's.
    pub of: u32,
    /// Set by "unchanged since": the visit whose values it took.
    pub unchanged_since: Option<NaiveDate>,
    /// The last value before this visit, in figures, such as "CFS 5" or "3 p".
    pub last: Option<LastValue>,
}

/// The sections of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SectionName {
    /// Anteckning.
    Note,
    /// CFS.
    Cfs,
    /// Fall.
    Falls,
    /// Läkemedel.
    Medication,
    /// Plan.
    Plan,
    /// Signera.
    Sign,
}

/// A section's last value before this visit.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LastValue {
    /// The figure: CFS level, Downton score, number of drugs.
    pub value: Option<i64>,
    /// The day.
    pub on: NaiveDate,
    /// The visit it stands in.
    pub visit: VisitId,
}

/// The classification tree beside the assessor's own level.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CfsComputed {
    /// The assessor's own level; never overwritten by the tree's.
    pub level: Option<u8>,
    /// The tree's level.
    pub tree: Option<u8>,
    /// The nodes that the tree took, as keys into the text files.
    pub path: Vec<String>,
    /// What the tree lacks at its first undecidable node.
    pub incomplete: Vec<String>,
    /// The person's usual state to rate: that of this day, two weeks before.
    pub reference_on: Option<NaiveDate>,
    /// Whether the scale is validated at this age; absent where the age is unknown.
    pub validated: Option<bool>,
    /// `one_to_four`, `five_to_six`, `seven_to_nine`; none below 65.
    pub pathway: Option<String>,
    /// `unchanged`, `lower`, `rise_ask_cause`, `rise_suggest_reassessment`; none without an earlier value.
    pub change: Option<String>,
    /// The earlier value.
    pub previous: Option<CfsBrief>,
}

/// Downton's index.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FallsComputed {
    /// 0–11; absent while anything is missing.
    pub score: Option<u8>,
    /// 3 and over.
    pub high: Option<bool>,
    /// Where the points come from: field and points.
    pub points: Vec<(String, u8)>,
    /// What is missing.
    pub incomplete: Vec<String>,
    /// Drug classes that the drug list suggests: field and the ATC codes behind it.
    pub suggested: BTreeMap<String, Vec<String>>,
}

/// The medication rules.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MedicationComputed {
    /// The flags.
    pub flags: Vec<MedicationFlagView>,
    /// Whether a review is due; absent while something is missing.
    pub review_due: Option<bool>,
    /// What is missing.
    pub incomplete: Vec<String>,
    /// The distinct substances counted.
    pub drug_count: u32,
}

/// A medication flag: a question, never an order.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MedicationFlagView {
    /// "M1"–"M14"; its texts are in the text files.
    pub rule: String,
    /// The drugs that raised it, by name or code.
    pub drugs: Vec<String>,
}

/// A drug as found at the visit.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DrugView {
    /// The row in the visit document's `drugs`.
    pub row: RowId,
    /// As on the package.
    pub name: Option<String>,
    /// The ATC code.
    pub atc: Option<String>,
    /// Dose in words.
    pub dose: Option<String>,
    /// Vid behov.
    pub as_needed: Option<bool>,
    /// `as_ordered`, `differently`, `not_taken`.
    pub taken: Option<String>,
    /// Free words.
    pub note: Option<String>,
}

/// A note, order, question or answer: an act of its own.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NoteView {
    /// The row in the visit document's `notes`.
    pub row: RowId,
    /// The visit.
    pub visit: VisitId,
    /// Which kind.
    pub kind: NoteKind,
    /// The words.
    pub text: String,
    /// Who.
    pub by: Colleague,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it is new to this user since they last opened the visit.
    pub new: bool,
    /// When it was retracted; the words stay readable.
    pub retracted_at: Option<DateTime<Utc>>,
}

/// What a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// Anteckning.
    Note,
    /// Ordination.
    Order,
    /// Fråga.
    Question,
    /// Svar.
    Answer,
}

/// A note to add.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddNote {
    /// To which visit.
    pub visit: VisitId,
    /// Which kind.
    pub kind: NoteKind,
    /// The words, at most 4,000 characters.
    pub text: String,
}

/// Someone has said that they have seen the visit.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SeenView {
    /// Who.
    pub by: Colleague,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether all that stands there now was there then.
    pub all: bool,
}

/// The visit before this one, for "what changed" and "unchanged since".
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PreviousVisit {
    /// Which.
    pub visit: VisitId,
    /// When.
    pub on: NaiveDate,
    /// Its fields.
    pub fields: BTreeMap<String, Value>,
    /// Its texts.
    pub texts: BTreeMap<String, String>,
    /// Which sections can be taken over.
    pub can_take: Vec<SectionName>,
}

/// "Unchanged since": one deliberate tap that takes a section's values from the visit before.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Unchanged {
    /// The visit to fill.
    pub visit: VisitId,
    /// The section.
    pub section: SectionName,
}

/// How a disagreement was settled.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SettlementView {
    /// The field.
    pub field: String,
    /// The answer that was chosen, in words or figures.
    pub chosen: String,
    /// The other answers.
    pub others: Vec<UnchosenView>,
    /// Who chose.
    pub by: Colleague,
    /// When.
    pub at: DateTime<Utc>,
}

/// An answer that was not chosen.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct UnchosenView {
    /// The answer.
    pub value: String,
    /// Who had given it.
    pub by: Colleague,
    /// When.
    pub at: Option<DateTime<Utc>>,
}

/// A signature.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SignatureView {
    /// The entry's hash, 64 hex digits.
    pub entry: String,
    /// Who signed.
    pub by: Colleague,
    /// When.
    pub at: DateTime<Utc>,
    /// The entry that it corrects.
    pub corrects: Option<String>,
    /// The signed content's fields.
    pub fields: BTreeMap<String, Value>,
    /// The signed content's texts.
    pub texts: BTreeMap<String, String>,
    /// Where the patient finds this entry wrong or misleading, oldest first.
    pub dissents: Vec<DissentView>,
}
