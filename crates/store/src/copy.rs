//! A copy of the whole store, for the day when a tablet must be rescued.

use crate::{error::StoreError, sql, store::Store};
use std::path::Path;

impl Store {
    /// Writes a copy of everything to a new file, encrypted with the same key.
    ///
    /// # Errors
    /// When there is a file already, or the disk fails or is full.
    pub async fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let Some(path) = path.to_str() else {
            return Err(StoreError::Invalid {
                detail: "the file's name is not text".to_owned(),
            });
        };
        let mut reading = self.read().await?;
        sql::execute(&mut reading, "VACUUM INTO ?1", sql::with(&path.to_owned())).await?;
        Ok(())
    }
}
