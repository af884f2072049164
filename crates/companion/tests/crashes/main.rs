//! A battery may be empty at any moment of a visit. Here it is, at every one of them: after each
//! change of the disk, with every telling choice of what survives of what was not durable yet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod held;
mod images;
#[path = "../support/mod.rs"]
mod support;
mod visit;

use hemrond_disk::Disk;
use images::{Thoroughness, check};
use visit::one_visit;

#[tokio::test]
async fn whenever_the_battery_dies_all_that_eva_was_told_is_saved_is_there() {
    let disk = Disk::new();
    let visit = one_visit(&disk, &[]).await;
    let report = check(&visit, Thoroughness::QUICK).await;
    println!("{report}");
    assert!(report.failures.is_empty(), "{report}");
    assert!(report.images > 2_000, "{report}");
}

#[tokio::test]
#[ignore = "the same with more chance; it takes many minutes"]
async fn whenever_the_battery_dies_in_any_of_many_ways() {
    let disk = Disk::new();
    let visit = one_visit(&disk, &[]).await;
    let report = check(&visit, Thoroughness::FULL).await;
    println!("{report}");
    assert!(report.failures.is_empty(), "{report}");
}

#[tokio::test]
async fn on_a_disk_that_only_claims_to_sync_the_same_check_finds_what_is_lost() {
    let disk = Disk::new();
    let visit = one_visit(&disk, &[visit::Flaw::SyncsAreIgnored]).await;
    let report = check(&visit, Thoroughness::CONTROL).await;
    let lost = |failure: &String| failure.contains("is lost");
    assert!(report.failures.iter().any(lost), "{report}");
}

#[tokio::test]
async fn when_saved_is_said_too_early_the_same_check_finds_it() {
    let disk = Disk::new();
    let visit = one_visit(&disk, &[visit::Flaw::SaidTooEarly]).await;
    let report = check(&visit, Thoroughness::CONTROL).await;
    let lost = |failure: &String| failure.contains("is lost");
    assert!(report.failures.iter().any(lost), "{report}");
}
