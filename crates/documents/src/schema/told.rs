//! The told document: what of home help's observations a unit was told in a month.
//!
//! Each entry is a note of its own, with what it was taken from and why it could be told.

use super::{
    CollectionSpec, FieldSpec, FieldType, KindSchema, field,
    observations::{DEGREE, WHAT},
};
use hemrond_domain::record::DocumentKind;

/// The told document.
pub(super) static SCHEMA: KindSchema = KindSchema {
    kind: DocumentKind::Told,
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

/// The name of a document or of an act, in hexadecimal.
const NAME: FieldType = FieldType::Line { max: 64 };

static ENTRY: &[FieldSpec] = &[
    field("act", FieldType::Id),
    field("at", FieldType::Instant),
    field("by", FieldType::Id),
    field("unit", FieldType::Id),
    field("what", WHAT),
    field("degree", DEGREE),
    field("words", FieldType::Line { max: 1000 }),
    // Where it stands in the social documentation.
    field("source.document", NAME),
    field("source.row", FieldType::Id),
    // Why it may be told, and the act that says so.
    field(
        "basis",
        FieldType::Choice(&[
            "same_giver",
            "osl2511",
            "svod31",
            "svod32",
            "svod33",
            "svod36",
            "consent_osl101",
            "duty",
        ]),
    ),
    field("telling", NAME),
    field("disclosure", NAME),
    field("told_at", FieldType::Instant),
    field("told_by", FieldType::Id),
    field("retracted_at", FieldType::Instant),
    field("retracted_by", FieldType::Id),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use hemrond_domain::law::LegalBasis;

    #[test]
    fn every_legal_basis_can_be_named() {
        let spec = SCHEMA.collections[0].field("basis").unwrap();
        let FieldType::Choice(named) = spec.kind else {
            unreachable!()
        };
        let all: Vec<String> = LegalBasis::ALL
            .iter()
            .map(|basis| {
                let name = serde_json::to_value(basis).unwrap();
                name.as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(named, all);
    }
}
