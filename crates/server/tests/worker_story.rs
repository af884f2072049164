//! Stories of the worker: what kills, stops or confuses a reader costs that item alone.
//!
//! No change is known that kills a worker of this version. So a worker that can be poisoned stands
//! in for it: this same test program, which reads as the real one does but for the poison.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use async_trait::async_trait;
use hemrond_documents::{Actor, Document, Edit};
use hemrond_domain::{ids::RowId, record::Header};
use hemrond_protocol::{
    ItemKind, Outcome, PushDocument,
    limits::{MAX_DECOMPRESSED, SYNC_WAIT_SECONDS},
};
use hemrond_server::inspector::{
    Findings, Inline, Inspector, Interrupted, Raw, Reader, Reading, Worker, name_of,
    worker::{self, Confinement, Honest, Patience, Program, Reads, StartError, Watch},
};
use hemrond_sync::acceptance::{Finding, Reason};
use hemrond_tests::until;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Write},
    num::NonZeroUsize,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use support::{Backend, Tablet, Town, visit};

/// What a poisoned worker does on reading this.
const POISON: [&str; 4] = ["gift: dör", "gift: fastnar", "gift: yrar", "gift: sväller"];

/// The stand-in, started by the tests below; by itself it finds its input closed and ends.
#[test]
#[ignore = "a program that the other tests start"]
fn poisonable_worker() {
    // The test library says its own on standard output, so the pipe is the third file here.
    let pipe = || File::options().write(true).open("/proc/self/fd/3");
    let Ok(output) = pipe() else { return };
    let junk = pipe().unwrap();
    Confinement::default().apply().unwrap();
    worker::serve(io::stdin(), output, Poisonable { junk }).unwrap();
}

/// Reads as workers do, unless it is poisoned.
struct Poisonable {
    junk: File,
}

impl Reads for Poisonable {
    fn together(&mut self, reader: &mut Reader, items: &[Raw]) -> Option<Vec<Finding>> {
        for item in items {
            self.swallow(item);
        }
        Honest.together(reader, items)
    }

    fn one(&mut self, reader: &mut Reader, item: &Raw) -> Finding {
        self.swallow(item);
        reader.read(item)
    }
}

impl Poisonable {
    fn swallow(&mut self, item: &Raw) {
        let holds = |poison: &str| {
            let poison = poison.as_bytes();
            item.bytes.windows(poison.len()).any(|at| at == poison)
        };
        match POISON.iter().position(|poison| holds(poison)) {
            Some(0) => std::process::abort(),
            Some(1) => loop {
                std::thread::park();
            },
            Some(2) => self.junk.write_all(&[0xff; 64]).unwrap(),
            Some(_) => drop(std::hint::black_box(vec![1_u8; 256 << 20])),
            None => {}
        }
    }
}

fn poisonable() -> Program {
    poisonable_once("true")
}

/// A worker that starts only where a command succeeds.
fn poisonable_once(command: &str) -> Program {
    let worker = "exec \"$0\" poisonable_worker --exact --ignored --nocapture 3>&1 >/dev/null";
    Program {
        path: "/bin/sh".into(),
        arguments: vec![
            "-c".into(),
            format!("{command} && {worker}").into(),
            std::env::current_exe().unwrap().into(),
        ],
    }
}

fn real(confinement: Confinement) -> Program {
    Program::server(
        PathBuf::from(env!("CARGO_BIN_EXE_hemrond-server")),
        confinement,
    )
}

async fn one(program: Program) -> Worker {
    let started = Worker::start(program, NonZeroUsize::MIN, Patience::default()).await;
    started.unwrap()
}

fn changes(actor: u8, header: &Header, edits: &[Edit]) -> Vec<Raw> {
    let mut document = Document::create(header, Actor::from_random([actor; 16])).unwrap();
    let at = "2026-11-03T09:00:00Z".parse().unwrap();
    let each = edits
        .iter()
        .flat_map(|edit| document.edit(at, std::slice::from_ref(edit)).unwrap());
    each.map(|change| Raw {
        kind: ItemKind::Change,
        bytes: change.bytes,
    })
    .collect()
}

/// Notes as long as they may be.
fn notes(count: u16) -> Vec<Edit> {
    let words = "Astrid sover, går upp om natten. ".repeat(121);
    let note = |number: u16| {
        let [high, low] = number.to_be_bytes();
        let row = RowId::from_bytes([high, low, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
        Edit::add_row("notes", row, [("text", words.as_str())])
    };
    (0..count).map(note).collect()
}

fn reading(number: u8, items: Vec<Raw>) -> Reading {
    Reading {
        header: visit(number),
        stored: Vec::new(),
        items,
        keys: BTreeMap::new(),
    }
}

/// Eva's and Omar's changes in one visit, with Berg's between them.
fn three_hands(number: u8, bergs: &str) -> Vec<Raw> {
    let header = visit(number);
    let mut items = changes(1, &header, &[Edit::set("reason", "Yrsel")]);
    items.extend(changes(2, &header, &[Edit::set("called_by", bergs)]));
    items.extend(changes(3, &header, &[Edit::text("note", "Trött i dag.")]));
    items
}

/// What is found where nothing happens to the reader, but with these items refused as unreadable.
fn all_but(work: &[Reading], unreadable: &[(usize, usize)]) -> Vec<Findings> {
    let mut findings: Vec<Findings> = work.iter().map(Inline::read_one).collect();
    for (document, item) in unreadable {
        let found = &mut findings[*document].items[*item];
        let Finding::Change(change) = found else {
            panic!("{found:?}");
        };
        *found = Finding::Refused(Reason::ItemUnreadable, Some(change.hash));
    }
    findings
}

#[tokio::test]
async fn a_worker_finds_what_is_found_without_one() {
    let mut work = vec![
        reading(1, three_hands(1, "Dottern")),
        reading(2, three_hands(2, "Grannen")),
    ];
    // Bytes that are no change, and one that builds on what nobody has.
    work[0].items[1].bytes[20] ^= 1;
    work[1].items = changes(
        4,
        &visit(2),
        &[Edit::set("reason", "Fall"), Edit::set("called_by", "Sonen")],
    );
    work[1].items.remove(0);
    let expected = all_but(&work, &[]);
    assert!(matches!(expected[0].items[1], Finding::Refused(..)));
    let worker = one(real(Confinement::default())).await;
    for _again in 0..2 {
        assert_eq!(worker.read(work.clone()).await.unwrap(), expected);
    }
    assert_eq!(worker.restarts(), 0);
}

#[tokio::test]
async fn what_kills_stops_confuses_or_bloats_a_worker_is_refused_alone() {
    let worker = one(poisonable()).await;
    for poison in POISON {
        let work = vec![
            reading(1, three_hands(1, "Dottern")),
            reading(2, three_hands(2, poison)),
            // The same document again, as it goes on from the push's first part.
            Reading {
                stored: three_hands(2, poison)
                    .into_iter()
                    .map(|item| item.bytes)
                    .collect(),
                ..reading(2, changes(5, &visit(2), &[Edit::set("reason", "Fall")]))
            },
            reading(3, three_hands(3, "Grannen")),
        ];
        let found = worker.read(work.clone()).await.unwrap();
        assert_eq!(found, all_but(&work, &[(1, 1)]), "{poison}");
    }
    // Each poison is met with the others, and then tried twice.
    assert_eq!(worker.restarts(), 3 * POISON.len() as u64);
}

/// What is to come again of a push, and what was found of the rest. Of what nobody read nothing is known.
fn what_is_left(work: Vec<Reading>, found: &[Findings]) -> Vec<Reading> {
    assert_eq!(found.len(), work.len());
    let is_unread = |finding: &Finding| matches!(finding, Finding::Refused(Reason::ItemUnread, _));
    let left = work.into_iter().zip(found).filter_map(|(work, found)| {
        assert_eq!(found.items.len(), work.items.len());
        let items = work.items.into_iter().zip(&found.items);
        let items: Vec<Raw> = items
            .filter(|(_, finding)| is_unread(finding))
            .map(|(item, _)| item)
            .collect();
        (!items.is_empty()).then_some(Reading { items, ..work })
    });
    left.collect()
}

/// Every poison is refused in the end, each push gets rid of some, and nothing honest is called unreadable.
#[tokio::test]
async fn a_push_of_nothing_but_poison_comes_again_until_all_of_it_is_answered() {
    let worker = one(poisonable()).await;
    let mut work: Vec<Reading> = (0..20)
        .map(|number| reading(number, three_hands(number, POISON[0])))
        .collect();
    let losses = Patience::default().losses as u64;
    let (mut refused, mut pushes) = (0, 0);
    while !work.is_empty() {
        let found = worker.read(work.clone()).await.unwrap();
        let before = refused;
        for (work, findings) in work.iter().zip(&found) {
            for (item, finding) in work.items.iter().zip(&findings.items) {
                let is_poison = item.bytes.windows(5).any(|at| at == b"gift:");
                match finding {
                    Finding::Change(_) => assert!(!is_poison),
                    Finding::Refused(Reason::ItemUnreadable, Some(_)) => {
                        assert!(is_poison);
                        refused += 1;
                    }
                    other => assert!(
                        matches!(other, Finding::Refused(Reason::ItemUnread, Some(_))),
                        "{other:?}"
                    ),
                }
            }
        }
        pushes += 1;
        assert!(
            refused > before,
            "a push that gets rid of nothing comes for ever"
        );
        assert!(worker.restarts() <= pushes * losses);
        work = what_is_left(work, &found);
    }
    assert_eq!(refused, 20);
    let honest = vec![reading(1, three_hands(1, "Dottern"))];
    assert_eq!(
        worker.read(honest.clone()).await.unwrap(),
        all_but(&honest, &[])
    );
}

/// A watch that a test moves: so many questions pass before the time is up, and it goes on when told.
#[derive(Debug, Clone, Default)]
struct Hourglass(Arc<AtomicU64>);

impl Hourglass {
    fn turn(&self, grains: u64) {
        self.0.store(grains, Relaxed);
    }

    /// Before the last grain no time has passed, and after it an hour.
    fn watch(&self) -> Watch {
        let grains = Arc::clone(&self.0);
        Watch::new(move || {
            let last = |left: u64| left.checked_sub(1);
            match grains.fetch_update(Relaxed, Relaxed, last) {
                Ok(_) => Duration::ZERO,
                Err(_) => Duration::from_secs(3600),
            }
        })
    }
}

/// However early the time is up, what was found is found, what was not read is called unread, and the
/// worker that was in the midst of it is nobody's any more.
#[tokio::test]
async fn a_push_whose_time_is_up_is_answered_with_what_was_read() {
    let glass = Hourglass::default();
    let worker = one(poisonable()).await.timed_by(glass.watch());
    let work = vec![
        reading(1, three_hands(1, "Dottern")),
        reading(2, three_hands(2, POISON[0])),
        reading(3, three_hands(3, "Grannen")),
    ];
    let whole = all_but(&work, &[(1, 1)]);
    let (mut unread, mut read) = (BTreeSet::new(), 0);
    for grains in 1..40 {
        glass.turn(grains);
        let found = worker.read(work.clone()).await.unwrap();
        assert_eq!(found.len(), work.len(), "{grains}");
        let mut left = 0;
        for (found, whole) in found.iter().zip(&whole) {
            assert_eq!(found.items.len(), whole.items.len(), "{grains}");
            for (found, whole) in found.items.iter().zip(&whole.items) {
                // Called unread, or what it is: nothing in between.
                match found {
                    Finding::Refused(Reason::ItemUnread, Some(_)) => left += 1,
                    found => assert_eq!(found, whole, "{grains}"),
                }
            }
        }
        unread.insert(left);
        read += usize::from(left == 0);
        // Nobody waits for what was left behind.
        glass.turn(u64::MAX);
        let next = vec![reading(4, three_hands(4, "Sonen"))];
        assert_eq!(
            worker.read(next.clone()).await.unwrap(),
            all_but(&next, &[])
        );
    }
    assert!(unread.contains(&9) && unread.len() > 3, "{unread:?}");
    assert!(read > 0, "with time enough all of it is read");
}

on_every_storage!(
    what_nobody_read_is_neither_taken_nor_kept_as_refused,
    a_visit_that_a_push_names_again_and_again_is_not_copied_without_end,
);

/// Reads the first document of each push, and comes to no other.
struct Slow;

#[async_trait]
impl Inspector for Slow {
    async fn read(&self, work: Vec<Reading>) -> Result<Vec<Findings>, Interrupted> {
        let unread = |item: &Raw| Finding::Refused(Reason::ItemUnread, name_of(item));
        let found = work.iter().enumerate().map(|(place, reading)| match place {
            0 => Inline::read_one(reading),
            _ => Findings {
                given: BTreeMap::new(),
                items: reading.items.iter().map(unread).collect(),
            },
        });
        Ok(found.collect())
    }
}

async fn what_nobody_read_is_neither_taken_nor_kept_as_refused(backend: Backend) {
    let town = Town::read_by(backend, Arc::new(Slow)).await;
    let mut eva = town.tablet("Eva").await;
    let unread = || Outcome::Refused("item.unread".to_owned());
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.write(&visit(2), &[Edit::set("reason", "Fall")]);
    eva.write(&visit(2), &[Edit::set("called_by", "Sonen")]);
    let waiting = eva.outbox[1..].to_vec();
    eva.sync().await;
    assert_eq!(eva.verdicts, [Outcome::Accepted, unread(), unread()]);
    let kept = town.storage.refused(eva.device).await.unwrap();
    assert_eq!(kept.len(), 0, "nothing is wrong with them");
    // They come again, and what builds on them is taken with them.
    eva.outbox = waiting;
    eva.sync().await;
    assert_eq!(eva.verdicts, [Outcome::Accepted, Outcome::Accepted]);
}

/// Reads as [`Slow`] does, and weighs what it is given of what is stored.
#[derive(Default)]
struct Scales(Mutex<Vec<usize>>);

impl Scales {
    /// What each reading weighed since it was last asked.
    fn weighed(&self) -> Vec<usize> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[async_trait]
impl Inspector for Scales {
    async fn read(&self, work: Vec<Reading>) -> Result<Vec<Findings>, Interrupted> {
        let weights = work.iter().map(|reading| {
            let stored = reading.stored.iter();
            stored.map(Vec::len).sum::<usize>()
        });
        self.0.lock().unwrap().extend(weights);
        Slow.read(work).await
    }
}

/// A few bytes of a push name a visit, and what is stored of it is copied for each time.
async fn a_visit_that_a_push_names_again_and_again_is_not_copied_without_end(backend: Backend) {
    let scales = Arc::new(Scales::default());
    let town = Town::read_by(backend, Arc::<Scales>::clone(&scales)).await;
    let mut eva = town.tablet("Eva").await;
    eva.write(&visit(1), &notes(1));
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    let (_, small) = eva.outbox[1].clone();
    let all = eva.outbox.len();
    eva.sync().await;
    assert_eq!(eva.verdicts, vec![Outcome::Accepted; all]);
    scales.weighed();
    let named = |items: Vec<_>| PushDocument {
        header: (&visit(1)).into(),
        items,
    };

    let mut request = eva.request();
    request.push = vec![named(Vec::new()); 1_000];
    let answer = eva.send(&request).await.unwrap();
    assert!(answer.verdicts.iter().all(Vec::is_empty));
    assert_eq!(
        scales.weighed(),
        [0; 0],
        "nothing came, and nothing is read"
    );

    // What came with it before is copied too, so it weighs more each time.
    eva.write(&visit(1), &[Edit::set("called_by", "Dottern")]);
    let (_, fresh) = eva.outbox[0].clone();
    request.push = vec![named(vec![small]); 800];
    request.push.push(named(vec![fresh]));
    let answer = eva.send(&request).await.unwrap();
    let weighed = scales.weighed();
    assert!(weighed[0] > 4_000 && weighed.len() < 800, "{weighed:?}");
    let again: usize = weighed[1..].iter().sum();
    assert!(
        again <= MAX_DECOMPRESSED && again > MAX_DECOMPRESSED / 2,
        "{again}"
    );
    let mut verdicts: Vec<Outcome> = answer.verdicts.into_iter().flatten().collect();
    let unread = Outcome::Refused("item.unread".to_owned());
    assert_eq!(verdicts.pop(), Some(unread), "nobody came to it");
    assert_eq!(verdicts, vec![Outcome::Known; 800]);
    assert_eq!(town.storage.refused(eva.device).await.unwrap().len(), 0);
    // By itself it is taken.
    eva.sync().await;
    assert_eq!(eva.verdicts, [Outcome::Accepted]);
}

/// A caseload of visits, long enough to be shared out.
fn caseload(poisoned: Option<u8>) -> Vec<Reading> {
    let of = |number: u8| {
        let by = if poisoned == Some(number) {
            POISON[0]
        } else {
            "Dottern"
        };
        reading(number, three_hands(number, by))
    };
    (0..100).map(of).collect()
}

async fn several(program: Program, size: usize) -> Worker {
    let size = NonZeroUsize::new(size).unwrap();
    Worker::start(program, size, Patience::default())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poison_in_a_push_that_several_read_costs_nobody_else_anything() {
    let worker = several(poisonable(), 9).await;
    for poisoned in [0, 57, 99] {
        let work = caseload(Some(poisoned));
        let found = worker.read(work.clone()).await.unwrap();
        assert_eq!(found, all_but(&work, &[(usize::from(poisoned), 1)]));
    }
    assert_eq!(worker.restarts(), 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_push_is_read_by_those_that_start() {
    // The first starts, and then one more; the third finds nothing left to start with.
    let folder = tempfile::tempdir().unwrap();
    for name in ["one", "two"] {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    let first = folder.path().join("one");
    let second = folder.path().join("two");
    let program = format!(
        "rm {} 2>&1 || rm {} 2>&1",
        first.display(),
        second.display()
    );
    let worker = several(poisonable_once(&format!("{{ {program}; }} >/dev/null")), 9).await;
    let work = caseload(None);
    assert_eq!(worker.read(work.clone()).await, Ok(all_but(&work, &[])));
    assert!(!second.exists(), "a second worker was started for it");
}

#[tokio::test]
async fn a_full_push_is_read_within_the_memory_that_a_worker_has() {
    // One visit with as much in it as a tablet pushes at once, by one hand.
    let full = changes(1, &visit(1), &notes(500));
    let bytes: usize = full.iter().map(|item| item.bytes.len()).sum();
    assert!(bytes > 1_900_000, "{bytes}");
    // And a caseload of short ones.
    let mut work = vec![reading(1, full)];
    work.extend((2..200).map(|number| reading(number, three_hands(number, "Dottern"))));
    let worker = one(real(Confinement::default())).await;
    let found = worker.read(work).await.unwrap();
    assert_eq!(worker.restarts(), 0);
    let all = found.iter().flat_map(|findings| &findings.items);
    for finding in all {
        assert!(
            matches!(finding, Finding::Change(change) if change.checked),
            "{finding:?}"
        );
    }
}

#[tokio::test]
async fn the_real_worker_dies_of_a_document_that_is_too_large_and_the_next_goes_on() {
    let large = changes(1, &visit(1), &notes(500));
    let mut work = vec![
        Reading {
            stored: large.into_iter().map(|item| item.bytes).collect(),
            ..reading(1, changes(2, &visit(1), &[Edit::set("called_by", "Sonen")]))
        },
        reading(2, three_hands(2, "Dottern")),
    ];
    let worker = one(real(Confinement { memory: 6 << 20 })).await;
    let found = worker.read(work.clone()).await.unwrap();
    assert!(matches!(
        found[0].items[..],
        [Finding::Refused(Reason::ItemUnreadable, Some(_))]
    ));
    assert_eq!(worker.restarts(), 2);
    work.remove(0);
    assert_eq!(found[1..], all_but(&work, &[]));
}

#[tokio::test]
async fn a_program_that_is_no_worker_is_noticed_at_the_start() {
    for (path, arguments) in [
        ("/bin/false", vec![]),
        ("/nowhere/at/all", vec![]),
        ("/bin/sh", vec!["-c".into(), "echo hej".into()]),
    ] {
        let program = Program {
            path: path.into(),
            arguments,
        };
        let started = Worker::start(program, NonZeroUsize::MIN, Patience::default()).await;
        let error = started.unwrap_err();
        assert!(
            matches!(
                error,
                StartError::Unstarted { .. } | StartError::Silent { .. }
            ),
            "{error}"
        );
        assert!(
            error.to_string().contains("--inspect in-process"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_machine_that_starts_no_more_workers_refuses_nothing() {
    // It starts while the file is there, and never again.
    let folder = tempfile::tempdir().unwrap();
    let once = folder.path().join("once");
    std::fs::write(&once, "").unwrap();
    let worker = one(poisonable_once(&format!("rm {}", once.display()))).await;
    let work = vec![reading(1, three_hands(1, POISON[0]))];
    assert_eq!(worker.read(work).await, Err(Interrupted));
}

#[tokio::test]
async fn evas_poisoned_change_is_kept_on_both_sides_and_the_rest_of_her_push_arrives() {
    let worker = Arc::new(one(poisonable()).await);
    let town = Town::read_by(Backend::Sqlite, worker).await;
    let mut eva = town.tablet("Eva").await;
    let mut omar = town.tablet("Omar").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.write(&visit(2), &[Edit::set("reason", "Fall")]);
    eva.write(&visit(2), &[Edit::set("called_by", POISON[0])]);
    eva.write(&visit(3), &[Edit::set("reason", "Andnöd")]);
    let poison = eva.outbox[2].1.bytes.clone();
    eva.sync().await;
    assert_eq!(
        eva.verdicts,
        [
            Outcome::Accepted,
            Outcome::Accepted,
            Outcome::Refused("item.unreadable".to_owned()),
            Outcome::Accepted,
        ]
    );
    let kept = town.storage.refused(eva.device).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].code, "item.unreadable");
    assert_eq!(kept[0].document, Some(visit(2).id()));
    assert_eq!(kept[0].bytes, poison);

    omar.sync().await;
    for (number, reason) in [(1, "Yrsel"), (2, "Fall"), (3, "Andnöd")] {
        assert_eq!(
            omar.field(&visit(number), "reason").as_deref(),
            Some(reason)
        );
    }
    assert_eq!(omar.field(&visit(2), "called_by"), None);
    let metrics = town
        .server
        .metrics
        .render(0, town.server.inspector.restarts());
    assert!(
        metrics.contains("hemrond_reader_restarts_total 3"),
        "{metrics}"
    );
}

/// A server in its own process, killed when the test ends.
struct Serving {
    child: Child,
    url: String,
    operators: String,
}

impl Serving {
    fn start(folder: &std::path::Path, inspect: &[&str]) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_hemrond-server"))
            .current_dir(folder)
            .env("HEMROND_DATABASE", "sqlite:server.sqlite")
            .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen"])
            .arg(port.to_string())
            .args(inspect)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = io::BufReader::new(child.stdout.as_mut().unwrap());
        io::BufRead::read_line(&mut said, &mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            url: url.to_owned(),
            child,
            operators: format!("http://{port}"),
        }
    }

    /// The processes that the server has started.
    fn workers(&self) -> Vec<u32> {
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        all.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|id| parent(*id) == Some(self.child.id()))
            .collect()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process's parent, while it runs.
fn parent(id: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut parts = rest.split(' ');
    (parts.next()? != "Z").then_some(())?;
    parts.next()?.parse().ok()
}

#[tokio::test]
async fn a_workers_world_is_two_pipes_and_it_ends_with_its_server() {
    let folder = tempfile::tempdir().unwrap();
    let mut serving = Serving::start(folder.path(), &[]);
    let workers = serving.workers();
    let [worker] = workers[..] else {
        panic!("{workers:?}");
    };
    let about = |what: &str| format!("/proc/{worker}/{what}");
    assert_eq!(std::fs::read(about("environ")).unwrap(), b"");
    let mut files: Vec<(String, String)> = std::fs::read_dir(about("fd"))
        .unwrap()
        .flatten()
        .map(|entry| {
            let target = std::fs::read_link(entry.path()).unwrap();
            let number = entry.file_name().into_string().unwrap();
            (number, target.to_string_lossy().into_owned())
        })
        .collect();
    files.sort();
    let [(_, input), (_, output), (_, errors)] = &files[..] else {
        panic!("{files:?}");
    };
    assert!(input.starts_with("pipe:") && output.starts_with("pipe:"));
    assert_eq!(errors, "/dev/null");
    let limits = std::fs::read_to_string(about("limits")).unwrap();
    let data = limits
        .lines()
        .find(|line| line.starts_with("Max data size"));
    let memory = Confinement::default().memory.to_string();
    assert!(data.unwrap().contains(&memory), "{limits}");

    serving.child.kill().unwrap();
    serving.child.wait().unwrap();
    until("the worker ends", || parent(worker).is_none().then_some(()));
}

#[tokio::test]
async fn a_worker_that_is_killed_from_outside_costs_nobody_anything() {
    let folder = tempfile::tempdir().unwrap();
    let codes = Command::new(env!("CARGO_BIN_EXE_hemrond-server"))
        .current_dir(folder.path())
        .env("HEMROND_DATABASE", "sqlite:server.sqlite")
        .args(["seed", "--print-codes"])
        .output()
        .unwrap();
    let codes: serde_json::Value = serde_json::from_slice(&codes.stdout).unwrap();
    let serving = Serving::start(folder.path(), &[]);
    let code = codes["eva"].as_str().unwrap();
    let mut eva = Tablet::enrol_anywhere(&serving.url, code).await.unwrap();
    eva.sync().await;
    let [worker] = serving.workers()[..] else {
        panic!("one worker waits");
    };
    let killed = Command::new("kill")
        .args(["-KILL", &worker.to_string()])
        .status();
    assert!(killed.unwrap().success());
    until("the worker ends", || parent(worker).is_none().then_some(()));

    let visit = Header::visit(
        eva.user.organisation,
        eva.user.unit,
        hemrond_domain::ids::PersonId::from_bytes([7; 16]),
        hemrond_domain::ids::VisitId::from_bytes([8; 16]),
    );
    eva.write(&visit, &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    assert_eq!(eva.verdicts, [Outcome::Accepted]);
    let metrics = reqwest::get(format!("{}/metrics", serving.operators)).await;
    let metrics = metrics.unwrap().text().await.unwrap();
    assert!(
        metrics.contains("hemrond_reader_restarts_total 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_server_that_reads_by_itself_starts_no_worker() {
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(folder.path(), &["--inspect", "in-process"]);
    assert_eq!(serving.workers().len(), 0);
}

#[test]
fn even_a_push_of_poison_that_hangs_is_answered_before_its_tablet_gives_up() {
    let Patience { step, push, .. } = Patience::default();
    // The last document is asked for and opened just before the time is up.
    let worst = push + 2 * step;
    let tablet = Duration::from_secs(SYNC_WAIT_SECONDS);
    assert!(worst < tablet, "{worst:?}");
    // A poison costs three steps: one of them at least is refused for good, so that the push gets smaller.
    assert!(3 * step < push);
}
