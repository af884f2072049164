//! The analyses behind roles, and what administrators did.

use super::{Call, Process};
use crate::storage::{AdminEvent, Ledger, RoleAnalysis, StorageError};
use async_trait::async_trait;
use hemrond_domain::ids::OrganisationId;
use std::sync::Arc;

#[async_trait]
impl Ledger for Process {
    async fn set_role_analysis(&self, analysis: &RoleAnalysis) -> Result<(), StorageError> {
        self.write(Call::SetRoleAnalysis, |state| {
            if !state.organisations.contains_key(&analysis.organisation) {
                return Err(StorageError::Constraint(
                    "the analysis's organisation is unknown",
                ));
            }
            let key = (analysis.organisation, analysis.role);
            state.role_analyses.insert(key, analysis.clone());
            Ok(())
        })
        .await
    }

    async fn role_analyses(
        &self,
        organisation: OrganisationId,
    ) -> Result<Vec<RoleAnalysis>, StorageError> {
        let mut found: Vec<RoleAnalysis> = self
            .read(Call::RoleAnalyses, |state| {
                let all = state.role_analyses.values();
                all.filter(|analysis| analysis.organisation == organisation)
                    .cloned()
                    .collect()
            })
            .await;
        found.sort_by_key(|analysis| analysis.role.as_str());
        Ok(found)
    }

    async fn add_admin_event(&self, event: &AdminEvent) -> Result<(), StorageError> {
        self.write(Call::AddAdminEvent, |state| {
            if !state.organisations.contains_key(&event.organisation) {
                return Err(StorageError::Constraint(
                    "the event's organisation is unknown",
                ));
            }
            Arc::make_mut(&mut state.admin_events).push(event.clone());
            Ok(())
        })
        .await
    }

    async fn admin_events(
        &self,
        organisation: OrganisationId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, AdminEvent)>, StorageError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(self
            .read(Call::AdminEvents, |state| {
                let numbered = (1..).zip(state.admin_events.iter());
                let mut found: Vec<(i64, AdminEvent)> = numbered
                    .filter(|(number, event)| {
                        event.organisation == organisation
                            && before.is_none_or(|before| *number < before)
                    })
                    .map(|(number, event)| (number, event.clone()))
                    .collect();
                found.reverse();
                found.truncate(limit);
                found
            })
            .await)
    }
}
