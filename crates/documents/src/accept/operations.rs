//! What a change's operations may be, told from the change and the document's header alone.

use super::{Refusal, check_actor};
use crate::{
    chunk::{self, Limits},
    genesis::{self, Containers},
    operations::{Action, OpRef, Operation, Place, decode},
    schema,
    value::{Found, Value},
};
use automerge::{ObjType, ScalarValue};
use hemrond_domain::record::Header;
use std::collections::HashMap;
use uuid::Uuid;

/// The longest text in one value, in bytes.
pub const STRING_MAX: usize = 8 * 1024;

/// The longest key of a field.
const KEY_MAX: usize = 64;

/// One write that a change makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub target: Target,
    /// What; `None` clears, and is all that is told of typing and of a new row.
    pub value: Option<Value>,
}

/// Where a change writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A field.
    Field(String),
    /// A running text; told once, however much was typed.
    Text(String),
    /// A new row.
    NewRow {
        /// The collection.
        collection: String,
        /// The row's id.
        row: String,
    },
    /// A field of a row.
    Row {
        /// The collection.
        collection: String,
        /// The row's id.
        row: String,
        /// The row's field.
        field: String,
        /// Whether this same change made the row.
        new: bool,
    },
    /// A field of an object that an earlier change made; only the document can tell which.
    Elsewhere {
        /// The counter of the operation that made the object.
        counter: u64,
        /// Who made it.
        actor: [u8; 16],
        /// The field.
        field: String,
    },
}

/// Checks a change's operations and tells what it writes; a given change writes nothing.
///
/// # Errors
/// When an operation is one that no honest edit makes.
pub fn check_operations(header: &Header, bytes: &[u8]) -> Result<Vec<Write>, Refusal> {
    let chunk = chunk::parse(bytes, &Limits::EDIT)?;
    let version = schema::of(header.kind()).version;
    let blank = genesis::blank(header, version).map_err(|_| Refusal::Undecodable)?;
    if blank.given.iter().any(|change| change.raw_bytes() == bytes) {
        return Ok(Vec::new());
    }
    check_actor(&chunk.actor)?;
    let operations = decode(bytes).ok_or(Refusal::Undecodable)?;
    writes(&blank.containers, &operations)
}

/// Tells what operations write in a document with these objects.
pub(super) fn writes(
    containers: &Containers,
    operations: &[Operation],
) -> Result<Vec<Write>, Refusal> {
    let mut checker = Checker::new(containers);
    for operation in operations {
        checker.check(operation)?;
    }
    Ok(checker.writes)
}

/// Goes through a change's operations in order.
struct Checker {
    objects: HashMap<OpRef, Object>,
    writes: Vec<Write>,
}

/// An object that a change may meet.
#[derive(Debug, Clone)]
enum Object {
    Header,
    Texts,
    Fields,
    Text(String),
    Collection(String),
    /// A row that the change itself made.
    Row {
        collection: String,
        row: String,
    },
}

impl Checker {
    fn new(containers: &Containers) -> Self {
        let fixed = [
            (&containers.header, Object::Header),
            (&containers.texts, Object::Texts),
            (&containers.fields, Object::Fields),
        ];
        let texts = containers
            .text
            .iter()
            .map(|(key, id)| (id, Object::Text((*key).to_owned())));
        let collections = containers
            .collections
            .iter()
            .map(|(name, id)| (id, Object::Collection((*name).to_owned())));
        let objects = fixed
            .into_iter()
            .chain(texts)
            .chain(collections)
            .filter_map(|(id, object)| Some((OpRef::of(id)?, object)))
            .collect();
        Self {
            objects,
            writes: Vec::new(),
        }
    }

    fn check(&mut self, operation: &Operation) -> Result<(), Refusal> {
        let Some(id) = operation.object else {
            return Err(Refusal::Fixed("the root"));
        };
        match self.objects.get(&id).cloned() {
            Some(Object::Header) => Err(Refusal::Fixed("the header")),
            Some(Object::Texts) => Err(Refusal::Fixed("the list of texts")),
            Some(Object::Fields) => {
                let (field, value) = put(operation)?;
                self.write(Target::Field(field), value);
                Ok(())
            }
            Some(Object::Text(text)) => {
                check_typing(operation)?;
                let write = Write {
                    target: Target::Text(text),
                    value: None,
                };
                if !self.writes.contains(&write) {
                    self.writes.push(write);
                }
                Ok(())
            }
            Some(Object::Collection(collection)) => {
                let row = check_row(operation)?;
                let object = Object::Row {
                    collection: collection.clone(),
                    row: row.clone(),
                };
                self.objects.insert(operation.id, object);
                self.write(Target::NewRow { collection, row }, None);
                Ok(())
            }
            Some(Object::Row { collection, row }) => {
                let (field, value) = put(operation)?;
                self.write(
                    Target::Row {
                        collection,
                        row,
                        field,
                        new: true,
                    },
                    value,
                );
                Ok(())
            }
            None => {
                let (field, value) = put(operation)?;
                let OpRef { counter, actor } = id;
                self.write(
                    Target::Elsewhere {
                        counter,
                        actor,
                        field,
                    },
                    value,
                );
                Ok(())
            }
        }
    }

    fn write(&mut self, target: Target, value: Option<Value>) {
        self.writes.push(Write { target, value });
    }
}

/// A value is put at a key; clearing puts a null.
fn put(operation: &Operation) -> Result<(String, Option<Value>), Refusal> {
    let Place::Key(key) = &operation.place else {
        return Err(Refusal::Operation("an element of a map"));
    };
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
    if key.is_empty() || key.len() > KEY_MAX || !key.chars().all(fine) {
        return Err(Refusal::Operation("a key that no field has"));
    }
    let value = match &operation.action {
        Action::Put(value) if !operation.insert => value,
        Action::Put(_) => return Err(Refusal::Operation("an insertion into a map")),
        Action::Delete => return Err(Refusal::Operation("a deletion; clearing leaves a trace")),
        Action::Make(_) => return Err(Refusal::Operation("an object in the place of a value")),
        Action::Other => return Err(Refusal::Operation("a counter or a mark")),
    };
    match value {
        ScalarValue::Str(text) if text.len() > STRING_MAX => {
            return Err(Refusal::Value("the text is too long"));
        }
        ScalarValue::F64(number) if !number.is_finite() => {
            return Err(Refusal::Value("the number is not finite"));
        }
        _ => {}
    }
    match Found::from_scalar(value) {
        Found::Absent => Ok((key.clone(), None)),
        Found::Value(value) => Ok((key.clone(), Some(value))),
        Found::Foreign(_) => Err(Refusal::Value("its type")),
    }
}

/// A character is inserted or removed.
fn check_typing(operation: &Operation) -> Result<(), Refusal> {
    let Place::Element(element) = &operation.place else {
        return Err(Refusal::Operation("a key of a text"));
    };
    match (&operation.action, operation.insert) {
        (Action::Put(ScalarValue::Str(text)), true) => {
            if !operation.predecessors.is_empty() {
                return Err(Refusal::Operation("an insertion that replaces"));
            }
            if text.chars().count() != 1 {
                return Err(Refusal::Operation("a piece of text that is no character"));
            }
            Ok(())
        }
        (Action::Delete, false) => {
            if element.is_none() || operation.predecessors.as_slice() != element.as_slice() {
                return Err(Refusal::Operation("a removal of something else"));
            }
            Ok(())
        }
        _ => Err(Refusal::Operation("something else than typing in a text")),
    }
}

/// A row is made, where none is.
fn check_row(operation: &Operation) -> Result<String, Refusal> {
    let Place::Key(row) = &operation.place else {
        return Err(Refusal::Operation("an element of a collection"));
    };
    if operation.action != Action::Make(ObjType::Map) || operation.insert {
        return Err(Refusal::Operation(
            "something else than a row in a collection",
        ));
    }
    if !operation.predecessors.is_empty() {
        return Err(Refusal::Operation("a row in the place of another"));
    }
    let id: Option<Uuid> = row.parse().ok();
    if id.is_none_or(|id| id.hyphenated().to_string() != *row) {
        return Err(Refusal::Operation("a row that is not named by an id"));
    }
    Ok(row.clone())
}
