//! What is not as it was.

use super::rows::Rows;
use crate::{
    change::Hash,
    chunk::Chunk,
    conflict::moment,
    document::{Document, UnknownHeads},
    operations::{Lookup, Place},
    snapshot::{Cell, Snapshot},
    value::{Found, Value},
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A value that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field, the text, or `collection/row/field`.
    pub field: String,
    /// What it was.
    pub before: Option<Value>,
    /// What it is now, or one of several answers that it has now.
    pub after: Option<Value>,
    /// When the value of now was written, by its author's clock.
    pub at: DateTime<Utc>,
    /// Who wrote it last, as an actor.
    pub actor: [u8; 16],
    /// The change in which.
    pub change: Hash,
    /// Who else wrote in a running text in the meantime.
    pub others: Vec<[u8; 16]>,
}

/// What is not as it was at some heads: after a signature, since a colleague last looked.
///
/// Of a field with several answers now, every one that was not there is told.
///
/// # Errors
/// When the document does not hold one of the changes.
pub fn differences(
    document: &Document,
    from_heads: &[Hash],
) -> Result<Vec<Difference>, UnknownHeads> {
    let before = document.snapshot_at(from_heads)?;
    let now = document.snapshot();
    let mut found = Vec::new();
    let nothing = Vec::new();
    let (was, is) = (addressed(&before), addressed(&now));
    for (address, cells) in &is {
        let was = was.get(address).copied().unwrap_or(&nothing);
        compare(document, address, was, cells, &mut found);
    }
    texts(document, from_heads, &before, &now, &mut found);
    found.sort_by(|a, b| (&a.field, a.at, a.actor).cmp(&(&b.field, b.at, b.actor)));
    Ok(found)
}

/// Every field and row field of a snapshot, by address.
fn addressed(snapshot: &Snapshot) -> BTreeMap<String, &Vec<Cell>> {
    let fields = snapshot
        .fields
        .iter()
        .map(|(key, cells)| (key.clone(), cells));
    let rows = snapshot.rows.iter().flat_map(|(collection, rows)| {
        rows.iter().flat_map(move |(row, fields)| {
            fields
                .iter()
                .map(move |(key, cells)| (format!("{collection}/{row}/{key}"), cells))
        })
    });
    fields.chain(rows).collect()
}

fn compare(
    document: &Document,
    address: &str,
    was: &[Cell],
    is: &[Cell],
    found: &mut Vec<Difference>,
) {
    let values = |cells: &[Cell]| {
        let mut values: Vec<Found> = Vec::new();
        for cell in cells {
            if !values.contains(&cell.found) {
                values.push(cell.found.clone());
            }
        }
        values
    };
    let before_values = values(was);
    let now_values = values(is);
    let same = before_values.len() == now_values.len()
        && now_values.iter().all(|value| before_values.contains(value));
    let empty = before_values.is_empty() && now_values == [Found::Absent];
    if same || empty {
        return;
    }
    let before = was.last().and_then(|cell| cell.found.shown());
    let mut told = Vec::new();
    for cell in is {
        let old = was
            .iter()
            .any(|old| old.counter == cell.counter && old.actor == cell.actor);
        if old || told.contains(&&cell.found) {
            continue;
        }
        let Some(chunk) = document.log.of_operation(&cell.actor, cell.counter) else {
            continue;
        };
        told.push(&cell.found);
        found.push(Difference {
            field: address.to_owned(),
            before: before.clone(),
            after: cell.found.shown(),
            at: moment(chunk.time),
            actor: chunk.actor,
            change: chunk.hash,
            others: Vec::new(),
        });
    }
}

fn texts(
    document: &Document,
    from_heads: &[Hash],
    before: &Snapshot,
    now: &Snapshot,
    found: &mut Vec<Difference>,
) {
    let changed: BTreeSet<&String> = now
        .texts
        .iter()
        .filter(|(key, text)| before.texts.get(*key).map_or("", String::as_str) != text.as_str())
        .map(|(key, _)| key)
        .collect();
    if changed.is_empty() {
        return;
    }
    let mut lookup = Lookup::new(&document.log);
    let mut rows = Rows::of(document);
    let mut writers: BTreeMap<String, Vec<&Chunk>> = BTreeMap::new();
    let since: HashSet<Hash> = document
        .log
        .after(from_heads)
        .map(|change| change.chunk.hash)
        .collect();
    for logged in document.log.in_order() {
        let mut touched = BTreeSet::new();
        for operation in lookup.of(logged) {
            rows.note(operation);
            if matches!(operation.place, Place::Element(_)) {
                touched.extend(rows.address(operation));
            }
        }
        if since.contains(&logged.chunk.hash) {
            for key in touched {
                writers.entry(key).or_default().push(&logged.chunk);
            }
        }
    }
    let text = |snapshot: &Snapshot, key: &str| {
        snapshot
            .texts
            .get(key)
            .filter(|text| !text.is_empty())
            .cloned()
            .map(Value::Text)
    };
    for key in changed {
        let Some((last, others)) = writers.get(key).and_then(|w| w.split_last()) else {
            continue;
        };
        let others: BTreeSet<[u8; 16]> = others.iter().map(|chunk| chunk.actor).collect();
        found.push(Difference {
            field: key.clone(),
            before: text(before, key),
            after: text(now, key),
            at: moment(last.time),
            actor: last.actor,
            change: last.hash,
            others: others
                .into_iter()
                .filter(|actor| *actor != last.actor)
                .collect(),
        });
    }
}
