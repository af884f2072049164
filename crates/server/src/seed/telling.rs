//! Why health care may be told what home help sees of these persons, and what it was told.

use super::{
    cast::{self, Team},
    ids,
    pen::{Hand, Pens, instant},
    persons::{PERSONS, person_id},
};
use crate::{
    authoring::{self, AuthoringError},
    directory::{Administration, nothing},
    storage::{Asker, NewDevice},
};
use chrono::{DateTime, NaiveDate, Utc};
use ed25519_dalek::{Signer as _, SigningKey};
use hemrond_documents::{
    Edit, Value,
    entry::{ActContent, ActSigner, SignedEntry},
};
use hemrond_domain::{
    ids::{DeviceId, RowId, UnitId},
    law::{Act, ActId, LegalBasis},
    people::Role,
    record::Header,
};
use hemrond_protocol::enrolment::device_id;
use std::collections::BTreeMap;

/// The one of whom nothing may be told yet: Mirko Petrović, who was not asked.
const NOT_ASKED: usize = 8;

/// The units that are told: the mobile team, and its doctors.
const RECEIVERS: [Team; 2] = [Team::Mobile, Team::HealthCentre];

/// Why.
const BASIS: LegalBasis = LegalBasis::ConsentOsl101;

/// What the documents call it.
const BASIS_NAME: &str = "consent_osl101";

/// How long ago the persons were asked.
const ASKED_DAYS_AGO: u64 = 41;

/// Something that home help saw, as it stands in the social documentation.
pub(super) struct Seen<'a> {
    pub(super) person: usize,
    pub(super) day: NaiveDate,
    pub(super) row: RowId,
    pub(super) act: RowId,
    /// What is copied as it is.
    pub(super) values: &'a BTreeMap<String, Value>,
    pub(super) at: DateTime<Utc>,
}

/// The tablet on which Stina recorded the persons' consents. It is shut out once they are kept: its key is
/// the same every time, so that the same day gives the same data, and could be anybody's.
pub(super) struct OldTablet {
    key: SigningKey,
    device: DeviceId,
    tellings: BTreeMap<(usize, UnitId), ActId>,
    signed: BTreeMap<usize, Vec<Vec<u8>>>,
}

impl OldTablet {
    /// The tablet, with its key.
    pub(super) fn new() -> Self {
        let halves = [
            ids::bytes("old tablet's key", 0),
            ids::bytes("old tablet's key", 1),
        ];
        let mut secret = [0; 32];
        for (byte, drawn) in secret.iter_mut().zip(halves.as_flattened()) {
            *byte = *drawn;
        }
        let key = SigningKey::from_bytes(&secret);
        Self {
            device: device_id(key.verifying_key().as_bytes()),
            key,
            tellings: BTreeMap::new(),
            signed: BTreeMap::new(),
        }
    }

    /// Records for everybody but one that health care may be told.
    pub(super) fn ask(&mut self, pens: &Pens<'_>) -> Result<(), AuthoringError> {
        let at = pens.at(ASKED_DAYS_AGO, 9, 0);
        for person in (0..PERSONS.len()).filter(|person| *person != NOT_ASKED) {
            for team in RECEIVERS {
                let to = cast::unit(team);
                let act = self.sign(person, &Act::TellingBegun { to, basis: BASIS }, at)?;
                self.tellings.insert((person, to), act);
            }
        }
        Ok(())
    }

    /// Tells what was seen to whoever may be told.
    pub(super) fn tell(
        &mut self,
        pens: &mut Pens<'_>,
        seen: &Seen<'_>,
    ) -> Result<(), AuthoringError> {
        let source = Header::observations(cast::organisation(), person_id(seen.person), seen.day);
        for team in RECEIVERS {
            let to = cast::unit(team);
            let Some(telling) = self.tellings.get(&(seen.person, to)).copied() else {
                continue;
            };
            let act = Act::Disclosed {
                document: source.id(),
                row: seen.act,
                to,
                basis: BASIS,
            };
            let disclosure = self.sign(seen.person, &act, seen.at)?;
            let mut values = seen.values.clone();
            for (key, value) in [
                ("source.document", source.id().to_string()),
                ("source.row", seen.row.to_string()),
                ("basis", BASIS_NAME.to_owned()),
                ("telling", telling.to_string()),
                ("disclosure", disclosure.to_string()),
                ("told_at", instant(seen.at)),
                ("told_by", Hand::Stina.user().to_string()),
            ] {
                values.insert(key.to_owned(), Value::from(value));
            }
            let edit = Edit::AddRow {
                collection: "entries".to_owned(),
                row: pens.row(),
                values,
            };
            let person = person_id(seen.person);
            let header = Header::told(cast::organisation(), to, person, seen.day);
            pens.write(Hand::Stina, &header, seen.at, &[edit])?;
        }
        Ok(())
    }

    fn sign(
        &mut self,
        person: usize,
        act: &Act,
        made_at: DateTime<Utc>,
    ) -> Result<ActId, AuthoringError> {
        let unwritable = |error: hemrond_documents::entry::EntryError| {
            AuthoringError::Unreadable(error.to_string())
        };
        let signer = ActSigner {
            author: Hand::Stina.user(),
            author_name: "Stina Ek".to_owned(),
            device: self.device,
            role: Role::Hemtjanst,
            unit: cast::unit(Team::Hemtjanst),
            made_at,
        };
        let header = acts(person);
        let content = ActContent::of(&header, act, signer).map_err(unwritable)?;
        let signed = SignedEntry::sign_act(&content, |message| self.key.sign(message).to_bytes())
            .map_err(unwritable)?;
        let entries = self.signed.entry(person).or_default();
        entries.push(signed.encode().map_err(unwritable)?);
        Ok(ActId(signed.hash().0))
    }

    /// Keeps the acts, and shuts the tablet out.
    pub(super) async fn keep(
        self,
        administration: &Administration<'_>,
    ) -> Result<(), AuthoringError> {
        let storage = administration.storage;
        let now = administration.clock.now_ms();
        let user = Hand::Stina.user();
        let public_key = *self.key.verifying_key().as_bytes();
        let tablet = NewDevice {
            id: self.device,
            name: "Norr 1".to_owned(),
            public_key,
            only_for: Some(user),
        };
        storage.add_device(user, &tablet, now).await?;
        let asker = Asker {
            user,
            device: self.device,
            run: ids::bytes("device", u64::MAX),
            access_version: 1,
            readable: nothing(cast::organisation()),
            now,
        };
        let keys = BTreeMap::from([(self.device, public_key)]);
        for (person, entries) in &self.signed {
            authoring::keep_entries(storage, &asker, &acts(*person), entries, &keys).await?;
        }
        storage.revoke_device(self.device, now).await?;
        Ok(())
    }
}

fn acts(person: usize) -> Header {
    Header::acts(cast::organisation(), person_id(person))
}
