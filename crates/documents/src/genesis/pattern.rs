//! Given changes from a pattern.
//!
//! Those of two documents of one kind differ in nothing but the strings of their headers. Writing them anew
//! costs a step of the CRDT library for every object; a caseload that comes to a new tablet is thousands of
//! documents. So they are written once, and for every other header the strings are exchanged.

use super::{Containers, GenesisError};
use automerge::{
    Automerge, Change, ExpandedChange, TextEncoding,
    legacy::{Key, OpType},
};
use hemrond_domain::record::{DocumentKind, Header};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

/// What decides which operations a document begins with: its kind, the schema version, and which of the
/// parts its header has that not every header must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Shape {
    kind: DocumentKind,
    version: u64,
    unit: bool,
    person: bool,
    part: bool,
}

impl Shape {
    fn of(header: &Header, version: u64) -> Self {
        Self {
            kind: header.kind(),
            version,
            unit: header.unit().is_some(),
            person: header.person_id().is_some(),
            part: !header.part().is_empty(),
        }
    }
}

/// The patterns of this process; a few for each kind.
static PATTERNS: LazyLock<RwLock<HashMap<Shape, Arc<Pattern>>>> = LazyLock::new(RwLock::default);

/// The given changes of all documents of one shape.
#[derive(Debug)]
pub(super) struct Pattern {
    changes: Vec<ExpandedChange>,
    containers: Containers,
}

impl Pattern {
    /// The pattern for this header, made by `write` where it is the first of its shape.
    pub(super) fn of(
        header: &Header,
        version: u64,
        write: impl FnOnce() -> Result<(Vec<Change>, Containers), GenesisError>,
    ) -> Result<Arc<Self>, GenesisError> {
        let shape = Shape::of(header, version);
        let known = PATTERNS.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = known.get(&shape) {
            return Ok(Arc::clone(pattern));
        }
        drop(known);
        let (changes, containers) = write()?;
        let pattern = Arc::new(Self {
            changes: changes.iter().map(Change::decode).collect(),
            containers,
        });
        let mut known = PATTERNS.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(shape, Arc::clone(&pattern));
        Ok(pattern)
    }

    /// The document of this header, as it is before anybody has written in it, and its given changes.
    pub(super) fn fill(&self, header: &Header) -> Result<(Automerge, Vec<Change>), GenesisError> {
        let mut given: Vec<Change> = Vec::with_capacity(self.changes.len());
        for pattern in &self.changes {
            let mut change = pattern.clone();
            change.hash = None;
            change.deps = given.last().map(Change::hash).into_iter().collect();
            for operation in &mut change.operations {
                // The only strings are the header's.
                if let (Key::Map(key), OpType::Put(automerge::ScalarValue::Str(value))) =
                    (&operation.key, &mut operation.action)
                {
                    *value = of_header(header, key)
                        .ok_or_else(|| GenesisError(format!("{key} is in no header")))?
                        .into();
                }
            }
            given.push(change.into());
        }
        let mut document = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint);
        document.apply_changes(given.iter().cloned())?;
        Ok((document, given))
    }

    /// The objects that the given changes make, which are named by these changes' places alone.
    pub(super) fn containers(&self) -> Containers {
        self.containers.clone()
    }
}

fn of_header(header: &Header, key: &str) -> Option<String> {
    match key {
        "kind" => Some(header.kind().as_str().to_owned()),
        "organisation" => Some(header.organisation().to_string()),
        "unit" => header.unit().map(|unit| unit.to_string()),
        "person" => header.person_id().map(|person| person.to_string()),
        "part" => Some(header.part().to_owned()),
        _ => None,
    }
}
