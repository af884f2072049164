//! Why something is refused, as codes that the interface has sentences for.

/// Why something is refused.
///
/// They are ordered: where several apply, the first is the one to tell, since it is the one that would have
/// to change first. A reason for care is not asked of somebody whose role gives no access anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The document goes under a class that is not its kind's.
    FalseClass,
    /// The policies could not be asked; nothing is allowed then.
    Failed,
    /// The asker's role may not, whatever the circumstances (PDL 4:2, SVOD 3:7).
    Role,
    /// The block is not the asker's unit's or organisation's to set or lift (PDL 4:4, SVOD 3:5).
    NotOwnBlock,
    /// Nobody may do this with such a document.
    Nobody,
    /// It never leaves the organisation.
    Organisation,
    /// The person's identity is protected (OSL 22:1).
    Protected,
    /// The asker takes no part in the care; a reason can be given (PDL 4:1).
    RelationNeeded,
    /// Another organisation has blocked it (SVOD 2:3, 3:5).
    BlockedOuter,
    /// Nothing is made available to the asker. This is all that may be said of a block, an objection or missing
    /// information at another organisation (SVOD 2:4).
    NotShared,
    /// The person objects to its being available (SVOD 2:3).
    Objected,
    /// The person has not been informed (SVOD 2:2).
    NotInformed,
    /// Another unit of the organisation has blocked it (PDL 4:4).
    BlockedInner,
    /// Only an emergency opens this (PDL 4:5, SVOD 3:5).
    NoEmergency,
    /// There is no block that this could concern.
    NoBlock,
    /// The person's consent is needed (SVOD 3:1, 3:2, 3:7).
    NoConsent,
}

impl Reason {
    /// Every reason, the one to tell first at first.
    pub const ALL: [Self; 16] = [
        Self::FalseClass,
        Self::Failed,
        Self::Role,
        Self::NotOwnBlock,
        Self::Nobody,
        Self::Organisation,
        Self::Protected,
        Self::RelationNeeded,
        Self::BlockedOuter,
        Self::NotShared,
        Self::Objected,
        Self::NotInformed,
        Self::BlockedInner,
        Self::NoEmergency,
        Self::NoBlock,
        Self::NoConsent,
    ];

    /// The stable code, as policies, texts and logs write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FalseClass => "policy.false_class",
            Self::Failed => "policy.failed",
            Self::Nobody => "policy.nobody",
            Self::Role => "policy.role",
            Self::NotOwnBlock => "policy.not_own_block",
            Self::Organisation => "policy.organisation",
            Self::Protected => "policy.protected",
            Self::RelationNeeded => "policy.relation_needed",
            Self::BlockedOuter => "policy.blocked_outer",
            Self::NotShared => "policy.not_shared",
            Self::Objected => "policy.objected",
            Self::NotInformed => "policy.not_informed",
            Self::BlockedInner => "policy.blocked_inner",
            Self::NoEmergency => "policy.no_emergency",
            Self::NoBlock => "policy.no_block",
            Self::NoConsent => "policy.no_consent",
        }
    }

    /// The reason with this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == code)
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
