//! The access log's part of a sync: what is sent, and what the server says of it and of its own.

use super::Subject;
use crate::{failure::Outcome, tablet::Companion};
use chrono::Duration;
use ed25519_dalek::VerifyingKey;
use hemrond_audit::{Action, Record, checkpoint::Checkpoint, tree};
use hemrond_protocol::{Epoch, LogCheckpoint, LogPush, LogRecord, Logged, limits};
use hemrond_store::{LogHead, LogState, Remembered};
use std::sync::atomic::Ordering;

/// How long records are kept after the server has said that it has them: a server that is restored
/// from a backup of this age still gets them back.
const KEPT_AFTER: Duration = Duration::days(90);

/// How many records one request carries at most, before a slow network halves it.
const MOST: usize = 500;

/// The same for a server that unpacks: records say little that the one before has not said.
const MOST_PACKED: usize = limits::MAX_LOG_RECORDS;

/// How old the server's word about its log may become while this tablet logs nothing itself.
const WORD_HOLDS: Duration = Duration::minutes(15);

/// Keys into the text files.
const INCONSISTENT: &str = "log.inconsistent";
const RESTORED: &str = "log.restored";
const KEY_CHANGED: &str = "log.key_changed";
const BROKEN: &str = "log.broken";

impl Companion {
    /// The next records for the server, and whether there are more.
    pub(crate) async fn gather_log(&self, halvings: u32) -> Outcome<(LogPush, bool)> {
        let state = self.store.log_state().await?;
        let most = match self.server_unpacks.load(Ordering::Relaxed) {
            true => MOST_PACKED,
            false => MOST,
        };
        let most = (most >> halvings).max(1);
        let first = if state.from_oldest {
            1
        } else {
            state.sent.seq.saturating_add(1)
        };
        let mut rows = match state.head == state.sent && !state.from_oldest {
            true => Vec::new(),
            false => self.store.log_from(first, most + 1).await?,
        };
        let more = rows.len() > most;
        rows.truncate(most);
        let after = match rows.first() {
            _ if !state.from_oldest => state.sent,
            // What stands before the oldest is known by its name only.
            Some(row) => LogHead {
                seq: row.place.seq.saturating_sub(1),
                hash: Record::decode(&row.bytes).map_or([0; 32], |record| record.previous),
            },
            None => state.head,
        };
        let known = remembered(&state);
        let age = |known: &Checkpoint| self.clock.now().timestamp_millis().abs_diff(known.at_ms);
        let no_hurry = rows.is_empty()
            && known
                .as_ref()
                .is_some_and(|known| age(known) < WORD_HOLDS.num_milliseconds().unsigned_abs());
        Ok((
            LogPush {
                after: after.seq,
                after_hash: after.hash,
                records: rows.into_iter().map(|row| LogRecord(row.bytes)).collect(),
                oldest: state.from_oldest,
                known_size: known.as_ref().map_or(0, |known| known.size),
                known_root: known.as_ref().map_or_else(tree::empty, |known| known.root),
                no_hurry,
            },
            more,
        ))
    }

    /// Takes in what the server says of this tablet's log. Answers up to which record it has it, where
    /// that is news.
    pub(crate) async fn take_logged(&self, logged: &Logged) -> Outcome<Option<LogHead>> {
        let mut acknowledged = None;
        let state = self.store.log_state().await?;
        let named = LogHead {
            seq: logged.seq,
            hash: logged.hash,
        };
        let is_ours = named == LogHead::default()
            || named == state.head
            || self
                .store
                .log_from(named.seq, 1)
                .await?
                .first()
                .is_some_and(|row| row.place == named);
        if logged.lacking {
            // It is given back from there, or from the oldest that is left.
            let oldest = self.store.log_from(1, 1).await?;
            let next = named.seq.saturating_add(1);
            let reaches = named.seq >= state.head.seq
                || oldest.first().is_some_and(|row| row.place.seq <= next);
            let after = (is_ours && reaches).then_some(named);
            self.store.log_give_back(after).await?;
        } else if is_ours || named == state.sent {
            if named != state.sent || state.from_oldest {
                acknowledged = Some(named);
            }
        } else {
            tracing::warn!("the server acknowledges a record that is none of this tablet's");
        }
        if logged.broken {
            self.find(
                BROKEN,
                &hex::encode(state.head.hash),
                &hex::encode(logged.hash),
            )
            .await?;
        }
        Ok(acknowledged)
    }

    /// Compares the server's word about its log with what is remembered of it. What does not agree
    /// is kept with both sides, told, and written into this tablet's own log. Answers what is to be
    /// remembered from now on.
    pub(crate) async fn take_checkpoint(
        &self,
        epoch: Epoch,
        given: &LogCheckpoint,
    ) -> Outcome<Option<Remembered>> {
        let state = self.store.log_state().await?;
        let old = state.checkpoint.as_ref();
        let old_note = old.map_or("", |(note, ..)| note.as_str());
        let opened = VerifyingKey::from_bytes(&given.key)
            .ok()
            .and_then(|key| Checkpoint::open(&given.note, &key).ok());
        let Some(new) = opened else {
            self.find(INCONSISTENT, old_note, &given.note).await?;
            return Ok(None);
        };
        let found = match (old, remembered(&state)) {
            (Some((_, key, _)), _) if *key != given.key => Some(KEY_CHANGED),
            (Some((_, _, known_in)), Some(known)) => {
                let (proof, rest) = given.proof.as_chunks::<32>();
                let continues = rest.is_empty()
                    && tree::continues((known.size, &known.root), (new.size, &new.root), proof);
                match continues {
                    true => None,
                    // A server that was put back from a backup says so by its epoch.
                    false if *known_in != epoch.0 => Some(RESTORED),
                    false => Some(INCONSISTENT),
                }
            }
            _ => None,
        };
        if let Some(code) = found {
            self.find(code, old_note, &given.note).await?;
        }
        Ok(Some(Remembered {
            note: given.note.clone(),
            key: given.key,
            epoch: epoch.0,
        }))
    }

    /// Takes away what the server has had for long, and keeps room for what comes.
    pub(crate) async fn prune_log(&self) -> Outcome<()> {
        self.store.log_prune(self.clock.now() - KEPT_AFTER).await?;
        self.store.fill_reserve();
        Ok(())
    }

    async fn find(&self, code: &str, remembered: &str, found: &str) -> Outcome<()> {
        let now = self.clock.now();
        if self.store.log_find(code, remembered, found, now).await? {
            tracing::error!(code, "the server's access log does not agree");
            let state = self.state.lock().await;
            let subject = Subject {
                kind: "access_log",
                ..Subject::default()
            };
            self.log_event(&state, Action::Alarm, &subject, Some(code))
                .await?;
        }
        Ok(())
    }
}

/// What is remembered of the server's log.
fn remembered(state: &LogState) -> Option<Checkpoint> {
    let (note, key, _) = state.checkpoint.as_ref()?;
    Checkpoint::open(note, &VerifyingKey::from_bytes(key).ok()?).ok()
}
