//! The short form of the simulation: some stories in which nothing may go wrong, and every planted
//! bug in the story that is known to find it. `cargo xtask simulate` tells as many more as one likes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_simulator::{
    plant::Bug,
    shrink::shrink,
    tale::{Tale, seeds},
    world::Outcome,
};

/// The server's helper threads want a runtime around them.
fn within_a_runtime(test: impl FnOnce()) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let _inside = runtime.enter();
    test();
}

/// Tells a story in which nothing may go wrong.
fn nothing_goes_wrong(seed: u64) -> Outcome {
    let outcome = Tale::of(seed, None).tell().unwrap();
    assert!(outcome.edits > 0, "seed {seed}: nobody worked");
    assert!(outcome.faults > 0, "seed {seed}: nothing happened to them");
    assert_eq!(outcome.findings, [], "seed {seed}");
    outcome
}

/// Tells stories in which nothing may go wrong, and in which old requests come past the nonce.
fn nothing_goes_wrong_in(seeds: Vec<u64>) {
    let judged: u64 = seeds
        .into_iter()
        .map(|seed| nothing_goes_wrong(seed).replays)
        .sum();
    assert!(judged > 0, "no old request was judged");
}

#[test]
fn eva_omar_and_stina_lose_nothing_in_the_first_weeks() {
    within_a_runtime(|| nothing_goes_wrong_in(seeds(1_001, 120)));
}

#[test]
fn eva_omar_and_stina_lose_nothing_in_the_weeks_after() {
    within_a_runtime(|| nothing_goes_wrong_in(seeds(2_001, 120)));
}

#[test]
fn one_seed_is_one_story() {
    within_a_runtime(|| {
        let tale = Tale::of(77, None);
        let first = tale.tell().unwrap();
        assert_eq!(tale.tell().unwrap(), first);
        assert_ne!(
            Tale::of(78, None).tell().unwrap().fingerprint,
            first.fingerprint
        );
    });
}

/// The seeds in `docs/simulation.md`: the first story, from seed 1 on, that finds each bug.
fn known(bug: Bug) -> u64 {
    let table = include_str!("../../../docs/simulation.md");
    let row = table
        .lines()
        .find(|line| line.starts_with(&format!("| `{}`:", bug.name())))
        .unwrap_or_else(|| panic!("{} is not in docs/simulation.md", bug.name()));
    row.split('|').nth(3).unwrap().trim().parse().unwrap()
}

#[test]
fn every_planted_bug_is_found() {
    within_a_runtime(|| {
        for bug in Bug::ALL {
            let outcome = Tale::of(known(*bug), Some(*bug)).tell().unwrap();
            assert!(!outcome.findings.is_empty(), "{} is not found", bug.name());
        }
    });
}

#[test]
fn a_long_story_is_told_shorter() {
    within_a_runtime(|| {
        let bug = Bug::RefusedCountsAsTaken;
        let tale = Tale::of(known(bug), Some(bug));
        let long = tale.steps.len();
        let finding = tale.tell().unwrap().findings.remove(0);
        let (short, found) = shrink(tale.setting, tale.steps, finding.clone());
        assert_eq!(found.wrong, finding.wrong);
        assert!(
            short.len() * 4 < long,
            "{} of {long} steps are left",
            short.len()
        );
    });
}
