//! Everything that a document says at one moment, with every candidate of every value.

use crate::{
    genesis::{Containers, FIELDS, HEADER, SCHEMA, TEXTS},
    value::Found,
};
use automerge::{
    Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ValueRef, iter::MapRangeItem,
};
use std::collections::BTreeMap;

/// One live value: the operation that wrote it and what it wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) counter: u64,
    pub(crate) actor: Vec<u8>,
    pub(crate) found: Found,
}

/// The live values of one field, in the library's order: the last is the one that it would show.
pub(crate) type Cells = Vec<Cell>;
/// The fields of one row.
pub(crate) type RowCells = BTreeMap<String, Cells>;

/// A document's whole state.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    pub(crate) fields: BTreeMap<String, Cells>,
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) rows: BTreeMap<String, BTreeMap<String, RowCells>>,
    /// What stands where this version expects something else.
    pub(crate) strange: Vec<String>,
}

impl Snapshot {
    /// Reads a document as it is, or as it was at some heads.
    pub(crate) fn of(
        state: &Automerge,
        containers: &Containers,
        heads: Option<&[ChangeHash]>,
    ) -> Self {
        let reader = Reader { state, heads };
        let mut snapshot = Self {
            fields: reader.cells(&containers.fields),
            ..Self::default()
        };
        for (key, id) in &containers.text {
            if let Some(text) = reader.text(id) {
                snapshot.texts.insert((*key).to_owned(), text);
            }
        }
        for item in reader.entries(&containers.texts) {
            let known = containers.text.contains_key(item.key.as_ref());
            if !known && item.value == ValueRef::Object(ObjType::Text) {
                let text = reader.text(&item.id()).unwrap_or_default();
                snapshot.texts.insert(item.key.into_owned(), text);
            } else if !known {
                snapshot.strange.push(format!("{TEXTS}/{}", item.key));
            }
        }
        for (name, id) in &containers.collections {
            let rows = reader.rows(name, id, &mut snapshot.strange);
            snapshot.rows.insert((*name).to_owned(), rows);
        }
        // Collections that a newer version added.
        for item in reader.entries(&ROOT) {
            let key = item.key.as_ref();
            if [HEADER, SCHEMA, FIELDS, TEXTS].contains(&key) || snapshot.rows.contains_key(key) {
                continue;
            }
            if item.value == ValueRef::Object(ObjType::Map) {
                let rows = reader.rows(key, &item.id(), &mut snapshot.strange);
                snapshot.rows.insert(key.to_owned(), rows);
            } else {
                snapshot.strange.push(key.to_owned());
            }
        }
        snapshot
    }
}

/// A document at one moment.
struct Reader<'a> {
    state: &'a Automerge,
    heads: Option<&'a [ChangeHash]>,
}

impl<'a> Reader<'a> {
    fn entries(&self, object: &ObjId) -> Vec<MapRangeItem<'a>> {
        match self.heads {
            None => self.state.map_range(object, ..).collect(),
            Some(heads) => self.state.map_range_at(object, .., heads).collect(),
        }
    }

    fn text(&self, object: &ObjId) -> Option<String> {
        match self.heads {
            None => self.state.text(object).ok(),
            Some(heads) => self.state.text_at(object, heads).ok(),
        }
    }

    fn all(&self, object: &ObjId, key: &str) -> Vec<(automerge::Value<'a>, ObjId)> {
        match self.heads {
            None => self.state.get_all(object, key),
            Some(heads) => self.state.get_all_at(object, key, heads),
        }
        .unwrap_or_default()
    }

    /// The live values of every key of a map.
    fn cells(&self, object: &ObjId) -> BTreeMap<String, Cells> {
        let mut cells = BTreeMap::new();
        for item in self.entries(object) {
            let live = if item.conflict {
                let all = self.all(object, &item.key);
                all.iter()
                    .map(|(value, id)| cell(id, Found::from_value(value)))
                    .collect()
            } else {
                vec![cell(&item.id(), Found::from_ref(&item.value))]
            };
            cells.insert(item.key.into_owned(), live);
        }
        cells
    }

    /// The rows of a collection. Two devices may have made a row of one name each for itself; the
    /// row is then both, so that neither hides the other.
    fn rows(
        &self,
        collection: &str,
        object: &ObjId,
        strange: &mut Vec<String>,
    ) -> BTreeMap<String, RowCells> {
        let mut rows = BTreeMap::new();
        for item in self.entries(object) {
            let objects: Vec<ObjId> = if item.conflict {
                let all = self.all(object, &item.key);
                let maps = all.into_iter().filter(|(value, _)| value.is_object());
                maps.map(|(_, id)| id).collect()
            } else if item.value == ValueRef::Object(ObjType::Map) {
                vec![item.id()]
            } else {
                strange.push(format!("{collection}/{}", item.key));
                continue;
            };
            let mut row = RowCells::new();
            for object in &objects {
                for (key, cells) in self.cells(object) {
                    row.entry(key).or_default().extend(cells);
                }
            }
            if objects.len() > 1 {
                for cells in row.values_mut() {
                    cells.sort_by(|a, b| (a.counter, &a.actor).cmp(&(b.counter, &b.actor)));
                }
            }
            rows.insert(item.key.into_owned(), row);
        }
        rows
    }
}

fn cell(id: &ObjId, found: Found) -> Cell {
    match id {
        ObjId::Root => Cell {
            counter: 0,
            actor: Vec::new(),
            found,
        },
        ObjId::Id(counter, actor, _) => Cell {
            counter: *counter,
            actor: actor.to_bytes().to_vec(),
            found,
        },
    }
}
