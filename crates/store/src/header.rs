//! A document's header as it lies on disk: its kind is text, so that unknown kinds are kept too.

use crate::{cell::Columns, error::StoreError, sql::Values};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, UnitId},
    record::{DocumentId, DocumentKind, Header, HeaderError, UnknownKind},
};
use sha2::{Digest, Sha256};

/// What a document is about, whether or not this version knows its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RawHeader {
    /// The kind's stable name.
    pub kind: String,
    /// The organisation that answers for it.
    pub organisation: OrganisationId,
    /// The unit that keeps it.
    pub unit: Option<UnitId>,
    /// The person it is about.
    pub person: Option<PersonId>,
    /// What tells it from others of its kind.
    pub part: String,
}

/// A stored header that this version cannot use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RawHeaderError {
    /// A newer version's kind.
    #[error(transparent)]
    UnknownKind(#[from] UnknownKind),
    /// Parts that do not belong together.
    #[error(transparent)]
    Malformed(#[from] HeaderError),
}

impl From<&Header> for RawHeader {
    fn from(header: &Header) -> Self {
        Self {
            kind: header.kind().as_str().to_owned(),
            organisation: header.organisation(),
            unit: header.unit(),
            person: header.person_id(),
            part: header.part().to_owned(),
        }
    }
}

impl RawHeader {
    pub(crate) const COLUMNS: &'static str = "kind, organisation, unit, person, part";

    /// The header, where this version knows its kind.
    ///
    /// # Errors
    /// When the kind is unknown, or the parts do not belong together.
    pub fn header(&self) -> Result<Header, RawHeaderError> {
        let kind: DocumentKind = self.kind.parse()?;
        Ok(Header::from_parts(
            kind,
            self.organisation,
            self.unit,
            self.person,
            &self.part,
        )?)
    }

    /// The document's id, which follows from the header alone, for unknown kinds too.
    #[must_use]
    pub fn id(&self) -> DocumentId {
        // The same as `Header::id`, which only known kinds have; a test holds them together.
        let mut hash = Sha256::new();
        hash.update(b"hemrond document\0");
        hash.update(&self.kind);
        hash.update([0]);
        hash.update(self.organisation.as_bytes());
        for part in [
            self.unit.as_ref().map(UnitId::as_bytes),
            self.person.as_ref().map(PersonId::as_bytes),
        ] {
            match part {
                Some(bytes) => {
                    hash.update([16]);
                    hash.update(bytes);
                }
                None => hash.update([0]),
            }
        }
        hash.update(&self.part);
        let digest: [u8; 32] = hash.finalize().into();
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = from;
        }
        DocumentId::from_bytes(id)
    }

    pub(crate) fn class(&self) -> Option<String> {
        let kind: DocumentKind = self.kind.parse().ok()?;
        Some(kind.class().as_str().to_owned())
    }

    pub(crate) fn put(&self, values: &mut Values) {
        values.put(&self.kind);
        values.put(&self.organisation);
        values.put(&self.unit);
        values.put(&self.person);
        values.put(&self.part);
    }

    pub(crate) fn read(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            kind: columns.next()?,
            organisation: columns.next()?,
            unit: columns.next()?,
            person: columns.next()?,
            part: columns.next()?,
        })
    }
}
