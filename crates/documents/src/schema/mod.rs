//! What each kind of document holds, as data.
//!
//! A field that a newer version adds needs no migration: older versions keep it and list it as
//! unknown. A text or a collection is an object, which two tablets must not create each for
//! itself; it comes with a new schema version and a migration (see [`crate::genesis`]).

mod acts;
mod directory;
mod field_type;
mod observations;
mod person;
mod round;
mod told;
mod visit;

pub use field_type::{FieldType, Unfit};
pub(crate) use field_type::{check_characters, parse_date, parse_instant, parse_time};
pub use visit::MEDICATION_ITEMS;

use hemrond_domain::record::DocumentKind;
use serde::Serialize;

/// How much of the schemas a program knows. Versions of the app live side by side, on tablets that
/// were updated and on those that were not; a program of an earlier version reads what a later one
/// wrote, and does not write in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Knows {
    /// All that this code knows.
    #[default]
    Everything,
    /// What an earlier version of it knew: each kind of document up to this schema version, from 1.
    UpTo(u64),
}

impl Knows {
    /// The newest schema version of this kind that such a program knows.
    #[must_use]
    pub const fn version_of(self, kind: DocumentKind) -> u64 {
        let newest = of(kind).version;
        match self {
            Self::UpTo(version) if version < newest => version,
            Self::UpTo(_) | Self::Everything => newest,
        }
    }
}

/// What a kind of document holds.
#[derive(Debug, PartialEq, Serialize)]
pub struct KindSchema {
    /// The kind.
    pub kind: DocumentKind,
    /// The newest schema version that this code knows.
    pub version: u64,
    /// Single values; concurrent different ones are a conflict.
    pub fields: &'static [FieldSpec],
    /// Running texts, in which concurrent typing merges.
    pub texts: &'static [TextSpec],
    /// Sets of rows.
    pub collections: &'static [CollectionSpec],
}

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FieldSpec {
    /// The field's key, such as `cfs.level`.
    pub key: &'static str,
    /// What it may hold.
    pub kind: FieldType,
}

/// A running text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TextSpec {
    /// The text's key.
    pub key: &'static str,
    /// The schema version that brought it.
    pub since: u64,
}

/// A set of rows. Rows are never removed; a row that was wrong is retracted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CollectionSpec {
    /// The collection's name.
    pub name: &'static str,
    /// The fields of a row.
    pub fields: &'static [FieldSpec],
    /// The schema version that brought it.
    pub since: u64,
    /// Whether a row, once written, can only be retracted.
    pub append_only: bool,
}

/// The most characters that one running text may have.
pub const TEXT_MAX: usize = 8_000;

impl KindSchema {
    /// The field with this key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The text with this key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&'static TextSpec> {
        self.texts.iter().find(|text| text.key == key)
    }

    /// The collection with this name.
    #[must_use]
    pub fn collection(&self, name: &str) -> Option<&'static CollectionSpec> {
        self.collections
            .iter()
            .find(|collection| collection.name == name)
    }
}

impl CollectionSpec {
    /// The row field with this key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// Whether a row's field says that the row was retracted, when or by whom.
#[must_use]
pub fn is_retraction(key: &str) -> bool {
    key == "retracted_at" || key == "retracted_by"
}

/// The schema of a kind.
#[must_use]
pub const fn of(kind: DocumentKind) -> &'static KindSchema {
    match kind {
        DocumentKind::Person => &person::SCHEMA,
        DocumentKind::Visit => &visit::SCHEMA,
        DocumentKind::Observations => &observations::SCHEMA,
        DocumentKind::Round => &round::SCHEMA,
        DocumentKind::Directory => &directory::SCHEMA,
        DocumentKind::Acts => &acts::SCHEMA,
        DocumentKind::Told => &told::SCHEMA,
    }
}

/// The roles that a row can name.
const ROLES: FieldType =
    FieldType::Choice(&["nurse", "doctor", "hemtjanst", "assessor", "administrator"]);

/// A text of a line's ordinary length.
const LINE: FieldType = FieldType::Line { max: 200 };

const fn field(key: &'static str, kind: FieldType) -> FieldSpec {
    FieldSpec { key, kind }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_is_named_once_and_can_be_told_from_a_row() {
        for kind in DocumentKind::ALL {
            let schema = of(kind);
            assert_eq!(schema.kind, kind);
            let mut keys = BTreeSet::new();
            for key in schema
                .fields
                .iter()
                .map(|field| field.key)
                .chain(schema.texts.iter().map(|text| text.key))
            {
                assert!(!key.contains('/'), "{key}");
                assert!(keys.insert(key), "{key} is named twice");
            }
            for collection in schema.collections {
                let mut keys = BTreeSet::new();
                for field in collection.fields {
                    assert!(keys.insert(field.key), "{} is named twice", field.key);
                }
            }
        }
    }

    #[test]
    fn every_role_can_be_named() {
        let FieldType::Choice(roles) = ROLES else {
            unreachable!()
        };
        let all: Vec<_> = hemrond_domain::people::Role::ALL
            .iter()
            .map(|r| r.as_str())
            .collect();
        assert_eq!(roles, all);
    }

    #[test]
    fn the_visit_asks_for_the_twenty_items_of_the_medication_checklist() {
        assert_eq!(MEDICATION_ITEMS.len(), 20);
        for item in MEDICATION_ITEMS {
            let schema = of(DocumentKind::Visit);
            assert!(schema.field(&format!("med.{item}")).is_some(), "{item}");
            assert!(
                schema.field(&format!("med.{item}.note")).is_some(),
                "{item}"
            );
        }
    }
}
