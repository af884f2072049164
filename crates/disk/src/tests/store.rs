//! The tablet's own store on a disk.

use super::support::*;
use hemrond_store::{Key, OpenError, Store};
use std::sync::Arc;

fn key() -> Key {
    Key::new([9; 32])
}

async fn open(disk: &Disk) -> Result<Store, OpenError> {
    Store::open_on(Arc::new(disk.clone()), disk.path("tablet.db"), &key()).await
}

#[tokio::test]
async fn wherever_the_power_goes_while_a_store_is_made_it_is_made_the_next_time() {
    let mut reached = 0;
    for changes in 0.. {
        let disk = Disk::new();
        disk.cut_power_after(changes);
        let made = open(&disk).await;
        let dead = disk.is_dead();
        assert_eq!(made.is_ok(), !dead);
        disk.restart(&mut chance(changes));
        let store = open(&disk).await.unwrap();
        assert_eq!(store.document_count().await.unwrap(), 0);
        if !dead {
            break;
        }
        reached += 1;
    }
    assert!(reached > 20, "{reached}");
}

#[tokio::test]
async fn a_setting_that_was_kept_is_there_and_one_that_failed_is_not() {
    let disk = Disk::new();
    let store = open(&disk).await.unwrap();
    store.meta_set("språk", "svenska").await.unwrap();
    disk.fail(Fault::next(Faulty::Sync));
    let error = store.meta_set("språk", "finska").await.unwrap_err();
    assert_eq!(error.code(), "store.io");
    assert_eq!(
        store.meta_get("språk").await.unwrap().as_deref(),
        Some("svenska")
    );
    assert!(matches!(open(&disk).await, Err(OpenError::InUse { .. })));
    disk.cut_power_now();
    store.meta_set("tema", "mörkt").await.unwrap_err();
    disk.restart(&mut worst());
    let store = open(&disk).await.unwrap();
    assert_eq!(
        store.meta_get("språk").await.unwrap().as_deref(),
        Some("svenska")
    );
}

#[tokio::test]
async fn a_store_that_checks_itself_opens_its_file_anew_on_the_same_disk() {
    let disk = Disk::new();
    let store = open(&disk).await.unwrap();
    store.meta_set("språk", "svenska").await.unwrap();
    // The check leaves a connection that reads nothing more.
    assert_eq!(store.check().await.unwrap(), [""; 0]);
    assert_eq!(
        store.meta_get("språk").await.unwrap().as_deref(),
        Some("svenska")
    );
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_to_the_user() {
    let disk = Disk::new();
    disk.set_capacity(Some(10_000));
    assert!(matches!(open(&disk).await, Err(OpenError::DiskFull)));
    disk.set_capacity(None);
    let store = open(&disk).await.unwrap();
    disk.set_capacity(Some(disk.used() + 5_000));
    let error = store.meta_set("lång", &"x".repeat(50_000)).await;
    assert_eq!(error.unwrap_err().code(), "store.disk_full");
    store.meta_set("kort", "x").await.unwrap();
}
