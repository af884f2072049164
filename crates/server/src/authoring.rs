//! Writing in documents from the server's side: the directory, and sample data.

use crate::{
    elsewhere::national_number,
    environment::Chance,
    inspector::{Inline, Raw, Reading},
    storage::{Asker, PushedDocument, PushedItem, Storage, StorageError},
};
use chrono::{DateTime, Utc};
use hemrond_documents::{Actor, Document, Edit, EditError, GenesisError, RawChange};
use hemrond_domain::{ids::DeviceId, record::Header};
use hemrond_protocol::ItemKind;
use hemrond_sync::acceptance::{Offered, Permission, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Why the server could not write in a document.
#[derive(Debug, thiserror::Error)]
pub enum AuthoringError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The edit does not fit the document.
    #[error("the document does not take this: {0}")]
    Edit(#[from] EditError),
    /// The document could not be begun.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The document could not be read.
    #[error("the document cannot be read: {0}; restore the database from a backup")]
    Unreadable(String),
    /// The server's own rules refused what it wrote; a fault of this version.
    #[error("the change was refused with \"{0}\"; this is a fault in hemrond-server, report it")]
    Refused(&'static str),
}

/// Changes of one document, by one author.
#[derive(Debug, Clone)]
pub struct Written {
    /// The document.
    pub header: Header,
    /// The changes.
    pub changes: Vec<RawChange>,
}

/// Edits a document as it is stored now, as one change.
///
/// # Errors
/// When the edits do not fit or the database fails.
pub async fn edit(
    storage: &dyn Storage,
    chance: &dyn Chance,
    asker: &Asker,
    header: &Header,
    at: DateTime<Utc>,
    edits: &[Edit],
) -> Result<(), AuthoringError> {
    let stored = storage
        .changes(&[header.id()])
        .await?
        .remove(&header.id())
        .unwrap_or_default();
    let actor = draw_actor(chance);
    let loaded = Document::load(header, actor, &stored)
        .map_err(|error| AuthoringError::Unreadable(error.to_string()))?;
    let mut document = loaded.document;
    let changes = document.edit(at, edits)?;
    let written = Written {
        header: header.clone(),
        changes: document
            .migrations()
            .map(|(change, _)| change.clone())
            .chain(changes)
            .collect(),
    };
    keep(storage, asker, &[written], at.timestamp_millis()).await
}

/// The rows of a collection, as a document is stored now.
///
/// # Errors
/// When the document cannot be read or the database fails.
pub(crate) async fn rows(
    storage: &dyn Storage,
    chance: &dyn Chance,
    header: &Header,
    collection: &str,
) -> Result<BTreeSet<String>, AuthoringError> {
    let stored = storage
        .changes(&[header.id()])
        .await?
        .remove(&header.id())
        .unwrap_or_default();
    let loaded = Document::load(header, draw_actor(chance), &stored)
        .map_err(|error| AuthoringError::Unreadable(error.to_string()))?;
    let content = loaded.document.content();
    let rows = content.rows.get(collection);
    Ok(rows
        .into_iter()
        .flat_map(|rows| rows.keys().cloned())
        .collect())
}

/// An actor for one run.
#[must_use]
pub fn draw_actor(chance: &dyn Chance) -> Actor {
    Actor::from_random(crate::environment::draw_id(chance))
}

/// Takes written changes in, through the same door as a tablet's.
///
/// # Errors
/// When one of them is refused or the database fails.
pub async fn keep(
    storage: &dyn Storage,
    asker: &Asker,
    written: &[Written],
    now: i64,
) -> Result<(), AuthoringError> {
    let named: Vec<_> = written.iter().map(|written| written.header.id()).collect();
    let mut stored = storage.changes(&named).await?;
    let pushed: Vec<PushedDocument> = written
        .iter()
        .map(|written| {
            let stored = stored.remove(&written.header.id()).unwrap_or_default();
            let changes = written.changes.iter().map(|change| Raw {
                kind: ItemKind::Change,
                bytes: change.bytes.clone(),
            });
            pushed(&written.header, changes.collect(), stored, BTreeMap::new())
        })
        .collect();
    take(storage, asker, pushed, now).await
}

/// Takes signed entries in, through the same door. `keys` are those of the devices that signed.
///
/// # Errors
/// When one of them is refused or the database fails.
pub(crate) async fn keep_entries(
    storage: &dyn Storage,
    asker: &Asker,
    header: &Header,
    entries: &[Vec<u8>],
    keys: &BTreeMap<DeviceId, [u8; 32]>,
) -> Result<(), AuthoringError> {
    let raw = entries.iter().map(|bytes| Raw {
        kind: ItemKind::Entry,
        bytes: bytes.clone(),
    });
    let document = pushed(header, raw.collect(), Vec::new(), keys.clone());
    take(storage, asker, vec![document], asker.now).await
}

async fn take(
    storage: &dyn Storage,
    asker: &Asker,
    pushed: Vec<PushedDocument>,
    now: i64,
) -> Result<(), AuthoringError> {
    let taken = storage.take_in(asker, pushed, now).await?;
    for verdict in taken.verdicts.into_iter().flatten() {
        if let Verdict::Refused(reason) = verdict {
            return Err(AuthoringError::Refused(reason.code()));
        }
    }
    Ok(())
}

fn pushed(
    header: &Header,
    raw: Vec<Raw>,
    stored: Vec<Vec<u8>>,
    keys: BTreeMap<DeviceId, [u8; 32]>,
) -> PushedDocument {
    let reading = Reading {
        header: header.clone(),
        stored,
        items: raw.clone(),
        keys,
    };
    let findings = Inline::read_one(&reading);
    let changes = raw.iter().map(|raw| raw.bytes.clone());
    let all: Vec<Vec<u8>> = reading.stored.iter().cloned().chain(changes).collect();
    let items = raw
        .into_iter()
        .zip(findings.items)
        .map(|(raw, finding)| PushedItem {
            kind: raw.kind,
            offered: Offered {
                size: raw.bytes.len(),
                author: None,
                own_tablet: false,
                finding,
            },
            bytes: raw.bytes,
        })
        .collect();
    PushedDocument {
        header: Ok(header.clone()),
        // Whoever runs the server's own commands may write what they write.
        permission: Permission {
            read: true,
            write: true,
            blocked: false,
        },
        number: national_number(header, &all),
        given: findings.given,
        items,
    }
}
