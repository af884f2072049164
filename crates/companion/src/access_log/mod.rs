//! The tablet's own access log: written before anything is shown or changed.
//!
//! There is one door to it, in the dispatcher: every command says in [`table`] what of it is logged,
//! and a command that is not listed there does not compile.

mod exchange;
mod looks;
mod page;
mod table;

pub(crate) use looks::Looks;
pub(crate) use table::{Act, Traced, Whose, traced};

use crate::{
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use hemrond_audit::{Action, Event, Head};
use hemrond_domain::{
    ids::PersonId,
    record::{DocumentId, Header},
};
use hemrond_store::{LogHead, NewLogRecord};

/// What an act is about, once it has been looked up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Subject {
    person: Option<PersonId>,
    document: Option<DocumentId>,
    kind: &'static str,
}

impl Companion {
    /// Writes an act into the log. It is on disk when this returns; whoever cannot log it shows and
    /// changes nothing. Before enrolment there is nobody to name, and nothing to show.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub(crate) async fn log_act(&self, state: &mut State, act: &Act) -> Outcome<()> {
        if state.enrolment.is_none() {
            return Ok(());
        }
        let subject = self.subject(state, act).await?;
        let mut action = act.action.clone();
        if action == Action::Read
            && subject.kind == "person"
            && subject
                .person
                .is_some_and(|person| state.found.remove(&person))
        {
            action = Action::SearchOpen;
        }
        let now = self.clock.now();
        let generation = self.announced.load(std::sync::atomic::Ordering::Relaxed);
        if matches!(action, Action::Read | Action::Search)
            && state.looks.is_the_same(&action, &subject, now, generation)
        {
            return Ok(());
        }
        self.log_event(state, action.clone(), &subject, act.reason.as_deref())
            .await?;
        state.looks.note(action, subject, now, generation);
        Ok(())
    }

    /// Writes what the door did for this tablet's user. It is on disk when this returns.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub(crate) async fn log_door(&self, action: Action, reason: Option<&str>) -> Outcome<()> {
        let state = self.state.lock().await;
        let subject = Subject {
            kind: "tablet",
            ..Subject::default()
        };
        self.log_event(&state, action, &subject, reason).await
    }

    /// Writes that something was refused.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub(crate) async fn log_denied(&self, state: &mut State, act: &Act) -> Outcome<()> {
        let subject = self.subject(state, act).await?;
        let reason = act.reason.as_deref();
        self.log_event(state, Action::Denied, &subject, reason)
            .await
    }

    /// Writes one event to the end of the chain.
    pub(crate) async fn log_event(
        &self,
        state: &State,
        action: Action,
        subject: &Subject,
        reason: Option<&str>,
    ) -> Outcome<()> {
        let Some(enrolment) = &state.enrolment else {
            return Ok(());
        };
        let now = self.clock.now();
        let event = Event {
            action,
            user: enrolment.user.id,
            role: enrolment.user.role.as_str().to_owned(),
            unit: enrolment.user.unit,
            organisation: enrolment.user.organisation,
            device: enrolment.device,
            person: subject.person,
            kind: Some(subject.kind.to_owned()).filter(|kind| !kind.is_empty()),
            document: subject.document,
            reason: reason.map(str::to_owned),
            basis: None,
            at_ms: now.timestamp_millis(),
        };
        let after = self
            .store
            .log_state()
            .await
            .map_err(|error| failed(&error))?;
        let after = after.head;
        let (bytes, next) = Head {
            seq: after.seq,
            hash: after.hash,
        }
        .next(event)
        .map_err(|error| failed(&error))?;
        let record = NewLogRecord {
            after: LogHead {
                seq: after.seq,
                hash: after.hash,
            },
            hash: next.hash,
            bytes,
            person: subject.person,
            at: now,
        };
        self.store
            .log_append(&record)
            .await
            .map_err(|error| failed(&error))?;
        Ok(())
    }

    /// Looks up whose data an act is about.
    async fn subject(&self, state: &mut State, act: &Act) -> Outcome<Subject> {
        let mut subject = Subject {
            kind: act.kind,
            ..Subject::default()
        };
        match act.whose {
            Whose::Nobody => {}
            Whose::Person(person) => {
                subject.person = Some(person);
                if act.kind == "person" {
                    let organisation = state.enrolled()?.user.organisation;
                    subject.document = Some(Header::person(organisation, person).id());
                }
            }
            Whose::Visit(visit) => {
                let rows = self.store.visits_by_ids(&[visit]).await?;
                subject.person = rows.first().map(|row| row.person);
                subject.document = rows.first().map(|row| row.document);
                if rows.is_empty() {
                    // Hidden by a block: the round knows whose it is.
                    let organisation = state.enrolled()?.user.organisation;
                    let planned = self.store.round_rows_of_visit(visit).await?;
                    if let Some(row) = planned.first() {
                        let header = Header::visit(organisation, row.unit, row.person, visit);
                        subject.person = Some(row.person);
                        subject.document = Some(header.id());
                    }
                }
            }
            Whose::Document(id) => {
                subject.document = Some(id);
                // What a block hides is known to the log, which shows it to nobody here.
                if let Some(open) = self.open_unasked(state, id).await? {
                    let header = open.document.header();
                    subject.person = header.person_id();
                    if act.kind.is_empty() {
                        subject.kind = header.kind().as_str();
                    }
                }
            }
            Whose::Elsewhere(person, document) => {
                subject.person = Some(person);
                subject.document = Some(document);
            }
            Whose::Round(day) => {
                let team = self.team_of_the_day(state, day).await?;
                let organisation = state.enrolled()?.user.organisation;
                subject.document = Some(Header::round(organisation, team, day).id());
            }
        }
        Ok(subject)
    }
}

/// The log cannot be written.
fn failed(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "the access log");
    Problem::new("log.failed").with("detail", error)
}
