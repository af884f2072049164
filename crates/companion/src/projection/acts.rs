//! Legal acts in lists.

use crate::cache::Open;
use hemrond_domain::law::Act;
use hemrond_store::{ActRow, ReadModels};

pub(super) fn read_models(open: &Open) -> ReadModels {
    let header = open.document.header();
    let Some(person) = header.person_id() else {
        return ReadModels::default();
    };
    let acts = open.acts.iter().filter_map(|made| {
        Some(ActRow {
            document: header.id(),
            act: made.id.0,
            person,
            kind: made.act.as_ref().map_or("", Act::kind).to_owned(),
            at: made.at,
            made_json: serde_json::to_string(made).ok()?,
        })
    });
    ReadModels {
        acts: acts.collect(),
        ..ReadModels::default()
    }
}
