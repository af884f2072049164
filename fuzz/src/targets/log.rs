//! A tablet's log as a server takes it in, and a server's word about its own as a tablet reads it.

use super::now;
use crate::{parts, sample, word_of};
use hemrond_audit::{Head, Record, checkpoint::Checkpoint, tree::continues};
use hemrond_domain::ids::DeviceId;
use hemrond_protocol::Epoch;
use hemrond_server::{
    storage::{
        AccessLog as _, LogGiven,
        memory::{Memory, Open},
    },
    verify::access_log,
};
use std::sync::Arc;

/// The first byte says how the tablet gives them; each piece is a record, after a byte that says whether it
/// is written anew at its place in the chain.
pub(super) fn log(bytes: &[u8]) {
    let Some((first, pieces)) = bytes.split_first() else {
        return;
    };
    let mut head = Head::default();
    let records: Vec<Vec<u8>> = parts(pieces)
        .take(8)
        .filter_map(|piece| {
            let bytes = record(piece, head)?;
            head.hash = Record::hash_of(&bytes);
            head.seq += 1;
            Some(bytes)
        })
        .collect();
    for bytes in &records {
        if let Ok(read) = Record::decode(bytes) {
            let again = read.encode().and_then(|bytes| Record::decode(&bytes));
            assert_eq!(again, Ok(read));
        }
    }
    let breaks = breaks(&records, first & 4 != 0);
    let memory = Memory::new(Epoch([1; 16]));
    let server = memory.process(Arc::new(Open));
    let stranger = DeviceId::from_bytes([15; 16]);
    let given = LogGiven {
        sender: if first & 2 == 0 {
            sample::TABLET
        } else {
            stranger
        },
        user: sample::EVA,
        organisation: sample::visit().organisation(),
        after: if first & 4 == 0 {
            Head::default()
        } else {
            head
        },
        records,
        oldest: first & 1 == 1,
    };
    let take = || now(server.take_log(&given, 1)).and_then(Result::ok);
    let taken = take();
    assert!(taken.is_some());
    // The same again adds nothing.
    assert_eq!(take().map(|again| again.added), Some(0));
    // What was taken in is whole in the log, and where it does not hang together that is known: of one push
    // the first such place, which stands for the others.
    let mut faults = Vec::new();
    let looked = now(access_log::check(&server, &mut faults)).and_then(Result::ok);
    let entries = looked.map(|looked| looked.entries);
    assert_eq!(entries, taken.map(|taken| taken.added as u64));
    assert!(faults.is_empty() || breaks > 1, "{faults:?}");
}

/// How many records do not follow the one before them, or what the tablet says to be there already.
fn breaks(records: &[Vec<u8>], goes_on: bool) -> usize {
    let mut before = (!goes_on).then_some(Head::default());
    let mut breaks = 0;
    for bytes in records {
        let read = Record::decode(bytes).ok();
        let follows = |read: &Record| {
            before.is_some_and(|it| it.seq + 1 == read.seq && it.hash == read.previous)
        };
        breaks += usize::from(!read.as_ref().is_some_and(follows));
        before = read.map(|read| Head {
            seq: read.seq,
            hash: Record::hash_of(bytes),
        });
    }
    breaks
}

fn record(piece: &[u8], before: Head) -> Option<Vec<u8>> {
    let (how, bytes) = piece.split_first()?;
    if how & 1 == 1 {
        return Some(bytes.to_vec());
    }
    let mut record = Record::decode(bytes).ok()?;
    record.seq = before.seq + 1;
    record.previous = before.hash;
    record.encode().ok()
}

/// A note, after a byte that says whether its text is signed first; then two sizes, the two roots, and the
/// proof that one tree went on from the other.
pub(super) fn word(bytes: &[u8]) {
    let mut parts = parts(bytes);
    let key = sample::log_key();
    if let Some((how, text)) = parts.next().and_then(<[u8]>::split_first) {
        let text = String::from_utf8_lossy(text);
        let note = match how & 1 {
            0 => word_of(&text, &key),
            _ => text.into_owned(),
        };
        if let Ok(read) = Checkpoint::open(&note, &key.verifying_key()) {
            // There is one form of what it says.
            assert_eq!(read.sign(&key), note);
        }
    }
    let mut hash = || -> Option<[u8; 32]> { parts.next()?.try_into().ok() };
    let (Some(sizes), Some(old), Some(new)) = (hash(), hash(), hash()) else {
        return;
    };
    let size = |at: usize| sizes.get(at..at + 8).map(<[u8; 8]>::try_from);
    let (Some(Ok(before)), Some(Ok(after))) = (size(0), size(8)) else {
        return;
    };
    let (before, after) = (u64::from_be_bytes(before), u64::from_be_bytes(after));
    let path = parts.next().unwrap_or_default().as_chunks::<32>().0;
    if continues((before, &old), (after, &new), path) {
        assert!(before <= after);
        // An empty log is the beginning of every other.
        let mut other = new;
        other[0] ^= 1;
        assert!(before == 0 || !continues((before, &old), (after, &other), path));
        let mut other = old;
        other[0] ^= 1;
        assert!(!continues((before, &other), (after, &new), path));
    }
}
