//! The latest visit that has something: a frailty level, a weight, a fall risk, drugs.

use crate::{
    error::StoreError,
    rows::VisitRow,
    sql,
    store::Store,
    table::{self, Table as _},
};
use hemrond_domain::ids::PersonId;
use std::collections::HashMap;

/// What the visit must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LatestWith {
    /// A CFS level. The day of the assessment decides.
    Cfs,
    /// A weight.
    Weight,
    /// A whole fall-risk score.
    Falls,
    /// At least one drug.
    Drugs,
    /// The day of a medication review. The latest such day decides.
    Review,
    /// Nothing in particular.
    Anything,
}

impl LatestWith {
    const fn condition(self) -> &'static str {
        match self {
            Self::Cfs => "t.cfs_level IS NOT NULL",
            Self::Weight => "t.weight_kg IS NOT NULL",
            Self::Falls => "t.falls_score IS NOT NULL",
            Self::Drugs => "t.drug_count > 0",
            Self::Review => "t.last_review_on IS NOT NULL",
            Self::Anything => "1",
        }
    }

    /// What decides before the time of the visit does.
    const fn order(self) -> &'static str {
        match self {
            Self::Cfs => "t.cfs_on DESC, ",
            Self::Review => "t.last_review_on DESC, ",
            Self::Weight | Self::Falls | Self::Drugs | Self::Anything => "",
        }
    }
}

impl Store {
    /// A person's latest visit that has this, cancelled ones left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn latest_visit_with(
        &self,
        person: PersonId,
        with: LatestWith,
    ) -> Result<Option<VisitRow>, StoreError> {
        Ok(self
            .latest_visits_with(&[person], with)
            .await?
            .remove(&person))
    }

    /// The same for many people. Those without such a visit are left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn latest_visits_with(
        &self,
        people: &[PersonId],
        with: LatestWith,
    ) -> Result<HashMap<PersonId, VisitRow>, StoreError> {
        let mut reading = self.read().await?;
        let statement = format!(
            "{} WHERE t.document IN (
                SELECT document FROM (
                    SELECT t.document, row_number() OVER (
                        PARTITION BY t.person
                        ORDER BY {}coalesce(t.started_at, t.first_at) DESC, t.document
                    ) AS place
                    FROM visits t
                    WHERE t.state <> 'cancelled' AND {} AND t.person IN {{list}}
                ) WHERE place = 1
            )",
            table::select::<VisitRow>(),
            with.order(),
            with.condition(),
        );
        let rows = sql::rows_in(&mut reading, &statement, people).await?;
        rows.iter()
            .map(|row| {
                let visit = VisitRow::read(row)?;
                Ok((visit.person, visit))
            })
            .collect()
    }
}
