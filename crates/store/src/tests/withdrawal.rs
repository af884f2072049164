//! Access taken back: the document goes, unless something of it exists nowhere else.

use super::support::*;
use crate::*;

fn gone(documents: Vec<hemrond_domain::record::DocumentId>) -> SyncCommit {
    SyncCommit {
        gone: documents,
        ..SyncCommit::new(at(30))
    }
}

fn evas_visit(items: Vec<NewItem>) -> DocumentCommit {
    let models = ReadModels {
        visit: Some(visit_row(1)),
        notes: vec![note(1, 1, "question", EVA)],
        ..ReadModels::default()
    };
    DocumentCommit {
        new_items: items,
        ..with_models(&visit(1), models)
    }
}

#[tokio::test]
async fn a_withdrawn_document_leaves_nothing_behind() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    let page = SyncCommit {
        documents: vec![evas_visit(vec![omars(1)]), about(&astrid(), vec![omars(2)])],
        ..SyncCommit::new(at(0))
    };
    store.apply_sync(page).await.unwrap();
    store
        .opened_set(visit(1).id(), EVA, "heads", at(1))
        .await
        .unwrap();
    let applied = store
        .apply_sync(gone(vec![visit(1).id(), visit(7).id()]))
        .await
        .unwrap();
    assert_eq!(applied.removed, [visit(1).id()]);
    assert_eq!(applied.withdrawn, []);
    assert_eq!(store.load(visit(1).id()).await.unwrap(), None);
    assert_eq!(store.visits_of(ASTRID).await.unwrap(), []);
    assert_eq!(store.open_questions().await.unwrap(), []);
    assert_eq!(store.opened_get(visit(1).id(), EVA).await.unwrap(), None);
    assert_eq!(store.document_count().await.unwrap(), 1);
    assert_eq!(store.bucket_digests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn unsent_work_stays_until_the_server_has_it_and_no_list_shows_it() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    store
        .commit(commit(vec![evas_visit(vec![evas(1)])]))
        .await
        .unwrap();
    let applied = store.apply_sync(gone(vec![visit(1).id()])).await.unwrap();
    assert_eq!(applied.removed, []);
    assert_eq!(applied.withdrawn, [visit(1).id()]);
    assert_eq!(store.visits_of(ASTRID).await.unwrap(), []);
    assert_eq!(store.all_documents().await.unwrap(), []);
    assert_eq!(store.bucket_digests().await.unwrap(), []);
    assert_eq!(store.document_count().await.unwrap(), 0);
    assert_eq!(store.withdrawn_documents().await.unwrap().len(), 1);
    assert!(store.outbox_by_document().await.unwrap()[0].withdrawn);

    // The form was open when the access ended; what Eva still wrote is kept and sent, not listed.
    let committed = store
        .commit(commit(vec![evas_visit(vec![evas(2)])]))
        .await
        .unwrap();
    assert_eq!(committed.withdrawn, [visit(1).id()]);
    assert_eq!(store.visits_of(ASTRID).await.unwrap(), []);
    assert_eq!(waiting(store).await, [(visit(1).id(), vec![1, 2])]);

    let one = SyncCommit {
        acknowledged: vec![name(&visit(1), 1)],
        ..SyncCommit::new(at(31))
    };
    assert_eq!(store.apply_sync(one).await.unwrap().removed, []);
    let two = SyncCommit {
        acknowledged: vec![name(&visit(1), 2)],
        ..SyncCommit::new(at(32))
    };
    assert_eq!(
        store.apply_sync(two).await.unwrap().removed,
        [visit(1).id()]
    );
    assert_eq!(store.load(visit(1).id()).await.unwrap(), None);
}

#[tokio::test]
async fn what_comes_back_after_it_was_withdrawn_is_told() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    let first = commit(vec![evas_visit(vec![evas(1)])]);
    store.commit(first).await.unwrap();
    store.apply_sync(gone(vec![visit(1).id()])).await.unwrap();
    let page = || SyncCommit {
        documents: vec![evas_visit(vec![omars(2)]), about(&astrid(), vec![omars(3)])],
        ..SyncCommit::new(at(0))
    };
    let applied = store.apply_sync(page()).await.unwrap();
    assert_eq!(applied.returned, [visit(1).id()]);
    assert_eq!(store.visits_of(ASTRID).await.unwrap().len(), 1);
    let again = store.apply_sync(page()).await.unwrap();
    assert_eq!(again.returned, []);
}

#[tokio::test]
async fn refused_work_stays_and_is_shown_as_refused() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    store
        .commit(commit(vec![evas_visit(vec![evas(1)])]))
        .await
        .unwrap();
    let answer = SyncCommit {
        refused: vec![(name(&visit(1), 1), "policy.no_access".into())],
        ..gone(vec![visit(1).id()])
    };
    let applied = store.apply_sync(answer).await.unwrap();
    assert_eq!(applied.withdrawn, [visit(1).id()]);
    let refused = store.refused_all().await.unwrap();
    assert!(refused[0].withdrawn);
    assert_eq!(refused[0].header, RawHeader::from(&visit(1)));
    assert!(store.load(visit(1).id()).await.unwrap().unwrap().withdrawn);
    assert_eq!(
        store.unacknowledged().await.unwrap()[0].items[0].hash,
        [1; 32]
    );
}

#[tokio::test]
async fn the_last_acknowledgement_and_the_withdrawal_may_come_together() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    store
        .commit(commit(vec![evas_visit(vec![evas(1)])]))
        .await
        .unwrap();
    let answer = SyncCommit {
        acknowledged: vec![name(&visit(1), 1)],
        ..gone(vec![visit(1).id()])
    };
    assert_eq!(
        store.apply_sync(answer).await.unwrap().removed,
        [visit(1).id()]
    );
}

#[tokio::test]
async fn access_given_again_brings_the_document_back_into_the_lists() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    store
        .commit(commit(vec![evas_visit(vec![evas(1)])]))
        .await
        .unwrap();
    store.apply_sync(gone(vec![visit(1).id()])).await.unwrap();
    let again = SyncCommit {
        documents: vec![evas_visit(vec![omars(5)])],
        ..SyncCommit::new(at(40))
    };
    store.apply_sync(again).await.unwrap();
    assert_eq!(store.visits_of(ASTRID).await.unwrap().len(), 1);
    assert_eq!(held(store, visit(1).id()).await, [1, 5]);
    assert_eq!(store.withdrawn_documents().await.unwrap(), []);
    // And the acknowledgement that comes later removes nothing.
    let rest = SyncCommit {
        acknowledged: vec![name(&visit(1), 1)],
        ..SyncCommit::new(at(41))
    };
    assert_eq!(store.apply_sync(rest).await.unwrap().removed, []);
}
