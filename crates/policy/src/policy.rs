//! The policies as a table of decisions.

use crate::{
    PolicyError,
    cases::Case,
    evaluate::Engine,
    question::{Action, Principal, Resource},
};
use hemrond_domain::{
    ids::{OrganisationId, UnitId},
    record::DocumentKind,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

/// The decisions of this program's own policies, once they were made.
static MADE: OnceLock<Policy> = OnceLock::new();

/// A decision and the policies behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The policies that decided; empty where nothing grants it.
    pub policies: Vec<String>,
}

/// The documents that somebody may read, in a form that a database can filter by.
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

/// The policies, with every decision that they can make. Clones share the decisions.
#[derive(Debug, Clone)]
pub struct Policy {
    decisions: Arc<BTreeMap<Case, Decision>>,
}

impl Policy {
    /// Reads the policies, checks them against their schema, and decides every case, once in a
    /// process: the policies are part of the program.
    ///
    /// # Errors
    /// When a policy cannot be read, does not fit the schema or fails on a case.
    pub fn load() -> Result<Self, PolicyError> {
        if let Some(made) = MADE.get() {
            return Ok(made.clone());
        }
        let made = Self::decide()?;
        Ok(MADE.get_or_init(|| made).clone())
    }

    fn decide() -> Result<Self, PolicyError> {
        let engine = Engine::load()?;
        engine.validate()?;
        let mut decisions = BTreeMap::new();
        for case in Case::all() {
            let (allowed, policies) = engine.ask(case)?;
            decisions.insert(case, Decision { allowed, policies });
        }
        Ok(Self {
            decisions: Arc::new(decisions),
        })
    }

    /// Whether somebody may do something with a document, and by which policies.
    #[must_use]
    pub fn may(&self, who: &Principal, action: Action, what: &Resource) -> Decision {
        let nothing = || Decision {
            allowed: false,
            policies: Vec::new(),
        };
        // A class that is not the kind's own would let one be asked about and another be opened.
        if what.class != what.kind.class() {
            return nothing();
        }
        self.decisions
            .get(&Case::of(who, action, what))
            .cloned()
            .unwrap_or_else(nothing)
    }

    /// What somebody may read.
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
