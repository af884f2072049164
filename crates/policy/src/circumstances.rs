//! What stands between somebody and a document besides role and unit.
//!
//! The caller works these out from the person's acts and the care itself; the policies only judge them.
//! Each value has a stable name for the policies and a list of all its values for tables.

/// Whether the asker takes part in the person's care (PDL 4:1), or the person gets efforts or is under
/// inquiry for them (SVOD 3:2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// None is known.
    None,
    /// There is one: a visit, a round, a listing, or a reason that the asker gave.
    Care,
}

/// A block (spärr) between asker and document, as seen from the asker: the blocking unit's own staff, and for
/// an outer block the blocking organisation's own, have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Block {
    /// None.
    None,
    /// Between units of one organisation (PDL 4:4).
    Inner,
    /// Between organisations (SVOD 2:3).
    Outer,
}

/// What the person said to making the document available to other organisations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sharing {
    /// Nobody has informed the person yet (SVOD 2:2).
    NotInformed,
    /// The person objects, or there is reason to think that they would (SVOD 2:3, 2:6).
    Objected,
    /// Informed, and no objection.
    Open,
}

/// Whether the person consents to this asker's organisation reading what others made available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Consent {
    /// Not, not any more, or not for this.
    None,
    /// In force, for this organisation and scope (SVOD 3:1, 3:2).
    Given,
}

/// Whether the person can take a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capacity {
    /// They can, or nobody has assessed that they cannot.
    Able,
    /// They lastingly cannot: assessed and written down in full, their attitude among it (SVOD 2:6). Where
    /// there is reason to think that they would object, the sharing is [`Sharing::Objected`].
    Unable,
}

/// An emergency opening by the asker that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Emergency {
    /// None, or its time is over.
    None,
    /// Step 1: which units have blocked.
    Units,
    /// Step 2: the chosen content, this document among it.
    Entries,
}

/// What the person's acts and the care itself say between asker and document at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Circumstances {
    /// Whether the asker takes part in the care (PDL 4:1; SVOD 3:1, 3:2).
    pub relation: Relation,
    /// The block that stands between asker and document (PDL 4:4; SVOD 2:3).
    pub block: Block,
    /// Whether the document was made available to other organisations (SVOD 2:2, 2:3).
    pub sharing: Sharing,
    /// Whether the person lets this organisation read (SVOD 3:1, 3:2).
    pub consent: Consent,
    /// Whether the person can take a position (SVOD 2:6, 3:3, 3:4).
    pub capacity: Capacity,
    /// The asker's emergency opening (PDL 4:5; SVOD 3:5, 3:6).
    pub emergency: Emergency,
    /// Whether the person has sekretessmarkering or skyddad folkbokföring (OSL 22:1).
    pub protected: bool,
}

impl Circumstances {
    /// An ordinary day: the asker takes part in the care, nothing is blocked or protected, nothing was
    /// consented to, nothing is urgent.
    #[must_use]
    pub const fn ordinary() -> Self {
        Self {
            relation: Relation::Care,
            block: Block::None,
            sharing: Sharing::Open,
            consent: Consent::None,
            capacity: Capacity::Able,
            emergency: Emergency::None,
            protected: false,
        }
    }
}

/// Gives an enum the list of its values and their names in the policies.
macro_rules! names {
    ($kind:ident, $count:literal: $($value:ident => $name:literal),+) => {
        impl $kind {
            /// Every value.
            pub const ALL: [Self; $count] = [$(Self::$value),+];

            /// The value's name in the policies.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $name),+
                }
            }
        }
    };
}

names!(Relation, 2: None => "none", Care => "care");
names!(Block, 3: None => "none", Inner => "inner", Outer => "outer");
names!(Sharing, 3: NotInformed => "not-informed", Objected => "objected", Open => "open");
names!(Consent, 2: None => "none", Given => "given");
names!(Capacity, 2: Able => "able", Unable => "unable");
names!(Emergency, 3: None => "none", Units => "units", Entries => "entries");
