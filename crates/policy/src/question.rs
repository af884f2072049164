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
}

impl Action {
    /// Both actions.
    pub const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// The action's name in the policies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
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
