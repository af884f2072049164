//! Home-help observations.

use crate::table::table;
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{PersonId, RowId, UserId},
    record::DocumentId,
};

table! {
    /// One tile of an observation.
    ObservationRow in "observations" {
        /// The observations document.
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
    }
}
