//! What the server refused, and may take now: somebody put right what kept it from doing so.

use crate::{
    api::{OfDocument, SyncPage},
    failure::Outcome,
    tablet::{Companion, State},
};
use hemrond_domain::record::DocumentId;
use hemrond_store::RefusedRow;
use std::collections::BTreeSet;

/// What a server of today may take though an earlier one, or this one a while ago, did not: it knows the kind
/// of document by now, has what the change builds on, or comes to reading it.
const PASSING: [&str; 3] = ["kind.unknown", "change.dependencies", "item.unread"];

/// What was refused for another item only.
const BUILT_ON_IT: &str = "change.dependency_refused";

impl Companion {
    /// Has what may be taken by now wait again, with what builds on it: once for each start of the app, for
    /// with that comes an update of either end at the latest. What somebody laid aside stays there.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub(crate) async fn try_refused_again(&self) -> Outcome<()> {
        let mut refused = self.store.refused_all().await?;
        refused.retain(|row| row.laid_aside_at.is_none());
        let is_passing = |row: &&RefusedRow| PASSING.contains(&row.code.as_str());
        let passing: BTreeSet<DocumentId> = refused
            .iter()
            .filter(is_passing)
            .map(|row| row.document)
            .collect();
        for row in &refused {
            let goes = is_passing(&row) || row.code == BUILT_ON_IT;
            if goes && passing.contains(&row.document) {
                self.store.retry_refused(row.document, row.hash).await?;
            }
        }
        Ok(())
    }

    /// Lays aside what the server refused of a document: somebody has written it anew, or it is not needed.
    /// It stays on the tablet and in what is exported.
    pub(crate) async fn lay_aside(
        &self,
        state: &mut State,
        args: &OfDocument,
    ) -> Outcome<SyncPage> {
        let now = self.clock.now();
        self.store.lay_aside(args.document, now).await?;
        self.announce(vec![args.document], false);
        self.sync_page(state).await
    }

    /// Takes back what was laid aside of a document.
    pub(crate) async fn take_up(&self, state: &mut State, args: &OfDocument) -> Outcome<SyncPage> {
        self.store.take_up(args.document).await?;
        self.announce(vec![args.document], false);
        self.sync_page(state).await
    }

    /// Has the refused items of a document wait again. What the server will still not take stands
    /// among the refused after the next contact, as before.
    pub(crate) async fn send_again(
        &self,
        state: &mut State,
        args: &OfDocument,
    ) -> Outcome<SyncPage> {
        let refused = self.store.refused_all().await?;
        let of_this =
            |row: &&RefusedRow| row.document == args.document && row.laid_aside_at.is_none();
        for row in refused.iter().filter(of_this) {
            self.store.retry_refused(row.document, row.hash).await?;
        }
        self.announce(vec![args.document], false);
        self.wake.notify_one();
        self.sync_page(state).await
    }
}
