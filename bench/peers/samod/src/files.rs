//! samod's own files, and whether a document's newest state is in them. samod itself does not tell: its `create`
//! answers before the file is written, and there is no flush.

use crate::Result;
use automerge::ChangeHash;
use samod::{
    DocHandle, DocumentId,
    storage::{Storage, StorageKey, TokioFilesystemStorage},
};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};
use tokio::sync::watch;

#[derive(Clone)]
pub(crate) struct Files {
    files: TokioFilesystemStorage,
    /// By document.
    kept: Arc<watch::Sender<HashMap<String, Kept>>>,
}

/// What is in a document's files.
#[derive(Default)]
struct Kept {
    /// How many files are being written.
    writing: usize,
    /// Every change with a file of its own, and the newest ones of every file with the whole document.
    changes: HashSet<ChangeHash>,
}

impl Files {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            files: TokioFilesystemStorage::new(folder),
            kept: Arc::default(),
        }
    }

    /// The documents with files.
    pub(crate) fn documents(&self) -> Vec<DocumentId> {
        let kept = self.kept.borrow();
        kept.keys().filter_map(|name| name.parse().ok()).collect()
    }

    /// Waits until a document is in its files as it is now. samod writes files in the order of the changes, but
    /// several at once: when the newest is there and none is being written, all are there.
    pub(crate) async fn hold(&self, document: &DocHandle) -> Result<()> {
        let heads = document
            .with_document_async(|document| document.get_heads())
            .await?;
        let name = document.document_id().to_string();
        let mut kept = self.kept.subscribe();
        let there =
            |kept: &Kept| kept.writing == 0 && heads.iter().all(|head| kept.changes.contains(head));
        kept.wait_for(|kept| kept.get(&name).is_some_and(there))
            .await?;
        Ok(())
    }

    fn note(&self, document: &str, change: impl FnOnce(&mut Kept)) {
        self.kept
            .send_modify(|kept| change(kept.entry(document.to_owned()).or_default()));
    }
}

impl Storage for Files {
    async fn load(&self, key: StorageKey) -> Option<Vec<u8>> {
        self.files.load(key).await
    }

    async fn load_range(&self, prefix: StorageKey) -> HashMap<StorageKey, Vec<u8>> {
        let found = self.files.load_range(prefix).await;
        for (key, data) in &found {
            if let Some((document, changes)) = changes(key, data) {
                self.note(&document, |kept| kept.changes.extend(changes));
            }
        }
        found
    }

    async fn put(&self, key: StorageKey, data: Vec<u8>) {
        let Some((document, changes)) = changes(&key, &data) else {
            return self.files.put(key, data).await;
        };
        self.note(&document, |kept| kept.writing += 1);
        self.files.put(key, data).await;
        self.note(&document, |kept| {
            kept.writing = kept.writing.saturating_sub(1);
            kept.changes.extend(changes);
        });
    }

    async fn delete(&self, key: StorageKey) {
        self.files.delete(key).await;
    }
}

/// A file's document, and the newest changes in it. Not every file is a document's.
fn changes(key: &StorageKey, data: &[u8]) -> Option<(String, Vec<ChangeHash>)> {
    let [document, kind, name] = key.into_iter().collect::<Vec<_>>()[..] else {
        return None;
    };
    let changes = match kind.as_str() {
        "incremental" => vec![name.parse().ok()?],
        _ => heads(data)?,
    };
    Some((document.clone(), changes))
}

/// The newest changes of a whole document as Automerge saves it. They stand near the beginning, so that it need not
/// be loaded: after four bytes of magic, four of checksum, the kind, the length, and the actors.
fn heads(saved: &[u8]) -> Option<Vec<ChangeHash>> {
    let mut rest = saved.get(9..)?;
    number(&mut rest)?;
    for _ in 0..number(&mut rest)? {
        let actor = number(&mut rest)?;
        rest = rest.get(actor..)?;
    }
    let heads = number(&mut rest)?.checked_mul(32)?;
    let heads = rest.get(..heads)?.chunks_exact(32);
    heads.map(|head| ChangeHash::try_from(head).ok()).collect()
}

/// Takes a number in LEB128.
fn number(rest: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..usize::BITS).step_by(7) {
        let (first, others) = rest.split_first()?;
        *rest = others;
        number |= usize::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
