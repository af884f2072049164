//! Settings, and what a user has opened.

use super::support::*;

#[tokio::test]
async fn settings_stay() {
    let tablet = Tablet::new().await;
    assert_eq!(tablet.store.meta_get("language").await.unwrap(), None);
    tablet.store.meta_set("language", "sv").await.unwrap();
    tablet.store.meta_set("language", "en").await.unwrap();
    let tablet = tablet.restart().await;
    assert_eq!(
        tablet.store.meta_get("language").await.unwrap().as_deref(),
        Some("en")
    );
}

#[tokio::test]
async fn the_tablet_remembers_what_each_user_has_seen() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    store
        .commit(commit(vec![about(&visit(1), vec![omars(1)])]))
        .await
        .unwrap();
    store
        .opened_set(visit(1).id(), EVA, "h1", at(1))
        .await
        .unwrap();
    store
        .opened_set(visit(1).id(), EVA, "h2", at(2))
        .await
        .unwrap();
    store
        .opened_set(visit(1).id(), DR_BERG, "h1", at(3))
        .await
        .unwrap();
    let eva = store.opened_get(visit(1).id(), EVA).await.unwrap().unwrap();
    assert_eq!((eva.heads.as_str(), eva.at), ("h2", at(2)));
    assert_eq!(store.opened_by(DR_BERG).await.unwrap().len(), 1);
    assert_eq!(store.opened_get(visit(1).id(), OMAR).await.unwrap(), None);
    // A document that is not here has nothing to remember.
    store
        .opened_set(visit(2).id(), EVA, "h1", at(4))
        .await
        .unwrap();
    assert_eq!(store.opened_get(visit(2).id(), EVA).await.unwrap(), None);
}
