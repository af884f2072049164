//! From a command to its answer: the one door for every face.

use crate::{
    access_log::{Act, Traced, Whose, traced},
    api::{Command, Connection, Failure, Language},
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use hemrond_domain::ids::PersonId;
use serde::Serialize;
use serde_json::Value;

/// What the policy says to whoever may not, whom a block keeps away, what another organisation does not give, and who shows no
/// relation.
const DENIED: [&str; 5] = [
    "policy.forbidden",
    "policy.blocked",
    "policy.elsewhere",
    "policy.relation_first",
    "policy.relation_needed",
];
impl Command {
    /// Reads a command from its name and JSON arguments; none are as good as empty ones.
    pub(crate) fn from_json(name: &str, args: Value) -> Outcome<Self> {
        let args = if args.is_null() {
            Value::Object(serde_json::Map::new())
        } else {
            args
        };
        let command = serde_json::json!({ "command": name, "args": args });
        serde_json::from_value(command)
            .map_err(|error| Problem::new("command.unreadable").with("detail", error))
    }
}

impl Companion {
    /// Runs one command.
    ///
    /// # Errors
    /// With what happened and what to do, in the user's language.
    pub async fn call(&self, command: Command) -> Result<Value, Failure> {
        let name = command.name();
        // On the heap: all commands' states together are more than a small stack holds.
        match Box::pin(self.run(command)).await {
            Ok(answer) => Ok(answer),
            Err(problem) => {
                tracing::info!(command = name, code = %problem.code, "a command failed");
                Err(problem.told(self.language().await))
            }
        }
    }

    /// Runs a command given as its name and JSON arguments.
    ///
    /// # Errors
    /// As [`Companion::call`], and when there is no such command or its arguments do not fit.
    pub async fn call_json(&self, name: &str, args: Value) -> Result<Value, Failure> {
        match Command::from_json(name, args) {
            Ok(command) => self.call(command).await,
            Err(problem) => Err(problem.told(self.language().await)),
        }
    }

    /// The user's language.
    pub async fn language(&self) -> Language {
        self.state.lock().await.settings.language
    }

    async fn run(&self, command: Command) -> Outcome<Value> {
        let trace = traced(&command, self.clock.today());
        // What talks to the network takes the state only where it touches it.
        match &command {
            Command::SyncNow(_) => return self.sync_now().await,
            Command::Enrol(args) => return self.enrol_now(args, &trace).await,
            Command::Elsewhere(_)
            | Command::ElsewhereOpen(_)
            | Command::ElsewhereDanger(_)
            | Command::ElsewhereChoose(_) => return self.look_elsewhere(&command, &trace).await,
            Command::WhoLooked(args) => return self.ask_who_looked(args, &trace).await,
            _ => {}
        }
        let mut guard = self.state.lock().await;
        let state = &mut *guard;
        // Whatever is asked, a block that came or an opening that ended counts first.
        self.look_around(state).await?;
        if let Traced::Before(act) = &trace {
            self.log_act(state, act).await?;
        }
        state.shown.clear();
        let result = self.answered(state, command).await;
        self.trace(state, &trace, &result).await?;
        result
    }

    /// Logs what an answer shows, before it leaves, and what was refused.
    pub(crate) async fn trace(
        &self,
        state: &mut State,
        trace: &Traced,
        result: &Outcome<Value>,
    ) -> Outcome<()> {
        match (trace, result) {
            (Traced::Before(act) | Traced::After(act), Err(problem))
                if DENIED.contains(&problem.code.as_str()) =>
            {
                self.log_denied(state, act).await
            }
            (Traced::After(act), Ok(answer)) => {
                let act = self.with_basis(act, answer);
                self.log_act(state, &act).await
            }
            // What changes a list answers with the list.
            (Traced::Before(act), Ok(_)) if !state.shown.is_empty() => {
                self.log_act(state, &act.shown()).await
            }
            _ => Ok(()),
        }
    }

    async fn answered(&self, state: &mut State, command: Command) -> Outcome<Value> {
        match command {
            // The door answers these; whoever holds a companion without one has no use for them.
            Command::Door(_)
            | Command::Unlock(_)
            | Command::Lock(_)
            | Command::DoorTouch(_)
            | Command::ChoosePin(_)
            | Command::ChangePin(_)
            | Command::ExportUser(_)
            | Command::RemoveUser(_)
            | Command::Copies(_)
            | Command::BringBack(_)
            | Command::Recover(_) => Err(Problem::new("door.none")),
            Command::SyncNow(_) | Command::Enrol(_) | Command::Status(_) => {
                answer(self.status(state).await)
            }
            Command::SetSettings(args) => {
                self.set_settings(state, &args).await?;
                answer(self.status(state).await)
            }
            Command::SetOffline(args) => {
                self.set_offline(state, args).await?;
                answer(self.status(state).await)
            }
            Command::Round(args) => answer(self.round(state, &args).await),
            Command::PlanVisit(args) => answer(self.plan_visit(state, &args).await),
            Command::MoveVisit(args) => answer(self.move_visit(state, &args).await),
            Command::SetVisitState(args) => answer(self.set_visit_state(state, &args).await),
            Command::Search(args) => answer(self.search(state, &args).await),
            Command::CheckIdentity(args) => answer(self.check_identity(state, &args).await),
            Command::AddPerson(args) => {
                let added = self.add_person(state, &args).await?;
                self.log_added(state, added.person).await;
                answer(Ok(added))
            }
            Command::Person(args) => answer(self.person(state, &args).await),
            Command::Visit(args) => answer(self.visit(state, &args).await),
            Command::Edit(args) => answer(self.edit(state, &args).await),
            Command::Settle(args) => answer(self.settle(state, &args).await),
            Command::Unchanged(args) => answer(self.unchanged(state, &args).await),
            Command::Sign(args) => answer(self.sign(state, &args).await),
            Command::AnnotateDissent(args) => answer(self.annotate_dissent(state, &args).await),
            Command::HandOut(args) => answer(self.hand_out(state, &args).await),
            Command::AddNote(args) => answer(self.add_note(state, &args).await),
            Command::MarkSeen(args) => answer(self.mark_seen(state, &args).await),
            Command::Observe(args) => answer(self.observe(state, &args).await),
            Command::RetractObservation(args) => {
                answer(self.retract_observation(state, &args).await)
            }
            Command::Inbox(_) => answer(self.inbox(state).await),
            Command::SyncPage(_) => answer(self.sync_page(state).await),
            Command::SendAgain(args) => answer(self.send_again(state, &args).await),
            Command::LayAside(args) => answer(self.lay_aside(state, &args).await),
            Command::TakeUp(args) => answer(self.take_up(state, &args).await),
            Command::ExportUnsent(_) => answer(self.export_unsent(state).await),
            Command::History(args) => answer(self.history(state, &args).await),
            Command::PrintSheet(args) => answer(self.print_sheet(state, &args).await),
            Command::Rebuild(_) => answer(self.rebuild(state).await),
            Command::AccessState(args) => answer(self.access_state(state, args.person).await),
            Command::Inform(args) => answer(self.inform(state, &args).await),
            Command::Object(args) => answer(self.object(state, &args).await),
            Command::WithdrawObjection(args) => answer(self.withdraw_objection(state, &args).await),
            Command::DeclineRegisters(args) => answer(self.decline_registers(state, &args).await),
            Command::AllowRegisters(args) => answer(self.allow_registers(state, &args).await),
            Command::Consent(args) => answer(self.consent(state, &args).await),
            Command::WithdrawConsent(args) => answer(self.withdraw_consent(state, &args).await),
            Command::AssessCapacity(args) => answer(self.assess_capacity(state, &args).await),
            Command::Block(args) => answer(self.block(state, &args).await),
            Command::LiftBlock(args) => answer(self.lift_block(state, &args).await),
            Command::DeclareRelation(args) => answer(self.declare_relation(state, &args).await),
            Command::EmergencyUnits(args) => answer(self.emergency_units(state, &args).await),
            Command::EmergencyOpen(args) => answer(self.emergency_open(state, &args).await),
            // Asked before the state is taken.
            Command::Elsewhere(_)
            | Command::ElsewhereOpen(_)
            | Command::ElsewhereDanger(_)
            | Command::ElsewhereChoose(_)
            | Command::WhoLooked(_) => Err(Problem::new("command.unreadable")),
            Command::AskToLift(args) => answer(self.ask_to_lift(state, &args).await),
            Command::BeginTelling(args) => answer(self.begin_telling(state, &args).await),
            Command::EndTelling(args) => answer(self.end_telling(state, &args).await),
            Command::Disclose(args) => answer(self.disclose(state, &args).await),
        }
    }

    async fn sync_now(&self) -> Outcome<Value> {
        {
            let state = self.state.lock().await;
            state.enrolled()?;
            if state.link.offline_by_choice {
                return Err(Problem::new("sync.offline_by_choice"));
            }
        }
        self.sync().await?;
        // The background sync may be waiting out a failure; there is none any more.
        self.asked.notify_one();
        let mut status = self.status(&mut *self.state.lock().await).await?;
        // The background sync may have begun another round by now. This answer is about the round
        // that came through; it may reach the page after the event that ends the other one.
        if status.connection == Connection::Syncing {
            status.connection = Connection::Online;
        }
        answer(Ok(status))
    }

    /// That somebody was added is on disk already; this says who, for their extract.
    async fn log_added(&self, state: &mut State, person: PersonId) {
        let act = Act {
            action: hemrond_audit::Action::Write,
            whose: Whose::Person(person),
            kind: "person",
            reason: None,
            basis: None,
        };
        if let Err(problem) = self.log_act(state, &act).await {
            tracing::error!(code = %problem.code, "who was added is not in the access log");
        }
    }

    async fn enrol_now(&self, args: &crate::api::Enrol, trace: &Traced) -> Outcome<Value> {
        self.enrol(args).await?;
        let mut state = self.state.lock().await;
        if let Traced::After(act) = trace {
            self.log_act(&mut state, act).await?;
        }
        let status = self.status(&mut state).await;
        drop(state);
        self.wake.notify_one();
        answer(status)
    }
}

pub(crate) fn answer<T: Serialize>(result: Outcome<T>) -> Outcome<Value> {
    serde_json::to_value(result?)
        .map_err(|error| Problem::new("command.unreadable").with("detail", error))
}
