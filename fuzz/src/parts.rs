//! Several pieces in one input: each with two bytes before it that tell its length.

/// Puts pieces one after the other; what is too long for its two bytes is cut.
#[must_use]
pub fn join<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in pieces {
        let length = u16::try_from(piece.len()).unwrap_or(u16::MAX);
        bytes.extend(length.to_be_bytes());
        bytes.extend(&piece[..usize::from(length)]);
    }
    bytes
}

/// The pieces of an input, at most 16; the last may be shorter than it says.
pub fn parts(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let next = move || {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (piece, rest) = rest.split_at(length);
        bytes = rest;
        Some(piece)
    };
    std::iter::from_fn(next).take(16)
}
