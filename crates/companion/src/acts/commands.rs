//! Information, objection, consent, capacity and blocks: one command each, one act each.

use super::standing::a_visit;
use crate::{
    api::{
        AccessState, AskToLift, AssessCapacity, Consent, DeclareRelation, DeclineRegisters, Inform,
        LiftBlock, ObjectToSharing, OfPerson, SetBlock, WithdrawObjection,
    },
    failure::{Outcome, Problem},
    tablet::{Companion, State, allowed},
};
use chrono::TimeDelta;
use hemrond_domain::{
    law::{self, Act, Bound, Givers},
    record::Header,
};
use hemrond_policy::Action;

impl Companion {
    pub(crate) async fn inform(&self, state: &mut State, args: &Inform) -> Outcome<AccessState> {
        let act = Act::InformationGiven {
            what: args.what,
            told: args.told,
        };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn object(
        &self,
        state: &mut State,
        args: &ObjectToSharing,
    ) -> Outcome<AccessState> {
        let act = Act::Objected { voice: args.voice };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn withdraw_objection(
        &self,
        state: &mut State,
        args: &WithdrawObjection,
    ) -> Outcome<AccessState> {
        let act = Act::ObjectionWithdrawn {
            objection: args.objection,
        };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn decline_registers(
        &self,
        state: &mut State,
        args: &DeclineRegisters,
    ) -> Outcome<AccessState> {
        let act = Act::RegistersDeclined { told: args.told };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn allow_registers(
        &self,
        state: &mut State,
        args: &OfPerson,
    ) -> Outcome<AccessState> {
        let standing = self.standing(state, args.person).await?;
        let declines = standing.registers_declined.iter().map(|no| no.id);
        let act = Act::RegistersAllowed {
            declines: declines.collect(),
        };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn consent(&self, state: &mut State, args: &Consent) -> Outcome<AccessState> {
        let act = Act::ConsentGiven {
            givers: Givers(args.givers.clone()),
            classes: args.classes.clone(),
            from: self.clock.now(),
            until: args.until,
        };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn withdraw_consent(
        &self,
        state: &mut State,
        args: &OfPerson,
    ) -> Outcome<AccessState> {
        let standing = self.standing(state, args.person).await?;
        let consents = standing.consents.iter().map(|consent| consent.id);
        let act = Act::ConsentWithdrawn {
            consents: consents.collect(),
        };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn assess_capacity(
        &self,
        state: &mut State,
        args: &AssessCapacity,
    ) -> Outcome<AccessState> {
        let act = Act::CapacityAssessed {
            able: args.able,
            explored: args.explored.trim().to_owned(),
            attitude: args.attitude.trim().to_owned(),
            unopposed: args.unopposed.trim().to_owned(),
        };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn block(&self, state: &mut State, args: &SetBlock) -> Outcome<AccessState> {
        let user = state.enrolled()?.user.clone();
        let decision = self.may_block(state, args.person, args.bound)?;
        allowed(&decision, &a_visit(&user, user.unit, args.person))?;
        let unit = user.unit;
        let act = Act::BlockSet {
            bound: args.bound,
            unit: (args.bound == Bound::Inner).then_some(unit),
            voice: args.voice,
        };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn lift_block(
        &self,
        state: &mut State,
        args: &LiftBlock,
    ) -> Outcome<AccessState> {
        let user = state.enrolled()?.user.clone();
        let standing = self.standing(state, args.person).await?;
        let block = standing.blocks.iter().find(|block| block.id == args.block);
        let Some(block) = block else {
            return Err(Problem::new("block.unknown"));
        };
        law::may_lift(block, user.role, user.unit).map_err(|why| Problem::new(why.code()))?;
        self.check_relation(state, args.person).await?;
        let decision = self.may_lift(state, args.person)?;
        allowed(&decision, &a_visit(&user, user.unit, args.person))?;
        let act = Act::BlockLifted {
            block: args.block,
            how: args.how,
        };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn declare_relation(
        &self,
        state: &mut State,
        args: &DeclareRelation,
    ) -> Outcome<AccessState> {
        let organisation = state.enrolled()?.user.organisation;
        let header = Header::person(organisation, args.person);
        self.check(state, Action::DeclareRelation, &header)?;
        let act = Act::RelationDeclared {
            reason: args.reason,
            words: args.words.trim().to_owned(),
            until: self.clock.now() + TimeDelta::days(i64::from(args.days)),
        };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn ask_to_lift(
        &self,
        state: &mut State,
        args: &AskToLift,
    ) -> Outcome<AccessState> {
        self.check_relation_elsewhere(state, args.person).await?;
        let standing = self.standing(state, args.person).await?;
        self.check_ask_to_lift(state, args.person, args.organisation, &standing)?;
        let act = Act::LiftAsked {
            organisation: args.organisation,
            danger: args.danger.trim().to_owned(),
        };
        self.made(state, args.person, act).await
    }

    /// Makes an act and answers what stands then.
    async fn made(
        &self,
        state: &mut State,
        person: hemrond_domain::ids::PersonId,
        act: Act,
    ) -> Outcome<AccessState> {
        self.make(state, person, act).await?;
        self.access_state(state, person).await
    }
}
