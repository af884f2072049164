//! The tables as ordered maps.

use super::super::{
    Account, AdminEvent, Asker, Destroyed, Device, Hold, RoleAnalysis, Session, StorageError, Unit,
    narrowing::{Narrowing, Sight},
    paging::What,
};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, UnitId, UserId},
    people::Role,
    record::{DocumentId, Header},
};
use hemrond_policy::{Readable, Resource};
use hemrond_protocol::{Digest, Epoch, ItemHash, ItemKind, digest::mix};
use hemrond_sync::acceptance::{ActorId, Claimant};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A one-time code.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) user: UserId,
    pub(super) expires_at: i64,
    pub(super) used_at: Option<i64>,
}

/// What is known of a change without reading it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChangeColumns {
    pub(super) actor: ActorId,
    pub(super) seq: u64,
    pub(super) max_op: u64,
}

/// An item. Its bytes are shared by all copies of the state.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) kind: ItemKind,
    pub(super) bytes: Arc<[u8]>,
    pub(super) change: Option<ChangeColumns>,
    pub(super) device: DeviceId,
    pub(super) run: [u8; 16],
    pub(super) received_at: i64,
    pub(super) fed: u64,
}

/// A document with its items.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) header: Header,
    pub(super) digest: Digest,
    pub(super) item_bytes: u64,
    pub(super) items: BTreeMap<ItemHash, Stored>,
}

impl Document {
    fn new(header: Header) -> Self {
        Self {
            header,
            digest: [0; 32],
            item_bytes: 0,
            items: BTreeMap::new(),
        }
    }

    /// Its items, each after those that it builds on.
    pub(super) fn in_order(&self) -> Vec<&Stored> {
        let mut items: Vec<&Stored> = self.items.values().collect();
        items.sort_by_key(|item| item.fed);
        items
    }

    /// Whether it may be read as far as role and unit go.
    pub(super) fn within(&self, readable: &Readable) -> bool {
        readable.includes(&Resource::from(&self.header))
    }
}

/// A position of the feed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fed {
    pub(super) what: What,
    pub(super) document: DocumentId,
    pub(super) item: Option<ItemHash>,
    pub(super) audience: Option<UserId>,
}

/// An item that was refused.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) document: Option<DocumentId>,
    pub(super) hash: Option<ItemHash>,
    pub(super) code: &'static str,
    pub(super) bytes: Arc<[u8]>,
    pub(super) refused_at: i64,
}

/// Everything that is committed.
///
/// Tables that grow are shared between copies, so that a copy costs little and the first write
/// after it pays for the tables that it touches.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) epoch: Epoch,
    pub(super) recovering: bool,
    /// With the life that it belongs to.
    pub(super) nonce_secret: Option<(Epoch, [u8; 32])>,
    pub(super) organisations: BTreeMap<OrganisationId, String>,
    pub(super) units: BTreeMap<UnitId, Unit>,
    pub(super) users: BTreeMap<UserId, Account>,
    pub(super) devices: BTreeMap<DeviceId, Device>,
    pub(super) codes: BTreeMap<[u8; 32], Code>,
    pub(super) documents: Arc<BTreeMap<DocumentId, Arc<Document>>>,
    pub(super) actors: Arc<BTreeMap<ActorId, Claimant>>,
    pub(super) feed: Arc<BTreeMap<u64, Fed>>,
    /// What of the acts decides who may read what.
    pub(super) narrowing: Arc<Narrowing>,
    /// National numbers that person documents say, or have said.
    pub(super) numbers: Arc<BTreeSet<(String, DocumentId)>>,
    /// The last position given out.
    pub(super) head: u64,
    pub(super) sign_ins: super::sign_ins::Table,
    pub(super) sessions: BTreeMap<[u8; 32], Session>,
    pub(super) role_analyses: BTreeMap<(OrganisationId, Role), RoleAnalysis>,
    /// The number of an event is its place, from one on.
    pub(super) admin_events: Arc<Vec<AdminEvent>>,
    /// By device and SHA-256 of the bytes.
    pub(super) refused: Arc<BTreeMap<(DeviceId, [u8; 32]), Refused>>,
    /// Documents whose rows stay without items.
    pub(super) destroyed: Arc<BTreeMap<DocumentId, Destroyed>>,
    pub(super) holds: BTreeMap<[u8; 16], Hold>,
    pub(super) log: Arc<super::log::Log>,
}

impl State {
    pub(super) fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            recovering: false,
            nonce_secret: None,
            organisations: BTreeMap::new(),
            units: BTreeMap::new(),
            users: BTreeMap::new(),
            devices: BTreeMap::new(),
            codes: BTreeMap::new(),
            documents: Arc::default(),
            actors: Arc::default(),
            feed: Arc::default(),
            narrowing: Arc::default(),
            numbers: Arc::default(),
            head: 0,
            sign_ins: super::sign_ins::Table::default(),
            sessions: BTreeMap::new(),
            role_analyses: BTreeMap::new(),
            admin_events: Arc::default(),
            refused: Arc::default(),
            destroyed: Arc::default(),
            holds: BTreeMap::new(),
            log: Arc::default(),
        }
    }

    /// The secret behind the nonces of this life.
    pub(super) fn nonce_secret(&self) -> Option<[u8; 32]> {
        let (epoch, secret) = self.nonce_secret?;
        (epoch == self.epoch).then_some(secret)
    }

    /// Refuses an account that has changed since the decisions about it were made.
    pub(super) fn check_access(
        &self,
        user: UserId,
        access_version: i64,
    ) -> Result<(), StorageError> {
        match self.users.get(&user) {
            Some(account) if account.access_version == access_version => Ok(()),
            _ => Err(StorageError::AccessChanged),
        }
    }

    /// Whether the asker may read a document now.
    pub(super) fn readable(&self, document: &Document, asker: &Asker) -> bool {
        self.seen(document, &asker.readable, &Sight::from(asker))
    }

    /// The same for a right to read and somebody who looks.
    pub(super) fn seen(&self, document: &Document, readable: &Readable, sight: &Sight) -> bool {
        document.within(readable) && !self.narrowing.hides(&document.header, sight)
    }

    /// Adds an item that its document does not hold yet, and publishes it.
    pub(super) fn add(&mut self, header: &Header, hash: ItemHash, item: Stored) {
        let id = header.id();
        let position = item.fed;
        let documents = Arc::make_mut(&mut self.documents);
        let document = documents
            .entry(id)
            .or_insert_with(|| Arc::new(Document::new(header.clone())));
        let document = Arc::make_mut(document);
        mix(&mut document.digest, id, &hash);
        document.item_bytes += u64::try_from(item.bytes.len()).unwrap_or(u64::MAX);
        document.items.insert(hash, item);
        self.publish(
            position,
            Fed {
                what: What::Item,
                document: id,
                item: Some(hash),
                audience: None,
            },
        );
    }

    /// Publishes something at a position.
    pub(super) fn publish(&mut self, position: u64, fed: Fed) {
        Arc::make_mut(&mut self.feed).insert(position, fed);
        self.head = self.head.max(position);
    }
}
