//! The feed of a database that somebody restored, as a check of it goes through its rows.

use crate::sample;
use hemrond_domain::ids::UserId;
use hemrond_server::{storage::FeedRow, verify::check_feed};

/// How many bytes say a row.
const ROW: usize = 18;

/// Eight bytes are the head; each further piece of the same length is a row.
pub(super) fn feed(bytes: &[u8]) {
    let Some((head, rows)) = bytes.split_first_chunk::<8>() else {
        return;
    };
    let head = i64::from_be_bytes(*head);
    let (rows, _) = rows.as_chunks::<ROW>();
    let mut rows: Vec<FeedRow> = rows.iter().map(row).collect();
    // A check asks for the rows up to the head.
    rows.retain(|row| (1..=head).contains(&row.seq));
    rows.sort_by_key(|row| row.seq);
    rows.dedup_by_key(|row| row.seq);
    let faults = check_feed(&rows, head, [sample::EVA], []);
    assert_eq!(check_feed(&rows, head, [sample::EVA], []), faults);
    if faults.is_empty() {
        // Every position is there, from the first to the head.
        let positions: Vec<i64> = rows.iter().map(|row| row.seq).collect();
        assert!(positions.iter().copied().eq(1..=head.max(0)));
    }
}

fn row(bytes: &[u8; ROW]) -> FeedRow {
    let [seq @ .., event, flags] = bytes;
    let (seq, fed) = seq.split_at(8);
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, i64::from_be_bytes);
    let is = |bit: u8| flags & bit != 0;
    FeedRow {
        seq: number(seq),
        event: i64::from(*event),
        document: sample::visit().id(),
        document_exists: !is(1),
        document_destroyed: is(2),
        item: is(4).then_some([7; 32]),
        item_fed: is(8).then(|| number(fed)),
        audience: is(16).then_some(if is(32) {
            UserId::from_bytes([99; 16])
        } else {
            sample::EVA
        }),
    }
}
