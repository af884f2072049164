//! The first changes of a document, the same on every device.
//!
//! Two tablets that each made "the same" document would hide each other's entries. So a document's
//! objects are made by changes with fixed actors, at time 0, whose bytes follow from the header
//! alone: genesis, and one migration per later schema version. Each migration builds on the given
//! change before it, never on a person's edits, so that it is the same change everywhere too.

mod pattern;

use self::pattern::Pattern;
use crate::{
    actor::reserved,
    change::{Hash, RawChange},
    schema::{self, KindSchema},
};
use automerge::{
    ActorId, Automerge, AutomergeError, Change, ObjId, ObjType, ROOT, ReadDoc, ScalarValue,
    TextEncoding,
    transaction::{CommitOptions, Transactable},
};
use hemrond_domain::record::Header;
use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

/// The map of a document's header.
pub(crate) const HEADER: &str = "header";
/// The number of the schema.
pub(crate) const SCHEMA: &str = "schema";
/// The map of fields.
pub(crate) const FIELDS: &str = "fields";
/// The map of running texts.
pub(crate) const TEXTS: &str = "texts";

/// The objects that given changes make, by their ids.
#[derive(Debug, Clone)]
pub(crate) struct Containers {
    pub(crate) header: ObjId,
    pub(crate) fields: ObjId,
    pub(crate) texts: ObjId,
    pub(crate) text: BTreeMap<&'static str, ObjId>,
    pub(crate) collections: BTreeMap<&'static str, ObjId>,
}

/// A document as it is before anybody has written in it.
#[derive(Debug, Clone)]
pub(crate) struct Blank {
    pub(crate) document: Automerge,
    pub(crate) given: Vec<Change>,
    pub(crate) containers: Containers,
}

/// The CRDT library refused something that it cannot refuse; a programming error, not bad input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document could not be begun: {0}")]
pub struct GenesisError(pub String);

impl From<AutomergeError> for GenesisError {
    fn from(error: AutomergeError) -> Self {
        Self(error.to_string())
    }
}

/// The document's first change.
///
/// # Errors
/// Never for a header; the error stands in for a panic.
pub fn genesis(header: &Header) -> Result<RawChange, GenesisError> {
    let blank = blank(header, 1)?;
    let first = blank
        .given
        .first()
        .ok_or_else(|| GenesisError("no change".to_owned()))?;
    Ok(RawChange::of(first))
}

/// The changes that bring a document from its first schema version to the newest.
///
/// # Errors
/// Never for a header; the error stands in for a panic.
pub fn migrations(header: &Header) -> Result<Vec<RawChange>, GenesisError> {
    let blank = blank(header, schema::of(header.kind()).version)?;
    Ok(blank.given.iter().skip(1).map(RawChange::of).collect())
}

/// Whether a change is, byte for byte, the genesis or a migration of this document.
///
/// # Errors
/// Never for a header; the error stands in for a panic.
pub fn is_given(header: &Header, bytes: &[u8]) -> Result<bool, GenesisError> {
    let blank = blank(header, schema::of(header.kind()).version)?;
    Ok(blank.given.iter().any(|change| change.raw_bytes() == bytes))
}

/// How many blanks a thread remembers: a push asks for the same one for each of a document's changes.
const REMEMBERED: usize = 16;

thread_local! {
    static RECENT: RefCell<VecDeque<(Header, u64, Rc<Blank>)>> = const { RefCell::new(VecDeque::new()) };
}

/// A document that holds its given changes up to a schema version. It follows from the header
/// alone, so the last ones are remembered.
pub(crate) fn blank(header: &Header, version: u64) -> Result<Rc<Blank>, GenesisError> {
    RECENT.with_borrow_mut(|recent| {
        let found = recent
            .iter()
            .find(|(known, at, _)| *at == version && known == header);
        if let Some((_, _, blank)) = found {
            return Ok(Rc::clone(blank));
        }
        let blank = Rc::new(make(header, version)?);
        recent.truncate(REMEMBERED - 1);
        recent.push_front((header.clone(), version, Rc::clone(&blank)));
        Ok(blank)
    })
}

fn make(header: &Header, version: u64) -> Result<Blank, GenesisError> {
    let pattern = Pattern::of(header, version, || write(header, version))?;
    let (document, given) = pattern.fill(header)?;
    Ok(Blank {
        document,
        given,
        containers: pattern.containers(),
    })
}

/// Writes the given changes, operation by operation.
fn write(header: &Header, version: u64) -> Result<(Vec<Change>, Containers), GenesisError> {
    let schema = schema::of(header.kind());
    let mut document = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint);
    let mut given = Vec::new();
    for step in 1..=version.min(schema.version) {
        let actor = if step == 1 {
            0
        } else {
            u8::try_from(step).unwrap_or(u8::MAX)
        };
        document.set_actor(ActorId::from(reserved(actor).as_slice()));
        let mut transaction = document.transaction();
        if step == 1 {
            begin(&mut transaction, header)?;
        }
        add_objects(&mut transaction, schema, step)?;
        if step > 1 {
            transaction.put(ROOT, SCHEMA, schema_number(step))?;
        }
        let (hash, _) = transaction.commit_with(CommitOptions::default().with_time(0));
        let change = hash
            .and_then(|hash| document.get_change_by_hash(&hash))
            .ok_or_else(|| GenesisError("an empty change".to_owned()))?;
        given.push(change);
    }
    Ok((given, containers(&document, schema)?))
}

/// The order of operations below is part of every document's name for its first change. It never
/// changes; a test holds the hashes.
fn begin(transaction: &mut impl Transactable, header: &Header) -> Result<(), GenesisError> {
    let map = transaction.put_object(ROOT, HEADER, ObjType::Map)?;
    transaction.put(&map, "kind", header.kind().as_str())?;
    transaction.put(&map, "organisation", header.organisation().to_string())?;
    if let Some(unit) = header.unit() {
        transaction.put(&map, "unit", unit.to_string())?;
    }
    if let Some(person) = header.person_id() {
        transaction.put(&map, "person", person.to_string())?;
    }
    if !header.part().is_empty() {
        transaction.put(&map, "part", header.part())?;
    }
    transaction.put(ROOT, SCHEMA, schema_number(1))?;
    transaction.put_object(ROOT, FIELDS, ObjType::Map)?;
    transaction.put_object(ROOT, TEXTS, ObjType::Map)?;
    Ok(())
}

fn add_objects(
    transaction: &mut impl Transactable,
    schema: &KindSchema,
    step: u64,
) -> Result<(), GenesisError> {
    let texts = object(transaction, TEXTS)?;
    for text in schema.texts.iter().filter(|text| text.since == step) {
        transaction.put_object(&texts, text.key, ObjType::Text)?;
    }
    for collection in schema
        .collections
        .iter()
        .filter(|collection| collection.since == step)
    {
        transaction.put_object(ROOT, collection.name, ObjType::Map)?;
    }
    Ok(())
}

fn schema_number(version: u64) -> ScalarValue {
    ScalarValue::Int(i64::try_from(version).unwrap_or(i64::MAX))
}

fn containers(document: &Automerge, schema: &KindSchema) -> Result<Containers, GenesisError> {
    let texts = object(document, TEXTS)?;
    let mut text = BTreeMap::new();
    for spec in schema.texts {
        if let Some((_, id)) = document.get(&texts, spec.key)? {
            text.insert(spec.key, id);
        }
    }
    let mut collections = BTreeMap::new();
    for spec in schema.collections {
        if let Some((_, id)) = document.get(ROOT, spec.name)? {
            collections.insert(spec.name, id);
        }
    }
    Ok(Containers {
        header: object(document, HEADER)?,
        fields: object(document, FIELDS)?,
        texts,
        text,
        collections,
    })
}

fn object(document: &impl ReadDoc, key: &str) -> Result<ObjId, GenesisError> {
    let found = document.get(ROOT, key)?;
    found
        .map(|(_, id)| id)
        .ok_or_else(|| GenesisError(format!("{key} is missing")))
}

/// The hash of a document's first change.
pub(crate) fn first_hash(blank: &Blank) -> Option<Hash> {
    blank.given.first().map(|change| change.hash().0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use hemrond_domain::ids::{OrganisationId, PersonId, UnitId, VisitId};
    use proptest::prelude::*;

    /// A header of any kind.
    fn header() -> impl Strategy<Value = Header> {
        let ids = (
            any::<[u8; 16]>(),
            any::<[u8; 16]>(),
            any::<[u8; 16]>(),
            any::<[u8; 16]>(),
        );
        (ids, 0..20_000_i32, 0..7_u8).prop_map(
            |((organisation, unit, person, visit), day, kind)| {
                let organisation = OrganisationId::from_bytes(organisation);
                let (unit, person) = (UnitId::from_bytes(unit), PersonId::from_bytes(person));
                let day = NaiveDate::from_epoch_days(day).unwrap_or_default();
                match kind {
                    0 => Header::person(organisation, person),
                    1 => Header::visit(organisation, unit, person, VisitId::from_bytes(visit)),
                    2 => Header::observations(organisation, person, day),
                    3 => Header::round(organisation, unit, day),
                    4 => Header::directory(organisation),
                    5 => Header::told(organisation, unit, person, day),
                    _ => Header::acts(organisation, person),
                }
            },
        )
    }

    fn failed(error: GenesisError) -> TestCaseError {
        TestCaseError::fail(error.to_string())
    }

    proptest! {
        #[test]
        fn what_comes_from_a_pattern_is_what_is_written_operation_by_operation(header in header()) {
            let newest = schema::of(header.kind()).version;
            for version in 1..=newest {
                let (written, of_them) = write(&header, version).map_err(failed)?;
                // Also where the pattern was made for another header.
                let blank = make(&header, version).map_err(failed)?;
                let bytes = |changes: &[Change]| -> Vec<Vec<u8>> {
                    changes.iter().map(|change| change.raw_bytes().to_vec()).collect()
                };
                prop_assert_eq!(bytes(&blank.given), bytes(&written));
                let found = containers(&blank.document, schema::of(header.kind())).map_err(failed)?;
                prop_assert_eq!(format!("{:?}", &found), format!("{:?}", &blank.containers));
                prop_assert_eq!(format!("{:?}", &found), format!("{of_them:?}"));
            }
        }
    }
}
