//! A caseload of ten thousand people, and a server that gets twenty thousand items back.

use super::support::*;
use crate::*;
use hemrond_domain::{
    ids::PersonId,
    record::{DocumentId, Header},
};

fn person(number: u32) -> (Header, PersonId) {
    let mut bytes = [9; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    let person = PersonId::from_bytes(bytes);
    (Header::person(REGION, person), person)
}

#[tokio::test]
async fn ten_thousand_people_are_kept_and_listed() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
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

    assert_eq!(store.people_index().await.unwrap().len(), 10_000);

    assert_eq!(store.all_documents().await.unwrap().len(), 10_000);

    assert_eq!(store.bucket_digests().await.unwrap().len(), 256);

    let some: Vec<DocumentId> = (0..50).map(|number| person(number).0.id()).collect();
    assert_eq!(store.whereabouts_of(&some).await.unwrap().len(), 50);

    store
        .commit(commit(vec![about(&person(1).0, vec![evas(77)])]))
        .await
        .unwrap();

    assert_eq!(waiting(store).await.len(), 1);

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
    let batch = store.outbox_batch(5000, 2 << 20).await.unwrap().documents;
    assert_eq!(
        batch
            .iter()
            .map(|document| document.items.len())
            .sum::<usize>(),
        5000
    );
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
    assert_eq!(store.outbox_summary().await.unwrap().items, 15_000);
}
