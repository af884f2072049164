//! A database of no importance, in which a backup is looked at.

use super::{StorageError, examining, restore, sql::Tables};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{path::Path, str::FromStr};

/// What a check that was killed left: a database of ours, by its name and its owner, to which nobody is
/// connected. A template is one that is just being made.
const FORSAKEN: &str = "SELECT datname::text FROM pg_catalog.pg_database d \
     WHERE datname ~ '^hemrond_verify_[0-9a-f]{32}$' AND NOT datistemplate \
     AND pg_catalog.pg_get_userbyid(datdba) = current_user \
     AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)";

/// A backup that was played into a database of its own.
pub(crate) struct Scratch {
    server: PgConnectOptions,
    name: String,
    /// As long as it lives, nobody takes the database for one that was left behind.
    keeper: PgConnection,
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
    remove_forsaken(&server).await?;
    let name = format!("hemrond_verify_{}", hex::encode(mark));
    // Nobody drops a template, and it is one until somebody is connected to it.
    administer(&server, &format!("CREATE DATABASE {name} IS_TEMPLATE true"))
        .await
        .map_err(|error| {
            StorageError::Restore(format!(
                "no database could be made to look at the backup in ({error}); let the account \
                 make databases (ALTER ROLE … CREATEDB), or verify where it may"
            ))
        })?;
    let options = server.clone().database(&name);
    let played = async {
        let keeper = PgConnection::connect_with(&options)
            .await
            .map_err(StorageError::Open)?;
        administer(&server, &not_a_template(&name)).await?;
        restore::play_unchanged(&options, from).await?;
        Ok::<_, StorageError>((keeper, examining(options).await?))
    };
    match played.await {
        Ok((keeper, tables)) => Ok(Scratch {
            server,
            name,
            keeper,
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
        let dropped = drop_database(&self.server, &self.name).await;
        // Until now, so that nobody else drops it meanwhile.
        drop(self.keeper);
        dropped
    }
}

/// Drops what checks left that were killed: it holds everything that the backup held.
async fn remove_forsaken(server: &PgConnectOptions) -> Result<(), StorageError> {
    let mut connection = PgConnection::connect_with(server)
        .await
        .map_err(StorageError::Open)?;
    let forsaken: Vec<(String,)> = sqlx::query_as(FORSAKEN).fetch_all(&mut connection).await?;
    connection.close().await?;
    for (name,) in forsaken {
        // Without force: whoever has come to it meanwhile keeps it. Another check may have been quicker.
        let dropped = administer(server, &format!("DROP DATABASE IF EXISTS {name}")).await;
        if let Err(error) = dropped {
            tracing::warn!(
                %error, name,
                "a database in which an earlier backup was looked at cannot be dropped: drop it by hand, \
                 for it holds everything"
            );
        }
    }
    Ok(())
}

fn not_a_template(name: &str) -> String {
    format!("ALTER DATABASE {name} IS_TEMPLATE false")
}

async fn drop_database(server: &PgConnectOptions, name: &str) -> Result<(), StorageError> {
    // The check may have come to its end while the database still was one.
    let _ = administer(server, &not_a_template(name)).await;
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
