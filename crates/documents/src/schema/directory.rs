//! The directory document: an organisation's units, staff and phone numbers.

use super::{CollectionSpec, FieldSpec, FieldType, KindSchema, LINE, ROLES, field};
use hemrond_domain::record::DocumentKind;

/// The directory document. The rows of units and staff are named by the unit's and user's own ids.
pub(super) static SCHEMA: KindSchema = KindSchema {
    kind: DocumentKind::Directory,
    version: 1,
    fields: &[field("name", LINE)],
    texts: &[],
    collections: &[
        CollectionSpec {
            name: "units",
            fields: UNIT,
            since: 1,
            append_only: false,
        },
        CollectionSpec {
            name: "staff",
            fields: STAFF,
            since: 1,
            append_only: false,
        },
        CollectionSpec {
            name: "numbers",
            fields: NUMBER,
            since: 1,
            append_only: false,
        },
    ],
};

static UNIT: &[FieldSpec] = &[
    field("name", LINE),
    field(
        "kind",
        FieldType::Choice(&[
            "mobile_team",
            "health_centre",
            "hemtjanst",
            "municipality_office",
            "other",
        ]),
    ),
    field("phone", LINE),
];

static STAFF: &[FieldSpec] = &[
    field("name", LINE),
    field("role", ROLES),
    field("unit", FieldType::Id),
    field("phone", LINE),
    field("active", FieldType::Bool),
];

static NUMBER: &[FieldSpec] = &[
    field("label", LINE),
    field("phone", LINE),
    field(
        "order",
        FieldType::Number {
            min: -1e9,
            max: 1e9,
        },
    ),
];
