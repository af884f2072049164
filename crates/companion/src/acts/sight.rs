//! What the person's acts hide from this tablet's user.
//!
//! Every list and every page asks one place: a hidden document stands in no list, because its rows
//! are taken out of the read models, and it is not opened, because the policies are asked with the
//! block in between. So a block hides before the next page is shown, offline too, whatever the
//! server has said.

use super::relations::Relations;
use crate::{
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{PersonId, UnitId, VisitId},
    law::{Bound, Made, Standing, Step},
    people::User,
    record::{DocumentClass, DocumentId, Header},
};
use hemrond_policy::{Action, Block, Circumstances, Emergency, Relation, Resource, Sharing};
use hemrond_store::ActRow;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
};

/// Nobody: what is asked about them is asked about a role and its unit alone.
pub(crate) const NOBODY: PersonId = PersonId::from_bytes([0; 16]);

/// What hides and opens documents, as it was when it was last read.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    /// By person: blocks and openings, where there are any.
    people: BTreeMap<PersonId, Standing>,
    /// For which unit it was read; none where it must be read anew.
    read_for: Option<UnitId>,
    /// In whose care the user takes part, as far as it was asked.
    pub(super) relations: Relations,
    /// When the next opening ends.
    ends: Option<DateTime<Utc>>,
    /// The latest moment that was seen: a clock that is put back opens nothing again.
    latest: Option<DateTime<Utc>>,
}

impl Sight {
    /// Has it read anew before the next answer.
    pub(crate) fn forget(&mut self) {
        self.read_for = None;
    }

    /// Has it asked anew in whose care the user takes part: documents have changed.
    pub(crate) fn forget_relations(&mut self) {
        self.relations = Relations::default();
    }

    fn stands(&self, unit: UnitId, now: DateTime<Utc>) -> bool {
        self.read_for == Some(unit) && self.ends.is_none_or(|end| now < end)
    }

    /// What stands between a user and a document, as the policies want to know it.
    pub(crate) fn circumstances(&self, user: &User, header: &Header) -> Circumstances {
        let mut circumstances = Circumstances::ordinary();
        if header.organisation() != user.organisation {
            // Others' documents are looked at by way of the server, and never kept here.
            circumstances.sharing = Sharing::NotInformed;
        }
        if let Some(person) = header.person_id().filter(|person| *person != NOBODY) {
            // Of whom nothing was asked, nothing is shown.
            circumstances.relation = self.relations.of(person);
        }
        let standing = header.person_id().and_then(|id| self.people.get(&id));
        let Some(standing) = standing else {
            return circumstances;
        };
        let unit = header.unit();
        if header.class() == DocumentClass::Health
            && unit.is_some_and(|unit| standing.blocks_off(unit, user.unit))
        {
            circumstances.block = Block::Inner;
        }
        circumstances.emergency = match standing.emergency(Bound::Inner, user.id, unit, header.id())
        {
            None => Emergency::None,
            Some(Step::Units) => Emergency::Units,
            Some(Step::Entries) => Emergency::Entries,
        };
        circumstances
    }

    /// What blocks and opens about a person.
    pub(crate) fn of(&self, person: PersonId) -> Option<&Standing> {
        self.people.get(&person)
    }
}

impl Companion {
    /// Reads what hides documents where something of it may have changed, and hides and shows what
    /// follows. Costs nothing while nothing has changed.
    pub(crate) async fn look_around(&self, state: &mut State) -> Outcome<()> {
        let Some(unit) = state.enrolment.as_ref().map(|own| own.user.unit) else {
            return Ok(());
        };
        let now = self.law_now(state);
        if state.sight.stands(unit, now) {
            return Ok(());
        }
        let mut by_person: BTreeMap<PersonId, Vec<Made>> = BTreeMap::new();
        for row in self.store.acts_that_hide().await? {
            by_person.entry(row.person).or_default().extend(made(&row));
        }
        let people: BTreeMap<PersonId, Standing> = by_person
            .into_iter()
            .map(|(person, acts)| (person, Standing::of(&acts, now)))
            .collect();
        state.sight = Sight {
            ends: people.values().filter_map(|one| one.ends_next).min(),
            people,
            relations: Relations::default(),
            // Only once the lists say so too.
            read_for: None,
            latest: Some(now),
        };
        self.hide_and_show(state).await?;
        state.sight.read_for = Some(unit);
        Ok(())
    }

    /// Now, as far as the ends of openings go.
    pub(crate) fn law_now(&self, state: &mut State) -> DateTime<Utc> {
        let latest = state.sight.latest.max(state.link.last_contact);
        let now = self.clock.now().max(latest.unwrap_or_default());
        state.sight.latest = Some(now);
        now
    }

    async fn hide_and_show(&self, state: &mut State) -> Outcome<()> {
        let people: Vec<PersonId> = state
            .sight
            .people
            .iter()
            .filter(|(_, standing)| !standing.blocks.is_empty())
            .map(|(person, _)| *person)
            .collect();
        let mut hidden: BTreeSet<DocumentId> = BTreeSet::new();
        for (id, raw) in self.store.health_documents_of(&people).await? {
            let Ok(header) = raw.header() else { continue };
            if self.hides(state, &header)? {
                hidden.insert(id);
            }
        }
        let before: BTreeSet<DocumentId> =
            self.store.hidden_documents().await?.into_iter().collect();
        let hide: Vec<DocumentId> = hidden.difference(&before).copied().collect();
        let show: Vec<DocumentId> = before.difference(&hidden).copied().collect();
        if hide.is_empty() && show.is_empty() {
            return Ok(());
        }
        let mut shown = Vec::new();
        for id in &show {
            if let Some(open) = self.open_unasked(state, *id).await? {
                shown.push(self.document_commit(state, &open, Vec::new()));
            }
        }
        self.store.hide(&hide, &shown, self.clock.now()).await?;
        for id in hide.iter().chain(&show) {
            state.cache.forget(*id);
            state.baselines.remove(id);
        }
        if !hide.is_empty() {
            // The end of an opening is no event of the server's: the comparison says what goes.
            self.compared.store(false, Ordering::Relaxed);
        }
        self.announce(hide.into_iter().chain(show).collect(), true);
        Ok(())
    }

    /// Until when the user reads a person's blocked data by an emergency opening of their own; none
    /// where nothing is opened.
    pub(crate) fn opened_until(
        &self,
        state: &State,
        person: PersonId,
    ) -> Outcome<Option<DateTime<Utc>>> {
        let me = state.enrolled()?.user.id;
        let standing = state.sight.of(person).into_iter();
        Ok(standing
            .flat_map(|standing| standing.emergencies_of(me, Bound::Inner))
            .filter(|open| open.step == Step::Entries)
            .map(|open| open.until)
            .max())
    }

    /// The same for one document: none where no block stands before it.
    pub(crate) fn document_opened_until(
        &self,
        state: &State,
        header: &Header,
    ) -> Outcome<Option<DateTime<Utc>>> {
        let user = &state.enrolled()?.user;
        if state.sight.circumstances(user, header).block == Block::None {
            return Ok(None);
        }
        let standing = header.person_id().and_then(|id| state.sight.of(id));
        Ok(standing
            .into_iter()
            .flat_map(|standing| standing.emergencies_of(user.id, Bound::Inner))
            .filter(|open| open.step == Step::Entries)
            .filter(|open| {
                open.documents.contains(&header.id())
                    || header.unit().is_some_and(|unit| open.units.contains(&unit))
            })
            .map(|open| open.until)
            .max())
    }

    /// Whether a block hides a document from the user, whatever else may stand in between: who only
    /// lacks a relation can give a reason for one.
    pub(crate) fn hides(&self, state: &State, header: &Header) -> Outcome<bool> {
        let Some(enrolment) = &state.enrolment else {
            return Ok(false);
        };
        let circumstances = Circumstances {
            relation: Relation::Care,
            ..state.sight.circumstances(&enrolment.user, header)
        };
        if circumstances.block == Block::None {
            return Ok(false);
        }
        let (who, what) = (enrolment.principal(), Resource::from(header));
        let decision = self
            .policy
            .may_in(&who, Action::Read, &what, &circumstances);
        Ok(!decision.allowed)
    }

    /// Why there is no such visit for the user: it is blocked, or it is not here.
    pub(crate) async fn why_no_visit(&self, state: &State, visit: VisitId) -> Outcome<Problem> {
        let organisation = state.enrolled()?.user.organisation;
        for row in self.store.round_rows_of_visit(visit).await? {
            let header = Header::visit(organisation, row.unit, row.person, visit);
            if self.hides(state, &header)? {
                return Ok(Problem::new("policy.blocked").with("person", row.person));
            }
        }
        Ok(Problem::new("visit.unknown"))
    }
}

/// The act that a row keeps; none where it cannot be read, which opens nothing.
pub(super) fn made(row: &ActRow) -> Option<Made> {
    serde_json::from_str(&row.made_json).ok()
}
