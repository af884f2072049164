//! What a document says, as plain values.

use crate::{
    snapshot::{Cell, Snapshot},
    value::{Found, Value},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The values of one row, by key; a cleared field is left out.
pub type RowContent = BTreeMap<String, Value>;

/// What a document says at one moment. Of a field in conflict it holds one candidate, the same on
/// every replica; see [`crate::Document::conflicts`] for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Content {
    /// The fields that have a value.
    pub fields: BTreeMap<String, Value>,
    /// The rows of each collection, by name.
    pub rows: BTreeMap<String, BTreeMap<String, RowContent>>,
    /// The running texts.
    pub texts: BTreeMap<String, String>,
    /// What could not be read as a value, by address.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unreadable: BTreeMap<String, String>,
}

impl Content {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let mut content = Self {
            texts: snapshot.texts.clone(),
            ..Self::default()
        };
        for (key, cells) in &snapshot.fields {
            let value = pick(cells, key, &mut content.unreadable);
            if let Some(value) = value {
                content.fields.insert(key.clone(), value);
            }
        }
        for (collection, rows) in &snapshot.rows {
            let into = content.rows.entry(collection.clone()).or_default();
            for (row, fields) in rows {
                let values = into.entry(row.clone()).or_default();
                for (key, cells) in fields {
                    let address = format!("{collection}/{row}/{key}");
                    if let Some(value) = pick(cells, &address, &mut content.unreadable) {
                        values.insert(key.clone(), value);
                    }
                }
            }
        }
        for address in &snapshot.strange {
            content.unreadable.insert(address.clone(), String::new());
        }
        content
    }
}

fn pick(cells: &[Cell], address: &str, unreadable: &mut BTreeMap<String, String>) -> Option<Value> {
    match &cells.last()?.found {
        Found::Absent => None,
        Found::Value(value) => Some(value.clone()),
        Found::Foreign(what) => {
            unreadable.insert(address.to_owned(), what.clone());
            None
        }
    }
}
