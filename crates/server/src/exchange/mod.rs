//! One sync from the server's side, without HTTP.
//!
//! The order of work: take in the access log, then the push (durably), answer the fallback's question, then the wanted
//! documents and the feed's next page. A tablet that knows another epoch gets its verdicts and the
//! new epoch, and nothing else: its cursor means nothing here.

mod compare;
mod denied;
mod lawful;
mod log;
mod prepare;

use crate::{
    elsewhere,
    inspector::Interrupted,
    looked,
    metrics::add,
    state::Server,
    storage::{Account, Asker, Device, PageQuery, PushedDocument, StorageError},
};
use hemrond_domain::{
    ids::PersonId,
    record::{DocumentId, Header},
};
use hemrond_policy::Principal;
use hemrond_protocol::{
    DigestAnswer, DigestQuery, Outcome, SyncRequest, SyncResponse, VERSION, WireId, limits,
    packing::Packing,
};
use hemrond_sync::acceptance::Verdict;
use std::collections::BTreeSet;

/// How often a sync begins anew because the account changed under it.
const TRIES: usize = 3;

/// The largest page that a tablet may ask for, in bytes.
const PAGE_BYTES_MAX: u64 = 8 << 20;

/// Why a sync could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The tablet speaks a protocol that this server does not.
    #[error("the tablet speaks protocol {found}, this server speaks {VERSION}; update the older")]
    Protocol {
        /// The tablet's version.
        found: u16,
    },
    /// More than one request may carry.
    #[error("the request carries {found} {what}, and at most {limit} are allowed; send fewer")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many came.
        found: usize,
        /// How many may.
        limit: usize,
    },
    /// The account was closed meanwhile.
    #[error("the account is closed; ask the unit's administrator")]
    Closed,
    /// The database failed; nothing is known to be taken.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Nothing could be read, which happens while the server closes.
    #[error("the server is closing; send the same request again")]
    Interrupted(#[from] Interrupted),
}

/// What the log tells of a sync: numbers, never content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Items taken.
    pub accepted: usize,
    /// Items that were there already.
    pub known: usize,
    /// Items refused.
    pub refused: usize,
    /// Items that nobody came to reading.
    pub unread: usize,
    /// Documents sent, whole or in part.
    pub deliveries: usize,
    /// Items sent.
    pub sent: usize,
    /// Documents withdrawn.
    pub gone: usize,
}

/// Who asks, as the storage wants to know it.
#[must_use]
pub fn asker(server: &Server, device: &Device, account: &Account) -> Asker {
    Asker {
        user: account.user.id,
        device: device.id,
        run: *device.id.as_bytes(),
        access_version: account.access_version,
        readable: server.policy.readable(&Principal::from(&account.user)),
        now: server.clock.now_ms(),
    }
}

/// Answers one sync.
///
/// # Errors
/// When the request is outside the limits or the database fails.
pub async fn exchange(
    server: &Server,
    device: &Device,
    account: Account,
    request: SyncRequest,
) -> Result<(SyncResponse, Tally), ExchangeError> {
    check_limits(&request)?;
    let mut account = account;
    let mut left = TRIES;
    loop {
        left -= 1;
        match attempt(server, device, &account, &request).await {
            // What was pushed is not decided twice by one request: its sender may have given up waiting, have sent
            // it again and been told something else meanwhile.
            Err(ExchangeError::Storage(StorageError::AccessChanged))
                if left > 0 && request.push.is_empty() =>
            {
                // Every decision is made again for the account as it is now.
                account = match server.storage.user(account.user.id).await? {
                    Some(account) if account.active => account,
                    _ => return Err(ExchangeError::Closed),
                };
            }
            other => return other,
        }
    }
}

async fn attempt(
    server: &Server,
    device: &Device,
    account: &Account,
    request: &SyncRequest,
) -> Result<(SyncResponse, Tally), ExchangeError> {
    let mut asker = asker(server, device, account);
    if let Some(WireId(run)) = request.run {
        asker.run = run;
    }
    let now = server.clock.now_ms();
    let mut tally = Tally::default();
    let logging = async {
        match &request.log {
            Some(push) => log::take(server, device, account, push, now)
                .await
                .map(Some),
            None => Ok(None),
        }
    };
    // Reading a push writes nothing and shows nothing, and need not wait until the log is on disk. The log
    // is written to its end also where the reading fails.
    let reading = prepare::prepare(server, &asker, account, &request.push);
    let (logged, pushed) = tokio::join!(logging, reading);
    let logged = logged?;
    let (verdicts, unreadable) = take_in(server, account, &asker, pushed?, &mut tally).await?;
    let life = server.storage.life().await?;
    let mut response = SyncResponse {
        protocol: VERSION,
        epoch: life.epoch,
        verdicts,
        deliveries: Vec::new(),
        authors: Vec::new(),
        gone: unreadable.iter().copied().map(WireId::from).collect(),
        cursor: request.cursor,
        more: false,
        remaining: 0,
        digest: None,
        time_ms: u64::try_from(now).unwrap_or(0),
        logged,
        checkpoint: match &request.log {
            Some(push) => log::checkpoint(server, push, now).await?,
            None => None,
        },
        lease_seconds: Some(server.lease_seconds),
        packing: Some(Packing::read()),
        elsewhere: None,
        looked: None,
    };
    if request.epoch.is_some_and(|epoch| epoch != life.epoch) {
        return Ok((response, tally));
    }
    if let Some(ask) = &request.elsewhere {
        response.elsewhere = Some(elsewhere::look(server, account, ask).await?);
        unchanged(server, account).await?;
        return Ok((response, tally));
    }
    if let Some(person) = request.looked {
        response.looked = Some(looked::told(server, account, PersonId::from(person)).await?);
        unchanged(server, account).await?;
        return Ok((response, tally));
    }
    let mut gone: Vec<DocumentId> = unreadable;
    if let Some(query) = &request.digest {
        response.digest = Some(match query {
            DigestQuery::Buckets(buckets) => {
                compare::buckets(server.storage.as_ref(), &asker, buckets).await?
            }
            DigestQuery::Documents(buckets, held) => {
                let found =
                    compare::documents(server.storage.as_ref(), &asker, buckets, held).await?;
                gone.extend(found.gone);
                DigestAnswer::Documents(found.differing, found.missing)
            }
        });
    }
    let query = PageQuery {
        cursor: request.cursor,
        page_bytes: u64::from(request.page_bytes).clamp(1, PAGE_BYTES_MAX),
        wanted: request
            .wanted
            .iter()
            .map(|id| DocumentId::from(*id))
            .collect(),
        // The feed waits until the comparison is through: the tablet moves its cursor then.
        feed: request.digest.is_none(),
    };
    let page = server.storage.page(&asker, &query).await?;
    if request.cursor > page.head && request.digest.is_none() && request.epoch.is_some() {
        add(&server.metrics.ahead, 1);
        tracing::error!(
            cursor = request.cursor,
            head = page.head,
            "a tablet has seen more than the database holds: a backup was put in place by hand; run \
             'hemrond-server recovery begin', so that tablets give back what it forgot"
        );
    }
    // What was kept from the sender when it was pushed, and is sent now, was opened in between: by an act
    // further down in the same push, or by somebody else's. It is not gone.
    let sent: BTreeSet<DocumentId> = page
        .deliveries
        .iter()
        .filter_map(|delivery| Some(Header::try_from(&delivery.header).ok()?.id()))
        .collect();
    gone.retain(|id| !sent.contains(id));
    gone.extend(page.gone);
    tally.deliveries = page.deliveries.len();
    tally.sent = page
        .deliveries
        .iter()
        .map(|delivery| delivery.items.len())
        .sum();
    tally.gone = gone.len();
    add(&server.metrics.deliveries, tally.deliveries);
    response.deliveries = page.deliveries;
    response.authors = page.authors;
    response.gone = gone.into_iter().map(WireId::from).collect();
    response.cursor = page.cursor;
    response.remaining = page.head.saturating_sub(page.cursor);
    response.more = query.feed && response.remaining > 0;
    Ok((response, tally))
}

/// Refuses to tell what was decided for an account that has changed meanwhile: it is decided again.
async fn unchanged(server: &Server, account: &Account) -> Result<(), StorageError> {
    let now = server.storage.user(account.user.id).await?;
    let version = now.filter(|now| now.active).map(|now| now.access_version);
    if version == Some(account.access_version) {
        Ok(())
    } else {
        Err(StorageError::AccessChanged)
    }
}

/// Takes in the push; on the server's disk when this returns. Answers, beside the verdicts, what was
/// pushed of documents that the sender may not read: no feed would ever tell that it is to let go of
/// a document that the server does not have.
async fn take_in(
    server: &Server,
    account: &Account,
    asker: &Asker,
    pushed: Vec<PushedDocument>,
    tally: &mut Tally,
) -> Result<(Vec<Vec<Outcome>>, Vec<DocumentId>), ExchangeError> {
    if pushed.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut unreadable: Vec<DocumentId> = pushed
        .iter()
        .filter(|document| !document.permission.read)
        .filter_map(|document| Some(document.header.as_ref().ok()?.id()))
        .collect();
    let headers: Vec<Option<Header>> = pushed
        .iter()
        .map(|document| document.header.as_ref().ok().cloned())
        .collect();
    let taken = server.storage.take_in(asker, pushed, asker.now).await?;
    denied::note(server, account, asker, &headers, &taken.verdicts).await?;
    unreadable.extend(&taken.blocked);
    for verdict in taken.verdicts.iter().flatten() {
        match verdict {
            Verdict::Accepted => tally.accepted += 1,
            Verdict::Known => tally.known += 1,
            Verdict::Refused(reason) if reason.leaves_waiting() => tally.unread += 1,
            Verdict::Refused(reason) => {
                tally.refused += 1;
                tracing::warn!(code = reason.code(), "an item was refused");
            }
        }
    }
    add(&server.metrics.items_accepted, tally.accepted);
    add(&server.metrics.items_known, tally.known);
    add(&server.metrics.items_refused, tally.refused);
    let outcomes = taken
        .verdicts
        .into_iter()
        .map(|document| document.into_iter().map(Outcome::from).collect())
        .collect();
    Ok((outcomes, unreadable))
}

fn check_limits(request: &SyncRequest) -> Result<(), ExchangeError> {
    if request.protocol != VERSION {
        return Err(ExchangeError::Protocol {
            found: request.protocol,
        });
    }
    let items = request
        .push
        .iter()
        .map(|document| document.items.len())
        .sum();
    let records = request.log.as_ref().map_or(0, |log| log.records.len());
    let digests = match &request.digest {
        None => 0,
        Some(DigestQuery::Buckets(buckets)) => buckets.len(),
        Some(DigestQuery::Documents(buckets, held)) => buckets.len() + held.len(),
    };
    for (what, found, limit) in [
        ("items", items, limits::MAX_PUSH_ITEMS),
        ("documents", request.push.len(), limits::MAX_PUSH_ITEMS),
        ("wanted documents", request.wanted.len(), limits::MAX_WANTED),
        ("digests", digests, limits::MAX_DIGESTS),
        ("log records", records, limits::MAX_LOG_RECORDS),
    ] {
        if found > limit {
            return Err(ExchangeError::TooMany { what, found, limit });
        }
    }
    Ok(())
}
