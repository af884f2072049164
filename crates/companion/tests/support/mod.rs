//! Tablets with a fixed clock and seeded chance, and an exchange in memory between them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    unreachable_pub
)]

pub(crate) mod front;
mod log_book;

pub(crate) use log_book::LogBook;

use async_trait::async_trait;
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use hemrond_companion::{
    Companion, Environment, Knows,
    api::KeyPlace,
    environment::{Clock, Randomness},
    sync::transport::{Access, Transport, TransportError},
};
use hemrond_disk::Disk;
use hemrond_documents::{Actor, Document, Edit, Value as Field, parse_chunk};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, RowId, UnitId, UserId},
    people::{Role, User},
    record::{DocumentId, Header},
};
use hemrond_protocol::{
    Author, Delivery, Epoch, Item, ItemKind, Outcome, SyncRequest, SyncResponse, VERSION,
    WireHeader, WireId, encoding,
    enrolment::{EnrolRequest, EnrolResponse, EnrolSignIn, MAGIC},
};
use hemrond_store::{Key, Store};
use hemrond_vault::rescue::RescueKey;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

/// The municipality.
pub(crate) fn kommun() -> OrganisationId {
    OrganisationId::from_bytes([1; 16])
}

/// The mobile team.
pub(crate) fn team() -> UnitId {
    UnitId::from_bytes([2; 16])
}

/// Home help.
pub(crate) fn home_help() -> UnitId {
    UnitId::from_bytes([3; 16])
}

/// The rehabilitation unit of the same municipality.
pub(crate) fn rehab() -> UnitId {
    UnitId::from_bytes([4; 16])
}

/// Another home help of the same municipality.
pub(crate) fn other_home_help() -> UnitId {
    UnitId::from_bytes([5; 16])
}

/// The key of every tablet here.
pub(crate) fn key() -> Key {
    Key::new([9; 32])
}

/// A person of the stories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Eva,
    Omar,
    Berg,
    Stina,
    Karin,
    Rut,
}

impl Who {
    pub(crate) const ALL: [Self; 6] = [
        Self::Eva,
        Self::Omar,
        Self::Berg,
        Self::Stina,
        Self::Karin,
        Self::Rut,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Eva => "Eva Lind",
            Self::Omar => "Omar Haddad",
            Self::Berg => "Anna Berg",
            Self::Stina => "Stina Ek",
            Self::Karin => "Karin Ahl",
            Self::Rut => "Rut Kvist",
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Eva => 11,
            Self::Omar => 12,
            Self::Berg => 13,
            Self::Stina => 14,
            Self::Karin => 15,
            Self::Rut => 16,
        }
    }

    pub(crate) fn id(self) -> UserId {
        UserId::from_bytes([self.number(); 16])
    }

    pub(crate) fn user(self) -> User {
        let (role, unit) = match self {
            Self::Eva | Self::Omar => (Role::Nurse, team()),
            Self::Berg => (Role::Doctor, team()),
            Self::Stina => (Role::Hemtjanst, home_help()),
            Self::Karin => (Role::Nurse, rehab()),
            Self::Rut => (Role::Hemtjanst, other_home_help()),
        };
        User {
            id: self.id(),
            name: self.name().to_owned(),
            role,
            organisation: kommun(),
            unit,
        }
    }

    /// The one-time code of this person in the exchange.
    pub(crate) fn code(self) -> String {
        format!("KOD-{}", self.number())
    }
}

/// Time that only a test moves: Tuesday 3 November 2026, half past eight in the morning.
#[derive(Debug)]
pub(crate) struct FixedClock(AtomicI64);

impl FixedClock {
    pub(crate) fn new() -> Self {
        let start: DateTime<Utc> = "2026-11-03T08:30:00Z".parse().unwrap();
        Self(AtomicI64::new(start.timestamp_millis()))
    }

    pub(crate) fn forward(&self, by: Duration) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }

    fn date_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.date_naive()
    }
}

/// Chance from a seed.
#[derive(Debug)]
pub(crate) struct Seeded(AtomicU64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}

impl Randomness for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            // SplitMix64.
            let mut z = self
                .0
                .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst)
                .wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            piece.copy_from_slice(&z.to_le_bytes()[..piece.len()]);
        }
    }
}

/// What stands between the tablets: it takes everything and gives everybody what others wrote.
#[derive(Debug, Default)]
struct Held {
    feed: Vec<Fed>,
    authors: BTreeMap<[u8; 16], (UserId, DeviceId)>,
    devices: BTreeMap<DeviceId, Who>,
    seen: BTreeSet<(Vec<u8>, Vec<u8>)>,
    /// Which change each actor's places stand for: a place given out twice fails the test.
    places: BTreeMap<(DocumentId, [u8; 16], u64), [u8; 32]>,
    /// What the next answer withdraws.
    withdraw: Vec<WireId>,
    /// What comes back after that.
    returning: Vec<Fed>,
    refuse: Option<String>,
    faults: VecDeque<TransportError>,
    pushes: Vec<usize>,
    bodies: Vec<usize>,
    rescue: Option<RescueKey>,
    /// What whoever enrols must sign in with.
    sign_in: Option<EnrolSignIn>,
    spoil: Option<fn(&mut SyncResponse)>,
    instead: Option<Vec<u8>>,
    /// None: a server of an earlier version, which keeps no log.
    log: Option<LogBook>,
    epoch: Option<[u8; 16]>,
    log_signer: u8,
    /// How much later it is there than when the stories begin.
    later: Duration,
}

#[derive(Debug)]
struct Fed {
    from: Option<DeviceId>,
    header: WireHeader,
    item: Item,
}

/// The exchange, which every tablet's transport leads to.
#[derive(Debug, Default)]
pub(crate) struct Exchange(Mutex<Held>);

impl Exchange {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap()
    }

    /// From now on the exchange keeps an access log.
    pub(crate) fn keep_log(&self) {
        self.lock().log = Some(LogBook::default());
    }

    /// What it has of it.
    pub(crate) fn log<T>(&self, look: impl FnOnce(&mut LogBook) -> T) -> T {
        look(self.lock().log.as_mut().unwrap())
    }

    /// The log is signed with another key from now on.
    pub(crate) fn sign_log_with(&self, signer: u8) {
        self.lock().log_signer = signer;
    }

    /// Time passes there.
    pub(crate) fn forward(&self, by: Duration) {
        let mut held = self.lock();
        held.later += by;
    }

    /// It begins another life, as after a restore.
    pub(crate) fn begin_epoch(&self, epoch: u8) {
        self.lock().epoch = Some([epoch; 16]);
    }

    /// The next requests fail in this way.
    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = TransportError>) {
        self.lock().faults.extend(faults);
    }

    /// From now on it wants to know who enrols.
    pub(crate) fn asks_who_enrols(&self, sign_in: EnrolSignIn) {
        self.lock().sign_in = Some(sign_in);
    }

    /// From now on the exchange can give database keys back.
    pub(crate) fn rescues(&self) {
        self.lock().rescue = Some(RescueKey::parse(&"17".repeat(32)).unwrap());
    }

    /// How many tablets were enrolled.
    pub(crate) fn enrolments(&self) -> usize {
        self.lock().devices.len()
    }

    /// Everything that is pushed from now on is refused for this.
    pub(crate) fn refuse(&self, code: Option<&str>) {
        self.lock().refuse = code.map(str::to_owned);
    }

    /// Every answer goes through this before it leaves; none makes the exchange honest again.
    pub(crate) fn spoil(&self, spoil: Option<fn(&mut SyncResponse)>) {
        self.lock().spoil = spoil;
    }

    /// Every answer has this body.
    pub(crate) fn answer_with(&self, body: Option<Vec<u8>>) {
        self.lock().instead = body;
    }

    /// Puts an item into the feed, as from a tablet far away.
    pub(crate) fn feed(&self, header: WireHeader, bytes: Vec<u8>, author: Option<(Who, DeviceId)>) {
        let mut held = self.lock();
        if let (Some((who, device)), Ok(chunk)) = (
            author,
            parse_chunk(&bytes, &hemrond_documents::Limits::STORED),
        ) {
            held.authors.insert(chunk.actor, (who.id(), device));
        }
        drop(held);
        self.feed_item(header, ItemKind::Change, bytes);
    }

    /// Puts anything into the feed.
    pub(crate) fn feed_item(&self, header: WireHeader, kind: ItemKind, bytes: Vec<u8>) {
        let item = Item {
            kind,
            bytes,
            author: None,
        };
        self.lock().feed.push(Fed {
            from: None,
            header,
            item,
        });
    }

    /// A role that is lost and found again while the server is restored from a backup: the document
    /// goes with the next answer, and with the one after it comes back without this person's part.
    pub(crate) fn forget_part_of(&self, document: &Value, who: Who) {
        let mut held = self.lock();
        let id: DocumentId = document.as_str().unwrap().parse().unwrap();
        held.withdraw.push(id.into());
        let own: BTreeSet<DeviceId> = held
            .devices
            .iter()
            .filter(|(_, owner)| **owner == who)
            .map(|(device, _)| *device)
            .collect();
        let left: Vec<Fed> = held
            .feed
            .iter()
            .filter(|fed| Header::try_from(&fed.header).is_ok_and(|header| header.id() == id))
            .filter(|fed| fed.from.is_none_or(|from| !own.contains(&from)))
            .map(|fed| Fed {
                from: None,
                header: fed.header.clone(),
                item: fed.item.clone(),
            })
            .collect();
        held.returning = left;
    }

    /// How many bytes the last sync that came through had.
    pub(crate) fn last_body(&self) -> usize {
        *self.lock().bodies.last().unwrap()
    }

    /// How many items each sync that came through has carried.
    pub(crate) fn pushes(&self) -> Vec<usize> {
        self.lock().pushes.clone()
    }

    /// Who works here, as the directory tells every tablet.
    pub(crate) fn publish_directory(&self) {
        let header = Header::directory(kommun());
        let mut document = Document::create(&header, Actor::from_random([77; 16])).unwrap();
        let unit = |id: UnitId, name: &str, kind: &str| {
            Edit::add_row(
                "units",
                RowId::from_stored(*id.as_bytes()),
                [("name", name), ("kind", kind), ("phone", "+46313900600")],
            )
        };
        let mut edits = vec![
            unit(team(), "Mobila teamet", "mobile_team"),
            unit(home_help(), "Hemtjänsten Öster", "hemtjanst"),
            unit(rehab(), "Rehabenheten", "other"),
            unit(other_home_help(), "Hemtjänsten Väster", "hemtjanst"),
        ];
        for who in Who::ALL {
            let user = who.user();
            let row = RowId::from_stored(*user.id.as_bytes());
            edits.push(Edit::add_row(
                "staff",
                row,
                [
                    ("name", Field::from(user.name.as_str())),
                    ("role", user.role.as_str().into()),
                    ("unit", user.unit.to_string().into()),
                    ("active", true.into()),
                ],
            ));
        }
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        for change in document.edit(at, &edits).unwrap() {
            self.feed(WireHeader::from(&header), change.bytes, None);
        }
    }
}

impl Held {
    fn sync(&mut self, from: DeviceId, who: Who, request: SyncRequest) -> SyncResponse {
        self.pushes
            .push(request.push.iter().map(|push| push.items.len()).sum());
        let logged = match (&mut self.log, &request.log) {
            (Some(book), Some(push)) => Some(book.take(from, push)),
            _ => None,
        };
        let checkpoint = match (&self.log, &request.log) {
            (Some(book), Some(push)) => Some(book.checkpoint(push.known_size, self.log_signer)),
            _ => None,
        };
        let mut verdicts = Vec::new();
        for push in request.push {
            let mut row = Vec::new();
            for item in push.items {
                if let Some(code) = &self.refuse {
                    row.push(Outcome::Refused(code.clone()));
                    continue;
                }
                if item.kind == ItemKind::Change {
                    let chunk =
                        parse_chunk(&item.bytes, &hemrond_documents::Limits::STORED).unwrap();
                    self.authors.entry(chunk.actor).or_insert((who.id(), from));
                    let id = Header::try_from(&push.header).unwrap().id();
                    let place = self.places.entry((id, chunk.actor, chunk.seq));
                    let first = *place.or_insert(chunk.hash);
                    assert_eq!(first, chunk.hash, "an actor's place was given out twice");
                }
                let name = (push.header.part.clone().into_bytes(), item.bytes.clone());
                if self.seen.insert(name) {
                    row.push(Outcome::Accepted);
                    let header = push.header.clone();
                    self.feed.push(Fed {
                        from: Some(from),
                        header,
                        item,
                    });
                } else {
                    row.push(Outcome::Known);
                }
            }
            verdicts.push(row);
        }
        let start = usize::try_from(request.cursor).unwrap();
        let deliveries: Vec<Delivery> = self
            .feed
            .iter()
            .skip(start)
            .filter(|fed| fed.from != Some(from))
            .map(|fed| Delivery {
                header: fed.header.clone(),
                items: vec![fed.item.clone()],
            })
            .collect();
        let authors = self
            .authors
            .iter()
            .map(|(actor, (user, device))| Author {
                actor: WireId(*actor),
                user: (*user).into(),
                device: (*device).into(),
            })
            .collect();
        SyncResponse {
            protocol: VERSION,
            epoch: Epoch(self.epoch.unwrap_or([5; 16])),
            verdicts,
            deliveries,
            authors,
            gone: std::mem::take(&mut self.withdraw),
            cursor: {
                let cursor = u64::try_from(self.feed.len()).unwrap();
                self.feed.append(&mut self.returning);
                cursor
            },
            more: false,
            remaining: 0,
            digest: request.digest.map(|query| match query {
                // Nothing was ever forgotten here.
                hemrond_protocol::DigestQuery::Buckets(_) => {
                    hemrond_protocol::DigestAnswer::Buckets(Vec::new(), request.cursor)
                }
                hemrond_protocol::DigestQuery::Documents(..) => {
                    hemrond_protocol::DigestAnswer::Documents(Vec::new(), Vec::new())
                }
            }),
            time_ms: (FixedClock::new().now() + self.later)
                .timestamp_millis()
                .unsigned_abs(),
            logged,
            checkpoint,
            lease_seconds: None,
            packing: None,
            elsewhere: None,
            looked: None,
        }
    }
}

/// The way from one tablet to the exchange.
#[derive(Debug)]
pub(crate) struct Wire(pub(crate) Arc<Exchange>);

#[async_trait]
impl Transport for Wire {
    async fn enrol(
        &self,
        access: &Access,
        request: &EnrolRequest,
    ) -> Result<EnrolResponse, TransportError> {
        let mut held = self.0.lock();
        if let Some(fault) = held.faults.pop_front() {
            return Err(fault);
        }
        if let Some(wanted) = &held.sign_in {
            let refused = match &request.sign_in {
                None => Some("enrol.sign_in_needed"),
                Some(typed) => (typed != wanted).then_some("enrol.sign_in_wrong"),
            };
            if let Some(code) = refused {
                return Err(TransportError::Rejected(code.to_owned()));
            }
        }
        let who = Who::ALL
            .into_iter()
            .find(|who| who.code() == request.code)
            .ok_or_else(|| TransportError::Rejected("enrol.code_unknown".to_owned()))?;
        let opened_key = match (&request.sealed_key, &held.rescue) {
            (Some(sealed), Some(rescue)) => {
                let (owner, key) = rescue.open(&hex::decode(sealed).unwrap()).unwrap();
                if owner != *who.id().as_bytes() {
                    return Err(TransportError::Rejected("enrol.other_user".to_owned()));
                }
                Some(hex::encode(key.as_bytes()))
            }
            _ => None,
        };
        let rescue_key = held.rescue.as_ref().map(|key| key.public().to_string());
        let device = access.device;
        held.devices.insert(device, who);
        Ok(EnrolResponse {
            hemrond: MAGIC.to_owned(),
            device,
            user: who.user(),
            organisation_name: "Hemrond kommun".to_owned(),
            rescue_key,
            opened_key,
        })
    }

    async fn sync(&self, access: &Access, body: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let mut held = self.0.lock();
        if let Some(fault) = held.faults.pop_front() {
            return Err(fault);
        }
        let device = access.device;
        let who = *held
            .devices
            .get(&device)
            .ok_or_else(|| TransportError::Rejected("device.unknown".to_owned()))?;
        held.bodies.push(body.len());
        let request = encoding::decode(&body).unwrap();
        let mut response = held.sync(device, who, request);
        if let Some(spoil) = held.spoil {
            spoil(&mut response);
        }
        let instead = held.instead.clone();
        Ok(instead.unwrap_or_else(|| encoding::encode(&response).unwrap()))
    }

    async fn news(&self, _: &Access, _: u64) -> Result<Option<u64>, TransportError> {
        Ok(None)
    }
}

/// A tablet of one person, its folder and what surrounds it.
pub(crate) struct Tablet {
    pub(crate) companion: Companion,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) folder: Arc<TempDir>,
    starts: u64,
    who: Who,
}

/// A tablet whose app does not run.
struct Off {
    clock: Arc<FixedClock>,
    exchange: Arc<Exchange>,
    folder: Arc<TempDir>,
    starts: u64,
    who: Who,
}

impl Off {
    async fn start(self, knows: Knows) -> Tablet {
        let starts = self.starts + 1;
        let environment = Environment {
            knows,
            ..environment(&self.clock, &self.exchange, starts)
        };
        let companion = Companion::open(self.folder.path(), &key(), environment)
            .await
            .unwrap();
        Tablet {
            companion,
            clock: self.clock,
            exchange: self.exchange,
            folder: self.folder,
            starts,
            who: self.who,
        }
    }
}

/// Everybody's day.
pub(crate) struct Day {
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) clock: Arc<FixedClock>,
}

impl Day {
    pub(crate) fn new() -> Self {
        let exchange = Arc::new(Exchange::default());
        exchange.publish_directory();
        Self {
            exchange,
            clock: Arc::new(FixedClock::new()),
        }
    }

    /// A tablet that has not been enrolled.
    pub(crate) async fn new_tablet(&self, who: Who) -> Tablet {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let starts = u64::from(who.number()) * 1_000;
        let companion = open(folder.path(), &self.clock, &self.exchange, starts)
            .await
            .unwrap();
        Tablet {
            companion,
            clock: Arc::clone(&self.clock),
            exchange: Arc::clone(&self.exchange),
            folder,
            starts,
            who,
        }
    }

    /// A person's tablet, enrolled and synced.
    pub(crate) async fn tablet(&self, who: Who) -> Tablet {
        let tablet = self.new_tablet(who).await;
        tablet.enrol().await;
        tablet
    }

    /// A person's tablet on a simulated disk, as it was left there, after so many starts. It cannot
    /// be restarted by itself: drop or close it, and open the next.
    pub(crate) async fn tablet_on(
        &self,
        disk: &Disk,
        who: Who,
        starts: u64,
    ) -> Result<Tablet, hemrond_companion::failure::Problem> {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let store = Store::open_on(Arc::new(disk.clone()), disk.path("tablet.db"), &key()).await?;
        let starts = u64::from(who.number()) * 1_000 + starts;
        let environment = environment(&self.clock, &self.exchange, starts);
        let companion = Companion::open_with(store, folder.path(), environment).await?;
        Ok(Tablet {
            companion,
            clock: Arc::clone(&self.clock),
            exchange: Arc::clone(&self.exchange),
            folder,
            starts,
            who,
        })
    }
}

/// Opens a companion in a folder.
pub(crate) async fn open(
    folder: &Path,
    clock: &Arc<FixedClock>,
    exchange: &Arc<Exchange>,
    seed: u64,
) -> Result<Companion, hemrond_companion::failure::Problem> {
    Companion::open(folder, &key(), environment(clock, exchange, seed)).await
}

fn environment(clock: &Arc<FixedClock>, exchange: &Arc<Exchange>, seed: u64) -> Environment {
    Environment {
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        randomness: Arc::new(Seeded::new(seed)),
        transport: Arc::new(Wire(Arc::clone(exchange))),
        key_kept_in: KeyPlace::File,
        knows: Knows::Everything,
    }
}

impl Tablet {
    /// Enrols the tablet for its person, and syncs.
    pub(crate) async fn enrol(&self) {
        let code = self.who.code();
        let args = json!({ "server": "http://127.0.0.1:1", "code": code, "tablet": "Surfplatta" });
        self.ok("enrol", args).await;
        self.sync().await;
    }

    pub(crate) fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// Drops everything in memory without closing, as a flat battery does, and starts again.
    pub(crate) async fn power_cut(self) -> Self {
        let (companion, off) = self.apart();
        drop(companion);
        off.start(Knows::Everything).await
    }

    /// Closes and starts again.
    pub(crate) async fn restart(self) -> Self {
        self.restart_knowing(Knows::Everything).await
    }

    /// Closes, and starts an app that knows so much of the schemas.
    pub(crate) async fn restart_knowing(self, knows: Knows) -> Self {
        let (companion, off) = self.apart();
        companion.close().await.unwrap();
        off.start(knows).await
    }

    fn apart(self) -> (Companion, Off) {
        let off = Off {
            clock: self.clock,
            exchange: self.exchange,
            folder: self.folder,
            starts: self.starts,
            who: self.who,
        };
        (self.companion, off)
    }

    /// Closes the tablet and opens its store alone.
    pub(crate) async fn into_store(self) -> hemrond_store::Store {
        self.companion.close().await.unwrap();
        let path = self.folder.path().join("tablet.db");
        // The folder outlives this call by the store's own handle on the file.
        let store = hemrond_store::Store::open(&path, &key()).await.unwrap();
        std::mem::forget(Arc::clone(&self.folder));
        store
    }

    pub(crate) async fn call(&self, name: &str, args: Value) -> Result<Value, String> {
        self.companion
            .call_json(name, args)
            .await
            .map_err(|failure| {
                assert!(failure.message.contains(' '), "no sentence: {failure:?}");
                assert!(
                    !failure.message.contains('{'),
                    "an open placeholder: {failure:?}"
                );
                failure.code
            })
    }

    #[track_caller]
    pub(crate) fn ok(&self, name: &str, args: Value) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        let name = name.to_owned();
        async move {
            match self.companion.call_json(&name, args).await {
                Ok(answer) => answer,
                Err(failure) => {
                    panic!("{name} at {caller}: {} ({})", failure.message, failure.code)
                }
            }
        }
    }

    #[track_caller]
    pub(crate) fn fails(&self, name: &str, args: Value) -> impl Future<Output = String> {
        let caller = std::panic::Location::caller();
        let name = name.to_owned();
        async move {
            match self.call(&name, args).await {
                Ok(answer) => panic!("{name} at {caller} should have failed: {answer}"),
                Err(code) => code,
            }
        }
    }

    pub(crate) async fn sync(&self) -> Value {
        self.ok("sync_now", json!({})).await
    }

    /// Lets time pass by a minute, so that what is done next is later.
    pub(crate) fn later(&self) {
        self.clock.forward(Duration::minutes(1));
    }

    pub(crate) async fn add_person(&self, given: &str, family: &str, identity: &str) -> Value {
        let mut person = person(given, family, identity);
        person["street"] = json!("Björkvägen 3");
        person["postcode"] = json!("433 30");
        person["city"] = json!("Partille");
        person["phone"] = json!("070-1740610");
        self.ok("add_person", person).await["person"].clone()
    }

    pub(crate) async fn astrid(&self) -> Value {
        self.add_person("Astrid", "Svensson", "191212121212").await
    }

    /// Plans a visit today; its id and its document.
    pub(crate) async fn plan(&self, person: &Value) -> Visit {
        let planned = self
            .ok(
                "plan_visit",
                json!({ "person": person, "acute": false, "reason": "Yrsel" }),
            )
            .await;
        let id = planned["visit"].clone();
        let document = self.visit(&id).await["document"].clone();
        Visit {
            person: person.clone(),
            id,
            document,
            row: planned["row"].clone(),
        }
    }

    pub(crate) async fn visit(&self, visit: &Value) -> Value {
        self.ok("visit", json!({ "visit": visit })).await
    }

    pub(crate) async fn edit(&self, document: &Value, edits: Value) -> Result<Value, String> {
        self.call("edit", json!({ "document": document, "edits": edits }))
            .await
    }

    pub(crate) async fn set(&self, document: &Value, fields: &[(&str, Value)]) -> Value {
        let edits: Vec<Value> = fields
            .iter()
            .map(|(field, value)| json!({ "edit": "set", "field": field, "value": value }))
            .collect();
        self.ok("edit", json!({ "document": document, "edits": edits }))
            .await
    }

    pub(crate) async fn write(&self, document: &Value, field: &str, text: &str) -> Value {
        let edit = json!({ "edit": "text", "field": field, "value": text });
        self.ok("edit", json!({ "document": document, "edits": [edit] }))
            .await
    }

    pub(crate) async fn add_drug(
        &self,
        document: &Value,
        number: u8,
        name: &str,
        atc: Option<&str>,
    ) {
        let mut values = json!({ "name": name, "as_needed": false });
        if let Some(atc) = atc {
            values["atc"] = json!(atc);
        }
        let row = RowId::from_bytes([number; 16]);
        let edit =
            json!({ "edit": "add_row", "collection": "drugs", "row": row, "values": values });
        self.ok("edit", json!({ "document": document, "edits": [edit] }))
            .await;
    }
}

/// A visit that was planned.
pub(crate) struct Visit {
    pub(crate) person: Value,
    pub(crate) id: Value,
    pub(crate) document: Value,
    pub(crate) row: Value,
}

impl Visit {
    /// Every command whose answer may tell of the visited person, the signing last, with what it is
    /// asked: the person is searched for by a name and by the identity number.
    pub(crate) fn pages(
        &self,
        name: &str,
        identity: &str,
        person: &Value,
    ) -> Vec<(&'static str, Value)> {
        vec![
            ("status", json!({})),
            ("round", json!({})),
            ("search", json!({ "text": name })),
            ("search", json!({ "text": identity })),
            ("check_identity", json!({ "value": identity })),
            ("person", json!({ "person": person })),
            ("visit", self.args()),
            ("inbox", json!({})),
            ("sync_page", json!({})),
            ("sign", self.args()),
        ]
    }

    pub(crate) fn args(&self) -> Value {
        json!({ "visit": self.id })
    }
}

/// What `add_person` takes.
pub(crate) fn person(given: &str, family: &str, identity: &str) -> Value {
    json!({
        "given_name": given,
        "family_name": family,
        "identity": identity,
        "protected": "none",
        "despite_duplicates": false,
    })
}

/// The texts under a key of every object in a list.
pub(crate) fn all(list: &Value, key: &str) -> Vec<String> {
    let rows = list.as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter()
        .map(|row| match &row[key] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect()
}

pub(crate) fn days_before(day: NaiveDate, days: u64) -> String {
    day.checked_sub_days(Days::new(days)).unwrap().to_string()
}
