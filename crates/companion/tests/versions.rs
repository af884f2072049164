//! Apps of two versions side by side: an earlier one reads what a later one wrote, keeps its hands
//! off it, and shows it as its own once it is updated.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_companion::{Knows, sync::transport::TransportError};
use hemrond_protocol::packing::Packing;
use serde_json::{Value, json};
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

/// What one day at Astrid's takes on the wire.
async fn day_at(tablet: &Tablet, document: &Value) -> usize {
    for level in 1..=8 {
        tablet.set(document, &[("cfs.level", json!(level))]).await;
    }
    tablet.sync().await;
    tablet.exchange.last_body()
}

#[tokio::test]
async fn what_eva_sends_is_packed_from_the_first_request_after_a_restart_and_plain_in_doubt() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.sync().await;
    let plain = day_at(&eva, &visit.document).await;
    // The server is updated, and says so from now on.
    day.exchange
        .spoil(Some(|answer| answer.packing = Some(Packing::read())));
    eva.sync().await;
    let packed = day_at(&eva, &visit.document).await;
    assert!(
        packed * 3 < plain * 2,
        "{packed} bytes packed, {plain} plain"
    );
    let eva = eva.restart().await;
    let after_restart = day_at(&eva, &visit.document).await;
    assert!(
        after_restart * 3 < plain * 2,
        "{after_restart} bytes after a restart"
    );

    // Something is wrong with the packed form: the plain one goes, and nothing waits for long.
    day.exchange
        .fail([TransportError::Rejected("request.malformed".to_owned())]);
    eva.set(&visit.document, &[("cfs.level", json!(6))]).await;
    assert_eq!(eva.fails("sync_now", json!({})).await, "transport.rejected");
    let in_doubt = day_at(&eva, &visit.document).await;
    assert!(
        in_doubt > packed,
        "{in_doubt} bytes in doubt, {packed} packed"
    );
    assert_eq!(eva.ok("status", json!({})).await["waiting"], 0);
}
