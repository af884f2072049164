//! The access log: adding to its end, and what the server says of it.

use crate::{
    commit::Remembered,
    error::StoreError,
    read::{LogHead, log::signed},
    session::Session,
    sql,
    store::Store,
};
use chrono::{DateTime, Utc};
use hemrond_domain::ids::PersonId;

/// The next record of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLogRecord {
    /// Where the chain ended before.
    pub after: LogHead,
    /// The record's hash.
    pub hash: [u8; 32],
    /// The record as it is written.
    pub bytes: Vec<u8>,
    /// Whose data it is about, where it is one person's.
    pub person: Option<PersonId>,
    /// When, on the tablet's clock.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Adds a record to the end of the access log: it is on disk when this returns. On a full disk
    /// the reserve gives way for it.
    ///
    /// # Errors
    /// When the chain ends elsewhere than the record says, the disk fails, or it is full and the
    /// reserve is used up. Nothing is added then.
    pub async fn log_append(&self, record: &NewLogRecord) -> Result<LogHead, StoreError> {
        let mut first = true;
        loop {
            match self.append(record).await {
                Err(StoreError::DiskFull) if self.make_room(first).await? => first = false,
                outcome => return outcome,
            }
        }
    }

    async fn append(&self, record: &NewLogRecord) -> Result<LogHead, StoreError> {
        let mut writing = self.write().await?;
        let head = LogHead {
            seq: record.after.seq.saturating_add(1),
            hash: record.hash,
        };
        let moved = sql::execute(
            &mut writing,
            "UPDATE log_state SET seq = ?1, hash = ?2 WHERE seq = ?3 AND hash = ?4",
            sql::with(&signed(head.seq))
                .and(&head.hash)
                .and(&signed(record.after.seq))
                .and(&record.after.hash),
        )
        .await?;
        if moved != 1 {
            return Err(StoreError::invalid("the access log does not end there"));
        }
        sql::execute(
            &mut writing,
            "INSERT INTO log_records (seq, hash, bytes, person, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            sql::with(&signed(head.seq))
                .and(&head.hash)
                .and(&record.bytes)
                .and(&record.person)
                .and(&record.at),
        )
        .await?;
        writing.commit().await?;
        Ok(head)
    }

    /// Notes that the server lacks everything after a place: it is sent again. None: it lacks even
    /// what comes before the oldest record that there still is.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn log_give_back(&self, after: Option<LogHead>) -> Result<(), StoreError> {
        let from_oldest = after.is_none();
        let after = after.unwrap_or_default();
        let mut writing = self.write().await?;
        sql::execute(
            &mut writing,
            "UPDATE log_state SET sent_seq = ?1, sent_hash = ?2, from_oldest = ?3",
            sql::with(&signed(after.seq))
                .and(&after.hash)
                .and(&from_oldest),
        )
        .await?;
        sql::execute(
            &mut writing,
            "UPDATE log_records SET acknowledged_at = NULL WHERE seq > ?1",
            sql::with(&signed(after.seq)),
        )
        .await?;
        writing.commit().await
    }

    /// Takes away records that the server has had since before a moment.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn log_prune(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let statement = "DELETE FROM log_records WHERE acknowledged_at < ?1";
        self.write_once(statement, sql::with(&before)).await
    }

    /// Keeps what did not agree, with both sides as they were. The same again is kept once.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn log_find(
        &self,
        code: &str,
        remembered: &str,
        found: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut writing = self.write().await?;
        let new = sql::execute(
            &mut writing,
            "INSERT INTO log_findings (at, code, remembered, found)
             SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM log_findings
             WHERE code = ?2 AND remembered = ?3 AND found = ?4)",
            sql::with(&now)
                .and(&code.to_owned())
                .and(&remembered.to_owned())
                .and(&found.to_owned()),
        )
        .await?;
        writing.commit().await?;
        Ok(new > 0)
    }
}

/// Notes that the server has the access log up to a record of it.
pub(super) async fn acknowledge(
    session: &mut Session,
    up_to: LogHead,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sql::execute(
        session,
        "UPDATE log_state SET sent_seq = ?1, sent_hash = ?2, from_oldest = 0",
        sql::with(&signed(up_to.seq)).and(&up_to.hash),
    )
    .await?;
    sql::execute(
        session,
        "UPDATE log_records SET acknowledged_at = ?2
         WHERE seq <= ?1 AND acknowledged_at IS NULL",
        sql::with(&signed(up_to.seq)).and(&now),
    )
    .await?;
    Ok(())
}

/// Remembers the server's checkpoint.
pub(super) async fn remember(session: &mut Session, said: &Remembered) -> Result<(), StoreError> {
    sql::execute(
        session,
        "UPDATE log_state SET checkpoint = ?1, checkpoint_key = ?2, checkpoint_epoch = ?3",
        sql::with(&said.note).and(&said.key).and(&said.epoch),
    )
    .await?;
    Ok(())
}
