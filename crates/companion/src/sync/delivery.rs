//! Reading what the server delivers of one document. The server may be broken, or not ours: what
//! cannot be read costs itself, and the tablet says so.

use super::gather::raw_header;
use crate::{
    cache::{Filed, Open},
    change::read_models,
    failure::{Outcome, Problem},
    stored::{UNREADABLE, not_shown, shown},
    tablet::{Companion, State},
};
use hemrond_documents::{Document, Limits, Reason, parse_chunk};
use hemrond_domain::record::{DocumentId, Header};
use hemrond_protocol::{Delivery, Item, ItemKind};
use hemrond_store::{DocumentCommit, NewItem, Origin};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Why a delivered document cannot be shown here: a newer version knows its kind.
const NEWER_KIND: &str = "document.newer_kind";

/// A delivery's items, each read by itself.
#[derive(Default)]
struct Items<'a> {
    new: Vec<NewItem>,
    changes: Vec<&'a [u8]>,
    entries: Vec<Filed>,
    /// Some were none, and are left out: the comparison after the next start asks for them again.
    left_out: bool,
}

impl Companion {
    /// What is to be written of one delivery.
    pub(super) async fn read_delivery(
        &self,
        state: &mut State,
        delivery: &Delivery,
        opened: &mut BTreeMap<DocumentId, Open>,
    ) -> Outcome<DocumentCommit> {
        let raw = raw_header(&delivery.header);
        let header = raw.header();
        let mut items = Items::default();
        for item in &delivery.items {
            items.read(item, header.as_ref().ok());
        }
        let Ok(header) = header else {
            return Ok(not_shown(raw, items.new, NEWER_KIND));
        };
        let mut open = match opened.remove(&header.id()) {
            Some(open) => open,
            None => self.open_or_begin(state, &header).await?,
        };
        take_in(&mut open, state, &items.changes)?;
        open.incomplete |= items.left_out;
        for entry in items.entries {
            open.add_entry(entry);
        }
        // The changes went into a copy; a list is the first thing that is made of what they add up
        // to. Nothing of the document is used after a panic.
        let Ok(models) = catch_unwind(AssertUnwindSafe(|| read_models(state, &open))) else {
            tracing::error!(document = %header.id(), "a delivered document cannot be read");
            state.cache.forget(header.id());
            return Ok(not_shown(raw, items.new, UNREADABLE));
        };
        let commit = DocumentCommit {
            header: raw,
            new_items: items.new,
            read_models: Some(models),
            shown: shown(&open),
        };
        opened.insert(header.id(), open);
        Ok(commit)
    }
}

impl<'a> Items<'a> {
    /// Reads an item of a document, whose header is none where a newer version knows its kind.
    fn read(&mut self, item: &'a Item, header: Option<&Header>) {
        match item.kind {
            ItemKind::Change => match parse_chunk(&item.bytes, &Limits::STORED) {
                Ok(chunk) => {
                    self.changes.push(&item.bytes);
                    self.new.push(NewItem {
                        hash: chunk.hash,
                        kind: hemrond_store::ItemKind::Change,
                        bytes: item.bytes.clone(),
                        actor: Some(chunk.actor),
                        origin: Origin::Server,
                    });
                }
                Err(error) => self.leave_out(&error),
            },
            ItemKind::Entry => match Filed::read(&item.bytes) {
                Ok(entry) if header.is_some_and(|header| header.id() != entry.document()) => {
                    self.leave_out(&"an entry of another document");
                }
                Ok(entry) => {
                    self.new.push(NewItem {
                        hash: entry.hash(),
                        kind: hemrond_store::ItemKind::Entry,
                        bytes: item.bytes.clone(),
                        actor: None,
                        origin: Origin::Server,
                    });
                    self.entries.push(entry);
                }
                Err(error) => self.leave_out(&error),
            },
        }
    }

    fn leave_out(&mut self, why: &dyn std::fmt::Display) {
        tracing::warn!(reason = %why, "a delivered item is none");
        self.left_out = true;
    }
}

/// Takes changes into a document. One bad change must not hide the good ones: if there is one,
/// everything is read anew, and what cannot be applied is set aside.
fn take_in(open: &mut Open, state: &State, changes: &[&[u8]]) -> Outcome<()> {
    match open.document.apply(changes) {
        Ok(applied) => {
            open.incomplete |= !applied.set_aside.is_empty();
            return Ok(());
        }
        Err(aside) => tracing::warn!(reason = %aside, "a delivered change was set aside"),
    }
    let held = open.document.changes();
    let all = held
        .iter()
        .map(|change| change.bytes.as_slice())
        .chain(changes.iter().copied());
    let loaded = Document::load_knowing(open.document.header(), state.actor, state.knows, all)
        .map_err(|_| Problem::new(UNREADABLE))?;
    open.incomplete |= loaded
        .set_aside
        .iter()
        .any(|aside| !matches!(aside.reason, Reason::Missing(_)));
    open.document = loaded.document;
    Ok(())
}
