//! The round of the day.

use super::common::{Colleague, Flag, PersonBrief, Whereabouts};
use chrono::NaiveDate;
use hemrond_domain::ids::{PersonId, RowId, UnitId, UserId, VisitId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A team's visits of one day, in the order in which they are to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Round {
    /// The day.
    pub day: NaiveDate,
    /// The team's id.
    pub team: UnitId,
    /// The team's name.
    pub team_name: String,
    /// Acute ones first, then by position; cancelled ones last.
    pub rows: Vec<RoundRow>,
    /// Colleagues of the team, to plan for.
    pub staff: Vec<Colleague>,
    /// Whether the user may change the round.
    pub may_plan: bool,
}

/// One visit of the round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RoundRow {
    /// The row in the round.
    pub row: RowId,
    /// The visit.
    pub visit: VisitId,
    /// Whom to visit.
    pub person: PersonBrief,
    /// "08:30"; absent where no time is planned.
    pub start: Option<String>,
    /// Planned length in minutes.
    pub minutes: Option<u32>,
    /// Why; absent for those who may not read the health record.
    pub reason: Option<String>,
    /// Whether it came unplanned.
    pub acute: bool,
    /// How far it has come.
    pub state: VisitState,
    /// Who goes there.
    pub staff: Option<Colleague>,
    /// At most two, the gravest first.
    pub flags: Vec<Flag>,
    /// Whether colleagues disagree on something in it.
    pub disagreement: bool,
    /// Whether it is signed.
    pub signed: bool,
    /// Where the visit's record is.
    pub whereabouts: Whereabouts,
}

/// How far a visit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VisitState {
    /// Not begun.
    Planned,
    /// Someone is there, or has begun to write.
    UnderWay,
    /// Ended.
    Done,
    /// Will not be made.
    Cancelled,
}

/// Which day's round.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RoundOf {
    /// The day; today where absent.
    pub day: Option<NaiveDate>,
}

/// A visit to add to a round.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PlanVisit {
    /// The day; today where absent.
    pub day: Option<NaiveDate>,
    /// Whom.
    pub person: PersonId,
    /// "08:30".
    pub start: Option<String>,
    /// 0–1440.
    pub minutes: Option<u32>,
    /// Why.
    pub reason: Option<String>,
    /// Whether it is acute: it stands first.
    pub acute: bool,
    /// Who called for it, when it is acute.
    pub called_by: Option<String>,
    /// Who goes there; the user where absent.
    pub staff: Option<UserId>,
}

/// A change to a row of a round. What is absent stays as it is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MoveVisit {
    /// The day; today where absent.
    pub day: Option<NaiveDate>,
    /// The row.
    pub row: RowId,
    /// The row to stand after; see `first`.
    pub after: Option<RowId>,
    /// Whether to stand first.
    #[serde(default)]
    pub first: bool,
    /// A new time.
    pub start: Option<String>,
    /// A new length.
    pub minutes: Option<u32>,
    /// Another colleague.
    pub staff: Option<UserId>,
    /// Whether time, length and colleague become as they are given here, none where they are absent. Otherwise
    /// what is absent stays as it is.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub replan: bool,
}

/// A new state of a visit.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SetVisitState {
    /// The visit.
    pub visit: VisitId,
    /// Its state from now on.
    pub state: VisitState,
    /// Why, for a cancelled one.
    pub reason: Option<String>,
}

/// A planned visit.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Planned {
    /// The visit.
    pub visit: VisitId,
    /// Its row.
    pub row: RowId,
}
