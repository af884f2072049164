//! Documents: their names, their digests, and those that this version cannot show.

use super::support::*;
use crate::*;
use hemrond_domain::record::Header;
use sha2::{Digest as _, Sha256};

#[test]
fn a_header_on_disk_names_the_same_document_as_a_header_in_hand() {
    let headers = [
        astrid(),
        visit(4),
        Header::observations(REGION, ASTRID, day("2026-11-03")),
        Header::round(REGION, TEAM, day("2026-11-03")),
        Header::directory(REGION),
    ];
    for header in headers {
        let raw = RawHeader::from(&header);
        assert_eq!(raw.id(), header.id(), "{}", raw.kind);
        assert_eq!(raw.header().unwrap(), header);
    }
}

fn a_newer_versions_document() -> RawHeader {
    RawHeader {
        kind: "care-plan".into(),
        ..RawHeader::from(&astrid())
    }
}

#[tokio::test]
async fn a_document_of_an_unknown_kind_is_kept_whole_and_not_shown() {
    let tablet = Tablet::new().await;
    let header = a_newer_versions_document();
    let answer = SyncCommit {
        documents: vec![DocumentCommit {
            header: header.clone(),
            new_items: vec![omars(1), omars(2)],
            read_models: None,
            shown: Shown::No {
                reason: "unknown_kind".into(),
            },
        }],
        ..SyncCommit::new(at(0))
    };
    tablet.store.apply_sync(answer).await.unwrap();
    let tablet = tablet.restart().await;
    let document = tablet.store.load(header.id()).await.unwrap().unwrap();
    assert_eq!(document.header, header);
    assert_eq!(
        document.shown,
        Shown::No {
            reason: "unknown_kind".into()
        }
    );
    assert_eq!(document.items.len(), 2);
    assert!(matches!(
        document.header.header(),
        Err(RawHeaderError::UnknownKind(_))
    ));
    let unshown = tablet.store.unshown().await.unwrap();
    assert_eq!(unshown.len(), 1);
    assert_eq!(
        (unshown[0].document, unshown[0].reason.as_str()),
        (header.id(), "unknown_kind")
    );

    // The newer version is installed, and shows it.
    let shown = DocumentCommit {
        header,
        new_items: vec![],
        read_models: None,
        shown: Shown::Yes,
    };
    tablet.store.commit(commit(vec![shown])).await.unwrap();
    assert_eq!(tablet.store.unshown().await.unwrap(), []);
}

#[tokio::test]
async fn two_tablets_that_hold_the_same_have_the_same_digests_whatever_came_first() {
    let (evas_tablet, omars_tablet) = (Tablet::new().await, Tablet::new().await);
    let one = about(&visit(1), vec![evas(1), evas(2)]);
    let two = about(&astrid(), vec![omars(3)]);
    evas_tablet
        .store
        .commit(commit(vec![one.clone(), two.clone()]))
        .await
        .unwrap();
    let other_way = about(&visit(1), vec![omars(2), omars(1)]);
    omars_tablet.store.commit(commit(vec![two])).await.unwrap();
    omars_tablet
        .store
        .commit(commit(vec![other_way]))
        .await
        .unwrap();
    // What waits to be sent is not held against the server, which cannot have it yet.
    let unsent = evas_tablet.store.bucket_digests().await.unwrap();
    let buckets = omars_tablet.store.bucket_digests().await.unwrap();
    assert_eq!((unsent.len(), buckets.len()), (1, 2));
    let evas_own = |number| ItemName {
        document: visit(1).id(),
        hash: evas(number).hash,
    };
    let acknowledgement = SyncCommit {
        acknowledged: vec![evas_own(1), evas_own(2)],
        ..SyncCommit::new(at(1))
    };
    evas_tablet.store.apply_sync(acknowledgement).await.unwrap();
    assert_eq!(evas_tablet.store.bucket_digests().await.unwrap(), buckets);

    // A digest is what it is said to be.
    let mixed = |number: u8| {
        let mut hash = Sha256::new();
        hash.update(visit(1).id().as_bytes());
        hash.update([number; 32]);
        <[u8; 32]>::from(hash.finalize())
    };
    let mut expected = mixed(1);
    expected
        .iter_mut()
        .zip(mixed(2))
        .for_each(|(to, from)| *to ^= from);
    let first = visit(1).id().as_bytes()[0];
    let documents = evas_tablet
        .store
        .document_digests(&[first, first])
        .await
        .unwrap();
    assert!(documents.contains(&(visit(1).id(), expected)));
    assert_eq!(buckets.len(), 2);

    omars_tablet
        .store
        .commit(commit(vec![about(&visit(1), vec![omars(4)])]))
        .await
        .unwrap();
    assert_ne!(omars_tablet.store.bucket_digests().await.unwrap(), buckets);
}

#[tokio::test]
async fn a_document_without_items_is_in_no_digest() {
    let tablet = Tablet::new().await;
    tablet
        .store
        .commit(commit(vec![about(&visit(1), vec![])]))
        .await
        .unwrap();
    assert_eq!(tablet.store.bucket_digests().await.unwrap(), []);
    assert_eq!(tablet.store.document_count().await.unwrap(), 1);
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(tablet.store.document_digests(&all).await.unwrap(), []);
}

#[tokio::test]
async fn the_tablet_knows_which_documents_it_holds() {
    let tablet = Tablet::new().await;
    let documents = (0..100)
        .map(|number| about(&visit(number), vec![omars(1)]))
        .collect();
    tablet.store.commit(commit(documents)).await.unwrap();
    let asked: Vec<_> = (50..150).map(|number| visit(number).id()).collect();
    let held = tablet.store.documents_held(&asked).await.unwrap();
    assert_eq!(held.len(), 50);
    assert!(held.contains(&visit(50).id()) && !held.contains(&visit(100).id()));
    let all = tablet.store.all_documents().await.unwrap();
    assert_eq!(all.len(), 100);
    assert!(all.iter().all(|(id, header)| *id == header.id()));
    assert!(all.is_sorted_by_key(|(id, _)| *id));
}

/// Eva wrote under a right that a restored server does not know, and was refused. Omar's tablet
/// gave it back, so the server has it. Eva's digests must not claim that all is as she knows it.
#[tokio::test]
async fn what_was_refused_is_in_no_digest_until_the_server_has_it() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    store
        .commit(commit(vec![about(&visit(1), vec![evas(1)])]))
        .await
        .unwrap();
    let name = ItemName {
        document: visit(1).id(),
        hash: evas(1).hash,
    };
    let refusal = SyncCommit {
        refused: vec![(name, "policy.write".to_owned())],
        ..SyncCommit::new(at(1))
    };
    store.apply_sync(refusal).await.unwrap();
    assert_eq!(store.bucket_digests().await.unwrap(), []);
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(store.document_digests(&all).await.unwrap(), []);

    let delivery = SyncCommit {
        documents: vec![about(
            &visit(1),
            vec![NewItem {
                origin: Origin::Server,
                ..evas(1)
            }],
        )],
        ..SyncCommit::new(at(2))
    };
    store.apply_sync(delivery).await.unwrap();
    assert_eq!(store.refused_all().await.unwrap(), []);
    let held = store.document_digests(&all).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].0, visit(1).id());
}
