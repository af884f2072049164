//! The round's rows.

use crate::cache::Open;
use hemrond_documents::views::RoundView;
use hemrond_store::{ReadModels, RoundRowRow};

pub(super) fn read_models(open: &Open) -> ReadModels {
    let header = open.document.header();
    let (Some(team), Some(day)) = (header.unit(), header.day()) else {
        return ReadModels::default();
    };
    let round = RoundView::read(&open.document)
        .visits
        .into_iter()
        .filter_map(|row| {
            Some(RoundRowRow {
                document: header.id(),
                row: row.id,
                day,
                team,
                visit: row.visit?,
                person: row.person?,
                unit: team,
                start: row.start.map(|start| start.format("%H:%M").to_string()),
                minutes: row.minutes.and_then(|minutes| u32::try_from(minutes).ok()),
                position: row.position,
                staff: row.staff,
                acute: row.acute == Some(true),
                removed: row.removed == Some(true),
            })
        })
        .collect();
    ReadModels {
        round,
        ..ReadModels::default()
    }
}
