//! What the server refused, and may take now: somebody put right what kept it from doing so.

use crate::{
    api::{OfDocument, SyncPage},
    failure::Outcome,
    tablet::{Companion, State},
};

impl Companion {
    /// Has the refused items of a document wait again. What the server will still not take stands
    /// among the refused after the next contact, as before.
    pub(crate) async fn send_again(
        &self,
        state: &mut State,
        args: &OfDocument,
    ) -> Outcome<SyncPage> {
        let refused = self.store.refused_all().await?;
        for row in refused.iter().filter(|row| row.document == args.document) {
            self.store.retry_refused(row.document, row.hash).await?;
        }
        self.announce(vec![args.document], false);
        self.wake.notify_one();
        self.sync_page(state).await
    }
}
