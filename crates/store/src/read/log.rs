//! The access log: where it ends, what the server lacks of it, what did not agree.

use crate::{cell::Columns, error::StoreError, sql, store::Store};
use chrono::{DateTime, Utc};
use hemrond_domain::ids::PersonId;

/// A place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogHead {
    /// The record's number; 0 before the first.
    pub seq: u64,
    /// Its hash; zeroes before the first.
    pub hash: [u8; 32],
}

/// Where the log stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogState {
    /// Where the chain ends.
    pub head: LogHead,
    /// How far the server has it.
    pub sent: LogHead,
    /// Whether the next push begins with the oldest record that there still is.
    pub from_oldest: bool,
    /// The server's last checkpoint as it was signed, its key, and the epoch in which it was given.
    pub checkpoint: Option<(String, [u8; 32], [u8; 16])>,
}

/// A record as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Its place.
    pub place: LogHead,
    /// As it was written.
    pub bytes: Vec<u8>,
    /// When the server said that it has it; none while that is not known.
    pub acknowledged_at: Option<DateTime<Utc>>,
}

/// What of the log is only on this tablet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogSummary {
    /// How many records the server is not known to have.
    pub unsent: u64,
    /// When the oldest of them was written.
    pub oldest_at: Option<DateTime<Utc>>,
}

/// What did not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFinding {
    /// When it was found.
    pub at: DateTime<Utc>,
    /// Which kind, a key into the text files.
    pub code: String,
    /// What the tablet remembered.
    pub remembered: String,
    /// What it was shown.
    pub found: String,
}

fn unsigned(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::corrupted("a place in the log is negative"))
}

impl Store {
    /// Where the access log stands.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn log_state(&self) -> Result<LogState, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT seq, hash, sent_seq, sent_hash, from_oldest, checkpoint,
            checkpoint_key, checkpoint_epoch FROM log_state";
        let Some(row) = sql::first_row(&mut reading, statement, sql::nothing()).await? else {
            return Err(StoreError::corrupted("the access log has no state"));
        };
        let mut columns = Columns::of(&row);
        let head = LogHead {
            seq: unsigned(columns.next()?)?,
            hash: columns.next()?,
        };
        let sent = LogHead {
            seq: unsigned(columns.next()?)?,
            hash: columns.next()?,
        };
        let from_oldest = columns.next()?;
        let note: Option<String> = columns.next()?;
        let key: Option<[u8; 32]> = columns.next()?;
        let epoch: Option<[u8; 16]> = columns.next()?;
        Ok(LogState {
            head,
            sent,
            from_oldest,
            checkpoint: note
                .zip(key)
                .zip(epoch)
                .map(|((note, key), epoch)| (note, key, epoch)),
        })
    }

    /// Records from a number on, in order, at most so many.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn log_from(&self, seq: u64, most: usize) -> Result<Vec<LogRow>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT seq, hash, bytes, acknowledged_at FROM log_records
            WHERE seq >= ?1 ORDER BY seq LIMIT ?2";
        let values = sql::with(&signed(seq)).and(&i64::try_from(most).unwrap_or(i64::MAX));
        let rows = sql::rows(&mut reading, statement, values).await?;
        rows.iter().map(log_row).collect()
    }

    /// Records about a person, newest first, at most so many.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn log_about(
        &self,
        person: PersonId,
        most: usize,
    ) -> Result<Vec<LogRow>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT seq, hash, bytes, acknowledged_at FROM log_records
            WHERE person = ?1 ORDER BY seq DESC LIMIT ?2";
        let values = sql::with(&person).and(&i64::try_from(most).unwrap_or(i64::MAX));
        let rows = sql::rows(&mut reading, statement, values).await?;
        rows.iter().map(log_row).collect()
    }

    /// What of the access log is only on this tablet. While anything is, the tablet is not to be
    /// wiped (HSLF-FS 2016:40 4 kap. 9 §).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn log_summary(&self) -> Result<LogSummary, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT count(*), min(at) FROM log_records WHERE acknowledged_at IS NULL";
        let Some(row) = sql::first_row(&mut reading, statement, sql::nothing()).await? else {
            return Ok(LogSummary::default());
        };
        let mut columns = Columns::of(&row);
        Ok(LogSummary {
            unsent: unsigned(columns.next()?)?,
            oldest_at: columns.next()?,
        })
    }

    /// What did not agree, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn log_findings(&self) -> Result<Vec<LogFinding>, StoreError> {
        let mut reading = self.read().await?;
        let statement = "SELECT at, code, remembered, found FROM log_findings ORDER BY id";
        let rows = sql::rows(&mut reading, statement, sql::nothing()).await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok(LogFinding {
                    at: columns.next()?,
                    code: columns.next()?,
                    remembered: columns.next()?,
                    found: columns.next()?,
                })
            })
            .collect()
    }
}

/// A number as it is kept. Nothing counts that far.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn log_row(row: &sqlx::sqlite::SqliteRow) -> Result<LogRow, StoreError> {
    let mut columns = Columns::of(row);
    Ok(LogRow {
        place: LogHead {
            seq: unsigned(columns.next()?)?,
            hash: columns.next()?,
        },
        bytes: columns.next()?,
        acknowledged_at: columns.next()?,
    })
}
