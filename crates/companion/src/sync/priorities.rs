//! What a tablet gets first: colleagues' names, today's round, today's visits and people.

use crate::{
    failure::Outcome,
    tablet::{Companion, State},
};
use hemrond_domain::record::{DocumentId, Header};

/// The documents to send whole and first, of those that are not here yet.
///
/// Only for a tablet that has never completed a sync: afterwards everything comes by the feed in
/// its own small order.
pub(super) async fn wanted(companion: &Companion, state: &State) -> Outcome<Vec<DocumentId>> {
    let position = companion.store.sync_position().await?;
    if position.epoch.is_some() && state.link.progress.is_none() {
        return Ok(Vec::new());
    }
    let user = &state.enrolled()?.user;
    let today = companion.clock.today();
    let mut wanted = vec![
        Header::directory(user.organisation).id(),
        Header::round(user.organisation, user.unit, today).id(),
    ];
    for row in companion.store.round(today, user.unit).await? {
        wanted.push(Header::person(user.organisation, row.person).id());
        wanted.push(Header::visit(user.organisation, row.unit, row.person, row.visit).id());
        wanted.push(Header::observations(user.organisation, row.person, today).id());
        wanted.push(Header::told(user.organisation, user.unit, row.person, today).id());
    }
    let held = companion.store.documents_held(&wanted).await?;
    wanted.retain(|id| !held.contains(id));
    Ok(wanted)
}
