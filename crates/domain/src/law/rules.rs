//! Who may make which act, decided from the act and its maker alone.

use super::{Act, Block, Bound, DOCUMENTS_MAX, Made, Step, Voice, WORDS_MAX};
use crate::{
    ids::{OrganisationId, UnitId, UserId},
    people::Role,
};
use chrono::{DateTime, TimeDelta, Utc};

/// The longest that an emergency opening lasts: a day and night (PDL 4:5 asks for the need only).
pub const EMERGENCY_LONGEST: TimeDelta = TimeDelta::hours(24);

/// The longest that a statement of danger names what other organisations have: long enough to choose.
/// What is chosen then is open for as long as its own opening says.
pub const STATEMENT_LONGEST: TimeDelta = TimeDelta::hours(1);

/// The longest that a declared relation lasts without being declared anew.
pub const RELATION_LONGEST: TimeDelta = TimeDelta::days(90);

/// How far a tablet's clock may be ahead before its times are not believed.
pub const CLOCKS_APART: TimeDelta = TimeDelta::hours(1);

/// Who makes an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maker {
    /// The member of staff.
    pub user: UserId,
    /// What they work as.
    pub role: Role,
    /// Who employs them.
    pub organisation: OrganisationId,
    /// Where they work.
    pub unit: UnitId,
}

/// Why an act may not be made. The texts have a sentence for each [code](Forbidden::code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Forbidden {
    /// The act names another maker than the one who makes it.
    #[error("the act names another role or unit than its maker's; make it anew")]
    OtherMaker,
    /// The role does not allow it.
    #[error("the role does not allow this act; ask a colleague whose role does")]
    Role,
    /// Only the unit's own staff set and lift its block (PDL 4:4).
    #[error("only the unit's own staff may do this; ask them")]
    OtherUnit,
    /// A guardian may neither block a child's data nor object (PDL 4:4, SVOD 2:3).
    #[error("a guardian may not block a child's data or object to sharing")]
    Guardian,
    /// A reason, a field or a choice is missing.
    #[error("something that the law asks for is missing; fill it in")]
    Incomplete,
    /// The end is missing, past or too far ahead.
    #[error("the end of the act is past or too far ahead; choose a nearer one")]
    Period,
    /// Words or lists are longer than they may be.
    #[error("the act says more than an act may; shorten it")]
    TooLong,
}

impl Forbidden {
    /// Every rule that can stand against an act.
    pub const ALL: [Self; 7] = [
        Self::OtherMaker,
        Self::Role,
        Self::OtherUnit,
        Self::Guardian,
        Self::Incomplete,
        Self::Period,
        Self::TooLong,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherMaker => "act.other_maker",
            Self::Role => "act.role",
            Self::OtherUnit => "act.other_unit",
            Self::Guardian => "act.guardian",
            Self::Incomplete => "act.incomplete",
            Self::Period => "act.period",
            Self::TooLong => "act.too_long",
        }
    }
}

/// Whether somebody may make this act. An act of a newer version is let through: it opens nothing.
///
/// # Errors
/// With the rule that stands against it.
pub fn may_make(made: &Made, maker: &Maker) -> Result<(), Forbidden> {
    if (made.by, made.role, made.unit) != (maker.user, maker.role, maker.unit) {
        return Err(Forbidden::OtherMaker);
    }
    // An administrator sees no record and speaks with no patient.
    if maker.role == Role::Administrator {
        return Err(Forbidden::Role);
    }
    made.act.as_ref().map_or(Ok(()), |act| sound(act, made))
}

/// Whether somebody of this unit and role may lift a block; nobody lifts another unit's, nor
/// another organisation's (AC39). Every block covers the health record, so that only those who may
/// open that lift one, an outer one too (PDL 4:4–5, SVOD 2:3).
///
/// # Errors
/// With the rule that stands against it.
pub fn may_lift(block: &Block, role: Role, unit: UnitId) -> Result<(), Forbidden> {
    if !is_caregiver(role) {
        return Err(Forbidden::Role);
    }
    match block.bound {
        Bound::Inner if block.unit != Some(unit) => Err(Forbidden::OtherUnit),
        Bound::Inner | Bound::Outer => Ok(()),
    }
}

/// Whether the act is whole and its maker's role and unit allow it.
pub(super) fn sound(act: &Act, made: &Made) -> Result<(), Forbidden> {
    match act {
        Act::InformationGiven { .. }
        | Act::ObjectionWithdrawn { .. }
        | Act::RegistersDeclined { .. }
        | Act::Disclosed { .. } => Ok(()),
        // Whose block it is, [`may_lift`] asks.
        Act::BlockLifted { .. } if !is_caregiver(made.role) => Err(Forbidden::Role),
        Act::BlockLifted { .. } => Ok(()),
        Act::Objected { voice } => own_voice(*voice),
        Act::ConsentGiven {
            givers,
            classes,
            from,
            until,
        } => {
            list(givers.0.len())?;
            if classes.is_empty() {
                return Err(Forbidden::Incomplete);
            }
            if until <= from {
                return Err(Forbidden::Period);
            }
            Ok(())
        }
        Act::ConsentWithdrawn { consents: named }
        | Act::RegistersAllowed { declines: named }
        | Act::TellingEnded { tellings: named } => list(named.len()),
        // Social care decides what of its own is told, and on which basis (OSL 26:1, 10:1).
        Act::TellingBegun { basis, .. } => {
            if !matches!(made.role, Role::Hemtjanst | Role::Assessor) {
                return Err(Forbidden::Role);
            }
            if !basis.lets_social_care_tell() {
                return Err(Forbidden::Incomplete);
            }
            Ok(())
        }
        Act::CapacityAssessed {
            able,
            explored,
            attitude,
            unopposed,
        } => {
            if made.role == Role::Hemtjanst {
                return Err(Forbidden::Role);
            }
            for text in [explored, attitude, unopposed] {
                if *able {
                    short(text)?;
                } else {
                    words(text)?;
                }
            }
            Ok(())
        }
        Act::BlockSet { bound, unit, voice } => {
            own_voice(*voice)?;
            match bound {
                Bound::Inner if !is_caregiver(made.role) => Err(Forbidden::Role),
                Bound::Inner if unit.is_none() => Err(Forbidden::Incomplete),
                Bound::Inner if *unit != Some(made.unit) => Err(Forbidden::OtherUnit),
                Bound::Outer if unit.is_some() => Err(Forbidden::Incomplete),
                Bound::Inner | Bound::Outer => Ok(()),
            }
        }
        Act::RelationDeclared {
            words: why, until, ..
        } => {
            words(why)?;
            period(made.at, *until, RELATION_LONGEST)
        }
        Act::EmergencyOpened {
            bound,
            step,
            danger,
            units,
            documents,
            until,
        } => {
            // Vårdgivare only (PDL 4:5, SVOD 3:6; AC40).
            if !is_caregiver(made.role) {
                return Err(Forbidden::Role);
            }
            words(danger)?;
            list(units.len() + documents.len())?;
            let chosen = !units.is_empty() || !documents.is_empty();
            // Of another organisation only documents can be chosen: its units are its own matter.
            let foreign = *bound == Bound::Outer && !units.is_empty();
            if chosen != (*step == Step::Entries) || foreign {
                return Err(Forbidden::Incomplete);
            }
            let longest = match (bound, step) {
                (Bound::Outer, Step::Units) => STATEMENT_LONGEST,
                (Bound::Outer, Step::Entries) | (Bound::Inner, _) => EMERGENCY_LONGEST,
            };
            period(made.at, *until, longest)
        }
        Act::LiftAsked { danger, .. } => {
            if !is_caregiver(made.role) {
                return Err(Forbidden::Role);
            }
            words(danger)
        }
    }
}

/// Whether the role is health staff, which makes its organisation a vårdgivare here.
const fn is_caregiver(role: Role) -> bool {
    matches!(role, Role::Nurse | Role::Doctor)
}

const fn own_voice(voice: Voice) -> Result<(), Forbidden> {
    match voice {
        Voice::Person => Ok(()),
        Voice::Guardian => Err(Forbidden::Guardian),
    }
}

fn words(text: &str) -> Result<(), Forbidden> {
    if text.trim().is_empty() {
        return Err(Forbidden::Incomplete);
    }
    short(text)
}

fn short(text: &str) -> Result<(), Forbidden> {
    if text.chars().count() > WORDS_MAX {
        return Err(Forbidden::TooLong);
    }
    Ok(())
}

const fn list(length: usize) -> Result<(), Forbidden> {
    if length > DOCUMENTS_MAX {
        return Err(Forbidden::TooLong);
    }
    Ok(())
}

fn period(from: DateTime<Utc>, until: DateTime<Utc>, longest: TimeDelta) -> Result<(), Forbidden> {
    if until <= from || until - from > longest {
        return Err(Forbidden::Period);
    }
    Ok(())
}
