//! Apps of two versions side by side: an earlier one reads what a later one wrote, keeps its hands
//! off it, and shows it as its own once it is updated.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_companion::Knows;
use serde_json::json;
use support::*;

#[tokio::test]
async fn evas_older_app_reads_what_omars_wrote_and_writes_in_it_after_its_update() {
    let day = Day::new();
    let omar = day.tablet(Who::Omar).await;
    let eva = day.tablet(Who::Eva).await;
    let eva = eva.restart_knowing(Knows::UpTo(1)).await;
    let astrid = omar.astrid().await;
    let visit = omar.plan(&astrid).await;
    omar.set(&visit.document, &[("cfs.level", json!(6))]).await;
    omar.sync().await;
    eva.sync().await;

    let page = eva.visit(&visit.id).await;
    assert_eq!(page["read_only"], true);
    let edit = json!([{ "edit": "set", "field": "cfs.level", "value": 7 }]);
    let refused = eva.edit(&visit.document, edit.clone()).await;
    assert_eq!(refused.unwrap_err(), "document.newer_schema");
    let id = serde_json::from_value(visit.id.clone()).unwrap();
    let listed = eva.companion.store().visit(id).await.unwrap().unwrap();
    assert!(listed.read_only);

    let eva = eva.restart_knowing(Knows::Everything).await;
    let listed = eva.companion.store().visit(id).await.unwrap().unwrap();
    assert!(!listed.read_only, "the list still speaks of the older app");
    assert_eq!(eva.visit(&visit.id).await["read_only"], false);
    eva.edit(&visit.document, edit).await.unwrap();
}

#[tokio::test]
async fn what_evas_older_app_wrote_before_omars_newer_one_came_is_in_both() {
    let day = Day::new();
    let omar = day.tablet(Who::Omar).await;
    let eva = day.tablet(Who::Eva).await;
    let eva = eva.restart_knowing(Knows::UpTo(1)).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.sync().await;
    omar.sync().await;
    // Both write without a network, then meet.
    eva.set(&visit.document, &[("cfs.level", json!(6))]).await;
    omar.set(
        &visit.document,
        &[("falls.comment", json!("Har ramlat i hallen."))],
    )
    .await;
    for tablet in [&eva, &omar, &eva] {
        tablet.sync().await;
    }
    for tablet in [&eva, &omar] {
        let page = tablet.visit(&visit.id).await;
        let text = page.to_string();
        assert!(text.contains("Har ramlat i hallen."), "{page}");
        assert_eq!(page["fields"]["cfs.level"], 6, "{page}");
    }
}
