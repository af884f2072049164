//! What the server did not take: what it never came to reading waits on, what may be taken later goes again
//! by itself, and what nobody needs any more can be laid aside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_audit::{Action, Record};
use hemrond_disk::Disk;
use hemrond_protocol::{Outcome, SyncResponse};
use serde_json::{Value, json};
use support::*;

/// How many changes wait, are refused, and were laid aside.
async fn counts(tablet: &Tablet) -> (u64, u64, u64) {
    let status = tablet.ok("status", json!({})).await;
    let count = |name: &str| status[name].as_u64().unwrap();
    (count("waiting"), count("refused"), count("laid_aside"))
}

#[tokio::test]
async fn what_the_server_never_read_waits_on_and_goes_in_smaller_pushes() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.sync().await;
    for kilos in 40..140 {
        eva.set(&visit.document, &[("weight_kg", json!(kilos))])
            .await;
    }
    // A poison in a colleague's way keeps the server busy: it reads nothing of this.
    day.exchange.refuse(Some("item.unread"));
    for _ in 0..6 {
        assert_eq!(eva.fails("sync_now", json!({})).await, "transport.busy");
        assert_eq!(counts(&eva).await, (100, 0, 0));
    }
    assert_eq!(eva.ok("sync_page", json!({})).await["refused"], json!([]));
    let before = day.exchange.pushes().len();
    // Then it reads some of what comes: the rest goes in the same sync.
    day.exchange.refuse(None);
    day.exchange.spoil(Some(forty));
    eva.sync().await;
    assert_eq!(counts(&eva).await, (0, 0, 0));
    let pushes = day.exchange.pushes().split_off(before);
    assert_eq!(pushes, [78, 60, 20]);
    // Once all is there, a push is as large as ever.
    day.exchange.spoil(None);
    let omar = day.tablet(Who::Omar).await;
    let there = omar.visit(&visit.id).await;
    assert_eq!(there["fields"]["weight_kg"], 139.0);
}

/// A server that reads forty items of a push.
fn forty(response: &mut SyncResponse) {
    for verdict in response.verdicts.iter_mut().flatten().skip(40) {
        *verdict = Outcome::Refused("item.unread".to_owned());
    }
}

#[tokio::test]
async fn what_may_be_taken_later_goes_again_when_the_app_starts() {
    for (code, goes) in [
        ("kind.unknown", true),
        ("change.dependencies", true),
        ("policy.write", false),
        ("change.malformed", false),
    ] {
        let day = Day::new();
        let eva = day.tablet(Who::Eva).await;
        let astrid = eva.astrid().await;
        let visit = eva.plan(&astrid).await;
        eva.sync().await;
        day.exchange.refuse(Some(code));
        eva.set(&visit.document, &[("weight_kg", json!(61))]).await;
        eva.sync().await;
        // What builds on it is refused for that alone.
        day.exchange.refuse(Some("change.dependency_refused"));
        eva.set(&visit.document, &[("weight_kg", json!(62))]).await;
        eva.sync().await;
        assert_eq!(counts(&eva).await, (0, 2, 0), "{code}");
        // The server is updated; a running app does not know.
        day.exchange.refuse(None);
        eva.sync().await;
        assert_eq!(counts(&eva).await, (0, 2, 0), "{code}");
        let eva = eva.restart().await;
        let expected = if goes { (2, 0, 0) } else { (0, 2, 0) };
        assert_eq!(counts(&eva).await, expected, "{code}");
        eva.sync().await;
        let expected = if goes { (0, 0, 0) } else { (0, 2, 0) };
        assert_eq!(counts(&eva).await, expected, "{code}");
        let omar = day.tablet(Who::Omar).await;
        let there = omar.visit(&visit.id).await["fields"]["weight_kg"].clone();
        assert_eq!(there == json!(62.0), goes, "{code}: {there}");
    }
}

/// A tablet with a change that the server refused.
async fn refused(day: &Day) -> (Tablet, Visit) {
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.sync().await;
    day.exchange.refuse(Some("document.purged"));
    eva.set(&visit.document, &[("weight_kg", json!(61))]).await;
    eva.sync().await;
    assert_eq!(counts(&eva).await, (0, 1, 0));
    (eva, visit)
}

#[tokio::test]
async fn what_was_written_anew_can_be_laid_aside_and_is_kept() {
    let day = Day::new();
    let (eva, visit) = refused(&day).await;
    let exported = eva.ok("export_unsent", json!({})).await["items"].clone();
    let args = json!({ "document": visit.document });
    for _again in 0..2 {
        let page = eva.ok("lay_aside", args.clone()).await;
        assert_eq!(page["refused"], json!([]));
        let aside = &page["laid_aside"][0];
        assert_eq!(
            (&aside["reason"]["code"], &aside["items"], &aside["visit"]),
            (&json!("document.purged"), &json!(1), &visit.id)
        );
        assert_eq!(counts(&eva).await, (0, 0, 1));
    }
    // It is kept, given out, and nothing calls it sent.
    eva.later();
    assert_eq!(eva.ok("export_unsent", json!({})).await["items"], exported);
    let page = eva.visit(&visit.id).await;
    assert_eq!(page["fields"]["weight_kg"], 61.0);
    assert_eq!(page["whereabouts"]["is"], "refused");
    // Neither a start nor a new contact takes it up, nor does sending the rest again.
    let eva = eva.restart().await;
    eva.ok("send_again", args.clone()).await;
    eva.sync().await;
    assert_eq!(counts(&eva).await, (0, 0, 1));
    // Whoever laid it aside can take it back, and send it.
    let page = eva.ok("take_up", args.clone()).await;
    assert_eq!(page["laid_aside"], json!([]));
    assert_eq!(page["refused"][0]["visit"], visit.id);
    assert_eq!(counts(&eva).await, (0, 1, 0));
    day.exchange.refuse(None);
    eva.ok("send_again", args).await;
    eva.sync().await;
    assert_eq!(counts(&eva).await, (0, 0, 0));
}

#[tokio::test]
async fn a_further_refusal_asks_for_attention_beside_what_was_laid_aside() {
    let day = Day::new();
    let (eva, visit) = refused(&day).await;
    eva.ok("lay_aside", json!({ "document": visit.document }))
        .await;
    eva.set(&visit.document, &[("weight_kg", json!(62))]).await;
    eva.sync().await;
    assert_eq!(counts(&eva).await, (0, 1, 1));
}

/// AC20: laying aside is an act, and in the log with whose it was.
#[tokio::test]
async fn who_lays_aside_is_in_the_log() {
    let day = Day::new();
    let (eva, visit) = refused(&day).await;
    for command in ["lay_aside", "take_up"] {
        eva.ok(command, json!({ "document": visit.document })).await;
        let store = eva.companion.store();
        let rows = store.log_from(1, 10_000).await.unwrap();
        // Behind it stands whom the answer's list shows.
        let events = rows.iter().rev();
        let mut events = events.map(|row| Record::decode(&row.bytes).unwrap().event);
        let event = events.find(|event| event.action == Action::Write).unwrap();
        assert_eq!(json!(event.document), visit.document, "{command}");
        assert_eq!(json!(event.person), visit.person, "{command}");
    }
}

/// AC20: what is found in the server's log is written with the verdicts of the same answer: whatever a disk
/// still takes, both are there or neither, and with room again no sync repeats.
#[tokio::test]
async fn on_a_full_disk_what_was_found_in_the_servers_log_keeps_no_verdict_back() {
    let mut outcomes = Vec::new();
    for room in 0..24 {
        let day = Day::new();
        day.exchange.keep_log();
        let disk = Disk::new();
        let eva = day.tablet_on(&disk, Who::Eva, 0).await.unwrap();
        eva.enrol().await;
        let astrid = eva.astrid().await;
        let visit = eva.plan(&astrid).await;
        eva.sync().await;
        eva.sync().await;
        eva.set(&visit.document, &[("weight_kg", json!(61))]).await;
        // One byte of one record, in a server that says nothing of a restore.
        day.exchange.log(|book| {
            let (_, first) = &mut book.records[0];
            let last = first.len() - 1;
            first[last] ^= 1;
        });
        disk.set_capacity(Some(disk.used() + room * (16 << 10)));
        let synced = eva.call("sync_now", json!({})).await;
        let store = eva.companion.store();
        let found = store.log_findings().await.unwrap().len();
        let waiting = counts(&eva).await.0;
        assert_eq!((waiting, found), if found == 0 { (1, 0) } else { (0, 1) });
        assert!(found == 1 || synced.is_err());
        outcomes.push(found);
        disk.set_capacity(None);
        eva.sync().await;
        eva.sync().await;
        assert_eq!(counts(&eva).await, (0, 0, 0));
        let findings: Vec<Value> = store
            .log_findings()
            .await
            .unwrap()
            .into_iter()
            .map(|finding| json!(finding.code))
            .collect();
        assert_eq!(findings, [json!("log.inconsistent")]);
    }
    // The disk was too full at first, and had room at last.
    assert!(
        outcomes.contains(&0) && outcomes.contains(&1),
        "{outcomes:?}"
    );
}
