//! Information, consent, objection, blocks, relations and emergencies.

use super::Colleague;
use chrono::{DateTime, Utc};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, RowId, UnitId, VisitId},
    law::{ActId, Bound, DangerLift, Information, LegalBasis, RelationReason, Step, Told, Voice},
    record::DocumentClass,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What stands of a person's acts, as far as the user may see it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AccessState {
    /// Who.
    pub person: PersonId,
    /// What the person was informed about, and when last.
    pub informed: Vec<InformedView>,
    /// Objections to sharing between givers that stand, oldest first.
    pub objections: Vec<ObjectionView>,
    /// That the person declines national quality registers; absent where they do not.
    pub registers_declined: Option<DeclinedView>,
    /// Consents in force.
    pub consents: Vec<ConsentView>,
    /// The last assessment of whether the person can decide; absent where there is none.
    pub capacity: Option<AssessmentView>,
    /// Blocks of the user's own unit and organisation that are in force.
    pub blocks: Vec<BlockView>,
    /// Whether another unit's data is blocked off from the user. Which unit is told in an
    /// emergency only.
    pub blocked_elsewhere: bool,
    /// Until when the user's own declared relation lasts.
    pub relation_until: Option<DateTime<Utc>>,
    /// The user's own emergency openings in force.
    pub emergencies: Vec<EmergencyView>,
    /// How many acts a newer version of the app made, which this one cannot show.
    pub newer: u32,
    /// What the user may do here.
    pub may: AccessRights,
}

/// What the user may do about a person's acts.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub struct AccessRights {
    /// Record information, objection, consent and relation.
    pub act: bool,
    /// Set the own unit's block.
    pub block: bool,
    /// Set the organisation's block towards other organisations.
    pub block_outer: bool,
    /// Lift a block of the own unit or organisation.
    pub lift: bool,
    /// See who has looked.
    pub see_log: bool,
    /// Assess whether the person can decide.
    pub assess: bool,
    /// Open what is blocked in an emergency.
    pub emergency: bool,
}

/// What the person was informed about.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct InformedView {
    /// About what.
    pub what: Information,
    /// When last.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Colleague,
    /// Who was told.
    pub told: Told,
}

/// An objection that stands.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ObjectionView {
    /// The act, for taking it back.
    pub act: ActId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who recorded it.
    pub by: Colleague,
}

/// A no to national quality registers that stands.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DeclinedView {
    /// When.
    pub at: DateTime<Utc>,
    /// Who recorded it.
    pub by: Colleague,
    /// Who said so.
    pub told: Told,
}

/// A consent in force.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ConsentView {
    /// The act.
    pub act: ActId,
    /// Whose data; an empty list means every giver's.
    pub givers: Vec<OrganisationId>,
    /// Which classes of it.
    pub classes: Vec<DocumentClass>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Who recorded it.
    pub by: Colleague,
}

/// Whether the person can decide.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AssessmentView {
    /// Whether they can.
    pub able: bool,
    /// When it was assessed.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Colleague,
}

/// A block in force.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BlockView {
    /// The act, for lifting it.
    pub act: ActId,
    /// Between whom.
    pub bound: Bound,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Who recorded it.
    pub by: Colleague,
}

/// An emergency opening in force.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EmergencyView {
    /// The act.
    pub act: ActId,
    /// Between units, or between organisations.
    pub bound: Bound,
    /// How far.
    pub step: Step,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// Says that the person was informed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Inform {
    /// Who.
    pub person: PersonId,
    /// About what.
    pub what: Information,
    /// Who was told.
    pub told: Told,
}

/// Records an objection to sharing between givers.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ObjectToSharing {
    /// Who.
    pub person: PersonId,
    /// In whose name; a guardian may not.
    pub voice: Voice,
}

/// Records that the person declines national quality registers.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DeclineRegisters {
    /// Who.
    pub person: PersonId,
    /// Who said so.
    pub told: Told,
}

/// Takes an objection back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WithdrawObjection {
    /// Who.
    pub person: PersonId,
    /// Which.
    pub objection: ActId,
}

/// Records the person's consent that other givers' data is read here.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Consent {
    /// Who.
    pub person: PersonId,
    /// Whose data; an empty list means every giver's.
    pub givers: Vec<OrganisationId>,
    /// Which classes of it; at least one.
    pub classes: Vec<DocumentClass>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// Records whether the person can decide about sharing.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AssessCapacity {
    /// Who.
    pub person: PersonId,
    /// Whether they can; if not, the three texts are all needed.
    pub able: bool,
    /// How the attitude was clarified as far as possible.
    pub explored: String,
    /// What is known of it.
    pub attitude: String,
    /// Why nothing speaks for their being opposed.
    pub unopposed: String,
}

/// Sets a block: the own unit's towards others, or the organisation's towards other organisations.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SetBlock {
    /// Who.
    pub person: PersonId,
    /// Between whom.
    pub bound: Bound,
    /// In whose name; a guardian may not.
    pub voice: Voice,
}

/// Lifts exactly one block of the own unit or organisation.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LiftBlock {
    /// Who.
    pub person: PersonId,
    /// Which.
    pub block: ActId,
    /// Why.
    pub how: DangerLift,
}

/// Gives a reason for taking part in a person's care.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DeclareRelation {
    /// Who.
    pub person: PersonId,
    /// Why.
    pub reason: RelationReason,
    /// In words.
    pub words: String,
    /// For how many days, 1 to 90.
    pub days: u32,
}

/// Step 1 of an emergency opening: asks which units have blocked.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EmergencyReason {
    /// Who.
    pub person: PersonId,
    /// What the danger is.
    pub reason: String,
}

/// The answer to step 1.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EmergencyUnits {
    /// The units that have blocked.
    pub units: Vec<BlockingUnit>,
    /// Until when step 2 can follow.
    pub until: DateTime<Utc>,
}

/// A unit that has blocked.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BlockingUnit {
    /// Which.
    pub unit: UnitId,
    /// What people call it.
    pub name: Option<String>,
    /// The number to ring.
    pub phone: Option<String>,
    /// Whether anything of it is on this tablet; what is not needs contact with the server, or a
    /// call to the unit.
    pub here: bool,
}

/// Step 2 of an emergency opening: opens chosen units' data for some hours.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EmergencyOpen {
    /// Who.
    pub person: PersonId,
    /// Whose data, of the units that step 1 named.
    pub units: Vec<UnitId>,
    /// What the danger is.
    pub reason: String,
    /// For how many hours, 1 to 24.
    pub hours: u32,
}

/// What an emergency opening opened.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Opened {
    /// The act.
    pub act: ActId,
    /// Until when.
    pub until: DateTime<Utc>,
    /// The visits that can be read here now.
    pub visits: Vec<VisitId>,
    /// The units of which nothing is on this tablet: it needs contact, or ring them.
    pub missing: Vec<BlockingUnit>,
}

/// Asks another organisation to lift its block.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AskToLift {
    /// Who.
    pub person: PersonId,
    /// Which organisation.
    pub organisation: OrganisationId,
    /// What the danger is.
    pub danger: String,
}

/// Tells a unit of health care one observation, and stores why it may.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Disclose {
    /// Who.
    pub person: PersonId,
    /// The observation.
    pub observation: RowId,
    /// The unit that is told.
    pub to: UnitId,
    /// Why it may be told.
    pub basis: LegalBasis,
}
