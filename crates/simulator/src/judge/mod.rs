//! The end of a story: the network heals, things run until quiet, and everybody is held to what was
//! said.

mod agreement;
mod content;
mod holding;
mod log;

use crate::{
    chance::Chance,
    drive::to_the_end,
    site::lock,
    tablet::Tablet,
    witness::{Saved, Told, Wrong},
    world::World,
};
use hemrond_companion::api::{Command, Nothing};
use hemrond_server::storage::Upkeep as _;
use hemrond_store::ItemName;
use hemrond_sync::acceptance::Reason;
use holding::When;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// How many times everybody may sync before things must be quiet.
const ROUNDS: usize = 8;

/// A refusal as it stands on a tablet.
struct Refusal {
    /// The server's code.
    code: String,
    /// Whether the tablet's user may read the document.
    readable: bool,
    /// Where the tablet stands among the places.
    place: usize,
}

impl World {
    /// Everything works from now on, and everybody syncs until nothing moves any more; then a
    /// recovery ends, as whoever restored the server was told to do.
    pub(crate) fn heal(&mut self) {
        self.resume();
        // In half of the stories nobody sets the tablets' clocks right.
        let set_clocks = Chance::new(self.setting.seed ^ 0xc10c).one_in(2);
        for tablet in &self.tablets {
            if set_clocks {
                let _ = tablet.clock.be_wrong_by(0);
            }
            lock(&tablet.wire.faults).clear();
        }
        self.until_quiet();
        if self.restored && !self.witness.found_something() {
            self.end_recovery();
            self.until_quiet();
        }
    }

    fn until_quiet(&mut self) {
        let mut before = None;
        for round in 0..ROUNDS {
            self.time.pass(3_600_000);
            let mut all = true;
            for place in 0..self.places.len() {
                all &= self.sync_now(place, round + 1 == ROUNDS);
                self.look_at_queue(place);
                if self.witness.found_something() {
                    return;
                }
            }
            let head = self.head();
            if all && before == Some(head) {
                return;
            }
            before = all.then_some(head);
        }
        self.witness.find(
            Wrong::Stuck,
            format!("things are not quiet after {ROUNDS} rounds"),
        );
    }

    fn sync_now(&mut self, place: usize, last: bool) -> bool {
        let Some(companion) = self.running(place) else {
            return false;
        };
        let synced = to_the_end(companion.call(Command::SyncNow(Nothing {})), &self.stop);
        drop(companion);
        let came_through = matches!(synced, Ok(Ok(_)));
        if let (Ok(Err(failure)), true) = (&synced, last) {
            let what = format!(
                "a sync fails though everything works: {failure} ({})",
                failure.code
            );
            self.witness.find(Wrong::Stuck, what);
        }
        self.weigh_sync(place, synced, false);
        came_through
    }

    fn head(&mut self) -> u64 {
        let site = Arc::clone(&self.site);
        match to_the_end(site.database.life(), &self.stop) {
            Ok(Ok(life)) => life.head,
            _ => 0,
        }
    }

    /// Holds everybody to everything.
    pub(crate) fn judge(&mut self) {
        for place in 0..self.places.len() {
            self.nothing_waits(place);
        }
        self.logs_are_whole();
        self.nothing_is_lost();
        for place in 0..self.places.len() {
            self.all_agree(place, When::InTheEnd);
        }
        self.marks_are_found();
        self.server_holds_entries_as_signed();
        for place in 0..self.places.len() {
            self.claims_of_seen(place);
            self.blocks_are_obeyed(place);
            self.everything_is_read(place);
        }
        let mut chance = Chance::new(self.setting.seed ^ 0x11d6e);
        self.lists_follow_from_documents(chance.below(self.places.len()));
    }

    /// No queue holds anything: of one's own work, of others' that is given back, of what follows from
    /// the schema alone, of the access log.
    fn nothing_waits(&mut self, place: usize) {
        let (Some(companion), Some(&number)) = (self.running(place), self.places.get(place)) else {
            return;
        };
        let asked = async {
            let waiting = companion.store().waiting_names().await?;
            let log = companion.store().log_summary().await?;
            Ok::<_, hemrond_store::StoreError>((waiting, log.unsent))
        };
        let Ok(Ok((waiting, unsent))) = to_the_end(asked, &self.stop) else {
            let what = format!("{} cannot be read", self.name(number));
            self.witness.find(Wrong::Stuck, what);
            return;
        };
        if let Some(first) = waiting.first() {
            let what = format!(
                "{} still holds what it has to send: {} items, one of them of {}",
                self.name(number),
                waiting.len(),
                first.document
            );
            self.witness.find(Wrong::Stuck, what);
        }
        if unsent > 0 {
            let what = format!(
                "{} still holds {unsent} records of its access log",
                self.name(number)
            );
            self.witness.find(Wrong::Stuck, what);
        }
    }

    fn nothing_is_lost(&mut self) {
        let saved: Vec<Saved> = self
            .witness
            .saved()
            .iter()
            .filter(|saved| !saved.excused)
            .cloned()
            .collect();
        let items: Vec<ItemName> = saved.iter().map(|saved| saved.item).collect();
        let held = self.on_server(&items);
        let refused = self.visibly_refused();
        let waiting = self.still_waiting();
        for (item, refusal) in &refused {
            if refusal.code == Reason::NotAuthor.code() {
                let what = format!(
                    "at place {} an item of {} may not be given back to the server that forgot it",
                    refusal.place, item.document
                );
                self.witness.find(Wrong::Stuck, what);
            }
        }
        for saved in saved {
            if held.contains(&saved.item) {
                // Who may not read the document cannot learn that a colleague has given it since.
                if let Some(Refusal {
                    code,
                    readable: true,
                    place,
                }) = refused.get(&saved.item)
                    && !waiting.contains(&saved.item)
                {
                    let what = format!(
                        "at place {place} an item of {} by {} is called refused ({code}), and it was \
                         taken",
                        saved.item.document,
                        self.name(saved.tablet)
                    );
                    self.witness.find(Wrong::Stuck, what);
                }
                continue;
            }
            if waiting.contains(&saved.item) {
                let what = format!(
                    "{} still holds what it has to send",
                    self.name(saved.tablet)
                );
                self.witness.find(Wrong::Stuck, what);
            } else if !refused.contains_key(&saved.item) {
                let what = format!(
                    "{} said that an item of {} was saved (then: {}), and it is nowhere",
                    self.name(saved.tablet),
                    saved.item.document,
                    match saved.told {
                        Told::OnlyHere => "only here",
                        Told::OnServer => "on the server",
                        Told::Refused => "refused",
                    }
                );
                self.witness.find(Wrong::Lost, what);
            }
        }
    }

    /// What stands among the refused on a tablet, for its user to see.
    fn visibly_refused(&mut self) -> BTreeMap<ItemName, Refusal> {
        let mut all = BTreeMap::new();
        for place in 0..self.places.len() {
            let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
                continue;
            };
            let open = self.open_to(&asker);
            let rows = to_the_end(companion.store().refused_all(), &self.stop);
            for row in rows.into_iter().flatten().flatten() {
                let item = ItemName {
                    document: row.document,
                    hash: row.hash,
                };
                let refusal = Refusal {
                    code: row.code,
                    readable: open.contains(&row.document),
                    place,
                };
                all.insert(item, refusal);
            }
        }
        all
    }

    fn still_waiting(&mut self) -> BTreeSet<ItemName> {
        let mut all = BTreeSet::new();
        for place in 0..self.places.len() {
            let Some(companion) = self.running(place) else {
                continue;
            };
            if let Ok(Ok(waiting)) = to_the_end(Tablet::waiting(&companion), &self.stop) {
                all.extend(waiting);
            }
        }
        all
    }
}
