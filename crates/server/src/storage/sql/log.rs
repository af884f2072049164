//! The access log.

use super::{Db, StorageError, Tables, convert, log_write};
use crate::storage::{
    AccessLog, FindingKind, LogEntry, LogFinding, LogGiven, LogQuery, LogReview, LogTaken, LogTree,
    log::{proven, wanted},
};
use async_trait::async_trait;
use hemrond_audit::{Event, RecordHash, tree::Hash};
use hemrond_domain::ids::DeviceId;
use sqlx::{FromRow, QueryBuilder};

#[derive(FromRow)]
struct Entry {
    idx: i64,
    hash: Vec<u8>,
    sender: Vec<u8>,
    seq: i64,
    bytes: Vec<u8>,
    received_at: i64,
}

#[derive(FromRow)]
struct Finding {
    sender: Vec<u8>,
    seq: i64,
    kind: String,
    hash: Vec<u8>,
    bytes: Vec<u8>,
    found_at: i64,
}

#[async_trait]
impl AccessLog for Tables {
    async fn log_key(&self, fresh: [u8; 32]) -> Result<[u8; 32], StorageError> {
        if let Some(seed) = self.kept_log_key().await? {
            return Ok(seed);
        }
        // Of two processes that begin at once, both get the one that is kept.
        let (seed,): (Vec<u8>,) = sqlx::query_as(
            "UPDATE log_state SET key_seed = COALESCE(key_seed, $1) RETURNING key_seed",
        )
        .bind(fresh.to_vec())
        .fetch_one(&self.write)
        .await?;
        convert::hash(seed)
    }

    async fn kept_log_key(&self) -> Result<Option<[u8; 32]>, StorageError> {
        let (seed,): (Option<Vec<u8>>,) = sqlx::query_as("SELECT key_seed FROM log_state")
            .fetch_one(&self.read)
            .await?;
        seed.map(convert::hash).transpose()
    }

    async fn take_log(&self, given: &LogGiven, now: i64) -> Result<LogTaken, StorageError> {
        // Most syncs bring nothing new; they need no lock and no disk.
        if given.records.is_empty() {
            let mut transaction = self.reading().await?;
            return log_write::look(&mut transaction, given, now).await;
        }
        let mut transaction = self.writing().await?;
        let taken = log_write::take(&mut transaction, given, now).await?;
        transaction.commit().await?;
        Ok(taken)
    }

    async fn log_own_all(&self, events: Vec<Event>, now: i64) -> Result<(), StorageError> {
        if events.is_empty() {
            return Ok(());
        }
        let mut transaction = self.writing().await?;
        log_write::take_own(&mut transaction, events, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn log_tree(&self, known: u64) -> Result<LogTree, StorageError> {
        let mut transaction = self.reading().await?;
        let (size, destroyed_below, checkpoint_at): (i64, i64, Option<i64>) = sqlx::query_as(
            "SELECT size, destroyed_below, (SELECT MAX(made_at) FROM log_checkpoints) \
             FROM log_state",
        )
        .fetch_one(&mut *transaction)
        .await?;
        let size = convert::position(size)?;
        let nodes = log_write::nodes(&mut transaction, &wanted(known, size)).await?;
        let (root, proof) = proven(&nodes, known, size)?;
        Ok(LogTree {
            size,
            root,
            proof,
            checkpoint_at,
            destroyed_below: convert::position(destroyed_below)?,
        })
    }

    async fn keep_checkpoint(&self, size: u64, note: &str, now: i64) -> Result<(), StorageError> {
        sqlx::query(
            "INSERT INTO log_checkpoints (size, note, made_at) VALUES ($1, $2, $3) \
             ON CONFLICT (size) DO NOTHING",
        )
        .bind(convert::number(size))
        .bind(note.to_owned())
        .bind(now)
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn checkpoints(&self) -> Result<Vec<(u64, String)>, StorageError> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT size, note FROM log_checkpoints ORDER BY size")
                .fetch_all(&self.read)
                .await?;
        rows.into_iter()
            .map(|(size, note)| Ok((convert::position(size)?, note)))
            .collect()
    }

    async fn log_entries(&self, query: LogQuery) -> Result<Vec<LogEntry>, StorageError> {
        let mut sql = QueryBuilder::<Db>::new(
            "SELECT idx, hash, sender, seq, bytes, received_at FROM log_entries WHERE idx >= ",
        );
        sql.push_bind(convert::number(query.from));
        if let Some(person) = query.person {
            sql.push(" AND person_id = ");
            sql.push_bind(person.as_bytes().to_vec());
        }
        sql.push(" ORDER BY idx LIMIT ");
        sql.push_bind(i64::from(query.most));
        let rows: Vec<Entry> = sql.build_query_as().fetch_all(&self.read).await?;
        rows.into_iter()
            .map(|row| {
                Ok(LogEntry {
                    index: convert::position(row.idx)?,
                    hash: convert::hash(row.hash)?,
                    sender: DeviceId::from_stored(convert::id(row.sender)?),
                    seq: convert::position(row.seq)?,
                    bytes: row.bytes,
                    received_at: row.received_at,
                })
            })
            .collect()
    }

    async fn log_place(&self, hash: RecordHash) -> Result<Option<(u64, u64)>, StorageError> {
        let row: Option<(i64, i64)> =
            sqlx::query_as("SELECT idx, seq FROM log_entries WHERE hash = $1")
                .bind(hash.to_vec())
                .fetch_optional(&self.read)
                .await?;
        row.map(|(index, seq)| Ok((convert::position(index)?, convert::position(seq)?)))
            .transpose()
    }

    async fn log_nodes(
        &self,
        level: u8,
        from: u64,
        most: u32,
    ) -> Result<Vec<(u64, Hash)>, StorageError> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
            "SELECT idx, hash FROM log_nodes WHERE level = $1 AND idx >= $2 ORDER BY idx LIMIT $3",
        )
        .bind(i64::from(level))
        .bind(convert::number(from))
        .bind(i64::from(most))
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|(index, hash)| Ok((convert::position(index)?, convert::hash(hash)?)))
            .collect()
    }

    async fn log_findings(&self) -> Result<Vec<LogFinding>, StorageError> {
        let rows: Vec<Finding> = sqlx::query_as(
            "SELECT sender, seq, kind, hash, bytes, found_at FROM log_findings \
             ORDER BY found_at, sender, hash, kind",
        )
        .fetch_all(&self.read)
        .await?;
        let mut findings = rows
            .into_iter()
            .map(|row| {
                Ok(LogFinding {
                    sender: DeviceId::from_stored(convert::id(row.sender)?),
                    seq: convert::position(row.seq)?,
                    kind: FindingKind::from_name(&row.kind)
                        .ok_or(StorageError::Damaged("a finding of the log is of no kind"))?,
                    hash: convert::hash(row.hash)?,
                    bytes: row.bytes,
                    found_at: row.found_at,
                })
            })
            .collect::<Result<Vec<_>, StorageError>>()?;
        findings.sort_by_key(|one| (one.found_at, one.sender, one.hash, one.kind));
        Ok(findings)
    }

    async fn keep_review(&self, review: &LogReview) -> Result<(), StorageError> {
        let drawn: Vec<String> = review.drawn.iter().map(ToString::to_string).collect();
        sqlx::query(
            "INSERT INTO log_reviews (id, made_at, reviewer, drawn, finding) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(review.id.to_vec())
        .bind(review.made_at)
        .bind(review.reviewer.clone())
        .bind(drawn.join(" "))
        .bind(review.finding.clone())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    async fn reviews(&self) -> Result<Vec<LogReview>, StorageError> {
        let rows: Vec<(Vec<u8>, i64, String, String, String)> = sqlx::query_as(
            "SELECT id, made_at, reviewer, drawn, finding FROM log_reviews \
             ORDER BY made_at DESC, id",
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|(id, made_at, reviewer, drawn, finding)| {
                let drawn: Result<Vec<u64>, _> = drawn.split_whitespace().map(str::parse).collect();
                Ok(LogReview {
                    id: convert::id(id)?,
                    made_at,
                    reviewer,
                    drawn: drawn.map_err(|_| StorageError::Damaged("a review names no place"))?,
                    finding,
                })
            })
            .collect()
    }

    async fn purge_log(&self, before: i64) -> Result<u64, StorageError> {
        let mut transaction = self.writing().await?;
        let gone = log_write::purge(&mut transaction, before).await?;
        transaction.commit().await?;
        Ok(gone)
    }
}
