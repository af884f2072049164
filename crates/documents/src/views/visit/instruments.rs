//! The instruments' answers in a visit.

use crate::{schema::MEDICATION_ITEMS, views::reader::Fields};
use chrono::NaiveDate;
use hemrond_domain::{
    ids::VisitId,
    instruments::downton::{Cognition, DowntonInput, Gait},
};
use serde::Serialize;

/// The clinical frailty scale's answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CfsFields {
    /// The level, 1 to 9.
    pub level: Option<i64>,
    /// What the level is based on.
    pub basis: Option<&'static str>,
    /// The day of the assessment.
    pub assessed_on: Option<NaiveDate>,
    /// Why the level has changed.
    pub cause: Option<String>,
    /// A comment.
    pub comment: Option<String>,
    /// Whether the person is expected to die within six months.
    pub terminal: Option<bool>,
    /// How many basic activities need help.
    pub badl: Option<i64>,
    /// How many instrumental activities need help.
    pub iadl: Option<i64>,
    /// How many chronic conditions.
    pub chronic: Option<i64>,
    /// Self-rated health.
    pub srh: Option<&'static str>,
    /// How often everything is an effort.
    pub effort: Option<&'static str>,
    /// Whether the person is active.
    pub active: Option<bool>,
    /// The visit since which nothing has changed.
    pub unchanged_since: Option<VisitId>,
}

/// The answers about the risk of falling.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FallsFields {
    /// Has fallen before.
    pub previous_falls: Option<bool>,
    /// Takes sedatives.
    pub sedatives: Option<bool>,
    /// Takes diuretics.
    pub diuretics: Option<bool>,
    /// Takes antihypertensives.
    pub antihypertensives: Option<bool>,
    /// Takes antiparkinson drugs.
    pub antiparkinson: Option<bool>,
    /// Takes antidepressants.
    pub antidepressants: Option<bool>,
    /// Sees badly.
    pub vision: Option<bool>,
    /// Hears badly.
    pub hearing: Option<bool>,
    /// Impaired limbs.
    pub limbs: Option<bool>,
    /// Oriented or confused.
    pub cognition: Option<&'static str>,
    /// How the person walks.
    pub gait: Option<&'static str>,
    /// A comment.
    pub comment: Option<String>,
    /// The visit since which nothing has changed.
    pub unchanged_since: Option<VisitId>,
}

/// What the instrument takes in. Nothing is defaulted: what was not answered stays missing.
impl From<&FallsFields> for DowntonInput {
    fn from(fields: &FallsFields) -> Self {
        let cognition = |key| Cognition::ALL.iter().find(|one| one.key() == key);
        let gait = |key| Gait::ALL.iter().find(|one| one.key() == key);
        Self {
            previous_falls: fields.previous_falls,
            sedatives: fields.sedatives,
            diuretics: fields.diuretics,
            antihypertensives: fields.antihypertensives,
            antiparkinson: fields.antiparkinson,
            antidepressants: fields.antidepressants,
            vision: fields.vision,
            hearing: fields.hearing,
            limbs: fields.limbs,
            cognition: fields.cognition.and_then(cognition).copied(),
            gait: fields.gait.and_then(gait).copied(),
        }
    }
}

/// The medication checklist's answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MedicationFields {
    /// The day of the last medication review.
    pub last_review_on: Option<NaiveDate>,
    /// A comment.
    pub comment: Option<String>,
    /// The visit since which nothing has changed.
    pub unchanged_since: Option<VisitId>,
    /// All twenty items, answered or not, in their order.
    pub items: Vec<MedicationItem>,
}

/// An item of the medication checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MedicationItem {
    /// The item's name.
    pub item: &'static str,
    /// The answer.
    pub answer: Option<&'static str>,
    /// A note.
    pub note: Option<String>,
}

pub(super) fn cfs(fields: &Fields) -> CfsFields {
    CfsFields {
        level: fields.int("cfs.level"),
        basis: fields.choice("cfs.basis"),
        assessed_on: fields.date("cfs.assessed_on"),
        cause: fields.string("cfs.cause"),
        comment: fields.string("cfs.comment"),
        terminal: fields.bool("cfs.terminal"),
        badl: fields.int("cfs.badl"),
        iadl: fields.int("cfs.iadl"),
        chronic: fields.int("cfs.chronic"),
        srh: fields.choice("cfs.srh"),
        effort: fields.choice("cfs.effort"),
        active: fields.bool("cfs.active"),
        unchanged_since: fields.id("cfs.unchanged_since"),
    }
}

pub(super) fn falls(fields: &Fields) -> FallsFields {
    FallsFields {
        previous_falls: fields.bool("falls.previous_falls"),
        sedatives: fields.bool("falls.sedatives"),
        diuretics: fields.bool("falls.diuretics"),
        antihypertensives: fields.bool("falls.antihypertensives"),
        antiparkinson: fields.bool("falls.antiparkinson"),
        antidepressants: fields.bool("falls.antidepressants"),
        vision: fields.bool("falls.vision"),
        hearing: fields.bool("falls.hearing"),
        limbs: fields.bool("falls.limbs"),
        cognition: fields.choice("falls.cognition"),
        gait: fields.choice("falls.gait"),
        comment: fields.string("falls.comment"),
        unchanged_since: fields.id("falls.unchanged_since"),
    }
}

pub(super) fn medication(fields: &Fields) -> MedicationFields {
    let item = |item: &&'static str| MedicationItem {
        item,
        answer: fields.choice(&format!("med.{item}")),
        note: fields.string(&format!("med.{item}.note")),
    };
    MedicationFields {
        last_review_on: fields.date("med.last_review_on"),
        comment: fields.string("med.comment"),
        unchanged_since: fields.id("med.unchanged_since"),
        items: MEDICATION_ITEMS.iter().map(item).collect(),
    }
}
