//! A town to test in: a real server on a real port, and tablets that speak to it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    unused_imports
)]

mod browser;
mod tablet;

pub use browser::{Browser, CHEAP, PASSWORD, Page, Pages, app_on, encoded, key, weigh};
pub use tablet::{Signing, Tablet, nonce_of, read, signed};

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, UnitId, UserId, VisitId},
    people::{Role, User},
    record::Header,
};
use hemrond_policy::Policy;
use hemrond_protocol::Epoch;
use hemrond_server::{
    credential::draw_code,
    directory::Administration,
    environment::{Chance, Clock, SystemChance},
    inspector::{InProcess, Inspector},
    metrics::Metrics,
    newsroom::Newsroom,
    nonce::Nonces,
    rate::Rates,
    serve,
    sign_in::Desk,
    state::{Server, Shared},
    storage::{
        self, Address, Storage, Unit,
        memory::{Memory, Open},
    },
    under_way::UnderWay,
};
use hemrond_tests::postgres::Cluster;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// Which storage a story is told on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
    Memory,
}

/// Tells every story on every storage.
#[macro_export]
macro_rules! on_every_storage {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { super::$story($crate::support::Backend::Sqlite).await }
            )*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { super::$story($crate::support::Backend::Postgres).await }
            )*
        }
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { super::$story($crate::support::Backend::Memory).await }
            )*
        }
    };
}

/// Tells every story on both databases.
#[macro_export]
macro_rules! on_both_databases {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { super::$story($crate::support::Backend::Sqlite).await }
            )*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() { super::$story($crate::support::Backend::Postgres).await }
            )*
        }
    };
}

/// A database that goes away with the test.
pub struct Place {
    database: Database,
    folder: TempDir,
    cluster: Option<Arc<Cluster>>,
}

enum Database {
    At(Address, String),
    Memory(Memory),
}

impl Place {
    pub fn new(backend: Backend) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |text: String| Database::At(text.parse().unwrap(), text);
        let (database, cluster) = match backend {
            Backend::Sqlite => {
                let file = folder.path().join("server.sqlite");
                (at(format!("sqlite:{}", file.display())), None)
            }
            Backend::Postgres => {
                let cluster = Cluster::shared().unwrap_or_else(|error| panic!("{error}"));
                (at(cluster.database().unwrap()), Some(cluster))
            }
            Backend::Memory => (Database::Memory(Memory::new(Epoch([9; 16]))), None),
        };
        Self {
            database,
            folder,
            cluster,
        }
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The database's address, where it has one.
    pub fn address(&self) -> &Address {
        match &self.database {
            Database::At(address, _) => address,
            Database::Memory(_) => panic!("memory has no address"),
        }
    }

    /// The address as an administrator writes it.
    pub fn text(&self) -> &str {
        match &self.database {
            Database::At(_, text) => text,
            Database::Memory(_) => panic!("memory has no address"),
        }
    }

    /// The database, where it is in memory.
    pub fn memory(&self) -> &Memory {
        match &self.database {
            Database::At(..) => panic!("it is not in memory"),
            Database::Memory(memory) => memory,
        }
    }

    /// Opens it as one more process.
    pub async fn open(&self) -> Arc<dyn Storage> {
        match &self.database {
            Database::At(address, _) => storage::open(address, Epoch([9; 16])).await.unwrap(),
            Database::Memory(memory) => Arc::new(memory.process(Arc::new(Open))),
        }
    }
}

/// A clock that tests move.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn new() -> Self {
        let start = Utc.with_ymd_and_hms(2026, 11, 3, 8, 0, 0).unwrap();
        Self(AtomicI64::new(start.timestamp_millis()))
    }

    pub fn forward(&self, by: Duration) {
        self.0
            .fetch_add(i64::try_from(by.as_millis()).unwrap(), Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Relaxed)).unwrap()
    }
}

/// What opens the database keys that tablets seal.
pub fn rescue_key() -> hemrond_vault::rescue::RescueKey {
    hemrond_vault::rescue::RescueKey::parse(&"17".repeat(32)).unwrap()
}

pub const KOMMUN: OrganisationId = OrganisationId::from_bytes([1; 16]);
pub const TEAM: UnitId = UnitId::from_bytes([2; 16]);
pub const HEMTJANST: UnitId = UnitId::from_bytes([3; 16]);
pub const OFFICE: UnitId = UnitId::from_bytes([4; 16]);
pub const ASTRID: PersonId = PersonId::from_bytes([40; 16]);

/// The staff of the town.
const STAFF: [(&str, Role, UnitId); 6] = [
    ("Eva Lind", Role::Nurse, TEAM),
    ("Omar Haddad", Role::Nurse, TEAM),
    ("Anna Berg", Role::Doctor, TEAM),
    ("Stina Ek", Role::Hemtjanst, HEMTJANST),
    ("Lena Holm", Role::Assessor, OFFICE),
    ("Per Dahl", Role::Administrator, OFFICE),
];

/// A server that runs, with its database and its staff.
pub struct Town {
    pub place: Place,
    pub storage: Arc<dyn Storage>,
    pub server: Shared,
    pub url: String,
    pub clock: Arc<TestClock>,
    running: Option<JoinHandle<std::io::Result<()>>>,
}

impl Town {
    /// A new town.
    pub async fn new(backend: Backend) -> Self {
        Self::read_by(backend, Arc::new(InProcess)).await
    }

    /// A new town whose server has pushes read by somebody else.
    pub async fn read_by(backend: Backend, inspector: Arc<dyn Inspector>) -> Self {
        let place = Place::new(backend);
        let storage = place.open().await;
        let clock = Arc::new(TestClock::new());
        let policy = Policy::load().unwrap();
        populate(storage.as_ref(), &policy, clock.as_ref()).await;
        let news_wait = Duration::from_secs(25);
        Self::open(place, storage, clock, news_wait, inspector, None).await
    }

    /// A new town whose server wants to know who enrols.
    pub async fn asking_who_enrols(backend: Backend) -> Self {
        let place = Place::new(backend);
        let storage = place.open().await;
        let clock = Arc::new(TestClock::new());
        let policy = Policy::load().unwrap();
        populate(storage.as_ref(), &policy, clock.as_ref()).await;
        let desk = Some(Arc::new(Desk::new(key(), CHEAP, &SystemChance)));
        let news_wait = Duration::from_secs(25);
        Self::open(place, storage, clock, news_wait, Arc::new(InProcess), desk).await
    }

    /// A server process on a database that is there already.
    pub async fn around(
        place: Place,
        storage: Arc<dyn Storage>,
        clock: Arc<TestClock>,
        news_wait: Duration,
    ) -> Self {
        Self::open(place, storage, clock, news_wait, Arc::new(InProcess), None).await
    }

    async fn open(
        place: Place,
        storage: Arc<dyn Storage>,
        clock: Arc<TestClock>,
        news_wait: Duration,
        inspector: Arc<dyn Inspector>,
        sign_in_to_enrol: Option<Arc<Desk>>,
    ) -> Self {
        // Fails only if another test has done it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = Arc::new(Server {
            inspector,
            news_wait,
            rescue: Some(rescue_key()),
            sign_in_to_enrol,
            ..process(storage.clone(), clock.clone())
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut closing = server.closing.subscribe();
        let stop = async move {
            let _ = closing.wait_for(|closing| *closing).await;
        };
        let running = tokio::spawn(serve::serve(server.clone(), listener, None, stop));
        Self {
            place,
            storage,
            server,
            url,
            clock,
            running: Some(running),
        }
    }

    /// Tells the server to stop, as SIGTERM does.
    pub fn close(&self) {
        self.server.closing.send_replace(true);
    }

    /// Waits until it has stopped.
    pub async fn closed(&mut self) {
        self.running.take().unwrap().await.unwrap().unwrap();
    }

    pub fn administration(&self) -> Administration<'_> {
        Administration {
            storage: self.storage.as_ref(),
            policy: &self.server.policy,
            clock: self.clock.as_ref(),
            chance: self.server.chance.as_ref(),
        }
    }

    pub async fn user(&self, name: &str) -> User {
        let users = self.storage.users().await.unwrap();
        let found = users
            .into_iter()
            .find(|account| account.user.name.starts_with(name));
        found
            .unwrap_or_else(|| panic!("nobody is called {name}"))
            .user
    }

    /// A one-time code for somebody.
    pub async fn code(&self, name: &str) -> String {
        let code = draw_code(self.server.chance.as_ref());
        let expires = self.clock.now_ms() + 24 * 3_600_000;
        let user = self.user(name).await.id;
        self.storage
            .add_code(code.sha256, user, expires)
            .await
            .unwrap();
        code.text
    }

    /// A tablet that is enrolled for somebody.
    pub async fn tablet(&self, name: &str) -> Tablet {
        let code = self.code(name).await;
        Tablet::enrol(&self.url, &code).await.unwrap()
    }

    /// Gives somebody another role.
    pub async fn set_role(&self, name: &str, role: Role, unit: UnitId) {
        let user = self.user(name).await.id;
        self.administration()
            .change_role(user, role, unit)
            .await
            .unwrap();
    }
}

/// A server process that nobody reaches over a network.
pub fn process(storage: Arc<dyn Storage>, clock: Arc<dyn Clock>) -> Server {
    Server {
        storage,
        policy: Policy::load().unwrap(),
        inspector: Arc::new(InProcess),
        clock,
        chance: Arc::new(SystemChance),
        metrics: Metrics::default(),
        rates: Rates::default(),
        under_way: Arc::new(UnderWay::default()),
        nonces: Nonces::default(),
        newsroom: Newsroom::default(),
        news_wait: Duration::from_secs(25),
        rescue: None,
        sign_in_to_enrol: None,
        lease_seconds: hemrond_server::state::LEASE_SECONDS,
        closing: watch::Sender::new(false),
    }
}

/// Adds the organisation, its units and its staff.
pub async fn populate(storage: &dyn Storage, policy: &Policy, clock: &dyn Clock) {
    let administration = Administration {
        storage,
        policy,
        clock,
        chance: &SystemChance,
    };
    administration
        .add_organisation(KOMMUN, "Hemrond kommun")
        .await
        .unwrap();
    for (id, name, kind) in [
        (TEAM, "Mobila teamet", "mobile_team"),
        (HEMTJANST, "Hemtjänst Norr", "hemtjanst"),
        (OFFICE, "Biståndsenheten", "municipality_office"),
    ] {
        let unit = Unit {
            id,
            organisation: KOMMUN,
            name: name.to_owned(),
            kind: kind.to_owned(),
            phone: String::new(),
        };
        administration.add_unit(&unit).await.unwrap();
    }
    for (number, (name, role, unit)) in STAFF.into_iter().enumerate() {
        let user = User {
            id: UserId::from_bytes([50 + u8::try_from(number).unwrap(); 16]),
            name: name.to_owned(),
            role,
            organisation: KOMMUN,
            unit,
        };
        administration.add_user(&user, "").await.unwrap();
    }
}

pub fn visit(number: u8) -> Header {
    Header::visit(KOMMUN, TEAM, ASTRID, VisitId::from_bytes([number; 16]))
}

pub fn person() -> Header {
    Header::person(KOMMUN, ASTRID)
}

pub fn observations() -> Header {
    Header::observations(
        KOMMUN,
        ASTRID,
        NaiveDate::from_ymd_opt(2026, 11, 3).unwrap(),
    )
}

/// Random bytes that are the same in every run.
pub struct Fixed;

impl Chance for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}
