//! A database of no importance, in which a backup is looked at.

use super::{StorageError, examining, restore, sql::Tables};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{path::Path, str::FromStr};

/// A backup that was played into a database of its own.
pub(crate) struct Scratch {
    server: PgConnectOptions,
    name: String,
    /// The backup, to be looked at.
    pub(crate) tables: Tables,
}

/// Makes a database beside the one at this address and plays a backup into it. `mark` makes its
/// name one that nobody else has.
pub(crate) async fn unpack(
    url: &str,
    from: &Path,
    mark: [u8; 16],
) -> Result<Scratch, StorageError> {
    let server = PgConnectOptions::from_str(url).map_err(StorageError::Open)?;
    let name = format!("hemrond_verify_{}", hex::encode(mark));
    administer(&server, &format!("CREATE DATABASE {name}"))
        .await
        .map_err(|error| {
            StorageError::Restore(format!(
                "no database could be made to look at the backup in ({error}); let the account \
                 make databases (ALTER ROLE … CREATEDB), or verify where it may"
            ))
        })?;
    let played = async {
        let options = server.clone().database(&name);
        restore::play_unchanged(&options, from).await?;
        examining(options).await
    };
    match played.await {
        Ok(tables) => Ok(Scratch {
            server,
            name,
            tables,
        }),
        Err(error) => {
            drop_database(&server, &name).await?;
            Err(error)
        }
    }
}

impl Scratch {
    /// Takes the database away again.
    pub(crate) async fn remove(self) -> Result<(), StorageError> {
        crate::storage::Upkeep::close(&self.tables).await;
        drop_database(&self.server, &self.name).await
    }
}

async fn drop_database(server: &PgConnectOptions, name: &str) -> Result<(), StorageError> {
    Ok(administer(
        server,
        &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
    )
    .await?)
}

/// Runs a statement whose text is our own: the name is made of our letters and hex digits.
async fn administer(server: &PgConnectOptions, statement: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(server).await?;
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
        .execute(&mut connection)
        .await;
    connection.close().await?;
    done.map(drop)
}
