//! Several server processes on one PostgreSQL: killed and paused at bad moments, and nothing is lost,
//! doubled or stepped over.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{CuttableLine, Place, Process, Server, Tablet, Town, until};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tokio::runtime::{Builder, Runtime};

/// How many times somebody is hit in the middle of a push.
const ROUNDS: usize = 9;

/// Where a push is held up. Each keeps writers out and lets readers pass.
const MOMENTS: [&str; 3] = [
    // Before it has the lock on the feed's head.
    "SELECT last FROM feed_head FOR UPDATE",
    // With the lock, before it has written an item.
    "LOCK TABLE items IN SHARE MODE",
    // With everything written but its places in the feed.
    "LOCK TABLE feed IN SHARE MODE",
];

/// What befalls the process that carries a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Its machine loses power.
    Killed,
    /// It hangs for a while, and goes on.
    Paused,
    /// It hangs until PostgreSQL gives it up, and goes on after that.
    GivenUp,
}

const FATES: [Fate; 3] = [Fate::Killed, Fate::Paused, Fate::GivenUp];

/// The test's own connection.
struct Hand {
    runtime: Runtime,
    connection: PgConnection,
}

impl Hand {
    fn in_(database: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let mut connection = runtime.block_on(PgConnection::connect(database)).unwrap();
        // What the servers' sessions are given up for is this one's business: it waits while they are killed.
        let patient = sqlx::raw_sql("SET idle_in_transaction_session_timeout = 0");
        runtime.block_on(patient.execute(&mut connection)).unwrap();
        Self {
            runtime,
            connection,
        }
    }

    fn run(&mut self, statement: &'static str) {
        let done = sqlx::raw_sql(statement).execute(&mut self.connection);
        self.runtime.block_on(done).unwrap();
    }

    fn number(&mut self, query: &'static str) -> i64 {
        let asked = sqlx::query_as(query).fetch_one(&mut self.connection);
        let (number,): (i64,) = self.runtime.block_on(asked).unwrap();
        number
    }

    /// Waits until somebody waits for a lock that this holds.
    fn until_somebody_waits(&mut self) {
        until("a push has come to the held lock", || {
            let waiting = self.number(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                 AND datname = current_database()",
            );
            (waiting > 0).then_some(())
        });
    }
}

/// A tablet, the line that it uses, and the process to which the line leads.
struct Desk {
    tablet: Tablet,
    line: CuttableLine,
    process: Option<Process>,
}

impl Desk {
    fn of(name: &str, server: &Server) -> Self {
        let process = server.process();
        let line = CuttableLine::to(process.address());
        let mut tablet = Tablet::new();
        let code = server.code_for(name);
        let enrol = json!({ "server": line.address(), "code": code, "tablet": "Surfplatta" });
        tablet.ok("enrol", enrol);
        tablet.sync();
        Self {
            tablet,
            line,
            process: Some(process),
        }
    }

    fn note(&mut self, place: &Place, text: &str) {
        let note = json!({ "visit": place.visit, "kind": "note", "text": text });
        self.tablet.ok("add_note", note);
    }

    /// Waits for the answer to a sync that was begun, whatever it is.
    fn answer(&mut self) {
        self.tablet.receive();
    }

    fn notes(&mut self, place: &Place) -> Vec<String> {
        let page = self.tablet.visit(&place.visit);
        let notes = page["notes"].as_array().unwrap().iter();
        let mut texts: Vec<String> = notes
            .map(|note| note["text"].as_str().unwrap().to_owned())
            .collect();
        texts.sort();
        texts
    }
}

/// Numbers drawn from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }
}

/// Three people on three processes of one database.
fn desks() -> (Town, [Desk; 3], Place) {
    let mut server = Server::on_postgres();
    // A hanging process is given up soon, so that the story is short.
    server.address_with("?options[idle_in_transaction_session_timeout]=2s");
    let town = Town::of(server);
    let mut desks =
        ["Eva Lind", "Omar Haddad", "Anna Berg"].map(|name| Desk::of(name, &town.server));
    let place = desks[0].tablet.plan_astrid();
    for desk in &mut desks {
        desk.tablet.sync();
    }
    (town, desks, place)
}

#[test]
fn processes_killed_and_paused_in_the_middle_of_a_push_lose_double_and_skip_nothing() {
    let (town, mut desks, place) = desks();
    let mut hand = Hand::in_(town.server.database());
    let mut dice = Dice(0x5eed_0001);
    let mut written: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        // Each fate meets each moment once, in whatever order; whom it hits is drawn.
        let (moment, fate) = (MOMENTS[round % 3], FATES[(round / 3 + round) % 3]);
        let hit = dice.below(3);
        let (other, reader) = ((hit + 1) % 3, (hit + 2) % 3);
        let context = format!("round {round}: {fate:?} at {moment}");
        desks[reader].tablet.sync();

        let text = format!("{round} i mitten");
        desks[hit].note(&place, &text);
        written.push(text.clone());
        hand.run("BEGIN");
        hand.run(moment);
        desks[hit].tablet.begin("sync_now", Value::Null);
        hand.until_somebody_waits();
        let process = desks[hit].process.take().unwrap();
        match fate {
            Fate::Killed => process.kill(),
            Fate::Paused | Fate::GivenUp => {
                process.pause();
                desks[hit].process = Some(process);
            }
        }
        // Nobody sees anything of it, and nobody steps over it.
        desks[reader].tablet.sync();
        assert!(!desks[reader].notes(&place).contains(&text), "{context}");
        hand.run("ROLLBACK");

        // Somebody else writes on another process, which may have to wait for the one that hangs.
        if fate != Fate::Paused {
            let text = format!("{round} av en annan");
            desks[other].note(&place, &text);
            written.push(text.clone());
            desks[other].tablet.sync();
            desks[reader].tablet.sync();
            assert!(desks[reader].notes(&place).contains(&text), "{context}");
        }
        match &desks[hit].process {
            Some(process) => process.go_on(),
            None => {
                let process = town.server.process();
                desks[hit].line.leads_to(process.address());
                desks[hit].process = Some(process);
            }
        }
        desks[hit].answer();
        let status = desks[hit].tablet.sync();
        assert_eq!(
            (&status["waiting"], &status["refused"]),
            (&json!(0), &json!(0)),
            "{context}"
        );
        desks[reader].tablet.sync();
        assert!(desks[reader].notes(&place).contains(&text), "{context}");
    }

    // Everybody has everything, without having compared anything: the cursors stepped over nothing.
    written.sort();
    for desk in &mut desks {
        desk.tablet.sync();
        assert_eq!(desk.notes(&place), written);
    }
    let items = hand.number("SELECT COUNT(*) FROM items");
    let fed = hand.number("SELECT COUNT(*) FROM feed WHERE event = 0");
    let once = hand.number(
        "SELECT COUNT(*) FROM (SELECT DISTINCT document_id, item_hash FROM feed WHERE event = 0) f",
    );
    assert_eq!(
        (fed, once),
        (items, items),
        "each item has one place in the feed"
    );
    let said = town.server.command(&["verify"]);
    assert!(said.ends_with("nothing is wrong"), "{said}");
}

#[test]
fn tablets_move_between_processes_and_agree() {
    let (town, mut desks, place) = desks();
    let mut dice = Dice(0x5eed_0002);
    let mut written: Vec<String> = Vec::new();
    for round in 0..12 {
        let writer = dice.below(3);
        let through = dice.below(3);
        let address = desks[through]
            .process
            .as_ref()
            .unwrap()
            .address()
            .to_owned();
        desks[writer].line.leads_to(&address);
        let text = format!("{round} genom {through}");
        desks[writer].note(&place, &text);
        written.push(text);
        // All at once, through whichever process each has now.
        for desk in &mut desks {
            desk.tablet.begin("sync_now", Value::Null);
        }
        for desk in &mut desks {
            let answer = desk.tablet.receive();
            assert!(answer["ok"].is_object(), "{answer}");
        }
    }
    written.sort();
    for desk in &mut desks {
        desk.tablet.sync();
        assert_eq!(desk.notes(&place), written);
    }
    let said = town.server.command(&["verify"]);
    assert!(said.ends_with("nothing is wrong"), "{said}");
}
