//! Writing what is new about documents.

use super::{
    items::{self, Added},
    read_models,
    withdrawal::Unlisted,
};
use crate::{
    commit::{Committed, DocumentCommit},
    error::StoreError,
    item::{ItemName, Shown},
    session::Session,
    sql,
};
use chrono::{DateTime, Utc};
use hemrond_domain::record::DocumentId;
use std::collections::BTreeMap;

/// Answers what was added, and which items waited and have come from the server.
pub(super) async fn write(
    session: &mut Session,
    documents: &[DocumentCommit],
    unlisted: &Unlisted,
    now: DateTime<Utc>,
) -> Result<(Committed, Vec<ItemName>), StoreError> {
    let named: Vec<(DocumentId, &DocumentCommit)> = documents
        .iter()
        .map(|document| (document.header.id(), document))
        .collect();
    let Unlisted { withdrawn, hidden } = unlisted;
    add_documents(session, &named).await?;
    let Added {
        added,
        acknowledged,
    } = items::add(session, &named, now).await?;
    // Where a document is named twice, its last word counts.
    let models: BTreeMap<DocumentId, _> = named
        .iter()
        .filter(|(id, _)| !hidden.contains(id) && !withdrawn.contains(id))
        .filter_map(|(id, document)| Some((*id, document.read_models.as_ref()?)))
        .collect();
    read_models::replace(session, &models).await?;
    let mut withdrawn: Vec<DocumentId> = named
        .iter()
        .map(|(id, _)| *id)
        .filter(|id| withdrawn.contains(id))
        .collect();
    withdrawn.sort_unstable();
    withdrawn.dedup();
    Ok((Committed { added, withdrawn }, acknowledged))
}

async fn add_documents(
    session: &mut Session,
    documents: &[(DocumentId, &DocumentCommit)],
) -> Result<(), StoreError> {
    for piece in sql::chunks(documents) {
        let mut values = sql::nothing();
        for (id, document) in piece {
            values.put(id);
            document.header.put(&mut values);
            values.put(&document.header.class());
            values.put(&[0_u8; 32]);
            let (shown, reason) = match &document.shown {
                Shown::Yes => (true, None),
                Shown::No { reason } => (false, Some(reason.clone())),
            };
            values.put(&shown);
            values.put(&reason);
        }
        // The header follows from the id, so the one on disk is the same.
        let statement = format!(
            "INSERT INTO documents
                (id, kind, organisation, unit, person, part, class, digest, shown, shown_reason)
             VALUES {}
             ON CONFLICT (id) DO UPDATE SET
                class = excluded.class,
                shown = excluded.shown,
                shown_reason = excluded.shown_reason",
            sql::placeholders(piece.len(), 10),
        );
        sql::execute(session, &statement, values).await?;
    }
    Ok(())
}
