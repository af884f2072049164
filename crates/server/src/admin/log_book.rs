//! What the page of the log lists, whoever keeps it.

use crate::storage::{Storage, StorageError};
use async_trait::async_trait;
use hemrond_domain::ids::{OrganisationId, UserId};
use std::sync::Arc;

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its number; later lines have larger ones.
    pub number: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who; none where nobody had signed in.
    pub who: Option<UserId>,
    /// What was done: a stable name that has words under `act.`, or else is shown as it is.
    pub act: String,
    /// What it concerned: an id or a role's name.
    pub target: String,
}

/// A log that an administrator may look into.
#[async_trait]
pub trait LogBook: Send + Sync {
    /// Lines of an organisation, newest first, from below a number on where one is given.
    async fn lines(
        &self,
        organisation: OrganisationId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<LogLine>, StorageError>;
}

/// What administrators did, and who signed in.
pub struct AdminEvents(pub Arc<dyn Storage>);

#[async_trait]
impl LogBook for AdminEvents {
    async fn lines(
        &self,
        organisation: OrganisationId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<LogLine>, StorageError> {
        let events = self.0.admin_events(organisation, before, limit).await?;
        let lines = events.into_iter().map(|(number, event)| LogLine {
            number,
            at: event.at,
            who: event.actor,
            act: event.act,
            target: event.target,
        });
        Ok(lines.collect())
    }
}
