//! What the people and places in the log are called.

use super::Placed;
use crate::storage::{Storage, StorageError};
use hemrond_audit::Event;
use hemrond_documents::{
    Actor, Document,
    views::{PersonView, protection_of},
};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, UnitId, UserId},
    record::{DocumentId, Header},
};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// The actor under which nothing is ever written: names are only read.
const READER: [u8; 16] = *b"hemrond-review-n";

/// What is shown of whose data an entry concerns. The log says who a patient is (HSLF-FS 2016:40 4
/// kap. 9 §), and nothing else of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PersonName {
    /// What the person is called.
    Called(String),
    /// The identity is protected: not even the name is shown.
    Protected,
}

/// What people, units and organisations are called.
#[derive(Debug, Default)]
pub(crate) struct Names {
    organisations: BTreeMap<OrganisationId, String>,
    units: BTreeMap<UnitId, (String, OrganisationId)>,
    staff: BTreeMap<UserId, (String, OrganisationId)>,
    people: BTreeMap<PersonId, PersonName>,
}

impl Names {
    /// Of units, organisations and staff.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn read(storage: &dyn Storage) -> Result<Self, StorageError> {
        let organisations = storage.organisations().await?.into_iter();
        let units = storage.units().await?.into_iter();
        let staff = storage.users().await?.into_iter().map(|one| one.user);
        Ok(Self {
            organisations: organisations.map(|one| (one.id, one.name)).collect(),
            units: units
                .map(|one| (one.id, (one.name, one.organisation)))
                .collect(),
            staff: staff
                .map(|one| (one.id, (one.name, one.organisation)))
                .collect(),
            people: BTreeMap::new(),
        })
    }

    /// And of the persons of an organisation whom entries concern, where `shown` allows it.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn with_people(
        mut self,
        storage: &dyn Storage,
        organisation: OrganisationId,
        entries: &[Placed],
        shown: impl Fn(&Header) -> bool,
    ) -> Result<Self, StorageError> {
        let people = entries.iter().filter_map(|one| one.event.person);
        let headers: BTreeMap<DocumentId, (PersonId, Header)> = people
            .map(|person| (person, Header::person(organisation, person)))
            .filter(|(_, header)| shown(header))
            .map(|(person, header)| (header.id(), (person, header)))
            .collect();
        let wanted: Vec<DocumentId> = headers.keys().copied().collect();
        for (id, changes) in storage.changes(&wanted).await? {
            if let Some((person, header)) = headers.get(&id)
                && let Some(name) = called(header, &changes)
            {
                self.people.insert(*person, name);
            }
        }
        Ok(self)
    }

    /// Whose staff did it: unit and organisation. The event itself stands with the organisation that
    /// answers for the data, which may be another.
    pub(crate) fn whose_staff(&self, event: &Event) -> (String, String) {
        let nameless = |id: &str| format!("({id})");
        let (unit, organisation) = self.units.get(&event.unit).cloned().unzip();
        let organisation = organisation.unwrap_or(event.organisation);
        let organisation = self.organisations.get(&organisation).cloned();
        (
            unit.unwrap_or_else(|| nameless(&event.role)),
            organisation.unwrap_or_else(|| nameless("Hemrond")),
        )
    }

    /// What people of an organisation call the unit of whoever did it; with its organisation where
    /// that is another. None for who works in no unit that is known.
    pub(crate) fn unit_seen_from(&self, event: &Event, own: OrganisationId) -> Option<String> {
        let (unit, organisation) = self.units.get(&event.unit)?;
        if *organisation == own {
            return Some(unit.clone());
        }
        let organisation = self.organisations.get(organisation);
        Some(match organisation {
            Some(organisation) => format!("{unit}, {organisation}"),
            None => unit.clone(),
        })
    }

    /// Who did it, where it is somebody of the organisation's own staff.
    pub(crate) fn staff(&self, event: &Event, own: OrganisationId) -> Option<&str> {
        let found = self.staff.get(&event.user);
        let found = found.filter(|(_, organisation)| *organisation == own);
        found.map(|(name, _)| name.as_str())
    }

    /// Whose data it concerns, where that may be shown.
    pub(crate) fn person(&self, person: PersonId) -> Option<&PersonName> {
        self.people.get(&person)
    }
}

/// What a person document says. Its changes have been read once already, apart from everything that a
/// crash would hurt.
fn called(header: &Header, changes: &[Vec<u8>]) -> Option<PersonName> {
    let read = || {
        let document = Document::load(header, Actor::from_random(READER), changes).ok()?;
        if protection_of(&document.document).is_protected() {
            return Some(PersonName::Protected);
        }
        let view = PersonView::read(&document.document);
        let parts = [view.given_name, view.family_name];
        let name: Vec<String> = parts.into_iter().flatten().collect();
        (!name.is_empty()).then(|| PersonName::Called(name.join(" ")))
    };
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}
