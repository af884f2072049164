//! Writing: each call is one transaction.

mod documents;
mod hiding;
pub(crate) mod items;
mod log;
mod outbox;
pub(crate) mod read_models;
mod small;
mod withdrawal;

pub use log::NewLogRecord;

use crate::{
    commit::{Applied, Commit, Committed, SyncCommit},
    error::StoreError,
    item::{Author, ItemHash, ItemName},
    session::Session,
    sql,
    store::Store,
};
use chrono::{DateTime, Utc};
use hemrond_domain::record::DocumentId;

impl Store {
    /// Keeps changes made on this tablet: items, outbox and lists in one transaction.
    ///
    /// # Errors
    /// When the disk fails or is full, or a list's row may not be kept. Nothing of the commit is
    /// visible then.
    pub async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let mut writing = self.write().await?;
        add_actors(&mut writing, &commit.actors).await?;
        let unlisted = withdrawal::unlisted(&mut writing).await?;
        let (committed, _) =
            documents::write(&mut writing, &commit.documents, &unlisted, commit.now).await?;
        writing.commit().await?;
        Ok(committed)
    }

    /// Takes in one answer of the server, in one transaction.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub async fn apply_sync(&self, answer: SyncCommit) -> Result<Applied, StoreError> {
        let mut writing = self.write().await?;
        let session = &mut *writing;
        let now = answer.now;
        let mut applied = Applied::default();
        add_actors(session, &answer.actors).await?;
        // Verdicts come first: they decide whether a document that is gone still holds unsent work.
        applied.acknowledged = outbox::acknowledge(session, &answer.acknowledged, now).await?;
        applied.refused = outbox::refuse(session, &answer.refused, now).await?;
        let mut unlisted = withdrawal::unlisted(session).await?;
        applied.returned = withdrawal::take_back(session, &mut unlisted, &answer.documents).await?;
        let (committed, arrived) =
            documents::write(session, &answer.documents, &unlisted, now).await?;
        applied.added = committed.added;
        applied.acknowledged.extend(arrived);
        applied.requeued = outbox::requeue(session, &answer.requeue, now).await?;
        if !unlisted.withdrawn.is_empty() || !answer.gone.is_empty() {
            withdrawal::withdraw(session, &answer.gone, now).await?;
            (applied.removed, applied.withdrawn) = withdrawal::sweep(session, &answer.gone).await?;
        }
        if let Some(told) = answer.log_acknowledged {
            log::acknowledge(session, told.head, told.at).await?;
        }
        if let Some(from) = answer.log_give_back {
            log::give_back(session, from).await?;
        }
        // What does not agree is kept with what was remembered before it gives way.
        for finding in &answer.log_findings {
            if log::find(session, finding, now).await? {
                applied.found.push(finding.code.clone());
            }
        }
        if let Some(said) = &answer.log_remembered {
            log::remember(session, said).await?;
        }
        small::move_position(session, answer.epoch, answer.cursor, answer.last_contact).await?;
        writing.commit().await?;
        Ok(applied)
    }

    /// Puts a refused item back among those that wait. False where it was not refused.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn retry_refused(
        &self,
        document: DocumentId,
        hash: ItemHash,
    ) -> Result<bool, StoreError> {
        let mut writing = self.write().await?;
        let found = outbox::retry(&mut writing, ItemName { document, hash }).await?;
        writing.commit().await?;
        Ok(found)
    }

    /// Lays aside what the server refused of a document: it is kept, and asks for nothing any more.
    /// Answers how many items that are.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn lay_aside(
        &self,
        document: DocumentId,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let statement = "UPDATE refused SET laid_aside_at = ?2
            WHERE document = ?1 AND laid_aside_at IS NULL";
        self.write_once(statement, sql::with(&document).and(&now))
            .await
    }

    /// Takes back what was laid aside of a document. Answers how many items that are.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn take_up(&self, document: DocumentId) -> Result<u64, StoreError> {
        let statement = "UPDATE refused SET laid_aside_at = NULL
            WHERE document = ?1 AND laid_aside_at IS NOT NULL";
        self.write_once(statement, sql::with(&document)).await
    }

    /// Remembers that these items were sent, whatever becomes of it.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn outbox_attempted(
        &self,
        items: &[ItemName],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut writing = self.write().await?;
        outbox::attempted(&mut writing, items, now).await?;
        writing.commit().await
    }
}

async fn add_actors(session: &mut Session, actors: &[Author]) -> Result<(), StoreError> {
    for piece in sql::chunks(actors) {
        let mut values = sql::nothing();
        for author in piece {
            values.put(&author.actor);
            values.put(&author.user);
            values.put(&author.device);
        }
        // Whoever stood behind an actor first stands behind it for ever.
        let statement = format!(
            "INSERT INTO actors (actor, user, device) VALUES {} ON CONFLICT (actor) DO NOTHING",
            sql::placeholders(piece.len(), 3),
        );
        sql::execute(session, &statement, values).await?;
    }
    Ok(())
}
