//! What a person may do to a document, and why it can be refused.

use crate::{schema::Unfit, value::Value};
use hemrond_domain::ids::RowId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// One edit. A value of `null` clears the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// Answers a field.
    Set {
        /// The field.
        field: String,
        /// The answer.
        value: Option<Value>,
    },
    /// Takes a field's answer back.
    Clear {
        /// The field.
        field: String,
    },
    /// Writes a running text anew; what changed is merged with what others type at the same time.
    Text {
        /// The text.
        field: String,
        /// The whole new text.
        value: String,
    },
    /// Adds a row.
    AddRow {
        /// The collection.
        collection: String,
        /// The row's new id.
        row: RowId,
        /// The row's values.
        values: BTreeMap<String, Value>,
    },
    /// Answers a field of a row.
    SetRow {
        /// The collection.
        collection: String,
        /// The row.
        row: RowId,
        /// The row's field.
        field: String,
        /// The answer.
        value: Option<Value>,
    },
    /// Settles a conflict: the value takes the place of every candidate.
    Settle {
        /// The field, or `collection/row/field`.
        field: String,
        /// The value that a person chose.
        value: Option<Value>,
        /// The changes (in hex) whose candidates that person saw. Where given, the edit is refused
        /// if another candidate has come since.
        #[serde(default)]
        #[ts(as = "Option<Vec<String>>", optional)]
        seen: Vec<String>,
    },
}

impl Edit {
    /// Answers a field.
    pub fn set(field: &str, value: impl Into<Value>) -> Self {
        Self::Set {
            field: field.to_owned(),
            value: Some(value.into()),
        }
    }

    /// Takes a field's answer back.
    #[must_use]
    pub fn clear(field: &str) -> Self {
        Self::Clear {
            field: field.to_owned(),
        }
    }

    /// Writes a running text anew.
    pub fn text(field: &str, value: impl Into<String>) -> Self {
        Self::Text {
            field: field.to_owned(),
            value: value.into(),
        }
    }

    /// Adds a row.
    pub fn add_row<V: Into<Value>>(
        collection: &str,
        row: RowId,
        values: impl IntoIterator<Item = (&'static str, V)>,
    ) -> Self {
        Self::AddRow {
            collection: collection.to_owned(),
            row,
            values: values
                .into_iter()
                .map(|(key, v)| (key.to_owned(), v.into()))
                .collect(),
        }
    }

    /// Answers a field of a row.
    pub fn set_row(collection: &str, row: RowId, field: &str, value: impl Into<Value>) -> Self {
        Self::SetRow {
            collection: collection.to_owned(),
            row,
            field: field.to_owned(),
            value: Some(value.into()),
        }
    }

    /// Settles a conflict whatever its candidates are by then; prefer
    /// [`crate::Conflict::settle`].
    pub fn settle(field: &str, value: Option<Value>) -> Self {
        Self::Settle {
            field: field.to_owned(),
            value,
            seen: Vec::new(),
        }
    }
}

/// Why edits were refused. None of them was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// A newer version has written in the document; this one may only read it.
    #[error("the document has schema {document}, this version knows {ours}")]
    NewerSchema {
        /// The document's schema version.
        document: u64,
        /// The schema version that this code knows.
        ours: u64,
    },
    /// Documents of this kind have no such field or text.
    #[error("there is no field \"{field}\"")]
    UnknownField {
        /// The field.
        field: String,
    },
    /// Documents of this kind have no such collection.
    #[error("there is no collection \"{collection}\"")]
    UnknownCollection {
        /// The collection.
        collection: String,
    },
    /// There is no such row.
    #[error("there is no row {row} in \"{collection}\"")]
    UnknownRow {
        /// The collection.
        collection: String,
        /// The row.
        row: String,
    },
    /// A row with this id is there already.
    #[error("there is a row {row} in \"{collection}\" already")]
    RowExists {
        /// The collection.
        collection: String,
        /// The row.
        row: String,
    },
    /// The value does not fit the field.
    #[error("\"{field}\": {reason}")]
    Unfit {
        /// The field.
        field: String,
        /// Why it does not fit.
        reason: Unfit,
    },
    /// People answered differently at the same time; one must choose by settling.
    #[error("\"{field}\" has several answers; someone must choose")]
    InConflict {
        /// The field.
        field: String,
    },
    /// Rows of this collection can only be added and retracted.
    #[error("\"{field}\" cannot be changed; the row can be retracted")]
    AppendOnly {
        /// The field.
        field: String,
    },
    /// The edits are too many or too long for one change.
    #[error("this is too much for one change")]
    TooLarge,
    /// The CRDT library refused or failed; the document is as it was.
    #[error("the edit could not be made: {reason}")]
    Failed {
        /// What it said.
        reason: String,
    },
}

impl EditError {
    /// The field that the error is about, where it is about one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::UnknownField { field }
            | Self::Unfit { field, .. }
            | Self::InConflict { field }
            | Self::AppendOnly { field } => Some(field),
            _ => None,
        }
    }

    /// The error's stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NewerSchema { .. } => "newer-schema",
            Self::UnknownField { .. } => "unknown-field",
            Self::UnknownCollection { .. } => "unknown-collection",
            Self::UnknownRow { .. } => "unknown-row",
            Self::RowExists { .. } => "row-exists",
            Self::Unfit { .. } => "unfit",
            Self::InConflict { .. } => "in-conflict",
            Self::AppendOnly { .. } => "append-only",
            Self::TooLarge => "too-large",
            Self::Failed { .. } => "failed",
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_reads_as_the_screen_writes_it() {
        for (json, edit) in [
            (
                r#"{"edit":"set","field":"cfs.level","value":6}"#,
                Edit::set("cfs.level", 6),
            ),
            (
                r#"{"edit":"set","field":"weight_kg","value":61.5}"#,
                Edit::set("weight_kg", 61.5),
            ),
            (
                r#"{"edit":"set","field":"cfs.active","value":true}"#,
                Edit::set("cfs.active", true),
            ),
            (
                r#"{"edit":"set","field":"reason","value":null}"#,
                Edit::Set {
                    field: "reason".to_owned(),
                    value: None,
                },
            ),
            (
                r#"{"edit":"clear","field":"reason"}"#,
                Edit::clear("reason"),
            ),
            (
                r#"{"edit":"text","field":"note","value":"Hej"}"#,
                Edit::text("note", "Hej"),
            ),
            (
                r#"{"edit":"settle","field":"cfs.level","value":6}"#,
                Edit::settle("cfs.level", Some(Value::Int(6))),
            ),
        ] {
            assert_eq!(serde_json::from_str::<Edit>(json).unwrap(), edit);
        }
        let row = Edit::add_row("drugs", RowId::from_bytes([1; 16]), [("name", "Furix")]);
        let json = serde_json::to_string(&row).unwrap();
        assert_eq!(
            json,
            r#"{"edit":"add_row","collection":"drugs","row":"01010101-0101-4101-8101-010101010101","values":{"name":"Furix"}}"#
        );
        assert_eq!(serde_json::from_str::<Edit>(&json).unwrap(), row);
    }

    #[test]
    fn the_screens_types_say_the_same() {
        let config = ts_rs::Config::default();
        assert_eq!(Value::inline(&config), "boolean | number | string");
        let edit = Edit::inline(&config);
        assert!(edit.contains(r#""edit": "set""#), "{edit}");
        assert!(edit.contains("value: Value | null"), "{edit}");
        assert!(edit.contains("seen?: Array<string>"), "{edit}");
    }
}
