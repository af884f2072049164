//! What a tablet makes of a document's rows in its own database, whatever stands in them: they may be
//! damaged, or a newer version's.

use crate::{
    cache::{Filed, Open},
    failure::{Outcome, Problem},
    projection::{self, Facts},
};
use hemrond_documents::{Actor, Document, Reason, SetAside, schema::Knows};
use hemrond_domain::record::Header;
use hemrond_store::{
    DocumentCommit, ItemKind, NewItem, RawHeader, ReadModels, Shown, StoredDocument,
};

/// Something that came for a document cannot be read; the rest of it is shown.
const SET_ASIDE: &str = "document.set_aside";

/// A document cannot be shown though its kind is known.
pub(crate) const UNREADABLE: &str = "document.unreadable";

/// The actor under which nothing is ever written: lists only read.
const READER: [u8; 16] = *b"hemrond-listings";

/// What lists show of a stored document, and whether it is shown whole; none for a header that this
/// version cannot use. It is the same in whatever order the items lie.
///
/// # Errors
/// When the header makes no document.
pub fn listed(stored: &StoredDocument) -> Outcome<Option<(ReadModels, Shown)>> {
    let Ok(header) = stored.header.header() else {
        return Ok(None);
    };
    let open = open(
        Actor::from_random(READER),
        Knows::Everything,
        &header,
        stored,
    )?;
    let facts = Facts { user_of: &|_| None };
    Ok(Some((projection::read_models(&open, &facts), shown(&open))))
}

/// Reads a document as it lies on disk. What cannot be read of it is set aside.
pub(crate) fn open(
    actor: Actor,
    knows: Knows,
    header: &Header,
    stored: &StoredDocument,
) -> Outcome<Open> {
    let items = |kind| stored.items.iter().filter(move |item| item.kind == kind);
    let changes = items(ItemKind::Change).map(|item| &item.bytes);
    let loaded = Document::load_knowing(header, actor, knows, changes)
        .map_err(|_| Problem::new(UNREADABLE))?;
    for aside in &loaded.set_aside {
        // The bytes stay in the store; the reason names no person.
        tracing::warn!(document = %header.id(), reason = %aside.reason, "a change was set aside");
    }
    // What waits for another change may still fit, and is no fault of anyone.
    let broken = |aside: &SetAside| !matches!(aside.reason, Reason::Missing(_));
    let mut open = Open {
        document: loaded.document,
        entries: Vec::new(),
        acts: Vec::new(),
        incomplete: loaded.set_aside.iter().any(broken),
    };
    for item in items(ItemKind::Entry) {
        match Filed::read(&item.bytes) {
            Ok(entry) => open.add_entry(entry),
            Err(reason) => {
                tracing::warn!(document = %header.id(), %reason, "an entry was set aside");
                open.incomplete = true;
            }
        }
    }
    Ok(open)
}

/// Whether a document is shown whole.
pub(crate) fn shown(open: &Open) -> Shown {
    if open.incomplete {
        Shown::No {
            reason: SET_ASIDE.to_owned(),
        }
    } else {
        Shown::Yes
    }
}

/// What is kept of a document that lists cannot show, for this reason.
pub(crate) fn not_shown(
    header: RawHeader,
    new_items: Vec<NewItem>,
    reason: &str,
) -> DocumentCommit {
    DocumentCommit {
        header,
        new_items,
        read_models: None,
        shown: Shown::No {
            reason: reason.to_owned(),
        },
    }
}
