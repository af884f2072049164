//! Legal acts: as a server reads them, as a tablet lists them, and what follows from them.

use super::{reader::reader, stored::entry_row};
use crate::{join, parts, sample};
use hemrond_companion::stored::listed;
use hemrond_documents::entry::{ActContent, Contents, EntryHash};
use hemrond_domain::{
    ids::UnitId,
    law::{Made, Maker, Standing, may_make},
    people::Role,
};
use hemrond_store::{RawHeader, Shown, StoredDocument};

/// Each piece is an act as it is signed.
pub(super) fn act(bytes: &[u8]) {
    let contents: Vec<&[u8]> = parts(bytes).take(4).collect();
    // As a push into Astrid's acts.
    let items: Vec<Vec<u8>> = contents.iter().map(|it| [&[1], *it].concat()).collect();
    let items = join(items.iter().map(Vec::as_slice));
    reader(&[vec![128], items].concat());
    let made: Vec<Made> = contents.iter().filter_map(|bytes| read(bytes)).collect();
    for one in &made {
        // As a list keeps it.
        let kept = serde_json::to_string(one);
        let again = kept.and_then(|kept| serde_json::from_str::<Made>(&kept));
        assert_eq!(again.ok().as_ref(), Some(one));
        let maker = Maker {
            user: sample::EVA,
            role: Role::Nurse,
            organisation: sample::visit().organisation(),
            unit: UnitId::from_bytes([2; 16]),
        };
        let _ = may_make(one, &maker);
    }
    // The order in which acts came is not what they say.
    let now = sample::minute(60);
    let standing = Standing::of(&made, now);
    assert_eq!(Standing::of(made.iter().rev(), now), standing);
    let header = sample::acts();
    let document = StoredDocument {
        header: RawHeader::from(&header),
        items: contents.iter().filter_map(|it| entry_row(it)).collect(),
        shown: Shown::Yes,
        withdrawn: false,
    };
    assert!(listed(&document).is_ok());
}

fn read(bytes: &[u8]) -> Option<Made> {
    // A list's column holds what somebody may have changed.
    let _ = serde_json::from_slice::<Made>(bytes);
    let content = ActContent::parse(bytes).ok()?;
    assert!(matches!(Contents::parse(bytes), Ok(Contents::Act(_))));
    content.made(EntryHash::of(bytes)).ok()
}
