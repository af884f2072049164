//! The pieces that requests and responses are made of.

use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, UnitId, UserId},
    record::{DocumentId, DocumentKind, Header, HeaderError, UnknownKind},
};
use minicbor::{Decode, Encode};
use std::fmt;

/// A 32-byte name of an item: a change's Automerge hash or an entry's SHA-256.
pub type ItemHash = [u8; 32];

/// The exclusive-or of item hashes: equal sets of items have equal digests, in any order.
pub type Digest = [u8; 32];

/// Names one unbroken life of a server's database. A restored one has a new epoch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Epoch(#[cbor(with = "minicbor::bytes")] pub [u8; 16]);

impl fmt::Debug for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Epoch(")?;
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

/// Sixteen bytes that name a document, person, unit, user or device.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Encode, Decode)]
#[cbor(transparent)]
pub struct WireId(#[cbor(with = "minicbor::bytes")] pub [u8; 16]);

macro_rules! wire_ids {
    ($($name:ident),*) => {$(
        impl From<$name> for WireId {
            fn from(id: $name) -> Self {
                Self(*id.as_bytes())
            }
        }
        impl From<WireId> for $name {
            fn from(id: WireId) -> Self {
                Self::from_stored(id.0)
            }
        }
    )*};
}

wire_ids!(OrganisationId, UnitId, PersonId, UserId, DeviceId);

impl From<DocumentId> for WireId {
    fn from(id: DocumentId) -> Self {
        Self(*id.as_bytes())
    }
}

impl From<WireId> for DocumentId {
    fn from(id: WireId) -> Self {
        Self::from_bytes(id.0)
    }
}

/// A document's header as it travels: its kind is text, so that an older tablet can carry a kind
/// that it does not know.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct WireHeader {
    /// The kind's stable name.
    #[n(0)]
    pub kind: String,
    /// The organisation that answers for the document.
    #[n(1)]
    pub organisation: WireId,
    /// The unit, where the kind has one.
    #[n(2)]
    pub unit: Option<WireId>,
    /// The person, where the kind is about one.
    #[n(3)]
    pub person: Option<WireId>,
    /// What tells it from others of its kind.
    #[n(4)]
    pub part: String,
}

/// A header that arrived and cannot be used here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireHeaderError {
    /// A newer version's kind.
    #[error(transparent)]
    UnknownKind(#[from] UnknownKind),
    /// Parts that do not belong together.
    #[error(transparent)]
    Malformed(#[from] HeaderError),
}

impl From<&Header> for WireHeader {
    fn from(header: &Header) -> Self {
        Self {
            kind: header.kind().as_str().to_owned(),
            organisation: header.organisation().into(),
            unit: header.unit().map(WireId::from),
            person: header.person_id().map(WireId::from),
            part: header.part().to_owned(),
        }
    }
}

impl TryFrom<&WireHeader> for Header {
    type Error = WireHeaderError;
    fn try_from(wire: &WireHeader) -> Result<Self, WireHeaderError> {
        let kind: DocumentKind = wire.kind.parse()?;
        Ok(Self::from_parts(
            kind,
            wire.organisation.into(),
            wire.unit.map(UnitId::from),
            wire.person.map(PersonId::from),
            &wire.part,
        )?)
    }
}

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Encode, Decode)]
#[cbor(index_only)]
pub enum ItemKind {
    /// One uncompressed Automerge change.
    #[n(0)]
    Change,
    /// One signed entry.
    #[n(1)]
    Entry,
}

impl ItemKind {
    /// The kind as a small number, for tables.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Change => 0,
            Self::Entry => 1,
        }
    }

    /// Reads the number back; anything unknown is no kind.
    #[must_use]
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Change),
            1 => Some(Self::Entry),
            _ => None,
        }
    }
}

/// One immutable, content-addressed piece of a document. A document is the set of its items.
///
/// The first change and the migrations follow from the header and are never sent.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Item {
    /// What it is.
    #[n(0)]
    pub kind: ItemKind,
    /// Its bytes, as its author made them.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// Set only where a tablet gives back another author's item to a restored server.
    #[n(2)]
    pub author: Option<Author>,
}

/// Who stands behind an Automerge actor: the server's word to the tablets.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Author {
    /// The actor, fresh for each start of a tablet.
    #[n(0)]
    pub actor: WireId,
    /// The user who was signed in.
    #[n(1)]
    pub user: WireId,
    /// The tablet.
    #[n(2)]
    pub device: WireId,
}
