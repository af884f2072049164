//! The access log: adding to its end, and what the server says of it.

use crate::{
    commit::{GiveBack, LogDisagreement, Remembered},
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

impl NewLogRecord {
    /// Where it stands in the chain.
    #[must_use]
    pub const fn place(&self) -> LogHead {
        LogHead {
            seq: self.after.seq.saturating_add(1),
            hash: self.hash,
        }
    }
}

impl Store {
    /// Adds a record to the end of the access log: it is on disk when this returns. On a full disk
    /// the reserve gives way for it.
    ///
    /// # Errors
    /// When the chain ends elsewhere than the record says, the disk fails, or it is full and the
    /// reserve is used up. Nothing is added then.
    pub async fn log_append(&self, record: &NewLogRecord) -> Result<LogHead, StoreError> {
        self.log_append_all(std::slice::from_ref(record)).await?;
        Ok(record.place())
    }

    /// Adds records to the end of the access log, each after the one before: all of them are on disk
    /// when this returns, or none.
    ///
    /// # Errors
    /// As [`Store::log_append`].
    pub async fn log_append_all(&self, records: &[NewLogRecord]) -> Result<(), StoreError> {
        let mut first = true;
        loop {
            match self.append(records).await {
                Err(StoreError::DiskFull) if self.make_room(first).await? => first = false,
                outcome => return outcome,
            }
        }
    }

    async fn append(&self, records: &[NewLogRecord]) -> Result<(), StoreError> {
        let mut writing = self.write().await?;
        for record in records {
            Self::append_one(&mut writing, record).await?;
        }
        writing.commit().await
    }

    async fn append_one(writing: &mut Session, record: &NewLogRecord) -> Result<(), StoreError> {
        let head = record.place();
        let moved = sql::execute(
            writing,
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
            writing,
            "INSERT INTO log_records (seq, hash, bytes, person, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            sql::with(&signed(head.seq))
                .and(&head.hash)
                .and(&record.bytes)
                .and(&record.person)
                .and(&record.at),
        )
        .await?;
        Ok(())
    }

    /// Takes away records that the server has had since before a moment, from the oldest on: a clock that
    /// was wrong for a while must not leave a hole in the chain, which nobody could ever close.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn log_prune(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let statement = "DELETE FROM log_records WHERE acknowledged_at < ?1 AND seq < coalesce(
            (SELECT min(seq) FROM log_records WHERE acknowledged_at IS NULL OR acknowledged_at >= ?1),
            9223372036854775807)";
        self.write_once(statement, sql::with(&before)).await
    }
}

/// Notes from where the server lacks the log: it is sent again.
pub(super) async fn give_back(session: &mut Session, from: GiveBack) -> Result<(), StoreError> {
    let (after, from_oldest) = match from {
        GiveBack::After(after) => (after, false),
        GiveBack::FromOldest => (LogHead::default(), true),
    };
    sql::execute(
        session,
        "UPDATE log_state SET sent_seq = ?1, sent_hash = ?2, from_oldest = ?3",
        sql::with(&signed(after.seq))
            .and(&after.hash)
            .and(&from_oldest),
    )
    .await?;
    sql::execute(
        session,
        "UPDATE log_records SET acknowledged_at = NULL WHERE seq > ?1",
        sql::with(&signed(after.seq)),
    )
    .await?;
    Ok(())
}

/// Keeps what does not agree. False where it is kept already.
pub(super) async fn find(
    session: &mut Session,
    finding: &LogDisagreement,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let new = sql::execute(
        session,
        "INSERT INTO log_findings (at, code, remembered, found)
         SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM log_findings
         WHERE code = ?2 AND remembered = ?3 AND found = ?4)",
        sql::with(&now)
            .and(&finding.code)
            .and(&finding.remembered)
            .and(&finding.found),
    )
    .await?;
    Ok(new > 0)
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
