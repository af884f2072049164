//! The battery is empty, or the process is killed.

use super::support::*;
use sqlx::Connection as _;

#[tokio::test]
async fn a_power_cut_keeps_what_was_committed_and_nothing_of_the_rest() {
    let disk = prepared().await;
    let mut connection = open(&disk).await.unwrap();
    write(&mut connection, "Yrsel.").await.unwrap();
    run(&mut connection, "BEGIN IMMEDIATE").await.unwrap();
    write(&mut connection, "Fallit i köket.").await.unwrap();
    disk.cut_power_now();
    assert!(disk.is_dead());
    run(&mut connection, "COMMIT").await.unwrap_err();
    disk.restart(&mut worst());
    // The old connection belongs to a tablet that has gone dark.
    let stale = write(&mut connection, "Efter strömavbrottet.").await;
    stale.unwrap_err();

    let mut connection = open(&disk).await.unwrap();
    assert_eq!(notes(&mut connection).await, ["Yrsel."]);
    write(&mut connection, "Åter hemma.").await.unwrap();
    connection.close().await.unwrap();
    let mut connection = open(&disk).await.unwrap();
    assert_eq!(notes(&mut connection).await, ["Yrsel.", "Åter hemma."]);
}

#[tokio::test]
async fn wherever_the_power_goes_a_note_is_there_whole_or_not_at_all() {
    let mut kept = [0, 0];
    for seed in 0..20 {
        for changes in 0.. {
            let disk = prepared().await;
            let mut connection = open(&disk).await.unwrap();
            write(&mut connection, "Yrsel.").await.unwrap();
            disk.cut_power_after(changes);
            let saved = write(&mut connection, &"Lång anteckning. ".repeat(700)).await;
            let reached = disk.is_dead();
            assert_eq!(saved.is_ok(), !reached);
            disk.restart(&mut chance(seed * 1_000 + changes));
            let mut connection = open(&disk).await.unwrap();
            let found = notes(&mut connection).await;
            assert_eq!(found[0], "Yrsel.");
            assert!(found[1..].iter().all(|note| note.len() > 700 * 17));
            assert!(saved.is_err() || found.len() == 2);
            if !reached {
                break;
            }
            kept[found.len() - 1] += 1;
        }
    }
    // Both happen, so that the story tells of something.
    assert!(kept[0] > 0 && kept[1] > 0, "{kept:?}");
}

#[tokio::test]
async fn a_frame_of_the_log_that_is_torn_does_not_count() {
    let disk = prepared().await;
    let mut connection = open(&disk).await.unwrap();
    write(&mut connection, "Yrsel.").await.unwrap();
    disk.start_recording();
    write(&mut connection, "Fallit i köket.").await.unwrap();
    let recording = disk.recording();
    // Before the sync that ends the commit everything of it is written and nothing durable.
    let moment = recording.after(recording.len() - 1);
    let count = moment.unsynced().len();
    assert!(count > 1);
    let all = vec![true; count];
    for torn in 0..count {
        // Early enough: behind its first bytes a page in plain text has many zeros, as the disk has.
        for bytes in [0, 1, 5] {
            let disk = Disk::from_snapshot(&moment.torn_image(&all, torn, bytes));
            let mut connection = open(&disk).await.unwrap();
            assert_eq!(notes(&mut connection).await, ["Yrsel."], "{torn} {bytes}");
        }
    }
    let disk = Disk::from_snapshot(&moment.image(&all));
    let mut connection = open(&disk).await.unwrap();
    assert_eq!(notes(&mut connection).await.len(), 2);
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_wrote_and_a_power_cut_does() {
    for killed in [true, false] {
        let disk = prepared().await;
        let mut connection = open(&disk).await.unwrap();
        run(&mut connection, "PRAGMA synchronous = OFF")
            .await
            .unwrap();
        write(&mut connection, "Yrsel.").await.unwrap();
        if killed {
            disk.kill_now();
        } else {
            disk.cut_power_now();
        }
        write(&mut connection, "Aldrig.").await.unwrap_err();
        disk.restart(&mut worst());
        let mut connection = open(&disk).await.unwrap();
        assert_eq!(notes(&mut connection).await.len(), usize::from(killed));
    }
}

#[tokio::test]
async fn a_disk_that_only_claims_to_have_synced_loses_what_was_committed() {
    let disk = prepared().await;
    disk.ignore_syncs(true);
    let mut connection = open(&disk).await.unwrap();
    write(&mut connection, "Yrsel.").await.unwrap();
    disk.cut_power_now();
    disk.restart(&mut worst());
    let mut connection = open(&disk).await.unwrap();
    assert_eq!(notes(&mut connection).await, [""; 0]);
}

#[tokio::test]
async fn an_older_copy_of_the_disk_is_the_older_state() {
    let disk = prepared().await;
    let mut connection = open(&disk).await.unwrap();
    write(&mut connection, "Yrsel.").await.unwrap();
    let copy = disk.snapshot();
    write(&mut connection, "Fallit i köket.").await.unwrap();
    disk.put_back(&copy);
    let mut connection = open(&disk).await.unwrap();
    assert_eq!(notes(&mut connection).await, ["Yrsel."]);
    // Another tablet with the same copy goes its own way.
    let other = Disk::from_snapshot(&copy);
    let mut elsewhere = open(&other).await.unwrap();
    write(&mut elsewhere, "Annan.").await.unwrap();
    assert_eq!(notes(&mut connection).await, ["Yrsel."]);
    assert_eq!(notes(&mut elsewhere).await, ["Yrsel.", "Annan."]);
}
