//! The battery dies: a process that is killed right after "saved".

use super::support::*;
use crate::*;
use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

/// Names the folder for the process that is to be killed.
const FOLDER: &str = "HEMROND_STORE_TEST_FOLDER";

/// Not a story of its own: what the killed process does, until it is killed.
#[tokio::test]
#[ignore = "run by the_battery_dies"]
async fn writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let path = std::path::Path::new(&folder).join("hemrond.db");
    let store = Store::open(path, &key()).await.unwrap();
    for number in 0..=u8::MAX {
        let items = (0..5).map(evas).collect();
        store
            .commit(commit(vec![about(&visit(number), items)]))
            .await
            .unwrap();
        // Printed only after the call has returned: this is the screen saying "saved".
        eprintln!("saved {number}");
    }
    // Never gets here in time: the reader kills it long before.
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn the_battery_dies_and_everything_that_was_said_to_be_saved_is_there() {
    for after in [0, 1, 17] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "tests::killed::writes_until_it_is_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut saved = None;
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            if let Some(number) = line.unwrap().strip_prefix("saved ") {
                saved = Some(number.parse::<u8>().unwrap());
                if saved == Some(after) {
                    break;
                }
            }
        }
        // SIGKILL: nothing of the process runs any more, no destructor and no checkpoint.
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(saved, Some(after));

        let store = Store::open(folder.path().join("hemrond.db"), &key())
            .await
            .unwrap();
        for number in 0..=after {
            assert_eq!(
                held(&store, visit(number).id()).await,
                [0, 1, 2, 3, 4],
                "visit {number}"
            );
        }
        // What came after is whole or absent.
        for (document, _) in store.all_documents().await.unwrap() {
            assert_eq!(held(&store, document).await.len(), 5);
        }
        let documents = store.document_count().await.unwrap();
        assert_eq!(store.outbox_summary().await.unwrap().items, documents * 5);
    }
}
