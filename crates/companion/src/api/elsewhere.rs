//! What other organisations have of a person (lag 2022:913), as the server tells it now.

use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    record::DocumentId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What there is at other organisations, as far as the user may know of it. It is asked of the server
/// each time and kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ElsewherePage {
    /// Who.
    pub person: PersonId,
    /// When the server said so, by this tablet's clock.
    pub asked_at: DateTime<Utc>,
    /// Whether there is something. Where nothing is named, neither whose nor what it is (2 kap. 4 §).
    pub exists: bool,
    /// Why nothing is named though there is something: the code of a sentence.
    pub why_not: Option<String>,
    /// The documents that may be named, those written in last first.
    pub found: Vec<ElsewhereFound>,
    /// Whether there are more than these.
    pub more: bool,
    /// Organisations that the person has blocked; told in danger only (3 kap. 5 §).
    pub blocked_at: Vec<GiverView>,
    /// Whether the user may open in danger what nobody could be asked about (3 kap. 6 §).
    pub may_in_danger: bool,
    /// Until when the user's statement of danger stands, where they have made one.
    pub danger_until: Option<DateTime<Utc>>,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GiverView {
    /// Which.
    pub organisation: OrganisationId,
    /// What it is called.
    pub name: String,
}

/// A document of another organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ElsewhereFound {
    /// Which.
    pub document: DocumentId,
    /// What kind of document, by its stable name.
    pub kind: String,
    /// Whose it is.
    pub giver: GiverView,
    /// The unit that wrote it, where one unit keeps it.
    pub unit: Option<String>,
    /// When the server got the last of it.
    pub last: DateTime<Utc>,
    /// Whether it can be opened now; otherwise it can be chosen in danger.
    pub readable: bool,
}

/// Names a document of another organisation.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfElsewhere {
    /// Who it is about, as the own organisation knows them.
    pub person: PersonId,
    /// Which.
    pub document: DocumentId,
}

/// Opens, in danger, what nobody could be asked about.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ElsewhereChoose {
    /// Who.
    pub person: PersonId,
    /// What is needed, of what step 1 named.
    pub documents: Vec<DocumentId>,
    /// What the danger is.
    pub reason: String,
    /// For how many hours, 1 to 24.
    pub hours: u32,
}

/// A document of another organisation, to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ElsewhereDocument {
    /// Who it is about.
    pub person: PersonId,
    /// What it is and whose.
    pub what: ElsewhereFound,
    /// On what it may be read: the code of a sentence.
    pub basis: String,
    /// What it says, from top to bottom.
    pub lines: Vec<Line>,
    /// Whether something of it could not be read by this version of the app.
    pub incomplete: bool,
}

/// A line of a document as it is read, in the user's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Line {
    /// What the following lines belong to.
    Heading {
        /// The words.
        text: String,
    },
    /// A question and its answer.
    Pair {
        /// What was asked.
        name: String,
        /// What was answered.
        value: String,
    },
    /// Words of their own.
    Words {
        /// The words.
        text: String,
    },
}
