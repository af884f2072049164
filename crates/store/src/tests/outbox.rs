//! The outbox: what goes first, what waits for what, and where a record is.

use super::support::*;
use crate::*;

fn urgent(number: u8, urgency: u8) -> NewItem {
    item(number, Origin::Local { urgency })
}

#[tokio::test]
async fn the_most_urgent_document_goes_first_and_nothing_overtakes_within_it() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    store
        .commit(commit_at(0, vec![about(&astrid(), vec![urgent(1, 9)])]))
        .await
        .unwrap();
    store
        .commit(commit_at(1, vec![about(&visit(1), vec![urgent(2, 9)])]))
        .await
        .unwrap();
    store
        .commit(commit_at(2, vec![about(&visit(2), vec![urgent(3, 5)])]))
        .await
        .unwrap();
    // Eva's question to the doctor is urgent, and may depend on what she wrote before it.
    store
        .commit(commit_at(3, vec![about(&visit(1), vec![urgent(4, 0)])]))
        .await
        .unwrap();
    let order = waiting(store).await;
    let expected = [
        (visit(1).id(), vec![2, 4]),
        (visit(2).id(), vec![3]),
        (astrid().id(), vec![1]),
    ];
    assert_eq!(order, expected);

    let by_document = store.outbox_by_document().await.unwrap();
    let documents: Vec<_> = by_document.iter().map(|row| row.document).collect();
    assert_eq!(documents, [visit(1).id(), visit(2).id(), astrid().id()]);
    assert_eq!(
        (by_document[0].items, by_document[0].oldest_queued_at),
        (2, at(1))
    );
    let summary = store.outbox_summary().await.unwrap();
    assert_eq!(
        summary,
        OutboxSummary {
            items: 4,
            rows: 4,
            oldest_queued_at: Some(at(0))
        }
    );
}

#[tokio::test]
async fn a_batch_holds_to_its_limits_and_is_never_empty() {
    let tablet = Tablet::new().await;
    let items = (0..10).map(evas).collect();
    tablet
        .store
        .commit(commit(vec![about(&visit(1), items)]))
        .await
        .unwrap();
    let sizes = async |max_items, max_bytes| {
        let batch = tablet
            .store
            .outbox_batch(max_items, max_bytes)
            .await
            .unwrap();
        let documents = batch.documents.iter();
        let items = documents.map(|document| document.items.len());
        (items.collect::<Vec<_>>(), batch.more)
    };
    assert_eq!(sizes(100, 1 << 20).await, (vec![10], false));
    assert_eq!(sizes(10, 1 << 20).await, (vec![10], false));
    assert_eq!(sizes(3, 1 << 20).await, (vec![3], true));
    assert_eq!(sizes(100, 200).await, (vec![2], true));
    assert_eq!(sizes(100, 1).await, (vec![1], true));
    assert_eq!(sizes(0, 0).await, (vec![1], true));
    let first = tablet
        .store
        .outbox_batch(2, 1 << 20)
        .await
        .unwrap()
        .documents
        .remove(0);
    assert_eq!(first.header, RawHeader::from(&visit(1)));
    assert_eq!(first.items[0].bytes, vec![0; 90]);
    assert!(!first.items[0].foreign);
}

#[tokio::test]
async fn an_empty_outbox_says_so() {
    let tablet = Tablet::new().await;
    let nothing = tablet.store.outbox_batch(10, 10).await.unwrap();
    assert_eq!(nothing, OutboxBatch::default());
    assert_eq!(
        tablet.store.outbox_summary().await.unwrap(),
        OutboxSummary::default()
    );
    assert_eq!(tablet.store.refused_all().await.unwrap(), []);
    assert_eq!(tablet.store.unacknowledged().await.unwrap(), []);
}

#[tokio::test]
async fn a_refused_item_that_is_laid_aside_is_kept_and_counted_apart() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    let items = |header| about(header, vec![urgent(1, 3), urgent(2, 3)]);
    store
        .commit(commit(vec![items(&visit(1)), items(&visit(2))]))
        .await
        .unwrap();
    let refusal = |number, code: &str| (name(&visit(number), 1), code.to_owned());
    store
        .apply_sync(SyncCommit {
            refused: vec![refusal(1, "document.purged"), refusal(2, "policy.write")],
            ..SyncCommit::new(at(5))
        })
        .await
        .unwrap();
    let counted = async || {
        let standing = store.standing().await.unwrap();
        (standing.refused, standing.laid_aside)
    };
    let given_out = store.unacknowledged().await.unwrap();
    assert_eq!(counted().await, (2, 0));
    // What nobody refused cannot be laid aside, and what is laid aside stays so.
    for (number, touched, counts) in [(1, 1, (1, 1)), (1, 0, (1, 1)), (9, 0, (1, 1))] {
        let id = visit(number).id();
        assert_eq!(store.lay_aside(id, at(6)).await.unwrap(), touched);
        assert_eq!(counted().await, counts);
    }
    let rows = store.refused_all().await.unwrap();
    let aside = rows
        .iter()
        .map(|row| (row.document, row.laid_aside_at))
        .collect::<std::collections::HashMap<_, _>>();
    assert_eq!(aside[&visit(1).id()], Some(at(6)));
    assert_eq!(aside[&visit(2).id()], None);
    assert_eq!(store.unacknowledged().await.unwrap(), given_out);
    // The server withdraws the visit: what was laid aside of it stays on the disk.
    let gone = SyncCommit {
        gone: vec![visit(1).id()],
        acknowledged: vec![name(&visit(1), 2)],
        ..SyncCommit::new(at(7))
    };
    let applied = store.apply_sync(gone).await.unwrap();
    assert_eq!((applied.removed.len(), applied.withdrawn.len()), (0, 1));
    assert_eq!(store.take_up(visit(1).id()).await.unwrap(), 1);
    assert_eq!(store.take_up(visit(1).id()).await.unwrap(), 0);
    assert_eq!(counted().await, (2, 0));
}

#[tokio::test]
async fn a_refused_item_is_kept_shown_and_may_be_tried_again() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    store
        .commit(commit(vec![about(
            &visit(1),
            vec![urgent(1, 3), urgent(2, 3)],
        )]))
        .await
        .unwrap();
    let refusal = SyncCommit {
        refused: vec![
            (name(&visit(1), 1), "policy.denied".into()),
            (name(&visit(9), 7), "x".into()),
        ],
        ..SyncCommit::new(at(5))
    };
    let applied = store.apply_sync(refusal.clone()).await.unwrap();
    assert_eq!(applied.refused, [name(&visit(1), 1)]);
    assert_eq!(waiting(store).await, [(visit(1).id(), vec![2])]);
    let refused = store.refused_all().await.unwrap();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        (refused[0].code.as_str(), refused[0].at),
        ("policy.denied", at(5))
    );
    let whereabouts = store.whereabouts(visit(1).id()).await.unwrap();
    assert_eq!(whereabouts.refused_code.as_deref(), Some("policy.denied"));
    assert_eq!(held(store, visit(1).id()).await, [1, 2]);
    assert_eq!(
        store.hashes_not_refused(visit(1).id()).await.unwrap(),
        [[2; 32]]
    );
    assert_eq!(store.unacknowledged().await.unwrap()[0].items.len(), 2);

    // The same answer once more changes nothing.
    store.apply_sync(refusal).await.unwrap();
    assert_eq!(store.refused_all().await.unwrap().len(), 1);

    assert!(store.retry_refused(visit(1).id(), [1; 32]).await.unwrap());
    assert!(!store.retry_refused(visit(1).id(), [1; 32]).await.unwrap());
    assert_eq!(waiting(store).await, [(visit(1).id(), vec![1, 2])]);
    assert_eq!(store.refused_all().await.unwrap(), []);
    assert_eq!(
        store.outbox_summary().await.unwrap().oldest_queued_at,
        Some(at(0))
    );
}

#[tokio::test]
async fn the_record_says_where_it_is() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    assert_eq!(
        store.whereabouts(visit(1).id()).await.unwrap(),
        Whereabouts::default()
    );

    let theirs = SyncCommit {
        documents: vec![about(&visit(2), vec![omars(9)])],
        ..SyncCommit::new(at(0))
    };
    store.apply_sync(theirs).await.unwrap();
    assert_eq!(
        store.whereabouts(visit(2).id()).await.unwrap(),
        Whereabouts::default()
    );

    store
        .commit(commit_at(1, vec![about(&visit(1), vec![evas(1)])]))
        .await
        .unwrap();
    store
        .commit(commit_at(2, vec![about(&visit(1), vec![evas(2)])]))
        .await
        .unwrap();
    let only_here = Whereabouts {
        unsent: 2,
        unsent_since: Some(at(1)),
        has_local: true,
        ..Whereabouts::default()
    };
    assert_eq!(store.whereabouts(visit(1).id()).await.unwrap(), only_here);

    let half = SyncCommit {
        acknowledged: vec![name(&visit(1), 1)],
        ..SyncCommit::new(at(7))
    };
    let applied = store.apply_sync(half.clone()).await.unwrap();
    assert_eq!(applied.acknowledged, [name(&visit(1), 1)]);
    let now = store.whereabouts(visit(1).id()).await.unwrap();
    assert_eq!(
        (now.unsent, now.unsent_since, now.acknowledged_at),
        (1, Some(at(2)), Some(at(7)))
    );

    let rest = SyncCommit {
        acknowledged: vec![name(&visit(1), 2)],
        ..SyncCommit::new(at(9))
    };
    store.apply_sync(rest).await.unwrap();
    // A late answer about what was acknowledged before does not make it newer.
    store
        .apply_sync(SyncCommit {
            now: at(20),
            ..half
        })
        .await
        .unwrap();
    let on_server = Whereabouts {
        acknowledged_at: Some(at(9)),
        has_local: true,
        ..Whereabouts::default()
    };
    let both = store
        .whereabouts_of(&[visit(1).id(), visit(2).id(), visit(3).id()])
        .await
        .unwrap();
    assert_eq!(both.len(), 2);
    assert_eq!(both[&visit(1).id()], on_server);
}

#[tokio::test]
async fn attempts_are_counted() {
    let tablet = Tablet::new().await;
    tablet
        .store
        .commit(commit(vec![about(&visit(1), vec![evas(1)])]))
        .await
        .unwrap();
    tablet
        .store
        .outbox_attempted(&[name(&visit(1), 1)], at(3))
        .await
        .unwrap();
    tablet
        .store
        .outbox_attempted(&[name(&visit(1), 1)], at(4))
        .await
        .unwrap();
    let mut reading = tablet.store.read().await.unwrap();
    let attempts: Option<u32> = crate::sql::scalar(
        &mut reading,
        "SELECT attempts FROM outbox",
        crate::sql::nothing(),
    )
    .await
    .unwrap();
    assert_eq!(attempts, Some(2));
}

/// A change that follows from the schema: nobody wrote it.
fn of_the_schema(number: u8) -> NewItem {
    let mut actor = [0; 16];
    actor[15] = 2;
    NewItem {
        actor: Some(actor),
        ..urgent(number, 5)
    }
}

/// Evas two items and one that follows from the schema, all of them made before hers.
async fn with_one_that_nobody_wrote() -> Tablet {
    let tablet = Tablet::new().await;
    let items = vec![of_the_schema(1)];
    let first = commit_at(0, vec![about(&visit(1), items)]);
    tablet.store.commit(first).await.unwrap();
    let items = vec![urgent(2, 5), urgent(3, 5)];
    let then = commit_at(1, vec![about(&visit(1), items)]);
    tablet.store.commit(then).await.unwrap();
    tablet
}

/// What is told of what waits, in all three places that tell of it.
async fn told(store: &Store) -> (OutboxSummary, u32, u32) {
    let summary = store.outbox_summary().await.unwrap();
    let rows = store.outbox_by_document().await.unwrap();
    let whereabouts = store.whereabouts(visit(1).id()).await.unwrap();
    assert_eq!(whereabouts.unsent_since, summary.oldest_queued_at);
    assert_eq!(Some(rows[0].oldest_queued_at), summary.oldest_queued_at);
    (summary, rows[0].items, whereabouts.unsent)
}

#[tokio::test]
async fn eva_is_told_of_what_she_wrote_and_all_of_it_is_sent() {
    let tablet = with_one_that_nobody_wrote().await;
    let hers = OutboxSummary {
        items: 2,
        rows: 3,
        oldest_queued_at: Some(at(1)),
    };
    assert_eq!(told(&tablet.store).await, (hers, 2, 2));
    assert_eq!(
        waiting(&tablet.store).await,
        [(visit(1).id(), vec![1, 2, 3])]
    );

    // The server refuses it, and it is sent once more.
    let of_the_schema = name(&visit(1), 1);
    let mut answer = SyncCommit::new(at(2));
    answer.refused = vec![(of_the_schema, "change.operations".to_owned())];
    tablet.store.apply_sync(answer).await.unwrap();
    let ItemName { document, hash } = of_the_schema;
    assert!(tablet.store.retry_refused(document, hash).await.unwrap());
    assert_eq!(told(&tablet.store).await, (hers, 2, 2));

    // The server took it all, and has forgotten it after a restore.
    let all = [1, 2, 3].map(|number| name(&visit(1), number));
    let mut answer = SyncCommit::new(at(3));
    answer.acknowledged = all.to_vec();
    tablet.store.apply_sync(answer).await.unwrap();
    assert_eq!(
        tablet.store.outbox_summary().await.unwrap(),
        OutboxSummary::default()
    );
    let mut answer = SyncCommit::new(at(4));
    let forgotten = all.map(|item| Requeue { item, urgency: 5 });
    answer.requeue = forgotten.to_vec();
    tablet.store.apply_sync(answer).await.unwrap();
    let again = OutboxSummary {
        oldest_queued_at: Some(at(4)),
        ..hers
    };
    assert_eq!(told(&tablet.store).await, (again, 2, 2));
}

#[tokio::test]
async fn what_waited_before_an_update_is_told_of_in_the_same_words_after_it() {
    let tablet = with_one_that_nobody_wrote().await;
    let before = told(&tablet.store).await;
    {
        // As version 3 of the schema had it.
        let mut writing = tablet.store.write().await.unwrap();
        for statement in [
            "DROP INDEX outbox_age",
            "ALTER TABLE outbox DROP COLUMN nobodys",
            "CREATE INDEX outbox_age ON outbox (queued_at)",
            "ALTER TABLE refused DROP COLUMN laid_aside_at",
            "ALTER TABLE observations DROP COLUMN source",
            "ALTER TABLE observations DROP COLUMN source_row",
            "ALTER TABLE observations DROP COLUMN told_to",
            "ALTER TABLE observations DROP COLUMN told_at",
            "ALTER TABLE observations DROP COLUMN told_by",
            "ALTER TABLE observations DROP COLUMN basis",
            "PRAGMA user_version = 3",
        ] {
            crate::sql::execute(&mut writing, statement, crate::sql::nothing())
                .await
                .unwrap();
        }
        writing.commit().await.unwrap();
    }
    let tablet = tablet.restart().await;
    assert_eq!(told(&tablet.store).await, before);
}
