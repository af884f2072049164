//! One-time codes.

use super::{
    Connection, StorageError, convert,
    rows::{renew_device, user},
};
use crate::storage::{NewDevice, Organisation, Redeemed};
use hemrond_domain::ids::UserId;

/// Exchanges a code for a device, in a transaction that is kept only if that succeeds.
pub(super) async fn redeem(
    connection: &mut Connection,
    code_sha256: [u8; 32],
    device: &NewDevice,
    now: i64,
) -> Result<Redeemed, StorageError> {
    // The update comes first, so that of two tablets with one code only one goes on.
    let taken: Option<(Vec<u8>, i64)> = sqlx::query_as(
        "UPDATE enrolment_codes SET used_at = $2 WHERE code_sha256 = $1 AND used_at IS NULL \
         RETURNING user_id, expires_at",
    )
    .bind(code_sha256.to_vec())
    .bind(now)
    .fetch_optional(&mut *connection)
    .await?;
    let Some((user_id, expires_at)) = taken else {
        let (known,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM enrolment_codes WHERE code_sha256 = $1")
                .bind(code_sha256.to_vec())
                .fetch_one(&mut *connection)
                .await?;
        return Ok(if known == 0 {
            Redeemed::Unknown
        } else {
            Redeemed::Used
        });
    };
    if expires_at < now {
        return Ok(Redeemed::Expired);
    }
    let id = UserId::from_stored(convert::id(user_id)?);
    let account = user(connection, id)
        .await?
        .ok_or(StorageError::Damaged("a code belongs to nobody"))?;
    if !account.active {
        return Ok(Redeemed::Closed);
    }
    if device.only_for.is_some_and(|user| user != id) {
        return Ok(Redeemed::OtherUser);
    }
    if !renew_device(connection, id, device, now).await? {
        return Ok(Redeemed::KeyTaken);
    }
    let (name,): (String,) = sqlx::query_as("SELECT name FROM organisations WHERE id = $1")
        .bind(account.user.organisation.as_bytes().to_vec())
        .fetch_one(&mut *connection)
        .await?;
    let organisation = Organisation {
        id: account.user.organisation,
        name,
    };
    Ok(Redeemed::Enrolled(account, organisation))
}
