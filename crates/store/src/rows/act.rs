//! Legal acts.

use crate::table::table;
use chrono::{DateTime, Utc};
use hemrond_domain::{ids::PersonId, record::DocumentId};

table! {
    /// A legal act.
    ActRow in "acts" {
        /// The acts document.
        document: DocumentId,
        /// The act's own hash.
        act: [u8; 32],
        /// About whom.
        person: PersonId,
        /// Its kind's name; empty where a newer version knows it.
        kind: String,
        /// When it was made.
        at: DateTime<Utc>,
        /// The act with its maker, as JSON.
        made_json: String,
    }
}
