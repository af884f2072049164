//! How people sign in.

use super::{Connection, StorageError, Tables, convert, rows::user};
use crate::storage::{Account, Chosen, Invitation, Second, SignIn, SignIns};
use async_trait::async_trait;
use hemrond_domain::ids::UserId;
use sqlx::FromRow;

#[derive(FromRow)]
struct Row {
    user_id: Vec<u8>,
    login: Option<String>,
    password: Option<String>,
    totp: Option<Vec<u8>>,
    last_step: i64,
    failures: i64,
    failed_at: i64,
    external_id: Option<String>,
    setup_sha256: Option<Vec<u8>>,
    setup_expires_at: i64,
}

const ALL: &str = "SELECT user_id, login, password, totp, last_step, failures, failed_at, \
     external_id, setup_sha256, setup_expires_at FROM sign_ins ORDER BY user_id";

const BY_LOGIN: &str = "SELECT user_id, login, password, totp, last_step, failures, failed_at, \
     external_id, setup_sha256, setup_expires_at FROM sign_ins WHERE login = $1";

const BY_EXTERNAL_ID: &str = "SELECT user_id, login, password, totp, last_step, failures, \
     failed_at, external_id, setup_sha256, setup_expires_at FROM sign_ins WHERE external_id = $1";

const BY_SETUP: &str = "SELECT user_id, login, password, totp, last_step, failures, failed_at, \
     external_id, setup_sha256, setup_expires_at FROM sign_ins WHERE setup_sha256 = $1";

fn sign_in(row: Row) -> Result<SignIn, StorageError> {
    Ok(SignIn {
        user: UserId::from_stored(convert::id(row.user_id)?),
        login: row.login,
        password: row.password,
        totp: row.totp,
        last_step: row.last_step,
        failures: row.failures,
        failed_at: row.failed_at,
        external_id: row.external_id,
        setup_expires_at: row.setup_sha256.map(|_| row.setup_expires_at),
    })
}

async fn with_account(
    connection: &mut Connection,
    row: Option<Row>,
) -> Result<Option<(SignIn, Account)>, StorageError> {
    let Some(found) = row.map(sign_in).transpose()? else {
        return Ok(None);
    };
    let account = user(connection, found.user)
        .await?
        .ok_or(StorageError::Damaged("a sign-in belongs to nobody"))?;
    Ok(Some((found, account)))
}

/// A name given twice is the person's mistake, not the database's.
fn taken(error: sqlx::Error) -> StorageError {
    match error {
        sqlx::Error::Database(refused) if refused.is_unique_violation() => {
            StorageError::Constraint("somebody else has this name or code already")
        }
        other => other.into(),
    }
}

#[async_trait]
impl SignIns for Tables {
    async fn invite(&self, invitation: &Invitation) -> Result<(), StorageError> {
        let mut transaction = self.writing().await?;
        sqlx::query(
            "INSERT INTO sign_ins (user_id, login, setup_sha256, setup_expires_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (user_id) DO UPDATE SET \
             login = COALESCE(excluded.login, sign_ins.login), \
             setup_sha256 = excluded.setup_sha256, \
             setup_expires_at = excluded.setup_expires_at",
        )
        .bind(invitation.user.as_bytes().to_vec())
        .bind(invitation.login.clone())
        .bind(invitation.code_sha256.to_vec())
        .bind(invitation.expires_at)
        .execute(&mut *transaction)
        .await
        .map_err(taken)?;
        if invitation.reset {
            sqlx::query(
                "UPDATE sign_ins SET password = NULL, totp = NULL, failures = 0 WHERE user_id = $1",
            )
            .bind(invitation.user.as_bytes().to_vec())
            .execute(&mut *transaction)
            .await?;
            forget(&mut transaction, invitation.user).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn sign_ins(&self) -> Result<Vec<SignIn>, StorageError> {
        let rows: Vec<Row> = sqlx::query_as(ALL).fetch_all(&self.read).await?;
        rows.into_iter().map(sign_in).collect()
    }

    async fn sign_in_by_login(
        &self,
        login: &str,
    ) -> Result<Option<(SignIn, Account)>, StorageError> {
        let mut transaction = self.reading().await?;
        let row = sqlx::query_as(BY_LOGIN)
            .bind(login.to_owned())
            .fetch_optional(&mut *transaction)
            .await?;
        with_account(&mut transaction, row).await
    }

    async fn sign_in_by_external_id(
        &self,
        external_id: &str,
    ) -> Result<Option<(SignIn, Account)>, StorageError> {
        let mut transaction = self.reading().await?;
        let row = sqlx::query_as(BY_EXTERNAL_ID)
            .bind(external_id.to_owned())
            .fetch_optional(&mut *transaction)
            .await?;
        with_account(&mut transaction, row).await
    }

    async fn sign_in_by_setup(
        &self,
        code_sha256: [u8; 32],
    ) -> Result<Option<(SignIn, Account)>, StorageError> {
        let mut transaction = self.reading().await?;
        let row = sqlx::query_as(BY_SETUP)
            .bind(code_sha256.to_vec())
            .fetch_optional(&mut *transaction)
            .await?;
        with_account(&mut transaction, row).await
    }

    async fn set_external_id(
        &self,
        user: UserId,
        external_id: Option<&str>,
    ) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO sign_ins (user_id, external_id) VALUES ($1, $2) \
             ON CONFLICT (user_id) DO UPDATE SET external_id = excluded.external_id",
        )
        .bind(user.as_bytes().to_vec())
        .bind(external_id.map(str::to_owned))
        .execute(&self.write)
        .await
        .map_err(taken)?;
        Ok(())
    }

    async fn choose(&self, chosen: &Chosen) -> Result<bool, StorageError> {
        let mut transaction = self.writing().await?;
        // The update comes first, so that of two browsers with one code only one goes on.
        let row: Option<(Vec<u8>,)> = sqlx::query_as(
            "UPDATE sign_ins SET setup_sha256 = NULL, password = $2, totp = $3, last_step = $4, \
             failures = 0 WHERE setup_sha256 = $1 AND setup_expires_at >= $5 RETURNING user_id",
        )
        .bind(chosen.code_sha256.to_vec())
        .bind(chosen.password.clone())
        .bind(chosen.totp.clone())
        .bind(chosen.step)
        .bind(chosen.now)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some((user_id,)) = row else {
            return Ok(false);
        };
        let user = UserId::from_stored(convert::id(user_id)?);
        forget(&mut transaction, user).await?;
        for code in &chosen.recovery {
            sqlx::query("INSERT INTO recovery_codes (code_sha256, user_id) VALUES ($1, $2)")
                .bind(code.to_vec())
                .bind(user.as_bytes().to_vec())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn begin_try(&self, user: UserId, failures: i64, now: i64) -> Result<bool, StorageError> {
        let counted = sqlx::query(
            "UPDATE sign_ins SET failures = failures + 1, failed_at = $2 \
             WHERE user_id = $1 AND failures = $3",
        )
        .bind(user.as_bytes().to_vec())
        .bind(now)
        .bind(failures)
        .execute(&self.write)
        .await?;
        Ok(counted.rows_affected() == 1)
    }

    async fn use_second(
        &self,
        user: UserId,
        second: Second,
        now: i64,
    ) -> Result<bool, StorageError> {
        let mut transaction = self.writing().await?;
        let done = match second {
            Second::Step(step) => {
                sqlx::query(
                    "UPDATE sign_ins SET last_step = $2 WHERE user_id = $1 AND last_step < $2",
                )
                .bind(user.as_bytes().to_vec())
                .bind(step)
                .execute(&mut *transaction)
                .await?
            }
            Second::Recovery(code) => {
                sqlx::query(
                    "UPDATE recovery_codes SET used_at = $3 \
                     WHERE code_sha256 = $2 AND user_id = $1 AND used_at IS NULL",
                )
                .bind(user.as_bytes().to_vec())
                .bind(code.to_vec())
                .bind(now)
                .execute(&mut *transaction)
                .await?
            }
        };
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("UPDATE sign_ins SET failures = 0 WHERE user_id = $1")
            .bind(user.as_bytes().to_vec())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn rehash(&self, user: UserId, before: &str, after: &str) -> Result<(), StorageError> {
        sqlx::query("UPDATE sign_ins SET password = $3 WHERE user_id = $1 AND password = $2")
            .bind(user.as_bytes().to_vec())
            .bind(before.to_owned())
            .bind(after.to_owned())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn recovery_left(&self, user: UserId) -> Result<u64, StorageError> {
        let (left,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL",
        )
        .bind(user.as_bytes().to_vec())
        .fetch_one(&self.read)
        .await?;
        convert::position(left)
    }
}

/// Forgets what an account could sign in with before, and where it is signed in.
async fn forget(connection: &mut Connection, user: UserId) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
        .bind(user.as_bytes().to_vec())
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM sessions WHERE user_id = $1")
        .bind(user.as_bytes().to_vec())
        .execute(&mut *connection)
        .await?;
    Ok(())
}
