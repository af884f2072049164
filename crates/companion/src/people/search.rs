//! Searching, and checking a number before it is used.

use super::index;
use crate::{
    api::{CheckIdentity, Duplicate, Found, IdentityCheck, Search},
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use hemrond_domain::{identity::Identity, ids::PersonId};
use std::sync::Arc;

impl Companion {
    pub(crate) async fn search(&self, state: &mut State, args: &Search) -> Outcome<Found> {
        state.enrolled()?;
        let people = self.people_index(state).await?;
        let found = index::search(&people, &args.text);
        state.found = found.iter().copied().collect();
        let mut briefs = self.briefs(state, &found).await?;
        Ok(Found {
            people: found
                .iter()
                .filter_map(|person| briefs.remove(person))
                .collect(),
        })
    }

    async fn people_index(&self, state: &mut State) -> Outcome<Arc<Vec<index::Indexed>>> {
        match state.people.held() {
            Some(people) => Ok(people),
            None => Ok(state.people.fill(self.store.people_index().await?)),
        }
    }

    pub(crate) async fn check_identity(
        &self,
        state: &mut State,
        args: &CheckIdentity,
    ) -> Outcome<IdentityCheck> {
        state.enrolled()?;
        let today = self.clock.today();
        let typed = args.value.trim();
        let parsed = (!typed.is_empty()).then(|| Identity::parse(typed, today));
        let (identity, problem) = match parsed {
            None => (None, None),
            Some(Ok(identity)) => (Some(identity), None),
            Some(Err(error)) => (None, Some(Problem::new(error.code()))),
        };
        let name = format!("{} {}", args.given_name, args.family_name);
        Ok(IdentityCheck {
            display: identity.as_ref().map(Identity::display),
            age: identity
                .as_ref()
                .and_then(|identity| identity.age_on(today)),
            sex: identity.as_ref().and_then(Identity::sex),
            problem: problem.map(|problem| problem.told(state.settings.language)),
            duplicates: self.duplicates(state, identity.as_ref(), &name).await?,
            identity,
        })
    }

    /// People with the same number, then people with a like name.
    pub(crate) async fn duplicates(
        &self,
        state: &mut State,
        identity: Option<&Identity>,
        name: &str,
    ) -> Outcome<Vec<Duplicate>> {
        let same: Vec<PersonId> = match identity {
            Some(identity) => self
                .store
                .find_identity(&identity.canonical)
                .await?
                .into_iter()
                .map(|row| row.person)
                .collect(),
            None => Vec::new(),
        };
        let people = self.people_index(state).await?;
        let alike = index::same_name(&people, name);
        let all: Vec<PersonId> = same
            .iter()
            .copied()
            .chain(alike.into_iter().filter(|id| !same.contains(id)))
            .collect();
        let mut briefs = self.briefs(state, &all).await?;
        Ok(all
            .iter()
            .filter_map(|id| briefs.remove(id))
            .map(|person| Duplicate {
                same_number: same.contains(&person.id),
                person,
            })
            .collect())
    }
}
