//! Home-help observations in lists.

use crate::cache::Open;
use hemrond_documents::views::ObservationsView;
use hemrond_domain::ids::RowId;
use hemrond_store::{ObservationRow, ReadModels};

pub(super) fn read_models(open: &Open) -> ReadModels {
    let header = open.document.header();
    let Some(person) = header.person_id() else {
        return ReadModels::default();
    };
    let observations = ObservationsView::read(&open.document)
        .entries
        .into_iter()
        .filter_map(|entry| {
            Some(ObservationRow {
                document: header.id(),
                row: entry.id,
                act: entry
                    .act
                    .map_or(entry.id, |act| RowId::from_stored(act.into_bytes())),
                person,
                what: entry.what?.to_owned(),
                degree: entry.degree?.to_owned(),
                words: entry.words,
                by_user: entry.by,
                at: entry.at?,
                retracted: entry.retraction.is_some(),
            })
        })
        .collect();
    ReadModels {
        observations,
        ..ReadModels::default()
    }
}
