//! Home-help observations in lists: as they were logged, and as units were told of them.

use crate::cache::Open;
use hemrond_documents::views::{ObservationsView, ToldView};
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
                source: None,
                source_row: None,
                told_to: None,
                told_at: None,
                told_by: None,
                basis: None,
            })
        })
        .collect();
    ReadModels {
        observations,
        ..ReadModels::default()
    }
}

pub(super) fn told(open: &Open) -> ReadModels {
    let header = open.document.header();
    let (Some(person), Some(unit)) = (header.person_id(), header.unit()) else {
        return ReadModels::default();
    };
    let observations = ToldView::read(&open.document)
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
                source: entry.source,
                source_row: entry.source_row,
                told_to: Some(unit),
                told_at: Some(entry.told_at?),
                told_by: entry.told_by,
                basis: entry.basis.map(str::to_owned),
            })
        })
        .collect();
    ReadModels {
        observations,
        ..ReadModels::default()
    }
}
