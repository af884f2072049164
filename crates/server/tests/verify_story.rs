//! Stories of checking, backing up and restoring, by the real program on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_documents::Edit;
use hemrond_domain::{ids::OrganisationId, people::Role};
use hemrond_server::{elsewhere::list_people, storage::Address};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection, postgres::PgConnectOptions};
use std::{
    os::unix::{fs::PermissionsExt, process::ExitStatusExt},
    path::Path,
    process::{Command, Stdio},
};
use support::{ASTRID, Backend, HEMTJANST, KOMMUN, Place, Town, person, visit};

on_both_databases!(
    whatever_is_damaged_is_named,
    people_from_before_there_was_a_list_of_numbers_are_listed,
    a_backup_is_restored_where_nothing_is_and_nowhere_else,
);

/// What the program said: everything, and whether it ended well.
fn run(place: &Place, arguments: &[&str]) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_hemrond-server"))
        .env("HEMROND_DATABASE", place.text())
        .env_remove("HEMROND_DATABASE_FILE")
        .stdin(Stdio::null())
        .args(arguments)
        .output()
        .unwrap();
    let mut said = String::from_utf8(output.stdout).unwrap();
    said += &String::from_utf8_lossy(&output.stderr);
    (said, output.status.success())
}

/// A hand in the database, past everything that keeps it whole.
enum Hand {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Hand {
    async fn in_(place: &Place) -> Self {
        match place.address() {
            Address::Sqlite(file) => {
                let url = format!("sqlite:{}", file.display());
                Self::Sqlite(SqliteConnection::connect(&url).await.unwrap())
            }
            Address::Postgres(url) => Self::Postgres(PgConnection::connect(url).await.unwrap()),
        }
    }

    /// The bytes that a query finds first.
    async fn bytes(&mut self, query: &'static str) -> Vec<u8> {
        let (bytes,): (Vec<u8>,) = match self {
            Self::Sqlite(hand) => sqlx::query_as(query).fetch_one(hand).await.unwrap(),
            Self::Postgres(hand) => sqlx::query_as(query).fetch_one(hand).await.unwrap(),
        };
        bytes
    }

    /// Runs a statement with some bytes, and tells how many rows it met.
    async fn run(&mut self, statement: &'static str, bytes: &[&[u8]]) -> u64 {
        match self {
            Self::Sqlite(hand) => {
                let mut query = sqlx::query(statement);
                for bytes in bytes {
                    query = query.bind(bytes.to_vec());
                }
                query.execute(hand).await.unwrap().rows_affected()
            }
            Self::Postgres(hand) => {
                let mut query = sqlx::query(statement);
                for bytes in bytes {
                    query = query.bind(bytes.to_vec());
                }
                query.execute(hand).await.unwrap().rows_affected()
            }
        }
    }

    /// Turns one bit of what a query finds, and tells what it was before.
    async fn turn(
        &mut self,
        query: &'static str,
        update: &'static str,
        from_end: usize,
    ) -> Vec<u8> {
        let whole = self.bytes(query).await;
        let mut broken = whole.clone();
        let at = broken.len() - from_end;
        broken[at] ^= 1;
        assert_eq!(self.run(update, &[&broken, &whole]).await, 1);
        whole
    }
}

/// A day's work: several authors, a signature, a change of role, and something refused.
async fn a_day(backend: Backend) -> Town {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    let mut omar = town.tablet("Omar").await;
    let mut stina = town.tablet("Stina").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.write(&visit(1), &[Edit::set("called_by", "Dottern")]);
    eva.sync().await;
    omar.sync().await;
    omar.write(&visit(1), &[Edit::set("reason", "Yrsel och fall")]);
    omar.sync().await;
    eva.sync().await;
    eva.sign(&visit(1));
    eva.sync().await;
    stina.write(&visit(2), &[Edit::set("reason", "Nyfiken")]);
    stina.sync().await;
    town.set_role("Omar", Role::Hemtjanst, HEMTJANST).await;
    town.set_role("Omar", Role::Nurse, support::TEAM).await;
    town
}

/// A database from before other organisations could find a person: `verify` names the document, and the server
/// lists it when it starts.
async fn people_from_before_there_was_a_list_of_numbers_are_listed(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    let number = [
        Edit::set("identity", "191212121212"),
        Edit::set("identity_kind", "personnummer"),
    ];
    eva.write(&person(), &number);
    eva.sync().await;
    let region = OrganisationId::from_bytes([11; 16]);
    let listed = || {
        let storage = &town.storage;
        storage.people_numbered("191212121212", region, 10)
    };
    assert_eq!(listed().await.unwrap(), [(KOMMUN, ASTRID)]);
    let mut hand = Hand::in_(&town.place).await;
    assert_eq!(hand.run("DELETE FROM person_numbers", &[]).await, 1);
    let (said, well) = run(&town.place, &["verify"]);
    assert!(!well && said.contains("is not listed"), "{said}");
    let storage = town.storage.as_ref();
    assert_eq!(list_people(storage).await.unwrap(), 1);
    assert_eq!(listed().await.unwrap(), [(KOMMUN, ASTRID)]);
    let (said, well) = run(&town.place, &["verify"]);
    assert!(well, "{said}");
    assert_eq!(list_people(storage).await.unwrap(), 0);
}

/// AC5: one changed bit in an item, in what was signed, or in a signature is found and named.
async fn whatever_is_damaged_is_named(backend: Backend) {
    let town = a_day(backend).await;
    let place = &town.place;
    let whole = || {
        let (said, well) = run(place, &["verify"]);
        assert!(well && said.contains("nothing is wrong"), "{said}");
        assert!(
            said.contains("1 signed entries") && said.contains("1 refused items"),
            "{said}"
        );
    };
    let wrong = |words: &[&str]| {
        let (said, well) = run(place, &["verify"]);
        assert!(!well, "{said}");
        for words in words {
            assert!(said.contains(words), "\"{words}\" is not in: {said}");
        }
    };
    whole();
    let mut hand = Hand::in_(place).await;
    let id = visit(1).id().to_string();

    // One bit in an item, in a signature, in a digest, in what was refused.
    let item = "SELECT bytes FROM items WHERE kind = 0 ORDER BY fed DESC LIMIT 1";
    let set_item = "UPDATE items SET bytes = $1 WHERE bytes = $2";
    let back =
        "UPDATE items SET bytes = $1 WHERE fed = (SELECT MAX(fed) FROM items WHERE kind = 0)";
    let name = hand
        .bytes("SELECT hash FROM items WHERE kind = 0 ORDER BY fed DESC LIMIT 1")
        .await;
    let before = hand.turn(item, set_item, 20).await;
    let place_of_it = format!(
        "item {}: its bytes cannot be read: the checksum",
        hex::encode(name)
    );
    wrong(&[
        &place_of_it,
        "restore the newest backup in which 'verify' finds nothing",
    ]);
    assert_eq!(hand.run(back, &[&before]).await, 1);
    whole();

    let entry = "SELECT bytes FROM items WHERE kind = 1";
    let before = hand.turn(entry, set_item, 1).await;
    wrong(&[
        &format!("document {id}, item"),
        "its signature does not hold",
    ]);
    assert_eq!(
        hand.run("UPDATE items SET bytes = $1 WHERE kind = 1", &[&before])
            .await,
        1
    );
    whole();

    // The same in what was signed, before the 64 bytes of the signature.
    let before = hand.turn(entry, set_item, 64 + 200).await;
    wrong(&[&format!("document {id}, item")]);
    assert_eq!(
        hand.run("UPDATE items SET bytes = $1 WHERE kind = 1", &[&before])
            .await,
        1
    );
    whole();

    let digest = "SELECT digest FROM documents WHERE kind = 'visit'";
    let before = hand
        .turn(
            digest,
            "UPDATE documents SET digest = $1 WHERE digest = $2",
            1,
        )
        .await;
    wrong(&[&format!(
        "document {id}: its digest is not that of its items"
    )]);
    let back = "UPDATE documents SET digest = $1 WHERE kind = 'visit'";
    assert_eq!(hand.run(back, &[&before]).await, 1);
    whole();

    let refused = "SELECT bytes FROM refused_items";
    let set = "UPDATE refused_items SET bytes = $1 WHERE bytes = $2";
    let before = hand.turn(refused, set, 1).await;
    wrong(&["refused item", "its bytes are those of"]);
    assert_eq!(
        hand.run("UPDATE refused_items SET bytes = $1", &[&before])
            .await,
        1
    );
    whole();

    // One byte of the access log, of a hash of its tree, of its order.
    let entry = "SELECT bytes FROM log_entries WHERE idx = 1";
    let set = "UPDATE log_entries SET bytes = $1 WHERE bytes = $2";
    let before = hand.turn(entry, set, 3).await;
    wrong(&["access log, entry 1: its bytes are those of"]);
    let back = "UPDATE log_entries SET bytes = $1 WHERE idx = 1";
    assert_eq!(hand.run(back, &[&before]).await, 1);
    whole();
    let node = "SELECT hash FROM log_nodes WHERE level = 1 AND idx = 0";
    let set = "UPDATE log_nodes SET hash = $1 WHERE hash = $2";
    let before = hand.turn(node, set, 1).await;
    wrong(&["access log, level 1 of the tree, place 0: its hash is not what its bytes say"]);
    let back = "UPDATE log_nodes SET hash = $1 WHERE level = 1 AND idx = 0";
    assert_eq!(hand.run(back, &[&before]).await, 1);
    whole();

    // An item that stands under another's name.
    let swap = "UPDATE items SET bytes = (SELECT o.bytes FROM items o WHERE o.kind = 0 \
                AND o.document_id = items.document_id AND o.hash <> items.hash LIMIT 1) \
                WHERE hash = $1";
    let name = hand
        .bytes("SELECT hash FROM items WHERE kind = 0 ORDER BY fed DESC LIMIT 1")
        .await;
    let before = hand.bytes(item).await;
    assert_eq!(hand.run(swap, &[&name]).await, 1);
    wrong(&[&format!(
        "item {}: its bytes are those of",
        hex::encode(&name)
    )]);
    assert_eq!(
        hand.run(
            "UPDATE items SET bytes = $1 WHERE hash = $2",
            &[&before, &name]
        )
        .await,
        1
    );
    whole();

    // A device that is not there, and an actor whom nobody stands behind.
    let device = "SELECT device_id FROM items WHERE kind = 1";
    let signer = hand.bytes(device).await;
    assert_eq!(
        hand.run("DELETE FROM devices WHERE id = $1", &[&signer])
            .await,
        1
    );
    wrong(&[
        "the device that signed is not there",
        "the device that it names is not there",
    ]);
    let actor = "SELECT actor FROM items WHERE kind = 0 ORDER BY fed DESC LIMIT 1";
    let actor = hand.bytes(actor).await;
    assert_eq!(
        hand.run("DELETE FROM actors WHERE actor = $1", &[&actor])
            .await,
        1
    );
    wrong(&["nobody is registered for its actor"]);

    // A row of the feed that names an item, and one that names a person.
    let gone = "DELETE FROM feed WHERE seq = (SELECT fed FROM items WHERE kind = 1)";
    assert_eq!(hand.run(gone, &[]).await, 1);
    wrong(&[
        "feed: the feed has no position",
        "the feed does not name it at its position",
    ]);
    assert!(hand.run("DELETE FROM feed WHERE event = 2", &[]).await >= 1);
    wrong(&["feed: the feed has no position"]);

    // A change in the middle of its author's.
    let first = "DELETE FROM items WHERE seq = 1 AND document_id = $1";
    assert!(hand.run(first, &[visit(1).id().as_bytes()]).await >= 1);
    wrong(&[
        "have a gap: number 1 is not there",
        "the item that it names is not there",
        "it does not fit its document",
        "its number of items is not that of its items",
    ]);
}

/// AC25: a backup is looked into, restored, and whole.
async fn a_backup_is_restored_where_nothing_is_and_nowhere_else(backend: Backend) {
    let town = a_day(backend).await;
    let life = town.storage.life().await.unwrap();
    let file = town.place.folder().join("backup");
    let file = file.to_str().unwrap();
    assert!(run(&town.place, &["backup", "--to", file]).1);
    let (said, well) = run(&town.place, &["verify", "--backup", file]);
    assert!(well && said.contains("nothing is wrong"), "{said}");

    // Not over a database that is there.
    let (said, well) = run(&town.place, &["restore", "--from", file]);
    assert!(!well && said.contains("nothing was restored"), "{said}");
    assert!(
        said.contains("a new file only") || said.contains("an empty one only"),
        "{said}"
    );
    assert_eq!(town.storage.life().await.unwrap(), life);

    // Where nothing is, with the new epoch in the same act.
    let other = Place::new(backend);
    let (said, well) = run(&other, &["restore", "--from", file]);
    assert!(well && said.contains("a new epoch has begun"), "{said}");
    let (said, well) = run(&other, &["verify"]);
    assert!(well, "{said}");
    let restored = other.open().await;
    let new_life = restored.life().await.unwrap();
    assert_ne!(new_life.epoch, life.epoch);
    assert!(new_life.recovering);
    assert_eq!(new_life.head, life.head);
    let kept = town.storage.document(visit(1).id()).await.unwrap();
    assert!(kept.is_some());
    assert_eq!(restored.document(visit(1).id()).await.unwrap(), kept);

    // What is no whole backup is refused, and leaves nothing behind.
    for broken in broken_backups(file) {
        let empty = Place::new(backend);
        let (said, well) = run(&empty, &["restore", "--from", broken.to_str().unwrap()]);
        assert!(
            !well && said.contains("nothing was restored"),
            "{}: {said}",
            broken.display()
        );
        let left = std::fs::read_dir(empty.folder()).unwrap().count();
        assert_eq!(left, 0, "{}", broken.display());
        // So that the whole one still goes there.
        let (said, well) = run(&empty, &["restore", "--from", file]);
        assert!(well, "{said}");
    }
}

/// A file that is cut, one of something else, and one that is not there.
fn broken_backups(file: &str) -> Vec<std::path::PathBuf> {
    let bytes = std::fs::read(file).unwrap();
    let folder = Path::new(file).parent().unwrap();
    let cut = folder.join("cut");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let other = folder.join("other");
    std::fs::write(&other, "en inköpslista").unwrap();
    vec![cut, other, folder.join("absent")]
}

fn url_of(place: &Place) -> &str {
    match place.address() {
        Address::Postgres(url) => url,
        Address::Sqlite(_) => panic!("it is a file"),
    }
}

async fn tell(hand: &mut PgConnection, statement: String) {
    let told = sqlx::raw_sql(AssertSqlSafe(statement)).execute(hand).await;
    told.unwrap();
}

/// AC25: a check was killed in the night, and what it looked at lies about with every record in it. The next one
/// drops it, and neither what somebody still looks at nor what Per made for himself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_check_left_is_dropped_by_the_next() {
    let town = a_day(Backend::Postgres).await;
    let file = town.place.folder().join("backup");
    let file = file.to_str().unwrap();
    assert!(run(&town.place, &["backup", "--to", file]).1);
    let url = url_of(&town.place);
    let mut hand = PgConnection::connect(url).await.unwrap();
    let left = format!("hemrond_verify_{}", "a".repeat(32));
    let looked_at = format!("hemrond_verify_{}", "b".repeat(32));
    let pers = "hemrond_verify_pers".to_owned();
    tell(&mut hand, format!("CREATE DATABASE {left}")).await;
    tell(&mut hand, format!("CREATE DATABASE {pers}")).await;
    // As a check does it: nobody drops it before somebody is connected.
    let making = format!("CREATE DATABASE {looked_at} IS_TEMPLATE true");
    tell(&mut hand, making).await;
    let options: PgConnectOptions = url.parse().unwrap();
    let looking = PgConnection::connect_with(&options.database(&looked_at)).await;
    let made = format!("ALTER DATABASE {looked_at} IS_TEMPLATE false");
    tell(&mut hand, made).await;

    let (said, well) = run(&town.place, &["verify", "--backup", file]);
    assert!(well && said.contains("nothing is wrong"), "{said}");
    let asked = [&left, &looked_at, &pers].map(Clone::clone).to_vec();
    let there: Vec<(String,)> = sqlx::query_as(
        "SELECT datname::text FROM pg_database WHERE datname::text = ANY($1) ORDER BY 1",
    )
    .bind(asked)
    .fetch_all(&mut hand)
    .await
    .unwrap();
    assert_eq!(there, [(looked_at,), (pers,)]);
    looking.unwrap().close().await.unwrap();
}

/// In the place of PostgreSQL's own: gives half a backup, and has the one who asked for it killed.
const DIES: &str = r#"#!/bin/sh
echo 'CREATE TABLE half (one integer);'
asked=0
until psql --no-psqlrc --tuples-only --command "SELECT state FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'CREATE TABLE half%'" |
    grep -q 'idle in transaction'; do
    asked=$((asked + 1))
    [ "$asked" -lt 1000 ] || exit 1
done
kill -KILL "$PPID"
"#;

/// AC25: the machine kills a restore in the midst of it. What was put back by then is not there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_is_killed_leaves_nothing() {
    let town = a_day(Backend::Postgres).await;
    let file = town.place.folder().join("backup");
    let file = file.to_str().unwrap();
    assert!(run(&town.place, &["backup", "--to", file]).1);
    let empty = Place::new(Backend::Postgres);
    let tools = empty.folder().join("tools");
    std::fs::create_dir(&tools).unwrap();
    let dies = tools.join("pg_restore");
    std::fs::write(&dies, DIES).unwrap();
    std::fs::set_permissions(&dies, std::fs::Permissions::from_mode(0o700)).unwrap();
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let killed = Command::new(env!("CARGO_BIN_EXE_hemrond-server"))
        .env("HEMROND_DATABASE", empty.text())
        .env_remove("HEMROND_DATABASE_FILE")
        .env("PATH", path)
        .args(["restore", "--from", file])
        .output()
        .unwrap();
    assert_eq!(killed.status.signal(), Some(9), "{killed:?}");
    let mut hand = PgConnection::connect(url_of(&empty)).await.unwrap();
    until_alone(&mut hand).await;
    let (there,): (bool,) = sqlx::query_as("SELECT to_regclass('half') IS NOT NULL")
        .fetch_one(&mut hand)
        .await
        .unwrap();
    assert!(!there, "nobody said that it is whole");
    hand.close().await.unwrap();
    // So that the backup still goes there.
    let (said, well) = run(&empty, &["restore", "--from", file]);
    assert!(well, "{said}");
}

/// Asks until nobody else is connected to the database.
async fn until_alone(hand: &mut PgConnection) {
    for _ in 0..100_000 {
        let (others,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND pid <> pg_backend_pid()",
        )
        .fetch_one(&mut *hand)
        .await
        .unwrap();
        if others == 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("somebody stays connected");
}
