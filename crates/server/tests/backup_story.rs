//! Stories of backups that are made while tablets push, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_documents::Edit;
use hemrond_protocol::Outcome;
use hemrond_server::storage::{Address, Copied, OnStep};
use hemrond_tests::postgres::Cluster;
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU8, Ordering::Relaxed},
    },
};
use support::{Backend, Place, Tablet, Town, visit};
use tokio::runtime::Handle;

on_both_databases!(
    tablets_push_while_a_backup_is_under_way,
    the_backup_that_is_made_by_the_clock_is_looked_into,
    of_nothing_there_is_no_backup,
);

/// Runs the program on a database; what it said, and whether it ended well.
fn run(database: &str, arguments: &[&str]) -> (String, bool) {
    heard(program(env!("CARGO_BIN_EXE_hemrond-server"), database).args(arguments))
}

fn program(name: &str, database: &str) -> Command {
    let mut command = Command::new(name);
    command
        .env("HEMROND_DATABASE", database)
        .env_remove("HEMROND_DATABASE_FILE")
        .env_remove("PGPASSWORD")
        .stdin(Stdio::null());
    command
}

fn heard(command: &mut Command) -> (String, bool) {
    let output = command.output().unwrap();
    let mut said = String::from_utf8(output.stdout).unwrap();
    said += &String::from_utf8_lossy(&output.stderr);
    (said, output.status.success())
}

/// Eva, who plans one visit after the other.
struct Eva {
    tablet: tokio::sync::Mutex<Tablet>,
    visits: AtomicU8,
}

impl Eva {
    async fn of(town: &Town) -> Arc<Self> {
        Arc::new(Self {
            tablet: tokio::sync::Mutex::new(town.tablet("Eva").await),
            visits: AtomicU8::new(0),
        })
    }

    /// Writes her next visit and sends it; the server says that it has it.
    async fn push(&self) {
        let mut tablet = self.tablet.lock().await;
        let number = self.visits.fetch_add(1, Relaxed) + 1;
        tablet.write(&visit(number), &[Edit::set("reason", "Yrsel")]);
        tablet.sync().await;
        let taken = &tablet.verdicts;
        assert!(
            !taken.is_empty() && taken.iter().all(|one| *one == Outcome::Accepted),
            "{taken:?}"
        );
    }

    fn visits(&self) -> u8 {
        self.visits.load(Relaxed)
    }
}

/// How many of Eva's visits a backup holds: the first ones, without a gap.
async fn visits_in(backup: &Path, backend: Backend, of: u8) -> u8 {
    let place = Place::new(backend);
    let (said, well) = run(
        place.text(),
        &["restore", "--from", backup.to_str().unwrap()],
    );
    assert!(well, "{said}");
    let restored = place.open().await;
    let mut held = Vec::new();
    for number in 1..=of {
        held.push(
            restored
                .document(visit(number).id())
                .await
                .unwrap()
                .is_some(),
        );
    }
    restored.close().await;
    let first = held.iter().take_while(|there| **there).count();
    assert!(held[first..].iter().all(|there| !there), "{held:?}");
    u8::try_from(first).unwrap()
}

/// What is beside the database: nothing that was begun is left.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn private(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).unwrap().permissions().mode() & 0o077 == 0
}

/// AC25: Eva's visits are taken in while the server's database is copied, and the copy is whole.
async fn tablets_push_while_a_backup_is_under_way(backend: Backend) {
    let town = Town::new(backend).await;
    let eva = Eva::of(&town).await;
    eva.push().await;
    eva.push().await;
    let folder = town.place.folder().join("backups");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("backup");
    match town.place.address() {
        Address::Sqlite(_) => {
            // Between steps, whatever is pushed is taken in: the file is not held.
            let (eva, handle) = (Arc::clone(&eva), Handle::current());
            let mut pushes = 0;
            let on_step: OnStep = Box::new(move |_| {
                if pushes < 3 {
                    pushes += 1;
                    handle.block_on(eva.push());
                }
            });
            town.storage.backup(&file, on_step).await.unwrap();
        }
        Address::Postgres(url) => {
            // pg_dump has seen what there is, and waits for a table that nobody pushes to.
            let mut gate = PgConnection::connect(url).await.unwrap();
            let mut held = gate.begin().await.unwrap();
            sqlx::query("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE")
                .execute(&mut *held)
                .await
                .unwrap();
            let (storage, to) = (Arc::clone(&town.storage), file.clone());
            let backup = tokio::spawn(async move { storage.backup(&to, Box::new(|_| {})).await });
            until_somebody_waits(url).await;
            for _ in 0..3 {
                eva.push().await;
            }
            assert!(!file.exists(), "a backup that is not whole has no name");
            held.rollback().await.unwrap();
            backup.await.unwrap().unwrap();
        }
    }
    assert_eq!(eva.visits(), 5);
    assert_eq!(files(&folder), ["backup"]);
    assert!(private(&file), "nobody else reads it");
    let (said, well) = run(
        town.place.text(),
        &["verify", "--backup", file.to_str().unwrap()],
    );
    assert!(well && said.contains("nothing is wrong"), "{said}");
    let held = visits_in(&file, backend, 5).await;
    match backend {
        // It was begun anew after each of them.
        Backend::Sqlite => assert_eq!(held, 5),
        _ => assert_eq!(held, 2, "what was there when it began"),
    }
    let (said, well) = run(town.place.text(), &["verify"]);
    assert!(well, "{said}");
}

/// Asks until a statement waits for the table that is held.
async fn until_somebody_waits(url: &str) {
    let mut asking = PgConnection::connect(url).await.unwrap();
    for _ in 0..100_000 {
        let (waiting,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'sessions'::regclass",
        )
        .fetch_one(&mut asking)
        .await
        .unwrap();
        if waiting > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("nobody waits for the table");
}

/// Somebody writes after every step: the copy is begun anew so often, and then it is finished.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_written_to_without_a_pause_has_backups_too() {
    let town = Town::new(Backend::Sqlite).await;
    let eva = Eva::of(&town).await;
    eva.push().await;
    let file = town.place.folder().join("backup");
    let steps = Arc::new(Mutex::new(Vec::<Copied>::new()));
    let (heard, handle) = (Arc::clone(&steps), Handle::current());
    let writer = Arc::clone(&eva);
    let on_step: OnStep = Box::new(move |copied| {
        heard.lock().unwrap().push(copied);
        handle.block_on(writer.push());
    });
    town.storage.backup(&file, on_step).await.unwrap();
    let steps = steps.lock().unwrap().clone();
    assert!(
        steps.iter().all(|step| step.pages < step.of),
        "there were pages left at every step: {steps:?}"
    );
    assert!(steps.last().unwrap().begun_anew > 10, "{steps:?}");
    assert_eq!(usize::from(eva.visits()), steps.len() + 1);
    let (said, well) = run(
        town.place.text(),
        &["verify", "--backup", file.to_str().unwrap()],
    );
    assert!(well, "{said}");
    let visits = eva.visits();
    assert_eq!(visits_in(&file, Backend::Sqlite, visits).await, visits);
}

/// A backup that fails leaves no file that could be taken for one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_fails_leaves_nothing() {
    let town = Town::new(Backend::Sqlite).await;
    let folder = town.place.folder().join("backups");
    std::fs::create_dir(&folder).unwrap();
    let on_step: OnStep = Box::new(|_| panic!("the machine stops"));
    let made = town.storage.backup(&folder.join("backup"), on_step).await;
    assert!(made.is_err());
    assert_eq!(files(&folder), [""; 0]);
}

/// The script in `deploy/`, with the real program.
fn by_the_clock(database: &str, folder: &Path) -> (String, bool) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/hemrond-backup");
    let ours = Path::new(env!("CARGO_BIN_EXE_hemrond-server")).parent();
    let path = format!(
        "{}:{}",
        ours.unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let mut command = program(script.to_str().unwrap(), database);
    heard(command.env("PATH", path).arg(folder))
}

/// AC25: what the timer runs makes a backup, looks into it, and says when it could not.
async fn the_backup_that_is_made_by_the_clock_is_looked_into(backend: Backend) {
    let town = Town::new(backend).await;
    let eva = Eva::of(&town).await;
    eva.push().await;
    let folder = town.place.folder().join("backups");
    std::fs::create_dir(&folder).unwrap();
    let (said, well) = by_the_clock(town.place.text(), &folder);
    assert!(well && said.contains("is whole"), "{said}");
    let made = files(&folder);
    let [name] = made.as_slice() else {
        panic!("{made:?}")
    };
    assert_eq!(visits_in(&folder.join(name), backend, 1).await, 1);

    let nowhere = match backend {
        Backend::Sqlite => "sqlite:/nowhere/server.sqlite",
        _ => "postgres://nobody@%2Fnowhere/hemrond",
    };
    let (said, well) = by_the_clock(nowhere, &folder);
    assert!(!well && !said.contains("is whole"), "{said}");
    assert_eq!(files(&folder), made, "the earlier one stays");

    // The database is damaged, and so would the backup be: nothing is left of it.
    lose_the_feed(town.place.address()).await;
    let (said, well) = by_the_clock(town.place.text(), &folder);
    assert!(!well && said.contains("wrong"), "{said}");
    assert_eq!(files(&folder), made, "the earlier one stays");
}

async fn lose_the_feed(address: &Address) {
    let lose = "DELETE FROM feed";
    let lost = match address {
        Address::Sqlite(file) => {
            let url = format!("sqlite:{}", file.display());
            let mut hand = SqliteConnection::connect(&url).await.unwrap();
            let lost = sqlx::query(lose).execute(&mut hand).await.unwrap();
            lost.rows_affected()
        }
        Address::Postgres(url) => {
            let mut hand = PgConnection::connect(url).await.unwrap();
            let lost = sqlx::query(lose).execute(&mut hand).await.unwrap();
            lost.rows_affected()
        }
    };
    assert!(lost > 0);
}

/// AC25: where there is no database, or one in which nothing is, nothing is backed up: whoever keeps backups of
/// the wrong place hears of it. Nor does another command make one that is for what is there.
async fn of_nothing_there_is_no_backup(backend: Backend) {
    let place = Place::new(backend);
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backup");
    let backup = ["backup", "--to", to.to_str().unwrap()];
    let others: [&[&str]; 4] = [
        &["recovery", "begin"],
        &["purge", "--dry-run"],
        &["devices", "list"],
        &["log", "verify"],
    ];
    for command in [&backup[..]].into_iter().chain(others) {
        let (said, well) = run(place.text(), command);
        assert!(!well && said.contains("there is no database"), "{said}");
        assert!(said.contains("none was made"), "{said}");
        assert_eq!(files(place.folder()), [""; 0]);
    }
    let (said, well) = by_the_clock(place.text(), folder.path());
    assert!(!well, "{said}");
    // Per puts his backup there all the same, for still nothing is there.
    let town = Town::new(backend).await;
    let pers = town.place.folder().join("pers");
    town.storage.backup(&pers, Box::new(|_| {})).await.unwrap();
    let (said, well) = run(place.text(), &["restore", "--from", pers.to_str().unwrap()]);
    assert!(well, "{said}");

    let empty = Place::new(backend);
    let (said, well) = run(empty.text(), &["organisations", "list"]);
    assert!(well, "{said}");
    let (said, well) = run(empty.text(), &backup);
    assert!(!well && said.contains("holds no organisation"), "{said}");
    assert_eq!(files(folder.path()), [""; 0]);
}

/// AC25: where the database wants a password, the server's own address is enough for its backups.
#[test]
fn a_database_with_a_password_is_backed_up_and_put_back() {
    let cluster = Cluster::shared().unwrap_or_else(|error| panic!("{error}"));
    let password = "tre små ord% @";
    let address = cluster.guarded_database(password).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("backup");
    let file = file.to_str().unwrap();
    let (said, well) = run(
        &address,
        &["organisations", "add", "--name", "Hemrond kommun"],
    );
    assert!(well, "{said}");
    for arguments in [&["backup", "--to", file], &["verify", "--backup", file]] {
        let (said, well) = run(&address, arguments);
        assert!(well && !said.contains("tre"), "{said}");
    }
    let other = cluster.guarded_database(password).unwrap();
    let (said, well) = run(&other, &["restore", "--from", file]);
    assert!(well, "{said}");
    let (said, _) = run(&other, &["organisations", "list"]);
    assert!(said.contains("Hemrond kommun"), "{said}");

    // It really is asked for.
    let wrong = cluster.guarded_database("ett annat").unwrap();
    let wrong = wrong.replace("ett%20annat", "fel");
    let (said, well) = run(&wrong, &["organisations", "list"]);
    assert!(!well && said.contains("password"), "{said}");
}
