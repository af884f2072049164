//! Documents that this tablet may no longer hold: gone at once, or as soon as nothing of theirs
//! is unsent or refused.

use super::read_models;
use crate::{
    cell::{Cell as _, Columns},
    commit::DocumentCommit,
    error::StoreError,
    item::Origin,
    session::Session,
    sql,
};
use chrono::{DateTime, Utc};
use hemrond_domain::record::DocumentId;
use std::collections::BTreeSet;

/// The documents that are held and in no list.
#[derive(Debug, Default)]
pub(super) struct Unlisted {
    /// Those that the server has withdrawn.
    pub(super) withdrawn: BTreeSet<DocumentId>,
    /// Those that a block hides.
    pub(super) hidden: BTreeSet<DocumentId>,
}

/// Which documents no list speaks of.
pub(super) async fn unlisted(session: &mut Session) -> Result<Unlisted, StoreError> {
    let statement = "SELECT id, 1 FROM documents WHERE withdrawn_at IS NOT NULL
        UNION ALL SELECT id, 0 FROM documents WHERE hidden = 1";
    let mut unlisted = Unlisted::default();
    for row in &sql::rows(session, statement, sql::nothing()).await? {
        let mut columns = Columns::of(row);
        let id = columns.next()?;
        match columns.next()? {
            true => unlisted.withdrawn.insert(id),
            false => unlisted.hidden.insert(id),
        };
    }
    Ok(unlisted)
}

/// The documents that the server sends something of, so that the tablet may hold them.
fn returned(documents: &[DocumentCommit]) -> Vec<DocumentId> {
    documents
        .iter()
        .filter(|document| {
            document
                .new_items
                .iter()
                .any(|item| item.origin == Origin::Server)
        })
        .map(|document| document.header.id())
        .collect()
}

/// Takes the withdrawal of those documents back that the server sends something of. Answers which.
pub(super) async fn take_back(
    session: &mut Session,
    unlisted: &mut Unlisted,
    documents: &[DocumentCommit],
) -> Result<Vec<DocumentId>, StoreError> {
    let mut back = returned(documents);
    back.retain(|document| unlisted.withdrawn.remove(document));
    sql::execute_in(
        session,
        "UPDATE documents SET withdrawn_at = NULL
         WHERE withdrawn_at IS NOT NULL AND id IN {list}",
        &back,
    )
    .await?;
    Ok(back)
}

/// Takes documents out of every list, to be removed by the next sweep that finds nothing unsent.
/// What others wrote in them and this tablet was to give back does not keep them here: who may not
/// read a document cannot give it back either.
pub(super) async fn withdraw(
    session: &mut Session,
    documents: &[DocumentId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for document in documents {
        sql::execute(
            session,
            "UPDATE documents SET withdrawn_at = ?1 WHERE id = ?2 AND withdrawn_at IS NULL",
            sql::with(&now).and(document),
        )
        .await?;
        for table in ["outbox", "refused"] {
            let statement = format!(
                "DELETE FROM {table} WHERE document = ?1 AND EXISTS (
                    SELECT 1 FROM items
                    WHERE items.document = {table}.document AND items.hash = {table}.hash
                        AND items.local = 0
                )"
            );
            sql::execute(session, &statement, sql::with(document)).await?;
        }
    }
    read_models::remove(session, documents).await
}

/// Removes every withdrawn document of which nothing is unsent or refused. Answers which were
/// removed, and which of those just `gone` have to stay.
pub(super) async fn sweep(
    session: &mut Session,
    gone: &[DocumentId],
) -> Result<(Vec<DocumentId>, Vec<DocumentId>), StoreError> {
    let rows = sql::rows(
        session,
        "DELETE FROM documents
         WHERE withdrawn_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.document = documents.id)
            AND NOT EXISTS (SELECT 1 FROM refused WHERE refused.document = documents.id)
         RETURNING id",
        sql::nothing(),
    )
    .await?;
    let mut removed: Vec<DocumentId> = rows
        .iter()
        .map(|row| DocumentId::read(row, 0))
        .collect::<Result<_, _>>()?;
    removed.sort_unstable();
    let left = unlisted(session).await?.withdrawn;
    let stayed: BTreeSet<DocumentId> = gone
        .iter()
        .copied()
        .filter(|document| left.contains(document))
        .collect();
    Ok((removed, stayed.into_iter().collect()))
}
