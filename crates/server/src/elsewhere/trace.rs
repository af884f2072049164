//! What the access log of the organisation that answers for the data says of a look from outside
//! (lag 2022:913, 4 kap. 4–5 §§). It is on disk before anything is given out.

use crate::storage::{Storage, StorageError};
use hemrond_audit::{Action, Event, SERVER};
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    people::User,
    record::Header,
};

/// The kind of a look at what there is, when no document is opened.
const OVERVIEW: &str = "elsewhere";

/// Whose data was looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose<'a> {
    /// Who answers for it.
    pub(super) organisation: OrganisationId,
    /// The person, as that organisation knows them.
    pub(super) person: PersonId,
    /// The document; none for what there is.
    pub(super) header: Option<&'a Header>,
}

/// Writes a look, or a look that was refused, into the server's own chain.
pub(super) async fn note(
    storage: &dyn Storage,
    user: &User,
    action: Action,
    whose: Whose<'_>,
    basis: Option<&str>,
    now: i64,
) -> Result<(), StorageError> {
    let kind = whose
        .header
        .map_or(OVERVIEW, |header| header.kind().as_str());
    let event = Event {
        action,
        user: user.id,
        role: user.role.as_str().to_owned(),
        unit: user.unit,
        organisation: whose.organisation,
        device: SERVER,
        person: Some(whose.person),
        kind: Some(kind.to_owned()),
        document: whose.header.map(Header::id),
        reason: None,
        basis: basis.map(str::to_owned),
        at_ms: now,
    };
    storage.log_own(event, now).await
}
