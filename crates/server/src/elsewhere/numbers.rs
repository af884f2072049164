//! By which numbers organisations know that they speak of the same person.

use crate::storage::{Storage, StorageError};
use chrono::NaiveDate;
use hemrond_documents::{
    Actor, Document,
    views::{PersonView, protection_of},
};
use hemrond_domain::{
    identity::{Identity, IdentityKind},
    record::{DocumentId, DocumentKind, Header},
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The actor under which nothing is ever written: numbers are only read.
const READER: [u8; 16] = *b"hemrond-numbers!";

/// How many documents are listed in one write.
const AT_ONCE: u32 = 64;

/// The national number that a person document says, in its canonical form; none for any other
/// document, and where it says none. The changes have been read once already, apart from everything
/// that a crash would hurt.
#[must_use]
pub fn national_number(header: &Header, changes: &[Vec<u8>]) -> Option<String> {
    if header.kind() != DocumentKind::Person {
        return None;
    }
    let read = || {
        let document = Document::load(header, Actor::from_random(READER), changes).ok()?;
        said_by(&document.document)
    };
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

/// The same for a document that has been read.
pub(crate) fn said_by(document: &Document) -> Option<String> {
    if document.header().kind() != DocumentKind::Person {
        return None;
    }
    let view = PersonView::read(document);
    let kind = IdentityKind::of_key(view.identity_kind?)?;
    let said = view.identity?;
    // The field takes any words. What is no number of its kind names nobody, and nobody else's person.
    let number = Identity::parse(&said, NaiveDate::MAX).ok()?;
    let names = kind.is_national() && number.kind == kind && number.canonical == said;
    names.then_some(said)
}

/// What a person document says of who it is about.
pub(super) struct Said {
    /// The national number.
    pub(super) number: Option<String>,
    /// Whether the identity is protected. What cannot be read counts as protected.
    pub(super) protected: bool,
}

/// The number and the protection that a person document says.
pub(super) fn said(header: &Header, changes: &[Vec<u8>]) -> Said {
    let read = || {
        let document = Document::load(header, Actor::from_random(READER), changes).ok()?;
        Some(Said {
            number: said_by(&document.document),
            protected: protection_of(&document.document).is_protected(),
        })
    };
    let read = catch_unwind(AssertUnwindSafe(read)).ok().flatten();
    read.unwrap_or(Said {
        number: None,
        protected: true,
    })
}

/// Lists the person documents that say a number and are not listed, which are those from before
/// there was a list. Says how many.
///
/// # Errors
/// When the database fails; what was listed until then stays.
pub async fn list_people(storage: &dyn Storage) -> Result<usize, StorageError> {
    let mut listed = 0;
    let mut after: Option<DocumentId> = None;
    loop {
        let some = storage.unlisted_people(after, AT_ONCE).await?;
        let Some(last) = some.last() else {
            return Ok(listed);
        };
        after = Some(*last);
        let headers = storage.headers(&some).await?;
        let changes = storage.changes(&some).await?;
        let said = some.iter().filter_map(|id| {
            let header = Header::try_from(headers.get(id)?).ok()?;
            Some((national_number(&header, changes.get(id)?)?, *id))
        });
        let said: Vec<(String, DocumentId)> = said.collect();
        storage.list_numbers(&said).await?;
        listed += said.len();
    }
}
