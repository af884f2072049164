//! The acts, and an act as somebody made it.

use super::{ActId, LegalBasis};
use crate::{
    ids::{OrganisationId, RowId, UnitId, UserId},
    people::Role,
    record::{DocumentClass, DocumentId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The most characters of free words in an act.
pub const WORDS_MAX: usize = 2_000;

/// The most units or documents that one act may name.
pub const DOCUMENTS_MAX: usize = 200;

/// What the person was told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Information {
    /// What it means that data is made available to other givers, and the right to object; that in
    /// danger a block's existence and who blocked can be shown (SVOD 2:2).
    Sharing,
    /// What blocks and accesses are (PDL 8:6).
    Rights,
    /// What a national quality register is, and the right to decline it (PDL 7:3).
    QualityRegisters,
}

/// Who was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The person.
    Person,
    /// Somebody who speaks for them.
    Representative,
}

/// In whose name something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// The person's own.
    Person,
    /// A child's guardian (vårdnadshavare), who may neither block nor object (PDL 4:4, SVOD 2:3).
    Guardian,
}

/// Which givers a consent reaches: these organisations, or every giver where none is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Givers(pub Vec<OrganisationId>);

impl Givers {
    /// Whether a giver is among them.
    #[must_use]
    pub fn include(&self, giver: OrganisationId) -> bool {
        self.0.is_empty() || self.0.contains(&giver)
    }
}

/// Between whom a block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Between a unit and the other units of its organisation (PDL 4:4).
    Inner,
    /// Between the organisation and every other (SVOD 2:3).
    Outer,
}

impl Bound {
    const fn inner() -> Self {
        Self::Inner
    }

    #[allow(clippy::trivially_copy_pass_by_ref)] // serde hands a reference
    const fn is_inner(&self) -> bool {
        matches!(self, Self::Inner)
    }
}

/// Why a block was lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DangerLift {
    /// The person consents.
    Consent,
    /// The giver that blocked lifts it itself, because the person is in danger (SVOD 3:5).
    Danger,
}

/// Why somebody takes part in a person's care though nothing here shows it (PDL 4:1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RelationReason {
    /// Takes part in the care.
    Care,
    /// Is asked by a colleague who does.
    Asked,
    /// Needs it for other work within health care, such as quality or a complaint.
    Work,
}

/// How far an emergency opening goes (PDL 4:5, SVOD 3:5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Which units have blocked.
    Units,
    /// What was chosen of what they wrote.
    Entries,
}

/// A legal act. Its written form is flat: texts, numbers, flags and lists of texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Act {
    /// The person was informed (SVOD 2:2, PDL 8:6).
    InformationGiven {
        /// About what.
        what: Information,
        /// Who was told.
        told: Told,
    },
    /// The person objects to making data available to other givers (SVOD 2:3).
    Objected {
        /// Who asks for it.
        voice: Voice,
    },
    /// The person takes an objection back, which they may at any time (SVOD 2:3).
    ObjectionWithdrawn {
        /// Which.
        objection: ActId,
    },
    /// The person consents that other givers' data is read here (SVOD 3:1, 3:2).
    ConsentGiven {
        /// Whose data; an empty list means every giver's.
        givers: Givers,
        /// Which classes of it.
        classes: Vec<DocumentClass>,
        /// From when.
        from: DateTime<Utc>,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The person takes consent back: all that was given before, and what is named.
    ConsentWithdrawn {
        /// The consents that were known.
        consents: Vec<ActId>,
    },
    /// Whether the person can decide about sharing, and what is known of their attitude where not
    /// (SVOD 2:6, 3:3).
    CapacityAssessed {
        /// Whether they can decide themselves.
        able: bool,
        /// How the attitude was clarified as far as possible.
        explored: String,
        /// What is known of it.
        attitude: String,
        /// Why nothing speaks for their being opposed.
        unopposed: String,
    },
    /// The person blocks (PDL 4:4, SVOD 2:3).
    BlockSet {
        /// Between whom.
        bound: Bound,
        /// The unit that is blocked off, for an inner block.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitId>,
        /// Who asks for it.
        voice: Voice,
    },
    /// A block is lifted by the unit or organisation that set it.
    BlockLifted {
        /// Exactly this block, and no other.
        block: ActId,
        /// Why.
        how: DangerLift,
    },
    /// The maker takes part in the person's care (PDL 4:1).
    RelationDeclared {
        /// Why.
        reason: RelationReason,
        /// In words.
        words: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The maker opens in an emergency what other units have blocked (PDL 4:5), or what other givers
    /// have (SVOD 3:5, 3:6). One opens nothing of the other.
    EmergencyOpened {
        /// Between whom it reaches. Acts from before this was said were all of one organisation.
        #[serde(default = "Bound::inner", skip_serializing_if = "Bound::is_inner")]
        bound: Bound,
        /// How far.
        step: Step,
        /// What the danger is.
        danger: String,
        /// The units whose data is opened; none in step 1.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        units: Vec<UnitId>,
        /// The documents that are opened, where not all of a unit's are needed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        documents: Vec<DocumentId>,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Another giver is asked to lift its block (SVOD 3:5).
    LiftAsked {
        /// Which giver.
        organisation: OrganisationId,
        /// What the danger is.
        danger: String,
    },
    /// The person declines that data goes to national quality registers (PDL 7:2). Whoever speaks for
    /// a person may say so too: the law keeps it from nobody.
    RegistersDeclined {
        /// Who said so.
        told: Told,
    },
    /// The person allows it again.
    RegistersAllowed {
        /// The refusals that were known. One that was made elsewhere meanwhile stands.
        declines: Vec<ActId>,
    },
    /// Something of the person's was told to somebody else (AC60).
    Disclosed {
        /// The document that it stands in.
        document: DocumentId,
        /// The observation's row there.
        row: RowId,
        /// The unit that was told.
        to: UnitId,
        /// Why it may be told.
        basis: LegalBasis,
    },
    /// What home help sees may be told to a unit from now on, each time as a disclosure of its own.
    TellingBegun {
        /// The unit that is told.
        to: UnitId,
        /// Why it may be told.
        basis: LegalBasis,
    },
    /// It may be told no longer: all that was begun before, and what is named. What was told stays
    /// told.
    TellingEnded {
        /// The tellings that were known.
        tellings: Vec<ActId>,
    },
}

impl Act {
    /// The names of every kind of act that this version knows.
    pub const KINDS: [&'static str; 16] = [
        "information_given",
        "objected",
        "objection_withdrawn",
        "consent_given",
        "consent_withdrawn",
        "capacity_assessed",
        "block_set",
        "block_lifted",
        "relation_declared",
        "emergency_opened",
        "lift_asked",
        "registers_declined",
        "registers_allowed",
        "disclosed",
        "telling_begun",
        "telling_ended",
    ];

    /// The act's stable name, as entries, tables and texts write it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::InformationGiven { .. } => "information_given",
            Self::Objected { .. } => "objected",
            Self::ObjectionWithdrawn { .. } => "objection_withdrawn",
            Self::ConsentGiven { .. } => "consent_given",
            Self::ConsentWithdrawn { .. } => "consent_withdrawn",
            Self::CapacityAssessed { .. } => "capacity_assessed",
            Self::BlockSet { .. } => "block_set",
            Self::BlockLifted { .. } => "block_lifted",
            Self::RelationDeclared { .. } => "relation_declared",
            Self::EmergencyOpened { .. } => "emergency_opened",
            Self::LiftAsked { .. } => "lift_asked",
            Self::RegistersDeclined { .. } => "registers_declined",
            Self::RegistersAllowed { .. } => "registers_allowed",
            Self::Disclosed { .. } => "disclosed",
            Self::TellingBegun { .. } => "telling_begun",
            Self::TellingEnded { .. } => "telling_ended",
        }
    }
}

/// An act as somebody made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The act's name.
    pub id: ActId,
    /// What was done; none where a newer version knows it.
    pub act: Option<Act>,
    /// When, by the clock of the tablet that it was made on.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: UserId,
    /// What they worked as then.
    pub role: Role,
    /// The unit that they worked in then.
    pub unit: UnitId,
}
