//! What people wrote is found in the documents, and lists follow from them.

use crate::{
    act::Expect,
    drive::to_the_end,
    witness::{Mark, Wrong, name},
    world::World,
};
use hemrond_companion::api::{Command, Nothing};
use hemrond_documents::{Actor, Document, Value, entry::Entry, history::history};
use hemrond_domain::record::{DocumentId, Header};
use hemrond_protocol::ItemKind;
use hemrond_server::storage::Records as _;
use hemrond_store::ItemName;
use std::{collections::BTreeMap, sync::Arc};

impl World {
    /// What people wrote is found in the documents, by everybody who reads them.
    pub(super) fn marks_are_found(&mut self) {
        let marks = std::mem::take(&mut self.witness.marks);
        let mut by_document: BTreeMap<DocumentId, Vec<Mark>> = BTreeMap::new();
        for mark in marks {
            by_document.entry(mark.document).or_default().push(mark);
        }
        for (id, marks) in by_document {
            let Some(document) = self.read_on_server(id) else {
                continue;
            };
            let content = serde_json::to_string(&document.content()).unwrap_or_default();
            for mark in marks {
                let on_server = self.on_server(&mark.items);
                if on_server.len() != mark.items.len() {
                    // Refused: it is shown, and not in the document.
                    continue;
                }
                let found = match &mark.expect {
                    Expect::Words(words) => content.contains(words.as_str()),
                    Expect::Field(field, value) => history(&document, field)
                        .iter()
                        .any(|trace| trace.value.as_ref().is_some_and(|v| is_text(v, value))),
                };
                if !found {
                    let what = format!("{:?} is not found in {id}", mark.expect);
                    self.witness.find(Wrong::Lost, what);
                }
            }
        }
    }

    fn read_on_server(&mut self, id: DocumentId) -> Option<Document> {
        let site = Arc::clone(&self.site);
        let kept = to_the_end(site.database.document(id), &self.stop);
        let kept = kept.ok()?.ok()??;
        let header = Header::try_from(&kept.header).ok()?;
        let changes = kept
            .items
            .iter()
            .filter(|item| item.kind == ItemKind::Change)
            .map(|item| &item.bytes);
        let loaded = Document::load(&header, Actor::from_random([3; 16]), changes);
        let Ok(loaded) = loaded else {
            self.witness.find(
                Wrong::Diverged,
                format!("{id} cannot be read on the server"),
            );
            return None;
        };
        if !loaded.set_aside.is_empty() {
            let what = format!("{id} holds changes on the server that cannot be applied");
            self.witness.find(Wrong::Diverged, what);
        }
        Some(loaded.document)
    }

    /// A tablet's app can read all that the tablet holds, also one of an earlier version: nothing
    /// lies there waiting for what never comes.
    pub(super) fn everything_is_read(&mut self, place: usize) {
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let (Some(companion), Some(knows)) = (
            self.running(place),
            self.tablets.get(number).map(|tablet| tablet.knows),
        ) else {
            return;
        };
        for (id, header) in self.headers(&companion) {
            let stored = to_the_end(companion.store().load(id), &self.stop);
            let Ok(Ok(Some(stored))) = stored else {
                continue;
            };
            let changes = stored.items.iter();
            let changes = changes.filter(|item| item.kind == hemrond_store::ItemKind::Change);
            let loaded = Document::load_knowing(
                &header,
                Actor::from_random([3; 16]),
                knows,
                changes.map(|item| &item.bytes),
            );
            if !loaded.is_ok_and(|loaded| loaded.set_aside.is_empty()) {
                let what = format!(
                    "{} holds changes of a {} that its app cannot read ({id})",
                    self.name(number),
                    header.kind()
                );
                self.witness.find(Wrong::Diverged, what);
                return;
            }
            let entries = stored.items.iter();
            let entries = entries.filter(|item| item.kind == hemrond_store::ItemKind::Entry);
            let entries: BTreeMap<_, _> = entries
                .map(|entry| (entry.hash, entry.bytes.clone()))
                .collect();
            if !self.are_as_signed(id, &entries) || !self.are_as_first_seen(id, &entries) {
                let what = format!(
                    "{} holds a signed entry otherwise than it was signed ({id})",
                    self.name(number)
                );
                self.witness.find(Wrong::Diverged, what);
                return;
            }
        }
    }

    /// Whether the server has the same signed entries, to the last byte, where it has them.
    fn are_as_signed(&self, id: DocumentId, ours: &BTreeMap<[u8; 32], Vec<u8>>) -> bool {
        if ours.is_empty() {
            return true;
        }
        let site = Arc::clone(&self.site);
        let Ok(Ok(Some(kept))) = to_the_end(site.database.document(id), &self.stop) else {
            return true;
        };
        kept.items
            .iter()
            .filter(|item| item.kind == ItemKind::Entry)
            .filter_map(|item| Some((Entry::parse(&item.bytes).ok()?.hash.0, &item.bytes)))
            .all(|(hash, bytes)| ours.get(&hash).is_none_or(|ours| ours == bytes))
    }

    /// Whether these entries are as they were on their own tablet when they first waited.
    fn are_as_first_seen(&self, id: DocumentId, ours: &BTreeMap<[u8; 32], Vec<u8>>) -> bool {
        ours.iter().all(|(hash, bytes)| {
            let first = self.witness.entries.get(&name(id, *hash));
            first.is_none_or(|first| first == bytes)
        })
    }

    /// The server holds signed entries as they were when they first waited on their own tablet.
    pub(super) fn server_holds_entries_as_signed(&mut self) {
        let entries = std::mem::take(&mut self.witness.entries);
        let names: Vec<ItemName> = entries.keys().copied().collect();
        let held = self.on_server(&names);
        let mut by_document: BTreeMap<DocumentId, Vec<&Vec<u8>>> = BTreeMap::new();
        for (item, bytes) in entries.iter().filter(|(item, _)| held.contains(item)) {
            by_document.entry(item.document).or_default().push(bytes);
        }
        for (id, signed) in by_document {
            let site = Arc::clone(&self.site);
            let Ok(Ok(Some(kept))) = to_the_end(site.database.document(id), &self.stop) else {
                self.witness.find(Wrong::Stuck, "a document cannot be read");
                continue;
            };
            if !signed
                .iter()
                .all(|bytes| kept.items.iter().any(|item| item.bytes == **bytes))
            {
                let what =
                    format!("the server holds a signed entry otherwise than it was signed ({id})");
                self.witness.find(Wrong::Diverged, what);
            }
        }
        self.witness.entries = entries;
    }

    /// Lists made anew from the documents are the same lists.
    pub(super) fn lists_follow_from_documents(&mut self, place: usize) {
        let Some(companion) = self.running(place) else {
            return;
        };
        let compared = async {
            let before = companion.store().dump_read_models().await;
            let before = before.map_err(|error| error.to_string())?;
            companion
                .call(Command::Rebuild(Nothing {}))
                .await
                .map_err(|failure| failure.to_string())?;
            let after = companion.store().dump_read_models().await;
            Ok::<_, String>(before == after.map_err(|error| error.to_string())?)
        };
        match to_the_end(compared, &self.stop) {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => {
                let what = format!("lists of tablet {place} do not follow from its documents");
                self.witness.find(Wrong::Diverged, what);
            }
            Ok(Err(why)) => self.witness.find(Wrong::Stuck, why),
            Err(hangs) => self.witness.find(Wrong::Stuck, hangs.to_string()),
        }
    }
}

fn is_text(value: &Value, words: &str) -> bool {
    matches!(value, Value::Text(text) if text == words)
}
