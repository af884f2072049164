//! What many answers share.

use chrono::{DateTime, NaiveDate, Utc};
use hemrond_documents::Value;
use hemrond_domain::{
    identity::{IdentityKind, ProtectedIdentity},
    ids::{PersonId, UserId, VisitId},
    people::Role,
    record::DocumentId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Something that could not be done: what happened and what to do, in the user's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// A stable code; its sentence is in the text files under this key.
    pub code: String,
    /// What the sentence's placeholders stand for.
    pub params: BTreeMap<String, String>,
    /// The sentence: what happened and what to do.
    pub message: String,
}

/// Where a record is: the one true thing that can be said of all its changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Whereabouts {
    /// Nothing of it was ever changed on this tablet, or it holds nothing yet.
    Unchanged,
    /// Some changes are on this tablet alone.
    OnlyHere {
        /// How many.
        changes: u32,
        /// Since when the oldest of them waits.
        since: DateTime<Utc>,
    },
    /// Everything is on the server's disk.
    OnServer {
        /// When the server last said so.
        at: DateTime<Utc>,
    },
    /// A colleague has seen all of it.
    Seen {
        /// The colleague's name.
        by: String,
        /// When, by the colleague's tablet.
        at: DateTime<Utc>,
    },
    /// The server refused some of it; it is kept on this tablet.
    Refused {
        /// The refusal's code; its sentence is in the text files.
        code: String,
    },
}

/// A colleague, as they are named beside a note or a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Colleague {
    /// Who; absent where this tablet does not know yet.
    pub id: Option<UserId>,
    /// The name; absent where this tablet does not know it yet.
    pub name: Option<String>,
    /// What they work as.
    pub role: Option<Role>,
    /// Whether it is the user of this tablet.
    pub me: bool,
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PersonBrief {
    /// Who.
    pub id: PersonId,
    /// "Astrid Svensson", or nothing where no name is known.
    pub name: String,
    /// Whole years today; absent where no birth date follows from the number.
    pub age: Option<u32>,
    /// The identity number as people write it; absent for a protected person.
    pub identity: Option<String>,
    /// Which kind of number.
    pub identity_kind: Option<IdentityKind>,
    /// Street and town in one line; always absent for a protected person.
    pub address: Option<String>,
    /// Whether the person's data are protected, and how.
    pub protected: ProtectedIdentity,
    /// The latest CFS, for those who may read it.
    pub cfs: Option<CfsBrief>,
}

/// The latest frailty level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CfsBrief {
    /// 1–9.
    pub level: u8,
    /// The day of the assessment.
    pub on: NaiveDate,
    /// Whether the scale is validated at the person's age (65 and over); absent where the age is unknown.
    pub validated: Option<bool>,
}

/// A flag beside a person: a key into the text files and its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Flag {
    /// Such as "flag.fall_risk_high", "flag.worse_observation", "flag.review_due", "flag.protected".
    pub code: String,
    /// `danger`, `today` or `info`.
    pub level: FlagLevel,
    /// What the text's placeholders stand for.
    pub params: BTreeMap<String, String>,
}

/// How much a flag matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FlagLevel {
    /// Danger to a person: the only red.
    Danger,
    /// Someone must act today: amber.
    Today,
    /// Good to know: ink.
    Info,
}

/// A value of a field, as JSON has it: boolean, number or text; null where there is none.
pub type FieldValue = Option<Value>;

/// A field on which colleagues have answered differently at the same time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Disagreement {
    /// The document.
    pub document: DocumentId,
    /// The field's key, or "collection/row/field".
    pub field: String,
    /// Whose record.
    pub person: Option<PersonBrief>,
    /// The visit, where it is in one.
    pub visit: Option<VisitId>,
    /// What each one answered, in the order of time.
    pub candidates: Vec<CandidateView>,
}

/// One of several answers to one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CandidateView {
    /// The answer; null where someone cleared the field.
    pub value: FieldValue,
    /// Who answered.
    pub by: Colleague,
    /// When, by that tablet's clock.
    pub at: DateTime<Utc>,
    /// Whether it was answered on this tablet.
    pub here: bool,
}

/// A change by a colleague that the user may not have seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Change {
    /// The field's key, or "collection/row/field".
    pub field: String,
    /// What stood there.
    pub before: FieldValue,
    /// What stands there.
    pub after: FieldValue,
    /// Who.
    pub by: Colleague,
    /// When.
    pub at: DateTime<Utc>,
    /// In which visit, where it is in one.
    pub visit: Option<VisitId>,
}
