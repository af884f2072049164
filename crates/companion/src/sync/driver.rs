//! One sync from beginning to end: the engine's loop with a real store and a real network.

use crate::{
    access_log::LogNews,
    api::{Connection, Event, Progress},
    failure::{Outcome, Problem},
    sync::transport::{REVOKED, TransportError},
    tablet::Companion,
};
use chrono::{DateTime, Utc};
use hemrond_protocol::{SyncResponse, WireId, encoding, limits};
use hemrond_sync::{Position, Session};
use std::sync::atomic::{AtomicBool, Ordering};

/// The app's version, for the server's log.
const APP: &str = env!("CARGO_PKG_VERSION");

/// The problems of a tablet that the server answers and does not let in.
const REJECTED: [&str; 6] = [
    "transport.rejected",
    "user.inactive",
    "device.unknown",
    REVOKED,
    "request.signature",
    "request.unsigned",
];

/// How often a push is halved at most: then it holds about 80 items or 32 KiB.
const MOST_HALVINGS: u32 = 6;

/// How often one sync compares everything at most; what asks for more is answered by the next.
const MOST_COMPARISONS: u32 = 2;

/// A comparison under way. It counts as made from its beginning on, so that whatever asks for one
/// meanwhile gets another; one that is broken off was none.
struct Comparing<'a> {
    compared: &'a AtomicBool,
    /// Whether everything is to be compared.
    due: bool,
    through: bool,
}

impl<'a> Comparing<'a> {
    fn begin(compared: &'a AtomicBool) -> Self {
        Self {
            compared,
            due: !compared.swap(true, Ordering::Relaxed),
            through: false,
        }
    }

    const fn is_through(&mut self) {
        self.through = true;
    }
}

impl Drop for Comparing<'_> {
    fn drop(&mut self) {
        if self.due && !self.through {
            self.compared.store(false, Ordering::Relaxed);
        }
    }
}

impl Companion {
    /// Syncs until nothing is left to send or to get.
    ///
    /// The first sync after a start compares everything with the server although the epochs agree,
    /// since the database may be an older copy of itself. Returns the position in the feed, from
    /// which to wait for news.
    pub(crate) async fn sync(&self) -> Outcome<Position> {
        let _one_at_a_time = self.syncing.lock().await;
        self.set_connection(Connection::Syncing).await;
        let result = self.sync_rounds().await;
        {
            let mut state = self.state.lock().await;
            state.link.progress = None;
            match &result {
                // The user chose to be offline while the last request was under way.
                Ok(_) if state.link.offline_by_choice => {
                    state.link.connection = Connection::Offline;
                }
                Ok(_) => {
                    state.link.connection = Connection::Online;
                    state.link.last_failure = None;
                }
                Err(problem) => {
                    state.link.connection = if REJECTED.contains(&problem.code.as_str()) {
                        Connection::Rejected
                    } else {
                        Connection::Offline
                    };
                    state.link.last_failure = Some(problem.clone());
                }
            }
        }
        self.announce_status().await;
        result
    }

    async fn sync_rounds(&self) -> Outcome<Position> {
        let (access, position) = {
            let state = self.state.lock().await;
            let position = self.store.sync_position().await?;
            (
                state.enrolled()?.access()?,
                Position {
                    epoch: position.epoch.map(hemrond_protocol::Epoch),
                    cursor: position.cursor,
                },
            )
        };
        let begin = |position: Position| {
            let comparing = Comparing::begin(&self.compared);
            // A tablet that has never synced has nothing to compare.
            let compare = comparing.due && position.epoch.is_some();
            let session = Session::new(position, APP, compare).in_run(WireId(self.run));
            (comparing, session)
        };
        let (mut comparing, mut session) = begin(position);
        let mut done: u64 = 0;
        let mut times = 1;
        loop {
            let gathered = self.gather(&session).await?;
            let request = session.request(gathered);
            let body = self.written(request).map_err(|error| violation(&error))?;
            if body.len() > limits::MAX_COMPRESSED {
                return Err(Problem::new("transport.too_large"));
            }
            let answer = self.transport.sync(&access, body).await.map_err(|error| {
                if matches!(error, TransportError::Timeout | TransportError::TooLarge) {
                    self.push_less();
                }
                self.doubt_form(&error);
                error.problem()
            })?;
            let response: SyncResponse =
                encoding::decode_response(&answer).map_err(|error| violation(&error))?;
            let reads = response.packing.as_ref().is_some_and(|way| way.reads);
            self.note_form(reads).await?;
            let before = session.position().cursor;
            let lease_seconds = response.lease_seconds;
            let server_time = server_time(&response);
            let mut taken = session
                .answer(response)
                .map_err(|error| violation(&error))?;
            done += session.position().cursor.saturating_sub(before);
            let left = taken.remaining;
            let again = taken.again;
            let unread = !taken.unread.is_empty();
            if unread {
                self.push_less();
            }
            let mut log = LogNews::at(server_time);
            if let Some(logged) = taken.logged.take() {
                self.take_logged(&logged, &mut log).await?;
            }
            if let Some((epoch, given)) = taken.checkpoint.take() {
                self.take_checkpoint(epoch, &given, &mut log).await?;
            }
            self.take(&mut session, taken, log).await?;
            self.note_granted(lease_seconds);
            if !again {
                // Not page by page: on the way there the directory speaks of roles that have passed.
                let mut state = self.state.lock().await;
                self.let_go_after_change_of_role(&mut state).await?;
                drop(state);
                self.prune_log(server_time).await?;
                comparing.is_through();
                // Nothing of a push was read: a smaller one goes once the server has had some rest.
                if unread {
                    return Err(TransportError::Busy.problem());
                }
                self.halvings.store(0, Ordering::Relaxed);
                if self.compared.load(Ordering::Relaxed) || times == MOST_COMPARISONS {
                    return Ok(session.position());
                }
                // Something in this sync wants everything compared.
                (comparing, session) = begin(session.position());
                times += 1;
            }
            self.set_progress(Progress { done, left }).await;
        }
    }

    /// Keeps what an honest answer allows, for the door to take note of.
    fn note_granted(&self, seconds: Option<u32>) {
        let mut granted = self
            .granted
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *granted = Some(crate::tablet::Granted {
            at: self.clock.now(),
            seconds,
        });
    }

    /// After an answer that did not come in time, the next request carries half as much: a slow
    /// network or server must not hold a day's work back for good.
    fn push_less(&self) {
        let halvings = self.halvings.load(Ordering::Relaxed);
        self.halvings
            .store((halvings + 1).min(MOST_HALVINGS), Ordering::Relaxed);
    }

    async fn set_connection(&self, connection: Connection) {
        self.state.lock().await.link.connection = connection;
        self.announce_status().await;
    }

    async fn set_progress(&self, progress: Progress) {
        self.state.lock().await.link.progress = Some(progress);
        self.announce_status().await;
    }

    pub(crate) async fn announce_status(&self) {
        // Who begins to listen asks first.
        if self.events.receiver_count() == 0 {
            return;
        }
        let mut state = self.state.lock().await;
        // A status that cannot be read now will be read with the next question.
        if let Ok(status) = self.status(&mut state).await {
            let _ = self.events.send(Event::Status {
                status: Box::new(status),
            });
        }
    }
}

/// When the server answered, by its own clock; long ago where it says nothing that is a time.
fn server_time(response: &SyncResponse) -> DateTime<Utc> {
    let milliseconds = i64::try_from(response.time_ms).unwrap_or(0);
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}

/// An answer that no honest server of ours gives.
pub(crate) fn violation(error: &dyn std::fmt::Display) -> Problem {
    tracing::warn!(reason = %error, "the server's answer was not used");
    Problem::new("sync.violation")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_for_a_comparison_during_one_gets_another() {
        let compared = AtomicBool::new(false);
        let mut first = Comparing::begin(&compared);
        assert!(first.due, "nothing was compared since the start");
        // A visit came back that had been kept from the user.
        compared.store(false, Ordering::Relaxed);
        first.is_through();
        drop(first);
        let mut second = Comparing::begin(&compared);
        assert!(second.due);
        second.is_through();
        drop(second);
        assert!(!Comparing::begin(&compared).due);
    }

    #[test]
    fn a_comparison_that_is_broken_off_was_none() {
        let compared = AtomicBool::new(false);
        drop(Comparing::begin(&compared));
        assert!(Comparing::begin(&compared).due);
    }
}
