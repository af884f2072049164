//! The access log's part of a session: what was sent of it, and what the answer may say.

use crate::Violation;
use hemrond_protocol::{LogPush, Logged};

/// How often a server may say in one session that it lacks what comes before: once because it was
/// restored, once more because the tablet no longer has that either.
const MAX_LACKING: u32 = 2;

/// What was sent of the access log.
#[derive(Debug, Default)]
pub(crate) struct LogSession {
    sent: Option<Sent>,
    lacking: u32,
}

#[derive(Debug)]
struct Sent {
    after: u64,
    records: u64,
    more: bool,
}

/// What an answer says of the access log.
#[derive(Debug, Default)]
pub(crate) struct LogAnswer {
    /// How far the server has it.
    pub(crate) logged: Option<Logged>,
    /// Whether the request carried a log at all.
    pub(crate) asked: bool,
    /// Whether the server has more of it than before.
    pub(crate) moved: bool,
    /// Whether to ask again at once.
    pub(crate) again: bool,
}

impl LogSession {
    /// Remembers what the next request carries.
    pub(crate) fn sends(&mut self, log: Option<&LogPush>, more: bool) {
        self.sent = log.map(|log| Sent {
            after: log.after,
            records: u64::try_from(log.records.len()).unwrap_or(u64::MAX),
            more,
        });
    }

    /// Reads the answer. What was not asked for is passed over.
    pub(crate) fn answered(&mut self, logged: Option<Logged>) -> Result<LogAnswer, Violation> {
        let Some(sent) = self.sent.take() else {
            return Ok(LogAnswer::default());
        };
        // A server of an earlier version keeps no log: the records wait for a later one.
        let Some(logged) = logged else {
            return Ok(LogAnswer {
                asked: true,
                ..LogAnswer::default()
            });
        };
        let mut answer = LogAnswer {
            asked: true,
            ..LogAnswer::default()
        };
        if logged.lacking {
            self.lacking += 1;
            answer.again = self.lacking <= MAX_LACKING;
        } else {
            if logged.seq > sent.after.saturating_add(sent.records) || logged.seq < sent.after {
                return Err(Violation::Log);
            }
            answer.moved = logged.seq > sent.after;
            answer.again = answer.moved && sent.more;
        }
        answer.logged = Some(logged);
        Ok(answer)
    }
}
