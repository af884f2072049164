//! Real processes, killed again and again while edits flow; what they said is saved is counted.

use crate::{Place, Server, Tablet, Town, ids, process::Process, until};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// After so many notes the next visit is planned: a visit's page ends, as in life.
const NOTES_PER_VISIT: usize = 25;

/// A note that nobody writes.
const NEVER_WRITTEN: &str = "Anteckning 0.";

/// What a run of kills came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// How many processes were killed.
    pub kills: usize,
    /// How many edits were answered with "saved".
    pub edits: usize,
    /// Those that were not everywhere in the end: whose, where missing, and which.
    pub lost: Vec<String>,
    /// The same of a note that nobody ever wrote: it must be missing everywhere, or the count
    /// counts nothing.
    pub control: Vec<String>,
}

/// Where the server keeps what it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// In a file, served by one process.
    Sqlite,
    /// In a PostgreSQL of its own, served by two processes: when one is killed, the other goes on.
    Postgres,
}

/// Who is killed.
#[derive(Debug, Clone, Copy)]
enum Victim {
    Eva,
    Omar,
    Server,
}

struct Run {
    town: Town,
    /// A second process on the same database.
    beside: Option<Process>,
    eva: Tablet,
    omar: Tablet,
    places: Vec<Place>,
    chance: Chance,
    written: usize,
    /// What was answered with "saved": the visit's place in `places`, and the text.
    saved: Vec<(usize, String)>,
}

/// Kills a server or one of two nurses' tablets so many times, each at a moment drawn from the
/// seed: after some answered edits, with another command just begun. Everything killed is started
/// again; in the end all sync, and Dr Berg's new tablet shows what the server holds. `progress` hears
/// before each kill how many there were.
///
/// # Panics
/// When a program does not start or answer.
#[must_use]
pub fn kills(
    database: Database,
    times: usize,
    seed: u64,
    mut progress: impl FnMut(usize),
) -> Tally {
    let (town, beside) = match database {
        Database::Sqlite => (Town::new(), None),
        Database::Postgres => {
            let town = Town::of(Server::on_postgres());
            let beside = town.server.process();
            (town, Some(beside))
        }
    };
    let mut eva = town.tablet_of("Eva Lind");
    let omar = town.tablet_of("Omar Haddad");
    eva.sync();
    let place = eva.plan_astrid();
    let mut run = Run {
        town,
        beside,
        eva,
        omar,
        places: vec![place],
        chance: Chance(seed),
        written: 0,
        saved: Vec::new(),
    };
    run.meet();
    for killed in 0..times {
        progress(killed);
        for _ in 0..=run.chance.below(3) {
            run.both_write();
        }
        match run.chance.below(3) {
            0 => run.kill(Victim::Eva),
            1 => run.kill(Victim::Omar),
            _ => run.kill(Victim::Server),
        }
        if run.written / NOTES_PER_VISIT >= run.places.len() {
            run.next_visit();
        }
    }
    run.meet();
    let edits = run.saved.len();
    run.saved.push((0, NEVER_WRITTEN.to_owned()));
    let missing = run.missing();
    let (control, lost) = missing
        .into_iter()
        .partition(|missing| missing.starts_with(NEVER_WRITTEN));
    Tally {
        kills: times,
        edits,
        lost,
        control,
    }
}

impl Run {
    /// A note by each, and now and then a sync.
    fn both_write(&mut self) {
        for eva in [true, false] {
            let (note, text) = self.note();
            let tablet = if eva { &mut self.eva } else { &mut self.omar };
            tablet.ok("add_note", note);
            self.saved.push((self.places.len() - 1, text));
            if self.chance.below(3) == 0 {
                // It may well fail in any way that a lost server has; the next one makes up for it.
                drop(tablet.call("sync_now", Value::Null));
            }
        }
    }

    /// A note that has not been written before, as arguments, and its text.
    fn note(&mut self) -> (Value, String) {
        self.written += 1;
        let text = format!("Anteckning {}.", self.written);
        let visit = self.places.last().map(|place| place.visit.clone());
        let note = json!({ "visit": visit, "kind": "note", "text": text });
        (note, text)
    }

    /// Begins something and kills whoever does it in the middle of it.
    fn kill(&mut self, victim: Victim) {
        let (note, _) = self.note();
        let writes = self.chance.below(2) == 0;
        let (command, arguments) = if writes {
            ("add_note", note)
        } else {
            ("sync_now", Value::Null)
        };
        let window = self.chance.below(3_000_000);
        match victim {
            Victim::Eva | Victim::Omar => {
                let tablet = match victim {
                    Victim::Eva => &mut self.eva,
                    _ => &mut self.omar,
                };
                tablet.begin(command, arguments);
                spin(window);
                // Nobody has been told anything of what it was doing.
                tablet.kill();
                tablet.start();
            }
            Victim::Server => {
                self.eva.begin("sync_now", Value::Null);
                self.omar.begin("sync_now", Value::Null);
                spin(window);
                self.town.server.kill();
                self.eva.receive();
                self.omar.receive();
                self.go_on();
            }
        }
    }

    /// Has a server behind the line again: the process that was not killed, or a new one.
    fn go_on(&mut self) {
        let Some(other) = self.beside.take() else {
            self.town.restart_server();
            return;
        };
        self.town.server.go_on_with(other);
        self.town.line.leads_to(self.town.server.address());
        self.beside = Some(self.town.server.process());
    }

    fn next_visit(&mut self) {
        let astrid = self.places[0].person.clone();
        let place = self.eva.plan(&astrid, "Uppföljning");
        self.places.push(place);
        self.meet();
    }

    /// Everybody syncs until everybody has everything.
    fn meet(&mut self) {
        for tablet in [&mut self.eva, &mut self.omar] {
            sync(tablet);
        }
        sync(&mut self.eva);
    }

    /// What was said to be saved and is not on the tablets and on the server.
    fn missing(&mut self) -> Vec<String> {
        let mut berg = self.town.tablet_of("Anna Berg");
        sync(&mut berg);
        let mut missing = Vec::new();
        for (who, tablet) in [
            ("Eva", &mut self.eva),
            ("Omar", &mut self.omar),
            ("the server", &mut berg),
        ] {
            let held: Vec<BTreeSet<String>> = self
                .places
                .iter()
                .map(|place| ids(&tablet.visit(&place.visit)["notes"], "text"))
                .map(BTreeSet::from_iter)
                .collect();
            for (place, text) in &self.saved {
                if !held[*place].contains(text) {
                    missing.push(format!("{text} is not with {who}"));
                }
            }
        }
        missing
    }
}

fn sync(tablet: &mut Tablet) {
    until("the tablet has synced", || {
        tablet.call("sync_now", Value::Null).ok()
    });
}

/// Lets the others work for a while, without sleeping.
fn spin(turns: u64) {
    for _ in 0..turns {
        std::hint::spin_loop();
    }
}

/// Chance from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    /// A number below this one.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}
