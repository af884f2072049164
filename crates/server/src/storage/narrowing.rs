//! What the legal acts take from the right to read, decided the same way by every storage.
//!
//! The databases ask the same in SQL where they filter many documents; where a push is judged, and
//! in memory, it is decided here. A story told to all storages compares the two.

use super::Asker;
use hemrond_documents::entry::{Contents, Entry};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, UnitId, UserId},
    law::{self, Act, ActId, Bound, CLOCKS_APART, EMERGENCY_LONGEST, Made, Maker, Step},
    record::{DocumentClass, DocumentId, Header},
};
use hemrond_sync::acceptance::{Finding, Offered, Reason};
use std::collections::{BTreeMap, BTreeSet};

/// An opening that ends later than this after now is not believed, in milliseconds.
pub(super) const LONGEST_MS: i64 =
    EMERGENCY_LONGEST.num_milliseconds() + CLOCKS_APART.num_milliseconds();

/// Who looks, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    /// The member of staff.
    pub(super) user: UserId,
    /// The unit that they work in.
    pub(super) unit: UnitId,
    /// Milliseconds since 1970; openings that are over by then open nothing.
    pub(super) now: i64,
}

impl From<&Asker> for Sight {
    fn from(asker: &Asker) -> Self {
        Self {
            user: asker.user,
            unit: asker.readable.unit,
            now: asker.now,
        }
    }
}

/// A block between units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) act: ActId,
    pub(super) organisation: OrganisationId,
    pub(super) person: PersonId,
    pub(super) unit: UnitId,
}

/// Somebody of a unit lifted a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lift {
    pub(super) act: ActId,
    pub(super) block: ActId,
    pub(super) unit: UnitId,
}

/// A unit or a document, opened for one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) act: ActId,
    pub(super) place: i64,
    pub(super) user: UserId,
    pub(super) organisation: OrganisationId,
    pub(super) person: PersonId,
    pub(super) unit: Option<UnitId>,
    pub(super) document: Option<DocumentId>,
    pub(super) until: i64,
}

/// What an act changes of who may read what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Block(Block),
    Lift(Lift),
    Opening(Opening),
}

/// The effects of an accepted item of an acts document; none for anything else, and none for an act
/// that its maker could not make.
pub(super) fn effects(header: &Header, finding: &Finding) -> Vec<Effect> {
    match finding {
        Finding::Entry(entry) => entry
            .act
            .as_deref()
            .map(|made| effects_of(header, made))
            .unwrap_or_default(),
        Finding::Change(_) | Finding::Refused(..) => Vec::new(),
    }
}

/// The effects of an entry as it is kept, in words, for whoever checks a database.
#[must_use]
pub fn effects_in_words(header: &Header, container: &[u8]) -> Vec<String> {
    let Ok(entry) = Entry::parse(container) else {
        return Vec::new();
    };
    let Contents::Act(content) = &entry.content else {
        return Vec::new();
    };
    let effects = content
        .made(entry.hash)
        .map(|made| effects_of(header, &made));
    let words = |effect: &Effect| format!("{effect:?}");
    effects.unwrap_or_default().iter().map(words).collect()
}

fn effects_of(header: &Header, made: &Made) -> Vec<Effect> {
    let Some(person) = header.person_id() else {
        return Vec::new();
    };
    let organisation = header.organisation();
    if law::may_make(made, &itself(made, organisation)).is_err() {
        return Vec::new();
    }
    match &made.act {
        Some(Act::BlockSet {
            bound: Bound::Inner,
            unit: Some(unit),
            ..
        }) => vec![Effect::Block(Block {
            act: made.id,
            organisation,
            person,
            unit: *unit,
        })],
        Some(Act::BlockLifted { block, .. }) => vec![Effect::Lift(Lift {
            act: made.id,
            block: *block,
            unit: made.unit,
        })],
        // What is opened at other organisations is looked at, and narrows nothing here.
        Some(Act::EmergencyOpened {
            bound: Bound::Inner,
            step: Step::Entries,
            units,
            documents,
            until,
            ..
        }) => {
            let units = units.iter().map(|unit| (Some(*unit), None));
            let documents = documents.iter().map(|document| (None, Some(*document)));
            let opening = |(place, (unit, document))| {
                Effect::Opening(Opening {
                    act: made.id,
                    place,
                    user: made.by,
                    organisation,
                    person,
                    unit,
                    document,
                    until: until.timestamp_millis(),
                })
            };
            (0..).zip(units.chain(documents)).map(opening).collect()
        }
        _ => Vec::new(),
    }
}

fn itself(made: &Made, organisation: OrganisationId) -> Maker {
    Maker {
        user: made.by,
        role: made.role,
        organisation,
        unit: made.unit,
    }
}

/// Blocks, lifts and openings: all of them, or those of some people.
#[derive(Debug, Clone, Default)]
pub(super) struct Narrowing {
    blocks: BTreeMap<ActId, Block>,
    lifts: BTreeMap<ActId, Lift>,
    openings: BTreeMap<(ActId, i64), Opening>,
}

impl Narrowing {
    /// Each effect in words.
    pub(super) fn in_words(&self) -> BTreeSet<String> {
        let blocks = self.blocks.values().copied().map(Effect::Block);
        let lifts = self.lifts.values().copied().map(Effect::Lift);
        let openings = self.openings.values().copied().map(Effect::Opening);
        let all = blocks.chain(lifts).chain(openings);
        all.map(|effect| format!("{effect:?}")).collect()
    }

    /// Adds an effect; one that is there already changes nothing.
    pub(super) fn add(&mut self, effect: &Effect) {
        match effect {
            Effect::Block(block) => {
                self.blocks.insert(block.act, *block);
            }
            Effect::Lift(lift) => {
                self.lifts.insert(lift.act, *lift);
            }
            Effect::Opening(opening) => {
                let name = (opening.act, opening.place);
                self.openings.insert(name, *opening);
            }
        }
    }

    /// Forgets what these acts did.
    pub(super) fn forget(&mut self, acts: &BTreeSet<ActId>) {
        self.blocks.retain(|act, _| !acts.contains(act));
        self.lifts.retain(|act, _| !acts.contains(act));
        self.openings.retain(|(act, _), _| !acts.contains(act));
    }

    /// Whether a block stands between a unit and a document. Nobody writes past one: an emergency
    /// opens for reading only (PDL 4:5).
    pub(super) fn blocks_off(&self, header: &Header, unit: UnitId) -> bool {
        header.class() == DocumentClass::Health
            && header.unit() != Some(unit)
            && self.blocks.values().any(|block| {
                header.organisation() == block.organisation
                    && header.person_id() == Some(block.person)
                    && header.unit() == Some(block.unit)
                    && !self.is_lifted(block)
            })
    }

    /// Whether a document is blocked off from somebody who did not open it in an emergency. The base
    /// right is not asked here.
    pub(super) fn hides(&self, header: &Header, sight: &Sight) -> bool {
        let open = |opening: &Opening| {
            opening.user == sight.user
                && header.organisation() == opening.organisation
                && header.person_id() == Some(opening.person)
                && opening.until > sight.now
                && opening.until <= sight.now.saturating_add(LONGEST_MS)
                && (opening.unit.is_some() && opening.unit == header.unit()
                    || opening.document == Some(header.id()))
        };
        self.blocks_off(header, sight.unit) && !self.openings.values().any(open)
    }

    fn is_lifted(&self, block: &Block) -> bool {
        self.lifts
            .values()
            .any(|lift| lift.block == block.act && lift.unit == block.unit)
    }

    /// The block that a lift names, where it is known.
    pub(super) fn block(&self, act: ActId) -> Option<&Block> {
        self.blocks.get(&act)
    }

    /// An item as it is to be judged: nobody lifts another unit's block.
    pub(super) fn offered(&self, offered: &Offered) -> Offered {
        let mut offered = offered.clone();
        if let Finding::Entry(entry) = &offered.finding
            && let Some(made) = entry.act.as_deref()
            && let Some(Act::BlockLifted { block, .. }) = &made.act
            && self
                .block(*block)
                .is_some_and(|block| block.unit != made.unit)
        {
            offered.finding = Finding::Refused(Reason::ActForbidden, Some(entry.hash));
        }
        offered
    }
}
