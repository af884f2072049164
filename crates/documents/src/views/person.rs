//! Reading a person document.

use super::reader::{Fields, Problem, Reader, Retraction};
use crate::document::Document;
use chrono::{DateTime, Utc};
use hemrond_domain::{
    identity::ProtectedIdentity,
    ids::{RowId, UserId},
    record::DocumentKind,
};
use serde::Serialize;

/// Who a person is and how to reach them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonView {
    /// Given names.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// The identity number, as written.
    pub identity: Option<String>,
    /// What kind of number it is.
    pub identity_kind: Option<&'static str>,
    /// Whether the identity is protected, and how.
    pub protected: Option<&'static str>,
    /// Where the person lives.
    pub address: Address,
    /// The person's own phone.
    pub phone: Option<String>,
    /// What everyone who comes must know.
    pub look_out_for: Option<String>,
    /// The health centre where the person is listed.
    pub listed_at: Option<String>,
    /// Whether the municipality answers for home health care.
    pub municipal_care: Option<bool>,
    /// Who else to reach, in the order in which they were added.
    pub contacts: Vec<Contact>,
    /// All values, by key.
    pub fields: Fields,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What only a newer version knows.
    pub unknown: Vec<String>,
}

/// Where a person lives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Address {
    /// Street and number.
    pub street: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// How to get in: door code, floor, key.
    pub entry: Option<String>,
}

/// Someone to reach about the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// The row.
    pub id: RowId,
    /// Name.
    pub name: Option<String>,
    /// What they are to the person.
    pub relation: Option<&'static str>,
    /// Phone.
    pub phone: Option<String>,
    /// Whether the number reaches them directly.
    pub direct: Option<bool>,
    /// When to call, for what.
    pub note: Option<String>,
    /// Who added them.
    pub added_by: Option<UserId>,
    /// When.
    pub added_at: Option<DateTime<Utc>>,
    /// Whether the contact no longer holds.
    pub retraction: Option<Retraction>,
}

impl PersonView {
    /// Reads a person document as it is.
    #[must_use]
    pub fn read(document: &Document) -> Self {
        let mut reader = Reader::of(
            DocumentKind::Person,
            document.header().kind(),
            document.content(),
        );
        let fields = reader.fields();
        let mut contacts: Vec<Contact> = reader
            .rows("contacts")
            .iter()
            .map(|(id, row)| contact(*id, row))
            .collect();
        contacts.sort_by_key(|contact| (contact.added_at, contact.id));
        Self {
            given_name: fields.string("given_name"),
            family_name: fields.string("family_name"),
            identity: fields.string("identity"),
            identity_kind: fields.choice("identity_kind"),
            protected: fields.choice("protected"),
            address: Address {
                street: fields.string("address.street"),
                postcode: fields.string("address.postcode"),
                city: fields.string("address.city"),
                entry: fields.string("address.entry"),
            },
            phone: fields.string("phone"),
            look_out_for: fields.string("look_out_for"),
            listed_at: fields.string("listed_at"),
            municipal_care: fields.bool("municipal_care"),
            contacts,
            fields,
            problems: reader.problems,
            unknown: reader.unknown,
        }
    }
}

/// The protection that holds for a person: the strictest while colleagues disagree on it, and for a
/// value that this version does not know.
#[must_use]
pub fn protection_of(document: &Document) -> ProtectedIdentity {
    if document.conflict("protected").is_some() {
        return ProtectedIdentity::SkyddadFolkbokforing;
    }
    let view = PersonView::read(document);
    let unreadable = || {
        let mut problems = view.problems.iter();
        problems.any(|problem| problem.field == "protected")
    };
    match view.protected {
        Some("none") => ProtectedIdentity::None,
        Some("sekretessmarkering") => ProtectedIdentity::Sekretessmarkering,
        Some(_) => ProtectedIdentity::SkyddadFolkbokforing,
        None if unreadable() => ProtectedIdentity::SkyddadFolkbokforing,
        None => ProtectedIdentity::None,
    }
}

fn contact(id: RowId, row: &Fields) -> Contact {
    Contact {
        id,
        name: row.string("name"),
        relation: row.choice("relation"),
        phone: row.string("phone"),
        direct: row.bool("direct"),
        note: row.string("note"),
        added_by: row.id("added_by"),
        added_at: row.instant("added_at"),
        retraction: row.retraction(),
    }
}
