//! Documents that are here and that no list shows.

use super::support::*;
use crate::*;

fn told() -> ReadModels {
    ReadModels {
        visit: Some(visit_row(1)),
        notes: vec![note(1, 1, "note", EVA)],
        ..ReadModels::default()
    }
}

/// AC13: what a block hides stands in no list, whatever comes for it, also after a restart; its items
/// stay, and showing it again brings its rows back.
#[tokio::test]
async fn a_hidden_document_stands_in_no_list_until_it_is_shown() {
    let tablet = tablet_with(vec![(visit(1), told())]).await;
    let id = visit(1).id();
    tablet.store.hide(&[id], &[], at(1)).await.unwrap();
    assert_eq!(tablet.store.visits_of(ASTRID).await.unwrap(), []);
    assert_eq!(tablet.store.hidden_documents().await.unwrap(), [id]);
    let tablet = tablet.restart().await;
    let store = &tablet.store;
    let more = DocumentCommit {
        new_items: vec![omars(7)],
        ..with_models(&visit(1), told())
    };
    store.commit(commit(vec![more])).await.unwrap();
    assert_eq!(store.notes_of_visit(visit_id(1)).await.unwrap(), []);
    assert!(held(store, id).await.contains(&7), "its items are kept");
    let about = store.health_documents_of(&[ASTRID]).await.unwrap();
    assert_eq!(about.len(), 1);

    let shown = with_models(&visit(1), told());
    store.hide(&[], &[shown], at(2)).await.unwrap();
    assert_eq!(store.visits_of(ASTRID).await.unwrap(), [visit_row(1)]);
    assert_eq!(store.hidden_documents().await.unwrap(), []);
}
