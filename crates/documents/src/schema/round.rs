//! The round document: a team's visit list of one day.

use super::{CollectionSpec, FieldSpec, FieldType, KindSchema, field};
use hemrond_domain::record::DocumentKind;

/// The round document.
pub(super) static SCHEMA: KindSchema = KindSchema {
    kind: DocumentKind::Round,
    version: 1,
    fields: &[],
    texts: &[],
    collections: &[CollectionSpec {
        name: "visits",
        fields: VISIT,
        since: 1,
        append_only: false,
    }],
};

static VISIT: &[FieldSpec] = &[
    field("visit", FieldType::Id),
    field("person", FieldType::Id),
    field("start", FieldType::Time),
    field("minutes", FieldType::Int { min: 0, max: 1440 }),
    // A place between two others is their mean, so that moving one row touches one row.
    field(
        "position",
        FieldType::Number {
            min: -1e9,
            max: 1e9,
        },
    ),
    field("staff", FieldType::Id),
    field("acute", FieldType::Bool),
    field("removed", FieldType::Bool),
    field("added_by", FieldType::Id),
    field("added_at", FieldType::Instant),
];
