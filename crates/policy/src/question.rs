//! What the policies are asked.

use hemrond_domain::{
    ids::{OrganisationId, UnitId, UserId},
    people::{Role, User},
    record::{DocumentClass, DocumentKind, Header},
};

/// What somebody wants to do with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// See it, with its whole history.
    Read,
    /// Add to it.
    Write,
    /// Be told that something exists, without whose it is or of which kind (SVOD 2:4).
    Exists,
    /// Be told who blocked, step 1 of an emergency opening (PDL 4:5, SVOD 3:5).
    SeeBlockingUnit,
    /// Open in an emergency (PDL 4:5, SVOD 3:5, 3:6); what that shows is asked for itself.
    OpenEmergency,
    /// Register the person's block: of the document's unit, or of the organisation where it has no unit.
    Block,
    /// Lift that block.
    LiftBlock,
    /// Ask another organisation to lift its block (SVOD 3:5).
    AskToLift,
    /// Give a reason for taking part in the person's care (PDL 4:1).
    DeclareRelation,
    /// See address, telephone and relatives, which a protected identity hides (OSL 22:1).
    SeeAddress,
    /// See who has looked (PDL 8:5, SVOD 4:5).
    ReadLog,
    /// Draw and judge samples of the log (PDL 4:3, SVOD 4:4).
    ReviewLog,
    /// Look after accounts, devices and roles.
    Administer,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 13] = [
        Self::Read,
        Self::Write,
        Self::Exists,
        Self::SeeBlockingUnit,
        Self::OpenEmergency,
        Self::Block,
        Self::LiftBlock,
        Self::AskToLift,
        Self::DeclareRelation,
        Self::SeeAddress,
        Self::ReadLog,
        Self::ReviewLog,
        Self::Administer,
    ];

    /// The action's name in the policies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Exists => "exists",
            Self::SeeBlockingUnit => "see-blocking-unit",
            Self::OpenEmergency => "open-emergency",
            Self::Block => "block",
            Self::LiftBlock => "lift-block",
            Self::AskToLift => "ask-to-lift",
            Self::DeclareRelation => "declare-relation",
            Self::SeeAddress => "see-address",
            Self::ReadLog => "read-log",
            Self::ReviewLog => "review-log",
            Self::Administer => "administer",
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    /// The member of staff.
    pub user: UserId,
    /// What they work as.
    pub role: Role,
    /// Who employs them.
    pub organisation: OrganisationId,
    /// Where they work.
    pub unit: UnitId,
}

impl From<&User> for Principal {
    fn from(user: &User) -> Self {
        Self {
            user: user.id,
            role: user.role,
            organisation: user.organisation,
            unit: user.unit,
        }
    }
}

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    /// The document's kind.
    pub kind: DocumentKind,
    /// Its class, which follows from the kind.
    pub class: DocumentClass,
    /// The organisation that answers for it.
    pub organisation: OrganisationId,
    /// The unit that keeps it, where one does.
    pub unit: Option<UnitId>,
}

impl From<&Header> for Resource {
    fn from(header: &Header) -> Self {
        Self {
            kind: header.kind(),
            class: header.class(),
            organisation: header.organisation(),
            unit: header.unit(),
        }
    }
}
