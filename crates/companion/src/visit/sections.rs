//! The sections of the visit page: which fields count, and how complete each is.

use crate::{
    api::{LastValue, Section, SectionName},
    cache::Open,
};
use chrono::NaiveDate;
use hemrond_documents::{schema::MEDICATION_ITEMS, views::VisitView};
use hemrond_domain::ids::VisitId;
use hemrond_store::VisitRow;

/// The assessment itself; the tree's questions are a help and count for nothing.
const CFS: [&str; 3] = ["cfs.level", "cfs.basis", "cfs.assessed_on"];

const CFS_TREE: [&str; 7] = [
    "cfs.terminal",
    "cfs.badl",
    "cfs.iadl",
    "cfs.chronic",
    "cfs.srh",
    "cfs.effort",
    "cfs.active",
];

const FALLS: [&str; 11] = [
    "falls.previous_falls",
    "falls.sedatives",
    "falls.diuretics",
    "falls.antihypertensives",
    "falls.antiparkinson",
    "falls.antidepressants",
    "falls.vision",
    "falls.hearing",
    "falls.limbs",
    "falls.cognition",
    "falls.gait",
];

/// The checklist's fields, made once from the items.
static MEDICATION: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
    MEDICATION_ITEMS
        .iter()
        .map(|item| format!("med.{item}"))
        .collect()
});

static MEDICATION_NOTES: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
    MEDICATION_ITEMS
        .iter()
        .map(|item| format!("med.{item}.note"))
        .collect()
});

/// The fields that "unchanged since" takes over for a section.
pub(super) fn fields_of(section: SectionName) -> Box<dyn Iterator<Item = &'static str>> {
    match section {
        SectionName::Cfs => Box::new(["cfs.level", "cfs.basis"].into_iter().chain(CFS_TREE)),
        SectionName::Falls => Box::new(FALLS.into_iter()),
        SectionName::Medication => Box::new(
            MEDICATION
                .iter()
                .chain(MEDICATION_NOTES.iter())
                .map(String::as_str)
                .chain(["med.last_review_on"]),
        ),
        SectionName::Note | SectionName::Plan | SectionName::Sign => Box::new(std::iter::empty()),
    }
}

/// The field that records from which visit a section was taken over.
pub(super) const fn since_field(section: SectionName) -> Option<&'static str> {
    match section {
        SectionName::Cfs => Some("cfs.unchanged_since"),
        SectionName::Falls => Some("falls.unchanged_since"),
        SectionName::Medication => Some("med.unchanged_since"),
        SectionName::Note | SectionName::Plan | SectionName::Sign => None,
    }
}

/// What the sections are told about earlier visits.
pub(super) struct Earlier<'a> {
    /// The person's other visits, newest first.
    pub(super) visits: Vec<&'a VisitRow>,
    /// The day of a visit.
    pub(super) day_of: &'a dyn Fn(&VisitRow) -> Option<NaiveDate>,
}

pub(super) fn sections(open: &Open, view: &VisitView, earlier: &Earlier<'_>) -> Vec<Section> {
    let answered = |fields: &mut dyn Iterator<Item = &str>| {
        u32::try_from(
            fields
                .filter(|field| view.fields.get(field).is_some())
                .count(),
        )
        .unwrap_or(u32::MAX)
    };
    let count = |fields: usize| u32::try_from(fields).unwrap_or(u32::MAX);
    let one = |done: bool| u32::from(done);
    let since = |visit: Option<VisitId>| {
        let row = earlier.visits.iter().find(|row| Some(row.visit) == visit)?;
        (earlier.day_of)(row)
    };
    let last = |value: &dyn Fn(&VisitRow) -> Option<i64>| {
        earlier.visits.iter().find_map(|row| {
            Some(LastValue {
                value: Some(value(row)?),
                on: (earlier.day_of)(row)?,
                visit: row.visit,
            })
        })
    };
    let section = |name, answered, of| Section {
        name,
        answered,
        of,
        unchanged_since: None,
        last: None,
    };
    vec![
        section(SectionName::Note, one(!view.note.trim().is_empty()), 1),
        Section {
            unchanged_since: since(view.cfs.unchanged_since),
            last: last(&|row| row.cfs_level.map(i64::from)),
            ..section(
                SectionName::Cfs,
                answered(&mut CFS.into_iter()),
                count(CFS.len()),
            )
        },
        Section {
            unchanged_since: since(view.falls.unchanged_since),
            last: last(&|row| row.falls_score.map(i64::from)),
            ..section(
                SectionName::Falls,
                answered(&mut FALLS.into_iter()),
                count(FALLS.len()),
            )
        },
        Section {
            unchanged_since: since(view.medication.unchanged_since),
            last: last(&|row| (row.drug_count > 0).then_some(i64::from(row.drug_count))),
            ..section(
                SectionName::Medication,
                answered(&mut MEDICATION.iter().map(String::as_str)),
                count(MEDICATION.len()),
            )
        },
        section(SectionName::Plan, one(!view.plan.trim().is_empty()), 1),
        section(SectionName::Sign, one(!open.entries.is_empty()), 1),
    ]
}
