//! The base right to read, in a form that a database can filter by.

use crate::{
    Policy,
    question::{Action, Principal, Resource},
};
use hemrond_domain::{
    ids::{OrganisationId, UnitId},
    record::DocumentKind,
};

/// The documents that somebody may read on an ordinary day, in a form that a database can filter by.
///
/// It is the base right: relation, blocks, sharing, consent and emergencies come on top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readable {
    /// Only documents of this organisation.
    pub organisation: OrganisationId,
    /// Kinds of which every document is readable.
    pub kinds: Vec<DocumentKind>,
    /// Kinds of which only the own unit's documents are.
    pub own_unit_kinds: Vec<DocumentKind>,
    /// The own unit.
    pub unit: UnitId,
}

impl Readable {
    /// Whether a document is among them.
    #[must_use]
    pub fn includes(&self, what: &Resource) -> bool {
        what.organisation == self.organisation
            && (self.kinds.contains(&what.kind)
                || (self.own_unit_kinds.contains(&what.kind) && what.unit == Some(self.unit)))
    }
}

impl Policy {
    /// What somebody may read, circumstances left aside.
    #[must_use]
    pub fn readable(&self, who: &Principal) -> Readable {
        let reads = |kind: DocumentKind, unit: Option<UnitId>| {
            let what = Resource {
                kind,
                class: kind.class(),
                organisation: who.organisation,
                unit,
            };
            self.may(who, Action::Read, &what).allowed
        };
        let other = other_than(who.unit);
        let everywhere =
            |kind| reads(kind, None) && reads(kind, Some(other)) && reads(kind, Some(who.unit));
        let (kinds, rest): (Vec<_>, Vec<_>) = DocumentKind::ALL
            .into_iter()
            .partition(|kind| everywhere(*kind));
        Readable {
            organisation: who.organisation,
            kinds,
            own_unit_kinds: rest
                .into_iter()
                .filter(|kind| reads(*kind, Some(who.unit)))
                .collect(),
            unit: who.unit,
        }
    }
}

/// Some unit that is not this one.
fn other_than(unit: UnitId) -> UnitId {
    let mut bytes = *unit.as_bytes();
    bytes[0] ^= 1;
    UnitId::from_stored(bytes)
}
