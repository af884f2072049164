//! Which subsets of what is unsynced a test looks at.

use std::collections::BTreeSet;

/// Subsets of `count` pieces, each once, as what survives: all of them where there are at most
/// `2^every`; otherwise none, all, each one alone, all but each one, every prefix, and `drawn` that
/// `chance` decides.
pub fn subsets(
    count: usize,
    every: u32,
    drawn: usize,
    chance: &mut dyn FnMut() -> u64,
) -> Vec<Vec<bool>> {
    if count <= every as usize && every < u64::BITS {
        return (0..1_u64 << count)
            .map(|number| (0..count).map(|place| number >> place & 1 == 1).collect())
            .collect();
    }
    let mut subsets = BTreeSet::new();
    for chosen in 0..count {
        subsets.insert((0..count).map(|place| place == chosen).collect());
        subsets.insert((0..count).map(|place| place != chosen).collect());
        subsets.insert((0..count).map(|place| place < chosen).collect());
    }
    subsets.insert(vec![true; count]);
    for _ in 0..drawn {
        subsets.insert((0..count).map(|_| chance() & 1 == 1).collect());
    }
    subsets.into_iter().collect()
}
