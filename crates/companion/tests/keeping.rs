//! Keeping: power cuts, full disks, refusals, newer versions, rebuilding, whereabouts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use automerge::{Automerge, ROOT, transaction::Transactable as _};
use chrono::Duration;
use hemrond_companion::sync::transport::TransportError;
use hemrond_documents::{Actor, Document};
use hemrond_domain::{
    ids::{DeviceId, PersonId, VisitId},
    record::Header,
};
use hemrond_protocol::WireHeader;
use serde_json::{Value, json};
use support::*;

/// Every page that a visit's facts stand on, for comparing what was with what is.
async fn pages(tablet: &Tablet, visit: &Visit) -> Vec<Value> {
    let mut told = vec![
        tablet.ok("round", json!({})).await,
        tablet.ok("person", json!({ "person": visit.person })).await,
        tablet.ok("search", json!({ "text": "astrid" })).await,
        tablet.ok("inbox", json!({})).await,
        tablet.visit(&visit.id).await,
    ];
    let sync = tablet.ok("sync_page", json!({})).await;
    told.extend([
        sync["waiting"].clone(),
        sync["refused"].clone(),
        sync["disagreements"].clone(),
    ]);
    told
}

#[tokio::test]
async fn whatever_was_answered_as_kept_is_there_after_a_power_cut() {
    let day = Day::new();
    let mut eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    // The power is cut after every single act, and each one is there.
    for level in 1..=9 {
        let kept = eva
            .set(&visit.document, &[("cfs.level", json!(level))])
            .await;
        assert_eq!(kept["whereabouts"]["is"], "only_here");
        eva = eva.power_cut().await;
        assert_eq!(eva.visit(&visit.id).await["fields"]["cfs.level"], level);
    }
    eva.write(&visit.document, "note", "Vid kaffet.").await;
    eva = eva.power_cut().await;
    eva.add_drug(&visit.document, 1, "Furix 40 mg", Some("C03CA01"))
        .await;
    eva = eva.power_cut().await;
    eva.ok(
        "add_note",
        json!({ "visit": visit.id, "kind": "note", "text": "Ring Karin." }),
    )
    .await;
    eva = eva.power_cut().await;
    eva.ok("sign", visit.args()).await;
    eva.later();
    let before = pages(&eva, &visit).await;
    let waiting = eva.ok("status", json!({})).await["waiting"].clone();
    eva = eva.power_cut().await;
    assert_eq!(pages(&eva, &visit).await, before);
    assert_eq!(eva.ok("status", json!({})).await["waiting"], waiting);
    // All of it, from all those starts, is Eva's, and the server takes it.
    let told = eva
        .ok(
            "history",
            json!({ "document": visit.document, "field": "cfs.level" }),
        )
        .await;
    let values = told["values"].as_array().unwrap();
    assert_eq!(values.len(), 9);
    assert!(
        values
            .iter()
            .all(|value| value["by"]["name"] == "Eva Lind" && value["here"] == true)
    );
    let status = eva.sync().await;
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(0))
    );
}

#[tokio::test]
async fn whoever_asks_may_go_away_at_any_moment_and_the_record_stays_whole() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    for patience in 0..40 {
        // A window that is closed while it saves: the save is dropped wherever it stands then.
        let edits = json!([{ "edit": "set", "field": "cfs.chronic", "value": patience }]);
        let args = json!({ "document": visit.document, "edits": edits });
        let mut save = Box::pin(eva.companion.call_json("edit", args));
        for _ in 0..patience {
            tokio::select! {
                biased;
                _ = &mut save => break,
                () = tokio::task::yield_now() => {}
            }
        }
        drop(save);
        eva.ok("status", json!({})).await;
        // The next save must stand on whatever became of it.
        eva.set(&visit.document, &[("cfs.iadl", json!(patience % 7))])
            .await;
    }
    let status = eva.sync().await;
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(0))
    );
    let fields = eva.visit(&visit.id).await["fields"].clone();
    omar.sync().await;
    assert_eq!(omar.visit(&visit.id).await["fields"], fields);
    assert_eq!(omar.visit(&visit.id).await["disagreements"], json!([]));
    let eva = eva.power_cut().await;
    assert_eq!(eva.visit(&visit.id).await["fields"], fields);
}

#[tokio::test]
async fn whereabouts_say_the_one_true_thing() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    let is = async |tablet: &Tablet| {
        let page = tablet.visit(&visit.id).await["whereabouts"].clone();
        let round = tablet.ok("round", json!({})).await["rows"][0]["whereabouts"].clone();
        assert_eq!(page, round, "two pages say different things");
        page
    };
    let only_here = is(&eva).await;
    assert_eq!(only_here["is"], "only_here");
    assert_eq!(only_here["since"], "2026-11-03T08:30:00Z");
    eva.later();
    eva.set(&visit.document, &[("weight_kg", json!(62))]).await;
    let more = is(&eva).await;
    assert_eq!(more["since"], only_here["since"], "since the oldest");
    assert_eq!(
        more["changes"].as_u64().unwrap(),
        only_here["changes"].as_u64().unwrap() + 1
    );
    // Sent and no answer: still only here.
    day.exchange.fail([TransportError::Timeout]);
    assert_eq!(eva.fails("sync_now", json!({})).await, "transport.timeout");
    assert_eq!(is(&eva).await, more);
    let status = eva.ok("status", json!({})).await;
    assert_eq!(status["connection"], "offline");
    assert_eq!(status["waiting_since"], only_here["since"]);
    eva.later();
    eva.sync().await;
    let there = is(&eva).await;
    assert_eq!(
        (&there["is"], &there["at"]),
        (&json!("on_server"), &json!("2026-11-03T08:32:00Z"))
    );
    // For Omar, who wrote nothing, there is nothing to tell.
    omar.sync().await;
    assert_eq!(is(&omar).await["is"], "unchanged");
    omar.ok("mark_seen", visit.args()).await;
    assert_eq!(is(&omar).await["is"], "only_here");
    omar.sync().await;
    eva.sync().await;
    let seen = is(&eva).await;
    assert_eq!(
        (&seen["is"], &seen["by"]),
        (&json!("seen"), &json!("Omar Haddad"))
    );
    // Eva's own having seen is nobody's seal, and a new answer is not seen.
    eva.set(&visit.document, &[("weight_kg", json!(61))]).await;
    eva.ok("mark_seen", visit.args()).await;
    eva.sync().await;
    assert_eq!(is(&eva).await["is"], "on_server");

    // Refused: kept, and said so, with why.
    day.exchange.refuse(Some("policy.write"));
    eva.set(&visit.document, &[("weight_kg", json!(60))]).await;
    let status = eva.sync().await;
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(
        is(&eva).await,
        json!({ "is": "refused", "code": "policy.write" })
    );
    assert_eq!(eva.visit(&visit.id).await["fields"]["weight_kg"], 60.0);
    let refused = eva.ok("sync_page", json!({})).await["refused"].clone();
    assert_eq!(
        (&refused[0]["items"], &refused[0]["visit"]),
        (&json!(1), &visit.id)
    );
    assert_eq!(refused[0]["person"]["name"], "Astrid Svensson");
    let message = refused[0]["reason"]["message"].as_str().unwrap();
    assert!(message.contains("kvar"), "{message}");
    let eva = eva.power_cut().await;
    assert_eq!(is(&eva).await["is"], "refused");
}

#[tokio::test]
async fn what_is_written_after_a_document_went_and_came_back_takes_nobodys_place() {
    let day = Day::new();
    let omar = day.tablet(Who::Omar).await;
    let eva = day.tablet(Who::Eva).await;
    let astrid = omar.astrid().await;
    let visit = omar.plan(&astrid).await;
    omar.sync().await;
    eva.sync().await;
    eva.set(&visit.document, &[("weight_kg", json!(62))]).await;
    eva.sync().await;
    omar.sync().await;
    // Eva's role goes and comes while the server is put back to before she wrote.
    day.exchange.forget_part_of(&visit.document, Who::Eva);
    eva.sync().await;
    assert_eq!(
        eva.fails("visit", visit.args()).await,
        "visit.unknown",
        "it went"
    );
    eva.sync().await;
    assert_eq!(
        eva.visit(&visit.id).await["fields"]["weight_kg"],
        json!(null)
    );
    // Her first answer lives on at Omar's. The exchange would find it if her second took its place.
    eva.set(&visit.document, &[("weight_kg", json!(61))]).await;
    eva.sync().await;
    omar.sync().await;
    let page = omar.visit(&visit.id).await;
    let answers = page["disagreements"].to_string();
    assert!(answers.contains("62") && answers.contains("61"), "{page}");
}

#[tokio::test]
async fn the_line_at_the_top_tells_what_is_wrong_with_the_connection() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    eva.astrid().await;
    for (fault, code, connection) in [
        (
            TransportError::Unreachable("none".to_owned()),
            "transport.unreachable",
            "offline",
        ),
        (TransportError::Timeout, "transport.timeout", "offline"),
        (TransportError::Busy, "transport.busy", "offline"),
        (
            TransportError::Failed(503),
            "transport.server_failed",
            "offline",
        ),
        (
            TransportError::NotHemrond,
            "transport.not_hemrond",
            "offline",
        ),
        (
            TransportError::Rejected("device.revoked".to_owned()),
            "device.revoked",
            "rejected",
        ),
    ] {
        day.exchange.fail([fault]);
        assert_eq!(eva.fails("sync_now", json!({})).await, code);
        let page = eva.ok("sync_page", json!({})).await;
        assert_eq!(page["last_failure"]["code"], code);
        assert_eq!(page["status"]["connection"], connection, "{code}");
        assert_eq!(page["status"]["waiting"], 1, "{code}");
        assert_eq!(page["waiting"][0]["person"]["name"], "Astrid Svensson");
    }
    eva.later();
    let status = eva.sync().await;
    assert_eq!(status["last_contact"], "2026-11-03T08:31:00Z");
    let page = eva.ok("sync_page", json!({})).await;
    assert_eq!(
        (&page["last_failure"], &page["waiting"]),
        (&json!(null), &json!([]))
    );
    // Offline by choice is told apart, and outlives a start.
    let status = eva.ok("set_offline", json!({ "offline": true })).await;
    assert_eq!(status["connection"], "offline");
    assert_eq!(
        eva.fails("sync_now", json!({})).await,
        "sync.offline_by_choice"
    );
    let eva = eva.restart().await;
    let page = eva.ok("sync_page", json!({})).await;
    assert_eq!(page["status"]["connection"], "offline");
    assert_eq!(page["last_failure"]["code"], "sync.offline_by_choice");
    eva.ok("set_offline", json!({ "offline": false })).await;
    assert_eq!(eva.sync().await["connection"], "online");
}

#[tokio::test]
async fn rebuilding_makes_the_same_lists_again() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let stina = day.tablet(Who::Stina).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.sync().await;
    for tablet in [&omar, &stina] {
        tablet.sync().await;
    }
    // Something of everything: a dispute, a settlement, a signature, an addition, notes, drugs.
    eva.set(
        &visit.document,
        &[("cfs.level", json!(6)), ("weight_kg", json!(60))],
    )
    .await;
    omar.set(
        &visit.document,
        &[("cfs.level", json!(5)), ("weight_kg", json!(61))],
    )
    .await;
    let tile = json!([{ "what": "gait", "degree": "worse" }]);
    stina
        .ok(
            "observe",
            json!({ "person": astrid, "tiles": tile, "words": "Ostadig" }),
        )
        .await;
    for tablet in [&omar, &stina, &eva] {
        tablet.sync().await;
    }
    let settle = json!({ "document": visit.document, "field": "cfs.level", "value": 6 });
    eva.ok("settle", settle).await;
    eva.add_drug(&visit.document, 1, "Furix 40 mg", Some("C03CA01"))
        .await;
    eva.ok(
        "add_note",
        json!({ "visit": visit.id, "kind": "question", "text": "Dos?" }),
    )
    .await;
    let settle = json!({ "document": visit.document, "field": "weight_kg", "value": 60.0 });
    eva.ok("settle", settle).await;
    eva.ok("sign", visit.args()).await;
    eva.later();
    eva.set(&visit.document, &[("falls.vision", json!(true))])
        .await;
    eva.add_person("Åke", "Öström", "194408139089").await;
    // The unshown stay unshown, too.
    let unknown = unknown_kind();
    day.exchange.feed(unknown, genesis_of_a_visit(), None);
    eva.sync().await;
    omar.sync().await;
    omar.set(&visit.document, &[("falls.limbs", json!(true))])
        .await;
    omar.sync().await;
    eva.sync().await;
    day.clock.forward(Duration::hours(2));
    eva.visit(&visit.id).await;
    let before = pages(&eva, &visit).await;
    let unshown = eva.ok("sync_page", json!({})).await["unshown"].clone();
    assert_eq!(unshown.as_array().unwrap().len(), 1);

    let folder = std::sync::Arc::clone(&eva.folder);
    let (clock, exchange) = (
        std::sync::Arc::clone(&eva.clock),
        std::sync::Arc::clone(&eva.exchange),
    );
    let store = eva.into_store().await;
    let kept = store.dump_read_models().await.unwrap();
    assert!(
        kept.values().filter(|rows| !rows.is_empty()).count() >= 8,
        "{kept:?}"
    );
    store.close().await.unwrap();
    drop(store);
    let companion = open(folder.path(), &clock, &exchange, 777).await.unwrap();
    let rebuilt = companion.call_json("rebuild", json!({})).await.unwrap();
    assert!(rebuilt["documents"].as_u64().unwrap() >= 5, "{rebuilt}");
    let round = companion.call_json("round", json!({})).await.unwrap();
    assert_eq!(round, before[0]);
    let page = companion.call_json("visit", visit.args()).await.unwrap();
    // A start begins a new sitting: what was told as news is no news any more.
    let without_news = |page: &Value| {
        let mut page = page.clone();
        page["changes"] = Value::Null;
        page
    };
    assert_eq!(without_news(&page), without_news(&before[4]));
    let sync = companion.call_json("sync_page", json!({})).await.unwrap();
    assert_eq!(sync["unshown"], unshown);
    companion.close().await.unwrap();
    let store = hemrond_store::Store::open(folder.path().join("tablet.db"), &key())
        .await
        .unwrap();
    assert_eq!(store.dump_read_models().await.unwrap(), kept);
}

fn unknown_kind() -> WireHeader {
    WireHeader {
        kind: "wound-photo".to_owned(),
        organisation: kommun().into(),
        unit: Some(team().into()),
        person: Some(PersonId::from_bytes([4; 16]).into()),
        part: "sår-1".to_owned(),
    }
}

fn some_visit() -> Header {
    Header::visit(
        kommun(),
        team(),
        PersonId::from_bytes([4; 16]),
        VisitId::from_bytes([6; 16]),
    )
}

/// A sound change, whatever it is of.
fn genesis_of_a_visit() -> Vec<u8> {
    let document = Document::create(&some_visit(), Actor::from_random([8; 16])).unwrap();
    document.changes()[0].bytes.clone()
}

#[tokio::test]
async fn a_kind_that_only_a_newer_version_knows_is_carried_and_named() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    day.exchange
        .feed(unknown_kind(), genesis_of_a_visit(), None);
    let status = eva.sync().await;
    assert_eq!(status["connection"], "online");
    let eva = eva.power_cut().await;
    let unshown = eva.ok("sync_page", json!({})).await["unshown"].clone();
    assert_eq!(unshown[0]["kind"], "wound-photo");
    assert_eq!(unshown[0]["reason"]["code"], "document.newer_kind");
    assert!(
        unshown[0]["reason"]["message"]
            .as_str()
            .unwrap()
            .contains("Uppdatera appen")
    );
    // It blocks nothing.
    eva.astrid().await;
    assert_eq!(eva.sync().await["waiting"], 0);
}

#[tokio::test]
async fn a_visit_that_a_newer_version_has_written_in_can_be_read_and_not_changed() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.write(&visit.document, "note", "Trött.").await;
    eva.sync().await;
    omar.sync().await;

    // Somewhere a newer app has written: a newer schema, and a field that nobody here knows.
    let header = Header::visit(
        kommun(),
        team(),
        serde_json::from_value(astrid.clone()).unwrap(),
        serde_json::from_value(visit.id.clone()).unwrap(),
    );
    let store = omar.into_store().await;
    let stored = store.load(header.id()).await.unwrap().unwrap();
    let loaded = Document::load(
        &header,
        Actor::from_random([8; 16]),
        stored
            .items
            .iter()
            .filter(|item| item.kind == hemrond_store::ItemKind::Change)
            .map(|item| &item.bytes),
    )
    .unwrap();
    let mut newer = Automerge::new();
    let changes = loaded.document.changes();
    newer
        .apply_changes(
            changes
                .iter()
                .map(|change| automerge::Change::from_bytes(change.bytes.clone()).unwrap()),
        )
        .unwrap();
    newer.set_actor(automerge::ActorId::from([0x44; 16]));
    newer
        .transact::<_, _, automerge::AutomergeError>(|transaction| {
            transaction.put(ROOT, "schema", 99_i64)?;
            Ok(())
        })
        .unwrap();
    let bytes = newer.get_last_local_change().unwrap().raw_bytes().to_vec();
    let device = DeviceId::from_bytes([150; 16]);
    day.exchange
        .feed(WireHeader::from(&header), bytes, Some((Who::Omar, device)));

    eva.sync().await;
    let page = eva.visit(&visit.id).await;
    assert_eq!(page["read_only"], true);
    assert_eq!(page["texts"]["note"], "Trött.");
    assert!(
        page["sign_obstacles"]
            .to_string()
            .contains("sign.obstacle.newer")
    );
    let edit = json!([{ "edit": "set", "field": "cfs.level", "value": 6 }]);
    assert_eq!(
        eva.edit(&visit.document, edit).await.unwrap_err(),
        "document.newer_schema"
    );
    assert_eq!(eva.fails("sign", visit.args()).await, "sign.obstacle");
    let note = json!({ "visit": visit.id, "kind": "note", "text": "Hej" });
    assert_eq!(eva.fails("add_note", note).await, "document.newer_schema");
    assert_eq!(eva.ok("status", json!({})).await["waiting"], 0);
    // Other visits are as they were.
    eva.plan(&astrid).await;
    assert_eq!(eva.sync().await["waiting"], 0);
}

#[tokio::test]
async fn rubbish_from_the_server_hides_nothing_and_stops_nothing() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.set(&visit.document, &[("cfs.level", json!(6))]).await;
    eva.sync().await;
    let header = Header::visit(
        kommun(),
        team(),
        serde_json::from_value(astrid.clone()).unwrap(),
        serde_json::from_value(visit.id.clone()).unwrap(),
    );
    let sound = genesis_of_a_visit();
    let mut torn = sound.clone();
    torn.truncate(torn.len() / 2);
    for bytes in [Vec::new(), b"hej".to_vec(), vec![0xff; 300], torn, sound] {
        day.exchange.feed(WireHeader::from(&header), bytes, None);
    }
    omar.sync().await;
    assert_eq!(omar.visit(&visit.id).await["fields"]["cfs.level"], 6);
    omar.set(&visit.document, &[("cfs.level", json!(7))]).await;
    omar.sync().await;
    eva.sync().await;
    assert_eq!(eva.visit(&visit.id).await["fields"]["cfs.level"], 7);
    let eva = eva.power_cut().await;
    assert_eq!(eva.visit(&visit.id).await["fields"]["cfs.level"], 7);
}

#[tokio::test]
async fn the_export_holds_what_the_server_has_not_got_and_opens_with_the_tablets_key() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    let exported = eva.ok("export_unsent", json!({})).await;
    assert_eq!(exported["items"], 3);
    let path = exported["path"].as_str().unwrap().to_owned();
    let copy = hemrond_store::Store::open(&path, &key()).await.unwrap();
    assert_eq!(copy.outbox_summary().await.unwrap().items, 3);
    copy.close().await.unwrap();
    let other = hemrond_store::Key::new([1; 32]);
    assert!(hemrond_store::Store::open(&path, &other).await.is_err());
    // It disturbs nothing, and can be made again.
    eva.later();
    eva.set(&visit.document, &[("cfs.level", json!(6))]).await;
    assert_eq!(eva.ok("export_unsent", json!({})).await["items"], 4);
}

#[tokio::test]
async fn a_network_too_slow_for_a_days_work_gets_it_in_smaller_pieces() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    for round in 0..150 {
        eva.set(&visit.document, &[("cfs.chronic", json!(round % 90))])
            .await;
    }
    let waiting = eva.ok("status", json!({})).await["waiting"]
        .as_u64()
        .unwrap();
    assert!(waiting > 150);
    let most = |pushes: &[usize]| pushes.iter().copied().max().unwrap_or_default();
    for _ in 0..6 {
        day.exchange.fail([TransportError::Timeout]);
        assert_eq!(eva.fails("sync_now", json!({})).await, "transport.timeout");
    }
    let before = day.exchange.pushes().len();
    assert_eq!(eva.sync().await["waiting"], 0);
    let pushes = day.exchange.pushes().split_off(before);
    assert!(pushes.len() >= 2 && most(&pushes) < 100, "{pushes:?}");
    // With what the visit's schema adds, which nobody wrote and nobody is told of.
    assert_eq!(
        u64::try_from(pushes.iter().sum::<usize>()).unwrap(),
        waiting + 1
    );
    // Once it came through, everything goes at once again.
    for round in 0..150 {
        eva.set(&visit.document, &[("cfs.chronic", json!(round % 80))])
            .await;
    }
    let before = day.exchange.pushes().len();
    eva.sync().await;
    assert_eq!(day.exchange.pushes().split_off(before), [150]);
}
