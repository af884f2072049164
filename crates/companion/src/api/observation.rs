//! Home-help observations: three taps, optional words.

use super::common::{Colleague, Whereabouts};
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{PersonId, RowId, UnitId},
    law::LegalBasis,
    record::DocumentId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What was noticed. The tiles of the observation page, in their order there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ObservedThing {
    /// Mat och dryck.
    FoodDrink,
    /// Gång och balans.
    Gait,
    /// Fall.
    Fall,
    /// Trötthet.
    Tiredness,
    /// Förvirring.
    Confusion,
    /// Smärta.
    Pain,
    /// Hud och sår.
    Skin,
    /// Sömn.
    Sleep,
    /// Humör.
    Mood,
    /// Läkemedel ej taget.
    MedicineNotTaken,
    /// Annat.
    Other,
}

/// How it is beside the person's usual self.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Degree {
    /// Som vanligt.
    AsUsual,
    /// Sämre.
    Worse,
    /// Mycket sämre.
    MuchWorse,
}

/// One tile with its degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tile {
    /// What.
    pub what: ObservedThing,
    /// How.
    pub degree: Degree,
}

/// An observation to log.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Observe {
    /// About whom.
    pub person: PersonId,
    /// At least one.
    pub tiles: Vec<Tile>,
    /// Optional words.
    pub words: Option<String>,
}

/// An observation to take back. It stays readable, with who took it back and when.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RetractObservation {
    /// About whom it is.
    pub person: PersonId,
    /// The observation's own row.
    pub row: RowId,
}

/// An observation that was logged.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Observation {
    /// Its first row, which names it.
    pub row: RowId,
    /// About whom.
    pub person: PersonId,
    /// The tiles.
    pub tiles: Vec<Tile>,
    /// The words.
    pub words: Option<String>,
    /// Who.
    pub by: Colleague,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it was retracted; it stays readable.
    pub retracted: bool,
    /// Where its record is.
    pub whereabouts: Whereabouts,
    /// The document of the social services that it was taken from, where the user's unit was told of
    /// it.
    pub source: Option<DocumentId>,
    /// Whom it was told to, and why it may be, oldest first.
    pub told: Vec<ToldView>,
}

/// That an observation was told to another unit (AC60).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ToldView {
    /// The unit that was told.
    pub unit: UnitId,
    /// What people call the unit that was told; absent where this tablet does not know it.
    pub to: Option<String>,
    /// Why it may be told.
    pub basis: LegalBasis,
    /// Who told.
    pub by: Colleague,
    /// When.
    pub at: DateTime<Utc>,
}

/// What may be told of a person's observations, and what can be chosen.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TellingsOfPerson {
    /// Whom every observation is told to from now on, and why it may be, oldest first.
    pub tellings: Vec<TellingView>,
    /// Why it may be told from now on, as far as it can be chosen.
    pub always: Vec<LegalBasis>,
    /// Why one observation may be told, as far as it can be chosen.
    pub once: Vec<LegalBasis>,
    /// The units that can be told.
    pub receivers: Vec<Receiver>,
}

/// That every observation is told to a unit until it is ended (AC60).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TellingView {
    /// The unit.
    pub unit: UnitId,
    /// What people call it; absent where this tablet does not know it.
    pub to: Option<String>,
    /// Why it may be told.
    pub basis: LegalBasis,
    /// Who said so.
    pub by: Colleague,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A unit of health care that can be told.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Receiver {
    /// The unit.
    pub unit: UnitId,
    /// What people call it.
    pub name: Option<String>,
    /// Whether it is the organisation's only mobile team or health centre, and so the one that is meant.
    pub usual: bool,
}

/// Lets units of health care be told what home help sees from now on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BeginTelling {
    /// Who.
    pub person: PersonId,
    /// The units that are told; at least one.
    pub to: Vec<UnitId>,
    /// Why it may be told.
    pub basis: LegalBasis,
    /// An observation that is told at once.
    pub observation: Option<RowId>,
}
