//! The commands and what each answers.

use super::*;
use hemrond_domain::{ids::PersonId, record::DocumentId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// For commands that need nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Nothing {}

/// Names a field of a document.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfField {
    /// Which document.
    pub document: DocumentId,
    /// The field's key, or "collection/row/field".
    pub field: String,
}

/// Everything that ever stood in a field, oldest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FieldHistory {
    /// What stood there, by whom and when.
    pub values: Vec<CandidateView>,
}

/// A person's id.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Added {
    /// Who.
    pub person: PersonId,
}

/// A visit begun or planned outside the round of today.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Rebuilt {
    /// Documents read.
    pub documents: u32,
}

/// People found, the likeliest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Found {
    /// Who.
    pub people: Vec<PersonBrief>,
}

macro_rules! commands {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal ($args:ty) -> $answer:ty;)*) => {
        /// One command with its arguments: `{"command": NAME, "args": {…}}`.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(tag = "command", content = "args")]
        pub enum Command {
            $($(#[doc = $doc])* #[serde(rename = $text)] $name($args),)*
        }

        /// Writes the TypeScript of every argument and answer.
        ///
        /// # Errors
        /// When a file cannot be written.
        pub(super) fn export_types(config: &ts_rs::Config) -> Result<(), ts_rs::ExportError> {
            $(
                <$args as TS>::export_all(config)?;
                <$answer as TS>::export_all(config)?;
            )*
            Ok(())
        }

        impl Command {
            /// Every command's name, what it takes, what it answers and what it is for.
            pub const ALL: &'static [CommandInfo] = &[
                $(CommandInfo {
                    name: $text,
                    args: stringify!($args),
                    answer: stringify!($answer),
                    about: concat!($($doc),*),
                },)*
            ];

            /// The command's name.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $text,)*
                }
            }
        }
    };
}

/// What is to be known about a command.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    /// Its name on the wire.
    pub name: &'static str,
    /// The type of its arguments.
    pub args: &'static str,
    /// The type of its answer.
    pub answer: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
}

commands! {
    /// The line at the top: who, where, what waits.
    Status "status" (Nothing) -> Status;
    /// Makes this tablet's own key known to the server with a one-time code.
    /// Who is on this tablet, and whether it is open; answered while it is locked.
    Door "door" (Nothing) -> DoorView;
    /// Opens the tablet for a user, and locks it for the one before.
    Unlock "unlock" (Unlock) -> DoorView;
    /// Locks the tablet at once; what is unsent may still go for a few minutes.
    Lock "lock" (Nothing) -> DoorView;
    /// Says that a person is there, so that it does not lock by itself.
    DoorTouch "door_touch" (Nothing) -> DoorView;
    /// Chooses a PIN on a tablet of an earlier version, which had none.
    ChoosePin "choose_pin" (ChoosePin) -> DoorView;
    /// Changes the open user's PIN.
    ChangePin "change_pin" (ChangePin) -> DoorView;
    /// Copies a user's encrypted database, with the sealed key, to the folder of exports.
    ExportUser "export_user" (OfDoorUser) -> Exported;
    /// Takes a user from this tablet; refused while something is unsent and not exported.
    RemoveUser "remove_user" (RemoveUser) -> DoorView;
    /// The encrypted copies on this tablet that have no place any more.
    Copies "copies" (Nothing) -> Copies;
    /// Gives an encrypted copy its place back, closed; `recover` opens it.
    BringBack "bring_back" (BringBack) -> DoorView;
    /// Gets a wiped key back from the server with a new one-time code, under a new PIN.
    Recover "recover" (Recover) -> DoorView;
    /// Adds a user to this tablet with a one-time code and a PIN, and opens it for them.
    Enrol "enrol" (Enrol) -> Status;
    /// Keeps the user's language, theme and text size.
    SetSettings "set_settings" (Settings) -> Status;
    /// The team's round of a day.
    Round "round" (RoundOf) -> Round;
    /// Adds a visit to a round, planned or acute.
    PlanVisit "plan_visit" (PlanVisit) -> Planned;
    /// Changes a row's place, time, length or colleague.
    MoveVisit "move_visit" (MoveVisit) -> Round;
    /// Begins, ends or cancels a visit.
    SetVisitState "set_visit_state" (SetVisitState) -> Kept;
    /// Finds people by name or number.
    Search "search" (Search) -> Found;
    /// Checks an identity number and looks for likely duplicates.
    CheckIdentity "check_identity" (CheckIdentity) -> IdentityCheck;
    /// Adds a person.
    AddPerson "add_person" (AddPerson) -> Added;
    /// A person's page.
    Person "person" (AskPerson) -> PersonPage;
    /// A visit's page; opening it remembers what the user has seen of it.
    Visit "visit" (OfVisit) -> VisitPage;
    /// Edits a document, field by field.
    Edit "edit" (EditDocument) -> Kept;
    /// Chooses between different answers to one field; the choice is recorded.
    Settle "settle" (Settle) -> Kept;
    /// Takes a section's values from the visit before, recorded as such.
    Unchanged "unchanged" (Unchanged) -> VisitPage;
    /// Signs a visit; signing again makes a correction that points to the signature before.
    Sign "sign" (OfVisit) -> VisitPage;
    /// Writes down that the patient finds a signed entry wrong or misleading; shown with that entry.
    AnnotateDissent "annotate_dissent" (AnnotateDissent) -> VisitPage;
    /// Makes a readable copy of a person's visits, in Swedish, to show and print, and notes in each to whom and when.
    HandOut "hand_out" (HandOut) -> HandedOut;
    /// Adds a note, order, question or answer to a visit.
    AddNote "add_note" (AddNote) -> VisitPage;
    /// Says that the user has seen the visit as it stands.
    MarkSeen "mark_seen" (OfVisit) -> VisitPage;
    /// Logs a home-help observation.
    Observe "observe" (Observe) -> Observation;
    /// Takes an observation of one's own back; it stays readable as taken back.
    RetractObservation "retract_observation" (RetractObservation) -> Kept;
    /// What waits for this user.
    Inbox "inbox" (Nothing) -> Inbox;
    /// Everything about sync: what waits, what was refused, last contact.
    SyncPage "sync_page" (Nothing) -> SyncPage;
    /// Has what the server refused of a document wait again, to be sent at the next contact.
    SendAgain "send_again" (OfDocument) -> SyncPage;
    /// Lays aside what the server refused of a document: it is kept, and asks for nothing any more.
    LayAside "lay_aside" (OfDocument) -> SyncPage;
    /// Takes back what was laid aside of a document.
    TakeUp "take_up" (OfDocument) -> SyncPage;
    /// Syncs now and answers when done or failed.
    SyncNow "sync_now" (Nothing) -> Status;
    /// Stops or resumes contact with the server; what is written waits.
    SetOffline "set_offline" (SetOffline) -> Status;
    /// Writes everything that the server has not acknowledged to a file.
    ExportUnsent "export_unsent" (Nothing) -> Exported;
    /// Everything that ever stood in a field.
    History "history" (OfField) -> FieldHistory;
    /// Says that a person's sheet is about to be printed; the access log keeps it.
    PrintSheet "print_sheet" (OfPerson) -> Nothing;
    /// Who has looked at a person's data: on every tablet, with contact; otherwise on this one.
    WhoLooked "who_looked" (OfPerson) -> WhoLooked;
    /// Makes the lists and the search index anew from the documents.
    Rebuild "rebuild" (Nothing) -> Rebuilt;
    /// What stands of a person's information, consents, objections and blocks, and what the user may do.
    AccessState "access_state" (OfPerson) -> AccessState;
    /// Records that the person was informed.
    Inform "inform" (Inform) -> AccessState;
    /// Records the person's objection to sharing between givers.
    Object "object" (ObjectToSharing) -> AccessState;
    /// Takes an objection back.
    WithdrawObjection "withdraw_objection" (WithdrawObjection) -> AccessState;
    /// Records that the person declines national quality registers.
    DeclineRegisters "decline_registers" (DeclineRegisters) -> AccessState;
    /// Records that the person allows national quality registers again.
    AllowRegisters "allow_registers" (OfPerson) -> AccessState;
    /// Records the person's consent that other givers' data is read here.
    Consent "consent" (Consent) -> AccessState;
    /// Takes all consents back.
    WithdrawConsent "withdraw_consent" (OfPerson) -> AccessState;
    /// Records whether the person can decide about sharing.
    AssessCapacity "assess_capacity" (AssessCapacity) -> AccessState;
    /// Sets the own unit's or organisation's block.
    Block "block" (SetBlock) -> AccessState;
    /// Lifts exactly one block of the own unit or organisation.
    LiftBlock "lift_block" (LiftBlock) -> AccessState;
    /// Gives a reason for taking part in a person's care.
    DeclareRelation "declare_relation" (DeclareRelation) -> AccessState;
    /// Step 1 of an emergency opening: which units have blocked.
    EmergencyUnits "emergency_units" (EmergencyReason) -> EmergencyUnits;
    /// Step 2 of an emergency opening: opens chosen units' data for some hours.
    EmergencyOpen "emergency_open" (EmergencyOpen) -> Opened;
    /// What other organisations have of a person, asked of the server now.
    Elsewhere "elsewhere" (OfPerson) -> ElsewherePage;
    /// Opens a document of another organisation, to be read and not kept.
    ElsewhereOpen "elsewhere_open" (OfElsewhere) -> ElsewhereDocument;
    /// In danger, step 1: what others have, and which of them the person has blocked.
    ElsewhereDanger "elsewhere_danger" (EmergencyReason) -> ElsewherePage;
    /// In danger, step 2: opens what was chosen of it for some hours.
    ElsewhereChoose "elsewhere_choose" (ElsewhereChoose) -> ElsewherePage;
    /// Asks another organisation to lift its block.
    AskToLift "ask_to_lift" (AskToLift) -> AccessState;
    /// Lets units of health care be told what home help sees from now on, with why it may be.
    BeginTelling "begin_telling" (BeginTelling) -> AccessState;
    /// Ends what is told from now on; what was told stays told.
    EndTelling "end_telling" (OfPerson) -> AccessState;
    /// Tells a unit of health care one observation, and stores why it may.
    Disclose "disclose" (Disclose) -> AccessState;
}

/// Whether to stay offline.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub struct SetOffline {
    /// True: no contact until it is set to false again.
    pub offline: bool,
}
