//! The accounts and devices that everything else names.

use crate::{
    directory::own_user,
    storage::{Account, Device, StorageError, Survey},
    verify::fault::{Fault, What},
};
use hemrond_domain::{
    ids::{DeviceId, UnitId, UserId},
    people::Role,
};
use std::collections::{BTreeMap, BTreeSet};

/// The accounts and devices that there are.
pub(super) struct People {
    users: BTreeSet<UserId>,
    devices: BTreeMap<DeviceId, Device>,
    /// What each works as and where, as far as it was read.
    work: BTreeMap<UserId, (Role, UnitId)>,
}

impl People {
    /// These and no others.
    pub(super) fn of(
        users: impl IntoIterator<Item = UserId>,
        devices: impl IntoIterator<Item = Device>,
    ) -> Self {
        Self {
            users: users.into_iter().collect(),
            devices: devices
                .into_iter()
                .map(|device| (device.id, device))
                .collect(),
            work: BTreeMap::new(),
        }
    }

    /// Reads them all, and checks what they name.
    pub(super) async fn read(
        survey: &dyn Survey,
        faults: &mut Vec<Fault>,
    ) -> Result<Self, StorageError> {
        let accounts = survey.users().await?;
        let units: BTreeSet<_> = survey.units().await?.iter().map(|unit| unit.id).collect();
        for account in &accounts {
            let user = &account.user;
            // The server's own accounts work in no unit.
            if !units.contains(&user.unit) && user.id != own_user(user.organisation) {
                faults.push(Fault {
                    place: format!("account {}", user.id),
                    what: What::Lacks("unit"),
                });
            }
        }
        let devices = survey.devices().await?;
        let work = |account: &Account| (account.user.id, (account.user.role, account.user.unit));
        let work = accounts.iter().map(work).collect();
        let users = accounts.into_iter().map(|account| account.user.id);
        Ok(Self {
            work,
            ..Self::of(users, devices)
        })
    }

    pub(super) fn works_as(&self, id: UserId) -> Option<(Role, UnitId)> {
        self.work.get(&id).copied()
    }

    pub(super) fn has_user(&self, id: UserId) -> bool {
        self.users.contains(&id)
    }

    pub(super) fn has_device(&self, id: DeviceId) -> bool {
        self.devices.contains_key(&id)
    }

    pub(super) fn device(&self, id: DeviceId) -> Option<&Device> {
        self.devices.get(&id)
    }

    pub(super) fn counts(&self) -> (u64, u64) {
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        (count(self.users.len()), count(self.devices.len()))
    }
}
