//! A full disk, by SQLite's own limit: the error is the one that a full disk gives.

use super::support::*;
use crate::*;

async fn pages(store: &Store) -> i64 {
    let mut reading = store.read().await.unwrap();
    crate::sql::scalar(&mut reading, "PRAGMA page_count", crate::sql::nothing())
        .await
        .unwrap()
        .unwrap()
}

async fn allow_pages(store: &Store, pages: i64) {
    let mut reading = store.read().await.unwrap();
    let statement = format!("PRAGMA max_page_count = {pages}");
    crate::sql::rows(&mut reading, &statement, crate::sql::nothing())
        .await
        .unwrap();
}

fn large(document: u8, first: u8) -> Commit {
    let items = (first..first + 40).map(|number| NewItem {
        bytes: vec![number; 50_000],
        ..evas(number)
    });
    commit(vec![about(&visit(document), items.collect())])
}

#[tokio::test]
async fn when_the_disk_is_full_eva_is_told_and_nothing_is_half_written() {
    let tablet = Tablet::new().await;
    tablet
        .store
        .commit(commit(vec![about(&visit(1), vec![evas(1)])]))
        .await
        .unwrap();
    let full = pages(&tablet.store).await + 20;
    allow_pages(&tablet.store, full).await;
    for attempt in 0..3 {
        let error = tablet.store.commit(large(2, 10)).await.unwrap_err();
        assert_eq!(
            error.code(),
            "store.disk_full",
            "attempt {attempt}: {error}"
        );
        assert!(error.to_string().contains("free some space"));
        assert!(!error.is_permanent());
        assert_eq!(tablet.store.load(visit(2).id()).await.unwrap(), None);
        assert_eq!(tablet.store.outbox_summary().await.unwrap().items, 1);
    }
    // What still fits is still taken.
    tablet
        .store
        .commit(commit(vec![about(&visit(1), vec![evas(2)])]))
        .await
        .unwrap();

    allow_pages(&tablet.store, 1 << 30).await;
    tablet.store.commit(large(2, 10)).await.unwrap();
    let tablet = tablet.restart().await;
    assert_eq!(held(&tablet.store, visit(1).id()).await, [1, 2]);
    assert_eq!(held(&tablet.store, visit(2).id()).await.len(), 40);
}

#[tokio::test]
async fn an_answer_that_does_not_fit_leaves_the_position_where_it_was() {
    let tablet = Tablet::new().await;
    let position = SyncCommit {
        cursor: Some(7),
        ..SyncCommit::new(at(0))
    };
    tablet.store.apply_sync(position).await.unwrap();
    let full = pages(&tablet.store).await + 5;
    allow_pages(&tablet.store, full).await;
    let page = SyncCommit {
        cursor: Some(8),
        documents: large(2, 10).documents,
        ..SyncCommit::new(at(1))
    };
    assert_eq!(
        tablet
            .store
            .apply_sync(page.clone())
            .await
            .unwrap_err()
            .code(),
        "store.disk_full"
    );
    assert_eq!(tablet.store.sync_position().await.unwrap().cursor, 7);
    allow_pages(&tablet.store, 1 << 30).await;
    tablet.store.apply_sync(page).await.unwrap();
    assert_eq!(tablet.store.sync_position().await.unwrap().cursor, 8);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_apart_from_a_broken_one_outside_sqlite_too() {
    // Every write to this device fails with "no space left".
    let error = crate::lock_file::from_io(
        std::path::Path::new("hemrond.db"),
        &std::fs::write("/dev/full", b"x").unwrap_err(),
    );
    assert_eq!(error.code(), "store.disk_full");
}
