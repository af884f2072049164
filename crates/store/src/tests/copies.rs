//! A copy for the day when a tablet must be rescued: whole, and as closed as the original.

use super::support::*;
use crate::*;
use std::fs;

/// AC24: a copied database is as unreadable.
#[tokio::test]
async fn a_copy_opens_with_the_same_key_and_gives_away_as_little() {
    let tablet = Tablet::new().await;
    let secret = b"Plantedsdotter is at home";
    let item = NewItem {
        bytes: secret.to_vec(),
        ..evas(1)
    };
    let written = commit(vec![about(&visit(1), vec![item])]);
    tablet.store.commit(written).await.unwrap();
    let copy = tablet.path().with_file_name("copy.db");
    tablet.store.copy_to(&copy).await.unwrap();

    let bytes = fs::read(&copy).unwrap();
    for plain in [&secret[..], b"SQLite format 3", b"CREATE TABLE"] {
        assert!(!bytes.windows(plain.len()).any(|window| window == plain));
    }
    let wrong = Store::open(&copy, &Key::new([9; 32])).await.unwrap_err();
    assert_eq!(wrong.code(), "store.wrong_key");
    let rescued = Store::open(&copy, &key()).await.unwrap();
    let document = rescued.load(visit(1).id()).await.unwrap().unwrap();
    assert_eq!(document.items[0].bytes, secret);
    assert_eq!(rescued.outbox_summary().await.unwrap().items, 1);

    rescued.close().await.unwrap();

    // The original goes on, and a copy never overwrites a file.
    let again = tablet.store.copy_to(&copy).await.unwrap_err();
    assert!(again.to_string().contains("already exists"), "{again}");
    let more = commit(vec![about(&visit(1), vec![evas(2)])]);
    tablet.store.commit(more).await.unwrap();
    assert_eq!(held(&tablet.store, visit(1).id()).await, [1, 2]);
}
