//! The server's side: one database in memory, several server processes on it, and their paths
//! reached without a socket.

use crate::{
    chance::Chance,
    drive::{Came, Hangs, Stop, onward},
    gate::{Gatekeeper, HeadLock, Order},
    plant::Bug,
    time::{ServerClock, TrueTime},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use futures_util::future::BoxFuture;
use hemrond_companion::sync::transport::TransportError;
use hemrond_domain::ids::DeviceId;
use hemrond_policy::{Policy, PolicyError, Principal};
use hemrond_protocol::{
    CONTENT_TYPE, Epoch, NONCE_PATH,
    enrolment::Problem,
    signature::{self, Nonce, Signed},
};
use hemrond_server::{
    environment::{Chance as ServerRandomness, Clock as _, draw_id},
    inspector::Inline,
    metrics::Metrics,
    newsroom::Newsroom,
    nonce::Nonces,
    rate::Rates,
    state::Server,
    storage::{
        Account, Asker, StorageError, Upkeep as _,
        memory::{Memory, Numbering, Open, Process as Database, Snapshot},
    },
    under_way::UnderWay,
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;
use tower::ServiceExt as _;

/// How many server processes there are: one that may be paused, and two for tablets that sync at the
/// same time.
pub const PROCESSES: usize = 3;

/// How many processes may be paused at once.
const PAUSED: usize = 1;

/// The largest answer that is read.
const ANSWER_MAX: usize = 64 << 20;

/// An answer on its way: what a tablet would get.
pub type Answer = Result<Vec<u8>, TransportError>;

/// An answer with the nonce that it brings.
pub struct Reply {
    /// What a tablet would get.
    pub answer: Answer,
    /// What its next request would be signed with.
    pub nonce: Option<Nonce>,
}

impl From<TransportError> for Reply {
    fn from(error: TransportError) -> Self {
        Self {
            answer: Err(error),
            nonce: None,
        }
    }
}

/// A signed request, as anybody on the way could keep it.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// What makes it a tablet's.
    pub signed: Signed,
    /// What it says.
    pub body: Vec<u8>,
}

/// A request that a server process is at work on.
pub type Pending = BoxFuture<'static, Reply>;

/// One server process.
struct Process {
    router: Router,
    gate: Arc<Gatekeeper>,
}

/// A request that was paused within a server process.
struct Paused {
    place: usize,
    gate: Arc<Gatekeeper>,
    pending: Pending,
}

/// Where the tablets' requests go.
pub struct Site {
    /// The database, for administration and for looking behind the scenes. No gate stops it.
    pub database: Database,
    /// Who may do what.
    pub policy: Policy,
    /// The time that it really is.
    pub time: Arc<TrueTime>,
    /// What gates raise.
    pub stop: Stop,
    /// What is wrong on purpose.
    pub bug: Option<Bug>,
    memory: Memory,
    randomness: Arc<SiteRandomness>,
    head: Arc<HeadLock>,
    started: AtomicUsize,
    processes: Mutex<Vec<Process>>,
    paused: Mutex<Vec<Paused>>,
    busy: Mutex<BTreeSet<usize>>,
    backup: Mutex<Option<Snapshot>>,
}

impl Site {
    /// A server with an empty database.
    ///
    /// # Errors
    /// When the policies cannot be read.
    pub fn new(
        seed: u64,
        time: Arc<TrueTime>,
        stop: Stop,
        bug: Option<Bug>,
    ) -> Result<Self, PolicyError> {
        let randomness = Arc::new(SiteRandomness(Mutex::new(Chance::new(seed))));
        let epoch = Epoch(draw_id(randomness.as_ref()));
        let numbering = match bug {
            Some(Bug::NumbersOutOfOrder) => Numbering::BeforeLock,
            _ => Numbering::UnderLock,
        };
        let memory = Memory::numbered(epoch, numbering);
        let site = Self {
            database: memory.process(Arc::new(Open)),
            memory,
            policy: Policy::load()?,
            time,
            stop,
            bug,
            randomness,
            head: Arc::new(HeadLock::default()),
            started: AtomicUsize::new(0),
            processes: Mutex::new(Vec::new()),
            paused: Mutex::new(Vec::new()),
            busy: Mutex::new(BTreeSet::new()),
            backup: Mutex::new(None),
        };
        for _ in 0..PROCESSES {
            let process = site.start()?;
            lock(&site.processes).push(process);
        }
        Ok(site)
    }

    /// Who asks, as the storage wants to know it now.
    #[must_use]
    pub fn asker(&self, account: &Account, device: DeviceId) -> Asker {
        Asker {
            run: *device.as_bytes(),
            user: account.user.id,
            device,
            access_version: account.access_version,
            readable: self.policy.readable(&Principal::from(&account.user)),
            now: ServerClock(Arc::clone(&self.time)).now_ms(),
        }
    }

    fn start(&self) -> Result<Process, PolicyError> {
        let number = self.started.fetch_add(1, Ordering::SeqCst);
        let gate = Gatekeeper::new(number, self.stop.clone(), Arc::clone(&self.head));
        let gate = Arc::new(gate);
        let server = Server {
            storage: Arc::new(self.memory.process(Arc::clone(&gate) as _)),
            policy: Policy::load()?,
            inspector: Arc::new(Inline),
            clock: Arc::new(ServerClock(Arc::clone(&self.time))),
            chance: Arc::clone(&self.randomness) as _,
            metrics: Metrics::default(),
            rates: Rates::default(),
            under_way: Arc::new(UnderWay::default()),
            nonces: Nonces::default(),
            newsroom: Newsroom::default(),
            news_wait: Duration::from_secs(1),
            rescue: None,
            sign_in_to_enrol: None,
            lease_seconds: hemrond_server::state::LEASE_SECONDS,
            closing: watch::Sender::new(false),
        };
        Ok(Process {
            // Only the simulation's clocks say how long something takes.
            router: hemrond_server::http::tablets_within(Arc::new(server), Duration::MAX),
            gate,
        })
    }

    /// A process dies, with everything that it had in memory; another takes its place.
    ///
    /// # Errors
    /// When the policies cannot be read.
    pub fn restart(&self, place: usize) -> Result<(), PolicyError> {
        let place = place % PROCESSES;
        lock(&self.paused).retain(|paused| {
            if paused.place == place {
                paused.gate.over();
            }
            paused.place != place
        });
        let fresh = self.start()?;
        if let Some(process) = lock(&self.processes).get_mut(place) {
            *process = fresh;
        }
        Ok(())
    }

    /// Takes the place of a process that is at work on nothing, this one's or the next, until
    /// [`Site::leave`]: a process is at work on one request at a time.
    #[must_use]
    pub fn occupy(&self, wanted: usize) -> usize {
        let paused = lock(&self.paused);
        let mut busy = lock(&self.busy);
        let place = (0..PROCESSES)
            .map(|step| (wanted + step) % PROCESSES)
            .find(|place| {
                !busy.contains(place) && paused.iter().all(|paused| paused.place != *place)
            })
            .unwrap_or(0);
        busy.insert(place);
        place
    }

    /// The process in this place is free again.
    pub fn leave(&self, place: usize) {
        lock(&self.busy).remove(&place);
    }

    /// The gate of the process in this place.
    #[must_use]
    pub fn gate(&self, place: usize) -> Option<Arc<Gatekeeper>> {
        let processes = lock(&self.processes);
        processes
            .get(place % PROCESSES)
            .map(|process| Arc::clone(&process.gate))
    }

    /// Leaves a request paused in a process. False where one process must stay free: the request is
    /// to be dropped then.
    pub fn pause(&self, place: usize, gate: Arc<Gatekeeper>, pending: Pending) -> bool {
        let mut paused = lock(&self.paused);
        if paused.len() >= PAUSED {
            return false;
        }
        paused.push(Paused {
            place,
            gate,
            pending,
        });
        true
    }

    /// Whether a paused process holds the lock on the feed's head, for which others would wait in vain.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.head.is_held()
    }

    /// What is paused goes on to its end; nobody waits for the answers any more.
    ///
    /// # Errors
    /// When one of them hangs.
    pub fn resume(&self) -> Result<(), Hangs> {
        let paused = std::mem::take(&mut *lock(&self.paused));
        let mut paused: Vec<Paused> = paused.into_iter().collect();
        // One may wait for the lock that another holds.
        while !paused.is_empty() {
            let mut waiting = Vec::new();
            for mut one in paused {
                one.gate.order(Order::Open);
                match onward(one.pending.as_mut(), &self.stop) {
                    Came::Done(_) => one.gate.over(),
                    Came::Stopped => waiting.push(one),
                    Came::Hangs => return Err(Hangs),
                }
            }
            paused = waiting;
        }
        Ok(())
    }

    /// Hands a request to a process.
    pub fn post(&self, place: usize, path: &str, parcel: Parcel) -> Pending {
        let kind = if path == hemrond_protocol::ENROL_PATH {
            "application/json"
        } else {
            CONTENT_TYPE
        };
        let mut request = Request::post(path).header(header::CONTENT_TYPE, kind);
        for (name, value) in parcel.signed.headers() {
            request = request.header(name, value);
        }
        self.ask(place, request.body(Body::from(parcel.body)))
    }

    /// Asks a process for a nonce.
    pub fn nonce(&self, place: usize) -> Pending {
        self.ask(place, Request::get(NONCE_PATH).body(Body::empty()))
    }

    fn ask(&self, place: usize, request: Result<Request<Body>, axum::http::Error>) -> Pending {
        let processes = lock(&self.processes);
        let router = processes
            .get(place % PROCESSES)
            .map(|process| process.router.clone());
        drop(processes);
        Box::pin(async move {
            let (Some(router), Ok(request)) = (router, request) else {
                return lost().into();
            };
            let response = match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            let nonce = response.headers().get(signature::NONCE);
            let nonce = nonce.and_then(|value| Nonce::read(value.to_str().ok()?).ok());
            let status = response.status();
            let Ok(body) = to_bytes(response.into_body(), ANSWER_MAX).await else {
                return lost().into();
            };
            let answer = if status.is_success() {
                Ok(body.to_vec())
            } else {
                Err(refusal(status.as_u16(), &body))
            };
            Reply { answer, nonce }
        })
    }

    /// Backs the database up.
    pub fn back_up(&self) {
        *lock(&self.backup) = Some(self.memory.clone_state());
    }

    /// Restores the database from the last backup, as a new life, with new processes. False where
    /// there is no backup.
    ///
    /// # Errors
    /// When the policies cannot be read. The database in memory itself never fails.
    pub async fn restore(&self) -> Result<bool, PolicyError> {
        let Some(backup) = lock(&self.backup).clone() else {
            return Ok(false);
        };
        for place in 0..PROCESSES {
            self.restart(place)?;
        }
        self.memory.restore(&backup);
        if self.bug != Some(Bug::EpochForgotten) {
            let epoch = Epoch(draw_id(self.randomness.as_ref()));
            let begun: Result<(), StorageError> = self.database.begin_recovery(epoch).await;
            debug_assert!(begun.is_ok());
        }
        if self.bug == Some(Bug::OthersItemsNotTakenBack) {
            let ended: Result<(), StorageError> = self.database.end_recovery().await;
            debug_assert!(ended.is_ok());
        }
        Ok(true)
    }

    /// The server's chance, for administration.
    #[must_use]
    pub fn randomness(&self) -> &dyn ServerRandomness {
        self.randomness.as_ref()
    }
}

/// A refusal as the tablet's HTTP client reads it.
fn refusal(status: u16, body: &[u8]) -> TransportError {
    let problem: Option<Problem> = serde_json::from_slice(body).ok();
    match (problem, status) {
        (_, 429 | 503) => TransportError::Busy,
        (_, 413) => TransportError::TooLarge,
        (Some(problem), 400..500) => TransportError::Rejected(problem.code),
        (_, status) => TransportError::Failed(status),
    }
}

/// No connection, or it was cut.
#[must_use]
pub fn lost() -> TransportError {
    TransportError::Unreachable("lost on the way".to_owned())
}

/// The server's chance.
struct SiteRandomness(Mutex<Chance>);

impl ServerRandomness for SiteRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        lock(&self.0).fill(bytes);
    }
}

/// A lock that a panic elsewhere does not take away.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
