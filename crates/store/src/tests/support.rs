//! The people, documents and items that the stories are made of.

use crate::*;
use chrono::{DateTime, NaiveDate, Utc};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, RowId, UnitId, UserId, VisitId},
    record::{DocumentId, Header},
};
use std::path::PathBuf;
use tempfile::TempDir;

/// A tablet: a folder with a store in it.
pub(super) struct Tablet {
    folder: TempDir,
    pub(super) store: Store,
}

pub(super) const KEY: [u8; 32] = [0x5e; 32];

pub(super) fn key() -> Key {
    Key::new(KEY)
}

impl Tablet {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("hemrond.db"), &key())
            .await
            .unwrap();
        Self { folder, store }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("hemrond.db")
    }

    /// Switches the tablet off and on.
    pub(super) async fn restart(self) -> Self {
        self.store.close().await.unwrap();
        let store = Store::open(self.path(), &key()).await.unwrap();
        Self {
            folder: self.folder,
            store,
        }
    }

    /// Closes the store and leaves its files.
    pub(super) async fn switch_off(self) -> TempDir {
        self.store.close().await.unwrap();
        self.folder
    }
}

pub(super) const REGION: OrganisationId = OrganisationId::from_bytes([1; 16]);
pub(super) const TEAM: UnitId = UnitId::from_bytes([2; 16]);
pub(super) const ASTRID: PersonId = PersonId::from_bytes([3; 16]);
pub(super) const EVA: UserId = UserId::from_bytes([0xe; 16]);
pub(super) const OMAR: UserId = UserId::from_bytes([0xa; 16]);
pub(super) const DR_BERG: UserId = UserId::from_bytes([0xb; 16]);
pub(super) const EVAS_TABLET: DeviceId = DeviceId::from_bytes([0xd; 16]);
pub(super) const OMARS_ACTOR: ActorBytes = [0xaa; 16];

pub(super) fn visit_id(number: u8) -> VisitId {
    VisitId::from_stored([number; 16])
}

pub(super) fn row_id(number: u8) -> RowId {
    RowId::from_bytes([number; 16])
}

pub(super) fn astrid() -> Header {
    Header::person(REGION, ASTRID)
}

pub(super) fn visit(number: u8) -> Header {
    Header::visit(REGION, TEAM, ASTRID, visit_id(number))
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A time on the morning of the story, so many minutes after eight.
pub(super) fn at(minutes: i64) -> DateTime<Utc> {
    let eight: DateTime<Utc> = "2026-11-03T08:00:00Z".parse().unwrap();
    eight + chrono::TimeDelta::minutes(minutes)
}

pub(super) fn item(number: u8, origin: Origin) -> NewItem {
    NewItem {
        hash: [number; 32],
        kind: ItemKind::Change,
        bytes: vec![number; 90],
        actor: Some([0xee; 16]),
        origin,
    }
}

/// Something that Eva wrote on this tablet.
pub(super) fn evas(number: u8) -> NewItem {
    item(number, Origin::Local { urgency: 5 })
}

/// Something that Omar wrote on his, and the server sent.
pub(super) fn omars(number: u8) -> NewItem {
    NewItem {
        actor: Some(OMARS_ACTOR),
        ..item(number, Origin::Server)
    }
}

pub(super) fn about(header: &Header, new_items: Vec<NewItem>) -> DocumentCommit {
    DocumentCommit {
        header: RawHeader::from(header),
        new_items,
        read_models: None,
        shown: Shown::Yes,
    }
}

pub(super) fn with_models(header: &Header, read_models: ReadModels) -> DocumentCommit {
    DocumentCommit {
        read_models: Some(read_models),
        ..about(header, Vec::new())
    }
}

pub(super) fn commit(documents: Vec<DocumentCommit>) -> Commit {
    commit_at(0, documents)
}

pub(super) fn commit_at(minutes: i64, documents: Vec<DocumentCommit>) -> Commit {
    Commit {
        documents,
        actors: Vec::new(),
        now: at(minutes),
    }
}

pub(super) fn name(header: &Header, number: u8) -> ItemName {
    ItemName {
        document: header.id(),
        hash: [number; 32],
    }
}

pub(super) fn person_row(header: &Header, person: PersonId, family_name: &str) -> PersonRow {
    PersonRow {
        person,
        document: header.id(),
        given_name: Some("Astrid".into()),
        family_name: Some(family_name.into()),
        folded: format!("astrid {}", family_name.to_lowercase()),
        identity: Some("193801019876".into()),
        identity_kind: Some("personnummer".into()),
        birth_date: Some(day("1938-01-01")),
        street: Some("Storgatan 1".into()),
        postcode: Some("123 45".into()),
        city: Some("Borås".into()),
        entry: Some("1234".into()),
        phone: Some("033-12 34 56".into()),
        protected: "none".into(),
        look_out_for: Some("hunden".into()),
        listed_at: None,
        municipal_care: Some(true),
        contacts_json: Some("[]".into()),
    }
}

pub(super) fn visit_row(number: u8) -> VisitRow {
    VisitRow {
        visit: visit_id(number),
        document: visit(number).id(),
        person: ASTRID,
        unit: TEAM,
        state: "done".into(),
        acute: false,
        reason: None,
        called_by: None,
        started_at: Some(at(i64::from(number))),
        ended_at: None,
        first_at: Some(at(0)),
        cfs_level: None,
        cfs_on: None,
        cfs_by: None,
        weight_kg: None,
        falls_score: None,
        falls_high: None,
        drug_count: 0,
        last_review_on: None,
        signed_entry: None,
        signed_by: None,
        signed_at: None,
        additions: 0,
        asks: 0,
        disagreements: 0,
        newest_at: None,
        newest_by: None,
        read_only: false,
    }
}

pub(super) fn note(visit_number: u8, number: u8, kind: &str, by: UserId) -> NoteRow {
    NoteRow {
        document: visit(visit_number).id(),
        row: row_id(number),
        visit: visit_id(visit_number),
        person: ASTRID,
        kind: kind.into(),
        text: format!("nr {number}"),
        by_user: Some(by),
        role: Some("nurse".into()),
        at: at(i64::from(number)),
        retracted_at: None,
    }
}

/// The hashes that a document holds, by their first byte.
pub(super) async fn held(store: &Store, document: DocumentId) -> Vec<u8> {
    store
        .hashes(document)
        .await
        .unwrap()
        .iter()
        .map(|hash| hash[0])
        .collect()
}

/// What waits, as (document, first bytes of the hashes).
pub(super) async fn waiting(store: &Store) -> Vec<(DocumentId, Vec<u8>)> {
    let batch = store.outbox_batch(1000, 1 << 20).await.unwrap();
    batch
        .documents
        .into_iter()
        .map(|document| {
            let hashes = document.items.iter().map(|item| item.hash[0]).collect();
            (document.document, hashes)
        })
        .collect()
}

/// A tablet whose lists say this.
pub(super) async fn tablet_with(documents: Vec<(Header, ReadModels)>) -> Tablet {
    let tablet = Tablet::new().await;
    let documents = documents
        .iter()
        .map(|(header, models)| with_models(header, models.clone()))
        .collect();
    tablet.store.commit(commit(documents)).await.unwrap();
    tablet
}
