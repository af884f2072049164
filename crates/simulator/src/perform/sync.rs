//! Tablets sync, one by one or together, and old requests come again.

use super::is_fair;
use crate::{
    chance::Chance,
    drive::{Came, Hangs, onward, to_the_end},
    gate::Order,
    site::lock,
    steps::{DiskFault, NetworkFault},
    witness::Wrong,
    world::World,
};
use hemrond_companion::{
    Companion,
    api::{Command, Failure, Nothing},
};
use hemrond_protocol::SYNC_PATH;
use hemrond_server::nonce::LIFE_MS;
use std::{collections::BTreeSet, pin::Pin, sync::Arc};

/// What a sync may fail with, although nothing is wrong with the tablet.
const FAIR_FAILURES: [&str; 2] = ["transport.", "sync."];

/// How old a request may be that comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// Minutes: the nonce may still be good.
    Minutes,
    /// Anything up to the whole story.
    Any,
}

/// A sync that is under way.
type Syncing = Pin<Box<dyn Future<Output = Result<serde_json::Value, Failure>>>>;

impl World {
    pub(super) fn sync(
        &mut self,
        place: usize,
        network: &[Option<NetworkFault>],
        disk: Option<DiskFault>,
    ) {
        let Some(companion) = self.running(place) else {
            return;
        };
        let Some(&number) = self.places.get(place) else {
            return;
        };
        if let Some(tablet) = self.tablets.get_mut(number) {
            *lock(&tablet.wire.faults) = network.iter().copied().collect();
            if let Some(fault) = disk {
                tablet.disturb(fault);
            }
        }
        let synced = to_the_end(companion.call(Command::SyncNow(Nothing {})), &self.stop);
        drop(companion);
        if let Some(tablet) = self.tablets.get(number) {
            lock(&tablet.wire.faults).clear();
        }
        self.settle(number);
        let came_through = matches!(synced, Ok(Ok(_)));
        self.weigh_sync(place, synced, disk.is_some());
        self.look_at_queue(place);
        if came_through && !self.witness.found_something() {
            self.has_everything(place);
            self.whereabouts_of_a_visit(place);
            if disk.is_none() {
                self.claims_of_seen(place);
            }
        }
    }

    /// What came of a sync: fair, or a finding; a tablet that the server does not know any more is
    /// enrolled anew.
    pub(crate) fn weigh_sync(
        &mut self,
        place: usize,
        synced: Result<Result<serde_json::Value, Failure>, Hangs>,
        disturbed: bool,
    ) {
        let Some(&number) = self.places.get(place) else {
            return;
        };
        match synced {
            Err(Hangs) => self.witness.find(
                Wrong::Stuck,
                format!("{} hangs in a sync", self.name(number)),
            ),
            Ok(Ok(_)) => {}
            Ok(Err(failure)) if failure.code == "device.unknown" => self.enrol_again(place),
            Ok(Err(failure)) => {
                if !disturbed && !is_fair(&failure, &FAIR_FAILURES) {
                    let what = format!(
                        "{} does not sync: {failure} ({})",
                        self.name(number),
                        failure.code
                    );
                    self.witness.find(Wrong::Stuck, what);
                }
            }
        }
    }

    /// A restored server may not know a tablet that was enrolled since: it gets a new code.
    fn enrol_again(&mut self, place: usize) {
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let (Some(companion), Some(user)) = (
            self.running(place),
            self.staff.get(place).map(|user| user.id),
        ) else {
            return;
        };
        let name = self.name(number);
        match self.enrol(&companion, user, &name) {
            Ok(Ok(())) => self.enrolled_again = true,
            Ok(Err(failure)) => {
                let what = format!(
                    "{name} cannot be enrolled again: {failure} ({})",
                    failure.code
                );
                self.witness.find(Wrong::Stuck, what);
            }
            Err(error) => self.witness.find(Wrong::Stuck, error.to_string()),
        }
    }

    pub(super) fn together(&mut self, places: &BTreeSet<usize>, chance: &mut Chance) {
        let mut running: Vec<(usize, Arc<Companion>)> = Vec::new();
        for place in places {
            // Of two who share a tablet only one is in.
            let out = self.shares_with(*place);
            if running.iter().any(|(other, _)| Some(*other) == out) {
                continue;
            }
            if let Some(companion) = self.running(*place) {
                running.push((*place, companion));
            }
        }
        let order = match chance.below(2) {
            0 => Order::Each,
            _ => Order::Feed,
        };
        self.let_others_move(places, order);
        let mut syncs: Vec<(usize, Syncing)> = Vec::new();
        for (place, companion) in running {
            syncs.push((
                place,
                Box::pin(async move { companion.call(Command::SyncNow(Nothing {})).await }),
            ));
        }
        let mut ended = Vec::new();
        while !syncs.is_empty() {
            let next = chance.below(syncs.len());
            let Some((place, sync)) = syncs.get_mut(next) else {
                break;
            };
            match onward(sync.as_mut(), &self.stop) {
                Came::Stopped => {}
                Came::Done(result) => {
                    ended.push((*place, Ok(result)));
                    drop(syncs.swap_remove(next));
                }
                Came::Hangs => {
                    ended.push((*place, Err(Hangs)));
                    drop(syncs.swap_remove(next));
                }
            }
        }
        drop(syncs);
        self.let_others_move(places, Order::Open);
        for (place, result) in ended {
            self.weigh_sync(place, result, false);
            self.look_at_queue(place);
        }
    }

    fn let_others_move(&self, places: &BTreeSet<usize>, order: Order) {
        let numbers = places.iter().filter_map(|place| self.places.get(*place));
        for tablet in numbers.filter_map(|number| self.tablets.get(*number)) {
            *lock(&tablet.wire.together) = order;
        }
    }

    pub(crate) fn resume(&mut self) {
        if self.site.resume().is_err() {
            self.witness
                .find(Wrong::Stuck, "a paused server process does not go on");
        }
    }

    /// Before what waits for the feed's lock: a paused process may hold it. One that is paused elsewhere
    /// stays so, across whatever happens now.
    pub(super) fn resume_who_locks(&mut self) {
        if self.site.is_locked() {
            self.resume();
        }
    }

    pub(super) fn replay(&mut self, age: Age, chance: &mut Chance) {
        self.resume_who_locks();
        let now = self.time.milliseconds();
        let letter = match age {
            Age::Minutes => lock(&self.air.sent).of_the_last_minutes(now, chance),
            Age::Any => lock(&self.air.sent).of_any_time(chance),
        };
        let Some(letter) = letter else {
            return;
        };
        self.air.struck.fault();
        let age = now.saturating_sub(letter.at);
        let place = self.site.occupy(chance.below(crate::site::PROCESSES));
        let air = Arc::clone(&self.air);
        let device = letter.device;
        let came = async {
            let reply = air.site.post(place, SYNC_PATH, letter.parcel).await;
            let Ok(answer) = reply.answer else {
                return false;
            };
            // Nobody waits for the answer any more, but somebody on the way may read it.
            air.look_for_leaks(device, &answer, true).await;
            true
        };
        match to_the_end(came, &self.stop) {
            Ok(false) => {}
            Ok(true) if age > LIFE_MS => {
                let what = format!("a request is answered {} minutes later", age / 60_000);
                self.witness.find(Wrong::Leaked, what);
            }
            Ok(true) => self.air.struck.replay_judged(),
            Err(Hangs) => self.witness.find(Wrong::Stuck, "an old request hangs"),
        }
        if let Some(gate) = self.site.gate(place) {
            gate.over();
        }
        self.site.leave(place);
    }
}
