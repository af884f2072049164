//! Whether the user takes part in a person's care (PDL 4:1), or in the social care (lag 2022:913, 4 kap.
//! 3 §). What shows it by itself asks nothing; who lacks it is asked for a reason, which is an act of its
//! own (AC10). The answers are among the circumstances that the policies judge.

use super::{sight::made, standing::a_visit};
use crate::{
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use chrono::{DateTime, Days, TimeDelta, Utc};
use hemrond_domain::{
    ids::{PersonId, UserId},
    law::{Act, Made, RelationReason, Standing},
    people::{Role, User},
    record::{DocumentClass, DocumentKind, Header},
};
use hemrond_policy::{Action, Reason};
use std::collections::{BTreeMap, BTreeSet};

/// For how many days before and after its day a round shows who takes part.
const ROUND_DAYS: u64 = 30;

/// For how long what home help told the user's unit shows that the unit takes part.
const TOLD: TimeDelta = TimeDelta::days(30);

/// For how long the reason for a call shows that who went takes part.
const CALLED: TimeDelta = TimeDelta::days(1);

impl Companion {
    /// Those of these people of whom the user may see what a kind of document says, as the policies
    /// judge it with what is between the user and each.
    pub(crate) async fn may_see(
        &self,
        state: &mut State,
        people: &[PersonId],
        kind: DocumentKind,
    ) -> Outcome<BTreeSet<PersonId>> {
        self.ask_relations(state, people).await?;
        let mut seen = BTreeSet::new();
        for person in people {
            if self.may_of(state, Action::Read, *person, kind)? {
                seen.insert(*person);
            }
        }
        Ok(seen)
    }

    /// Refuses what needs a relation to the person while nothing shows one: what the user's role may
    /// read of them, the health record or what home help has seen.
    pub(crate) async fn check_relation(&self, state: &mut State, person: PersonId) -> Outcome<()> {
        self.ask_relations(state, &[person]).await?;
        let user = state.enrolled()?.user.clone();
        let visit = a_visit(&user, user.unit, person);
        let observations = Header::observations(user.organisation, person, self.clock.today());
        for header in [visit, observations] {
            let decision = self.decide(state, Action::Read, &header)?;
            if decision.reason == Some(Reason::RelationNeeded) {
                // Whose it is, so that the page can ask for the relation.
                return Err(Problem::new("policy.relation_needed").with("person", person));
            }
        }
        Ok(())
    }

    /// Refuses to plan a visit to somebody in whose care the user takes no part: the visit alone would
    /// show that they do, and nobody would have been asked why. Who is called out says it with the
    /// reason for the call, which is kept as theirs for a day and night.
    pub(crate) async fn check_relation_to_plan(
        &self,
        state: &mut State,
        person: PersonId,
        called: Option<&str>,
    ) -> Outcome<()> {
        let Err(problem) = self.check_relation(state, person).await else {
            return Ok(());
        };
        if problem.code != "policy.relation_needed" {
            return Err(problem);
        }
        let Some(words) = called.map(str::trim).filter(|words| !words.is_empty()) else {
            return Err(Problem::new("policy.relation_first").with("person", person));
        };
        let act = Act::RelationDeclared {
            reason: RelationReason::Care,
            words: words.to_owned(),
            until: self.clock.now() + CALLED,
        };
        self.make(state, person, act).await?;
        Ok(())
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
        if self
            .taking_part(state, &user, &[person])
            .await?
            .contains(&person)
        {
            return Ok(());
        }
        Err(Problem::new("policy.relation_needed").with("person", person))
    }

    /// Puts what is between the user and these people among the circumstances, where it is not there
    /// since documents last changed. Whoever asks the policies about a person's record asks this first.
    pub(crate) async fn ask_relations(
        &self,
        state: &mut State,
        people: &[PersonId],
    ) -> Outcome<()> {
        let Some(user) = state.enrolment.as_ref().map(|own| own.user.clone()) else {
            return Ok(());
        };
        let now = self.law_now(state);
        let today = self.clock.today();
        let unasked = state.sight.relations.unasked(people, today, now);
        if unasked.is_empty() {
            return Ok(());
        }
        let documented = self.documented(&user, &unasked).await?;
        let asked: Vec<PersonId> = documented.iter().copied().collect();
        let mut taking_part = self.taking_part(state, &user, &asked).await?;
        taking_part.extend(self.told_of(state, &user, &asked).await?);
        for person in unasked {
            // Inner secrecy is about what is documented: where there is nothing, nothing is asked.
            let takes_part = !documented.contains(&person) || taking_part.contains(&person);
            state.sight.relations.note(person, takes_part);
        }
        Ok(())
    }

    /// Those of these people about whom something is here that the user's role may read.
    async fn documented(&self, user: &User, people: &[PersonId]) -> Outcome<BTreeSet<PersonId>> {
        let mut documented = BTreeSet::new();
        for kind in [DocumentKind::Visit, DocumentKind::Observations] {
            if self.role_may(user, Action::Read, kind) {
                let kept = self.store.keepers_of(people, kind.class()).await?;
                documented.extend(kept.into_iter().map(|(person, _)| person));
            }
        }
        Ok(documented)
    }

    /// Those of these people in whose care the user takes part, as the care itself shows or they have
    /// said. What costs most is looked at last, and only for those of whom nothing else says it.
    async fn taking_part(
        &self,
        state: &mut State,
        user: &User,
        people: &[PersonId],
    ) -> Outcome<BTreeSet<PersonId>> {
        let records = self.store.keepers_of(people, DocumentClass::Health).await?;
        let mut found: BTreeSet<PersonId> = records
            .into_iter()
            .filter(|(_, unit)| *unit == Some(user.unit))
            .map(|(person, _)| person)
            .collect();
        found.extend(self.on_a_round(user, people).await?);
        if user.role == Role::Doctor {
            // A question that waits for a doctor is put to every doctor who can see it.
            found.extend(self.store.with_questions(people).await?);
        }
        let left = |found: &BTreeSet<PersonId>| -> Vec<PersonId> {
            let left = people.iter().copied();
            left.filter(|person| !found.contains(person)).collect()
        };
        found.extend(self.observed_by_unit(user, &left(&found)).await?);
        found.extend(self.said(state, user, &left(&found)).await?);
        found.extend(self.added(state, user, &left(&found)).await?);
        Ok(found)
    }

    /// Those who stand on a round of the user's unit; a doctor drives none, and takes part in every
    /// team's.
    async fn on_a_round(&self, user: &User, people: &[PersonId]) -> Outcome<Vec<PersonId>> {
        let today = self.clock.today();
        let from = today
            .checked_sub_days(Days::new(ROUND_DAYS))
            .unwrap_or(today);
        let until = today
            .checked_add_days(Days::new(ROUND_DAYS))
            .unwrap_or(today);
        let rows = self.store.rounds_with(people).await?;
        Ok(rows
            .into_iter()
            .filter(|(_, team, day)| {
                let own = *team == user.unit || user.role == Role::Doctor;
                own && *day >= from && *day <= until
            })
            .map(|(person, ..)| person)
            .collect())
    }

    /// Those about whom somebody of the user's unit has logged an observation: so it is with those
    /// whom home help visits.
    async fn observed_by_unit(&self, user: &User, people: &[PersonId]) -> Outcome<Vec<PersonId>> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let unit: BTreeSet<UserId> = self
            .store
            .staff()
            .await?
            .into_iter()
            .filter(|one| one.unit == Some(user.unit))
            .map(|one| one.user)
            .chain([user.id])
            .collect();
        let observed = self.store.observers_of(people).await?;
        Ok(observed
            .into_iter()
            .filter(|(_, by)| by.is_some_and(|by| unit.contains(&by)))
            .map(|(person, _)| person)
            .collect())
    }

    /// Those of whom home help has told the user's unit: it is asked to do something about it, here. Of
    /// what others have it is no reason to ask.
    async fn told_of(
        &self,
        state: &mut State,
        user: &User,
        people: &[PersonId],
    ) -> Outcome<Vec<PersonId>> {
        let now = self.law_now(state);
        let standings = self.acts_of_care(people, now).await?;
        Ok(standings
            .into_iter()
            .filter(|(_, standing)| {
                let mut told = standing.disclosures.iter();
                told.any(|told| told.to == user.unit && told.at > now - TOLD)
            })
            .map(|(person, _)| person)
            .collect())
    }

    /// Those for whom the user has given a reason that stands.
    async fn said(
        &self,
        state: &mut State,
        user: &User,
        people: &[PersonId],
    ) -> Outcome<Vec<PersonId>> {
        let now = self.law_now(state);
        let mut found = Vec::new();
        for (person, standing) in self.acts_of_care(people, now).await? {
            if standing.relations.contains_key(&user.id) {
                found.push(person);
            }
            state.sight.relations.ends(standing.ends_next);
        }
        Ok(found)
    }

    /// What stands of the acts from which a relation may follow.
    async fn acts_of_care(
        &self,
        people: &[PersonId],
        now: DateTime<Utc>,
    ) -> Outcome<BTreeMap<PersonId, Standing>> {
        let mut acts: BTreeMap<PersonId, Vec<Made>> = BTreeMap::new();
        for row in self.store.acts_of_care(people).await? {
            acts.entry(row.person).or_default().extend(made(&row));
        }
        Ok(acts
            .into_iter()
            .map(|(person, acts)| (person, Standing::of(&acts, now)))
            .collect())
    }

    /// Those whom the user has added. Opens documents, of those alone in which the user has written.
    async fn added(
        &self,
        state: &mut State,
        user: &User,
        people: &[PersonId],
    ) -> Outcome<Vec<PersonId>> {
        let mut found = Vec::new();
        for (person, writer) in self.store.writers_about(people).await? {
            if writer != user.id {
                continue;
            }
            let header = Header::person(user.organisation, person);
            let open = self.try_open(state, &header).await?;
            let first = open.and_then(|open| {
                let written = open.document.written();
                let first = written.iter().min_by_key(|change| change.at)?;
                state.user_of(&first.actor)
            });
            if first == Some(user.id) {
                found.push(person);
            }
        }
        Ok(found)
    }
}
