//! A document in memory: its changes and what they add up to.

mod ahead;
mod apply;
mod edits;
mod order;
mod outcome;
mod read;

pub use outcome::{Applied, ApplyError, LoadError, Loaded, Reason, SetAside, Waiting};
pub use read::UnknownHeads;

use crate::{
    actor::Actor,
    change::{Hash, RawChange, sha256},
    chunk::{self, Limits},
    genesis::{self, Containers, GenesisError},
    log::{Log, Logged},
    schema::{self, KindSchema, Knows},
};
use automerge::{Automerge, ROOT, ReadDoc};
use hemrond_domain::record::{DocumentId, Header};
use std::collections::BTreeMap;

/// One document of the record.
///
/// Everything a person ever wrote in it stays: [`Document::changes`] gives all of it back, byte for
/// byte as it came.
#[derive(Debug, Clone)]
pub struct Document {
    header: Header,
    actor: Actor,
    /// The schema version up to which this replica knows the given changes.
    ours: u64,
    containers: Containers,
    first: Hash,
    pub(crate) state: Automerge,
    pub(crate) log: Log,
    /// Changes that came before one that they build on.
    waiting: BTreeMap<Hash, Logged>,
}

impl Document {
    /// Begins a document, the same as on every other device that begins it.
    ///
    /// # Errors
    /// Never for a header; the error stands in for a panic.
    pub fn create(header: &Header, actor: Actor) -> Result<Self, GenesisError> {
        Self::create_knowing(header, actor, Knows::Everything)
    }

    /// As [`Document::create`], by a program that knows so much of the schemas.
    ///
    /// # Errors
    /// Never for a header; the error stands in for a panic.
    pub fn create_knowing(
        header: &Header,
        actor: Actor,
        knows: Knows,
    ) -> Result<Self, GenesisError> {
        Self::create_at(header, actor, knows.version_of(header.kind()))
    }

    /// Begins a document as a version would that knew the schema up to `version`.
    pub(crate) fn create_at(
        header: &Header,
        actor: Actor,
        version: u64,
    ) -> Result<Self, GenesisError> {
        let blank = genesis::blank(header, version)?;
        let first = genesis::first_hash(&blank)
            .ok_or_else(|| GenesisError("no first change".to_owned()))?;
        let mut log = Log::default();
        for change in &blank.given {
            let raw = RawChange::of(change);
            let chunk = chunk::parse(&raw.bytes, &Limits::EDIT)
                .map_err(|error| GenesisError(error.to_string()))?;
            log.push(Logged { raw, chunk });
        }
        let mut state = blank.document.clone();
        state.set_actor(actor.id());
        Ok(Self {
            header: header.clone(),
            actor,
            ours: version,
            containers: blank.containers.clone(),
            first,
            state,
            log,
            waiting: BTreeMap::new(),
        })
    }

    /// What the document is about.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The document's id.
    #[must_use]
    pub fn id(&self) -> DocumentId {
        self.header.id()
    }

    /// The actor that edits are made under.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// What documents of this kind hold, as far as this version knows.
    #[must_use]
    pub const fn kind_schema(&self) -> &'static KindSchema {
        schema::of(self.header.kind())
    }

    /// The newest schema version that anyone has brought the document to.
    #[must_use]
    pub fn schema(&self) -> u64 {
        let found = self
            .state
            .get_all(ROOT, genesis::SCHEMA)
            .unwrap_or_default();
        found
            .iter()
            .filter_map(|(value, _)| value.as_i64())
            .filter_map(|number| u64::try_from(number).ok())
            .max()
            .unwrap_or_default()
    }

    /// Whether a newer version has written in the document, so that this one may only read it.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        self.schema() > self.ours
    }

    /// The changes that no other change builds on, sorted.
    #[must_use]
    pub fn heads(&self) -> Vec<Hash> {
        self.log.heads()
    }

    /// All changes, genesis first, each after those that it builds on.
    #[must_use]
    pub fn changes(&self) -> Vec<RawChange> {
        self.log
            .all()
            .iter()
            .map(|change| change.raw.clone())
            .collect()
    }

    /// The names of the changes that follow from the header, each with the counter of its last
    /// operation.
    pub fn given(&self) -> impl Iterator<Item = (Hash, u64)> {
        // The log begins with them.
        let count = usize::try_from(self.ours).unwrap_or(usize::MAX);
        let given = self.log.all().iter().take(count);
        given.map(|change| (change.chunk.hash, change.chunk.max_op()))
    }

    /// The changes beyond the first that follow from the header and this program's schema. They go
    /// along with what builds on them, for an app of an earlier version cannot make them by itself.
    ///
    /// Each with its actor, which the schema reserves: they are nobody's.
    pub fn migrations(&self) -> impl Iterator<Item = (&RawChange, [u8; 16])> {
        let count = usize::try_from(self.ours).unwrap_or(usize::MAX);
        let given = self.log.all().iter().take(count).skip(1);
        given.map(|change| (&change.raw, change.chunk.actor))
    }

    /// The changes that someone with these heads has not seen; unknown heads are passed over.
    #[must_use]
    pub fn changes_after(&self, heads: &[Hash]) -> Vec<RawChange> {
        self.log
            .after(heads)
            .map(|change| change.raw.clone())
            .collect()
    }

    /// Whether the document holds a change.
    #[must_use]
    pub fn contains(&self, hash: &Hash) -> bool {
        self.log.contains(hash)
    }

    /// How many changes the document holds, the given ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log.all().len()
    }

    /// Whether nobody has written in the document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let written = |change: &Logged| !crate::actor::is_reserved(&change.chunk.actor);
        !self.log.all().iter().any(written)
    }

    /// The greatest operation counter in the document.
    #[must_use]
    pub fn max_op(&self) -> u64 {
        self.log.max_op()
    }

    pub(crate) const fn containers(&self) -> &Containers {
        &self.containers
    }

    /// A digest of the sorted heads: equal on two replicas exactly when they hold the same changes.
    #[must_use]
    pub fn digest(&self) -> Hash {
        sha256(&self.heads().concat())
    }
}
