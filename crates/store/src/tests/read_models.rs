//! Lists follow from documents: replaced as a whole, emptied, made anew.

use super::support::*;
use crate::*;

fn first() -> ReadModels {
    ReadModels {
        visit: Some(visit_row(1)),
        notes: vec![note(1, 1, "note", EVA), note(1, 2, "note", EVA)],
        ..ReadModels::default()
    }
}

#[tokio::test]
async fn a_commit_replaces_all_rows_of_its_document_and_no_others() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    let second = ReadModels {
        visit: Some(visit_row(2)),
        notes: vec![note(2, 9, "note", OMAR)],
        ..ReadModels::default()
    };
    store
        .commit(commit(vec![
            with_models(&visit(1), first()),
            with_models(&visit(2), second),
        ]))
        .await
        .unwrap();
    let now = ReadModels {
        notes: vec![note(1, 3, "order", DR_BERG)],
        ..ReadModels::default()
    };
    store
        .commit(commit(vec![with_models(&visit(1), now)]))
        .await
        .unwrap();
    assert_eq!(
        store.notes_of_visit(visit_id(1)).await.unwrap(),
        [note(1, 3, "order", DR_BERG)]
    );
    assert_eq!(store.visits_of(ASTRID).await.unwrap(), [visit_row(2)]);

    // A commit without read models leaves them.
    store
        .commit(commit(vec![about(&visit(1), vec![evas(1)])]))
        .await
        .unwrap();
    assert_eq!(store.notes_of_visit(visit_id(1)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn where_a_document_is_named_twice_its_last_word_counts() {
    let tablet = Tablet::new().await;
    let last = ReadModels {
        notes: vec![note(1, 7, "note", OMAR)],
        ..ReadModels::default()
    };
    let twice = vec![
        DocumentCommit {
            new_items: vec![evas(1)],
            ..with_models(&visit(1), first())
        },
        DocumentCommit {
            new_items: vec![evas(2)],
            ..with_models(&visit(1), last)
        },
    ];
    tablet.store.commit(commit(twice)).await.unwrap();
    assert_eq!(held(&tablet.store, visit(1).id()).await, [1, 2]);
    let notes = tablet.store.notes_of_visit(visit_id(1)).await.unwrap();
    assert_eq!(notes, [note(1, 7, "note", OMAR)]);
}

#[tokio::test]
async fn a_row_that_names_another_document_is_refused() {
    let tablet = Tablet::new().await;
    let models = ReadModels {
        notes: vec![note(2, 1, "note", EVA)],
        ..ReadModels::default()
    };
    let error = tablet
        .store
        .commit(commit(vec![with_models(&visit(1), models)]))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "store.invalid");
    assert_eq!(tablet.store.document_count().await.unwrap(), 0);
}

#[tokio::test]
async fn two_rows_with_one_key_do_not_keep_the_items_from_the_disk() {
    let tablet = Tablet::new().await;
    let models = ReadModels {
        notes: vec![note(1, 1, "note", EVA), note(1, 1, "order", EVA)],
        ..ReadModels::default()
    };
    let document = DocumentCommit {
        new_items: vec![evas(1)],
        ..with_models(&visit(1), models)
    };
    tablet.store.commit(commit(vec![document])).await.unwrap();
    assert_eq!(held(&tablet.store, visit(1).id()).await, [1]);
    assert_eq!(tablet.store.notes_of(ASTRID).await.unwrap().len(), 1);
}

#[tokio::test]
async fn lists_made_anew_are_the_same_lists() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    let people = ReadModels {
        person: Some(person_row(&astrid(), ASTRID, "Öberg")),
        ..ReadModels::default()
    };
    let documents = || {
        vec![
            with_models(&visit(1), first()),
            with_models(&astrid(), people.clone()),
        ]
    };
    store.commit(commit(documents())).await.unwrap();
    let before = store.dump_read_models().await.unwrap();
    assert_eq!(before.len(), crate::write::read_models::TABLES.len());
    assert_eq!(before["notes"].len(), 2);
    assert!(before["people"][0].contains("family_name='Öberg'"));

    store.clear_read_models().await.unwrap();
    assert_eq!(store.visits_of(ASTRID).await.unwrap(), []);
    assert!(
        store
            .dump_read_models()
            .await
            .unwrap()
            .values()
            .all(Vec::is_empty)
    );
    assert_eq!(store.document_count().await.unwrap(), 2);

    let mut other_order = documents();
    other_order.reverse();
    store.commit(commit(other_order)).await.unwrap();
    assert_eq!(store.dump_read_models().await.unwrap(), before);
}
