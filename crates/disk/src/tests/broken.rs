//! The disk is full or fails for a while, or two want the same file.

use super::support::*;
use sqlx::Connection as _;

const IOERR: i32 = 10;
const FULL: i32 = 13;
const BUSY: i32 = 5;

#[tokio::test]
async fn a_full_disk_says_so_and_takes_what_still_fits() {
    let disk = prepared().await;
    let mut connection = open(&disk).await.unwrap();
    write(&mut connection, "Yrsel.").await.unwrap();
    disk.set_capacity(Some(disk.used() + 20_000));
    let error = write(&mut connection, &"Lång anteckning. ".repeat(2_000))
        .await
        .unwrap_err();
    assert_eq!(code(&error), FULL);
    assert!(disk.snapshot().files().map(|(_, size)| size).sum::<usize>() == disk.used());
    write(&mut connection, "Kort.").await.unwrap();
    disk.set_capacity(None);
    let long = "Lång anteckning. ".repeat(2_000);
    write(&mut connection, &long).await.unwrap();
    assert_eq!(notes(&mut connection).await, ["Yrsel.", "Kort.", &long]);
}

#[tokio::test]
async fn a_disk_that_fails_for_a_while_fails_as_often_as_it_was_told_to() {
    for what in [Faulty::Write, Faulty::Sync] {
        let disk = prepared().await;
        let mut connection = open(&disk).await.unwrap();
        write(&mut connection, "Yrsel.").await.unwrap();
        disk.fail(Fault::next(what).times(2));
        for _ in 0..2 {
            let error = write(&mut connection, "Misslyckas.").await.unwrap_err();
            assert_eq!(code(&error) & 0xff, IOERR, "{what:?}: {error}");
        }
        write(&mut connection, "Lyckas.").await.unwrap();
        disk.cut_power_now();
        disk.restart(&mut worst());
        let mut connection = open(&disk).await.unwrap();
        assert_eq!(notes(&mut connection).await, ["Yrsel.", "Lyckas."]);
    }
}

#[tokio::test]
async fn what_struck_is_counted_and_what_never_came_is_not() {
    let disk = prepared().await;
    let mut connection = open(&disk).await.unwrap();
    disk.fail(Fault::next(Faulty::Write).after(1_000));
    write(&mut connection, "Yrsel.").await.unwrap();
    disk.mend();
    assert_eq!(disk.failures(), 0, "a fault that never came");
    disk.fail(Fault::next(Faulty::Sync));
    write(&mut connection, "Misslyckas.").await.unwrap_err();
    assert_eq!(disk.failures(), 1);
    disk.set_capacity(Some(disk.used()));
    let long = "Lång anteckning. ".repeat(2_000);
    write(&mut connection, &long).await.unwrap_err();
    disk.set_capacity(None);
    let full = disk.failures();
    assert!(full > 1);
    disk.cut_power_after(0);
    write(&mut connection, "Misslyckas.").await.unwrap_err();
    write(&mut connection, "Misslyckas.").await.unwrap_err();
    assert_eq!(disk.failures(), full + 1, "a disk that is dead is so once");
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_an_error_and_can_be_read_later() {
    let disk = prepared().await;
    let mut connection = open(&disk).await.unwrap();
    write(&mut connection, "Yrsel.").await.unwrap();
    connection.close().await.unwrap();
    disk.fail(Fault::next(Faulty::Read));
    let error = open(&disk).await.unwrap_err();
    assert_eq!(code(&error) & 0xff, IOERR);
    let mut connection = open(&disk).await.unwrap();
    assert_eq!(notes(&mut connection).await, ["Yrsel."]);

    disk.fail(Fault::next(Faulty::Write).after(1_000));
    disk.mend();
    for _ in 0..500 {
        write(&mut connection, "Igen.").await.unwrap();
    }
}

#[tokio::test]
async fn who_comes_second_is_told_that_the_file_is_in_use() {
    let disk = prepared().await;
    let mut first = open(&disk).await.unwrap();
    write(&mut first, "Yrsel.").await.unwrap();
    let error = open(&disk).await.unwrap_err();
    assert_eq!(code(&error) & 0xff, BUSY);
    first.close().await.unwrap();
    let mut second = open(&disk).await.unwrap();
    assert_eq!(notes(&mut second).await, ["Yrsel."]);
}

#[tokio::test]
async fn a_disk_that_nobody_holds_is_gone() {
    let disk = prepared().await;
    let path = disk.path("visits.db");
    assert!(crate::registry::find(path.to_str().unwrap()).is_some());
    drop(disk);
    assert!(crate::registry::find(path.to_str().unwrap()).is_none());
}
