//! A caseload of ten thousand people. Limits are wide: they catch a slip, not a slow machine.

use super::support::*;
use crate::*;
use hemrond_domain::{
    ids::PersonId,
    record::{DocumentId, Header},
};
use std::time::{Duration, Instant};

fn person(number: u32) -> (Header, PersonId) {
    let mut bytes = [9; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    let person = PersonId::from_bytes(bytes);
    (Header::person(REGION, person), person)
}

fn took(what: &str, start: Instant) -> Duration {
    let took = start.elapsed();
    println!("{what}: {took:?}");
    took
}

#[tokio::test]
async fn ten_thousand_people_are_kept_listed_and_searched_in_time() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    let start = Instant::now();
    for page in 0..20_u32 {
        let documents = (0..500)
            .map(|number| {
                let (header, id) = person(page * 500 + number);
                let row = person_row(&header, id, &format!("Svensson{number}"));
                let models = ReadModels {
                    person: Some(row),
                    ..ReadModels::default()
                };
                let items = (0..4).map(omars).collect();
                DocumentCommit {
                    new_items: items,
                    ..with_models(&header, models)
                }
            })
            .collect();
        let answer = SyncCommit {
            documents,
            ..SyncCommit::new(at(0))
        };
        store.apply_sync(answer).await.unwrap();
    }
    assert!(took("20 pages of 500 documents", start) < Duration::from_secs(120));

    store.people_index().await.unwrap();
    let start = Instant::now();
    assert_eq!(store.people_index().await.unwrap().len(), 10_000);
    assert!(took("people_index", start) < Duration::from_secs(10));

    let start = Instant::now();
    assert_eq!(store.all_documents().await.unwrap().len(), 10_000);
    assert!(took("all_documents", start) < Duration::from_secs(10));

    let start = Instant::now();
    assert_eq!(store.bucket_digests().await.unwrap().len(), 256);
    assert!(took("bucket_digests", start) < Duration::from_secs(10));

    let some: Vec<DocumentId> = (0..50).map(|number| person(number).0.id()).collect();
    let start = Instant::now();
    assert_eq!(store.whereabouts_of(&some).await.unwrap().len(), 50);
    assert!(took("whereabouts of 50", start) < Duration::from_secs(10));

    let start = Instant::now();
    store
        .commit(commit(vec![about(&person(1).0, vec![evas(77)])]))
        .await
        .unwrap();
    assert!(took("one edit", start) < Duration::from_secs(10));

    let start = Instant::now();
    assert_eq!(waiting(store).await.len(), 1);
    assert!(took("outbox_batch", start) < Duration::from_secs(10));

    let start = Instant::now();
    assert_eq!(
        store
            .load(person(1).0.id())
            .await
            .unwrap()
            .unwrap()
            .items
            .len(),
        5
    );
    assert!(took("load", start) < Duration::from_secs(10));
}

#[tokio::test]
async fn a_restored_server_gets_twenty_thousand_items_back_in_batches() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    let documents = (0..200)
        .map(|number| about(&visit(number), (0..100).map(omars).collect()))
        .collect();
    store
        .apply_sync(SyncCommit {
            documents,
            ..SyncCommit::new(at(0))
        })
        .await
        .unwrap();
    let start = Instant::now();
    let requeue = (0..200)
        .flat_map(|number| {
            (0..100).map(move |item| Requeue {
                item: name(&visit(number), item),
                urgency: 200,
            })
        })
        .collect();
    store
        .apply_sync(SyncCommit {
            requeue,
            ..SyncCommit::new(at(1))
        })
        .await
        .unwrap();
    assert!(took("requeue of 20,000", start) < Duration::from_secs(60));
    let start = Instant::now();
    let batch = store.outbox_batch(5000, 2 << 20).await.unwrap();
    assert_eq!(
        batch
            .iter()
            .map(|document| document.items.len())
            .sum::<usize>(),
        5000
    );
    assert!(took("a batch of 5,000", start) < Duration::from_secs(30));
    let start = Instant::now();
    let acknowledged = batch
        .iter()
        .flat_map(|document| {
            document.items.iter().map(|item| ItemName {
                document: document.document,
                hash: item.hash,
            })
        })
        .collect();
    store
        .apply_sync(SyncCommit {
            acknowledged,
            ..SyncCommit::new(at(2))
        })
        .await
        .unwrap();
    assert!(took("5,000 acknowledgements", start) < Duration::from_secs(60));
    assert_eq!(store.outbox_summary().await.unwrap().items, 15_000);
}
