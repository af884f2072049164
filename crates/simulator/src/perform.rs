//! What each step does to the world, and what is asked of the tablets right after it.

use crate::{
    act,
    chance::Chance,
    drive::{Came, Hangs, onward, to_the_end},
    plant::Bug,
    site::lock,
    steps::{DiskFault, Ending, NetworkFault, Step, What},
    tablet::Tablet,
    time::ServerClock,
    witness::{Mark, Told, Wrong, takes_errors_for_saved},
    world::{HOME_HELP, OTHER_TEAM, TEAM, World},
};
use hemrond_companion::{
    Companion,
    api::{Command, Failure, Nothing},
};
use hemrond_domain::{
    ids::{DeviceId, UnitId},
    people::Role,
};
use hemrond_policy::Principal;
use hemrond_protocol::SYNC_PATH;
use hemrond_server::{
    directory::Administration,
    environment::Clock as _,
    storage::{Accounts as _, Records as _, RoleChange},
};
use hemrond_store::ItemName;
use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::{Arc, atomic::Ordering},
};

/// What a tablet may say no with, although nothing is wrong: the story asks for much that the
/// person may not do, or does not have.
const FAIR_REFUSALS: [&str; 9] = [
    "policy.",
    "visit.unknown",
    "person.unknown",
    "document.unknown",
    "sign.obstacle",
    "edit.",
    "round.",
    "observation.",
    "note.",
];

/// What a sync may fail with, although nothing is wrong with the tablet.
const FAIR_FAILURES: [&str; 2] = ["transport.", "sync."];

/// A sync that is under way.
type Syncing = Pin<Box<dyn Future<Output = Result<serde_json::Value, Failure>>>>;

impl World {
    /// Carries out a step.
    pub(crate) fn perform(&mut self, step: &Step) {
        self.time.pass(i64::from(step.minutes) * 60_000);
        let mut chance = Chance::new(step.salt);
        let places = self.places.len().max(1);
        match &step.what {
            What::Work { tablet, disk } => self.work(tablet % places, *disk, &mut chance),
            What::Sync {
                tablet,
                network,
                disk,
            } => self.sync(tablet % places, network, *disk),
            What::Together { tablets } => {
                let some: BTreeSet<usize> = tablets.iter().map(|tablet| tablet % places).collect();
                self.together(&some, &mut chance);
            }
            What::Resume => self.resume(),
            What::Replay => self.replay(&mut chance),
            What::Restart { tablet, how } => self.restart(tablet % places, *how),
            What::CopyTablet { tablet } => self.copy(tablet % places),
            What::PutTabletBack { tablet } => self.put_back(tablet % places),
            What::Backup => self.site.back_up(),
            What::Restore => self.restore(),
            What::RestartServer => {
                let place = chance.below(crate::site::PROCESSES);
                if self.site.restart(place).is_err() {
                    self.witness
                        .find(Wrong::Stuck, "a server process does not start");
                }
            }
            What::SetClock {
                tablet,
                wrong_by_minutes,
            } => self.set_clock(tablet % places, *wrong_by_minutes),
            What::ChangeRole { user } => self.change_role(user % places, &mut chance),
            What::NewTablet { tablet } => self.replace(tablet % places),
        }
        let leaks = std::mem::take(&mut *lock(&self.air.leaks));
        for leak in leaks {
            self.witness.find(Wrong::Leaked, leak);
        }
    }

    fn work(&mut self, place: usize, disk: Option<DiskFault>, chance: &mut Chance) {
        let Some(companion) = self.running(place) else {
            return;
        };
        let Some(&number) = self.places.get(place) else {
            return;
        };
        self.marks += 1;
        let mark = format!("mark{}x", self.marks);
        let post = self.post(place);
        if let (Some(fault), Some(tablet)) = (disk, self.tablets.get(number)) {
            tablet.disturb(fault);
        }
        let worked = act::work(&companion, post, &self.cases, chance, &mark);
        let worked = to_the_end(worked, &self.stop);
        drop(companion);
        self.settle(number);
        let kept = match worked {
            Err(Hangs) => {
                self.witness
                    .find(Wrong::Stuck, format!("{} hangs at work", self.name(number)));
                return;
            }
            Ok(Ok(kept)) => kept,
            Ok(Err(_)) if disk.is_some() && takes_errors_for_saved(self.setting.bug) => act::Kept {
                must_wait: true,
                ..act::Kept::default()
            },
            Ok(Err(failure)) => {
                if disk.is_none() && !is_fair(&failure, &FAIR_REFUSALS) {
                    let what = format!(
                        "{} refuses to work: {failure} ({})",
                        self.name(number),
                        failure.code
                    );
                    self.witness.find(Wrong::Stuck, what);
                }
                return;
            }
        };
        // What was said to be saved must be there, also when the app ended right afterwards.
        let Some(companion) = self.running(place) else {
            return;
        };
        let Ok(Ok(waiting)) = to_the_end(Tablet::waiting(&companion), &self.stop) else {
            self.witness.find(
                Wrong::Stuck,
                format!("{} cannot be read", self.name(number)),
            );
            return;
        };
        let new = self.witness.kept(number, &waiting);
        if kept.must_wait && new.is_empty() {
            let what = format!(
                "{} said saved ({mark}), and nothing waits to be sent",
                self.name(number)
            );
            self.witness.find(Wrong::Lost, what);
        }
        self.cases.visits.extend(kept.visit);
        if let Some((document, expect)) = kept.expect
            && let Some(document) = document.or_else(|| new.first().map(|item| item.document))
        {
            self.witness.marks.push(Mark {
                document,
                expect,
                items: new,
            });
        }
    }

    fn sync(&mut self, place: usize, network: &[Option<NetworkFault>], disk: Option<DiskFault>) {
        let Some(companion) = self.running(place) else {
            return;
        };
        let Some(&number) = self.places.get(place) else {
            return;
        };
        if let Some(tablet) = self.tablets.get(number) {
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
            Ok(Ok(())) => {}
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

    fn together(&mut self, places: &BTreeSet<usize>, chance: &mut Chance) {
        let mut running: Vec<(usize, Arc<Companion>)> = Vec::new();
        for place in places {
            if let Some(companion) = self.running(*place) {
                running.push((*place, companion));
            }
        }
        self.let_others_move(places, true);
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
        self.let_others_move(places, false);
        for (place, result) in ended {
            self.weigh_sync(place, result, false);
            self.look_at_queue(place);
        }
    }

    fn let_others_move(&self, places: &BTreeSet<usize>, together: bool) {
        let numbers = places.iter().filter_map(|place| self.places.get(*place));
        for tablet in numbers.filter_map(|number| self.tablets.get(*number)) {
            tablet.wire.together.store(together, Ordering::SeqCst);
        }
    }

    pub(crate) fn resume(&mut self) {
        if self.site.resume().is_err() {
            self.witness
                .find(Wrong::Stuck, "a paused server process does not go on");
        }
    }

    fn replay(&mut self, chance: &mut Chance) {
        // A paused process may hold the lock that the old request needs.
        self.resume();
        let sent = {
            let sent = lock(&self.air.sent);
            sent.get(chance.below(sent.len())).cloned()
        };
        let Some((credential, body)) = sent else {
            return;
        };
        let place = chance.below(crate::site::PROCESSES);
        let pending = self.site.post(place, SYNC_PATH, &credential, body);
        // Nobody waits for the answer any more.
        if to_the_end(pending, &self.stop).is_err() {
            self.witness.find(Wrong::Stuck, "an old request hangs");
        }
        if let Some(gate) = self.site.gate(place) {
            gate.over();
        }
    }

    fn restart(&mut self, place: usize, how: Ending) {
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let stop = self.stop.clone();
        let ended = match self.tablets.get_mut(number) {
            Some(tablet) => tablet.end(how, &stop),
            None => Ok(()),
        };
        if ended.is_err() {
            self.witness.find(
                Wrong::Stuck,
                format!("{} hangs at its end", self.name(number)),
            );
        }
        self.look_at_queue(place);
    }

    fn copy(&mut self, place: usize) {
        let saved = self.witness.count();
        if let Some(tablet) = self
            .places
            .get(place)
            .and_then(|at| self.tablets.get_mut(*at))
        {
            tablet.copy(saved);
        }
    }

    fn put_back(&mut self, place: usize) {
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let back = self.tablets.get_mut(number).and_then(Tablet::put_back);
        let Some(since) = back else {
            return;
        };
        // What nobody else has was on the old disk only.
        let elsewhere = self.elsewhere(number, since);
        self.witness
            .forget_since(number, since, &|item| elsewhere.contains(&item));
    }

    /// Which of the items that a tablet saved since are on the server or on another tablet.
    fn elsewhere(&mut self, number: usize, since: usize) -> BTreeSet<ItemName> {
        let items: Vec<ItemName> = self
            .witness
            .saved()
            .iter()
            .filter(|saved| saved.tablet == number && saved.number >= since && !saved.excused)
            .map(|saved| saved.item)
            .collect();
        let mut found = self.on_server(&items);
        for place in 0..self.places.len() {
            if self.places.get(place) == Some(&number) {
                continue;
            }
            found.extend(self.held_by(place, &items));
        }
        found
    }

    /// Which of these items the server has.
    pub(crate) fn on_server(&mut self, items: &[ItemName]) -> BTreeSet<ItemName> {
        let documents: BTreeSet<_> = items.iter().map(|item| item.document).collect();
        let documents: Vec<_> = documents.into_iter().collect();
        if documents.is_empty() {
            return BTreeSet::new();
        }
        let site = Arc::clone(&self.site);
        let held = to_the_end(site.database.hashes(&documents), &self.stop);
        let Ok(Ok(held)) = held else {
            self.witness
                .find(Wrong::Stuck, "the database cannot be read");
            return BTreeSet::new();
        };
        let held: BTreeMap<_, BTreeSet<_>> = held
            .into_iter()
            .map(|(document, hashes)| (document, hashes.into_iter().collect()))
            .collect();
        items
            .iter()
            .filter(|item| {
                held.get(&item.document)
                    .is_some_and(|hashes| hashes.contains(&item.hash))
            })
            .copied()
            .collect()
    }

    /// Which of these items a tablet has.
    pub(crate) fn held_by(&mut self, place: usize, items: &[ItemName]) -> BTreeSet<ItemName> {
        let documents: BTreeSet<_> = items.iter().map(|item| item.document).collect();
        let Some(companion) = self.running(place) else {
            return BTreeSet::new();
        };
        let mut found = BTreeSet::new();
        for document in documents {
            let hashes = to_the_end(companion.store().hashes(document), &self.stop);
            let Ok(Ok(hashes)) = hashes else { continue };
            let hashes: BTreeSet<_> = hashes.into_iter().collect();
            let of_document = items.iter().filter(|item| item.document == document);
            found.extend(
                of_document
                    .filter(|item| hashes.contains(&item.hash))
                    .copied(),
            );
        }
        found
    }

    fn restore(&mut self) {
        let site = Arc::clone(&self.site);
        match to_the_end(site.restore(), &self.stop) {
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => {
                self.restored = true;
                self.read_staff();
                self.excuse_unreachable();
            }
            _ => self
                .witness
                .find(Wrong::Stuck, "the server cannot be restored"),
        }
    }

    /// Accounts as the server knows them: a restore takes changes of role back, too.
    fn read_staff(&mut self) {
        for place in 0..self.staff.len() {
            let Some(id) = self.staff.get(place).map(|user| user.id) else {
                continue;
            };
            let site = Arc::clone(&self.site);
            let account = to_the_end(site.database.user(id), &self.stop);
            if let (Ok(Ok(Some(account))), Some(user)) = (account, self.staff.get_mut(place)) {
                *user = account.user;
            }
        }
    }

    /// Items that are not on the server, and that no tablet can give it any more: the story took
    /// the disks, or the right to read, from everybody who had them.
    fn excuse_unreachable(&mut self) {
        let items: Vec<(usize, ItemName)> = self
            .witness
            .saved()
            .iter()
            .filter(|saved| !saved.excused && saved.told != Told::Refused)
            .map(|saved| (saved.tablet, saved.item))
            .collect();
        let names: Vec<ItemName> = items.iter().map(|(_, item)| *item).collect();
        let held = self.on_server(&names);
        let missing: Vec<(usize, ItemName)> = items
            .into_iter()
            .filter(|(_, item)| !held.contains(item))
            .collect();
        if missing.is_empty() {
            return;
        }
        let names: Vec<ItemName> = missing.iter().map(|(_, item)| *item).collect();
        let mut reachable = BTreeSet::new();
        for place in 0..self.places.len() {
            let Some(companion) = self.running(place) else {
                continue;
            };
            // What waits is offered whatever happens, and taken or visibly refused.
            if let Ok(Ok(waiting)) = to_the_end(Tablet::waiting(&companion), &self.stop) {
                reachable.extend(names.iter().filter(|item| waiting.contains(item)).copied());
            }
            drop(companion);
            let held = self.held_by(place, &names);
            let may_read = self.readable_among(place, &held);
            reachable.extend(may_read);
        }
        self.witness
            .excuse(|saved| names.contains(&saved.item) && !reachable.contains(&saved.item));
    }

    fn change_role(&mut self, place: usize, chance: &mut Chance) {
        // Administration waits until what is paused is through.
        self.resume();
        let posts: [(Role, UnitId); 5] = [
            (Role::Nurse, TEAM),
            (Role::Nurse, OTHER_TEAM),
            (Role::Doctor, TEAM),
            (Role::Hemtjanst, HOME_HELP),
            (Role::Assessor, HOME_HELP),
        ];
        let Some((role, unit)) = chance.pick(&posts).copied() else {
            return;
        };
        let Some(user) = self.staff.get(place).cloned() else {
            return;
        };
        let site = Arc::clone(&self.site);
        let bug = self.setting.bug;
        let clock = ServerClock(Arc::clone(&self.time));
        let changed = async {
            if matches!(
                bug,
                Some(Bug::GrantWithoutHistory | Bug::WithdrawalNotPublished)
            ) {
                return change_wrongly(&site, &user, role, unit, bug).await;
            }
            let administration = Administration {
                storage: &site.database,
                policy: &site.policy,
                clock: &clock,
                chance: site.randomness(),
            };
            let changed = administration.change_role(user.id, role, unit).await;
            changed.map_err(|error| error.to_string())
        };
        match to_the_end(changed, &self.stop) {
            Ok(Ok(())) => {
                if let Some(user) = self.staff.get_mut(place) {
                    user.role = role;
                    user.unit = unit;
                }
                self.excuse_unreachable();
            }
            Ok(Err(why)) => self
                .witness
                .find(Wrong::Stuck, format!("no change of role: {why}")),
            Err(Hangs) => self.witness.find(Wrong::Stuck, "a change of role hangs"),
        }
    }

    fn replace(&mut self, place: usize) {
        self.resume();
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let name = self.name(number);
        let site = Arc::clone(&self.site);
        let now = ServerClock(Arc::clone(&self.time)).now_ms();
        if self.setting.bug != Some(Bug::LostTabletServed) {
            let shut_out = async {
                let devices = site.database.devices().await?;
                // One tablet may have been enrolled several times.
                let own: Vec<DeviceId> = devices
                    .into_iter()
                    .filter(|device| device.name == name)
                    .map(|device| device.id)
                    .collect();
                for device in own {
                    site.database.revoke_device(device, now).await?;
                }
                Ok::<(), hemrond_server::storage::StorageError>(())
            };
            if !matches!(to_the_end(shut_out, &self.stop), Ok(Ok(()))) {
                self.witness
                    .find(Wrong::Stuck, "a tablet cannot be shut out");
            }
        }
        // Whoever found it tries.
        if let Some(companion) = self.running(place) {
            let tried = to_the_end(companion.call(Command::SyncNow(Nothing {})), &self.stop);
            if matches!(tried, Ok(Ok(_))) {
                self.witness
                    .find(Wrong::Leaked, format!("{name} was lost, and still syncs"));
            }
        }
        if let Some(tablet) = self.tablets.get_mut(number) {
            tablet.companion = None;
            tablet.lost = true;
        }
        self.refused_are_kept_twice(number, &name);
        match self.hand_out(place) {
            Ok(new) => {
                if let Some(entry) = self.places.get_mut(place) {
                    *entry = new;
                }
                self.excuse_unreachable();
            }
            Err(error) => self.witness.find(Wrong::Stuck, error.to_string()),
        }
    }

    /// What the server refused from a tablet that is lost now is still there: the server keeps it for
    /// whoever mends it. Only a restored server may have forgotten it.
    fn refused_are_kept_twice(&mut self, number: usize, name: &str) {
        let refused: Vec<ItemName> = self
            .witness
            .saved()
            .iter()
            .filter(|saved| saved.tablet == number && saved.told == Told::Refused)
            .filter(|saved| !saved.excused)
            .map(|saved| saved.item)
            .collect();
        let site = Arc::clone(&self.site);
        let kept = async {
            let mut documents = BTreeSet::new();
            for device in site.database.devices().await? {
                if device.name == name {
                    let refused = site.database.refused(device.id).await?;
                    documents.extend(refused.into_iter().filter_map(|item| item.document));
                }
            }
            Ok::<_, hemrond_server::storage::StorageError>(documents)
        };
        let Ok(Ok(kept)) = to_the_end(kept, &self.stop) else {
            self.witness
                .find(Wrong::Stuck, "the database cannot be read");
            return;
        };
        let missing = refused.iter().any(|item| !kept.contains(&item.document));
        if missing && !self.restored {
            let what = format!("the server does not keep what it refused from {name}");
            self.witness.find(Wrong::Lost, what);
        }
        self.witness
            .excuse(|saved| refused.contains(&saved.item) && saved.tablet == number);
    }

    fn set_clock(&mut self, place: usize, wrong_by_minutes: i64) {
        if let Some(tablet) = self.places.get(place).and_then(|at| self.tablets.get(*at)) {
            tablet.clock.be_wrong_by(wrong_by_minutes * 60_000);
        }
    }

    /// Asks a tablet what waits, and holds it to what it says of the rest.
    pub(crate) fn look_at_queue(&mut self, place: usize) {
        let Some(companion) = self.running(place) else {
            return;
        };
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let seen = async {
            let waiting = Tablet::waiting(&companion).await?;
            let refused = companion.store().refused_all().await;
            Ok::<_, String>((waiting, refused.map_err(|error| error.to_string())?))
        };
        let Ok(Ok((waiting, refused))) = to_the_end(seen, &self.stop) else {
            self.witness.find(
                Wrong::Stuck,
                format!("{} cannot be read", self.name(number)),
            );
            return;
        };
        self.witness.kept(number, &waiting);
        let gone = self.witness.said_to_be_gone(number, &waiting);
        let refused: BTreeSet<ItemName> = refused
            .into_iter()
            .map(|row| ItemName {
                document: row.document,
                hash: row.hash,
            })
            .collect();
        let held = self.on_server(&gone);
        for item in gone {
            if refused.contains(&item) {
                self.witness.tell(number, item, Told::Refused);
            } else if held.contains(&item) {
                self.witness.tell(number, item, Told::OnServer);
            } else {
                let what = format!(
                    "{} says that an item of {} is on the server, and it is not",
                    self.name(number),
                    item.document
                );
                self.witness.find(Wrong::Lost, what);
                return;
            }
        }
    }

    fn settle(&mut self, number: usize) {
        if let Some(tablet) = self.tablets.get_mut(number) {
            tablet.settle();
        }
    }

    pub(crate) fn name(&self, number: usize) -> String {
        self.tablets
            .get(number)
            .map_or_else(String::new, |tablet| tablet.name.clone())
    }
}

/// A change of role whose consequences are not all published: for planted bugs.
async fn change_wrongly(
    site: &crate::site::Site,
    user: &hemrond_domain::people::User,
    role: Role,
    unit: UnitId,
    bug: Option<Bug>,
) -> Result<(), String> {
    let account = site.database.user(user.id).await;
    let account = account.map_err(|error| error.to_string())?;
    let account = account.ok_or_else(|| "nobody has this account".to_owned())?;
    let before = Principal::from(&account.user);
    let after = Principal {
        role,
        unit,
        ..before
    };
    let (readable_before, readable_after) =
        (site.policy.readable(&before), site.policy.readable(&after));
    let readable = match bug {
        // Nothing seems to be gained, and everything lost is published, or the other way round.
        Some(Bug::GrantWithoutHistory) => {
            let mut both = readable_before.clone();
            both.kinds.extend(readable_after.kinds.iter().copied());
            both.own_unit_kinds.clear();
            (both, readable_after)
        }
        _ => {
            let mut both = readable_after.clone();
            both.kinds.extend(readable_before.kinds.iter().copied());
            (readable_before, both)
        }
    };
    let change = RoleChange {
        user: user.id,
        access_version: account.access_version,
        role,
        unit,
        before: readable.0,
        after: readable.1,
    };
    let changed = site.database.change_role(&change).await;
    changed.map_err(|error| error.to_string())
}

fn is_fair(failure: &Failure, fair: &[&str]) -> bool {
    fair.iter().any(|start| failure.code.starts_with(start))
}
