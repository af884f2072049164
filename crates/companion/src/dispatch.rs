//! From a command to its answer: the one door for every face.

use crate::{
    api::{Command, Connection, Failure, Language},
    failure::{Outcome, Problem},
    tablet::Companion,
};
use serde::Serialize;
use serde_json::Value;

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
        // What talks to the network takes the state only where it touches it.
        match &command {
            Command::SyncNow(_) => return self.sync_now().await,
            Command::Enrol(args) => return self.enrol_now(args).await,
            _ => {}
        }
        let mut guard = self.state.lock().await;
        let state = &mut *guard;
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
            Command::AddPerson(args) => answer(self.add_person(state, &args).await),
            Command::Person(args) => answer(self.person(state, &args).await),
            Command::Visit(args) => answer(self.visit(state, &args).await),
            Command::Edit(args) => answer(self.edit(state, &args).await),
            Command::Settle(args) => answer(self.settle(state, &args).await),
            Command::Unchanged(args) => answer(self.unchanged(state, &args).await),
            Command::Sign(args) => answer(self.sign(state, &args).await),
            Command::AddNote(args) => answer(self.add_note(state, &args).await),
            Command::MarkSeen(args) => answer(self.mark_seen(state, &args).await),
            Command::Observe(args) => answer(self.observe(state, &args).await),
            Command::RetractObservation(args) => {
                answer(self.retract_observation(state, &args).await)
            }
            Command::Inbox(_) => answer(self.inbox(state).await),
            Command::SyncPage(_) => answer(self.sync_page(state).await),
            Command::ExportUnsent(_) => answer(self.export_unsent(state).await),
            Command::History(args) => answer(self.history(state, &args).await),
            Command::Rebuild(_) => answer(self.rebuild(state).await),
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

    async fn enrol_now(&self, args: &crate::api::Enrol) -> Outcome<Value> {
        self.enrol(args).await?;
        let status = self.status(&mut *self.state.lock().await).await;
        self.wake.notify_one();
        answer(status)
    }
}

pub(crate) fn answer<T: Serialize>(result: Outcome<T>) -> Outcome<Value> {
    serde_json::to_value(result?)
        .map_err(|error| Problem::new("command.unreadable").with("detail", error))
}
