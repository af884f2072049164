//! Where a value is: a field, a text, or a field of a row.

use hemrond_domain::ids::RowId;
use std::fmt;

/// The address of a value within a document.
///
/// A field or a text is addressed by its key, a row's field as `collection/row/field`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Path {
    /// A field or a text of the document itself.
    Key(String),
    /// A field of a row.
    Row {
        /// The collection.
        collection: String,
        /// The row's name, as it stands in the document.
        row: String,
        /// The row's field.
        field: String,
    },
}

impl Path {
    /// The address of a row's field.
    #[must_use]
    pub fn row(collection: &str, row: RowId, field: &str) -> Self {
        Self::Row {
            collection: collection.to_owned(),
            row: row.to_string(),
            field: field.to_owned(),
        }
    }

    /// Reads an address; text without two slashes is a key.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut parts = text.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(collection), Some(row), Some(field)) => Self::Row {
                collection: collection.to_owned(),
                row: row.to_owned(),
                field: field.to_owned(),
            },
            _ => Self::Key(text.to_owned()),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Row {
                collection,
                row,
                field,
            } => write!(f, "{collection}/{row}/{field}"),
        }
    }
}
