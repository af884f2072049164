//! The rows of rounds.

use crate::table::table;
use chrono::NaiveDate;
use hemrond_domain::{
    ids::{PersonId, RowId, UnitId, UserId, VisitId},
    record::DocumentId,
};

table! {
    /// A visit's place in a team's day.
    RoundRowRow in "round_rows" {
        /// The round document.
        document: DocumentId,
        /// The row in its `visits`.
        row: RowId,
        /// The day.
        day: NaiveDate,
        /// The team.
        team: UnitId,
        /// The visit.
        visit: VisitId,
        /// Whom to visit.
        person: PersonId,
        /// The unit that keeps the visit.
        unit: UnitId,
        /// "08:30".
        start: Option<String>,
        /// Planned length.
        minutes: Option<u32>,
        /// The place in the order; those without one stand last.
        position: Option<f64>,
        /// Who goes there.
        staff: Option<UserId>,
        /// Whether it is acute.
        acute: bool,
        /// Whether it was taken off the round.
        removed: bool,
    }
}
