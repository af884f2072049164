//! Holding a change against the document that it would enter.

use super::{
    Inspected, Refusal, check_actor,
    operations::{Target, Write, writes},
};
use crate::{
    change::Hash,
    chunk::{self, Chunk, Limits},
    document::Document,
    operations::{Action, Lookup, OpRef, Operation, Place, decode},
    schema::is_retraction,
};
use std::collections::{BTreeSet, HashMap};

/// A change that may enter a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What it says about itself.
    pub inspected: Inspected,
    /// What it writes, with every row told; empty for a given change.
    pub writes: Vec<Write>,
    /// Whether it is the document's genesis or a migration, which nobody has to have the right to.
    pub given: bool,
    /// Whether the document holds it already.
    pub known: bool,
}

/// Checks a change completely: its bytes, its place in the document's history and its operations.
///
/// # Errors
/// When the change must not enter the document.
pub fn check(document: &Document, bytes: &[u8], limits: &Limits) -> Result<Accepted, Refusal> {
    let chunk = chunk::parse(bytes, limits)?;
    let known = document.contains(&chunk.hash);
    let given = document.log.get(&chunk.hash).is_some() && check_actor(&chunk.actor).is_err();
    if given {
        return Ok(Accepted {
            inspected: chunk.into(),
            writes: Vec::new(),
            given,
            known,
        });
    }
    check_actor(&chunk.actor)?;
    if !known {
        check_place(document, &chunk)?;
    }
    let operations = decode(bytes).ok_or(Refusal::Undecodable)?;
    // The document has the objects at hand that its header alone would have to be unfolded for.
    let mut writes = writes(document.containers(), &operations)?;
    let mut lookup = Lookup::new(&document.log);
    check_references(&mut lookup, &operations)?;
    for write in &mut writes {
        resolve(document, &mut lookup, write)?;
        check_law(document, write)?;
    }
    Ok(Accepted {
        inspected: chunk.into(),
        writes,
        given,
        known,
    })
}

/// Checks who a change follows: known changes, its author's last one, and the last counter.
fn check_place(document: &Document, chunk: &Chunk) -> Result<(), Refusal> {
    let log = &document.log;
    let missing: BTreeSet<Hash> = chunk
        .deps
        .iter()
        .filter(|dep| !log.contains(dep))
        .copied()
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::Missing(missing.into_iter().collect()));
    }
    if chunk.deps.is_empty() {
        return Err(Refusal::OtherDocument);
    }
    let expected = log.last_of(&chunk.actor).map_or(1, |last| last.seq + 1);
    if chunk.seq != expected {
        return Err(Refusal::Sequence {
            expected,
            found: chunk.seq,
        });
    }
    // An author's own last change is among those that the next builds on, directly or not.
    if let Some(last) = log.last_of(&chunk.actor)
        && !chunk.deps.contains(&last.hash)
    {
        let seen = log
            .all()
            .iter()
            .position(|change| change.chunk.hash == last.hash);
        if !seen.is_some_and(|place| log.ancestors(&chunk.deps).contains(&place)) {
            return Err(Refusal::Detached);
        }
    }
    let built_on = chunk.deps.iter().filter_map(|dep| log.get(dep));
    let expected = built_on
        .map(|dep| dep.chunk.max_op())
        .max()
        .unwrap_or_default()
        + 1;
    if chunk.start_op != expected {
        return Err(Refusal::Counter {
            expected,
            found: chunk.start_op,
        });
    }
    Ok(())
}

/// Checks that operations replace and follow only what stands in the same place. One that named
/// another field's value as its predecessor would remove that value without seeming to touch it.
fn check_references(lookup: &mut Lookup<'_>, operations: &[Operation]) -> Result<(), Refusal> {
    let mut own: HashMap<OpRef, Standing> = HashMap::new();
    for operation in operations {
        let mut find = |id: OpRef| {
            own.get(&id)
                .cloned()
                .or_else(|| lookup.get(id).map(Standing::of))
        };
        for predecessor in &operation.predecessors {
            let found = find(*predecessor).ok_or(Refusal::Operation("a replacement of nothing"))?;
            let same = found.object == operation.object
                && match &operation.place {
                    Place::Key(_) => found.place == operation.place,
                    Place::Element(element) => found.insert && Some(*predecessor) == *element,
                };
            if !same {
                return Err(Refusal::Operation("a replacement of something elsewhere"));
            }
        }
        if let Place::Element(Some(element)) = operation.place {
            let found = find(element);
            let found = found.ok_or(Refusal::Operation("typing after an unknown character"))?;
            if !found.insert || found.object != operation.object {
                return Err(Refusal::Operation("typing after something elsewhere"));
            }
        }
        own.insert(operation.id, Standing::of(operation));
    }
    Ok(())
}

/// Where an operation stands.
#[derive(Clone)]
struct Standing {
    object: Option<OpRef>,
    place: Place,
    insert: bool,
}

impl Standing {
    fn of(operation: &Operation) -> Self {
        Self {
            object: operation.object,
            place: operation.place.clone(),
            insert: operation.insert,
        }
    }
}

/// Tells which row an earlier change made.
fn resolve(document: &Document, lookup: &mut Lookup<'_>, write: &mut Write) -> Result<(), Refusal> {
    let Target::Elsewhere {
        counter,
        actor,
        field,
    } = &write.target
    else {
        return Ok(());
    };
    let made = lookup.get(OpRef {
        counter: *counter,
        actor: *actor,
    });
    let made = made.ok_or(Refusal::Operation("a write in an unknown object"))?;
    let parent = made.object;
    let collection = document
        .containers()
        .collections
        .iter()
        .find(|(_, id)| OpRef::of(id) == parent)
        .map(|(name, _)| (*name).to_owned());
    match (&made.action, &made.place, collection) {
        (Action::Make(_), Place::Key(row), Some(collection)) => {
            write.target = Target::Row {
                collection,
                row: row.clone(),
                field: field.clone(),
                new: false,
            };
            Ok(())
        }
        _ => Err(Refusal::Operation("a write in something that is no row")),
    }
}

/// Checks that a row which can only be retracted is only retracted.
fn check_law(document: &Document, write: &Write) -> Result<(), Refusal> {
    let Target::Row {
        collection,
        field,
        new: false,
        ..
    } = &write.target
    else {
        return Ok(());
    };
    let spec = document.kind_schema().collection(collection);
    let fixed = spec.is_none_or(|spec| spec.append_only);
    if fixed && !(is_retraction(field) && write.value.is_some()) {
        return Err(Refusal::AppendOnly {
            collection: collection.clone(),
        });
    }
    Ok(())
}
