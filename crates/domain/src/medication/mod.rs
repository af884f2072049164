//! Medicines: their codes, the rules that ask for a second look, when a review is due, and the checklist of a visit.
//!
//! Flags are questions to a professional, never orders.

mod atc;
mod ceilings;
mod checklist;
mod flags;
mod patterns;
mod review;
mod rule;

pub use atc::{Atc, AtcError};
pub use checklist::ChecklistItem;
pub use flags::{Drug, Flag, FlagSettings, drug_count, flags};
pub use review::{REVIEW_AGE, REVIEW_DRUGS, REVIEW_INTERVAL_DAYS, review_due};
pub use rule::Rule;
