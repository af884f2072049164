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
use serde_json::json;
use support::{Day, Tablet, Who};
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

/// Eva's app is killed while it keeps a note. What it shows when she starts it again, she will rely
/// on: it must still be there after the battery dies, at whatever write the app was killed
/// and however little the disk had of it.
#[tokio::test]
async fn what_eva_sees_after_her_app_was_killed_stays_when_the_battery_dies() {
    let day = Day::new();
    let disk = Disk::new();
    let eva = day.tablet_on(&disk, Who::Eva, 0).await.unwrap();
    eva.enrol().await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    // What waits, as her status shows it: to open the visit would itself write, and sync, something.
    let waiting = async |tablet: &Tablet| tablet.companion.store().waiting_names().await.unwrap();
    let planned = waiting(&eva).await.len();
    eva.companion.close().await.unwrap();
    let begun = disk.snapshot();
    let note = json!({ "visit": visit.id, "kind": "note", "text": "Yr på morgonen" });

    let mut shown_after_a_kill = 0;
    for changes in 0.. {
        let disk = Disk::from_snapshot(&begun);
        let eva = day.tablet_on(&disk, Who::Eva, 1).await.unwrap();
        disk.kill_after(changes);
        let _ = eva.call("add_note", note.clone()).await;
        let killed = disk.is_dead();
        if !killed {
            break;
        }
        drop(eva);
        disk.restart(&mut || 0);
        let eva = day.tablet_on(&disk, Who::Eva, 2).await.unwrap();
        let seen = waiting(&eva).await;
        shown_after_a_kill += seen.len() - planned;
        let writes_on = changes % 2 == 1;
        // Every other time she writes on: what is told to be saved then stays as well.
        if writes_on {
            let note = json!({ "visit": visit.id, "kind": "note", "text": "Dricker bättre" });
            eva.ok("add_note", note).await;
        }
        let told = waiting(&eva).await;
        disk.cut_power_now();
        drop(eva);
        // Nothing survives that the disk was not made to keep.
        disk.restart(&mut || 0);
        let eva = day.tablet_on(&disk, Who::Eva, 3).await.unwrap();
        assert_eq!(waiting(&eva).await, told, "killed after {changes} changes");
    }
    assert!(shown_after_a_kill > 0, "no kill left a whole note unsynced");
}
