//! Visits, their notes, and who has seen them.

use crate::table::table;
use chrono::{DateTime, NaiveDate, Utc};
use hemrond_domain::{
    ids::{PersonId, RowId, UnitId, UserId, VisitId},
    record::DocumentId,
};

table! {
    /// A visit.
    VisitRow in "visits" {
        /// Which.
        visit: VisitId,
        /// The visit document.
        document: DocumentId,
        /// Whom.
        person: PersonId,
        /// The unit that keeps it.
        unit: UnitId,
        /// How far it has come.
        state: String,
        /// Whether it came unplanned.
        acute: bool,
        /// Why.
        reason: Option<String>,
        /// Who called for it.
        called_by: Option<String>,
        /// When it began.
        started_at: Option<DateTime<Utc>>,
        /// When it ended.
        ended_at: Option<DateTime<Utc>>,
        /// The time of its first change.
        first_at: Option<DateTime<Utc>>,
        /// The assessor's CFS level.
        cfs_level: Option<u8>,
        /// The day of that assessment.
        cfs_on: Option<NaiveDate>,
        /// Who assessed.
        cfs_by: Option<UserId>,
        /// The weight.
        weight_kg: Option<f64>,
        /// Downton's score.
        falls_score: Option<u8>,
        /// Whether that is high.
        falls_high: Option<bool>,
        /// The distinct substances counted.
        drug_count: u32,
        /// The day of the last medication review.
        last_review_on: Option<NaiveDate>,
        /// The last signature's entry.
        signed_entry: Option<[u8; 32]>,
        /// Who signed.
        signed_by: Option<UserId>,
        /// When.
        signed_at: Option<DateTime<Utc>>,
        /// Changes after the last signature.
        additions: u32,
        /// Questions without an answer.
        asks: u32,
        /// Fields on which colleagues disagree.
        disagreements: u32,
        /// The time of its newest change.
        newest_at: Option<DateTime<Utc>>,
        /// Who made that.
        newest_by: Option<UserId>,
        /// Whether a newer version wrote it, so that it can only be read here.
        read_only: bool,
    }
}

table! {
    /// A note, order, question or answer in a visit.
    NoteRow in "notes" {
        /// The visit document.
        document: DocumentId,
        /// The row in its `notes`.
        row: RowId,
        /// The visit.
        visit: VisitId,
        /// Whom it is about.
        person: PersonId,
        /// `note`, `order`, `question` or `answer`.
        kind: String,
        /// The words.
        text: String,
        /// Who.
        by_user: Option<UserId>,
        /// What they worked as.
        role: Option<String>,
        /// When.
        at: DateTime<Utc>,
        /// When it was retracted.
        retracted_at: Option<DateTime<Utc>>,
    }
}

table! {
    /// Someone has said that they have seen a visit.
    SeenRow in "seen" {
        /// The visit document.
        document: DocumentId,
        /// The visit.
        visit: VisitId,
        /// Who.
        by_user: Option<UserId>,
        /// When.
        at: DateTime<Utc>,
        /// Whether all that stands there now was there then.
        complete: bool,
    }
}
