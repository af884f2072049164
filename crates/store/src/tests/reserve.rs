//! Room kept on the disk, so that Eva can read on a full tablet.

use super::support::*;
use crate::*;
use std::{borrow::Cow, fs, io, path::Path, sync::Arc};

/// A disk that is too full for any reserve.
#[derive(Debug)]
struct Full;

impl Medium for Full {
    fn vfs(&self) -> Option<Cow<'static, str>> {
        None
    }
    fn lock(&self, path: &Path) -> io::Result<Locked> {
        FileSystem.lock(path)
    }
    fn size(&self, path: &Path) -> io::Result<Option<u64>> {
        FileSystem.size(path)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        FileSystem.remove(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        FileSystem.rename(from, to)
    }
    fn sync_folder(&self, of: &Path) -> io::Result<()> {
        FileSystem.sync_folder(of)
    }
    fn lay(&self, path: &Path, size: u64) -> io::Result<()> {
        // As much as fits, and that is not all.
        FileSystem.lay(path, size / 2)?;
        Err(io::ErrorKind::StorageFull.into())
    }
    fn shrink(&self, path: &Path, size: u64) -> io::Result<()> {
        FileSystem.shrink(path, size)
    }
}

const WHOLE: u64 = 5 << 20;

fn left(tablet: &Tablet) -> u64 {
    let mut path = tablet.path().into_os_string();
    path.push(".reserve");
    fs::metadata(path).map_or(0, |found| found.len())
}

fn look(after: LogHead) -> NewLogRecord {
    NewLogRecord {
        after,
        hash: [u8::try_from(after.seq % 251).unwrap() + 1; 32],
        bytes: vec![7; 250],
        person: Some(ASTRID),
        at: at(1),
    }
}

#[tokio::test]
async fn the_reserve_takes_its_room_and_what_was_used_of_it_is_made_good() {
    let tablet = Tablet::new().await;
    assert!(tablet.store.has_reserve());
    assert_eq!(left(&tablet), WHOLE);
    // Nothing that a file system stores in less.
    let mut path = tablet.path().into_os_string();
    path.push(".reserve");
    let bytes = fs::read(&path).unwrap();
    assert!(
        !bytes
            .chunks(4096)
            .any(|page| page.iter().all(|byte| *byte == 0))
    );

    FileSystem.shrink(Path::new(&path), 100).unwrap();
    assert!(!tablet.store.has_reserve());
    tablet.store.fill_reserve();
    assert_eq!(left(&tablet), WHOLE);

    FileSystem.shrink(Path::new(&path), 0).unwrap();
    let tablet = tablet.restart().await;
    assert_eq!(left(&tablet), WHOLE);
}

#[tokio::test]
async fn a_disk_without_room_for_a_reserve_opens_and_says_so() {
    let tablet = Tablet::new().await;
    let mut reserve = tablet.path().into_os_string();
    reserve.push(".reserve");
    FileSystem.shrink(Path::new(&reserve), 300_000).unwrap();
    let path = tablet.path();
    let folder = tablet.switch_off().await;
    let store = Store::open_on(Arc::new(Full), &path, &key()).await.unwrap();
    assert!(!store.has_reserve());
    // It keeps what it had, and takes nothing from those who write.
    assert_eq!(fs::metadata(&reserve).unwrap().len(), 300_000);
    store.fill_reserve();
    assert_eq!(fs::metadata(&reserve).unwrap().len(), 300_000);
    store.close().await.unwrap();
    drop(folder);
}

#[tokio::test]
async fn a_look_that_no_reserve_makes_room_for_is_refused_and_the_log_is_as_it_was() {
    let tablet = Tablet::new().await;
    let first = tablet.store.log_append(&look(LogHead::default())).await;
    let mut head = first.unwrap();
    {
        // The disk has no page more, whatever gives way.
        let mut reading = tablet.store.read().await.unwrap();
        for statement in ["PRAGMA page_count", "PRAGMA max_page_count = 1"] {
            crate::sql::rows(&mut reading, statement, crate::sql::nothing())
                .await
                .unwrap();
        }
    }
    let mut refused = None;
    for _ in 0..200 {
        match tablet.store.log_append(&look(head)).await {
            Ok(next) => head = next,
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    assert!(matches!(refused, Some(StoreError::DiskFull)), "{refused:?}");
    assert_eq!(left(&tablet), 0);
    assert_eq!(tablet.store.log_state().await.unwrap().head, head);
}
