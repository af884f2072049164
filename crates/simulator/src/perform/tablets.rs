//! What happens to tablets: they end, go back to older copies, are lost and replaced.

use crate::{
    drive::to_the_end,
    plant::Bug,
    steps::Ending,
    tablet::Tablet,
    time::ServerClock,
    witness::{Told, Wrong},
    world::World,
};
use hemrond_companion::api::{Command, Nothing};
use hemrond_domain::ids::DeviceId;
use hemrond_server::{
    environment::Clock as _,
    storage::{Accounts as _, Records as _},
};
use hemrond_store::ItemName;
use std::{collections::BTreeSet, sync::Arc};

impl World {
    pub(super) fn restart(&mut self, place: usize, how: Ending) {
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let stop = self.stop.clone();
        let ended = match self.tablets.get_mut(number) {
            Some(tablet) => {
                let runs = tablet.companion.is_some();
                self.air.struck.fault_if(runs && how != Ending::Closed);
                tablet.end(how, &stop)
            }
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

    pub(super) fn copy(&mut self, place: usize) {
        let saved = self.witness.count();
        for place in self.on_the_tablet_of(place) {
            if let Some(tablet) = self
                .places
                .get(place)
                .and_then(|at| self.tablets.get_mut(*at))
            {
                tablet.copy(saved);
            }
        }
    }

    /// A tablet goes back to an older copy, with the databases of all its users: what one of them has
    /// is asked for only when the others' are old, too.
    pub(super) fn put_back(&mut self, place: usize) {
        let had = self.on_disks_of(place);
        let mut back = Vec::new();
        for place in self.on_the_tablet_of(place) {
            let Some(&number) = self.places.get(place) else {
                continue;
            };
            let since = self.tablets.get_mut(number).and_then(Tablet::put_back);
            if let Some(since) = since {
                back.push((number, since));
                self.went_back = true;
                self.log_goes_back(place);
            }
        }
        self.air.struck.fault_if(!back.is_empty());
        let went = !back.is_empty();
        for (number, since) in back {
            // What nobody else has was on the old disk only.
            let elsewhere = self.elsewhere(number, since);
            self.witness
                .forget_since(number, since, &|item| elsewhere.contains(&item));
        }
        // Others', which a lost tablet had sent and a restored server has forgotten, may have been here only.
        if went {
            self.excuse_unreachable(&|item| had.contains(item));
        }
    }

    /// What was saved, by whomever, and is on the disks of a tablet's users.
    fn on_disks_of(&mut self, place: usize) -> BTreeSet<ItemName> {
        let saved = self.witness.saved().iter();
        let items: Vec<ItemName> = saved
            .filter(|saved| !saved.excused)
            .map(|saved| saved.item)
            .collect();
        let mut held = BTreeSet::new();
        for place in self.on_the_tablet_of(place) {
            held.extend(self.held_by(place, &items));
        }
        held
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

    pub(super) fn set_clock(&mut self, place: usize, wrong_by_minutes: i64) {
        if let Some(tablet) = self.places.get(place).and_then(|at| self.tablets.get(*at)) {
            let moved = tablet.clock.be_wrong_by(wrong_by_minutes * 60_000);
            self.air.struck.fault_if(moved);
        }
    }

    pub(super) fn replace(&mut self, place: usize) {
        for place in self.on_the_tablet_of(place) {
            self.replace_one(place);
        }
        self.share_clock();
    }

    fn replace_one(&mut self, place: usize) {
        self.resume_who_locks();
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
            self.air.struck.fault();
        }
        self.refused_are_kept_twice(number, &name);
        match self.hand_out(place) {
            Ok(new) => {
                if let Some(entry) = self.places.get_mut(place) {
                    *entry = new;
                }
                self.excuse_unreachable(&|_| true);
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
}
