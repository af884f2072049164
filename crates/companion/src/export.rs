//! Exporting what the server has not acknowledged, for the day when a tablet must be rescued.

use crate::{
    api::Exported,
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};

impl Companion {
    /// Writes an encrypted copy of the whole store beside it; this tablet's own key opens it.
    ///
    /// Encrypted, since an export on a memory stick is a lost tablet with care data in it; whole,
    /// since a rescuer needs the documents that the unsent items belong to.
    pub(crate) async fn export_unsent(&self, state: &State) -> Outcome<Exported> {
        state.enrolled()?;
        let folder = self.folder.join("export");
        std::fs::create_dir_all(&folder)
            .map_err(|error| Problem::new("export.failed").with("detail", error))?;
        let name = self
            .clock
            .now()
            .format("hemrond-%Y%m%dT%H%M%SZ.db")
            .to_string();
        let path = folder.join(name);
        self.store.copy_to(&path).await?;
        let items = self.store.outbox_summary().await?.items;
        Ok(Exported {
            path: path.display().to_string(),
            items,
        })
    }
}
