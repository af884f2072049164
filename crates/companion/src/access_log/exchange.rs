//! The access log's part of a sync: what is sent, and what the server says of it and of its own.

use super::Subject;
use crate::{
    failure::Outcome,
    tablet::{Companion, State},
};
use chrono::{DateTime, Duration, Utc};
use ed25519_dalek::VerifyingKey;
use hemrond_audit::{Action, Record, checkpoint::Checkpoint, tree};
use hemrond_protocol::{Epoch, LogCheckpoint, LogPush, LogRecord, Logged, limits};
use hemrond_store::{GiveBack, LogDisagreement, LogHead, LogState, Remembered};
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

/// What an answer changes of what is known about the access logs, this tablet's and the server's: written
/// with the rest of it, or not at all.
#[derive(Debug, Default)]
pub(crate) struct LogNews {
    /// When the server answered, by its own clock.
    pub(crate) server_time: DateTime<Utc>,
    /// Up to which record the server has this tablet's, where that is news.
    pub(crate) acknowledged: Option<LogHead>,
    /// From where the server lacks it.
    pub(crate) give_back: Option<GiveBack>,
    /// What is to be remembered of the server's from now on.
    pub(crate) remembered: Option<Remembered>,
    /// What does not agree.
    pub(crate) findings: Vec<LogDisagreement>,
}

impl LogNews {
    /// No news yet, in an answer that was given at this time of the server's.
    pub(crate) fn at(server_time: DateTime<Utc>) -> Self {
        Self {
            server_time,
            ..Self::default()
        }
    }

    /// Whether one thing found is that this tablet's own log is broken.
    pub(crate) fn is_broken(&self) -> bool {
        self.findings.iter().any(|found| found.code == BROKEN)
    }

    fn find(&mut self, code: &str, remembered: &str, found: &str) {
        self.findings.push(LogDisagreement {
            code: code.to_owned(),
            remembered: remembered.to_owned(),
            found: found.to_owned(),
        });
    }
}

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

    /// Takes in what the server says of this tablet's log.
    pub(crate) async fn take_logged(&self, logged: &Logged, news: &mut LogNews) -> Outcome<()> {
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
            news.give_back = Some(after.map_or(GiveBack::FromOldest, GiveBack::After));
        } else if is_ours || named == state.sent {
            if named != state.sent || state.from_oldest {
                news.acknowledged = Some(named);
            }
        } else {
            tracing::warn!("the server acknowledges a record that is none of this tablet's");
        }
        // Once in a run: a tablet that was put back is told so until its new numbers are past the old ones,
        // and each telling would be one more record to tell of.
        if logged.broken && !self.told_broken.load(Ordering::Relaxed) {
            let (ours, theirs) = (hex::encode(state.head.hash), hex::encode(logged.hash));
            news.find(BROKEN, &ours, &theirs);
        }
        Ok(())
    }

    /// Compares the server's word about its log with what is remembered of it. What does not agree
    /// is to be kept with both sides.
    pub(crate) async fn take_checkpoint(
        &self,
        epoch: Epoch,
        given: &LogCheckpoint,
        news: &mut LogNews,
    ) -> Outcome<()> {
        let state = self.store.log_state().await?;
        let old = state.checkpoint.as_ref();
        let old_note = old.map_or("", |(note, ..)| note.as_str());
        let opened = VerifyingKey::from_bytes(&given.key)
            .ok()
            .and_then(|key| Checkpoint::open(&given.note, &key).ok());
        let Some(new) = opened else {
            news.find(INCONSISTENT, old_note, &given.note);
            return Ok(());
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
            news.find(code, old_note, &given.note);
        }
        news.remembered = Some(Remembered {
            note: given.note.clone(),
            key: given.key,
            epoch: epoch.0,
        });
        Ok(())
    }

    /// Takes away what the server has had for long, and keeps room for what comes. Both clocks must say so:
    /// one that is years ahead would take away what a restored server still asks for.
    pub(crate) async fn prune_log(&self, server_time: DateTime<Utc>) -> Outcome<()> {
        let now = self.clock.now().min(server_time);
        self.store.log_prune(now - KEPT_AFTER).await?;
        self.store.fill_reserve();
        Ok(())
    }

    /// Tells of what was found and is on disk, and writes it into this tablet's own log.
    pub(crate) async fn sound_alarm(&self, state: &State, found: &[String]) -> Outcome<()> {
        for code in found {
            tracing::error!(%code, "the server's access log does not agree");
            let subject = Subject {
                kind: "access_log",
                ..Subject::default()
            };
            self.log_event(state, Action::Alarm, &subject, Some(code))
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
