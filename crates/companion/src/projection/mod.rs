//! From a document to what lists and search show of it.
//!
//! A projection is a pure function of one document, its entries and who stands behind its actors,
//! so that every read model can be made again from the documents alone.

mod acts;
mod directory;
mod instruments;
mod observations;
mod person;
mod round;
mod visit;

pub(crate) use instruments::{atc_codes, medication_drugs, tree_input};
pub(crate) use person::{StoredContact, full_name, is_sensitive, protection_name, protection_of};
pub(crate) use visit::{additions, seen_completely};

use crate::cache::Open;
use hemrond_documents::{Candidate, Conflict, Value};
use hemrond_domain::{ids::UserId, record::DocumentKind};
use hemrond_store::{DisagreementRow, ReadModels};
use serde::{Deserialize, Serialize};

/// What a projection knows besides the document.
pub(crate) struct Facts<'a> {
    /// Who stands behind an actor.
    pub(crate) user_of: &'a dyn Fn(&[u8; 16]) -> Option<UserId>,
}

/// A candidate as the disagreements' table keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredCandidate {
    pub(crate) value: Option<Value>,
    pub(crate) actor: String,
    pub(crate) at: chrono::DateTime<chrono::Utc>,
}

impl From<&Candidate> for StoredCandidate {
    fn from(candidate: &Candidate) -> Self {
        Self {
            value: candidate.value.clone(),
            actor: hex::encode(candidate.actor),
            at: candidate.at,
        }
    }
}

/// What lists say of a document.
pub(crate) fn read_models(open: &Open, facts: &Facts<'_>) -> ReadModels {
    let conflicts = shown_conflicts(open);
    let mut models = match open.document.header().kind() {
        DocumentKind::Person => person::read_models(open),
        DocumentKind::Visit => visit::read_models(open, facts, &conflicts),
        DocumentKind::Observations => observations::read_models(open),
        DocumentKind::Round => round::read_models(open),
        DocumentKind::Directory => directory::read_models(open),
        DocumentKind::Acts => acts::read_models(open),
        DocumentKind::Told => observations::told(open),
    };
    models.disagreements = conflicts
        .iter()
        .map(|conflict| disagreement(open, conflict))
        .collect();
    models
}

/// The conflicts that a person must settle. Where two have moved the same row of a round, one place
/// is as good as the other and the next move decides. What must not be told of a protected person is
/// not told by a list of answers either.
pub(crate) fn shown_conflicts(open: &Open) -> Vec<Conflict> {
    let kind = open.document.header().kind();
    let hidden = |field: &str| match kind {
        DocumentKind::Round => field.ends_with("/position"),
        DocumentKind::Person => is_sensitive(field) && protection_of(open).is_protected(),
        _ => false,
    };
    let mut conflicts = open.document.conflicts();
    conflicts.retain(|conflict| !hidden(&conflict.field));
    conflicts
}

fn disagreement(open: &Open, conflict: &Conflict) -> DisagreementRow {
    let header = open.document.header();
    let candidates: Vec<StoredCandidate> = conflict
        .candidates
        .iter()
        .map(StoredCandidate::from)
        .collect();
    DisagreementRow {
        document: header.id(),
        field: conflict.field.clone(),
        person: header.person_id(),
        visit: header.visit_id(),
        candidates_json: serde_json::to_string(&candidates).unwrap_or_default(),
        newest_at: conflict
            .candidates
            .iter()
            .map(|candidate| candidate.at)
            .max()
            .unwrap_or_default(),
    }
}
