//! Damaged files: said, never guessed around, never overwritten.

use super::support::*;
use crate::*;
use std::{fs, path::Path};

const PAGE: usize = 4096;

/// A file with 200 visits in it, closed.
async fn full_tablet() -> tempfile::TempDir {
    let tablet = Tablet::new().await;
    let documents = (0..200)
        .map(|number| about(&visit(number), vec![evas(1), omars(2)]))
        .collect();
    tablet.store.commit(commit(documents)).await.unwrap();
    tablet.switch_off().await
}

fn flip(path: &Path, place: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[place] ^= 0x40;
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_first_page_is_told_together_with_a_wrong_key() {
    let folder = full_tablet().await;
    let path = folder.path().join("hemrond.db");
    for place in [3, 17, 1000, PAGE - 1] {
        flip(&path, place);
        let before = fs::read(&path).unwrap();
        let error = Store::open(&path, &key()).await.unwrap_err();
        assert_eq!(error.code(), "store.wrong_key", "byte {place}");
        assert_eq!(fs::read(&path).unwrap(), before);
        flip(&path, place);
    }
    Store::open(&path, &key()).await.unwrap();
}

#[tokio::test]
async fn a_damaged_page_is_found_at_opening_or_when_it_is_read() {
    let folder = full_tablet().await;
    let path = folder.path().join("hemrond.db");
    let pages = fs::read(&path).unwrap().len() / PAGE;
    assert!(pages > 20);
    let (mut at_opening, mut when_read) = (0, 0);
    for page in (1..pages).step_by(4) {
        let place = page * PAGE + 100;
        flip(&path, place);
        match Store::open(&path, &key()).await {
            Err(error) => {
                assert_eq!(error.code(), "store.corrupted", "page {page}: {error}");
                at_opening += 1;
            }
            Ok(store) => {
                let mut found = Vec::new();
                for number in 0..200 {
                    if let Err(error) = store.load(visit(number).id()).await {
                        found.push((error.code(), error.to_string()));
                    }
                }
                for error in [
                    store.bucket_digests().await.err(),
                    store.dump_read_models().await.err(),
                    store.outbox_summary().await.err(),
                    store.outbox_batch(1000, 1 << 20).await.err(),
                ] {
                    found.extend(error.map(|error| (error.code(), error.to_string())));
                }
                assert!(
                    found.iter().all(|(code, _)| *code == "store.corrupted"),
                    "page {page}: {found:?}"
                );
                when_read += usize::from(!found.is_empty());
                drop(store);
            }
        }
        flip(&path, place);
    }
    assert!(at_opening > 0 && when_read > 0);
}

#[tokio::test]
async fn a_file_cut_short_is_told() {
    let folder = full_tablet().await;
    let path = folder.path().join("hemrond.db");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2 / PAGE * PAGE]).unwrap();
    let found = match Store::open(&path, &key()).await {
        Err(error) => error.code(),
        Ok(store) => {
            let mut code = "nothing found";
            for number in 0..200 {
                if let Err(error) = store.load(visit(number).id()).await {
                    code = error.code();
                }
            }
            code
        }
    };
    assert_eq!(found, "store.corrupted");
}

#[tokio::test]
async fn writing_into_a_damaged_store_fails_and_says_so() {
    let folder = full_tablet().await;
    let path = folder.path().join("hemrond.db");
    let pages = fs::read(&path).unwrap().len() / PAGE;
    for page in (1..pages).step_by(4) {
        let mut bytes = fs::read(&path).unwrap();
        bytes[page * PAGE + 100] ^= 0x40;
        let damaged = folder.path().join(format!("damaged-{page}.db"));
        fs::write(&damaged, bytes).unwrap();
        let Ok(store) = Store::open(&damaged, &key()).await else {
            continue;
        };
        let documents = (0..200)
            .map(|number| about(&visit(number), vec![evas(3)]))
            .collect();
        match store.commit(commit(documents)).await {
            // The damage is elsewhere, so what was said to be saved is there.
            Ok(done) => assert_eq!(done.added.len(), 200),
            Err(error) => {
                assert_eq!(error.code(), "store.corrupted", "page {page}: {error}");
                for number in 0..200 {
                    if let Ok(hashes) = store.hashes(visit(number).id()).await {
                        assert!(!hashes.contains(&[3; 32]));
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn one_damaged_page_does_not_take_the_other_documents_with_it() {
    let folder = full_tablet().await;
    let path = folder.path().join("hemrond.db");
    let pages = fs::read(&path).unwrap().len() / PAGE;
    // Some page in the middle that few documents lie on.
    for page in pages / 2..pages {
        flip(&path, page * PAGE + 100);
        let Ok(store) = Store::open(&path, &key()).await else {
            // A page that opening reads: of the lists, not of a document.
            flip(&path, page * PAGE + 100);
            continue;
        };
        let (mut lost, mut read) = (0, 0);
        for number in 0..200 {
            match store.load(visit(number).id()).await {
                Ok(_) => read += 1,
                Err(_) => lost += 1,
            }
        }
        assert!(!store.check().await.unwrap().is_empty());
        store.close().await.unwrap();
        flip(&path, page * PAGE + 100);
        if lost > 0 {
            assert!(read > 100, "{lost} of 200 are lost");
            let store = Store::open(&path, &key()).await.unwrap();
            assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
            return;
        }
    }
    panic!("no page held a document");
}
