//! The observations document: what home help saw in a month.

use super::{CollectionSpec, FieldSpec, FieldType, KindSchema, field};
use hemrond_domain::record::DocumentKind;

/// The observations document.
pub(super) static SCHEMA: KindSchema = KindSchema {
    kind: DocumentKind::Observations,
    version: 1,
    fields: &[],
    texts: &[],
    collections: &[CollectionSpec {
        name: "entries",
        fields: ENTRY,
        since: 1,
        append_only: true,
    }],
};

/// What an observation is about.
pub(super) const WHAT: FieldType = FieldType::Choice(&[
    "food_drink",
    "gait",
    "fall",
    "tiredness",
    "confusion",
    "pain",
    "skin",
    "sleep",
    "mood",
    "medicine_not_taken",
    "other",
]);

/// How it is beside the person's usual self.
pub(super) const DEGREE: FieldType = FieldType::Choice(&["as_usual", "worse", "much_worse"]);

static ENTRY: &[FieldSpec] = &[
    field("act", FieldType::Id),
    field("at", FieldType::Instant),
    field("by", FieldType::Id),
    field("unit", FieldType::Id),
    field("what", WHAT),
    field("degree", DEGREE),
    field("words", FieldType::Line { max: 1000 }),
    field("retracted_at", FieldType::Instant),
    field("retracted_by", FieldType::Id),
];
