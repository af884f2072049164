//! Records of an access log as they travel: each says only what is new since the one before it.
//!
//! A record is a CBOR array of its number, the hash of the record before it and its event, which is
//! an array too. What an event's places mean is the log's business; here they are bytes that
//! often stand there again.

use super::{
    follows, number,
    streams::{Reading, Stream, Writing},
    unpack::UnpackError,
};
use crate::request::LogRecord;
use hemrond_audit::Record;
use std::collections::BTreeMap;

/// The event's place that holds its time, in milliseconds.
const TIME: usize = 6;

/// More places than any event has.
const MAX_PLACES: u64 = 64;

/// A record that was taken apart.
struct Parts<'a> {
    number: u64,
    before: [u8; 32],
    event: Vec<&'a [u8]>,
}

/// The record before.
#[derive(Default)]
struct Before {
    number: u64,
    hash: Option<[u8; 32]>,
    event: Vec<Vec<u8>>,
}

impl Before {
    /// What a record leaves to the one before it: its number and the hash.
    fn is_followed_by(&self, parts: &Parts<'_>) -> bool {
        self.hash == Some(parts.before) && self.number.checked_add(1) == Some(parts.number)
    }

    fn is_now(&mut self, parts: &Parts<'_>, record: &[u8]) {
        self.number = parts.number;
        self.hash = Some(Record::hash_of(record));
        self.event = parts.event.iter().map(|place| place.to_vec()).collect();
    }
}

/// Packs records in their order.
pub(super) fn pack(records: &[LogRecord]) -> Vec<u8> {
    let mut streams = Writing::default();
    let mut before = Before::default();
    let mut seen: BTreeMap<usize, BTreeMap<Vec<u8>, u64>> = BTreeMap::new();
    for LogRecord(record) in records {
        let parts = read(record).filter(|parts| write(parts) == *record);
        let Some(parts) = parts else {
            streams.to(Stream::Follows).push(follows::WHOLE);
            number::write_bytes(streams.to(Stream::Wholes), record);
            continue;
        };
        if before.is_followed_by(&parts) {
            streams.to(Stream::Follows).push(follows::HASH);
        } else {
            streams.to(Stream::Follows).push(0);
            number::write(streams.to(Stream::Numbers), parts.number);
            streams.to(Stream::Hashes).extend(parts.before);
        }
        let mut again = 0_u64;
        for (place, bytes) in parts.event.iter().enumerate() {
            if before.event.get(place).map(Vec::as_slice) == Some(*bytes) {
                again |= 1 << place;
                continue;
            }
            let last = before.event.get(place).and_then(|last| time(last));
            if place == TIME
                && let (Some(last), Some(now)) = (last, time(bytes))
            {
                number::write_signed(streams.to(Stream::Times), now.wrapping_sub(last));
                continue;
            }
            let column = streams.to(Stream::Column(place as u64));
            let known = seen.entry(place).or_default();
            let next = known.len() as u64 + 1;
            match known.get(*bytes) {
                Some(number) => number::write(column, *number),
                None => {
                    number::write(column, 0);
                    number::write_bytes(column, bytes);
                    known.insert(bytes.to_vec(), next);
                }
            }
        }
        number::write(streams.to(Stream::Shapes), parts.event.len() as u64);
        number::write(streams.to(Stream::Middles), again);
        before.is_now(&parts, record);
    }
    number::write(streams.to(Stream::Documents), records.len() as u64);
    streams.finish()
}

/// Unpacks records, to no more than this many bytes in all.
pub(super) fn unpack(bytes: &[u8], limit: usize) -> Result<Vec<LogRecord>, UnpackError> {
    let mut streams = Reading::of(bytes).ok_or(UnpackError::Malformed)?;
    let mut before = Before::default();
    let mut seen: BTreeMap<usize, Vec<&[u8]>> = BTreeMap::new();
    let mut left = limit;
    let mut records = Vec::new();
    let count = number::read(streams.from(Stream::Documents)).ok_or(UnpackError::Malformed)?;
    for _ in 0..count {
        let record = record(&mut streams, &mut before, &mut seen);
        let record = record.ok_or(UnpackError::Malformed)?;
        let cost = record.len() + size_of::<LogRecord>();
        left = left
            .checked_sub(cost)
            .ok_or(UnpackError::TooLarge { limit })?;
        records.push(LogRecord(record));
    }
    if streams.is_done() {
        Ok(records)
    } else {
        Err(UnpackError::Malformed)
    }
}

fn record<'a>(
    streams: &mut Reading<'a>,
    before: &mut Before,
    seen: &mut BTreeMap<usize, Vec<&'a [u8]>>,
) -> Option<Vec<u8>> {
    let flags = *number::take(streams.from(Stream::Follows), 1)?.first()?;
    if flags & follows::WHOLE != 0 {
        return Some(number::read_bytes(streams.from(Stream::Wholes))?.to_vec());
    }
    let (number, hash) = if flags & follows::HASH == 0 {
        let number = number::read(streams.from(Stream::Numbers))?;
        let hash = number::take(streams.from(Stream::Hashes), 32)?;
        (number, hash.try_into().ok()?)
    } else {
        (before.number.checked_add(1)?, before.hash?)
    };
    let count = number::read(streams.from(Stream::Shapes))?;
    let again = number::read(streams.from(Stream::Middles))?;
    if count > MAX_PLACES {
        return None;
    }
    let mut event = Vec::new();
    for place in 0..usize::try_from(count).ok()? {
        let last = before.event.get(place);
        let bytes = if again >> place & 1 == 1 {
            last?.clone()
        } else if let (TIME, Some(last)) = (place, last.and_then(|last| time(last))) {
            let later = number::read_signed(streams.from(Stream::Times))?;
            minicbor::to_vec(last.wrapping_add(later)).ok()?
        } else {
            let column = streams.from(Stream::Column(place as u64));
            let known = seen.entry(place).or_default();
            match number::read(column)? {
                0 => {
                    let bytes = number::read_bytes(column)?;
                    known.push(bytes);
                    bytes.to_vec()
                }
                number => {
                    let place = usize::try_from(number - 1).ok()?;
                    known.get(place)?.to_vec()
                }
            }
        };
        event.push(bytes);
    }
    let parts = Parts {
        number,
        before: hash,
        event: event.iter().map(Vec::as_slice).collect(),
    };
    let record = write(&parts);
    before.is_now(&parts, &record);
    Some(record)
}

/// Takes a record apart; none where the bytes are none.
fn read(record: &[u8]) -> Option<Parts<'_>> {
    let mut decoder = minicbor::Decoder::new(record);
    if decoder.array().ok()? != Some(3) {
        return None;
    }
    let number = decoder.u64().ok()?;
    let before = decoder.bytes().ok()?.try_into().ok()?;
    let bytes = decoder.bytes().ok()?;
    let mut decoder = minicbor::Decoder::new(bytes);
    let count = decoder.array().ok()??;
    if count > MAX_PLACES {
        return None;
    }
    let mut event = Vec::new();
    for _ in 0..count {
        let from = decoder.position();
        decoder.skip().ok()?;
        event.push(bytes.get(from..decoder.position())?);
    }
    Some(Parts {
        number,
        before,
        event,
    })
}

/// Puts a record together.
fn write(parts: &Parts<'_>) -> Vec<u8> {
    let mut event = head(4, parts.event.len() as u64);
    event.extend(parts.event.iter().copied().flatten());
    let mut record = head(4, 3);
    record.extend(head(0, parts.number));
    record.extend(head(2, 32));
    record.extend(parts.before);
    record.extend(head(2, event.len() as u64));
    record.append(&mut event);
    record
}

/// A CBOR item's type and number, in their shortest form (RFC 8949 §3).
fn head(kind: u8, number: u64) -> Vec<u8> {
    let kind = kind << 5;
    let bytes = number.to_be_bytes();
    let (more, length) = match number {
        0..24 => return vec![kind | bytes[7]],
        24..=0xff => (24, 1),
        0x100..=0xffff => (25, 2),
        0x1_0000..=0xffff_ffff => (26, 4),
        _ => (27, 8),
    };
    let mut head = vec![kind | more];
    head.extend(bytes.iter().skip(8 - length));
    head
}

/// A time in its one form; none where the bytes are no time.
fn time(bytes: &[u8]) -> Option<i64> {
    let time: i64 = minicbor::decode(bytes).ok()?;
    (minicbor::to_vec(time).ok()? == bytes).then_some(time)
}
