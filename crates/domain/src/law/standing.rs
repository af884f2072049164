//! What stands of a person's acts at a moment.

use super::{
    Act, ActId, Bound, CLOCKS_APART, EMERGENCY_LONGEST, Givers, Information, LegalBasis, Made,
    RELATION_LONGEST, RelationReason, Step, Told, may_lift, rules::sound,
};
use crate::{
    ids::{OrganisationId, RowId, UnitId, UserId},
    record::{DocumentClass, DocumentId},
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// That the person was informed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Informed {
    /// When last.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: UserId,
    /// Who was told.
    pub told: Told,
}

/// A no of the person's to sharing between givers that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objection {
    /// The act.
    pub id: ActId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who recorded it.
    pub by: UserId,
}

/// A no of the person's to national quality registers that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declined {
    /// The act.
    pub id: ActId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who recorded it.
    pub by: UserId,
    /// Who said so.
    pub told: Told,
}

/// A block in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// The act that set it.
    pub id: ActId,
    /// Between whom.
    pub bound: Bound,
    /// The unit that is blocked off, for an inner block.
    pub unit: Option<UnitId>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Who recorded it.
    pub by: UserId,
}

/// A consent in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The act that gave it.
    pub id: ActId,
    /// Whose data.
    pub givers: Givers,
    /// Which classes of it.
    pub classes: Vec<DocumentClass>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Who recorded it.
    pub by: UserId,
}

/// What was said last of whether the person can decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Whether they can.
    pub able: bool,
    /// When it was assessed.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: UserId,
}

/// A declared relation in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    /// Why.
    pub reason: RelationReason,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// An emergency opening in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergency {
    /// The act that opened it.
    pub id: ActId,
    /// For whom.
    pub user: UserId,
    /// Between whom.
    pub bound: Bound,
    /// How far.
    pub step: Step,
    /// The units whose data is open.
    pub units: Vec<UnitId>,
    /// The documents that are open.
    pub documents: Vec<DocumentId>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// Something that was told to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disclosure {
    /// The act.
    pub id: ActId,
    /// The document that it stands in.
    pub document: DocumentId,
    /// The observation's row.
    pub row: RowId,
    /// The unit that was told.
    pub to: UnitId,
    /// Why it may be told.
    pub basis: LegalBasis,
    /// When.
    pub at: DateTime<Utc>,
    /// Who told.
    pub by: UserId,
}

/// That home help's observations may be told to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling {
    /// The act that began it.
    pub id: ActId,
    /// The unit that is told.
    pub to: UnitId,
    /// Why it may be told.
    pub basis: LegalBasis,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Who said so.
    pub by: UserId,
}

/// What stands of a person's acts in one organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// When the person was last informed and by whom, by what about.
    pub informed: BTreeMap<Information, Informed>,
    /// Objections that were not taken back, oldest first.
    pub objections: Vec<Objection>,
    /// Consents in force.
    pub consents: Vec<Consent>,
    /// The last assessment of whether the person can decide; none where nobody has assessed it.
    pub capacity: Option<Assessment>,
    /// Blocks in force, oldest first.
    pub blocks: Vec<Block>,
    /// Declared relations in force, the longest for each user.
    pub relations: BTreeMap<UserId, Relation>,
    /// Emergency openings in force.
    pub emergencies: Vec<Emergency>,
    /// Givers that were asked to lift a block, with when last.
    pub asked: BTreeMap<OrganisationId, DateTime<Utc>>,
    /// Refusals of national quality registers that were not taken back, oldest first.
    pub registers_declined: Vec<Declined>,
    /// What was told to others.
    pub disclosures: Vec<Disclosure>,
    /// To whom home help's observations may be told, oldest first.
    pub tellings: Vec<Telling>,
    /// How many acts this version does not know.
    pub newer: usize,
    /// The next moment at which something here ends by itself.
    pub ends_next: Option<DateTime<Utc>>,
}

impl Standing {
    /// What these acts add up to now. The order in which they come does not matter, nor whether one
    /// comes twice. Acts that their maker could not make, or that are incomplete, have no effect.
    #[must_use]
    pub fn of<'a>(acts: impl IntoIterator<Item = &'a Made>, now: DateTime<Utc>) -> Self {
        let mut by_id: BTreeMap<ActId, &Made> = BTreeMap::new();
        for made in acts {
            by_id.insert(made.id, made);
        }
        let mut in_time: Vec<&Made> = by_id.into_values().collect();
        in_time.sort_by_key(|made| (made.at, made.id));
        let ends = Ends::of(&in_time);
        let mut standing = Self::default();
        for made in &in_time {
            standing.add(made, &ends, now);
        }
        // Whoever can decide again is asked: what was told because they could not is told no longer.
        if standing.capacity.as_ref().is_none_or(|found| found.able) {
            standing
                .tellings
                .retain(|telling| telling.basis != LegalBasis::Svod33);
        }
        standing
    }

    fn add(&mut self, made: &Made, ends: &Ends, now: DateTime<Utc>) {
        let Some(act) = &made.act else {
            self.newer += 1;
            return;
        };
        if sound(act, made).is_err() {
            return;
        }
        // What lets something be read counts from its day on. What shuts something counts at once,
        // whatever the clock said.
        let has_come = made.at <= now + CLOCKS_APART;
        match act {
            Act::InformationGiven { what, told } => {
                if has_come {
                    let informed = Informed {
                        at: made.at,
                        by: made.by,
                        told: *told,
                    };
                    self.informed.insert(*what, informed);
                }
            }
            Act::Objected { .. } => {
                if !ends.objections.contains(&made.id) {
                    self.objections.push(Objection {
                        id: made.id,
                        at: made.at,
                        by: made.by,
                    });
                }
            }
            Act::ConsentGiven {
                givers,
                classes,
                from,
                until,
            } if has_come => {
                let withdrawn = ends.consents.contains(&made.id)
                    || ends.all_consents_until.is_some_and(|end| made.at <= end);
                if !withdrawn && *from <= now && self.runs_until(*until, now) {
                    self.consents.push(Consent {
                        id: made.id,
                        givers: givers.clone(),
                        classes: classes.clone(),
                        until: *until,
                        by: made.by,
                    });
                }
                if !withdrawn && *from > now {
                    self.note_end(*from);
                }
            }
            Act::CapacityAssessed { able, .. } if *able || has_come => {
                self.capacity = Some(Assessment {
                    able: *able,
                    at: made.at,
                    by: made.by,
                });
            }
            Act::BlockSet { bound, unit, .. } => {
                let block = Block {
                    id: made.id,
                    bound: *bound,
                    unit: *unit,
                    since: made.at,
                    by: made.by,
                };
                if !ends.lifts(&block) {
                    self.blocks.push(block);
                }
            }
            Act::RelationDeclared { reason, until, .. } => {
                let believed = has_come && *until <= now + RELATION_LONGEST + CLOCKS_APART;
                if believed && self.runs_until(*until, now) {
                    let new = Relation {
                        reason: *reason,
                        until: *until,
                    };
                    let held = self.relations.entry(made.by).or_insert(new);
                    if held.until < new.until {
                        *held = new;
                    }
                }
            }
            Act::EmergencyOpened {
                bound,
                step,
                units,
                documents,
                until,
                ..
            } => {
                let believed = *until <= now + EMERGENCY_LONGEST + CLOCKS_APART;
                if believed && self.runs_until(*until, now) {
                    self.emergencies.push(Emergency {
                        id: made.id,
                        user: made.by,
                        bound: *bound,
                        step: *step,
                        units: units.clone(),
                        documents: documents.clone(),
                        until: *until,
                    });
                }
            }
            Act::LiftAsked { organisation, .. } => {
                self.asked.insert(*organisation, made.at);
            }
            Act::Disclosed {
                document,
                row,
                to,
                basis,
            } => self.disclosures.push(Disclosure {
                id: made.id,
                document: *document,
                row: *row,
                to: *to,
                basis: *basis,
                at: made.at,
                by: made.by,
            }),
            Act::TellingBegun { to, basis } => {
                if !ends.ends_telling(made, *basis) {
                    self.tellings.push(Telling {
                        id: made.id,
                        to: *to,
                        basis: *basis,
                        since: made.at,
                        by: made.by,
                    });
                }
            }
            Act::RegistersDeclined { told } => {
                if !ends.registers_declined.contains(&made.id) {
                    self.registers_declined.push(Declined {
                        id: made.id,
                        at: made.at,
                        by: made.by,
                        told: *told,
                    });
                }
            }
            Act::ConsentGiven { .. }
            | Act::CapacityAssessed { .. }
            | Act::ObjectionWithdrawn { .. }
            | Act::ConsentWithdrawn { .. }
            | Act::RegistersAllowed { .. }
            | Act::TellingEnded { .. }
            | Act::BlockLifted { .. } => {}
        }
    }

    /// Whether something still runs; remembers its end where it does.
    fn runs_until(&mut self, until: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        if until <= now {
            return false;
        }
        self.note_end(until);
        true
    }

    fn note_end(&mut self, at: DateTime<Utc>) {
        self.ends_next = Some(self.ends_next.map_or(at, |next| next.min(at)));
    }

    /// Whether a unit's data is blocked off from a reader who works in another unit.
    #[must_use]
    pub fn blocks_off(&self, unit: UnitId, reader: UnitId) -> bool {
        unit != reader
            && self
                .blocks
                .iter()
                .any(|block| block.bound == Bound::Inner && block.unit == Some(unit))
    }

    /// Whether the organisation's data is blocked off from every other organisation: by an outer
    /// block, or an objection (SVOD 2:3: an objection blocks at once).
    #[must_use]
    pub fn blocks_others(&self) -> bool {
        !self.objections.is_empty() || self.blocks.iter().any(|block| block.bound == Bound::Outer)
    }

    /// A user's own openings in force, between units or between organisations.
    pub fn emergencies_of(&self, user: UserId, bound: Bound) -> impl Iterator<Item = &Emergency> {
        let all = self.emergencies.iter();
        all.filter(move |open| open.user == user && open.bound == bound)
    }

    /// How far a user's emergency reaches into a document of another unit (inner) or another
    /// organisation (outer).
    #[must_use]
    pub fn emergency(
        &self,
        bound: Bound,
        user: UserId,
        unit: Option<UnitId>,
        document: DocumentId,
    ) -> Option<Step> {
        let step = |open: &Emergency| {
            let chosen = open.documents.contains(&document)
                || unit.is_some_and(|unit| open.units.contains(&unit));
            match (open.step, bound) {
                (Step::Entries, _) if chosen => Some(Step::Entries),
                // Who opened some of it for a day has not said for a day that all is needed. Within
                // the organisation a page names no more than which units have blocked.
                (Step::Entries, Bound::Outer) => None,
                (Step::Entries, Bound::Inner) | (Step::Units, _) => Some(Step::Units),
            }
        };
        self.emergencies_of(user, bound).filter_map(step).max()
    }

    /// Whether the person was informed of sharing between givers (SVOD 2:2).
    #[must_use]
    pub fn is_informed_of_sharing(&self) -> bool {
        self.informed.contains_key(&Information::Sharing)
    }

    /// Why a unit may be told what home help sees; the oldest act where several say so.
    #[must_use]
    pub fn telling_to(&self, unit: UnitId) -> Option<&Telling> {
        self.tellings.iter().find(|telling| telling.to == unit)
    }

    /// Whether a consent in force reaches this giver's data of this class.
    #[must_use]
    pub fn consents_to(&self, giver: OrganisationId, class: DocumentClass) -> bool {
        self.consents
            .iter()
            .any(|consent| consent.givers.include(giver) && consent.classes.contains(&class))
    }
}

/// What the acts end of each other.
#[derive(Default)]
struct Ends {
    objections: BTreeSet<ActId>,
    consents: BTreeSet<ActId>,
    /// All consents that were given until then have been taken back.
    all_consents_until: Option<DateTime<Utc>>,
    registers_declined: BTreeSet<ActId>,
    tellings: BTreeSet<ActId>,
    /// All tellings that were begun until then have been ended.
    all_tellings_until: Option<DateTime<Utc>>,
    /// By the block: who says that it is lifted.
    lifts: BTreeMap<ActId, Vec<(crate::people::Role, UnitId)>>,
}

impl Ends {
    fn of(acts: &[&Made]) -> Self {
        let mut ends = Self::default();
        for made in acts {
            match &made.act {
                Some(act) if sound(act, made).is_err() => {}
                Some(Act::ObjectionWithdrawn { objection }) => {
                    ends.objections.insert(*objection);
                }
                Some(Act::ConsentWithdrawn { consents }) => {
                    ends.consents.extend(consents);
                    ends.all_consents_until = ends.all_consents_until.max(Some(made.at));
                }
                Some(Act::RegistersAllowed { declines }) => {
                    ends.registers_declined.extend(declines);
                }
                Some(Act::TellingEnded { tellings }) => {
                    ends.tellings.extend(tellings);
                    ends.all_tellings_until = ends.all_tellings_until.max(Some(made.at));
                }
                Some(Act::BlockLifted { block, .. }) => {
                    let lifts = ends.lifts.entry(*block).or_default();
                    lifts.push((made.role, made.unit));
                }
                _ => {}
            }
        }
        ends
    }

    /// An end reaches all that was begun before, known or not; what stands on the person's consent
    /// ends with that too.
    fn ends_telling(&self, begun: &Made, basis: LegalBasis) -> bool {
        let before = |end: Option<DateTime<Utc>>| end.is_some_and(|end| begun.at <= end);
        self.tellings.contains(&begun.id)
            || before(self.all_tellings_until)
            || basis == LegalBasis::ConsentOsl101 && before(self.all_consents_until)
    }

    /// A lift counts where it names exactly this block and comes from those who may.
    fn lifts(&self, block: &Block) -> bool {
        self.lifts.get(&block.id).is_some_and(|lifts| {
            lifts
                .iter()
                .any(|(role, unit)| may_lift(block, *role, *unit).is_ok())
        })
    }
}
