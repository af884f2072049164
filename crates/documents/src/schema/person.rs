//! The person document: who someone is and how to reach them.

use super::{CollectionSpec, FieldSpec, FieldType, KindSchema, LINE, field};
use hemrond_domain::record::DocumentKind;

/// The person document.
pub(super) static SCHEMA: KindSchema = KindSchema {
    kind: DocumentKind::Person,
    version: 1,
    fields: FIELDS,
    texts: &[],
    collections: &[CollectionSpec {
        name: "contacts",
        fields: CONTACT,
        since: 1,
        append_only: false,
    }],
};

static FIELDS: &[FieldSpec] = &[
    field("given_name", LINE),
    field("family_name", LINE),
    field("identity", LINE),
    field(
        "identity_kind",
        FieldType::Choice(&["personnummer", "samordningsnummer", "nrid", "vgr_reserve"]),
    ),
    field(
        "protected",
        FieldType::Choice(&["none", "sekretessmarkering", "skyddad_folkbokforing"]),
    ),
    field("address.street", LINE),
    field("address.postcode", LINE),
    field("address.city", LINE),
    field("address.entry", LINE),
    field("phone", LINE),
    field("look_out_for", FieldType::Line { max: 500 }),
    field("listed_at", LINE),
    field("municipal_care", FieldType::Bool),
];

static CONTACT: &[FieldSpec] = &[
    field("name", LINE),
    field(
        "relation",
        FieldType::Choice(&[
            "fast_vardkontakt",
            "fast_lakarkontakt",
            "pas",
            "aldresjukskoterska",
            "hemtjanst",
            "bistandshandlaggare",
            "relative",
            "other",
        ]),
    ),
    field("phone", LINE),
    field("direct", FieldType::Bool),
    field("note", LINE),
    field("added_by", FieldType::Id),
    field("added_at", FieldType::Instant),
    field("retracted_at", FieldType::Instant),
    field("retracted_by", FieldType::Id),
];
