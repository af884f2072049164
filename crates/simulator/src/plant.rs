//! Bugs planted on purpose: each is one that offline systems have had, and the simulation must find
//! every one of them, or it would not find the next.
//!
//! They are planted at the seams (disk, chance, network, administration), where they do to the
//! system what the bug in the code would do; the code that ships stays as it is.

use hemrond_audit::Record;
use hemrond_documents::{Limits, is_reserved, parse_chunk};
use hemrond_protocol::{
    Delivery, DigestAnswer, DigestQuery, ItemKind, LogRecord, Outcome, SyncRequest, SyncResponse,
    VERSION,
};

macro_rules! bugs {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal;)*) => {
        /// A bug that can be planted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Bug {
            $($(#[doc = $doc])* $name,)*
        }

        impl Bug {
            /// Every bug.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What it is.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),*),)*
                }
            }
        }
    };
}

bugs! {
    /// The tablet says saved without waiting for the disk.
    SyncSkipped "skip-fsync";
    /// The server answers before it commits.
    AcknowledgedBeforeCommit "acknowledge-before-commit";
    /// A tablet goes on with the actor of its last start.
    ActorReused "reuse-actor";
    /// A restored server goes on under the epoch that it had.
    EpochForgotten "forget-epoch";
    /// What no longer fits on a page is left out, and the cursor goes on.
    FullPageDrops "drop-on-full-page";
    /// Feed numbers are handed out before the lock is taken.
    NumbersOutOfOrder "numbers-out-of-order";
    /// The queue of what is unsent does not survive a start.
    QueueLostAtStart "purge-before-sent";
    /// A request without an answer counts as sent.
    TimeoutCountsAsSent "timeout-counts-as-sent";
    /// What the server refused counts as sent.
    RefusedCountsAsTaken "refused-counts-as-taken";
    /// The first document of a push is taken, and its verdict given for all.
    FirstVerdictForAll "first-verdict-for-all";
    /// The last writer wins: of several changes in a document only the last is kept.
    LastWriterWins "last-writer-wins";
    /// The cursor is on disk before what came with it.
    CursorBeforeItems "cursor-before-items";
    /// A tablet that starts does not compare what it holds with the server.
    NothingCompared "no-comparison-at-start";
    /// A new right to read brings only what is written from then on.
    GrantWithoutHistory "grant-without-history";
    /// The end of a right to read is not published.
    WithdrawalNotPublished "withdrawal-not-published";
    /// A page holds what its reader may not see.
    RightsIgnored "rights-ignored";
    /// One tablet gets the answer to another's request.
    AnswerOfAnother "answer-of-another";
    /// What the server holds already is refused.
    KnownCountsAsRefused "known-counts-as-refused";
    /// A restored server takes back from each tablet only its own.
    OthersItemsNotTakenBack "own-items-only-in-recovery";
    /// The server writes signed entries anew.
    EntryRewritten "entry-rewritten";
    /// Of a page only changes that are newer by their author's clock than all before are delivered.
    ClientClockTrusted "trust-client-clock";
    /// The tablet says saved although the disk refused.
    ErrorCountsAsSaved "error-counts-as-saved";
    /// After a restore one server process goes on with the epoch that it remembers.
    StaleEpochInOneProcess "stale-epoch-in-one-process";
    /// A lost tablet is not shut out.
    LostTabletServed "lost-tablet-served";
    /// Who has once said that a visit was seen counts as having seen what came later too.
    SeenOnceAndForAll "seen-once-and-for-all";
    /// The server acknowledges records of the access log before it commits them.
    LogAcknowledgedBeforeCommit "acknowledge-log-before-commit";
    /// Of a push of the access log the server keeps the last record, and acknowledges all.
    LogPushKeptInPart "keep-last-of-log-push";
    /// What a newer version's writing builds on is not sent to tablets of an earlier version.
    MigrationsNotSent "migrations-not-sent";
}

impl Bug {
    /// The bug of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|bug| bug.name() == name)
    }

    /// What becomes of a request on its way.
    pub fn request(self, request: &mut SyncRequest) {
        match self {
            Self::FirstVerdictForAll => request.push.truncate(1),
            Self::LastWriterWins => {
                for document in &mut request.push {
                    let last = document.items.len().saturating_sub(1);
                    document.items.drain(..last);
                }
            }
            Self::LogAcknowledgedBeforeCommit => {
                if let Some(log) = &mut request.log
                    && log.after.is_multiple_of(2)
                {
                    log.records.clear();
                }
            }
            Self::LogPushKeptInPart => {
                if let Some(log) = &mut request.log {
                    let all_but_one = log.records.len().saturating_sub(1);
                    log.records.drain(..all_but_one);
                }
            }
            _ => {}
        }
    }

    /// What becomes of the answer on its way. `sent` is the request as the tablet sent it.
    pub fn answer(self, sent: &SyncRequest, response: &mut SyncResponse) {
        match self {
            Self::FullPageDrops if response.more => {
                response.deliveries.pop();
            }
            Self::RefusedCountsAsTaken => {
                for verdict in response.verdicts.iter_mut().flatten() {
                    *verdict = Outcome::Accepted;
                }
            }
            Self::KnownCountsAsRefused => {
                for verdict in response.verdicts.iter_mut().flatten() {
                    if *verdict == Outcome::Known {
                        *verdict = Outcome::Refused("change.sequence".to_owned());
                    }
                }
            }
            Self::FirstVerdictForAll | Self::LastWriterWins => {
                let first = response.verdicts.first().and_then(|first| first.first());
                let first = first.cloned().unwrap_or(Outcome::Accepted);
                response.verdicts = every(sent, &first);
            }
            Self::NothingCompared => {
                if let Some(DigestAnswer::Buckets(differing, _)) = &mut response.digest {
                    differing.clear();
                }
            }
            Self::LogAcknowledgedBeforeCommit | Self::LogPushKeptInPart => {
                if let (Some(log), Some(logged)) = (&sent.log, &mut response.logged)
                    && let Some(LogRecord(last)) = log.records.last()
                    && !logged.lacking
                {
                    logged.seq = log.after + log.records.len() as u64;
                    logged.hash = Record::hash_of(last);
                }
            }
            Self::EntryRewritten => rewrite_entries(&mut response.deliveries),
            Self::MigrationsNotSent => without_migrations(&mut response.deliveries),
            Self::ClientClockTrusted => only_ever_newer(&mut response.deliveries),
            _ => {}
        }
    }
}

/// The answer of a server that took everything and has nothing to say.
#[must_use]
pub fn taken_for_granted(sent: &SyncRequest, epoch: hemrond_protocol::Epoch) -> SyncResponse {
    SyncResponse {
        protocol: VERSION,
        epoch: sent.epoch.unwrap_or(epoch),
        verdicts: every(sent, &Outcome::Accepted),
        deliveries: Vec::new(),
        authors: Vec::new(),
        gone: Vec::new(),
        cursor: sent.cursor,
        more: false,
        remaining: 0,
        digest: sent.digest.as_ref().map(|query| match query {
            DigestQuery::Buckets(_) => DigestAnswer::Buckets(Vec::new(), sent.cursor),
            DigestQuery::Documents(..) => DigestAnswer::Documents(Vec::new(), Vec::new()),
        }),
        time_ms: 0,
        logged: None,
        checkpoint: None,
        lease_seconds: None,
        packing: None,
        elsewhere: None,
        looked: None,
    }
}

fn every(sent: &SyncRequest, verdict: &Outcome) -> Vec<Vec<Outcome>> {
    sent.push
        .iter()
        .map(|document| vec![verdict.clone(); document.items.len()])
        .collect()
}

fn rewrite_entries(deliveries: &mut [Delivery]) {
    let items = deliveries
        .iter_mut()
        .flat_map(|delivery| &mut delivery.items);
    for item in items.filter(|item| item.kind == ItemKind::Entry) {
        if let Some(last) = item.bytes.last_mut() {
            *last ^= 1;
        }
    }
}

fn without_migrations(deliveries: &mut [Delivery]) {
    for delivery in deliveries {
        delivery.items.retain(|item| {
            let chunk = parse_chunk(&item.bytes, &Limits::STORED);
            !chunk.is_ok_and(|chunk| is_reserved(&chunk.actor))
        });
    }
}

/// Leaves out every change whose author's clock is behind that of one before it.
fn only_ever_newer(deliveries: &mut [Delivery]) {
    let mut newest = i64::MIN;
    for delivery in deliveries {
        delivery.items.retain(|item| {
            let Ok(change) = parse_chunk(&item.bytes, &Limits::STORED) else {
                return true;
            };
            let newer = change.time >= newest;
            newest = newest.max(change.time);
            newer
        });
    }
}
