//! Information, objection, consent, capacity and blocks: one command each, one act each.

use crate::{
    api::{
        AccessState, AskToLift, AssessCapacity, Consent, DeclareRelation, Disclose, Inform,
        LiftBlock, ObjectToSharing, OfPerson, SetBlock, WithdrawObjection,
    },
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use chrono::TimeDelta;
use hemrond_domain::law::{self, Act, Bound, Givers};

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
        let unit = state.enrolled()?.user.unit;
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
        let act = Act::LiftAsked {
            organisation: args.organisation,
            danger: args.danger.trim().to_owned(),
        };
        self.made(state, args.person, act).await
    }

    pub(crate) async fn disclose(
        &self,
        state: &mut State,
        args: &Disclose,
    ) -> Outcome<AccessState> {
        let rows = self.store.observations_of(args.person, u32::MAX).await?;
        let row = rows.iter().find(|row| row.act == args.observation);
        let Some(row) = row else {
            return Err(Problem::new("observation.unknown"));
        };
        let act = Act::Disclosed {
            document: row.document,
            row: args.observation,
            to: args.to,
            basis: args.basis,
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
