// Generated from the companion's commands by `cargo xtask types`. Do not edit.
import type { AccessState } from "./AccessState";
import type { AddNote } from "./AddNote";
import type { AddPerson } from "./AddPerson";
import type { Added } from "./Added";
import type { AnnotateDissent } from "./AnnotateDissent";
import type { AskPerson } from "./AskPerson";
import type { AskToLift } from "./AskToLift";
import type { AssessCapacity } from "./AssessCapacity";
import type { BeginTelling } from "./BeginTelling";
import type { BringBack } from "./BringBack";
import type { ChangePin } from "./ChangePin";
import type { CheckIdentity } from "./CheckIdentity";
import type { ChoosePin } from "./ChoosePin";
import type { Consent } from "./Consent";
import type { Copies } from "./Copies";
import type { DeclareRelation } from "./DeclareRelation";
import type { DeclineRegisters } from "./DeclineRegisters";
import type { Disclose } from "./Disclose";
import type { DoorView } from "./DoorView";
import type { EditDocument } from "./EditDocument";
import type { ElsewhereChoose } from "./ElsewhereChoose";
import type { ElsewhereDocument } from "./ElsewhereDocument";
import type { ElsewherePage } from "./ElsewherePage";
import type { EmergencyOpen } from "./EmergencyOpen";
import type { EmergencyReason } from "./EmergencyReason";
import type { EmergencyUnits } from "./EmergencyUnits";
import type { Enrol } from "./Enrol";
import type { Exported } from "./Exported";
import type { FieldHistory } from "./FieldHistory";
import type { Found } from "./Found";
import type { HandOut } from "./HandOut";
import type { HandedOut } from "./HandedOut";
import type { IdentityCheck } from "./IdentityCheck";
import type { Inbox } from "./Inbox";
import type { Inform } from "./Inform";
import type { Kept } from "./Kept";
import type { LiftBlock } from "./LiftBlock";
import type { MoveVisit } from "./MoveVisit";
import type { Nothing } from "./Nothing";
import type { ObjectToSharing } from "./ObjectToSharing";
import type { Observation } from "./Observation";
import type { Observe } from "./Observe";
import type { OfDocument } from "./OfDocument";
import type { OfDoorUser } from "./OfDoorUser";
import type { OfElsewhere } from "./OfElsewhere";
import type { OfField } from "./OfField";
import type { OfPerson } from "./OfPerson";
import type { OfVisit } from "./OfVisit";
import type { Opened } from "./Opened";
import type { PersonPage } from "./PersonPage";
import type { PlanVisit } from "./PlanVisit";
import type { Planned } from "./Planned";
import type { Rebuilt } from "./Rebuilt";
import type { Recover } from "./Recover";
import type { RemoveUser } from "./RemoveUser";
import type { RetractObservation } from "./RetractObservation";
import type { Round } from "./Round";
import type { RoundOf } from "./RoundOf";
import type { Search } from "./Search";
import type { SetBlock } from "./SetBlock";
import type { SetOffline } from "./SetOffline";
import type { SetVisitState } from "./SetVisitState";
import type { Settings } from "./Settings";
import type { Settle } from "./Settle";
import type { Status } from "./Status";
import type { SyncPage } from "./SyncPage";
import type { Unchanged } from "./Unchanged";
import type { Unlock } from "./Unlock";
import type { VisitPage } from "./VisitPage";
import type { WhoLooked } from "./WhoLooked";
import type { WithdrawObjection } from "./WithdrawObjection";

/** Every command with what it takes and what it answers. */
export interface Commands {
  /** The line at the top: who, where, what waits. */
  status: { args: Nothing; answer: Status };
  /** Makes this tablet's own key known to the server with a one-time code. Who is on this tablet, and whether it is open; answered while it is locked. */
  door: { args: Nothing; answer: DoorView };
  /** Opens the tablet for a user, and locks it for the one before. */
  unlock: { args: Unlock; answer: DoorView };
  /** Locks the tablet at once; what is unsent may still go for a few minutes. */
  lock: { args: Nothing; answer: DoorView };
  /** Says that a person is there, so that it does not lock by itself. */
  door_touch: { args: Nothing; answer: DoorView };
  /** Chooses a PIN on a tablet of an earlier version, which had none. */
  choose_pin: { args: ChoosePin; answer: DoorView };
  /** Changes the open user's PIN. */
  change_pin: { args: ChangePin; answer: DoorView };
  /** Copies a user's encrypted database, with the sealed key, to the folder of exports. */
  export_user: { args: OfDoorUser; answer: Exported };
  /** Takes a user from this tablet; refused while something is unsent and not exported. */
  remove_user: { args: RemoveUser; answer: DoorView };
  /** The encrypted copies on this tablet that have no place any more. */
  copies: { args: Nothing; answer: Copies };
  /** Gives an encrypted copy its place back, closed; `recover` opens it. */
  bring_back: { args: BringBack; answer: DoorView };
  /** Gets a wiped key back from the server with a new one-time code, under a new PIN. */
  recover: { args: Recover; answer: DoorView };
  /** Adds a user to this tablet with a one-time code and a PIN, and opens it for them. */
  enrol: { args: Enrol; answer: Status };
  /** Keeps the user's language, theme and text size. */
  set_settings: { args: Settings; answer: Status };
  /** The team's round of a day. */
  round: { args: RoundOf; answer: Round };
  /** Adds a visit to a round, planned or acute. */
  plan_visit: { args: PlanVisit; answer: Planned };
  /** Changes a row's place, time, length or colleague. */
  move_visit: { args: MoveVisit; answer: Round };
  /** Begins, ends or cancels a visit. */
  set_visit_state: { args: SetVisitState; answer: Kept };
  /** Finds people by name or number. */
  search: { args: Search; answer: Found };
  /** Checks an identity number and looks for likely duplicates. */
  check_identity: { args: CheckIdentity; answer: IdentityCheck };
  /** Adds a person. */
  add_person: { args: AddPerson; answer: Added };
  /** A person's page. */
  person: { args: AskPerson; answer: PersonPage };
  /** A visit's page; opening it remembers what the user has seen of it. */
  visit: { args: OfVisit; answer: VisitPage };
  /** Edits a document, field by field. */
  edit: { args: EditDocument; answer: Kept };
  /** Chooses between different answers to one field; the choice is recorded. */
  settle: { args: Settle; answer: Kept };
  /** Takes a section's values from the visit before, recorded as such. */
  unchanged: { args: Unchanged; answer: VisitPage };
  /** Signs a visit; signing again makes a correction that points to the signature before. */
  sign: { args: OfVisit; answer: VisitPage };
  /** Writes down that the patient finds a signed entry wrong or misleading; shown with that entry. */
  annotate_dissent: { args: AnnotateDissent; answer: VisitPage };
  /** Makes a readable copy of a person's visits, in Swedish, to show and print, and notes in each to whom and when. */
  hand_out: { args: HandOut; answer: HandedOut };
  /** Adds a note, order, question or answer to a visit. */
  add_note: { args: AddNote; answer: VisitPage };
  /** Says that the user has seen the visit as it stands. */
  mark_seen: { args: OfVisit; answer: VisitPage };
  /** Logs a home-help observation. */
  observe: { args: Observe; answer: Observation };
  /** Takes an observation of one's own back; it stays readable as taken back. */
  retract_observation: { args: RetractObservation; answer: Kept };
  /** What waits for this user. */
  inbox: { args: Nothing; answer: Inbox };
  /** Everything about sync: what waits, what was refused, last contact. */
  sync_page: { args: Nothing; answer: SyncPage };
  /** Has what the server refused of a document wait again, to be sent at the next contact. */
  send_again: { args: OfDocument; answer: SyncPage };
  /** Lays aside what the server refused of a document: it is kept, and asks for nothing any more. */
  lay_aside: { args: OfDocument; answer: SyncPage };
  /** Takes back what was laid aside of a document. */
  take_up: { args: OfDocument; answer: SyncPage };
  /** Syncs now and answers when done or failed. */
  sync_now: { args: Nothing; answer: Status };
  /** Stops or resumes contact with the server; what is written waits. */
  set_offline: { args: SetOffline; answer: Status };
  /** Writes everything that the server has not acknowledged to a file. */
  export_unsent: { args: Nothing; answer: Exported };
  /** Everything that ever stood in a field. */
  history: { args: OfField; answer: FieldHistory };
  /** Says that a person's sheet is about to be printed; the access log keeps it. */
  print_sheet: { args: OfPerson; answer: Nothing };
  /** Who has looked at a person's data: on every tablet, with contact; otherwise on this one. */
  who_looked: { args: OfPerson; answer: WhoLooked };
  /** Makes the lists and the search index anew from the documents. */
  rebuild: { args: Nothing; answer: Rebuilt };
  /** What stands of a person's information, consents, objections and blocks, and what the user may do. */
  access_state: { args: OfPerson; answer: AccessState };
  /** Records that the person was informed. */
  inform: { args: Inform; answer: AccessState };
  /** Records the person's objection to sharing between givers. */
  object: { args: ObjectToSharing; answer: AccessState };
  /** Takes an objection back. */
  withdraw_objection: { args: WithdrawObjection; answer: AccessState };
  /** Records that the person declines national quality registers. */
  decline_registers: { args: DeclineRegisters; answer: AccessState };
  /** Records that the person allows national quality registers again. */
  allow_registers: { args: OfPerson; answer: AccessState };
  /** Records the person's consent that other givers' data is read here. */
  consent: { args: Consent; answer: AccessState };
  /** Takes all consents back. */
  withdraw_consent: { args: OfPerson; answer: AccessState };
  /** Records whether the person can decide about sharing. */
  assess_capacity: { args: AssessCapacity; answer: AccessState };
  /** Sets the own unit's or organisation's block. */
  block: { args: SetBlock; answer: AccessState };
  /** Lifts exactly one block of the own unit or organisation. */
  lift_block: { args: LiftBlock; answer: AccessState };
  /** Gives a reason for taking part in a person's care. */
  declare_relation: { args: DeclareRelation; answer: AccessState };
  /** Step 1 of an emergency opening: which units have blocked. */
  emergency_units: { args: EmergencyReason; answer: EmergencyUnits };
  /** Step 2 of an emergency opening: opens chosen units' data for some hours. */
  emergency_open: { args: EmergencyOpen; answer: Opened };
  /** What other organisations have of a person, asked of the server now. */
  elsewhere: { args: OfPerson; answer: ElsewherePage };
  /** Opens a document of another organisation, to be read and not kept. */
  elsewhere_open: { args: OfElsewhere; answer: ElsewhereDocument };
  /** In danger, step 1: what others have, and which of them the person has blocked. */
  elsewhere_danger: { args: EmergencyReason; answer: ElsewherePage };
  /** In danger, step 2: opens what was chosen of it for some hours. */
  elsewhere_choose: { args: ElsewhereChoose; answer: ElsewherePage };
  /** Asks another organisation to lift its block. */
  ask_to_lift: { args: AskToLift; answer: AccessState };
  /** Lets units of health care be told what home help sees from now on, with why it may be. */
  begin_telling: { args: BeginTelling; answer: AccessState };
  /** Ends what is told from now on; what was told stays told. */
  end_telling: { args: OfPerson; answer: AccessState };
  /** Tells a unit of health care one observation, and stores why it may. */
  disclose: { args: Disclose; answer: AccessState };
}
