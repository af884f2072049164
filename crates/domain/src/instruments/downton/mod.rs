//! The Downton Fall Risk Index: eleven items, one point each, high risk from three.
//!
//! Sources: Downton 1993; Rosendahl 2003 (accuracy); openEHR archetype of the index.

mod score;
mod suggestion;

pub use score::{Cognition, DowntonInput, DowntonResult, FIELDS, Gait, HIGH_RISK_FROM, assess};
pub use suggestion::{DowntonSuggestion, suggest_from_atc};
