//! A copy of a whole disk.

use crate::content::Content;
use std::collections::BTreeMap;

/// Everything that lies on a disk at one moment. Copies share their bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub(crate) files: BTreeMap<String, Content>,
}

impl Snapshot {
    /// The files' names and their sizes in bytes.
    pub fn files(&self) -> impl Iterator<Item = (&str, usize)> {
        self.files
            .iter()
            .map(|(name, content)| (name.as_str(), content.len()))
    }

    /// A file's bytes; none where there is no such file.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let content = self.files.get(name)?;
        let mut bytes = vec![0; content.len()];
        content.read(0, &mut bytes);
        Some(bytes)
    }
}
