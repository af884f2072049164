//! Saved means saved: all of a commit or nothing of it.

use super::support::*;
use crate::*;

#[tokio::test]
async fn what_eva_wrote_is_there_after_a_restart_in_the_order_she_wrote_it() {
    let tablet = Tablet::new().await;
    let signature = NewItem {
        kind: ItemKind::Entry,
        actor: None,
        ..evas(2)
    };
    let written = commit(vec![about(&visit(1), vec![evas(9), evas(5), signature])]);
    let committed = tablet.store.commit(written).await.unwrap();
    let names = vec![name(&visit(1), 9), name(&visit(1), 5), name(&visit(1), 2)];
    assert_eq!(
        committed,
        Committed {
            added: names,
            withdrawn: vec![]
        }
    );

    let tablet = tablet.restart().await;
    let document = tablet.store.load(visit(1).id()).await.unwrap().unwrap();
    assert_eq!(document.header.header().unwrap(), visit(1));
    assert_eq!(document.shown, Shown::Yes);
    assert!(!document.withdrawn);
    let first = StoredItem {
        hash: [9; 32],
        kind: ItemKind::Change,
        bytes: vec![9; 90],
        actor: Some([0xee; 16]),
        local: true,
        acknowledged_at: None,
    };
    assert_eq!(document.items[0], first);
    assert_eq!(document.items[1].hash, [5; 32]);
    assert_eq!(
        (document.items[2].kind, document.items[2].actor),
        (ItemKind::Entry, None)
    );
    assert_eq!(tablet.store.load(visit(2).id()).await.unwrap(), None);
}

#[tokio::test]
async fn the_same_commit_twice_is_once() {
    let tablet = Tablet::new().await;
    let written = commit(vec![about(&visit(1), vec![evas(1), evas(2), evas(1)])]);
    assert_eq!(
        tablet
            .store
            .commit(written.clone())
            .await
            .unwrap()
            .added
            .len(),
        2
    );
    let digest = tablet.store.bucket_digests().await.unwrap();
    assert_eq!(tablet.store.commit(written).await.unwrap().added, []);
    assert_eq!(held(&tablet.store, visit(1).id()).await, [1, 2]);
    assert_eq!(tablet.store.bucket_digests().await.unwrap(), digest);
    assert_eq!(tablet.store.outbox_summary().await.unwrap().items, 2);
}

#[tokio::test]
async fn a_commit_that_fails_leaves_nothing_and_the_next_one_works() {
    let tablet = Tablet::new().await;
    let protected = PersonRow {
        protected: "sekretessmarkering".into(),
        ..person_row(&astrid(), ASTRID, "Svensson")
    };
    let models = ReadModels {
        person: Some(protected),
        ..ReadModels::default()
    };
    let mut broken = commit(vec![
        about(&visit(1), vec![evas(1)]),
        DocumentCommit {
            new_items: vec![evas(2)],
            ..with_models(&astrid(), models)
        },
    ]);
    broken.actors = vec![Author {
        actor: [0xee; 16],
        user: EVA,
        device: EVAS_TABLET,
    }];
    let error = tablet.store.commit(broken).await.unwrap_err();
    assert_eq!(error.code(), "store.invalid", "{error}");
    assert!(error.to_string().contains("protected_has_no_address"));

    assert_eq!(tablet.store.document_count().await.unwrap(), 0);
    assert_eq!(tablet.store.load(visit(1).id()).await.unwrap(), None);
    assert_eq!(
        tablet.store.outbox_summary().await.unwrap(),
        OutboxSummary::default()
    );
    assert_eq!(tablet.store.authors_all().await.unwrap(), []);
    tablet
        .store
        .commit(commit(vec![about(&visit(1), vec![evas(1)])]))
        .await
        .unwrap();
    assert_eq!(held(&tablet.store, visit(1).id()).await, [1]);
}

#[tokio::test]
async fn a_commit_whose_caller_gave_up_is_whole_or_absent() {
    let tablet = Tablet::new().await;
    let items: Vec<NewItem> = (0..100).map(evas).collect();
    // Each time the call is polled once more before it is dropped.
    for polls in 0..40 {
        let document = visit(polls);
        let written = commit(vec![about(&document, items.clone())]);
        {
            let mut call = Box::pin(tablet.store.commit(written));
            for _ in 0..polls {
                let once = std::future::poll_fn(|context| {
                    std::task::Poll::Ready(call.as_mut().poll(context))
                });
                if once.await.is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        let count = held(&tablet.store, document.id()).await.len();
        assert!(
            count == 0 || count == 100,
            "{count} items after {polls} polls"
        );
        assert_eq!(
            tablet
                .store
                .whereabouts(document.id())
                .await
                .unwrap()
                .unsent as usize,
            count
        );
    }
    tablet
        .store
        .commit(commit(vec![about(&visit(200), items)]))
        .await
        .unwrap();
    assert_eq!(held(&tablet.store, visit(200).id()).await.len(), 100);
}

#[tokio::test]
async fn an_item_of_the_maximum_size_fits() {
    let tablet = Tablet::new().await;
    let large = NewItem {
        bytes: vec![7; 256 << 10],
        ..evas(1)
    };
    tablet
        .store
        .commit(commit(vec![about(&visit(1), vec![large])]))
        .await
        .unwrap();
    let document = tablet.store.load(visit(1).id()).await.unwrap().unwrap();
    assert_eq!(document.items[0].bytes.len(), 256 << 10);
}

#[tokio::test]
async fn many_callers_at_once_do_not_mix() {
    let tablet = Tablet::new().await;
    let store = std::sync::Arc::new(tablet.store);
    // Spawning also shows that every call may move between threads.
    let calls: Vec<_> = (0..20)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let items = (0..10).map(evas).collect();
                store
                    .commit(commit(vec![about(&visit(number), items)]))
                    .await
                    .unwrap();
                store
                    .load(visit(number).id())
                    .await
                    .unwrap()
                    .unwrap()
                    .items
                    .len()
            })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 10);
    }
    assert_eq!(store.outbox_summary().await.unwrap().items, 200);
}
