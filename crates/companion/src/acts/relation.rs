//! Whether the user takes part in a person's care (PDL 4:1). What shows it by itself asks nothing;
//! who lacks it is asked for a reason, which is an act of its own (AC10).

use super::standing::a_visit;
use crate::{
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use chrono::Days;
use hemrond_domain::{
    ids::{PersonId, UserId},
    people::{Role, User},
    record::{DocumentId, Header},
};
use hemrond_policy::{Action, Circumstances, Reason, Relation, Resource};
use hemrond_store::RawHeader;
use std::collections::BTreeSet;

/// For how many days before and after its day a round shows who takes part.
const ROUND_DAYS: u64 = 30;

/// How many of the latest observations are looked at for whose they are.
const OBSERVATIONS: u32 = 100;

impl Companion {
    /// Refuses what needs a relation to the person while nothing shows one.
    pub(crate) async fn check_relation(&self, state: &mut State, person: PersonId) -> Outcome<()> {
        let user = state.enrolled()?.user.clone();
        // Hemtjänst and assessors read no health record; whether they get to a person at all is
        // for their own rounds and units to say.
        if !matches!(user.role, Role::Nurse | Role::Doctor) {
            return Ok(());
        }
        let record = self.store.health_documents_of(&[person]).await?;
        // Inner secrecy is about what is documented: where there is nothing, nothing is asked.
        if record.is_empty() || self.takes_part(state, &user, person, &record).await? {
            return Ok(());
        }
        let none = Circumstances {
            relation: Relation::None,
            ..Circumstances::ordinary()
        };
        let what = Resource::from(&a_visit(&user, user.unit, person));
        let decision = self
            .policy
            .may_in(&(&user).into(), Action::Read, &what, &none);
        match decision.reason {
            // Whose it is, so that the page can ask for the relation.
            Some(Reason::RelationNeeded) => {
                Err(Problem::new("policy.relation_needed").with("person", person))
            }
            _ => Ok(()),
        }
    }

    /// Refuses to ask what other givers have of a person, where nothing shows that the user takes
    /// part in the care or the social care (lag 2022:913, 3 kap. 1 and 2 §§). Every role is asked,
    /// and also where nothing is documented here: elsewhere there may be.
    pub(crate) async fn check_relation_elsewhere(
        &self,
        state: &mut State,
        person: PersonId,
    ) -> Outcome<()> {
        let user = state.enrolled()?.user.clone();
        let record = self.store.health_documents_of(&[person]).await?;
        if self.takes_part(state, &user, person, &record).await?
            || self.has_observed(&user, person).await?
        {
            return Ok(());
        }
        Err(Problem::new("policy.relation_needed").with("person", person))
    }

    /// Whether somebody of the user's unit has logged an observation about the person: so it is with
    /// those whom home help visits.
    async fn has_observed(&self, user: &User, person: PersonId) -> Outcome<bool> {
        let unit: BTreeSet<UserId> = self
            .store
            .staff()
            .await?
            .into_iter()
            .filter(|one| one.unit == Some(user.unit))
            .map(|one| one.user)
            .chain([user.id])
            .collect();
        let observed = self.store.observations_of(person, OBSERVATIONS).await?;
        Ok(observed
            .iter()
            .any(|one| one.by_user.is_some_and(|by| unit.contains(&by))))
    }

    /// Whether the care itself shows that the user takes part in it, or they have said so.
    async fn takes_part(
        &self,
        state: &mut State,
        user: &User,
        person: PersonId,
        record: &[(DocumentId, RawHeader)],
    ) -> Outcome<bool> {
        if record
            .iter()
            .any(|(_, header)| header.unit == Some(user.unit))
        {
            return Ok(true);
        }
        if self.is_on_a_round(user, person).await? {
            return Ok(true);
        }
        // A question that waits for a doctor is put to every doctor who can see it.
        let asks = self.store.visits_of(person).await?;
        if user.role == Role::Doctor && asks.iter().any(|visit| visit.asks > 0) {
            return Ok(true);
        }
        let standing = self.standing(state, person).await?;
        if standing.relations.contains_key(&user.id) {
            return Ok(true);
        }
        // Last, since it opens a document: who added the person.
        let header = Header::person(user.organisation, person);
        let open = self.try_open(state, &header).await?;
        let first = open.and_then(|open| {
            let written = open.document.written();
            let first = written.iter().min_by_key(|change| change.at)?;
            state.user_of(&first.actor)
        });
        Ok(first == Some(user.id))
    }

    /// Whether the person stands on a round of the user's unit; a doctor drives none, and takes part
    /// in every team's.
    async fn is_on_a_round(&self, user: &User, person: PersonId) -> Outcome<bool> {
        let today = self.clock.today();
        let from = today
            .checked_sub_days(Days::new(ROUND_DAYS))
            .unwrap_or(today);
        let until = today
            .checked_add_days(Days::new(ROUND_DAYS))
            .unwrap_or(today);
        let rows = self.store.round_rows_of_person(person).await?;
        Ok(rows.iter().any(|row| {
            let own = row.team == user.unit || user.role == Role::Doctor;
            own && !row.removed && row.day >= from && row.day <= until
        }))
    }
}
