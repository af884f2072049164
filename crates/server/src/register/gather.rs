//! Everything that decides about a report, read from the database.

use super::RegisterError;
use crate::storage::{Kept, Storage};
use chrono::{DateTime, Local, NaiveDate, Utc};
use hemrond_documents::{
    Actor, Document,
    entry::{Contents, Entry, EntryContent},
    views::{PersonView, VisitView, protection_of},
};
use hemrond_domain::{
    identity::ProtectedIdentity,
    ids::{OrganisationId, PersonId, UnitId},
    instruments::downton::DowntonInput,
    law::Made,
    record::{DocumentId, DocumentKind, Header},
};
use hemrond_protocol::{Item, ItemKind};
use std::collections::BTreeMap;

/// The actor under which nothing is ever written: people are only read.
const READER: [u8; 16] = *b"hemrond-register";

/// A signed assessment of the risk of falling.
pub(super) struct Assessment {
    pub(super) visit: DocumentId,
    pub(super) unit: UnitId,
    pub(super) assessed_on: NaiveDate,
    pub(super) answers: DowntonInput,
    pub(super) entry: String,
}

/// What is known of a person.
pub(super) struct Person {
    /// The number with its kind's name.
    pub(super) number: Option<(String, &'static str)>,
    pub(super) protected: ProtectedIdentity,
    pub(super) acts: Vec<Made>,
    pub(super) assessments: Vec<Assessment>,
}

impl Default for Person {
    /// Until the person's own document is read the identity counts as protected.
    fn default() -> Self {
        Self {
            number: None,
            protected: ProtectedIdentity::SkyddadFolkbokforing,
            acts: Vec::new(),
            assessments: Vec::new(),
        }
    }
}

/// What an organisation has of its people.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) people: BTreeMap<PersonId, Person>,
}

impl Gathered {
    /// Reads all of it.
    pub(super) async fn of(
        storage: &dyn Storage,
        organisation: OrganisationId,
    ) -> Result<Self, RegisterError> {
        let mut gathered = Self::default();
        for one in storage.aged().await? {
            let decides = matches!(
                one.kind,
                DocumentKind::Person | DocumentKind::Acts | DocumentKind::Visit
            );
            if !decides || one.organisation != organisation {
                continue;
            }
            // What was destroyed meanwhile tells nothing any more.
            if let Some(kept) = storage.document(one.document).await? {
                gathered.add(one.document, &kept)?;
            }
        }
        Ok(gathered)
    }

    fn add(&mut self, id: DocumentId, kept: &Kept) -> Result<(), RegisterError> {
        self.read(kept)
            .map_err(|Unreadable| RegisterError::Unreadable(id))
    }

    fn read(&mut self, kept: &Kept) -> Result<(), Unreadable> {
        let header = Header::try_from(&kept.header).or(Err(Unreadable))?;
        let Some(id) = header.person_id() else {
            return Ok(());
        };
        let person = self.people.entry(id).or_default();
        match header.kind() {
            DocumentKind::Person => {
                (person.number, person.protected) = identity(kept, &header)?;
            }
            DocumentKind::Acts => {
                for entry in entries(kept) {
                    person.acts.push(made(entry)?);
                }
            }
            DocumentKind::Visit => person.assessments.extend(assessment(kept, &header)?),
            DocumentKind::Round
            | DocumentKind::Observations
            | DocumentKind::Told
            | DocumentKind::Directory => {}
        }
        Ok(())
    }
}

/// Something cannot be read that would have to be.
struct Unreadable;

fn entries(kept: &Kept) -> impl Iterator<Item = &Item> {
    let items = kept.items.iter();
    items.filter(|item| item.kind == ItemKind::Entry)
}

type Identified = (Option<(String, &'static str)>, ProtectedIdentity);

/// A person's number and protection. A number on which colleagues disagree is none.
fn identity(kept: &Kept, header: &Header) -> Result<Identified, Unreadable> {
    let items = kept.items.iter();
    let changes = items.filter(|item| item.kind == ItemKind::Change);
    let bytes = changes.map(|item| item.bytes.as_slice());
    let loaded = Document::load(header, Actor::from_random(READER), bytes).or(Err(Unreadable))?;
    if !loaded.set_aside.is_empty() {
        return Err(Unreadable);
    }
    let document = loaded.document;
    let unsettled = ["identity", "identity_kind"]
        .iter()
        .any(|field| document.conflict(field).is_some());
    let view = PersonView::read(&document);
    let said = view.identity.zip(view.identity_kind);
    Ok((said.filter(|_| !unsettled), protection_of(&document)))
}

fn made(item: &Item) -> Result<Made, Unreadable> {
    let entry = Entry::parse(&item.bytes).or(Err(Unreadable))?;
    match &entry.content {
        Contents::Act(content) => content.made(entry.hash).or(Err(Unreadable)),
        Contents::Record(_) => Err(Unreadable),
    }
}

/// The assessment as it was signed last; none where nothing is signed, or nothing was answered.
fn assessment(kept: &Kept, header: &Header) -> Result<Option<Assessment>, Unreadable> {
    let mut signed = Vec::new();
    for item in entries(kept) {
        let entry = Entry::parse(&item.bytes).or(Err(Unreadable))?;
        let Contents::Record(content) = entry.content else {
            return Err(Unreadable);
        };
        let at = content.signed_at().or(Err(Unreadable))?;
        signed.push((at, hex::encode(entry.hash.0), content));
    }
    let last = signed.into_iter().max_by(|one, other| {
        let place = |(at, name, _): &(DateTime<Utc>, String, EntryContent)| (*at, name.clone());
        place(one).cmp(&place(other))
    });
    let Some((signed_at, entry, content)) = last else {
        return Ok(None);
    };
    let view = VisitView::signed(&content).or(Err(Unreadable))?;
    let answers = DowntonInput::from(&view.falls);
    if answers == DowntonInput::default() {
        return Ok(None);
    }
    let at = view.started_at.unwrap_or(signed_at);
    Ok(Some(Assessment {
        visit: header.id(),
        unit: header.unit().ok_or(Unreadable)?,
        assessed_on: at.with_timezone(&Local).date_naive(),
        answers,
        entry,
    }))
}
