//! What stands of a person's acts, as the user may see it.

use super::sight::made;
use crate::{
    api::{
        AccessRights, AccessState, AssessmentView, BlockView, ConsentView, DeclinedView,
        EmergencyView, InformedView, ObjectionView,
    },
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use hemrond_domain::{
    ids::{PersonId, UnitId, VisitId},
    law::{Bound, Made, Standing},
    people::Role,
    record::Header,
};
use hemrond_policy::Action;

impl Companion {
    /// What stands of a person's acts now.
    pub(crate) async fn standing(&self, state: &mut State, person: PersonId) -> Outcome<Standing> {
        let now = self.law_now(state);
        let rows = self.store.acts_of(person).await?;
        let acts: Vec<Made> = rows.iter().filter_map(made).collect();
        Ok(Standing::of(&acts, now))
    }

    pub(crate) async fn access_state(
        &self,
        state: &mut State,
        person: PersonId,
    ) -> Outcome<AccessState> {
        let user = state.enrolled()?.user.clone();
        if self.store.person(person).await?.is_none() {
            return Err(Problem::new("person.unknown"));
        }
        let acts = Header::acts(user.organisation, person);
        self.check(state, Action::Read, &acts)?;
        self.ask_relations(state, &[person]).await?;
        let standing = self.standing(state, person).await?;
        let may_write = self.may(state, Action::Write, &acts)?;
        let blocked_elsewhere = self.is_blocked_elsewhere(state, person)?;
        let relation = standing.relations.get(&user.id);
        Ok(AccessState {
            person,
            informed: standing
                .informed
                .iter()
                .map(|(what, informed)| InformedView {
                    what: *what,
                    at: informed.at,
                    by: state.colleague(Some(informed.by)),
                    told: informed.told,
                })
                .collect(),
            objections: standing
                .objections
                .iter()
                .map(|objection| ObjectionView {
                    act: objection.id,
                    at: objection.at,
                    by: state.colleague(Some(objection.by)),
                })
                .collect(),
            registers_declined: standing.registers_declined.first().map(|no| DeclinedView {
                at: no.at,
                by: state.colleague(Some(no.by)),
                told: no.told,
            }),
            consents: standing
                .consents
                .iter()
                .map(|consent| ConsentView {
                    act: consent.id,
                    givers: consent.givers.0.clone(),
                    classes: consent.classes.clone(),
                    until: consent.until,
                    by: state.colleague(Some(consent.by)),
                })
                .collect(),
            capacity: standing.capacity.as_ref().map(|found| AssessmentView {
                able: found.able,
                at: found.at,
                by: state.colleague(Some(found.by)),
            }),
            blocks: standing
                .blocks
                .iter()
                // Which other unit has blocked is told in an emergency only (PDL 4:5).
                .filter(|block| block.bound == Bound::Outer || block.unit == Some(user.unit))
                .map(|block| BlockView {
                    act: block.id,
                    bound: block.bound,
                    since: block.since,
                    by: state.colleague(Some(block.by)),
                })
                .collect(),
            blocked_elsewhere,
            relation_until: relation.map(|relation| relation.until),
            emergencies: standing
                .emergencies
                .iter()
                .filter(|open| open.user == user.id)
                .map(|open| EmergencyView {
                    act: open.id,
                    bound: open.bound,
                    step: open.step,
                    until: open.until,
                })
                .collect(),
            newer: u32::try_from(standing.newer).unwrap_or(u32::MAX),
            may: AccessRights {
                act: may_write,
                block: may_write && self.may_block(state, person, Bound::Inner)?.allowed,
                block_outer: may_write && self.may_block(state, person, Bound::Outer)?.allowed,
                lift: may_write && self.may_lift(state, person)?.allowed,
                see_log: self.may_see_log(state, person)?.allowed,
                assess: may_write && user.role != Role::Hemtjanst,
                emergency: blocked_elsewhere
                    && may_write
                    && matches!(user.role, Role::Nurse | Role::Doctor),
            },
        })
    }

    /// Whether another unit's data is blocked off from the user. That may be told, and no more
    /// (PDL 4:4); it is told to those who could read the data otherwise.
    pub(crate) fn is_blocked_elsewhere(&self, state: &State, person: PersonId) -> Outcome<bool> {
        let user = state.enrolled()?.user.clone();
        let Some(standing) = state.sight.of(person) else {
            return Ok(false);
        };
        for block in &standing.blocks {
            let Some(unit) = block.unit.filter(|unit| *unit != user.unit) else {
                continue;
            };
            let header = a_visit(&user, unit, person);
            if self.may(state, Action::Exists, &header)? && self.may_read_health(state)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Some visit of a unit to a person: for what the policies say of all of them.
pub(crate) fn a_visit(
    user: &hemrond_domain::people::User,
    unit: UnitId,
    person: PersonId,
) -> Header {
    Header::visit(
        user.organisation,
        unit,
        person,
        VisitId::from_bytes([0; 16]),
    )
}
