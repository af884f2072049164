//! What other organisations have of a person, looked at with contact and kept nowhere.
//!
//! The server decides with both organisations' acts and logs the look where the documents belong; this
//! tablet logs it too, before anything is shown. Nothing of an answer reaches the store, the lists, the
//! search or the cache: it lives as long as the page that shows it (lag 2022:913, 4 kap. 6 §).

mod ask;
mod show;

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
    ids::PersonId,
    law::{Act, Step},
    record::Header,
};
use hemrond_policy::Action;
use serde_json::Value;

/// How long a statement of danger stands: long enough to choose.
const FIRST_STEP: TimeDelta = TimeDelta::hours(1);

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
        let mut state = self.state.lock().await;
        self.may_ask(&mut state, person).await?;
        drop(state);
        self.overview(person).await
    }

    /// Step 1 in danger: says what there is, and who has blocked.
    async fn elsewhere_danger(
        &self,
        args: &EmergencyReason,
        trace: &Traced,
    ) -> Outcome<ElsewherePage> {
        let until = self.clock.now() + FIRST_STEP;
        let act = Act::EmergencyOpened {
            step: Step::Units,
            danger: args.reason.trim().to_owned(),
            units: Vec::new(),
            documents: Vec::new(),
            until,
        };
        self.declare(args.person, act, trace).await?;
        self.overview(args.person).await
    }

    /// Step 2: opens what was chosen, for some hours.
    async fn elsewhere_choose(
        &self,
        args: &ElsewhereChoose,
        trace: &Traced,
    ) -> Outcome<ElsewherePage> {
        let until = self.clock.now() + TimeDelta::hours(i64::from(args.hours));
        let act = Act::EmergencyOpened {
            step: Step::Entries,
            danger: args.reason.trim().to_owned(),
            units: Vec::new(),
            documents: args.documents.clone(),
            until,
        };
        self.declare(args.person, act, trace).await?;
        self.overview(args.person).await
    }

    async fn elsewhere_open(&self, args: &OfElsewhere) -> Outcome<ElsewhereDocument> {
        let mut state = self.state.lock().await;
        self.may_ask(&mut state, args.person).await?;
        let language = state.settings.language;
        drop(state);
        let answered = self.ask(args.person, Some(args.document)).await?;
        // It may have been blocked, or a consent have ended, since the list was shown.
        let opened = answered
            .opened
            .ok_or_else(|| Problem::new("policy.elsewhere"))?;
        let time_of = |at| {
            let wall = self.clock.wall_of(at);
            wall.format("%Y-%m-%d %H:%M").to_string()
        };
        show::document(args, &opened, language, &time_of)
    }

    async fn overview(&self, person: PersonId) -> Outcome<ElsewherePage> {
        let answered = self.ask(person, None).await?;
        let mut state = self.state.lock().await;
        self.shown(&mut state, person, &answered).await
    }

    /// Makes an act about danger, in the log before it is made.
    async fn declare(&self, person: PersonId, act: Act, trace: &Traced) -> Outcome<()> {
        let mut state = self.state.lock().await;
        self.may_ask(&mut state, person).await?;
        if let Traced::Before(act) = trace {
            self.log_act(&mut state, act).await?;
        }
        self.make(&mut state, person, act).await?;
        Ok(())
    }

    /// Whether the user takes part in the person's care, and may know who they are.
    async fn may_ask(&self, state: &mut State, person: PersonId) -> Outcome<()> {
        self.look_around(state).await?;
        if state.link.offline_by_choice {
            return Err(Problem::new("sync.offline_by_choice"));
        }
        if self.store.person(person).await?.is_none() {
            return Err(Problem::new("person.unknown"));
        }
        let header = Header::person(state.enrolled()?.user.organisation, person);
        self.check(state, Action::Read, &header)?;
        self.check_relation(state, person).await
    }
}
