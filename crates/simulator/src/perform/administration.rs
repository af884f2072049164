//! What happens at the server: restores, and changes of role.

use crate::{
    chance::Chance,
    drive::{Hangs, to_the_end},
    plant::Bug,
    site::Site,
    tablet::Tablet,
    time::ServerClock,
    witness::{Told, Wrong},
    world::{HOME_HELP, OTHER_TEAM, TEAM, World},
};
use hemrond_domain::{ids::UnitId, people::Role};
use hemrond_policy::Principal;
use hemrond_server::{
    directory::Administration,
    storage::{Accounts as _, RoleChange},
};
use hemrond_store::ItemName;
use std::{collections::BTreeSet, sync::Arc};

fn administration<'a>(site: &'a Site, clock: &'a ServerClock) -> Administration<'a> {
    Administration {
        storage: &site.database,
        policy: &site.policy,
        clock,
        chance: site.randomness(),
    }
}

impl World {
    pub(super) fn restore(&mut self) {
        let saved = self.witness.saved().iter().map(|saved| saved.item);
        let before = self.on_server(&saved.collect::<Vec<_>>());
        let logged = self.logged();
        let site = Arc::clone(&self.site);
        match to_the_end(site.restore(), &self.stop) {
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => {
                self.air.struck.fault();
                self.restored = true;
                self.once_on_server.extend(before);
                let still = self.logged();
                self.forgotten_log.extend(logged.difference(&still));
                self.read_staff();
                self.excuse_unreachable(&|_| true);
            }
            _ => self
                .witness
                .find(Wrong::Stuck, "the server cannot be restored"),
        }
    }

    /// Everything is back that tablets could give.
    pub(crate) fn end_recovery(&mut self) {
        let site = Arc::clone(&self.site);
        let clock = ServerClock(Arc::clone(&self.time));
        let administration = administration(&site, &clock);
        let ended = to_the_end(administration.end_recovery(), &self.stop);
        if !matches!(ended, Ok(Ok(()))) {
            self.witness.find(Wrong::Stuck, "the recovery does not end");
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
    /// the disks from everybody who had them, or the right to read from all but their author, and
    /// the disk from that one. Only those are looked at that may be excused.
    pub(super) fn excuse_unreachable(&mut self, may_be: &dyn Fn(&ItemName) -> bool) {
        let items: Vec<(usize, ItemName)> = self
            .witness
            .saved()
            .iter()
            .filter(|saved| !saved.excused && saved.told != Told::Refused)
            .filter(|saved| may_be(&saved.item))
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
            let number = self.places.get(place).copied();
            let own = missing.iter().filter(|(tablet, _)| Some(*tablet) == number);
            let own = own.map(|(_, item)| *item).collect();
            reachable.extend(self.given_back_among(place, &held, &own));
        }
        self.witness
            .excuse(|saved| names.contains(&saved.item) && !reachable.contains(&saved.item));
    }

    pub(super) fn change_role(&mut self, place: usize, chance: &mut Chance) {
        self.resume_who_locks();
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
            let administration = administration(&site, &clock);
            let changed = administration.change_role(user.id, role, unit).await;
            changed.map_err(|error| error.to_string())
        };
        match to_the_end(changed, &self.stop) {
            Ok(Ok(())) => {
                if let Some(user) = self.staff.get_mut(place) {
                    let changed = (user.role, user.unit) != (role, unit);
                    self.air.struck.fault_if(changed);
                    user.role = role;
                    user.unit = unit;
                }
                self.excuse_unreachable(&|_| true);
            }
            Ok(Err(why)) => self
                .witness
                .find(Wrong::Stuck, format!("no change of role: {why}")),
            Err(Hangs) => self.witness.find(Wrong::Stuck, "a change of role hangs"),
        }
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
