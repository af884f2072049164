//! The visit document: everything about one home visit.

use super::{CollectionSpec, FieldSpec, FieldType, KindSchema, LINE, ROLES, TextSpec, field};
use hemrond_domain::record::DocumentKind;

/// The visit document.
pub(super) static SCHEMA: KindSchema = KindSchema {
    kind: DocumentKind::Visit,
    version: 2,
    fields: FIELDS,
    texts: &[
        TextSpec {
            key: "note",
            since: 1,
        },
        TextSpec {
            key: "plan",
            since: 2,
        },
    ],
    collections: &[
        CollectionSpec {
            name: "drugs",
            fields: DRUG,
            since: 1,
            append_only: false,
        },
        CollectionSpec {
            name: "notes",
            fields: NOTE,
            since: 1,
            append_only: true,
        },
        CollectionSpec {
            name: "seen",
            fields: SEEN,
            since: 1,
            append_only: true,
        },
        CollectionSpec {
            name: "settlements",
            fields: SETTLEMENT,
            since: 1,
            append_only: true,
        },
    ],
};

const LONG: FieldType = FieldType::Line { max: 500 };
const ITEM: FieldType = FieldType::Choice(&["ok", "action", "not_applicable"]);

/// Declares the visit's fields, with two for every item of the medication checklist.
macro_rules! visit_fields {
    ($($item:literal)*; $($field:expr,)*) => {
        /// The items of the medication checklist, in the order in which they are asked.
        pub const MEDICATION_ITEMS: &[&str] = &[$($item),*];

        static FIELDS: &[FieldSpec] = &[
            $($field,)*
            $(
                field(concat!("med.", $item), ITEM),
                field(concat!("med.", $item, ".note"), LONG),
            )*
        ];
    };
}

visit_fields! {
    "list_source" "use" "discrepancies" "duplicates" "otc" "asked_forms" "storage" "dosett"
    "swallowing" "inhalation" "ability" "side_effects" "responsibility" "delegation"
    "signing_gaps" "controlled" "kidney" "review" "question" "deviation";

    field("kind", FieldType::Choice(&["planned", "unplanned"])),
    field("reason", FieldType::Line { max: 300 }),
    field("called_by", LINE),
    field("requested_at", FieldType::Instant),
    field("state", FieldType::Choice(&["planned", "under_way", "done", "cancelled"])),
    field("started_at", FieldType::Instant),
    field("ended_at", FieldType::Instant),
    field("cancel_reason", LINE),

    field("cfs.level", FieldType::Int { min: 1, max: 9 }),
    field("cfs.basis", FieldType::Choice(&["observation", "interview", "proxy", "record"])),
    field("cfs.assessed_on", FieldType::Date),
    field("cfs.cause", LONG),
    field("cfs.comment", LONG),
    field("cfs.terminal", FieldType::Bool),
    field("cfs.badl", FieldType::Int { min: 0, max: 5 }),
    field("cfs.iadl", FieldType::Int { min: 0, max: 6 }),
    field("cfs.chronic", FieldType::Int { min: 0, max: 99 }),
    field("cfs.srh", FieldType::Choice(&["excellent", "very_good", "good", "fair", "poor"])),
    field("cfs.effort", FieldType::Choice(&["rarely", "sometimes", "all"])),
    field("cfs.active", FieldType::Bool),
    field("cfs.unchanged_since", FieldType::Id),

    field("falls.previous_falls", FieldType::Bool),
    field("falls.sedatives", FieldType::Bool),
    field("falls.diuretics", FieldType::Bool),
    field("falls.antihypertensives", FieldType::Bool),
    field("falls.antiparkinson", FieldType::Bool),
    field("falls.antidepressants", FieldType::Bool),
    field("falls.vision", FieldType::Bool),
    field("falls.hearing", FieldType::Bool),
    field("falls.limbs", FieldType::Bool),
    field("falls.cognition", FieldType::Choice(&["oriented", "confused"])),
    field("falls.gait", FieldType::Choice(&["normal", "safe_with_aid", "unsafe", "unable"])),
    field("falls.comment", LONG),
    field("falls.unchanged_since", FieldType::Id),

    field("med.last_review_on", FieldType::Date),
    field("med.comment", LONG),
    field("med.unchanged_since", FieldType::Id),

    field("next_visit_on", FieldType::Date),
    field("weight_kg", FieldType::Number { min: 20.0, max: 300.0 }),
}

static DRUG: &[FieldSpec] = &[
    field("name", LINE),
    field("atc", LINE),
    field("dose", LINE),
    field("as_needed", FieldType::Bool),
    field(
        "taken",
        FieldType::Choice(&["as_ordered", "differently", "not_taken"]),
    ),
    field("note", LONG),
    field("added_by", FieldType::Id),
    field("added_at", FieldType::Instant),
    field("retracted_at", FieldType::Instant),
    field("retracted_by", FieldType::Id),
];

static NOTE: &[FieldSpec] = &[
    field(
        "kind",
        FieldType::Choice(&["note", "order", "answer", "question"]),
    ),
    field("text", FieldType::Line { max: 4000 }),
    field("by", FieldType::Id),
    field("role", ROLES),
    field("at", FieldType::Instant),
    // The signed entry that the patient finds wrong or misleading (patientdatalagen 3:8), in hex. An
    // app that does not know the field shows the note as any other.
    field("dissent_with", LINE),
    // To whom a copy was handed out (patientdatalagen 3:11).
    field("handed_out_to", LINE),
    field("retracted_at", FieldType::Instant),
    field("retracted_by", FieldType::Id),
];

static SEEN: &[FieldSpec] = &[
    field("by", FieldType::Id),
    field("at", FieldType::Instant),
    field("heads", FieldType::Line { max: 2000 }),
];

static SETTLEMENT: &[FieldSpec] = &[
    field("field", LINE),
    field("chosen", FieldType::Line { max: 4000 }),
    field("others", FieldType::Line { max: 4000 }),
    field("by", FieldType::Id),
    field("at", FieldType::Instant),
];
