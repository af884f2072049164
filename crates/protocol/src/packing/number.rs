//! LEB128 numbers, as Automerge writes them.

/// Takes bytes from the front of a slice.
pub(super) fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (front, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(front)
}

/// Reads an unsigned number; none where there is none, or one that is too large.
pub(super) fn read(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for place in 0..10_u32 {
        let byte = *take(bytes, 1)?.first()?;
        let bits = u64::from(byte & 0x7f);
        if place == 9 && bits > 1 {
            return None;
        }
        number |= bits << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Reads a number that says how many bytes follow, and takes them.
pub(super) fn read_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(read(bytes)?).ok()?;
    take(bytes, length)
}

/// Reads a signed number.
pub(super) fn read_signed(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0_i64;
    let mut shift = 0_u32;
    loop {
        let byte = *take(bytes, 1)?.first()?;
        if shift >= 64 {
            return None;
        }
        number |= i64::from(byte & 0x7f).wrapping_shl(shift);
        shift += 7;
        if byte & 0x80 == 0 {
            if shift < 64 && byte & 0x40 != 0 {
                number |= -1_i64 << shift;
            }
            return Some(number);
        }
    }
}

/// Writes an unsigned number in its shortest form.
pub(super) fn write(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

/// Writes a signed number in its shortest form.
pub(super) fn write_signed(out: &mut Vec<u8>, mut number: i64) {
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        let ends = (number == 0 && byte & 0x40 == 0) || (number == -1 && byte & 0x40 != 0);
        if ends {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

/// Writes bytes after how many they are.
pub(super) fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(unsigned: u64, signed: i64) {
            let mut out = Vec::new();
            write(&mut out, unsigned);
            write_signed(&mut out, signed);
            let mut left = out.as_slice();
            prop_assert_eq!(read(&mut left), Some(unsigned));
            prop_assert_eq!(read_signed(&mut left), Some(signed));
            prop_assert!(left.is_empty());
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes: Vec<u8>) {
            let _ = read(&mut bytes.as_slice());
            let _ = read_signed(&mut bytes.as_slice());
            let _ = read_bytes(&mut bytes.as_slice());
        }
    }
}
