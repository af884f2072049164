//! What an administrator answers for: the analyses behind roles, and what was done.

use super::StorageError;
use async_trait::async_trait;
use chrono::NaiveDate;
use hemrond_domain::{
    ids::{OrganisationId, UserId},
    people::Role,
};

/// The needs-and-risk analysis behind a role (HSLF-FS 2016:40, 4 kap. 2 §).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAnalysis {
    /// Whose role it is.
    pub organisation: OrganisationId,
    /// The role.
    pub role: Role,
    /// The analysis by the organisation's own number.
    pub analysis: String,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_on: NaiveDate,
}

/// Something that an administrator did, or a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminEvent {
    /// Whose administration.
    pub organisation: OrganisationId,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who did it; none where it was done at the command line, or nobody had signed in.
    pub actor: Option<UserId>,
    /// The act's stable name.
    pub act: String,
    /// What it concerns: an id, or a role's name; empty if nothing.
    pub target: String,
}

/// What an administrator answers for.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Says which analysis stands behind a role, instead of what was said before.
    async fn set_role_analysis(&self, analysis: &RoleAnalysis) -> Result<(), StorageError>;
    /// The analyses of an organisation, by role.
    async fn role_analyses(
        &self,
        organisation: OrganisationId,
    ) -> Result<Vec<RoleAnalysis>, StorageError>;
    /// Keeps what was done. It is never changed afterwards.
    async fn add_admin_event(&self, event: &AdminEvent) -> Result<(), StorageError>;
    /// What was done, newest first: each with its number, from below `before` on where it is given.
    async fn admin_events(
        &self,
        organisation: OrganisationId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, AdminEvent)>, StorageError>;
}
