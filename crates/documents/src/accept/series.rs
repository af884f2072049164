//! Holding changes that follow one another against the document that they would enter.

use super::{Inspected, against::check, inspect};
use crate::{chunk::Limits, document::Document};

/// Checks changes one after the other, as [`inspect`] and [`check`] do, each against the document with those
/// before it, and has the CRDT library take them in together: that costs a fraction of one by one. Gives what
/// they say about themselves, and the document with them.
///
/// None where anything is not plainly in order, however little: one by one it shows what, and where.
#[must_use]
pub fn check_series(
    document: &Document,
    changes: &[&[u8]],
    limits: &Limits,
) -> Option<(Document, Vec<Inspected>)> {
    let mut ahead = document.ahead()?;
    let mut inspected = Vec::with_capacity(changes.len());
    for bytes in changes {
        let says = inspect(bytes, limits).ok()?;
        if !ahead.document().contains(&says.hash) {
            check(ahead.document(), bytes, limits).ok()?;
            ahead.note(bytes)?;
        }
        inspected.push(says);
    }
    Some((ahead.catch_up()?, inspected))
}
