//! Stories of the storage in memory: what its gates, its locks and its deaths do to others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use async_trait::async_trait;
use ed25519_dalek::{Signer as _, SigningKey};
use hemrond_documents::Edit;
use hemrond_domain::{ids::DeviceId, people::Role};
use hemrond_policy::Policy;
use hemrond_protocol::{
    ENROL_PATH, Epoch, Outcome, SYNC_PATH, SyncRequest, SyncResponse, WireId,
    enrolment::device_id,
    signature::{self, Signed, Target},
};
use hemrond_server::{
    admission::{Presented, admit},
    authoring::draw_actor,
    credential::draw_code,
    enrolment,
    environment::{Clock, SystemChance},
    exchange,
    state::Server,
    storage::{
        Accounts, Storage,
        memory::{Call, Gate, Memory, Moment, Numbering, Open, Point},
    },
};
use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};
use support::{HEMTJANST, TestClock, populate, visit};
use tokio::sync::Semaphore;

/// Stops a process at the points that a story names, until it is let go.
struct Stops {
    at: Mutex<Vec<Point>>,
    passed: Mutex<Vec<Point>>,
    go: Semaphore,
}

impl Stops {
    fn at(moments: &[Moment]) -> Arc<Self> {
        let point = |moment: &Moment| Point {
            call: Call::TakeIn,
            moment: *moment,
        };
        Arc::new(Self {
            at: Mutex::new(moments.iter().map(point).collect()),
            passed: Mutex::default(),
            go: Semaphore::new(0),
        })
    }

    fn go(&self) {
        self.go.add_permits(1);
    }

    fn came_to(&self, moment: Moment) -> bool {
        let call = Call::TakeIn;
        self.passed
            .lock()
            .unwrap()
            .contains(&Point { call, moment })
    }
}

#[async_trait]
impl Gate for Stops {
    async fn pass(&self, point: Point) {
        self.passed.lock().unwrap().push(point);
        let stops = {
            let mut at = self.at.lock().unwrap();
            let found = at.iter().position(|stop| *stop == point);
            found.map(|index| at.remove(index)).is_some()
        };
        if stops {
            self.go.acquire().await.unwrap().forget();
        }
    }
}

/// A server process around a database in memory, without HTTP.
fn process(memory: &Memory, gate: Arc<dyn Gate>) -> Server {
    support::process(Arc::new(memory.process(gate)), Arc::new(TestClock::new()))
}

async fn town(numbering: Numbering) -> Memory {
    let memory = Memory::numbered(Epoch([9; 16]), numbering);
    let storage = memory.process(Arc::new(Open));
    populate(&storage, &Policy::load().unwrap(), &TestClock::new()).await;
    memory
}

fn device_of(key: &SigningKey) -> DeviceId {
    device_id(key.verifying_key().as_bytes())
}

fn target(path: &str) -> Target<'_> {
    Target {
        method: "POST",
        path,
        query: None,
    }
}

/// Signs a request with a nonce of this process.
async fn sign(server: &Server, key: &SigningKey, path: &str, body: &[u8]) -> Signed {
    let nonce = server.nonces.draw(server).await.unwrap();
    signature::sign(&target(path), body, device_of(key), &nonce, |base| {
        Ok::<_, std::convert::Infallible>(key.sign(base).to_bytes())
    })
    .unwrap()
}

fn presented<'a>(signed: &'a Signed, path: &'a str) -> Presented<'a> {
    Presented {
        target: target(path),
        content_digest: &signed.content_digest,
        signature_input: &signed.signature_input,
        signature: &signed.signature,
    }
}

/// A tablet that speaks to a process without HTTP.
struct Tablet {
    key: SigningKey,
    actor: hemrond_documents::Actor,
    cursor: u64,
    epoch: Option<Epoch>,
    /// The documents that came.
    holds: Vec<WireId>,
}

impl Tablet {
    async fn of(name: &str, server: &Server) -> Self {
        let users = server.storage.users().await.unwrap();
        let user = users.iter().find(|user| user.user.name.starts_with(name));
        let code = draw_code(&SystemChance);
        let until = server.clock.now_ms() + 1;
        let user = user.unwrap().user.id;
        server
            .storage
            .add_code(code.sha256, user, until)
            .await
            .unwrap();
        let key = SigningKey::from_bytes(&[name.as_bytes()[0]; 32]);
        let request = hemrond_protocol::enrolment::EnrolRequest {
            user: None,
            sealed_key: None,
            sign_in: None,
            code: code.text,
            tablet: "Surfplatta".to_owned(),
            public_key: hex::encode(key.verifying_key().as_bytes()),
        };
        let body = serde_json::to_vec(&request).unwrap();
        let signed = sign(server, &key, ENROL_PATH, &body).await;
        let presented = presented(&signed, ENROL_PATH);
        let answer = enrolment::enrol(server, &request, Some(&presented), &body).await;
        assert_eq!(answer.unwrap().device, device_of(&key));
        Self {
            key,
            actor: draw_actor(&SystemChance),
            cursor: 0,
            epoch: None,
            holds: Vec::new(),
        }
    }

    /// A request that pushes a new visit.
    fn writes(&self, number: u8) -> SyncRequest {
        let header = visit(number);
        let mut document = hemrond_documents::Document::create(&header, self.actor).unwrap();
        let at = TestClock::new().now();
        let changes = document.edit(at, &[Edit::set("reason", "Yrsel")]).unwrap();
        let items = changes.into_iter().map(|change| hemrond_protocol::Item {
            kind: hemrond_protocol::ItemKind::Change,
            bytes: change.bytes,
            author: None,
        });
        SyncRequest {
            push: vec![hemrond_protocol::PushDocument {
                header: (&header).into(),
                items: items.collect(),
            }],
            ..self.asks()
        }
    }

    /// A request that pushes nothing.
    fn asks(&self) -> SyncRequest {
        SyncRequest {
            run: None,
            log: None,
            packing: None,
            elsewhere: None,
            looked: None,
            protocol: hemrond_protocol::VERSION,
            epoch: self.epoch,
            cursor: self.cursor,
            push: Vec::new(),
            wanted: Vec::new(),
            digest: None,
            page_bytes: 1 << 20,
            app: "test".to_owned(),
        }
    }

    async fn send(&self, server: &Server, request: SyncRequest) -> SyncResponse {
        let body = hemrond_protocol::encoding::encode(&request).unwrap();
        let signed = sign(server, &self.key, SYNC_PATH, &body).await;
        let presented = presented(&signed, SYNC_PATH);
        let (device, account) = admit(server, Some(&presented)).await.unwrap();
        let answer = exchange::exchange(server, &device, account, request).await;
        answer.unwrap().0
    }

    async fn sync(&mut self, server: &Server) {
        let answer = self.send(server, self.asks()).await;
        self.cursor = answer.cursor;
        self.epoch = Some(answer.epoch);
        let came = answer.deliveries.iter();
        self.holds.extend(came.map(|delivery| {
            let header = hemrond_domain::record::Header::try_from(&delivery.header).unwrap();
            WireId::from(header.id())
        }));
    }

    fn holds(&self, number: u8) -> bool {
        self.holds.contains(&WireId::from(visit(number).id()))
    }
}

/// Lets a future go on as far as it can by itself. The reading of a push happens on another thread,
/// so that a wait for it is given time by the runtime.
async fn as_far_as_it_goes<F: Future>(
    future: std::pin::Pin<&mut F>,
    arrived: impl Fn() -> bool,
) -> Option<F::Output> {
    let mut future = future;
    loop {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return Some(done);
        }
        if arrived() {
            return None;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_paused_writer_holds_up_the_next_and_readers_see_what_is_committed() {
    let memory = town(Numbering::UnderLock).await;
    let stops = Stops::at(&[Moment::Commit]);
    let first = process(&memory, stops.clone());
    let waits = Stops::at(&[]);
    let second = process(&memory, waits.clone());
    let eva = Tablet::of("Eva", &first).await;
    let anna = Tablet::of("Anna", &second).await;
    let mut omar = Tablet::of("Omar", &second).await;
    omar.sync(&second).await;
    let before = omar.cursor;

    let mut evas = pin!(eva.send(&first, eva.writes(1)));
    let paused = as_far_as_it_goes(evas.as_mut(), || stops.came_to(Moment::Commit)).await;
    assert!(paused.is_none());
    let mut annas = pin!(anna.send(&second, anna.writes(2)));
    let waiting = as_far_as_it_goes(annas.as_mut(), || waits.came_to(Moment::Begin)).await;
    assert!(waiting.is_none() && !waits.came_to(Moment::Locked));
    omar.sync(&second).await;
    assert_eq!(omar.cursor, before, "nothing is visible before its commit");

    stops.go();
    assert_eq!(evas.await.verdicts, [[Outcome::Accepted]]);
    assert_eq!(annas.await.verdicts, [[Outcome::Accepted]]);
    omar.sync(&second).await;
    assert!(omar.holds(1) && omar.holds(2));
    assert_eq!(omar.cursor, before + 2);
}

#[tokio::test]
async fn a_process_that_dies_before_its_commit_leaves_no_trace_and_one_after_it_has_written() {
    for (moment, written) in [
        (Moment::Begin, false),
        (Moment::Locked, false),
        (Moment::Commit, false),
        (Moment::Committed, true),
    ] {
        let memory = town(Numbering::UnderLock).await;
        let stops = Stops::at(&[moment]);
        let dying = process(&memory, stops.clone());
        let other = process(&memory, Arc::new(Open));
        let eva = Tablet::of("Eva", &dying).await;
        let before = memory.process(Arc::new(Open));
        let before = hemrond_server::storage::Upkeep::life(&before)
            .await
            .unwrap();
        let request = eva.writes(1);
        {
            let mut sending = pin!(eva.send(&dying, request.clone()));
            let paused = as_far_as_it_goes(sending.as_mut(), || stops.came_to(moment)).await;
            assert!(paused.is_none(), "{moment:?}");
        }
        let head = other.storage.life().await.unwrap().head;
        assert_eq!(head, before.head + u64::from(written), "{moment:?}");
        // The lock is free: she sends the same again through another process.
        let expected = if written {
            Outcome::Known
        } else {
            Outcome::Accepted
        };
        assert_eq!(eva.send(&other, request).await.verdicts, [[expected]]);
        let mut omar = Tablet::of("Omar", &other).await;
        omar.sync(&other).await;
        let visits = omar
            .holds
            .iter()
            .filter(|id| **id == WireId::from(visit(1).id()));
        assert_eq!(visits.count(), 1, "{moment:?}");
    }
}

#[tokio::test]
async fn a_copy_of_the_state_is_a_backup_and_a_restored_database_forgets() {
    let memory = town(Numbering::UnderLock).await;
    let server = process(&memory, Arc::new(Open));
    let eva = Tablet::of("Eva", &server).await;
    eva.send(&server, eva.writes(1)).await;
    let backup = memory.clone_state();
    eva.send(&server, eva.writes(2)).await;

    memory.restore(&backup);
    let server = process(&memory, Arc::new(Open));
    server
        .storage
        .begin_recovery(Epoch([10; 16]))
        .await
        .unwrap();
    let mut omar = Tablet::of("Omar", &server).await;
    omar.sync(&server).await;
    assert!(omar.holds(1) && !omar.holds(2));
    assert_eq!(omar.epoch, Some(Epoch([10; 16])));
    // The copy stays as it was, whatever is written afterwards.
    eva.send(&server, eva.writes(3)).await;
    memory.restore(&backup);
    let forgotten = memory.process(Arc::new(Open));
    let kept = hemrond_server::storage::Records::document(&forgotten, visit(3).id());
    assert!(kept.await.unwrap().is_none());
}

/// The fault that [`Numbering::BeforeLock`] plants is a real one: a cursor steps over an item. With
/// the honest numbering the same story cannot happen.
#[tokio::test]
async fn numbers_drawn_before_the_lock_make_a_cursor_skip_and_those_under_it_do_not() {
    for (numbering, skipped) in [(Numbering::BeforeLock, true), (Numbering::UnderLock, false)] {
        let memory = town(numbering).await;
        // The planted fault comes to its beginning twice; the second time it has its number.
        let stops = Stops::at(match numbering {
            Numbering::BeforeLock => &[Moment::Begin, Moment::Begin],
            Numbering::UnderLock => &[Moment::Begin],
        });
        let slow = process(&memory, stops.clone());
        let fast = process(&memory, Arc::new(Open));
        let eva = Tablet::of("Eva", &slow).await;
        let anna = Tablet::of("Anna", &fast).await;
        let mut omar = Tablet::of("Omar", &fast).await;
        let mut evas = pin!(eva.send(&slow, eva.writes(1)));
        if skipped {
            stops.go();
            let drawn = || stops.at.lock().unwrap().is_empty();
            assert!(as_far_as_it_goes(evas.as_mut(), drawn).await.is_none());
        } else {
            let begun = || stops.came_to(Moment::Begin);
            assert!(as_far_as_it_goes(evas.as_mut(), begun).await.is_none());
        }
        anna.send(&fast, anna.writes(2)).await;
        omar.sync(&fast).await;
        stops.go();
        assert_eq!(evas.await.verdicts, [[Outcome::Accepted]]);
        omar.sync(&fast).await;
        assert!(omar.holds(2));
        assert_eq!(omar.holds(1), !skipped, "{numbering:?}");
    }
}

#[tokio::test]
async fn another_process_learns_of_news_when_it_looks() {
    let memory = town(Numbering::UnderLock).await;
    let (first, second) = (
        memory.process(Arc::new(Open)),
        process(&memory, Arc::new(Open)),
    );
    let server = process(&memory, Arc::new(Open));
    let seen = hemrond_server::storage::Upkeep::head(&first);
    let before = *seen.borrow();
    let eva = Tablet::of("Eva", &server).await;
    eva.send(&server, eva.writes(1)).await;
    assert_eq!(*server.storage.head().borrow(), before + 1);
    assert_eq!(*seen.borrow(), before);
    hemrond_server::storage::Upkeep::refresh_head(&first)
        .await
        .unwrap();
    assert_eq!(*seen.borrow(), before + 1);

    // A role that changes through one process voids what another worked out before.
    let users = second.storage.users().await.unwrap();
    let eva = users
        .iter()
        .find(|user| user.user.name == "Eva Lind")
        .unwrap();
    let change = hemrond_server::storage::RoleChange {
        user: eva.user.id,
        access_version: eva.access_version,
        role: Role::Hemtjanst,
        unit: HEMTJANST,
        before: second.policy.readable(&(&eva.user).into()),
        after: second.policy.readable(&(&eva.user).into()),
    };
    first.change_role(&change).await.unwrap();
    let again = second.storage.change_role(&change).await;
    let again = again.unwrap_err();
    assert!(again.is_passing(), "{again}");
}

/// A storage is what the server's parts take it for.
#[test]
fn a_process_is_a_storage() {
    fn storage(_: &dyn Storage) {}
    storage(&Memory::new(Epoch([1; 16])).process(Arc::new(Open)));
}
