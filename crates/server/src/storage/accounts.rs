//! Organisations, units, users, devices and one-time codes, as the rest of the server sees them.

use super::StorageError;
use async_trait::async_trait;
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, UnitId, UserId},
    people::{Role, User},
};
use hemrond_policy::Readable;

/// A region, municipality or private provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// What people call it.
    pub name: String,
}

/// A unit or team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What people call it.
    pub name: String,
    /// Its kind's stable name.
    pub kind: String,
    /// The number that colleagues ring; empty where there is none.
    pub phone: String,
}

/// A user's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who, with role and unit.
    pub user: User,
    /// Whether the account is open.
    pub active: bool,
    /// Rises with every change; a decision made under an older one is void.
    pub access_version: i64,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// What people call it.
    pub name: String,
    /// Ed25519; its signatures on requests and entries are checked with it.
    pub public_key: [u8; 32],
    /// When, in milliseconds since 1970.
    pub enrolled_at: i64,
    /// When it was shut out; none while it may sync.
    pub revoked_at: Option<i64>,
    /// When it last synced.
    pub last_seen: Option<i64>,
}

/// A device that asks to be enrolled with a one-time code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// The id that it gets.
    pub id: DeviceId,
    /// What people call it.
    pub name: String,
    /// Its own key.
    pub public_key: [u8; 32],
    /// Whose it is already; a code of anybody else is none for it.
    pub only_for: Option<UserId>,
}

/// What became of a one-time code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// The device is enrolled for this account.
    Enrolled(Account, Organisation),
    /// Nobody was given this code.
    Unknown,
    /// A device has used it already.
    Used,
    /// It came too late.
    Expired,
    /// The account is closed.
    Closed,
    /// The code is another account's than the one that the device belongs to. It may still be used.
    OtherUser,
    /// A device with this key is shut out, or is another account's. The code may still be used.
    KeyTaken,
}

/// A change of role or unit, with what it does to the right to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChange {
    /// Whose.
    pub user: UserId,
    /// The account as it was when the change was worked out.
    pub access_version: i64,
    /// The new role.
    pub role: Role,
    /// The new unit.
    pub unit: UnitId,
    /// What was readable before.
    pub before: Readable,
    /// What is readable after.
    pub after: Readable,
}

/// Accounts and devices.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Adds an organisation.
    async fn add_organisation(&self, organisation: &Organisation) -> Result<(), StorageError>;
    /// Every organisation, by name.
    async fn organisations(&self) -> Result<Vec<Organisation>, StorageError>;
    /// Adds a unit.
    async fn add_unit(&self, unit: &Unit) -> Result<(), StorageError>;
    /// Every unit, by name.
    async fn units(&self) -> Result<Vec<Unit>, StorageError>;
    /// Adds an open account.
    async fn add_user(&self, user: &User) -> Result<(), StorageError>;
    /// Every account, by name.
    async fn users(&self) -> Result<Vec<Account>, StorageError>;
    /// One account.
    async fn user(&self, id: UserId) -> Result<Option<Account>, StorageError>;
    /// Changes role and unit, and publishes what became readable and what is no longer.
    async fn change_role(&self, change: &RoleChange) -> Result<(), StorageError>;
    /// Closes an account and shuts out its devices.
    async fn deactivate(&self, user: UserId, now: i64) -> Result<(), StorageError>;
    /// Keeps a one-time code's hash.
    async fn add_code(
        &self,
        code_sha256: [u8; 32],
        user: UserId,
        expires_at: i64,
    ) -> Result<(), StorageError>;
    /// Exchanges a one-time code for a device, once.
    async fn redeem_code(
        &self,
        code_sha256: [u8; 32],
        device: &NewDevice,
        now: i64,
    ) -> Result<Redeemed, StorageError>;
    /// Adds a device without a code: the server's own.
    async fn add_device(
        &self,
        user: UserId,
        device: &NewDevice,
        now: i64,
    ) -> Result<(), StorageError>;
    /// The device with this id, and its account, at one moment.
    async fn device_with_account(
        &self,
        id: DeviceId,
    ) -> Result<Option<(Device, Account)>, StorageError>;
    /// Every device, by enrolment.
    async fn devices(&self) -> Result<Vec<Device>, StorageError>;
    /// Devices by id, for their keys; those that there are.
    async fn devices_by_id(&self, ids: &[DeviceId]) -> Result<Vec<Device>, StorageError>;
    /// Shuts a device out. False if there is none.
    async fn revoke_device(&self, id: DeviceId, now: i64) -> Result<bool, StorageError>;
    /// Notes that a device synced.
    async fn seen(&self, id: DeviceId, now: i64) -> Result<(), StorageError>;
}
