//! Changes and entries: the bytes that documents are made of.

use crate::{parts, sample, seal};
use hemrond_documents::{
    Actor, COUNTER_END, Document, Edit, Limits,
    accept::{check, check_operations, inspect},
    entry::{Contents, Entry, SignedEntry},
    history::{differences, history},
    parse_chunk,
    views::VisitView,
};

/// A chunk as it came, and with the header that its content should have.
pub(super) fn chunk(bytes: &[u8]) {
    for bytes in [bytes, &seal(bytes)] {
        for limits in [Limits::EDIT, Limits::STORED] {
            let Ok(chunk) = parse_chunk(bytes, &limits) else {
                continue;
            };
            assert!(chunk.operations <= limits.operations && chunk.max_op() < COUNTER_END);
            assert_eq!(
                inspect(bytes, &limits).ok().map(|it| it.hash),
                Some(chunk.hash)
            );
        }
    }
}

/// A change's content, offered to a server that holds Eva's morning.
pub(super) fn change(content: &[u8]) {
    let bytes = seal(content);
    let morning = sample::morning();
    let Some(mut server) = sample::blank(9) else {
        return;
    };
    // A change that followed Eva's second may be tried in its place, too.
    for held in [2, morning.len()] {
        assert!(server.apply(&morning[..held]).is_ok());
        let _ = check_operations(server.header(), &bytes);
        let before = server.content();
        let accepted = check(&server, &bytes, &Limits::EDIT).is_ok();
        let mut tried = server.clone();
        match tried.apply([&bytes]) {
            Err(_) => assert_eq!(tried.content(), before),
            Ok(_) if accepted => go_on(tried),
            Ok(_) => read_through(&tried),
        }
    }
}

/// A document's changes as they come from a disk or a server: contents, in any order, among them
/// pieces of Eva's morning.
pub(super) fn load(bytes: &[u8]) {
    let changes: Vec<Vec<u8>> = parts(bytes).take(8).map(seal).collect();
    let actor = Actor::from_random([3; 16]);
    let Ok(loaded) = Document::load(&sample::visit(), actor, &changes) else {
        return;
    };
    read_through(&loaded.document);
    // What was taken in is taken in again, and adds up to the same.
    let again = Document::load(&sample::visit(), actor, loaded.document.changes());
    assert_eq!(
        again.map(|again| again.document.heads()).ok(),
        Some(loaded.document.heads())
    );
}

/// An entry's container, and the JSON in it.
pub(super) fn entry(bytes: &[u8]) {
    let _ = Entry::parse(bytes);
    let container = SignedEntry {
        bytes: bytes.to_vec(),
        signature: [7; 64],
    };
    let parsed = container.encode().and_then(|bytes| Entry::parse(&bytes));
    if let Ok(entry) = parsed {
        assert_eq!(entry.signed, container);
        let written = entry.content.to_bytes();
        let again = written.and_then(|bytes| Contents::parse(&bytes));
        assert_eq!(again.as_ref(), Ok(&entry.content));
    }
}

/// Reads all that there is to read.
fn read_through(document: &Document) {
    let _ = VisitView::read(document);
    let _ = document.conflicts();
    let _ = history(document, "note");
    let _ = differences(document, &document.heads());
    let _ = document.changes();
}

/// A document that took a checked change in can be read and written in.
fn go_on(mut document: Document) {
    read_through(&document);
    let edit = [Edit::set("cfs.cause", "x")];
    assert!(document.edit(sample::minute(60), &edit).is_ok());
}
