//! Home-help observations.

use crate::table::table;
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{PersonId, RowId, UnitId, UserId},
    record::DocumentId,
};

table! {
    /// One tile of an observation, as home help logged it or as a unit was told of it.
    ObservationRow in "observations" {
        /// The observations document, or the told document.
        document: DocumentId,
        /// The row in its `entries`.
        row: RowId,
        /// What binds the tiles of one observation together.
        act: RowId,
        /// About whom.
        person: PersonId,
        /// What was noticed.
        what: String,
        /// How it is beside the person's usual self.
        degree: String,
        /// Free words.
        words: Option<String>,
        /// Who.
        by_user: Option<UserId>,
        /// When.
        at: DateTime<Utc>,
        /// Whether it was retracted.
        retracted: bool,
        /// The document that it was taken from, where a unit was told of it.
        source: Option<DocumentId>,
        /// The row there.
        source_row: Option<RowId>,
        /// The unit that was told.
        told_to: Option<UnitId>,
        /// When it was told.
        told_at: Option<DateTime<Utc>>,
        /// Who told.
        told_by: Option<UserId>,
        /// Why it may be told.
        basis: Option<String>,
    }
}
