//! Where a record is, told truthfully: only here, on the server, or seen by a colleague.

use crate::{
    api::Whereabouts,
    failure::Outcome,
    tablet::{Companion, State},
};
use hemrond_domain::record::DocumentId;
use hemrond_store::SeenRow;
use std::collections::HashMap;

impl Companion {
    pub(crate) async fn whereabouts(
        &self,
        state: &State,
        document: DocumentId,
        seen: &[SeenRow],
    ) -> Outcome<Whereabouts> {
        let found = self.store.whereabouts(document).await?;
        Ok(tell(state, Some(&found), seen))
    }

    /// The same for many at once. `seen` may hold rows of all of them.
    pub(crate) async fn whereabouts_of(
        &self,
        state: &State,
        documents: &[DocumentId],
        seen: &[SeenRow],
    ) -> Outcome<HashMap<DocumentId, Whereabouts>> {
        let found = self.store.whereabouts_of(documents).await?;
        Ok(documents
            .iter()
            .map(|id| {
                let seen: Vec<SeenRow> = seen
                    .iter()
                    .filter(|row| row.document == *id)
                    .cloned()
                    .collect();
                (*id, tell(state, found.get(id), &seen))
            })
            .collect())
    }
}

/// The gravest true thing first: what was refused, what is only here, who has seen it.
fn tell(
    state: &State,
    found: Option<&hemrond_store::Whereabouts>,
    seen: &[SeenRow],
) -> Whereabouts {
    let Some(found) = found else {
        return Whereabouts::Unchanged;
    };
    if let Some(code) = &found.refused_code {
        return Whereabouts::Refused { code: code.clone() };
    }
    if found.unsent > 0 {
        return match found.unsent_since {
            Some(since) => Whereabouts::OnlyHere {
                changes: found.unsent,
                since,
            },
            None => Whereabouts::Unchanged,
        };
    }
    let me = state.enrolment.as_ref().map(|enrolment| enrolment.user.id);
    let colleague = seen
        .iter()
        .filter(|row| row.complete && row.by_user.is_some() && row.by_user != me)
        .max_by_key(|row| row.at);
    if let Some(row) = colleague
        && let Some(by) = state.colleague(row.by_user).name
    {
        return Whereabouts::Seen { by, at: row.at };
    }
    match found.acknowledged_at {
        Some(at) => Whereabouts::OnServer { at },
        None => Whereabouts::Unchanged,
    }
}
