//! Making the lists and the search index anew from the documents.

use crate::{
    api::Rebuilt,
    failure::Outcome,
    stored,
    tablet::{Companion, State},
};
use hemrond_store::Commit;

/// Raised whenever projections change, so that an updated app reads its documents anew.
const PROJECTIONS: &str = "1";

const META: &str = "projections";

impl Companion {
    /// Rebuilds after an update that changed what lists show.
    pub(crate) async fn rebuild_if_needed(&self) -> Outcome<()> {
        if self.store.meta_get(META).await?.as_deref() == Some(PROJECTIONS) {
            return Ok(());
        }
        let mut state = self.state.lock().await;
        self.rebuild(&mut state).await?;
        Ok(())
    }

    /// Reads every document and says anew what lists show of it. A crash in between leaves the old
    /// mark, so that the next start begins again.
    pub(crate) async fn rebuild(&self, state: &mut State) -> Outcome<Rebuilt> {
        self.store.meta_set(META, "under way").await?;
        self.store.clear_read_models().await?;
        let mut documents = 0;
        for (id, raw) in self.store.all_documents().await? {
            let Ok(header) = raw.header() else { continue };
            let Some(stored) = self.store.load(id).await? else {
                continue;
            };
            let open = stored::open(state.actor, &header, &stored)?;
            let commit = Commit {
                documents: vec![self.document_commit(state, &open, Vec::new())],
                actors: Vec::new(),
                now: self.clock.now(),
            };
            self.store.commit(commit).await?;
            documents += 1;
        }
        state.people.forget();
        self.refresh_directory(state).await?;
        self.store.meta_set(META, PROJECTIONS).await?;
        Ok(Rebuilt { documents })
    }
}
