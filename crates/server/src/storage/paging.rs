//! What a page of the feed takes up, decided the same way by every storage.
//!
//! A storage finds the events that concern the asker; here it is decided how many of them one page
//! takes, where its cursor then stands, and which documents come whole or go.

use hemrond_domain::record::DocumentId;

/// Bounds the events that one page looks at.
pub(super) const EVENTS: usize = 8_192;

/// Bounds the positions that one page crosses, so that a long stretch of what the asker may not see
/// costs several small queries instead of one that takes seconds.
const STRETCH: u64 = 50_000;

/// What a document that goes counts for on a page, in bytes: little to send, and as much work for a tablet
/// as items of about this size.
const GOING: u64 = 512;

/// What a position of the feed says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// An item is new.
    Item,
    /// Every item of a document is new to one user.
    Whole,
    /// The document is gone for one user.
    Gone,
    /// The document was destroyed, and is gone for everybody.
    Destroyed,
    /// What stood here was about a document that was destroyed; it concerns nobody.
    Void,
    /// Whether the document may be read is to be asked anew: a block or an opening came or went.
    Reconsider,
}

impl What {
    /// Reads the number under which tables keep it; anything unknown is none.
    pub(super) const fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Item),
            1 => Some(Self::Whole),
            2 => Some(Self::Gone),
            3 => Some(Self::Destroyed),
            4 => Some(Self::Void),
            5 => Some(Self::Reconsider),
            _ => None,
        }
    }

    /// The number under which tables keep it.
    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Item => 0,
            Self::Whole => 1,
            Self::Gone => 2,
            Self::Destroyed => 3,
            Self::Void => 4,
            Self::Reconsider => 5,
        }
    }
}

/// One event that concerns the asker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    /// Its position.
    pub(super) seq: u64,
    /// What it says.
    pub(super) what: What,
    /// Of which document.
    pub(super) document: DocumentId,
    /// How many bytes of items it brings.
    pub(super) bytes: u64,
    /// Whether the asker may read the document now.
    pub(super) readable: bool,
}

/// The part of the feed that one page takes up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    /// The position after it.
    pub(super) cursor: u64,
    /// Its documents, in the order of its events.
    pub(super) order: Vec<DocumentId>,
    /// Documents to send with all their items.
    pub(super) whole: Vec<DocumentId>,
    /// Documents that the asker may no longer hold.
    pub(super) gone: Vec<DocumentId>,
}

/// The last position that a page after `cursor` may reach.
pub(super) fn until(cursor: u64, head: u64) -> u64 {
    head.min(cursor.saturating_add(STRETCH))
}

/// Takes from the first [`EVENTS`] events up to `until` what fits a page of about `page_bytes`.
pub(super) fn take(events: &[Event], until: u64, page_bytes: u64) -> Taken {
    let cut = cut(events, page_bytes);
    // A page that ends before the events do ends at its last event; otherwise all up to the end of
    // the stretch has been seen.
    let cursor = match cut.last() {
        Some(last) if cut.len() < events.len() || events.len() >= EVENTS => last.seq,
        _ => until,
    };
    let mut taken = Taken {
        cursor,
        order: Vec::with_capacity(cut.len()),
        whole: Vec::new(),
        gone: Vec::new(),
    };
    for event in cut {
        taken.order.push(event.document);
        match event.what {
            What::Whole | What::Reconsider if event.readable => taken.whole.push(event.document),
            // What became readable again has its own event later on.
            What::Gone | What::Reconsider if !event.readable => taken.gone.push(event.document),
            // Whoever still holds it must not, whatever they may read.
            What::Destroyed => taken.gone.push(event.document),
            _ => {}
        }
    }
    taken
}

/// The events up to the page's size; at least one, so that every page moves on.
fn cut(events: &[Event], page_bytes: u64) -> &[Event] {
    let mut bytes = 0u64;
    for (index, event) in events.iter().enumerate() {
        let going = match event.what {
            What::Gone | What::Destroyed | What::Reconsider => GOING,
            What::Item | What::Whole | What::Void => 0,
        };
        bytes = bytes.saturating_add(event.bytes).saturating_add(going);
        if bytes >= page_bytes {
            return events.get(..=index).unwrap_or(events);
        }
    }
    events
}
