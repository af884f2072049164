//! Organisations, units, users, devices and codes.

use super::{
    Db, StorageError, Tables, access, convert, enrolment,
    rows::{
        DEVICE, DEVICE_BY_ID, DEVICES_BY_AGE, DeviceRow, USERS_BY_NAME, UserRow, account, device,
        insert_device, user,
    },
};
use crate::storage::{
    Account, Accounts, Device, NewDevice, Organisation, Redeemed, RoleChange, Unit,
};
use async_trait::async_trait;
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, UnitId, UserId},
    people::User,
};
use sqlx::QueryBuilder;

#[async_trait]
impl Accounts for Tables {
    async fn add_organisation(&self, organisation: &Organisation) -> Result<(), StorageError> {
        sqlx::query("INSERT INTO organisations (id, name) VALUES ($1, $2)")
            .bind(organisation.id.as_bytes().to_vec())
            .bind(organisation.name.clone())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn organisations(&self) -> Result<Vec<Organisation>, StorageError> {
        let rows: Vec<(Vec<u8>, String)> =
            sqlx::query_as("SELECT id, name FROM organisations ORDER BY name, id")
                .fetch_all(&self.read)
                .await?;
        rows.into_iter()
            .map(|(id, name)| {
                Ok(Organisation {
                    id: OrganisationId::from_stored(convert::id(id)?),
                    name,
                })
            })
            .collect()
    }

    async fn add_unit(&self, unit: &Unit) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO units (id, organisation_id, name, kind, phone) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(unit.id.as_bytes().to_vec())
        .bind(unit.organisation.as_bytes().to_vec())
        .bind(unit.name.clone())
        .bind(unit.kind.clone())
        .bind(unit.phone.clone())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn units(&self) -> Result<Vec<Unit>, StorageError> {
        let rows: Vec<(Vec<u8>, Vec<u8>, String, String, String)> = sqlx::query_as(
            "SELECT id, organisation_id, name, kind, phone FROM units ORDER BY name, id",
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|(id, organisation, name, kind, phone)| {
                Ok(Unit {
                    id: UnitId::from_stored(convert::id(id)?),
                    organisation: OrganisationId::from_stored(convert::id(organisation)?),
                    name,
                    kind,
                    phone,
                })
            })
            .collect()
    }

    async fn add_user(&self, user: &User) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO users (id, name, role, organisation_id, unit_id, active, access_version) \
             VALUES ($1, $2, $3, $4, $5, 1, 1)",
        )
        .bind(user.id.as_bytes().to_vec())
        .bind(user.name.clone())
        .bind(user.role.as_str())
        .bind(user.organisation.as_bytes().to_vec())
        .bind(user.unit.as_bytes().to_vec())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn users(&self) -> Result<Vec<Account>, StorageError> {
        let rows: Vec<UserRow> = sqlx::query_as(USERS_BY_NAME).fetch_all(&self.read).await?;
        rows.into_iter().map(account).collect()
    }

    async fn user(&self, id: UserId) -> Result<Option<Account>, StorageError> {
        let mut connection = self.read.acquire().await?;
        user(&mut connection, id).await
    }

    async fn change_role(&self, change: &RoleChange) -> Result<(), StorageError> {
        let mut transaction = self.writing().await?;
        let head = access::change_role(&mut transaction, change).await?;
        transaction.commit().await?;
        self.moved_to(head);
        Ok(())
    }

    async fn deactivate(&self, user: UserId, now: i64) -> Result<(), StorageError> {
        let mut transaction = self.writing().await?;
        sqlx::query(
            "UPDATE users SET active = 0, access_version = access_version + 1 WHERE id = $1",
        )
        .bind(user.as_bytes().to_vec())
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE devices SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL")
            .bind(user.as_bytes().to_vec())
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn add_code(
        &self,
        code_sha256: [u8; 32],
        user: UserId,
        expires_at: i64,
    ) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO enrolment_codes (code_sha256, user_id, expires_at) VALUES ($1, $2, $3)",
        )
        .bind(code_sha256.to_vec())
        .bind(user.as_bytes().to_vec())
        .bind(expires_at)
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn redeem_code(
        &self,
        code_sha256: [u8; 32],
        device: &NewDevice,
        now: i64,
    ) -> Result<Redeemed, StorageError> {
        let mut transaction = self.writing().await?;
        let redeemed = enrolment::redeem(&mut transaction, code_sha256, device, now).await?;
        if matches!(redeemed, Redeemed::Enrolled(..)) {
            transaction.commit().await?;
        }
        Ok(redeemed)
    }

    async fn add_device(
        &self,
        user: UserId,
        device: &NewDevice,
        now: i64,
    ) -> Result<(), StorageError> {
        let mut transaction = self.writing().await?;
        insert_device(&mut transaction, user, device, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn device_with_account(
        &self,
        id: DeviceId,
    ) -> Result<Option<(Device, Account)>, StorageError> {
        // One moment for both, so that the account's version fits the device's state.
        let mut transaction = self.reading().await?;
        let row: Option<DeviceRow> = sqlx::query_as(DEVICE_BY_ID)
            .bind(id.as_bytes().to_vec())
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(found) = row.map(device).transpose()? else {
            return Ok(None);
        };
        let account = user(&mut transaction, found.user)
            .await?
            .ok_or(StorageError::Damaged("a device belongs to nobody"))?;
        Ok(Some((found, account)))
    }

    async fn devices(&self) -> Result<Vec<Device>, StorageError> {
        let rows: Vec<DeviceRow> = sqlx::query_as(DEVICES_BY_AGE).fetch_all(&self.read).await?;
        rows.into_iter().map(device).collect()
    }

    async fn devices_by_id(&self, ids: &[DeviceId]) -> Result<Vec<Device>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::<Db>::new(DEVICE);
        query.push(" WHERE id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id.as_bytes().to_vec());
        }
        query.push(")");
        let rows: Vec<DeviceRow> = query.build_query_as().fetch_all(&self.read).await?;
        rows.into_iter().map(device).collect()
    }

    async fn revoke_device(&self, id: DeviceId, now: i64) -> Result<bool, StorageError> {
        let done =
            sqlx::query("UPDATE devices SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1")
                .bind(id.as_bytes().to_vec())
                .bind(now)
                .execute(&self.write)
                .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn seen(&self, id: DeviceId, now: i64) -> Result<(), StorageError> {
        sqlx::query("UPDATE devices SET last_seen = $2 WHERE id = $1")
            .bind(id.as_bytes().to_vec())
            .bind(now)
            .execute(&self.write)
            .await?;
        Ok(())
    }
}
