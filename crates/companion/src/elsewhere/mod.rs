//! What other organisations have of a person, looked at with contact and kept nowhere.
//!
//! The server decides with both organisations' acts and logs the look where the documents belong; this
//! tablet logs it too, before anything is shown. Nothing of an answer reaches the store, the lists, the
//! search or the cache: it lives as long as the page that shows it (lag 2022:913, 4 kap. 6 §).

mod ask;
mod show;

pub(crate) use show::document;

use crate::{
    access_log::Traced,
    api::{
        Command, ElsewhereChoose, ElsewhereDocument, ElsewherePage, EmergencyReason, OfElsewhere,
        OfPerson,
    },
    dispatch::answer,
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use chrono::TimeDelta;
use hemrond_domain::{
    identity::IdentityKind,
    ids::PersonId,
    law::{Act, Bound, STATEMENT_LONGEST, Step},
    record::Header,
};
use hemrond_policy::Action;
use serde_json::Value;

impl Companion {
    /// Runs one of the commands that ask the server. The state is free while the network is waited for.
    pub(crate) async fn look_elsewhere(&self, command: &Command, trace: &Traced) -> Outcome<Value> {
        let result = match command {
            Command::ElsewhereOpen(args) => answer(self.elsewhere_open(args).await),
            Command::ElsewhereDanger(args) => answer(self.elsewhere_danger(args, trace).await),
            Command::ElsewhereChoose(args) => answer(self.elsewhere_choose(args, trace).await),
            Command::Elsewhere(OfPerson { person }) => answer(self.elsewhere(*person).await),
            _ => Err(Problem::new("command.unreadable")),
        };
        let mut state = self.state.lock().await;
        // A block, or another role, may have come meanwhile.
        self.look_around(&mut state).await?;
        self.trace(&mut state, trace, &result).await?;
        result
    }

    async fn elsewhere(&self, person: PersonId) -> Outcome<ElsewherePage> {
        self.may_ask(&mut *self.state.lock().await, person).await?;
        self.overview(person).await
    }

    /// Step 1 in danger: says what there is, and who has blocked.
    async fn elsewhere_danger(
        &self,
        args: &EmergencyReason,
        trace: &Traced,
    ) -> Outcome<ElsewherePage> {
        let until = self.clock.now() + STATEMENT_LONGEST;
        let act = Act::EmergencyOpened {
            bound: Bound::Outer,
            step: Step::Units,
            danger: args.reason.trim().to_owned(),
            units: Vec::new(),
            documents: Vec::new(),
            until,
        };
        self.declare(args.person, act, trace).await?;
        self.overview(args.person).await.map_err(declared)
    }

    /// Step 2: opens what was chosen, for some hours.
    async fn elsewhere_choose(
        &self,
        args: &ElsewhereChoose,
        trace: &Traced,
    ) -> Outcome<ElsewherePage> {
        let until = self.clock.now() + TimeDelta::hours(i64::from(args.hours));
        let act = Act::EmergencyOpened {
            bound: Bound::Outer,
            step: Step::Entries,
            danger: args.reason.trim().to_owned(),
            units: Vec::new(),
            documents: args.documents.clone(),
            until,
        };
        self.declare(args.person, act, trace).await?;
        self.overview(args.person).await.map_err(declared)
    }

    async fn elsewhere_open(&self, args: &OfElsewhere) -> Outcome<ElsewhereDocument> {
        self.may_ask(&mut *self.state.lock().await, args.person)
            .await?;
        let answered = self.ask(args.person, Some(args.document)).await?;
        let mut state = self.state.lock().await;
        // The right to ask may have gone while the network was waited for.
        self.may_ask(&mut state, args.person).await?;
        let language = state.settings.language;
        let own = state.enrolled()?.user.organisation;
        drop(state);
        // It may have been blocked, or a consent have ended, since the list was shown.
        let opened = answered
            .opened
            .ok_or_else(|| Problem::new("policy.elsewhere"))?;
        let time_of = |at| {
            let wall = self.clock.wall_of(at);
            wall.format("%Y-%m-%d %H:%M").to_string()
        };
        document(args, own, &opened, language, &time_of)
    }

    async fn overview(&self, person: PersonId) -> Outcome<ElsewherePage> {
        let answered = self.ask(person, None).await?;
        let mut state = self.state.lock().await;
        self.may_ask(&mut state, person).await?;
        self.shown(&mut state, person, &answered).await
    }

    /// Makes an act about danger, in the log before it is made. Without contact it would open
    /// nothing and stand for hours all the same, so contact comes first; what is chosen was named
    /// before, after the danger was said.
    async fn declare(&self, person: PersonId, act: Act, trace: &Traced) -> Outcome<()> {
        self.may_ask(&mut *self.state.lock().await, person).await?;
        self.reach_server().await?;
        let mut state = self.state.lock().await;
        self.may_ask(&mut state, person).await?;
        if matches!(
            act,
            Act::EmergencyOpened {
                step: Step::Entries,
                ..
            }
        ) {
            let me = state.enrolled()?.user.id;
            let standing = self.standing(&mut state, person).await?;
            let mut said = standing.emergencies_of(me, Bound::Outer);
            if !said.any(|one| one.step == Step::Units) {
                return Err(Problem::new("elsewhere.first_step"));
            }
        }
        if let Traced::Before(act) = trace {
            self.log_act(&mut state, act).await?;
        }
        self.make(&mut state, person, act).await?;
        Ok(())
    }

    /// Whether the user takes part in the person's care and may know who they are, and others can
    /// know whom the question is about.
    async fn may_ask(&self, state: &mut State, person: PersonId) -> Outcome<()> {
        self.look_around(state).await?;
        if state.link.offline_by_choice {
            return Err(Problem::new("sync.offline_by_choice"));
        }
        let row = self.store.person(person).await?;
        let row = row.ok_or_else(|| Problem::new("person.unknown"))?;
        let header = Header::person(state.enrolled()?.user.organisation, person);
        self.check(state, Action::Read, &header)?;
        self.check_relation_elsewhere(state, person).await?;
        let kind = row.identity_kind.as_deref().and_then(IdentityKind::of_key);
        match kind.is_some_and(IdentityKind::is_national) {
            true => Ok(()),
            false => Err(Problem::new("elsewhere.no_number")),
        }
    }
}

/// The opening stands, though no answer came to what it opens: nobody should make it again.
fn declared(problem: Problem) -> Problem {
    match problem.code.as_str() {
        "elsewhere.no_contact" | "elsewhere.unanswered" => Problem::new("elsewhere.declared"),
        _ => problem,
    }
}
