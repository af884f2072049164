//! Organisations, units, users, devices and codes.

use super::{
    Call, Moment, Process,
    state::{Code, Document, Fed, State},
};
use crate::storage::{
    Account, Accounts, Device, NewDevice, Organisation, Redeemed, RoleChange, StorageError, Unit,
    narrowing::Sight, paging::What,
};
use async_trait::async_trait;
use hemrond_domain::{
    ids::{DeviceId, UserId},
    people::User,
    record::DocumentId,
};
use hemrond_policy::Readable;
use std::collections::BTreeSet;

#[async_trait]
impl Accounts for Process {
    async fn add_organisation(&self, organisation: &Organisation) -> Result<(), StorageError> {
        self.write(Call::AddOrganisation, |state| {
            if state.organisations.contains_key(&organisation.id) {
                return Err(StorageError::Constraint(
                    "the organisation is there already",
                ));
            }
            let name = organisation.name.clone();
            state.organisations.insert(organisation.id, name);
            Ok(())
        })
        .await
    }

    async fn organisations(&self) -> Result<Vec<Organisation>, StorageError> {
        let mut found: Vec<Organisation> = self
            .read(Call::Organisations, |state| {
                let all = state.organisations.iter();
                all.map(|(id, name)| Organisation {
                    id: *id,
                    name: name.clone(),
                })
                .collect()
            })
            .await;
        found.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        Ok(found)
    }

    async fn add_unit(&self, unit: &Unit) -> Result<(), StorageError> {
        self.write(Call::AddUnit, |state| {
            if state.units.contains_key(&unit.id) {
                return Err(StorageError::Constraint("the unit is there already"));
            }
            if !state.organisations.contains_key(&unit.organisation) {
                return Err(StorageError::Constraint(
                    "the unit's organisation is unknown",
                ));
            }
            state.units.insert(unit.id, unit.clone());
            Ok(())
        })
        .await
    }

    async fn units(&self) -> Result<Vec<Unit>, StorageError> {
        let mut found: Vec<Unit> = self
            .read(Call::Units, |state| state.units.values().cloned().collect())
            .await;
        found.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        Ok(found)
    }

    async fn add_user(&self, user: &User) -> Result<(), StorageError> {
        self.write(Call::AddUser, |state| {
            if state.users.contains_key(&user.id) {
                return Err(StorageError::Constraint("the account is there already"));
            }
            if !state.organisations.contains_key(&user.organisation) {
                return Err(StorageError::Constraint(
                    "the account's organisation is unknown",
                ));
            }
            let account = Account {
                user: user.clone(),
                active: true,
                access_version: 1,
            };
            state.users.insert(user.id, account);
            Ok(())
        })
        .await
    }

    async fn users(&self) -> Result<Vec<Account>, StorageError> {
        let mut found: Vec<Account> = self
            .read(Call::Users, |state| state.users.values().cloned().collect())
            .await;
        found.sort_by(|a, b| (&a.user.name, a.user.id).cmp(&(&b.user.name, b.user.id)));
        Ok(found)
    }

    async fn user(&self, id: UserId) -> Result<Option<Account>, StorageError> {
        Ok(self
            .read(Call::User, |state| state.users.get(&id).cloned())
            .await)
    }

    async fn change_role(&self, change: &RoleChange) -> Result<(), StorageError> {
        self.pass(Call::ChangeRole, Moment::Begin).await;
        let head_lock = self.shared.head_lock.lock().await;
        let accounts_lock = self.shared.accounts_lock.lock().await;
        self.pass(Call::ChangeRole, Moment::Locked).await;
        self.pass(Call::ChangeRole, Moment::Commit).await;
        let head = self.commit_role(change);
        drop(accounts_lock);
        drop(head_lock);
        self.moved_to(head?);
        self.pass(Call::ChangeRole, Moment::Committed).await;
        Ok(())
    }

    async fn deactivate(&self, user: UserId, now: i64) -> Result<(), StorageError> {
        self.write_accounts(Call::Deactivate, |state| {
            if let Some(account) = state.users.get_mut(&user) {
                account.active = false;
                account.access_version += 1;
            }
            for device in state.devices.values_mut() {
                if device.user == user {
                    device.revoked_at.get_or_insert(now);
                }
            }
            Ok(())
        })
        .await
    }

    async fn add_code(
        &self,
        code_sha256: [u8; 32],
        user: UserId,
        expires_at: i64,
    ) -> Result<(), StorageError> {
        self.write(Call::AddCode, |state| {
            if state.codes.contains_key(&code_sha256) {
                return Err(StorageError::Constraint("the code is there already"));
            }
            if !state.users.contains_key(&user) {
                return Err(StorageError::Constraint("the code's account is unknown"));
            }
            let code = Code {
                user,
                expires_at,
                used_at: None,
            };
            state.codes.insert(code_sha256, code);
            Ok(())
        })
        .await
    }

    async fn redeem_code(
        &self,
        code_sha256: [u8; 32],
        device: &NewDevice,
        now: i64,
    ) -> Result<Redeemed, StorageError> {
        self.write_accounts(Call::RedeemCode, |state| {
            redeem(state, code_sha256, device, now)
        })
        .await
    }

    async fn add_device(
        &self,
        user: UserId,
        device: &NewDevice,
        now: i64,
    ) -> Result<(), StorageError> {
        self.write_accounts(Call::AddDevice, |state| {
            insert_device(state, user, device, now)
        })
        .await
    }

    async fn device_with_account(
        &self,
        id: DeviceId,
    ) -> Result<Option<(Device, Account)>, StorageError> {
        self.read(Call::DeviceWithAccount, |state| {
            let Some(device) = state.devices.get(&id) else {
                return Ok(None);
            };
            let account = state
                .users
                .get(&device.user)
                .ok_or(StorageError::Damaged("a device belongs to nobody"))?;
            Ok(Some((device.clone(), account.clone())))
        })
        .await
    }

    async fn devices(&self) -> Result<Vec<Device>, StorageError> {
        let mut found: Vec<Device> = self
            .read(Call::Devices, |state| {
                state.devices.values().cloned().collect()
            })
            .await;
        found.sort_by_key(|device| (device.enrolled_at, device.id));
        Ok(found)
    }

    async fn devices_by_id(&self, ids: &[DeviceId]) -> Result<Vec<Device>, StorageError> {
        let ids: BTreeSet<DeviceId> = ids.iter().copied().collect();
        Ok(self
            .read(Call::DevicesById, |state| {
                ids.iter()
                    .filter_map(|id| state.devices.get(id).cloned())
                    .collect()
            })
            .await)
    }

    async fn revoke_device(&self, id: DeviceId, now: i64) -> Result<bool, StorageError> {
        self.write(Call::RevokeDevice, |state| {
            let Some(device) = state.devices.get_mut(&id) else {
                return Ok(false);
            };
            device.revoked_at.get_or_insert(now);
            Ok(true)
        })
        .await
    }

    async fn seen(&self, id: DeviceId, now: i64) -> Result<(), StorageError> {
        self.write(Call::Seen, |state| {
            if let Some(device) = state.devices.get_mut(&id) {
                device.last_seen = Some(now);
            }
            Ok(())
        })
        .await
    }
}

impl Process {
    /// Changes the account and publishes what follows. Returns the feed's new head.
    fn commit_role(&self, change: &RoleChange) -> Result<u64, StorageError> {
        let mut inner = self.shared.lock();
        // Positions that were drawn before the lock must not be given out twice.
        let drawn = inner.drawn;
        let state = std::sync::Arc::make_mut(&mut inner.state);
        // What was readable before was worked out for another state of the account.
        state.check_access(change.user, change.access_version)?;
        if let Some(account) = state.users.get_mut(&change.user) {
            account.user.role = change.role;
            account.user.unit = change.unit;
            account.access_version += 1;
        }
        let sight = |readable: &Readable| Sight {
            user: change.user,
            unit: readable.unit,
            // Openings are left aside: they end by themselves.
            now: i64::MAX,
        };
        let (before, after) = (&change.before, &change.after);
        let now = |document: &Document, right| state.seen(document, right, &sight(right));
        // A lift behind which a tablet still stands concerned it as another unit's; from now on it would
        // pass it by as its own.
        let unheard: BTreeSet<DocumentId> = if before.unit == after.unit {
            BTreeSet::new()
        } else {
            let reconsidered = state
                .feed
                .values()
                .filter(|fed| fed.what == What::Reconsider);
            reconsidered.map(|fed| fed.document).collect()
        };
        let own = |document: &Document| document.header.unit() == Some(after.unit);
        let gained = matching(state, |document| {
            let new = !now(document, before)
                || (own(document) && unheard.contains(&document.header.id()));
            new && now(document, after)
        });
        // What was open in an emergency is lost with the role too, so blocks are left aside here; a
        // tablet that never had a document lets go of nothing.
        let lost = matching(state, |document| {
            document.within(before) && !now(document, after)
        });
        let gained = gained.into_iter().map(|document| (What::Whole, document));
        let lost = lost.into_iter().map(|document| (What::Gone, document));
        let mut position = state.head.max(drawn);
        for (what, document) in gained.chain(lost) {
            position += 1;
            let fed = Fed {
                what,
                document,
                item: None,
                audience: Some(change.user),
            };
            state.publish(position, fed);
        }
        let head = state.head;
        inner.drawn = drawn.max(head);
        Ok(head)
    }
}

/// The documents of which something holds.
fn matching(state: &State, holds: impl Fn(&Document) -> bool) -> Vec<DocumentId> {
    let all = state.documents.iter();
    all.filter(|(_, document)| holds(document))
        .map(|(id, _)| *id)
        .collect()
}

fn redeem(
    state: &mut State,
    code_sha256: [u8; 32],
    device: &NewDevice,
    now: i64,
) -> Result<Redeemed, StorageError> {
    let Some(code) = state.codes.get(&code_sha256) else {
        return Ok(Redeemed::Unknown);
    };
    if code.used_at.is_some() {
        return Ok(Redeemed::Used);
    }
    if code.expires_at < now {
        return Ok(Redeemed::Expired);
    }
    let account = state
        .users
        .get(&code.user)
        .ok_or(StorageError::Damaged("a code belongs to nobody"))?
        .clone();
    if !account.active {
        return Ok(Redeemed::Closed);
    }
    let id = account.user.organisation;
    let name = state
        .organisations
        .get(&id)
        .ok_or(StorageError::Damaged("an account has no organisation"))?
        .clone();
    let user = account.user.id;
    if device.only_for.is_some_and(|only| only != user) {
        return Ok(Redeemed::OtherUser);
    }
    match state.devices.get_mut(&device.id) {
        None => insert_device(state, user, device, now)?,
        Some(known) if known.user == user && known.revoked_at.is_none() => {
            known.name.clone_from(&device.name);
        }
        Some(_) => return Ok(Redeemed::KeyTaken),
    }
    if let Some(code) = state.codes.get_mut(&code_sha256) {
        code.used_at = Some(now);
    }
    Ok(Redeemed::Enrolled(account, Organisation { id, name }))
}

fn insert_device(
    state: &mut State,
    user: UserId,
    device: &NewDevice,
    now: i64,
) -> Result<(), StorageError> {
    if state.devices.contains_key(&device.id) {
        return Err(StorageError::Constraint("the device is there already"));
    }
    if !state.users.contains_key(&user) {
        return Err(StorageError::Constraint("the device's account is unknown"));
    }
    let enrolled = Device {
        id: device.id,
        user,
        name: device.name.clone(),
        public_key: device.public_key,
        enrolled_at: now,
        revoked_at: None,
        last_seen: None,
    };
    state.devices.insert(device.id, enrolled);
    Ok(())
}
