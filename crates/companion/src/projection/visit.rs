//! The visit in lists, its notes, and who has seen it.

use super::{Facts, instruments::medication_drugs};
use crate::{cache::Open, heads};
use hemrond_documents::{
    Conflict, Document, Hash,
    history::{Difference, differences, last_writer},
    views::{Note, Seen, VisitView},
};
use hemrond_domain::{ids::UserId, instruments::downton, medication};
use hemrond_store::{NoteRow, ReadModels, SeenRow, VisitRow};

/// Collections whose rows are acts of their own: a note after a signature is no addition to the
/// signed answers, and having seen a visit changes nothing in it.
const OWN_ACTS: [&str; 3] = ["notes/", "seen/", "settlements/"];

pub(super) fn read_models(open: &Open, facts: &Facts<'_>, conflicts: &[Conflict]) -> ReadModels {
    let document = &open.document;
    let header = document.header();
    let (Some(person), Some(visit), Some(unit)) =
        (header.person_id(), header.visit_id(), header.unit())
    else {
        return ReadModels::default();
    };
    let view = VisitView::read(document);
    // A figure on which colleagues disagree is no figure yet: lists must not pick one of them.
    let disputed = |prefix: &str| {
        conflicts
            .iter()
            .any(|conflict| conflict.field.starts_with(prefix))
    };
    let falls = downton::assess(&(&view.falls).into())
        .complete()
        .filter(|_| !disputed("falls."));
    let cfs_level = view.cfs.level.filter(|_| !disputed("cfs.level"));
    let changes = document.written();
    let newest = changes.iter().max_by_key(|change| change.at);
    let signature = open.entries.last();
    let row = VisitRow {
        visit,
        document: header.id(),
        person,
        unit,
        state: view.state.unwrap_or("planned").to_owned(),
        acute: view.kind == Some("unplanned"),
        reason: view.reason.clone(),
        called_by: view.called_by.clone(),
        started_at: view.started_at,
        ended_at: view.ended_at,
        first_at: changes.iter().map(|change| change.at).min(),
        cfs_level: cfs_level.and_then(|level| u8::try_from(level).ok()),
        cfs_on: view.cfs.assessed_on,
        cfs_by: last_writer(document, "cfs.level").and_then(|actor| (facts.user_of)(&actor)),
        weight_kg: view.weight_kg,
        falls_score: falls.as_ref().map(|result| result.score),
        falls_high: falls.as_ref().map(|result| result.high),
        drug_count: u32::try_from(medication::drug_count(&medication_drugs(&view)))
            .unwrap_or(u32::MAX),
        last_review_on: view.medication.last_review_on,
        signed_entry: signature.map(|entry| entry.hash),
        signed_by: signature.map(|entry| entry.author),
        signed_at: signature.map(|entry| entry.at),
        additions: signature.map_or(0, |entry| {
            u32::try_from(additions(document, &entry.heads).len()).unwrap_or(u32::MAX)
        }),
        asks: u32::try_from(
            view.notes
                .iter()
                .filter(|note| is_open_question(note, &view.notes))
                .count(),
        )
        .unwrap_or(u32::MAX),
        disagreements: u32::try_from(conflicts.len()).unwrap_or(u32::MAX),
        newest_at: newest.map(|change| change.at),
        newest_by: newest.and_then(|change| (facts.user_of)(&change.actor)),
        read_only: document.is_newer(),
    };
    let notes = view.notes.iter().filter_map(|note| {
        Some(NoteRow {
            document: header.id(),
            row: note.id,
            visit,
            person,
            kind: note.kind?.to_owned(),
            text: note.text.clone()?,
            by_user: note.by,
            role: note.role.map(str::to_owned),
            at: note.at?,
            retracted_at: note
                .retraction
                .as_ref()
                .and_then(|retraction| retraction.at),
        })
    });
    let seen = view.seen.iter().filter_map(|seen| {
        Some(SeenRow {
            document: header.id(),
            visit,
            by_user: seen.by,
            at: seen.at?,
            complete: seen_completely(document, seen, facts.user_of),
        })
    });
    ReadModels {
        visit: Some(row),
        notes: notes.collect(),
        seen: seen.collect(),
        ..ReadModels::default()
    }
}

/// Whether a question still waits: nobody has answered or ordered anything since.
fn is_open_question(note: &Note, notes: &[Note]) -> bool {
    note.kind == Some("question") && note.retraction.is_none() && !is_answered(note, notes)
}

/// Whether someone else has answered or ordered something after this note.
fn is_answered(note: &Note, notes: &[Note]) -> bool {
    notes.iter().any(|later| {
        matches!(later.kind, Some("answer" | "order"))
            && later.retraction.is_none()
            && later.by != note.by
            && later.at >= note.at
    })
}

/// What was written after the state at these heads, other than acts of their own.
pub(crate) fn additions(document: &Document, heads: &[Hash]) -> Vec<Difference> {
    // Heads that are not here yet mean that a colleague signed what has not come; then nothing can
    // be said about what came after.
    differences(document, heads)
        .unwrap_or_default()
        .into_iter()
        .filter(|difference| !OWN_ACTS.iter().any(|act| difference.field.starts_with(act)))
        .collect()
}

/// Whether everything that others have written was there when it was seen.
pub(crate) fn seen_completely(
    document: &Document,
    seen: &Seen,
    user_of: &dyn Fn(&[u8; 16]) -> Option<UserId>,
) -> bool {
    let Some(heads) = seen.heads.as_deref().and_then(heads::read) else {
        return false;
    };
    let Ok(since) = differences(document, &heads) else {
        return false;
    };
    since
        .iter()
        .filter(|difference| !difference.field.starts_with("seen/"))
        .all(|difference| seen.by.is_some() && user_of(&difference.actor) == seen.by)
}
