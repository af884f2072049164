//! People: search, adding, and a person's page.

use super::{
    common::{Change, Colleague, Disagreement, Failure, Flag, PersonBrief, Whereabouts},
    observation::{Observation, TellingsOfPerson},
    round::VisitState,
    visit::{DrugView, MedicationFlagView, NoteView},
};
use chrono::{DateTime, NaiveDate, Utc};
use hemrond_domain::{
    identity::{Identity, ProtectedIdentity, Sex},
    ids::{PersonId, RowId, VisitId},
    record::DocumentId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What to look for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Search {
    /// A name or a part of an identity number; spelling and åäö are forgiven.
    pub text: String,
}

/// A number to check before it is used.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CheckIdentity {
    /// As typed.
    pub value: String,
    /// The names typed so far, for likely duplicates.
    #[serde(default)]
    pub given_name: String,
    /// See `given_name`.
    #[serde(default)]
    pub family_name: String,
}

/// What a number is, and who may be the same person.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct IdentityCheck {
    /// The number, when it is one.
    pub identity: Option<Identity>,
    /// As people write it.
    pub display: Option<String>,
    /// Whole years today.
    pub age: Option<u32>,
    /// As the number says.
    pub sex: Option<Sex>,
    /// What is wrong with it; absent while nothing is typed.
    pub problem: Option<Failure>,
    /// People with the same number, or a like name.
    pub duplicates: Vec<Duplicate>,
}

/// Someone who may be the same person.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Duplicate {
    /// Who.
    pub person: PersonBrief,
    /// Whether the number is the same; else the name is alike.
    pub same_number: bool,
}

/// A person to add.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddPerson {
    /// Given names.
    pub given_name: String,
    /// Family names.
    pub family_name: String,
    /// An identity number as typed; it is checked again.
    pub identity: Option<String>,
    /// Protected data, and how.
    pub protected: ProtectedIdentity,
    /// Street and number.
    pub street: Option<String>,
    /// "123 45".
    pub postcode: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Door code, key.
    pub entry: Option<String>,
    /// The person's own number.
    pub phone: Option<String>,
    /// Whether the user has seen the likely duplicates and goes on all the same.
    pub despite_duplicates: bool,
}

/// Names a person.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfPerson {
    /// Who.
    pub person: PersonId,
}

/// Asks for a person's page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AskPerson {
    /// Who.
    pub person: PersonId,
    /// Set where the page that asks shows something of the person beside its own content, and no
    /// observations: they still wait to be seen then.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub in_passing: bool,
}

/// A person's page: everything that this user may see.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PersonPage {
    /// Name, age, number, CFS.
    pub brief: PersonBrief,
    /// The person document, for edits.
    pub document: DocumentId,
    /// Its single fields, for the form.
    pub details: PersonDetails,
    /// Contacts in order: fast vårdkontakt and fast läkarkontakt first.
    pub contacts: Vec<ContactView>,
    /// All flags.
    pub flags: Vec<Flag>,
    /// CFS over time, oldest first.
    pub cfs: Vec<CfsPoint>,
    /// Weight over time, oldest first.
    pub weights: Vec<WeightPoint>,
    /// The latest fall risk, with what it rests on.
    pub falls: Option<FallsBrief>,
    /// The drugs of the latest visit that lists any.
    pub drugs: Vec<DrugView>,
    /// What the drugs ask about.
    pub medication_flags: Vec<MedicationFlagView>,
    /// The latest observations of home help that the user may read, newest first: as they were
    /// logged, or as the user's unit was told of them.
    pub observations: Vec<Observation>,
    /// What may be told of them and to whom; absent where the user tells nobody.
    pub tellings: Option<TellingsOfPerson>,
    /// Visits, newest first.
    pub visits: Vec<VisitBrief>,
    /// Notes, orders, questions and answers of all visits, newest first.
    pub notes: Vec<NoteView>,
    /// The newest changes by colleagues, at most three.
    pub changes: Vec<Change>,
    /// Where colleagues disagree, in the person document.
    pub disagreements: Vec<Disagreement>,
    /// Where the person document is.
    pub whereabouts: Whereabouts,
    /// Whether another unit's data is blocked off from the user; no more may be told (PDL 4:4).
    pub blocked: bool,
    /// Until when the user reads what is blocked, by an emergency opening of their own.
    pub emergency_until: Option<DateTime<Utc>>,
    /// What the user may do here.
    pub may: PersonRights,
}

/// What a user may do on a person's page.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PersonRights {
    /// Change names, address, contacts.
    pub edit: bool,
    /// Read visits.
    pub read_visits: bool,
    /// Start a visit.
    pub visit: bool,
    /// Read observations.
    pub read_observations: bool,
    /// Log an observation.
    pub observe: bool,
    /// See who has looked.
    pub see_log: bool,
}

/// The person document's fields. Address and phone are absent for a protected person.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct PersonDetails {
    /// Field `given_name`.
    pub given_name: Option<String>,
    /// Field `family_name`.
    pub family_name: Option<String>,
    /// Field `address.street`.
    pub street: Option<String>,
    /// Field `address.postcode`.
    pub postcode: Option<String>,
    /// Field `address.city`.
    pub city: Option<String>,
    /// Field `address.entry`.
    pub entry: Option<String>,
    /// Field `phone`, as people write it.
    pub phone: Option<String>,
    /// Field `look_out_for`.
    pub look_out_for: Option<String>,
    /// Field `listed_at`.
    pub listed_at: Option<String>,
    /// Field `municipal_care`.
    pub municipal_care: Option<bool>,
}

/// Someone to call.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ContactView {
    /// The row in the person document's `contacts`.
    pub row: RowId,
    /// Who.
    pub name: String,
    /// The contact's `relation` as in the schema.
    pub relation: Option<String>,
    /// As people write it.
    pub phone: Option<String>,
    /// For `tel:` links.
    pub phone_link: Option<String>,
    /// Whether it is a direct number between professionals.
    pub direct: bool,
    /// Free words.
    pub note: Option<String>,
}

/// One frailty assessment.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CfsPoint {
    /// The day.
    pub on: NaiveDate,
    /// 1–9, the assessor's own judgement.
    pub level: u8,
    /// The visit it was made at.
    pub visit: VisitId,
    /// Who assessed.
    pub by: Colleague,
}

/// One weight.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WeightPoint {
    /// The day.
    pub on: NaiveDate,
    /// Kilograms.
    pub kg: f64,
    /// The visit.
    pub visit: VisitId,
}

/// The latest fall risk.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FallsBrief {
    /// 0–11, Downton Fall Risk Index.
    pub score: u8,
    /// 3 and over.
    pub high: bool,
    /// The day.
    pub on: NaiveDate,
    /// The visit.
    pub visit: VisitId,
}

/// A visit in a list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct VisitBrief {
    /// Which.
    pub visit: VisitId,
    /// The day it began, or was planned for.
    pub on: Option<NaiveDate>,
    /// Why.
    pub reason: Option<String>,
    /// How far.
    pub state: VisitState,
    /// Whether it came unplanned.
    pub acute: bool,
    /// Whether it is signed.
    pub signed: bool,
    /// By whom, when signed.
    pub signed_by: Option<Colleague>,
    /// When, when signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// Its CFS.
    pub cfs: Option<u8>,
    /// Whether something was written after the signature.
    pub additions: bool,
    /// An unanswered question.
    pub asks: bool,
    /// Where its record is.
    pub whereabouts: Whereabouts,
}
