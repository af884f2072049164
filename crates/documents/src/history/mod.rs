//! What every value was before, and who changed it.
//!
//! An answer that was overwritten, cleared or not chosen is not shown any more, but it is not gone:
//! it stays in the change that gave it, and here is how it is found.

mod differences;
mod rows;

pub use differences::{Difference, differences};

use crate::{
    change::Hash,
    chunk::Chunk,
    conflict::moment,
    document::Document,
    operations::{Action, Lookup, OpRef, Place},
    value::{Found, Value},
};
use automerge::{ChangeHash, ObjId, ReadDoc};
use chrono::{DateTime, Utc};
use rows::Rows;

/// A value that a field once had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The value; `None` where the field was cleared. Of a running text, the whole text as its
    /// author saw it after writing.
    pub value: Option<Value>,
    /// Who wrote it, as an actor.
    pub actor: [u8; 16],
    /// When, by the author's clock.
    pub at: DateTime<Utc>,
    /// The change in which.
    pub change: Hash,
}

/// Every value that a field, a text or a row's field ever had.
///
/// A value comes after every value that its author could see; of others the earlier comes first.
#[must_use]
pub fn history(document: &Document, field: &str) -> Vec<Trace> {
    let mut lookup = Lookup::new(&document.log);
    let mut rows = Rows::of(document);
    let mut traces = Vec::new();
    for logged in document.log.in_order() {
        let mut value = None;
        let mut text = None;
        for operation in lookup.of(logged) {
            rows.note(operation);
            let Some(address) = rows.address(operation) else {
                continue;
            };
            if address != field {
                continue;
            }
            match (&operation.action, &operation.place) {
                // Of several in one change the last is what its author meant.
                (Action::Put(put), Place::Key(_)) => value = Some(Found::from_scalar(put)),
                (_, Place::Element(_)) => text = operation.object,
                _ => {}
            }
        }
        if let Some(value) = value {
            traces.push(trace(&logged.chunk, value.shown()));
        }
        if let Some(text) = text {
            let text = text_after(document, text, &logged.chunk.hash);
            traces.push(trace(&logged.chunk, text.map(Value::Text)));
        }
    }
    traces
}

/// Who wrote what a field says, as an actor; none where nobody has. Of several who disagree it is the last
/// in [`history`].
#[must_use]
pub fn last_writer(document: &Document, field: &str) -> Option<[u8; 16]> {
    let live = document.state.get_all(&document.containers().fields, field);
    // What alone is left has replaced all others: nothing before it need be read.
    if let Ok([(_, ObjId::Id(_, actor, _))]) = live.as_deref()
        && let Ok(actor) = actor.to_bytes().try_into()
    {
        return Some(actor);
    }
    history(document, field).last().map(|trace| trace.actor)
}

fn trace(chunk: &Chunk, value: Option<Value>) -> Trace {
    Trace {
        value,
        actor: chunk.actor,
        at: moment(chunk.time),
        change: chunk.hash,
    }
}

fn text_after(document: &Document, text: OpRef, change: &Hash) -> Option<String> {
    // The library takes the last part, a place in its own table, as a mere hint.
    let object = ObjId::Id(text.counter, text.actor.as_slice().into(), 0);
    document.state.text_at(&object, &[ChangeHash(*change)]).ok()
}
