//! The operations inside a change, as plain values.

use crate::log::{Log, Logged};
use automerge::{Change, ObjType, ScalarValue, legacy};
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// An operation's name: its counter and who made it. An object is named by what made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct OpRef {
    pub(crate) counter: u64,
    pub(crate) actor: [u8; 16],
}

impl OpRef {
    /// The name of an object that is not the root.
    pub(crate) fn of(object: &automerge::ObjId) -> Option<Self> {
        match object {
            automerge::ObjId::Root => None,
            automerge::ObjId::Id(counter, actor, _) => Some(Self {
                counter: *counter,
                actor: actor.to_bytes().try_into().ok()?,
            }),
        }
    }
}

/// Where in an object an operation works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// At a key of a map.
    Key(String),
    /// At a character of a text; `None` is its beginning.
    Element(Option<OpRef>),
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    Put(ScalarValue),
    Make(ObjType),
    Delete,
    /// Counters and marks, which no document of ours has.
    Other,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Operation {
    pub(crate) id: OpRef,
    /// The object; `None` is the document's root.
    pub(crate) object: Option<OpRef>,
    pub(crate) place: Place,
    pub(crate) action: Action,
    pub(crate) insert: bool,
    pub(crate) predecessors: Vec<OpRef>,
}

/// Reads a change's operations; nothing, if the library cannot.
///
/// The bytes must have passed [`crate::parse_chunk`], which bounds what they unroll to.
pub(crate) fn decode(bytes: &[u8]) -> Option<Vec<Operation>> {
    catch_unwind(AssertUnwindSafe(|| {
        let change = Change::from_bytes(bytes.to_vec()).ok()?.decode();
        let actor: [u8; 16] = change.actor_id.to_bytes().try_into().ok()?;
        (change.start_op.get()..)
            .zip(&change.operations)
            .map(|(counter, op)| operation(OpRef { counter, actor }, op))
            .collect()
    }))
    .unwrap_or_default()
}

fn operation(id: OpRef, op: &legacy::Op) -> Option<Operation> {
    Some(Operation {
        id,
        object: match &op.obj {
            legacy::ObjectId::Root => None,
            legacy::ObjectId::Id(id) => Some(reference(id)?),
        },
        place: match &op.key {
            legacy::Key::Map(key) => Place::Key(key.to_string()),
            legacy::Key::Seq(legacy::ElementId::Head) => Place::Element(None),
            legacy::Key::Seq(legacy::ElementId::Id(id)) => Place::Element(Some(reference(id)?)),
        },
        action: match &op.action {
            legacy::OpType::Put(value) => Action::Put(value.clone()),
            legacy::OpType::Make(kind) => Action::Make(*kind),
            legacy::OpType::Delete => Action::Delete,
            _ => Action::Other,
        },
        insert: op.insert,
        predecessors: op.pred.iter().map(reference).collect::<Option<_>>()?,
    })
}

fn reference(id: &legacy::OpId) -> Option<OpRef> {
    Some(OpRef {
        counter: id.0,
        actor: id.1.to_bytes().try_into().ok()?,
    })
}

/// Looks up operations in a log, reading each change at most once.
pub(crate) struct Lookup<'a> {
    log: &'a Log,
    read: HashMap<crate::change::Hash, Vec<Operation>>,
}

impl<'a> Lookup<'a> {
    pub(crate) fn new(log: &'a Log) -> Self {
        Self {
            log,
            read: HashMap::new(),
        }
    }

    /// The operation with this name, if the log holds it.
    pub(crate) fn get(&mut self, id: OpRef) -> Option<&Operation> {
        let chunk = self.log.of_operation(&id.actor, id.counter)?;
        let logged = self.log.get(&chunk.hash)?;
        let operations = self.of(logged);
        let place = usize::try_from(id.counter.checked_sub(chunk.start_op)?).ok()?;
        operations.get(place)
    }

    /// A change's operations.
    pub(crate) fn of(&mut self, logged: &Logged) -> &[Operation] {
        self.read
            .entry(logged.chunk.hash)
            .or_insert_with(|| decode(&logged.raw.bytes).unwrap_or_default())
    }
}
