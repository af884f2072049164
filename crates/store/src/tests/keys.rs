//! The key, the other file, the newer schema, the second window.

use super::support::*;
use crate::*;
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use std::{fs, path::Path};

async fn error(path: &Path, key: &Key) -> OpenError {
    Store::open(path, key)
        .await
        .expect_err("the store must not open")
}

/// Opening fails with this code and leaves every byte of the file as it was.
async fn refuses_untouched(path: &Path, key: &Key, code: &str) -> OpenError {
    let before = fs::read(path).unwrap();
    let error = error(path, key).await;
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(fs::read(path).unwrap(), before);
    error
}

/// AC24: no word of a record can be read in the files of a tablet.
#[tokio::test]
async fn a_stolen_tablet_gives_away_neither_a_name_nor_that_it_is_sqlite() {
    let tablet = Tablet::new().await;
    let header = astrid();
    let models = ReadModels {
        person: Some(person_row(&header, ASTRID, "Plantedsdotter")),
        ..ReadModels::default()
    };
    let mut commit = commit(vec![with_models(&header, models)]);
    commit.documents[0].new_items = vec![NewItem {
        bytes: b"Plantedsdotter is at home".to_vec(),
        ..evas(1)
    }];
    tablet.store.commit(commit).await.unwrap();
    let whole_folder = |folder: &Path| {
        let mut bytes = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            bytes.extend(fs::read(entry.unwrap().path()).unwrap());
        }
        bytes
    };
    // Once while the log is still beside the file, and once after it has gone into it.
    let open = whole_folder(tablet.path().parent().unwrap());
    let folder = tablet.switch_off().await;
    let closed = whole_folder(folder.path());
    for bytes in [open, closed] {
        assert!(bytes.len() > 4096);
        for secret in [
            "Plantedsdotter",
            "SQLite format 3",
            "CREATE TABLE",
            "hemrond",
        ] {
            assert!(
                !bytes
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes()),
                "{secret} is readable"
            );
        }
    }
}

/// AC24: without the key nothing opens.
#[tokio::test]
async fn the_wrong_key_opens_nothing_and_breaks_nothing() {
    let tablet = Tablet::new().await;
    tablet
        .store
        .commit(commit(vec![about(&astrid(), vec![evas(1)])]))
        .await
        .unwrap();
    let folder = tablet.switch_off().await;
    let path = folder.path().join("hemrond.db");
    let error = refuses_untouched(&path, &Key::new([9; 32]), "store.wrong_key").await;
    assert!(
        error
            .to_string()
            .contains("the key is another one, or the file's first page")
    );

    let store = Store::open(&path, &key()).await.unwrap();
    assert_eq!(held(&store, astrid().id()).await, [1]);
}

#[tokio::test]
async fn a_plain_database_is_not_taken_for_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hemrond.db");
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let mut plain = options.connect().await.unwrap();
    sqlx::raw_sql("CREATE TABLE notes (text TEXT) STRICT")
        .execute(&mut plain)
        .await
        .unwrap();
    plain.close().await.unwrap();
    refuses_untouched(&path, &key(), "store.wrong_key").await;
}

#[tokio::test]
async fn an_empty_file_is_not_taken_for_a_new_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hemrond.db");
    fs::write(&path, b"").unwrap();
    refuses_untouched(&path, &key(), "store.corrupted").await;
    fs::write(&path, b"short").unwrap();
    refuses_untouched(&path, &key(), "store.wrong_key").await;
}

#[tokio::test]
async fn a_log_without_its_file_is_not_mixed_into_a_new_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hemrond.db");
    let log = folder.path().join("hemrond.db-wal");
    fs::write(&log, b"what is left of Eva's work").unwrap();
    assert_eq!(error(&path, &key()).await.code(), "store.corrupted");
    assert_eq!(fs::read(&log).unwrap(), b"what is left of Eva's work");
    assert!(!path.exists());
}

#[tokio::test]
async fn a_creation_that_was_cut_short_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("hemrond.db.new"), b"half a page").unwrap();
    fs::write(
        folder.path().join("hemrond.db.new-journal"),
        b"half a journal",
    )
    .unwrap();
    let store = Store::open(folder.path().join("hemrond.db"), &key())
        .await
        .unwrap();
    store.close().await.unwrap();
    assert!(!folder.path().join("hemrond.db.new").exists());
    assert!(!folder.path().join("hemrond.db.new-journal").exists());
}

#[tokio::test]
async fn a_newer_versions_store_is_left_alone() {
    let tablet = Tablet::new().await;
    {
        let mut writing = tablet.store.write().await.unwrap();
        let statement = "PRAGMA user_version = 4711";
        crate::sql::execute(&mut writing, statement, crate::sql::nothing())
            .await
            .unwrap();
        writing.commit().await.unwrap();
    }
    let folder = tablet.switch_off().await;
    let path = folder.path().join("hemrond.db");
    let error = refuses_untouched(&path, &key(), "store.newer_schema").await;
    assert!(matches!(
        error,
        OpenError::NewerSchema { found: 4711, known } if known == crate::schema::KNOWN
    ));
}

#[tokio::test]
async fn a_second_window_is_told_that_the_first_is_open() {
    let tablet = Tablet::new().await;
    let error = error(&tablet.path(), &key()).await;
    assert_eq!(error.code(), "store.in_use");
    assert!(error.to_string().contains("close the other window"));
    tablet.restart().await.store.sync_position().await.unwrap();
}

#[tokio::test]
async fn a_program_that_ignores_the_lock_file_cannot_get_in_either() {
    let tablet = Tablet::new().await;
    let options = SqliteConnectOptions::new()
        .filename(tablet.path())
        .pragma("key", key().pragma_value().as_str().to_owned())
        .busy_timeout(std::time::Duration::ZERO);
    let mut other = options.connect().await.unwrap();
    let read: Result<i64, _> = sqlx::query_scalar("SELECT count(*) FROM items")
        .fetch_one(&mut other)
        .await;
    assert!(crate::error::is_busy(&read.unwrap_err()));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere").join("hemrond.db");
    let error = error(&path, &key()).await;
    assert_eq!(error.code(), "store.io");
    assert!(error.to_string().contains("nowhere"));
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let tablet = Tablet::new().await;
    tablet.store.close().await.unwrap();
    tablet.store.close().await.unwrap();
    assert_eq!(
        tablet.store.sync_position().await.unwrap_err().code(),
        "store.closed"
    );
    assert_eq!(
        tablet
            .store
            .commit(commit(vec![]))
            .await
            .unwrap_err()
            .code(),
        "store.closed"
    );
}

#[test]
fn the_key_is_never_printed() {
    assert_eq!(format!("{:?}", key()), "Key(…)");
}

#[tokio::test]
async fn the_store_says_what_it_runs_on() {
    let tablet = Tablet::new().await;
    assert!(tablet.store.versions().sqlite.starts_with("3."));
    assert!(tablet.store.versions().cipher.starts_with("4."));
}
