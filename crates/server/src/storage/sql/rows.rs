//! Rows of users and devices, and how they are read.

use super::{Connection, StorageError, convert};
use crate::storage::{Account, Device, NewDevice};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, UnitId, UserId},
    people::User,
};

pub(super) const DEVICE: &str = "SELECT id, user_id, name, public_key, enrolled_at, revoked_at, last_seen \
     FROM devices";

pub(super) const DEVICES_BY_AGE: &str = "SELECT id, user_id, name, public_key, enrolled_at, revoked_at, last_seen FROM devices \
     ORDER BY enrolled_at, id";

pub(super) const DEVICE_BY_ID: &str = "SELECT id, user_id, name, public_key, enrolled_at, revoked_at, last_seen FROM devices \
     WHERE id = $1";

pub(super) const USERS_BY_NAME: &str = "SELECT id, name, role, organisation_id, unit_id, active, access_version FROM users \
     ORDER BY name, id";

pub(super) const USER_BY_ID: &str = "SELECT id, name, role, organisation_id, unit_id, active, access_version FROM users \
     WHERE id = $1";

pub(super) type UserRow = (Vec<u8>, String, String, Vec<u8>, Vec<u8>, i64, i64);
pub(super) type DeviceRow = (
    Vec<u8>,
    Vec<u8>,
    String,
    Vec<u8>,
    i64,
    Option<i64>,
    Option<i64>,
);

pub(super) fn account(row: UserRow) -> Result<Account, StorageError> {
    let (id, name, role, organisation, unit, active, access_version) = row;
    Ok(Account {
        user: User {
            id: UserId::from_stored(convert::id(id)?),
            name,
            role: role
                .parse()
                .map_err(|_| StorageError::Damaged("a user has an unknown role"))?,
            organisation: OrganisationId::from_stored(convert::id(organisation)?),
            unit: UnitId::from_stored(convert::id(unit)?),
        },
        active: active == 1,
        access_version,
    })
}

pub(super) fn device(row: DeviceRow) -> Result<Device, StorageError> {
    let (id, user, name, public_key, enrolled_at, revoked_at, last_seen) = row;
    Ok(Device {
        id: DeviceId::from_stored(convert::id(id)?),
        user: UserId::from_stored(convert::id(user)?),
        name,
        public_key: convert::hash(public_key)?,
        enrolled_at,
        revoked_at,
        last_seen,
    })
}

/// One account, by id.
pub(super) async fn user(
    connection: &mut Connection,
    id: UserId,
) -> Result<Option<Account>, StorageError> {
    let row: Option<UserRow> = sqlx::query_as(USER_BY_ID)
        .bind(id.as_bytes().to_vec())
        .fetch_optional(connection)
        .await?;
    row.map(account).transpose()
}

pub(super) async fn insert_device(
    connection: &mut Connection,
    user: UserId,
    device: &NewDevice,
    now: i64,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO devices (id, user_id, name, public_key, enrolled_at) \
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(device.id.as_bytes().to_vec())
    .bind(user.as_bytes().to_vec())
    .bind(device.name.clone())
    .bind(device.public_key.to_vec())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts a device in, or another name where the account has it already. False where
/// it is shut out or another account's.
pub(super) async fn renew_device(
    connection: &mut Connection,
    user: UserId,
    device: &NewDevice,
    now: i64,
) -> Result<bool, StorageError> {
    let known: Option<(Vec<u8>, Option<i64>)> =
        sqlx::query_as("SELECT user_id, revoked_at FROM devices WHERE id = $1")
            .bind(device.id.as_bytes().to_vec())
            .fetch_optional(&mut *connection)
            .await?;
    match known {
        None => insert_device(connection, user, device, now).await?,
        Some((owner, None)) if owner == user.as_bytes() => {
            sqlx::query("UPDATE devices SET name = $2 WHERE id = $1")
                .bind(device.id.as_bytes().to_vec())
                .bind(device.name.clone())
                .execute(connection)
                .await?;
        }
        Some(_) => return Ok(false),
    }
    Ok(true)
}
