//! What was recorded is what happened, and the same story is the same recording.

use super::support::*;
use sqlx::Connection as _;
use std::collections::BTreeSet;

async fn story() -> (Disk, Recording) {
    let disk = prepared().await;
    disk.start_recording();
    let mut connection = open(&disk).await.unwrap();
    for note in ["Yrsel.", "Fallit i köket.", "Åter hemma."] {
        write(&mut connection, note).await.unwrap();
    }
    connection.close().await.unwrap();
    let recording = disk.recording();
    (disk, recording)
}

#[tokio::test]
async fn the_same_story_does_the_same_to_the_disk() {
    let (_, first) = story().await;
    let (_, again) = story().await;
    assert!(first.len() > 10);
    assert_eq!(first.outline(), again.outline());
}

#[tokio::test]
async fn the_last_moment_is_what_the_disk_shows() {
    let (disk, recording) = story().await;
    let moments: Vec<Moment> = recording.moments().collect();
    assert_eq!(moments.len(), recording.len() + 1);
    let last = moments.last().unwrap();
    assert_eq!(last.done(), recording.len());
    assert_eq!(last.seen(), disk.snapshot());
    for moment in [0, 3, recording.len()] {
        assert_eq!(moments[moment].seen(), recording.after(moment).seen());
    }
    disk.restart(&mut worst());
    assert!(disk.recording().is_empty());
}

#[tokio::test]
async fn at_every_moment_every_choice_of_what_survives_leaves_the_first_notes() {
    let (_, recording) = story().await;
    let expected = ["Yrsel.", "Fallit i köket.", "Åter hemma."];
    let mut looked = BTreeSet::new();
    let mut found = BTreeSet::new();
    for moment in recording.moments() {
        for kept in subsets(moment.unsynced().len(), 6, 4, &mut chance(7)) {
            let surviving: Vec<PieceId> = moment
                .unsynced()
                .zip(&kept)
                .filter_map(|(piece, kept)| kept.then_some(piece))
                .collect();
            if !looked.insert((moment.durable_since(), surviving)) {
                continue;
            }
            let disk = Disk::from_snapshot(&moment.image(&kept));
            let mut connection = open(&disk).await.unwrap();
            let notes = notes(&mut connection).await;
            assert_eq!(notes, expected[..notes.len()]);
            found.insert(notes.len());
            connection.close().await.unwrap();
        }
    }
    assert_eq!(found, BTreeSet::from([0, 1, 2, 3]));
}

#[test]
fn few_pieces_are_tried_in_every_way_and_many_in_the_telling_ones() {
    let few: BTreeSet<Vec<bool>> = subsets(5, 8, 64, &mut chance(1)).into_iter().collect();
    assert_eq!(few.len(), 32);
    assert_eq!(subsets(0, 8, 64, &mut chance(1)), [Vec::<bool>::new()]);
    let many = subsets(20, 8, 64, &mut chance(1));
    let distinct: BTreeSet<&Vec<bool>> = many.iter().collect();
    assert_eq!(distinct.len(), many.len());
    let kept = |subset: &&Vec<bool>| subset.iter().filter(|kept| **kept).count();
    for (count, expected) in [(0, 1), (1, 20), (19, 20), (20, 1)] {
        let found = many.iter().filter(|subset| kept(subset) == count).count();
        assert!(found >= expected, "{count}: {found}");
    }
    for first in 0..=20 {
        assert!(many.contains(&(0..20).map(|place| place < first).collect()));
    }
    assert!(many.len() > 100);
}
