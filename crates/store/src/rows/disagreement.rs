//! Where colleagues disagree.

use crate::table::table;
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{PersonId, VisitId},
    record::DocumentId,
};

table! {
    /// A field with several answers.
    DisagreementRow in "disagreements" {
        /// The document.
        document: DocumentId,
        /// The field's key, or "collection/row/field".
        field: String,
        /// Whose record.
        person: Option<PersonId>,
        /// In which visit.
        visit: Option<VisitId>,
        /// The answers, as the companion writes them.
        candidates_json: String,
        /// The time of the newest answer.
        newest_at: DateTime<Utc>,
    }
}
