//! By which numbers organisations know that they speak of the same person.

use hemrond_documents::{Actor, Document, views::PersonView};
use hemrond_domain::{
    identity::IdentityKind,
    record::{DocumentKind, Header},
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The actor under which nothing is ever written: numbers are only read.
const READER: [u8; 16] = *b"hemrond-numbers!";

/// Numbers that name one person in the whole country. A local reserve number may be another
/// person's in the next organisation.
const NATIONAL: [IdentityKind; 3] = [
    IdentityKind::Personnummer,
    IdentityKind::Samordningsnummer,
    IdentityKind::Nrid,
];

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
        let view = PersonView::read(&document.document);
        let kind = view.identity_kind?;
        let national = NATIONAL.iter().any(|known| known.key() == kind);
        view.identity.filter(|_| national)
    };
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}
