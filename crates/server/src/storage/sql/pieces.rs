//! Long lists in pieces of few sizes, so that the statements which carry them are few, and prepared once.

/// How many rows one statement carries.
const SIZES: [usize; 4] = [256, 32, 4, 1];

/// Cuts a list into pieces of these sizes, the longest first.
pub(super) fn pieces<T>(mut list: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= list.len())?;
        let (piece, rest) = list.split_at(size);
        list = rest;
        Some(piece)
    })
}
