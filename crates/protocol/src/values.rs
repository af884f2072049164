//! How many values stand in CBOR, told without laying out any of them.
//!
//! A value of one or two bytes may become a hundred in memory. Who counts lists after they were built has
//! paid for them already; here they are counted where they stand.

/// What a value costs at least: a message of so many bytes may hold a value for each of these.
const BYTES_FOR_EACH: usize = 32;

/// Whether more values stand in these bytes than a message that may be so large can have.
///
/// Bytes that are no CBOR are counted as far as they can be: reading them says what is wrong.
pub(crate) fn are_too_many(cbor: &[u8], largest: usize) -> bool {
    let most = largest / BYTES_FOR_EACH;
    let mut rest = cbor;
    for _ in 0..most {
        match after_head(rest) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    !rest.is_empty()
}

/// What follows a value's head, and its bytes where it is a text (RFC 8949 §3); nothing at the end.
fn after_head(bytes: &[u8]) -> Option<&[u8]> {
    let (first, rest) = bytes.split_first()?;
    let (kind, more) = (first >> 5, first & 0x1f);
    let length = match more {
        24..=27 => 1 << (more - 24),
        _ => 0,
    };
    let (argument, rest) = rest.split_at_checked(length)?;
    // Bytes and text; of those without a length the pieces follow as values of their own.
    if !matches!(kind, 2 | 3) || more == 31 {
        return Some(rest);
    }
    let size = match length {
        0 => u64::from(more),
        _ => argument
            .iter()
            .fold(0, |size, byte| size << 8 | u64::from(*byte)),
    };
    rest.get(usize::try_from(size).ok()?..)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use minicbor::Encoder;

    /// One message of everything that there is.
    fn evas_notes() -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        encoder.array(8).unwrap().u64(70_000).unwrap();
        encoder.str("Hemma hos Astrid").unwrap();
        encoder.bytes(&[7; 300]).unwrap().null().unwrap();
        encoder.map(1).unwrap().i32(-40).unwrap();
        encoder.bool(true).unwrap();
        let pieces = encoder.begin_bytes().unwrap();
        pieces.bytes(&[1; 3]).unwrap().bytes(&[2; 3]).unwrap();
        pieces.end().unwrap();
        encoder.f64(0.5).unwrap();
        encoder.array(0).unwrap();
        encoder.into_writer()
    }

    /// The heads in it: the array's own, its eight values, of the map two more, and of the bytes in
    /// pieces two pieces and their end.
    const HEADS: usize = 1 + 8 + 2 + 3;

    #[test]
    fn every_value_counts_once_however_it_is_written() {
        let notes = evas_notes();
        assert!(!are_too_many(&notes, HEADS * BYTES_FOR_EACH));
        assert!(are_too_many(&notes, (HEADS - 1) * BYTES_FOR_EACH));
    }

    #[test]
    fn what_is_no_cbor_is_left_to_who_reads_it() {
        let notes = evas_notes();
        for cut in 0..notes.len() {
            assert!(!are_too_many(
                notes.get(..cut).unwrap(),
                HEADS * BYTES_FOR_EACH
            ));
        }
        // A text that says that it is longer than all memory.
        assert!(!are_too_many(
            &[0x5b, 255, 255, 255, 255, 255, 255, 255, 255],
            64
        ));
    }
}
