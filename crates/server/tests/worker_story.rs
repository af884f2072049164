//! Stories of the worker: what kills, stops or confuses a reader costs that item alone.
//!
//! No change is known that kills a worker of this version. So a worker that can be poisoned stands
//! in for it: this same test program, which reads as the real one does but for the poison.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_documents::{Actor, Document, Edit};
use hemrond_domain::{ids::RowId, record::Header};
use hemrond_protocol::{ItemKind, Outcome};
use hemrond_server::inspector::{
    Findings, Inline, Inspector, Interrupted, Raw, Reader, Reading, Worker,
    worker::{self, Confinement, Honest, Patience, Program, Reads, StartError},
};
use hemrond_sync::acceptance::{Finding, Reason};
use hemrond_tests::until;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write},
    num::NonZeroUsize,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
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

#[tokio::test]
async fn a_push_of_nothing_but_poison_is_refused_and_the_next_is_read() {
    let worker = one(poisonable()).await;
    let work: Vec<Reading> = (0..40)
        .map(|number| reading(number, three_hands(number, POISON[0])))
        .collect();
    let found = worker.read(work.clone()).await.unwrap();
    assert_eq!(found.len(), work.len());
    let poisoned = found.iter().all(|findings| {
        matches!(
            findings.items[1],
            Finding::Refused(Reason::ItemUnreadable, Some(_))
        )
    });
    assert!(poisoned);
    assert_eq!(worker.restarts(), Patience::default().losses as u64);

    let honest = vec![reading(1, three_hands(1, "Dottern"))];
    assert_eq!(
        worker.read(honest.clone()).await.unwrap(),
        all_but(&honest, &[])
    );
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
fn even_poison_that_hangs_is_refused_before_the_request_is_given_up() {
    let Patience { step, losses } = Patience::default();
    let worst = step * u32::try_from(losses).unwrap();
    assert!(worst < Duration::from_secs(120), "{worst:?}");
}
