//! What the user had seen of a document before: the ground of "what changed" and "new".

use crate::{
    api::Change,
    cache::Open,
    failure::Outcome,
    heads,
    tablet::{Baseline, Companion, State},
};
use chrono::Duration;
use hemrond_documents::{
    Content, Hash,
    history::{Difference, differences},
};
use hemrond_domain::{ids::UserId, record::DocumentId};

/// After how long without a look the next one counts as opening the document anew.
const ONE_SITTING: Duration = Duration::minutes(30);

impl Companion {
    /// Remembers that the user looks at a document now, and tells what they had seen before.
    pub(super) async fn look_at(&self, state: &mut State, open: &Open) -> Outcome<Baseline> {
        let now = self.clock.now();
        let id = open.document.id();
        let user = state.enrolled()?.user.id;
        let now_there = heads::write(&open.document.heads());
        let sitting = state
            .baselines
            .get(&id)
            .filter(|baseline| now - baseline.looked < ONE_SITTING);
        let baseline = match sitting {
            Some(baseline) => Baseline {
                heads: baseline.heads.clone(),
                looked: now,
            },
            // What stands there when someone opens it for the first time is not news to point out;
            // what comes while they look is.
            None => Baseline {
                heads: self
                    .seen_heads(user, open)
                    .await?
                    .or_else(|| Some(open.document.heads())),
                looked: now,
            },
        };
        state.baselines.insert(id, baseline.clone());
        self.remember_opened(id, user, &now_there).await;
        Ok(baseline)
    }

    /// Writes down what of a document the user has seen. Where that cannot be written, on a full
    /// disk, the record is shown all the same: some of it will be told as news once more.
    pub(crate) async fn remember_opened(&self, id: DocumentId, user: UserId, heads: &str) {
        let now = self.clock.now();
        if let Err(error) = self.store.opened_set(id, user, heads, now).await {
            tracing::warn!(%error, "what was seen could not be written down");
        }
    }

    /// The heads that the user last looked at; none where they never did.
    async fn seen_heads(&self, user: UserId, open: &Open) -> Outcome<Option<Vec<Hash>>> {
        let opened = self.store.opened_get(open.document.id(), user).await?;
        Ok(opened.and_then(|opened| heads::read(&opened.heads)))
    }

    /// What the document said when the user last looked, for lists that do not open it.
    pub(crate) async fn content_last_seen(
        &self,
        user: UserId,
        open: &Open,
    ) -> Outcome<Option<Content>> {
        let heads = self.seen_heads(user, open).await?;
        Ok(heads.and_then(|heads| open.document.content_at(&heads).ok()))
    }
}

/// What colleagues changed since then.
pub(super) fn by_colleagues(state: &State, open: &Open, baseline: &Baseline) -> Vec<Change> {
    let Some(heads) = &baseline.heads else {
        return Vec::new();
    };
    let mut changes: Vec<Change> = differences(&open.document, heads)
        .unwrap_or_default()
        .iter()
        .filter(|difference| {
            !difference.field.starts_with("seen/") && !difference.field.starts_with("notes/")
        })
        .map(|difference| change(state, open, difference))
        .filter(|change| !change.by.me)
        .collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.at));
    changes
}

pub(crate) fn change(state: &State, open: &Open, difference: &Difference) -> Change {
    Change {
        field: difference.field.clone(),
        before: difference.before.clone(),
        after: difference.after.clone(),
        by: state.colleague_behind(&difference.actor),
        at: difference.at,
        visit: open.document.header().visit_id(),
    }
}
