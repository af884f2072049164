//! The tablet's own access log: written before anything is shown or changed.
//!
//! There is one door to it, in the dispatcher: every command says in [`table`] what of it is logged,
//! and a command that is not listed there does not compile.

mod exchange;
mod looks;
mod page;
mod table;

pub(crate) use exchange::LogNews;
pub(crate) use looks::Looks;
pub(crate) use table::{Act, Traced, Whose, traced};

use crate::{
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use hemrond_audit::{Action, Event, Head, Record};
use hemrond_domain::{
    ids::PersonId,
    record::{DocumentId, Header},
};
use hemrond_store::NewLogRecord;
use serde_json::Value;
use std::collections::BTreeSet;

/// The policy by which what is opened in an emergency is read (PDL 4:5).
const OPENED: &str = "emergency.read-opened";

/// What an act is about, once it has been looked up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Subject {
    person: Option<PersonId>,
    document: Option<DocumentId>,
    kind: &'static str,
    /// The code of the legal basis, where there is one to name beside the care itself.
    basis: Option<String>,
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
        let now = self.clock.now();
        let generation = self.announced.load(std::sync::atomic::Ordering::Relaxed);
        let mut new = Vec::new();
        for subject in self.subjects(state, act).await? {
            let mut action = act.action.clone();
            if action == Action::Read
                && subject.kind == "person"
                && subject
                    .person
                    .is_some_and(|person| state.found.remove(&person))
            {
                action = Action::SearchOpen;
            }
            if matches!(action, Action::Read | Action::Search)
                && state.looks.is_the_same(&action, &subject, now, generation)
            {
                continue;
            }
            new.push((action, subject));
        }
        self.log_events(state, &new, act.reason.as_deref()).await?;
        for (action, subject) in new {
            state.looks.note(action, subject, now, generation);
        }
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
        let subject = Subject {
            // What was refused had none.
            basis: None,
            ..self.subject(state, act).await?
        };
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
        let event = [(action, subject.clone())];
        self.log_events(state, &event, reason).await
    }

    /// Writes events to the end of the chain, all of them or none.
    async fn log_events(
        &self,
        state: &State,
        events: &[(Action, Subject)],
        reason: Option<&str>,
    ) -> Outcome<()> {
        let Some(enrolment) = state.enrolment.as_ref().filter(|_| !events.is_empty()) else {
            return Ok(());
        };
        let now = self.clock.now();
        let stands = self.store.log_state().await;
        let mut after = stands.map_err(|error| failed(&error))?.head;
        let mut records = Vec::new();
        for (action, subject) in events {
            let event = Event {
                action: action.clone(),
                user: enrolment.user.id,
                role: enrolment.user.role.as_str().to_owned(),
                unit: enrolment.user.unit,
                organisation: enrolment.user.organisation,
                device: enrolment.device,
                person: subject.person,
                kind: Some(subject.kind.to_owned()).filter(|kind| !kind.is_empty()),
                document: subject.document,
                reason: reason.map(str::to_owned),
                basis: subject.basis.clone(),
                at_ms: now.timestamp_millis(),
            };
            let head = Head {
                seq: after.seq,
                hash: after.hash,
            };
            let (bytes, next) = head.next(event).map_err(|error| failed(&error))?;
            let record = NewLogRecord {
                after,
                hash: next.hash,
                bytes,
                person: subject.person,
                at: now,
            };
            after = record.place();
            records.push(record);
        }
        let written = self.store.log_append_all(&records).await;
        written.map_err(|error| failed(&error))
    }

    /// Everybody whose data an act is about: each has a line of their own in the log.
    async fn subjects(&self, state: &mut State, act: &Act) -> Outcome<Vec<Subject>> {
        let subject = self.subject(state, act).await?;
        let shown = match act.whose {
            Whose::Shown | Whose::Round(_) => state.shown.clone(),
            _ => BTreeSet::new(),
        };
        if shown.is_empty() {
            return Ok(vec![subject]);
        }
        let each = shown.into_iter().map(|person| Subject {
            person: Some(person),
            ..subject.clone()
        });
        Ok(each.collect())
    }

    /// Looks up whose data an act is about.
    async fn subject(&self, state: &mut State, act: &Act) -> Outcome<Subject> {
        let mut subject = Subject {
            kind: act.kind,
            basis: act.basis.clone(),
            ..Subject::default()
        };
        match act.whose {
            Whose::Nobody | Whose::Shown => {}
            Whose::Person(person) => {
                subject.person = Some(person);
                if act.kind == "person" {
                    let organisation = state.enrolled()?.user.organisation;
                    subject.document = Some(Header::person(organisation, person).id());
                }
                // Pages and papers that show everything show what is opened, too.
                if matches!(act.kind, "person" | "sheet" | "copy")
                    && self.opened_until(state, person)?.is_some()
                {
                    subject.basis = Some(OPENED.to_owned());
                }
            }
            Whose::Visit(visit) => {
                let rows = self.store.visits_by_ids(&[visit]).await?;
                subject.person = rows.first().map(|row| row.person);
                subject.document = rows.first().map(|row| row.document);
                if let Some(row) = rows.first() {
                    let organisation = state.enrolled()?.user.organisation;
                    let header = Header::visit(organisation, row.unit, row.person, visit);
                    subject.basis = self.basis_by_opening(state, &header)?;
                } else {
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
                    subject.basis = self.basis_by_opening(state, header)?;
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
            Whose::Row(day, row) => {
                let team = self.team_of_the_day(state, day).await?;
                let organisation = state.enrolled()?.user.organisation;
                subject.document = Some(Header::round(organisation, team, day).id());
                let rows = self.store.round(day, team).await?;
                let row = rows.iter().find(|one| one.row == row);
                subject.person = row.map(|row| row.person);
            }
        }
        Ok(subject)
    }
}

impl Companion {
    /// Whether the last thing in the log is that the tablet was locked.
    pub(crate) async fn was_only_locked(&self) -> Outcome<bool> {
        let head = self.store.log_state().await?.head;
        let last = self.store.log_from(head.seq, 1).await?;
        let last = last.first().and_then(|row| Record::decode(&row.bytes).ok());
        Ok(last.is_some_and(|record| record.event.action == Action::Lock))
    }

    /// The policy by which the user reads what a block covers; none where no block stands before it.
    fn basis_by_opening(&self, state: &State, header: &Header) -> Outcome<Option<String>> {
        let opened = self.document_opened_until(state, header)?;
        Ok(opened.map(|_| OPENED.to_owned()))
    }

    /// An act with the legal basis that its answer names: by which paragraph another organisation's
    /// document could be read. What the policies do not know is not repeated.
    pub(crate) fn with_basis(&self, act: &Act, answer: &Value) -> Act {
        let mut act = act.clone();
        if matches!(act.whose, Whose::Elsewhere(..)) {
            let named = answer.get("basis").and_then(Value::as_str);
            let is_rule = |name: &&str| self.policy.rules().iter().any(|rule| rule.id == **name);
            act.basis = named.filter(is_rule).map(str::to_owned);
        }
        act
    }
}

/// The log cannot be written.
fn failed(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "the access log");
    Problem::new("log.failed").with("detail", error)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use hemrond_policy::Policy;

    #[test]
    fn every_policy_that_the_log_names_is_there() {
        let policy = Policy::load().unwrap();
        let rules: Vec<&str> = policy.rules().iter().map(|rule| rule.id.as_str()).collect();
        for named in [OPENED, table::AT_HOME, table::AT_OTHERS] {
            assert!(rules.contains(&named), "{named}");
        }
    }
}
