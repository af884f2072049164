//! From each command to what the log says of it. The match names every command, so that a new one
//! cannot be forgotten.

use crate::api::Command;
use chrono::NaiveDate;
use hemrond_audit::{Action, MAX_REASON};
use hemrond_domain::{
    ids::{PersonId, VisitId},
    record::{DocumentId, DocumentKind},
};

/// The kind of a person's legal acts.
const ACTS: &str = DocumentKind::Acts.as_str();

/// When a command is logged.
#[derive(Debug, Clone)]
pub(crate) enum Traced {
    /// It shows and changes nothing about anybody.
    Nothing,
    /// Before it runs, for it changes something or gives it out.
    Before(Act),
    /// After it ran and before its answer leaves, for it shows something.
    After(Act),
}

/// What a command does.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) action: Action,
    pub(crate) whose: Whose,
    /// The kind of document or page; empty where the document itself says it.
    pub(crate) kind: &'static str,
    /// Why, in the user's own words: in an emergency only.
    pub(crate) reason: Option<String>,
}

/// Whose data it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose {
    /// Nobody's, several persons', or somebody's who is not known here yet.
    Nobody,
    /// A person's.
    Person(PersonId),
    /// That of the person who is visited.
    Visit(VisitId),
    /// A document's.
    Document(DocumentId),
    /// A document that another organisation has of a person.
    Elsewhere(PersonId, DocumentId),
    /// The team's round of a day.
    Round(NaiveDate),
}

fn before(action: Action, whose: Whose, kind: &'static str) -> Traced {
    Traced::Before(Act {
        action,
        whose,
        kind,
        reason: None,
    })
}

/// What is opened in an emergency, with the danger as it was typed, as far as the log takes it.
fn emergency(person: PersonId, danger: &str) -> Traced {
    let mut reason = danger.trim();
    while reason.len() > MAX_REASON {
        reason = reason
            .char_indices()
            .next_back()
            .map_or("", |(at, _)| &reason[..at]);
    }
    Traced::Before(Act {
        action: Action::Emergency,
        whose: Whose::Person(person),
        kind: ACTS,
        reason: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
    })
}

fn after(action: Action, whose: Whose, kind: &'static str) -> Traced {
    Traced::After(Act {
        action,
        whose,
        kind,
        reason: None,
    })
}

/// What the log says of a command.
pub(crate) fn traced(command: &Command, today: NaiveDate) -> Traced {
    use Action::{Enrol, Export, LegalAct, Print, Read, Search, Sign, Write};
    match command {
        Command::Status(_)
        | Command::SetSettings(_)
        | Command::SetOffline(_)
        | Command::SyncNow(_)
        // What was written is in the log since it was written.
        | Command::SendAgain(_)
        | Command::Rebuild(_) => Traced::Nothing,
        // The door answers these and logs them itself, in the log of the user whose they are.
        Command::Door(_)
        | Command::Unlock(_)
        | Command::Lock(_)
        | Command::DoorTouch(_)
        | Command::ChoosePin(_)
        | Command::ChangePin(_)
        | Command::ExportUser(_)
        | Command::RemoveUser(_)
        | Command::Recover(_) => Traced::Nothing,
        Command::Enrol(_) => after(Enrol, Whose::Nobody, "tablet"),
        Command::Round(args) => after(Read, Whose::Round(args.day.unwrap_or(today)), "round"),
        Command::Search(_) => after(Search, Whose::Nobody, "search"),
        Command::CheckIdentity(_) => after(Search, Whose::Nobody, "identity"),
        Command::Person(args) => after(Read, Whose::Person(args.person), "person"),
        Command::Visit(args) => after(Read, Whose::Visit(args.visit), "visit"),
        Command::Inbox(_) => after(Read, Whose::Nobody, "inbox"),
        Command::SyncPage(_) => after(Read, Whose::Nobody, "sync"),
        Command::History(args) => after(Read, Whose::Document(args.document), "history"),
        Command::WhoLooked(args) => after(Read, Whose::Person(args.person), "access_log"),
        Command::AccessState(args) => after(Read, Whose::Person(args.person), ACTS),
        Command::PlanVisit(args) => before(Write, Whose::Person(args.person), "round"),
        Command::MoveVisit(args) => before(Write, Whose::Round(args.day.unwrap_or(today)), "round"),
        Command::SetVisitState(args) => before(Write, Whose::Visit(args.visit), "visit"),
        Command::AddPerson(_) => before(Write, Whose::Nobody, "person"),
        Command::Edit(args) => before(Write, Whose::Document(args.document), ""),
        Command::Settle(args) => before(Write, Whose::Document(args.document), ""),
        Command::Unchanged(args) => before(Write, Whose::Visit(args.visit), "visit"),
        Command::Sign(args) => before(Sign, Whose::Visit(args.visit), "visit"),
        Command::AddNote(args) => before(Write, Whose::Visit(args.visit), "visit"),
        Command::MarkSeen(args) => before(Write, Whose::Visit(args.visit), "visit"),
        Command::Observe(args) => before(Write, Whose::Person(args.person), "observations"),
        Command::RetractObservation(args) => {
            before(Write, Whose::Person(args.person), "observations")
        }
        Command::AnnotateDissent(args) => before(Write, Whose::Visit(args.visit), "visit"),
        Command::PrintSheet(args) => before(Print, Whose::Person(args.person), "sheet"),
        Command::HandOut(args) => before(Export, Whose::Person(args.person), "copy"),
        Command::ExportUnsent(_) => before(Export, Whose::Nobody, "store"),
        Command::Inform(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::Object(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::WithdrawObjection(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::Consent(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::WithdrawConsent(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::AssessCapacity(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::Block(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::LiftBlock(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::DeclareRelation(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::AskToLift(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::Disclose(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::Elsewhere(args) => after(Read, Whose::Person(args.person), "elsewhere"),
        Command::ElsewhereOpen(args) => {
            let whose = Whose::Elsewhere(args.person, args.document);
            after(Read, whose, "elsewhere")
        }
        Command::ElsewhereDanger(args) => emergency(args.person, &args.reason),
        Command::ElsewhereChoose(args) => emergency(args.person, &args.reason),
        Command::EmergencyUnits(args) => emergency(args.person, &args.reason),
        Command::EmergencyOpen(args) => emergency(args.person, &args.reason),
    }
}
