//! Reading bytes from the front, never past the end.

use super::ChunkError;

/// The numbers' longest spelling: ten groups of seven bits.
const LEB_MAX: usize = 10;

/// A place in some bytes.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    pub(super) fn take(&mut self, count: u64) -> Result<&'a [u8], ChunkError> {
        let count = usize::try_from(count).map_err(|_| SHORT)?;
        let taken = self.rest().get(..count).ok_or(SHORT)?;
        self.position += count;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], ChunkError> {
        let taken = self.rest().first_chunk::<N>().ok_or(SHORT)?;
        self.position += N;
        Ok(*taken)
    }

    /// An unsigned number in groups of seven bits.
    pub(super) fn uint(&mut self) -> Result<u64, ChunkError> {
        let mut value = 0_u128;
        for place in 0..LEB_MAX {
            let [byte] = self.array()?;
            value |= u128::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return u64::try_from(value).map_err(|_| TOO_BIG);
            }
        }
        Err(TOO_BIG)
    }

    /// A signed number in groups of seven bits.
    pub(super) fn int(&mut self) -> Result<i64, ChunkError> {
        let mut value = 0_i128;
        for place in 0..LEB_MAX {
            let [byte] = self.array()?;
            value |= i128::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                if byte & 0x40 != 0 {
                    value -= 1 << (7 * (place + 1));
                }
                return i64::try_from(value).map_err(|_| TOO_BIG);
            }
        }
        Err(TOO_BIG)
    }
}

const SHORT: ChunkError = ChunkError::Malformed("it ends too early");
const TOO_BIG: ChunkError = ChunkError::Malformed("a number is too large");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (bytes, value) in [
            (&[0][..], 0),
            (&[0x80, 0x01], 128),
            (
                &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
                u64::MAX,
            ),
        ] {
            assert_eq!(Cursor::new(bytes).uint(), Ok(value));
        }
        for (bytes, value) in [
            (&[0x7f][..], -1),
            (&[0x3f], 63),
            (&[0x80, 0x40], -8192),
            (
                &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f],
                i64::MIN,
            ),
        ] {
            assert_eq!(Cursor::new(bytes).int(), Ok(value));
        }
        assert_eq!(Cursor::new(&[0xff; 12]).uint(), Err(TOO_BIG));
        assert_eq!(Cursor::new(&[0xff; 12]).int(), Err(TOO_BIG));
        assert_eq!(Cursor::new(&[0x80]).uint(), Err(SHORT));
        assert_eq!(Cursor::new(&[1]).take(u64::MAX), Err(SHORT));
    }
}
