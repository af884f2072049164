//! That PostgreSQL says nothing is committed before it is on its disk.

use super::StorageError;
use sqlx::{PgConnection, postgres::PgPool};

/// Keeps what the cluster, the database, the role or the address say of a commit, unless that is to wait for
/// nothing: then it waits. Said for the session, it holds whatever is configured anew meanwhile.
///
/// `local` stays as well: the commit is on this server's disk, and only a standby is not waited for.
const INSIST: &str = "SELECT set_config('synchronous_commit', \
     CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' \
     ELSE current_setting('synchronous_commit') END, false)";

/// The same for one transaction of another program.
pub(super) const FOR_THIS: &str = "SET LOCAL synchronous_commit TO on;";

/// What the sessions would have, and whether the cluster writes through at all.
const CONFIGURED: &str = "SELECT (SELECT reset_val FROM pg_settings WHERE name = \
     'synchronous_commit'), current_setting('fsync')";

/// Has a connection wait for each commit until it is on disk.
pub(super) async fn insist(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(INSIST).execute(connection).await?;
    Ok(())
}

/// Refuses a cluster in which nothing is durable, and tells of a setting that was not followed.
pub(super) async fn check(pool: &PgPool) -> Result<(), StorageError> {
    let (commit, fsync): (String, String) = sqlx::query_as(CONFIGURED).fetch_one(pool).await?;
    if !waits(&commit, &fsync)? {
        tracing::warn!(
            "PostgreSQL is set up with synchronous_commit = off, which would lose what tablets were \
             told to be kept; this server's connections wait all the same: set it to on"
        );
    }
    Ok(())
}

/// Whether sessions would wait for their commits by themselves.
fn waits(commit: &str, fsync: &str) -> Result<bool, StorageError> {
    match fsync {
        "off" => Err(StorageError::NotDurable),
        _ => Ok(commit != "off"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of PostgreSQL 18, 19.5.1.
    #[test]
    fn what_is_not_on_disk_is_never_called_committed() {
        for (commit, fsync, expected) in [
            ("on", "on", Some(true)),
            ("remote_apply", "on", Some(true)),
            ("remote_write", "on", Some(true)),
            ("local", "on", Some(true)),
            ("off", "on", Some(false)),
            ("on", "off", None),
            ("off", "off", None),
        ] {
            let found = waits(commit, fsync);
            assert_eq!(found.as_ref().ok().copied(), expected, "{commit}, {fsync}");
            if let Err(error) = found {
                assert!(error.to_string().contains("set fsync = on"), "{error}");
            }
        }
    }
}
