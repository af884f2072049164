//! The analyses behind roles, and what administrators did.

use super::{StorageError, Tables, convert};
use crate::storage::{AdminEvent, Ledger, RoleAnalysis};
use async_trait::async_trait;
use hemrond_domain::ids::{OrganisationId, UserId};

type EventRow = (i64, i64, Option<Vec<u8>>, String, String);

#[async_trait]
impl Ledger for Tables {
    async fn set_role_analysis(&self, analysis: &RoleAnalysis) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO role_analyses (organisation_id, role, analysis, decided_by, decided_on) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organisation_id, role) DO UPDATE SET \
             analysis = excluded.analysis, decided_by = excluded.decided_by, \
             decided_on = excluded.decided_on",
        )
        .bind(analysis.organisation.as_bytes().to_vec())
        .bind(analysis.role.as_str())
        .bind(analysis.analysis.clone())
        .bind(analysis.decided_by.clone())
        .bind(analysis.decided_on.to_string())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn role_analyses(
        &self,
        organisation: OrganisationId,
    ) -> Result<Vec<RoleAnalysis>, StorageError> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT role, analysis, decided_by, decided_on FROM role_analyses \
             WHERE organisation_id = $1 ORDER BY role",
        )
        .bind(organisation.as_bytes().to_vec())
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|(role, analysis, decided_by, decided_on)| {
                Ok(RoleAnalysis {
                    organisation,
                    role: role
                        .parse()
                        .map_err(|_| StorageError::Damaged("an analysis has an unknown role"))?,
                    analysis,
                    decided_by,
                    decided_on: decided_on
                        .parse()
                        .map_err(|_| StorageError::Damaged("an analysis has no date"))?,
                })
            })
            .collect()
    }

    async fn add_admin_event(&self, event: &AdminEvent) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO admin_events (organisation_id, at, actor_id, act, target) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(event.organisation.as_bytes().to_vec())
        .bind(event.at)
        .bind(event.actor.map(|actor| actor.as_bytes().to_vec()))
        .bind(event.act.clone())
        .bind(event.target.clone())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn admin_events(
        &self,
        organisation: OrganisationId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, AdminEvent)>, StorageError> {
        let rows: Vec<EventRow> = sqlx::query_as(
            "SELECT id, at, actor_id, act, target FROM admin_events \
             WHERE organisation_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        )
        .bind(organisation.as_bytes().to_vec())
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|(number, at, actor, act, target)| {
                let actor = actor.map(convert::id).transpose()?;
                let event = AdminEvent {
                    organisation,
                    at,
                    actor: actor.map(UserId::from_stored),
                    act,
                    target,
                };
                Ok((number, event))
            })
            .collect()
    }
}
