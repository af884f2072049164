//! The feed: every position is there, and says what is so.

use super::{
    fault::{Fault, What, position},
    people::People,
};
use crate::storage::FeedRow;

/// Walks the feed from its beginning.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The last position seen.
    pub(super) last: i64,
}

impl Walk {
    /// Checks the next rows, in order.
    pub(super) fn check(&mut self, rows: &[FeedRow], people: &People, faults: &mut Vec<Fault>) {
        for row in rows {
            self.missing_before(row.seq, faults);
            self.last = row.seq;
            for what in wrong(row, people) {
                faults.push(Fault {
                    place: position(row.seq),
                    what,
                });
            }
        }
    }

    /// Ends the walk at the feed's head.
    pub(super) fn end(self, head: i64, faults: &mut Vec<Fault>) {
        self.missing_before(head.saturating_add(1), faults);
    }

    fn missing_before(&self, seq: i64, faults: &mut Vec<Fault>) {
        // One fault each for a few, one for all where many are gone.
        let missing = self.last.saturating_add(1)..seq;
        let several = missing.end.saturating_sub(missing.start) > 100;
        for absent in missing {
            faults.push(Fault {
                place: "feed".to_owned(),
                what: What::PositionMissing(absent),
            });
            if several {
                faults.push(Fault {
                    place: "feed".to_owned(),
                    what: What::Position("has no position from there on for a long stretch"),
                });
                return;
            }
        }
    }
}

fn wrong(row: &FeedRow, people: &People) -> Vec<What> {
    let mut wrong = Vec::new();
    if !row.document_exists {
        wrong.push(What::Lacks("document"));
    }
    match (row.event, row.item, row.audience) {
        (0, Some(_), None) => match row.item_fed {
            None => wrong.push(What::Lacks("item")),
            Some(fed) if fed != row.seq => {
                wrong.push(What::Position("names an item that has another position"));
            }
            Some(_) => {}
        },
        // To be considered anew by all who may read the document as far as role and unit go.
        (5, None, None) => {}
        (1 | 2 | 5, None, Some(audience)) => {
            if !people.has_user(audience) {
                wrong.push(What::Lacks("account"));
            }
        }
        // What was destroyed, and what had been said of it before.
        (3 | 4, None, None) => {
            if !row.document_destroyed {
                wrong.push(What::Position("calls a document destroyed that is not"));
            }
        }
        _ => wrong.push(What::Position("says what no position says")),
    }
    wrong
}
