//! What the server says: acknowledged, sent, forgotten.

use super::support::*;
use crate::*;

#[tokio::test]
async fn an_answer_moves_the_position_and_a_second_one_leaves_what_it_does_not_name() {
    let tablet = Tablet::new().await;
    assert_eq!(
        tablet.store.sync_position().await.unwrap(),
        SyncPosition::default()
    );
    let first = SyncCommit {
        epoch: Some([7; 16]),
        cursor: Some(41),
        last_contact: Some(at(3)),
        ..SyncCommit::new(at(3))
    };
    tablet.store.apply_sync(first).await.unwrap();
    tablet
        .store
        .apply_sync(SyncCommit::new(at(4)))
        .await
        .unwrap();
    let tablet = tablet.restart().await;
    let position = SyncPosition {
        epoch: Some([7; 16]),
        cursor: 41,
        last_contact: Some(at(3)),
    };
    assert_eq!(tablet.store.sync_position().await.unwrap(), position);

    let too_far = SyncCommit {
        cursor: Some(u64::MAX),
        documents: vec![about(&visit(1), vec![omars(1)])],
        ..SyncCommit::new(at(5))
    };
    assert_eq!(
        tablet.store.apply_sync(too_far).await.unwrap_err().code(),
        "store.invalid"
    );
    assert_eq!(tablet.store.document_count().await.unwrap(), 0);
}

#[tokio::test]
async fn what_comes_back_from_the_server_needs_no_sending() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    store
        .commit(commit(vec![about(&visit(1), vec![evas(1), evas(2)])]))
        .await
        .unwrap();
    // The verdict was lost on the way; the item itself comes with the feed, beside Omar's.
    let page = SyncCommit {
        documents: vec![about(&visit(1), vec![omars(1), omars(5)])],
        ..SyncCommit::new(at(6))
    };
    let applied = store.apply_sync(page).await.unwrap();
    assert_eq!(applied.added, [name(&visit(1), 5)]);
    assert_eq!(applied.acknowledged, [name(&visit(1), 1)]);
    assert_eq!(waiting(store).await, [(visit(1).id(), vec![2])]);
    let items = store.load(visit(1).id()).await.unwrap().unwrap().items;
    assert!(items[0].local && items[0].acknowledged_at == Some(at(6)));
    assert!(!items[2].local && items[2].acknowledged_at == Some(at(6)));
}

#[tokio::test]
async fn a_refused_item_that_the_server_has_after_all_is_refused_no_more() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    store
        .commit(commit(vec![about(&visit(1), vec![evas(1)])]))
        .await
        .unwrap();
    let refusal = SyncCommit {
        refused: vec![(name(&visit(1), 1), "policy.denied".into())],
        ..SyncCommit::new(at(1))
    };
    store.apply_sync(refusal.clone()).await.unwrap();
    let page = SyncCommit {
        documents: vec![about(&visit(1), vec![omars(1)])],
        ..SyncCommit::new(at(2))
    };
    store.apply_sync(page).await.unwrap();
    assert_eq!(store.refused_all().await.unwrap(), []);
    // The old refusal, arriving late, is passed over.
    assert_eq!(store.apply_sync(refusal).await.unwrap().refused, []);
    assert_eq!(store.refused_all().await.unwrap(), []);
}

#[tokio::test]
async fn a_restored_server_gets_back_what_it_forgot_with_its_authors() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    let omar = Author {
        actor: OMARS_ACTOR,
        user: OMAR,
        device: EVAS_TABLET,
    };
    let page = SyncCommit {
        documents: vec![about(&visit(1), vec![omars(1)])],
        actors: vec![omar],
        ..SyncCommit::new(at(0))
    };
    store.apply_sync(page).await.unwrap();
    store
        .commit(commit_at(1, vec![about(&visit(1), vec![evas(2), evas(3)])]))
        .await
        .unwrap();
    let answer = SyncCommit {
        acknowledged: vec![name(&visit(1), 2)],
        refused: vec![(name(&visit(1), 3), "policy.denied".into())],
        ..SyncCommit::new(at(2))
    };
    store.apply_sync(answer).await.unwrap();
    store
        .commit(commit_at(3, vec![about(&visit(1), vec![evas(4)])]))
        .await
        .unwrap();

    let forgotten = (1..=5)
        .map(|number| Requeue {
            item: name(&visit(1), number),
            urgency: 200,
        })
        .collect();
    let answer = SyncCommit {
        requeue: forgotten,
        ..SyncCommit::new(at(9))
    };
    let applied = store.apply_sync(answer.clone()).await.unwrap();
    // The refused one stays refused, the waiting one waits, the unknown one is no one's.
    let mut requeued = applied.requeued;
    requeued.sort();
    assert_eq!(requeued, [name(&visit(1), 1), name(&visit(1), 2)]);
    assert_eq!(store.apply_sync(answer).await.unwrap().requeued, []);

    let batch = store
        .outbox_batch(10, 1 << 20)
        .await
        .unwrap()
        .documents
        .remove(0);
    let seen: Vec<_> = batch
        .items
        .iter()
        .map(|item| (item.hash[0], item.foreign, item.author))
        .collect();
    assert_eq!(
        seen,
        [(1, true, Some(omar)), (2, false, None), (4, false, None)]
    );
    let whereabouts = store.whereabouts(visit(1).id()).await.unwrap();
    assert_eq!((whereabouts.unsent, whereabouts.acknowledged_at), (3, None));
}

#[tokio::test]
async fn who_stood_behind_an_actor_first_stands_behind_it_for_ever() {
    let tablet = Tablet::new().await;
    let omar = Author {
        actor: OMARS_ACTOR,
        user: OMAR,
        device: EVAS_TABLET,
    };
    let forged = Author { user: EVA, ..omar };
    for actors in [vec![omar], vec![forged]] {
        tablet
            .store
            .apply_sync(SyncCommit {
                actors,
                ..SyncCommit::new(at(0))
            })
            .await
            .unwrap();
    }
    let known = tablet.store.authors(&[OMARS_ACTOR, [0; 16]]).await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known[&OMARS_ACTOR], omar);
    assert_eq!(tablet.store.authors_all().await.unwrap(), [omar]);
}
