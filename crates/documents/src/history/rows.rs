//! Which object is which, as the changes made them.

use crate::{
    document::Document,
    operations::{Action, OpRef, Operation, Place},
    path::Path,
};
use automerge::{ObjId, ObjType};
use std::collections::HashMap;

/// Which object is which row, text or map.
pub(super) struct Rows {
    fields: Option<OpRef>,
    texts: HashMap<OpRef, String>,
    collections: HashMap<OpRef, String>,
    rows: HashMap<OpRef, (String, String)>,
}

impl Rows {
    pub(super) fn of(document: &Document) -> Self {
        let containers = document.containers();
        let name = |(name, id): (&&str, &ObjId)| Some((OpRef::of(id)?, (*name).to_owned()));
        Self {
            fields: OpRef::of(&containers.fields),
            texts: containers.text.iter().filter_map(name).collect(),
            collections: containers.collections.iter().filter_map(name).collect(),
            rows: HashMap::new(),
        }
    }

    /// Remembers an object that an operation makes: a row, or a text or collection of a newer
    /// version.
    pub(super) fn note(&mut self, operation: &Operation) {
        let (Action::Make(kind), Place::Key(key)) = (&operation.action, &operation.place) else {
            return;
        };
        match (operation.object, kind) {
            (None, ObjType::Map) => {
                self.collections
                    .entry(operation.id)
                    .or_insert_with(|| key.clone());
            }
            (Some(_), ObjType::Text) => {
                self.texts
                    .entry(operation.id)
                    .or_insert_with(|| key.clone());
            }
            (Some(object), ObjType::Map) => {
                if let Some(collection) = self.collections.get(&object) {
                    self.rows
                        .insert(operation.id, (collection.clone(), key.clone()));
                }
            }
            _ => {}
        }
    }

    /// The address of what an operation writes.
    pub(super) fn address(&self, operation: &Operation) -> Option<String> {
        let object = operation.object?;
        match &operation.place {
            Place::Element(_) => self.texts.get(&object).cloned(),
            Place::Key(key) if Some(object) == self.fields => Some(key.clone()),
            Place::Key(key) => {
                let (collection, row) = self.rows.get(&object)?;
                let (collection, row) = (collection.clone(), row.clone());
                Some(
                    Path::Row {
                        collection,
                        row,
                        field: key.clone(),
                    }
                    .to_string(),
                )
            }
        }
    }
}
