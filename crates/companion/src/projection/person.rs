//! The person in lists.

use crate::cache::Open;
use chrono::NaiveDate;
use hemrond_documents::views::{self, Contact, PersonView};
use hemrond_domain::{
    identity::{Identity, ProtectedIdentity},
    search_name,
};
use hemrond_store::{PersonRow, ReadModels};
use serde::{Deserialize, Serialize};

/// A contact as the people's table keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredContact {
    pub(crate) row: hemrond_domain::ids::RowId,
    pub(crate) name: Option<String>,
    pub(crate) relation: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) direct: bool,
    pub(crate) note: Option<String>,
}

impl From<&Contact> for StoredContact {
    fn from(contact: &Contact) -> Self {
        Self {
            row: contact.id,
            name: contact.name.clone(),
            relation: contact.relation.map(str::to_owned),
            phone: contact.phone.clone(),
            direct: contact.direct == Some(true),
            note: contact.note.clone(),
        }
    }
}

/// The protection that holds.
pub(crate) fn protection_of(open: &Open) -> ProtectedIdentity {
    views::protection_of(&open.document)
}

/// Whether a field of a person tells what must not be told of a protected person.
pub(crate) fn is_sensitive(field: &str) -> bool {
    // Where somebody is listed tells in which part of which town they live.
    matches!(field, "identity" | "phone" | "listed_at")
        || field.starts_with("address.")
        || field.starts_with("contacts/")
}

pub(super) fn read_models(open: &Open) -> ReadModels {
    let header = open.document.header();
    let Some(person) = header.person_id() else {
        return ReadModels::default();
    };
    let view = PersonView::read(&open.document);
    let protected = protection_of(open);
    let open_to_all = !protected.is_protected();
    let shown = |value: &Option<String>| value.clone().filter(|_| open_to_all);
    let contacts: Vec<StoredContact> = view
        .contacts
        .iter()
        .filter(|contact| contact.retraction.is_none())
        .map(StoredContact::from)
        .collect();
    let name = full_name(view.given_name.as_deref(), view.family_name.as_deref());
    let row = PersonRow {
        person,
        document: header.id(),
        folded: search_name::fold(&name),
        given_name: view.given_name,
        family_name: view.family_name,
        birth_date: view.identity.as_deref().and_then(birth_date),
        identity: view.identity,
        identity_kind: view.identity_kind.map(str::to_owned),
        street: shown(&view.address.street),
        postcode: shown(&view.address.postcode),
        city: shown(&view.address.city),
        entry: shown(&view.address.entry),
        phone: shown(&view.phone),
        protected: protection_name(protected).to_owned(),
        look_out_for: view.look_out_for,
        listed_at: shown(&view.listed_at),
        municipal_care: view.municipal_care,
        contacts_json: open_to_all.then(|| serde_json::to_string(&contacts).unwrap_or_default()),
    };
    ReadModels {
        person: Some(row),
        ..ReadModels::default()
    }
}

/// The protection's name in tables and documents.
pub(crate) const fn protection_name(protected: ProtectedIdentity) -> &'static str {
    match protected {
        ProtectedIdentity::None => "none",
        ProtectedIdentity::Sekretessmarkering => "sekretessmarkering",
        ProtectedIdentity::SkyddadFolkbokforing => "skyddad_folkbokforing",
    }
}

/// Given and family name, as people write them.
pub(crate) fn full_name(given: Option<&str>, family: Option<&str>) -> String {
    [given, family]
        .into_iter()
        .flatten()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" ")
}

fn birth_date(canonical: &str) -> Option<NaiveDate> {
    // A stored number was checked when it was typed; the day only decides about two-digit years.
    Identity::parse(canonical, NaiveDate::MAX)
        .ok()
        .and_then(|identity| identity.birth_date())
}
