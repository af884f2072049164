//! What the policies say of an act, besides that it is written among the person's acts.

use super::standing::a_visit;
use crate::{
    failure::Outcome,
    tablet::{Companion, State, allowed},
};
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    law::{Bound, Standing},
    people::User,
    record::Header,
};
use hemrond_policy::{Action, Block, Circumstances, Decision, Emergency, Resource};

impl Companion {
    /// Whether the user may set a block for the person. An outer one covers the record and the social
    /// documents: whoever may shut either may say for the person that both are shut.
    pub(crate) fn may_block(
        &self,
        state: &State,
        person: PersonId,
        bound: Bound,
    ) -> Outcome<Decision> {
        let user = &state.enrolled()?.user;
        let of_own_unit = a_visit(user, user.unit, person);
        let record = self.decide(state, Action::Block, &of_own_unit)?;
        if record.allowed || bound == Bound::Inner {
            return Ok(record);
        }
        self.decide(
            state,
            Action::Block,
            &self.observations_header(user, person),
        )
    }

    /// Whether the user may lift a block of their unit or organisation. Every block covers the health
    /// record: whoever lifts one must be among those who may open that.
    pub(crate) fn may_lift(&self, state: &State, person: PersonId) -> Outcome<Decision> {
        let user = &state.enrolled()?.user;
        self.decide(state, Action::LiftBlock, &a_visit(user, user.unit, person))
    }

    /// Refuses to ask another organisation for a lift where nobody has said that there is danger.
    pub(crate) fn check_ask_to_lift(
        &self,
        state: &State,
        person: PersonId,
        organisation: OrganisationId,
        standing: &Standing,
    ) -> Outcome<()> {
        let user = &state.enrolled()?.user;
        let in_danger = standing.emergencies_of(user.id, Bound::Outer).next();
        let theirs = User {
            organisation,
            ..user.clone()
        };
        let header = a_visit(&theirs, user.unit, person);
        let circumstances = Circumstances {
            // Whoever is asked was named as one who has blocked; here nothing else is known of it.
            block: Block::Outer,
            emergency: match in_danger {
                Some(_) => Emergency::Units,
                None => Emergency::None,
            },
            ..Circumstances::ordinary()
        };
        let what = Resource::from(&header);
        let decision = self
            .policy
            .may_in(&user.into(), Action::AskToLift, &what, &circumstances);
        allowed(&decision, &header)
    }

    /// What the policies say of showing who has looked. The lines name units, so that a block between
    /// the user and another unit's data stands before them too.
    pub(crate) fn may_see_log(&self, state: &State, person: PersonId) -> Outcome<Decision> {
        let user = &state.enrolled()?.user;
        let circumstances = Circumstances {
            block: match self.is_blocked_elsewhere(state, person)? {
                true => Block::Inner,
                false => Block::None,
            },
            ..Circumstances::ordinary()
        };
        let what = Resource::from(&Header::person(user.organisation, person));
        Ok(self
            .policy
            .may_in(&user.into(), Action::ReadLog, &what, &circumstances))
    }

    /// Some social document of the organisation's: for what the policies say of all of them.
    fn observations_header(&self, user: &User, person: PersonId) -> Header {
        Header::observations(user.organisation, person, self.clock.today())
    }
}
