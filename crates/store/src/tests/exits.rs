//! The program ends while its other threads still write: closing the app, or the system's end of it.

use super::support::*;
use crate::*;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
};

/// Names the folder for the process that ends.
const FOLDER: &str = "HEMROND_STORE_TEST_ENDING";

/// How many stores are written at once when the end comes.
const STORES: u8 = 4;

/// After how many commits in all the end comes.
const COMMITS: usize = 40;

/// How often it is tried: where a thread is when the end comes is chance.
const TIMES: usize = 20;

fn path(folder: &Path, store: u8) -> PathBuf {
    folder.join(format!("hemrond-{store}.db"))
}

async fn write(path: PathBuf, saved: mpsc::Sender<()>) {
    let store = Store::open(path, &key()).await.unwrap();
    for number in 0..=u8::MAX {
        let items = (0..5).map(evas).collect();
        let items = commit(vec![about(&visit(number), items)]);
        store.commit(items).await.unwrap();
        let _ = saved.send(());
    }
}

/// Not a story of its own: what the process does that ends.
#[test]
#[ignore = "run by a_program_that_ends_while_it_writes"]
fn writes_until_the_program_ends() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let (saved, saves) = mpsc::channel();
    for store in 0..STORES {
        let (path, saved) = (path(Path::new(&folder), store), saved.clone());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime.unwrap().block_on(write(path, saved));
        });
    }
    for _ in 0..COMMITS {
        saves.recv().unwrap();
    }
    std::process::exit(0);
}

#[tokio::test]
async fn a_program_that_ends_while_it_writes_ends_in_peace_and_leaves_whole_files() {
    for time in 0..TIMES {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::exits::writes_until_the_program_ends"])
            .args(["--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{time}: {}: {said}", output.status);
        let mut documents = 0;
        for store in 0..STORES {
            let store = Store::open(path(folder.path(), store), &key()).await;
            let store = store.unwrap();
            for (document, _) in store.all_documents().await.unwrap() {
                assert_eq!(held(&store, document).await, [0, 1, 2, 3, 4]);
                documents += 1;
            }
        }
        assert!(documents >= COMMITS, "{time}: {documents}");
    }
}
