//! Drawing a random sample.

use std::collections::BTreeSet;

/// Draws `count` different numbers from 0 up to `population`, each set as likely as any other; all
/// of them where there are no more. `chance` gives evenly drawn 64-bit numbers.
pub fn draw(population: u64, count: u64, mut chance: impl FnMut() -> u64) -> Vec<u64> {
    let mut drawn = BTreeSet::new();
    // Floyd's way: one draw per number, however large the population.
    for last in population.saturating_sub(count)..population {
        let number = below(last + 1, &mut chance);
        if !drawn.insert(number) {
            drawn.insert(last);
        }
    }
    drawn.into_iter().collect()
}

/// An evenly drawn number below `limit`, which is at least 1.
fn below(limit: u64, chance: &mut impl FnMut() -> u64) -> u64 {
    // Numbers above the last whole multiple would make some results likelier than others.
    let whole = u64::MAX - u64::MAX % limit;
    loop {
        let number = chance();
        if number < whole {
            return number % limit;
        }
    }
}
