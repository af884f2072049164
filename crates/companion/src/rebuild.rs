//! Making the lists and the search index anew from the documents.

use crate::{
    api::Rebuilt,
    failure::{Outcome, Problem},
    stored,
    tablet::{Companion, State},
};
use hemrond_documents::schema::Knows;
use hemrond_domain::record::DocumentKind;
use hemrond_store::Commit;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Raised whenever projections change, so that an updated app reads its documents anew.
const PROJECTIONS: u32 = 2;

const META: &str = "projections";

impl Companion {
    /// Rebuilds after an update that changed what lists show.
    pub(crate) async fn rebuild_if_needed(&self) -> Outcome<()> {
        let mut state = self.state.lock().await;
        if self.store.meta_get(META).await? == Some(mark(state.knows)) {
            return Ok(());
        }
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
            // One document that cannot be read must not keep all others out of the lists.
            let made = catch_unwind(AssertUnwindSafe(|| {
                let open = stored::open(state.actor, state.knows, &header, &stored)?;
                Ok::<_, Problem>(self.document_commit(state, &open, Vec::new()))
            }));
            let document = match made {
                Ok(Ok(document)) => document,
                Ok(Err(_)) | Err(_) => {
                    tracing::error!(document = %id, "a stored document cannot be read");
                    stored::not_shown(raw, Vec::new(), stored::UNREADABLE)
                }
            };
            let commit = Commit {
                documents: vec![document],
                actors: Vec::new(),
                now: self.clock.now(),
            };
            self.store.commit(commit).await?;
            documents += 1;
        }
        state.people.forget();
        state.sight.forget_relations();
        self.refresh_directory(state).await?;
        self.store.meta_set(META, &mark(state.knows)).await?;
        Ok(Rebuilt { documents })
    }
}

/// What the lists were made by: the projections, and every kind of document with its schema. An app
/// that learnt a newer schema may show, and write in, what it could only keep before.
fn mark(knows: Knows) -> String {
    let kinds = DocumentKind::ALL.map(|kind| format!(" {kind} {}", knows.version_of(kind)));
    format!("{PROJECTIONS}{}", kinds.concat())
}
