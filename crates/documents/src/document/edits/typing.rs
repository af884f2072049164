//! Writing a running text, so that what two people type at once merges.

use automerge::{
    AutomergeError, ObjId,
    transaction::{Transactable, Transaction},
};

/// The largest product of two lengths that is compared character by character; comparing takes
/// that many steps, and a text that was replaced as a whole has no common part worth the time.
const COMPARE_MAX: usize = 4_000_000;

/// Writes the difference between two texts.
pub(super) fn write_text(
    transaction: &mut Transaction<'_>,
    object: &ObjId,
    before: &str,
    after: &str,
) -> Result<(), AutomergeError> {
    if before == after {
        return Ok(());
    }
    let old: Vec<char> = before.chars().collect();
    let new: Vec<char> = after.chars().collect();
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let same = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest)
        .take_while(|(a, b)| a == b);
    let end = same.count();
    let (removed, added) = (old.len() - start - end, new.len() - start - end);
    if removed == 0 || added == 0 || removed.saturating_mul(added) > COMPARE_MAX {
        let added: String = new.iter().skip(start).take(added).collect();
        let removed = isize::try_from(removed).unwrap_or(isize::MAX);
        return transaction.splice_text(object, start, removed, &added);
    }
    transaction.update_text(object, after)
}
