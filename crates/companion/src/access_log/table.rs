//! From each command to what the log says of it. The match names every command, so that a new one
//! cannot be forgotten.

use crate::api::Command;
use chrono::NaiveDate;
use hemrond_audit::{Action, MAX_REASON};
use hemrond_domain::{
    ids::{PersonId, RowId, VisitId},
    law::LegalBasis,
    record::{DocumentId, DocumentKind},
};

/// The kind of a person's legal acts.
const ACTS: &str = DocumentKind::Acts.as_str();

/// The policy by which a block within the organisation is opened in an emergency (PDL 4:5).
pub(super) const AT_HOME: &str = "emergency.open-own";

/// The policy by which others' documents are opened in an emergency (SVOD 3:5, 3:6).
pub(super) const AT_OTHERS: &str = "emergency.open-others";

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
    /// The code of the legal basis, where the command itself says it: that of a disclosure, or the
    /// policy behind an emergency.
    pub(crate) basis: Option<String>,
}

/// Whose data it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose {
    /// Nobody's, or somebody's who is not known here yet.
    Nobody,
    /// That of each person of whom the answer shows something.
    Shown,
    /// A person's.
    Person(PersonId),
    /// That of the person who is visited.
    Visit(VisitId),
    /// A document's.
    Document(DocumentId),
    /// A document that another organisation has of a person.
    Elsewhere(PersonId, DocumentId),
    /// That of each person on the team's round of a day, as far as the answer shows it.
    Round(NaiveDate),
    /// That of the person in a row of the team's round of a day.
    Row(NaiveDate, RowId),
}

impl Act {
    /// That the answer shows a list, after what was done to it.
    pub(crate) fn shown(&self) -> Self {
        let whose = match self.whose {
            Whose::Row(day, _) => Whose::Round(day),
            _ => Whose::Shown,
        };
        Self {
            action: Action::Read,
            whose,
            kind: self.kind,
            reason: None,
            basis: None,
        }
    }
}

fn before(action: Action, whose: Whose, kind: &'static str) -> Traced {
    Traced::Before(Act {
        action,
        whose,
        kind,
        reason: None,
        basis: None,
    })
}

/// What is opened in an emergency, with the danger as it was typed, as far as the log takes it.
fn emergency(person: PersonId, danger: &str, basis: &str) -> Traced {
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
        basis: Some(basis.to_owned()),
    })
}

/// That health care is told what home help saw, now or from now on, and why it may be.
fn telling(person: PersonId, basis: LegalBasis) -> Traced {
    Traced::Before(Act {
        action: Action::LegalAct,
        whose: Whose::Person(person),
        kind: ACTS,
        reason: None,
        basis: code(basis),
    })
}

/// A legal basis by its stable name.
fn code(basis: LegalBasis) -> Option<String> {
    let name = serde_json::to_value(basis).ok()?;
    name.as_str().map(str::to_owned)
}

fn after(action: Action, whose: Whose, kind: &'static str) -> Traced {
    Traced::After(Act {
        action,
        whose,
        kind,
        reason: None,
        basis: None,
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
        // Deliberate, and seen by nobody else otherwise.
        Command::LayAside(args) | Command::TakeUp(args) => {
            before(Write, Whose::Document(args.document), "")
        }
        // The door answers these and logs them itself, in the log of the user whose they are.
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
        | Command::Recover(_) => Traced::Nothing,
        Command::Enrol(_) => after(Enrol, Whose::Nobody, "tablet"),
        Command::Round(args) => after(Read, Whose::Round(args.day.unwrap_or(today)), "round"),
        Command::Search(_) => after(Search, Whose::Nobody, "search"),
        Command::CheckIdentity(_) => after(Search, Whose::Nobody, "identity"),
        Command::Person(args) => after(Read, Whose::Person(args.person), "person"),
        Command::Visit(args) => after(Read, Whose::Visit(args.visit), "visit"),
        Command::Inbox(_) => after(Read, Whose::Shown, "inbox"),
        Command::SyncPage(_) => after(Read, Whose::Shown, "sync"),
        Command::History(args) => after(Read, Whose::Document(args.document), "history"),
        Command::WhoLooked(args) => after(Read, Whose::Person(args.person), "access_log"),
        Command::AccessState(args) => after(Read, Whose::Person(args.person), ACTS),
        Command::PlanVisit(args) => before(Write, Whose::Person(args.person), "round"),
        Command::MoveVisit(args) => {
            let whose = Whose::Row(args.day.unwrap_or(today), args.row);
            before(Write, whose, "round")
        }
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
        Command::DeclineRegisters(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::AllowRegisters(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::Consent(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::WithdrawConsent(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::AssessCapacity(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::Block(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::LiftBlock(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::DeclareRelation(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::AskToLift(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::BeginTelling(args) => telling(args.person, args.basis),
        Command::EndTelling(args) => before(LegalAct, Whose::Person(args.person), ACTS),
        Command::Disclose(args) => telling(args.person, args.basis),
        Command::Elsewhere(args) => after(Read, Whose::Person(args.person), "elsewhere"),
        Command::ElsewhereOpen(args) => {
            let whose = Whose::Elsewhere(args.person, args.document);
            after(Read, whose, "elsewhere")
        }
        Command::ElsewhereDanger(args) => emergency(args.person, &args.reason, AT_OTHERS),
        Command::ElsewhereChoose(args) => emergency(args.person, &args.reason, AT_OTHERS),
        Command::EmergencyUnits(args) => emergency(args.person, &args.reason, AT_HOME),
        Command::EmergencyOpen(args) => emergency(args.person, &args.reason, AT_HOME),
    }
}
