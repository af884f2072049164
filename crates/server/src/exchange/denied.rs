//! What the access log says of a push that its sender might not make: who tried to write where, and
//! what stood against it.

use crate::{
    state::Server,
    storage::{Account, Asker, StorageError},
};
use hemrond_audit::{Action, Event, SERVER};
use hemrond_domain::{
    ids::OrganisationId,
    record::{DocumentId, Header},
};
use hemrond_sync::acceptance::{Reason, Verdict};
use std::collections::BTreeSet;

/// The most lines that one push adds to the log; how many more there were is said in one more.
const MOST: usize = 20;

/// Whether somebody was kept from something by who they are. What is broken or comes too early is no
/// attempt at anything.
const fn is_denial(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::PolicyWrite | Reason::PolicyBlocked | Reason::ActForbidden
    )
}

/// Writes what was denied into the server's own chain, once for each document and reason.
pub(super) async fn note(
    server: &Server,
    account: &Account,
    asker: &Asker,
    headers: &[Option<Header>],
    verdicts: &[Vec<Verdict>],
) -> Result<(), StorageError> {
    let mut met: BTreeSet<(DocumentId, Reason)> = BTreeSet::new();
    let mut denied: Vec<(&Header, Reason)> = Vec::new();
    for (header, verdicts) in headers.iter().zip(verdicts) {
        let Some(header) = header else { continue };
        for verdict in verdicts {
            if let Verdict::Refused(reason) = verdict
                && is_denial(*reason)
                && met.insert((header.id(), *reason))
            {
                denied.push((header, *reason));
            }
        }
    }
    let event = |organisation: OrganisationId, header: Option<&Header>, why: &str| Event {
        action: Action::Denied,
        user: account.user.id,
        role: account.user.role.as_str().to_owned(),
        unit: account.user.unit,
        organisation,
        device: SERVER,
        person: header.and_then(Header::person_id),
        kind: header.map(|header| header.kind().as_str().to_owned()),
        document: header.map(Header::id),
        reason: Some(format!("{why}, tablet {}", asker.device)),
        basis: None,
        at_ms: asker.now,
    };
    let told = denied.iter().take(MOST);
    let mut events: Vec<Event> = told
        .map(|(header, reason)| event(header.organisation(), Some(header), reason.code()))
        .collect();
    let more = denied.len().saturating_sub(MOST);
    if more > 0 {
        let why = format!("{more} more");
        events.push(event(account.user.organisation, None, &why));
    }
    // In one: each by itself would have the disk waited for once more, as often as somebody likes to ask.
    server.storage.log_own_all(events, asker.now).await
}
