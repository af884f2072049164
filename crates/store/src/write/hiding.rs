//! Documents that this tablet holds and does not show to its user.

use super::{documents, read_models, withdrawal};
use crate::{commit::DocumentCommit, error::StoreError, sql, store::Store};
use chrono::{DateTime, Utc};
use hemrond_domain::record::DocumentId;

impl Store {
    /// Hides some documents and shows others again, in one transaction: no list says anything of a
    /// hidden one, whatever comes for it. What is to be shown comes with its lists' rows.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn hide(
        &self,
        hide: &[DocumentId],
        show: &[DocumentCommit],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let shown: Vec<DocumentId> = show.iter().map(|document| document.header.id()).collect();
        let mut writing = self.write().await?;
        let session = &mut *writing;
        let statement = "UPDATE documents SET hidden = 1 WHERE id IN {list}";
        sql::execute_in(session, statement, hide).await?;
        read_models::remove(session, hide).await?;
        let statement = "UPDATE documents SET hidden = 0 WHERE id IN {list}";
        sql::execute_in(session, statement, &shown).await?;
        let unlisted = withdrawal::unlisted(session).await?;
        documents::write(session, show, &unlisted, now).await?;
        writing.commit().await
    }
}
