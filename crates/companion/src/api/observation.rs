//! Home-help observations: three taps, optional words.

use super::common::{Colleague, Whereabouts};
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{PersonId, RowId},
    law::LegalBasis,
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
    /// Whom it was told to, and why it may be, oldest first.
    pub told: Vec<ToldView>,
}

/// That an observation was told to another unit (AC60).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ToldView {
    /// What people call the unit that was told; absent where this tablet does not know it.
    pub to: Option<String>,
    /// Why it may be told.
    pub basis: LegalBasis,
    /// Who told.
    pub by: Colleague,
    /// When.
    pub at: DateTime<Utc>,
}
