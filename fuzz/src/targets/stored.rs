//! What a tablet reads from its own database, when rows are damaged or a newer version's.

use super::reader::item;
use crate::{parts, sample};
use hemrond_companion::stored::listed;
use hemrond_domain::ids::{OrganisationId, PersonId, UnitId};
use hemrond_protocol::ItemKind as Kind;
use hemrond_server::inspector::Raw;
use hemrond_store::{ItemKind, RawHeader, Shown, StoredDocument, StoredItem};

/// The first byte names a header or says what the next pieces say of it; each further piece is an
/// item.
pub(super) fn stored(bytes: &[u8]) {
    let Some((first, pieces)) = bytes.split_first() else {
        return;
    };
    let mut pieces = parts(pieces);
    let header = match sample::headers().get(usize::from(*first)) {
        Some(header) => RawHeader::from(header),
        None => RawHeader {
            kind: text(pieces.next()),
            organisation: OrganisationId::from_bytes([1; 16]),
            unit: (first & 64 != 0).then_some(UnitId::from_bytes([2; 16])),
            person: (first & 128 != 0).then_some(PersonId::from_bytes([40; 16])),
            part: text(pieces.next()),
        },
    };
    let id = header.id();
    let known = header.header();
    if let Ok(known) = &known {
        assert_eq!(known.id(), id);
        assert_eq!(RawHeader::from(known), header);
    }
    let mut document = StoredDocument {
        header,
        items: pieces.take(8).filter_map(item).map(row).collect(),
        shown: Shown::Yes,
        withdrawn: false,
    };
    let lists = listed(&document);
    // What this version knows it shows, and nothing else.
    assert_eq!(
        lists.as_ref().map(Option::is_some).ok(),
        Some(known.is_ok())
    );
    // The order in which items came is not what a document says.
    document.items.reverse();
    assert_eq!(format!("{:?}", listed(&document)), format!("{lists:?}"));
}

fn text(piece: Option<&[u8]>) -> String {
    String::from_utf8_lossy(piece.unwrap_or_default()).into_owned()
}

/// An entry with these bytes, as a tablet keeps it.
pub(super) fn entry_row(bytes: &[u8]) -> Option<StoredItem> {
    item(&[&[1], bytes].concat()).map(row)
}

fn row(item: Raw) -> StoredItem {
    StoredItem {
        hash: [7; 32],
        kind: match item.kind {
            Kind::Change => ItemKind::Change,
            Kind::Entry => ItemKind::Entry,
        },
        bytes: item.bytes,
        actor: None,
        local: false,
        acknowledged_at: None,
    }
}
