//! The access log on the tablet: written before anything is shown, kept until the server has it, and
//! compared with what the server says of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_audit::{Action, Event, Head, Record, Walk};
use hemrond_disk::{Disk, Fault, Faulty};
use hemrond_protocol::{Look, Looked, WireId};
use serde_json::{Value, json};
use support::*;

/// Everything that a tablet has logged, oldest first; its chain is whole.
async fn logged(tablet: &Tablet) -> Vec<Event> {
    let store = tablet.companion.store();
    let mut walk = Walk::default();
    let mut events = Vec::new();
    for row in store.log_from(1, 10_000).await.unwrap() {
        events.push(walk.step(&row.bytes).unwrap().event);
    }
    let head = store.log_state().await.unwrap().head;
    let head = Head {
        seq: head.seq,
        hash: head.hash,
    };
    walk.end(head).unwrap();
    events
}

/// The last event, as its action, kind and person.
async fn last(tablet: &Tablet) -> (String, String, Value) {
    let event = logged(tablet).await.pop().unwrap();
    (
        event.action.to_string(),
        event.kind.unwrap_or_default(),
        event.person.map_or(Value::Null, |id| json!(id.to_string())),
    )
}

fn was(action: &str, kind: &str, person: &Value) -> (String, String, Value) {
    (action.to_owned(), kind.to_owned(), person.clone())
}

/// AC20: every read, search, write, signature and export is in the log, offline, with who, where,
/// whose, what and when.
#[tokio::test]
async fn whatever_eva_does_is_in_the_log_with_who_whose_and_when() {
    let tablet = Day::new().tablet(Who::Eva).await;
    assert_eq!(last(&tablet).await, was("enrol", "tablet", &Value::Null));
    let astrid = tablet.astrid().await;
    assert_eq!(last(&tablet).await, was("write", "person", &astrid));
    tablet.ok("person", json!({ "person": astrid })).await;
    assert_eq!(last(&tablet).await, was("read", "person", &astrid));
    tablet.ok("search", json!({ "text": "astrid" })).await;
    assert_eq!(last(&tablet).await, was("search", "search", &Value::Null));
    tablet.later();
    tablet.ok("person", json!({ "person": astrid })).await;
    assert_eq!(last(&tablet).await, was("search_open", "person", &astrid));
    let visit = tablet.plan(&astrid).await;
    assert_eq!(last(&tablet).await, was("read", "visit", &astrid));
    tablet.ok("round", json!({})).await;
    assert_eq!(last(&tablet).await, was("read", "round", &astrid));
    tablet
        .set(&visit.document, &[("reason", json!("Yrsel och fall"))])
        .await;
    assert_eq!(last(&tablet).await, was("write", "visit", &astrid));
    tablet.ok("inbox", json!({})).await;
    assert_eq!(last(&tablet).await, was("read", "inbox", &Value::Null));
    tablet
        .ok(
            "history",
            json!({ "document": visit.document, "field": "reason" }),
        )
        .await;
    assert_eq!(last(&tablet).await, was("read", "history", &astrid));
    for event in logged(&tablet).await {
        assert_eq!(event.user, Who::Eva.id());
        assert_eq!((event.role.as_str(), event.unit), ("nurse", team()));
        assert_eq!(event.organisation, kommun());
        assert!(event.at_ms >= 1_793_000_000_000);
        let bytes = event.encode().unwrap();
        for secret in ["Astrid", "191212121212", "Yrsel", "Eva"] {
            let found = bytes
                .windows(secret.len())
                .any(|some| some == secret.as_bytes());
            assert!(!found, "{secret} stands in the log");
        }
    }
}

/// AC6: a file that leaves the tablet is in the log before it is written.
#[tokio::test]
async fn an_export_is_in_the_log_that_goes_out_with_it() {
    let tablet = Day::new().tablet(Who::Eva).await;
    let exported = tablet.ok("export_unsent", json!({})).await;
    assert_eq!(last(&tablet).await, was("export", "store", &Value::Null));
    let copy = exported["path"].as_str().unwrap();
    let copy = hemrond_store::Store::open(copy, &key()).await.unwrap();
    let rows = copy.log_from(1, 100).await.unwrap();
    let event = Record::decode(&rows.last().unwrap().bytes).unwrap().event;
    assert_eq!(event.action, Action::Export);
}

/// AC43: home help is logged by the same engine, and what it was refused is too.
#[tokio::test]
async fn what_stina_may_not_open_is_in_the_log_as_refused() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.sync().await;
    let stina = day.tablet(Who::Stina).await;
    let code = stina.call("visit", visit.args()).await.unwrap_err();
    assert_eq!(code, "policy.forbidden");
    assert_eq!(last(&stina).await, was("denied", "visit", &astrid));
    assert_eq!(logged(&stina).await.pop().unwrap().role, "hemtjanst");
}

/// AC20: a page that stands open and asks again is one look; a page opened again is another.
#[tokio::test]
async fn a_page_that_refreshes_itself_is_one_look() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.sync().await;
    let omar = day.tablet(Who::Omar).await;
    omar.visit(&visit.id).await;
    let looks = async || {
        let events = logged(&omar).await;
        events
            .iter()
            .filter(|event| event.action == Action::Read && event.kind.as_deref() == Some("visit"))
            .count()
    };
    assert_eq!(looks().await, 1);
    for word in ["Yrsel igen", "Yrsel och fall"] {
        eva.set(&visit.document, &[("reason", json!(word))]).await;
        eva.sync().await;
        // What arrives makes the open page ask again.
        omar.sync().await;
        omar.visit(&visit.id).await;
    }
    assert_eq!(looks().await, 1, "the page asked again by itself");
    omar.visit(&visit.id).await;
    assert_eq!(looks().await, 2, "nothing had changed: somebody opened it");
    eva.set(&visit.document, &[("reason", json!("Feber"))])
        .await;
    eva.sync().await;
    omar.sync().await;
    omar.clock.forward(chrono::Duration::minutes(11));
    omar.visit(&visit.id).await;
    assert_eq!(looks().await, 3, "it stood open for more than ten minutes");
}

/// AC20: if the log cannot be written, nothing is shown and nothing is changed.
#[tokio::test]
async fn a_full_disk_shows_nothing_that_is_not_in_the_log() {
    let day = Day::new();
    let disk = Disk::new();
    let tablet = day.tablet_on(&disk, Who::Eva, 0).await.unwrap();
    tablet.enrol().await;
    let astrid = tablet.astrid().await;
    let before = logged(&tablet).await.len();
    disk.fail(Fault::next(Faulty::Write).times(u64::MAX));
    for (command, args) in [
        ("person", json!({ "person": astrid })),
        ("round", json!({})),
        ("search", json!({ "text": "astrid" })),
        ("add_person", person("Karin", "Ek", "194408139089")),
    ] {
        assert_eq!(tablet.fails(command, args).await, "log.failed", "{command}");
    }
    disk.mend();
    tablet.ok("person", json!({ "person": astrid })).await;
    assert_eq!(logged(&tablet).await.len(), before + 1);
    let found = tablet.ok("search", json!({ "text": "karin" })).await;
    assert_eq!(found["people"], json!([]), "nobody was added unlogged");
}

/// AC20, AC22: the log goes first, and until the server has it the tablet says that it has not.
#[tokio::test]
async fn the_server_gets_the_log_and_the_tablet_knows_what_it_lacks() {
    let day = Day::new();
    day.exchange.keep_log();
    let tablet = day.tablet(Who::Eva).await;
    let astrid = tablet.astrid().await;
    let store = tablet.companion.store();
    assert!(store.log_summary().await.unwrap().unsent > 0);
    tablet.sync().await;
    assert_eq!(store.log_summary().await.unwrap().unsent, 0);
    let state = store.log_state().await.unwrap();
    assert_eq!(state.sent, state.head);
    assert_eq!(
        day.exchange.log(|book| book.records.len() as u64),
        state.head.seq
    );
    let looks = tablet.ok("who_looked", json!({ "person": astrid })).await;
    assert_eq!(looks["only_this_tablet"], true);
    assert_eq!(looks["looks"][0]["action"], "write");
    assert_eq!(looks["looks"][0]["by"]["name"], "Eva Lind");
    assert_eq!(looks["looks"][0]["on_server"], true);
    let page = tablet.ok("sync_page", json!({})).await;
    assert_eq!(page["log_findings"], json!([]));
}

/// AC16: with contact the server tells who has looked on every tablet; nothing of it is kept, so that
/// without contact only what this tablet knows is there, and it says so. A server that may not tell
/// leaves it at that too.
#[tokio::test]
async fn the_server_tells_who_has_looked_on_other_tablets() {
    let day = Day::new();
    day.exchange.keep_log();
    let tablet = day.tablet(Who::Eva).await;
    let astrid = tablet.astrid().await;
    tablet.sync().await;
    day.exchange.spoil(Some(|response| {
        let look = |at_ms, name: Option<&str>, unit: &str| Look {
            at_ms,
            user: WireId([88; 16]),
            name: name.map(str::to_owned),
            role: "doctor".to_owned(),
            unit: Some(unit.to_owned()),
            action: "read".to_owned(),
            kind: Some("visit".to_owned()),
        };
        response.looked = Some(Looked {
            refused: false,
            looks: vec![
                look(1_793_000_000_000, Some("Anna Berg"), "Vårdcentralen"),
                look(1_792_000_000_000, None, "Närakuten, Region Hemrond"),
                // No moment at all: such a line is none.
                look(i64::MAX, Some("Ingen"), "Ingenstans"),
            ],
        });
    }));
    let about = json!({ "person": astrid });
    let looks = tablet.ok("who_looked", about.clone()).await;
    assert_eq!(looks["only_this_tablet"], false);
    assert_eq!(looks["looks"].as_array().unwrap().len(), 2, "{looks}");
    assert_eq!(looks["looks"][0]["by"]["name"], "Anna Berg");
    assert_eq!(looks["looks"][0]["by"]["role"], "doctor");
    assert_eq!(looks["looks"][0]["unit"], "Vårdcentralen");
    assert_eq!(looks["looks"][1]["by"]["name"], json!(null));
    assert_eq!(looks["looks"][1]["unit"], "Närakuten, Region Hemrond");

    // Kept nowhere: what the tablet knows itself is what it did itself.
    tablet.ok("set_offline", json!({ "offline": true })).await;
    let alone = tablet.ok("who_looked", about.clone()).await;
    assert_eq!(alone["only_this_tablet"], true);
    let said = alone["looks"].to_string();
    assert!(
        said.contains("Eva Lind") && said.contains("access_log"),
        "{said}"
    );
    assert!(
        !said.contains("Anna Berg") && !said.contains("Region"),
        "{said}"
    );

    tablet.ok("set_offline", json!({ "offline": false })).await;
    day.exchange.spoil(Some(|response| {
        response.looked = Some(Looked {
            refused: true,
            looks: Vec::new(),
        });
    }));
    let refused = tablet.ok("who_looked", about).await;
    assert_eq!(refused["only_this_tablet"], true);
    assert!(!refused["looks"].as_array().unwrap().is_empty());
}

/// AC20: that somebody's sheet is printed is in the log before the printer has it.
#[tokio::test]
async fn a_printed_sheet_is_in_the_log() {
    let day = Day::new();
    let tablet = day.tablet(Who::Eva).await;
    let astrid = tablet.astrid().await;
    tablet.ok("print_sheet", json!({ "person": astrid })).await;
    let looks = tablet.ok("who_looked", json!({ "person": astrid })).await;
    assert_eq!(looks["looks"][0]["action"], "print");
    assert_eq!(looks["looks"][0]["kind"], "sheet");
}

/// AC20: a server that was restored gets back what it forgot, and says by its epoch why its log is
/// shorter.
#[tokio::test]
async fn a_restored_server_gets_the_log_back_and_eva_is_told() {
    let day = Day::new();
    day.exchange.keep_log();
    let tablet = day.tablet(Who::Eva).await;
    let astrid = tablet.astrid().await;
    tablet.sync().await;
    let backup = day.exchange.log(|book| book.records.len());
    for _ in 0..5 {
        tablet.ok("person", json!({ "person": astrid })).await;
    }
    tablet.sync().await;
    let all = day.exchange.log(|book| book.records.clone());
    assert!(all.len() >= backup + 5);
    day.exchange.log(|book| book.records.truncate(backup));
    day.exchange.begin_epoch(6);
    tablet.sync().await;
    let held = day.exchange.log(|book| book.records.clone());
    assert_eq!(held[..all.len()], all[..]);
    let page = tablet.ok("sync_page", json!({})).await;
    assert_eq!(page["log_findings"][0]["reason"]["code"], "log.restored");
    assert_eq!(page["log_findings"].as_array().unwrap().len(), 1);
}

/// AC20: a server that changed its log under the same epoch is found out; both sides are kept, the
/// tablet says so, and the next server that hears its log knows.
#[tokio::test]
async fn a_server_that_changes_its_log_is_found_out() {
    let day = Day::new();
    day.exchange.keep_log();
    let tablet = day.tablet(Who::Eva).await;
    tablet.astrid().await;
    tablet.sync().await;
    tablet.sync().await;
    let store = tablet.companion.store();
    assert_eq!(store.log_findings().await.unwrap(), vec![]);
    // One byte of one record that others sent.
    day.exchange.log(|book| {
        let (_, first) = &mut book.records[0];
        let last = first.len() - 1;
        first[last] ^= 1;
    });
    tablet.ok("round", json!({})).await;
    tablet.sync().await;
    let findings = store.log_findings().await.unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, "log.inconsistent");
    assert!(findings[0].remembered.contains("hemrond-access-log"));
    assert_ne!(findings[0].remembered, findings[0].found);
    let page = tablet.ok("sync_page", json!({})).await;
    let told = &page["log_findings"][0]["reason"];
    assert_eq!(told["code"], "log.inconsistent");
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("informationssäkerheten")
    );
    let alarm = logged(&tablet).await.into_iter().rev();
    let alarm = alarm
        .filter(|event| event.action == Action::Alarm)
        .collect::<Vec<_>>();
    assert_eq!(alarm.len(), 1);
    assert_eq!(alarm[0].reason.as_deref(), Some("log.inconsistent"));
    // Told once, not with every sync.
    tablet.sync().await;
    tablet.sync().await;
    assert_eq!(store.log_findings().await.unwrap().len(), 1);
}

/// AC20: another key is not taken for the log's.
/// Eva's tablet went back to an older copy of itself: its new records take numbers that are taken, and the
/// server says so of each of them.
#[tokio::test]
async fn that_the_log_is_broken_is_written_once_and_not_once_for_each_telling() {
    let day = Day::new();
    day.exchange.keep_log();
    let tablet = day.tablet(Who::Eva).await;
    tablet.astrid().await;
    tablet.sync().await;
    day.exchange.spoil(Some(|answer| {
        if let Some(logged) = &mut answer.logged {
            logged.broken = true;
        }
    }));
    for _ in 0..4 {
        tablet.ok("round", json!({})).await;
        tablet.later();
        tablet.sync().await;
    }
    let is_alarm = |event: &Event| event.action == Action::Alarm;
    let alarms = logged(&tablet).await.into_iter().filter(is_alarm);
    let reasons: Vec<_> = alarms.filter_map(|event| event.reason).collect();
    assert_eq!(reasons, ["log.broken"]);
    let store = tablet.companion.store();
    assert_eq!(store.log_findings().await.unwrap().len(), 1);
    assert_eq!(
        store.log_summary().await.unwrap().unsent,
        0,
        "the server gets to the end of it"
    );
}

#[tokio::test]
async fn a_log_that_is_suddenly_signed_by_another_key_is_found_out() {
    let day = Day::new();
    day.exchange.keep_log();
    let tablet = day.tablet(Who::Eva).await;
    tablet.sync().await;
    day.exchange.sign_log_with(9);
    tablet.ok("round", json!({})).await;
    tablet.sync().await;
    let findings = tablet.companion.store().log_findings().await.unwrap();
    assert_eq!(findings[0].code, "log.key_changed");
}

/// AC20: for a while Eva's tablet believes that it is three years ago. What the server acknowledged then looks
/// old afterwards, and stays all the same, for what is older than it stays too: a restored server gets the whole
/// log back, and its end.
#[tokio::test]
async fn a_clock_that_was_wrong_for_a_while_leaves_no_hole_in_the_log() {
    let day = Day::new();
    day.exchange.keep_log();
    let tablet = day.tablet(Who::Eva).await;
    tablet.astrid().await;
    tablet.sync().await;
    tablet.clock.forward(chrono::Duration::days(-1_100));
    tablet.ok("round", json!({})).await;
    tablet.sync().await;
    tablet.clock.forward(chrono::Duration::days(1_101));
    day.exchange.forward(chrono::Duration::days(1));
    tablet.ok("round", json!({})).await;
    tablet.sync().await;
    let all = logged(&tablet).await.len();
    day.exchange.log(|book| book.records.clear());
    tablet.ok("round", json!({})).await;
    tablet.sync().await;
    tablet.sync().await;
    assert!(logged(&tablet).await.len() > all, "none is missing");
    let store = tablet.companion.store();
    assert_eq!(store.log_summary().await.unwrap().unsent, 0);
    let state = store.log_state().await.unwrap();
    assert_eq!(state.sent, state.head);
}

/// AC20: whichever way the tablet's clock is wrong, what the server has had for a day only stays for a server
/// that is restored.
#[tokio::test]
async fn a_clock_that_is_wrong_by_years_takes_nothing_of_the_log_away() {
    for years in [3, -3] {
        let day = Day::new();
        day.exchange.keep_log();
        let tablet = day.tablet(Who::Eva).await;
        let store = tablet.companion.store();
        tablet.sync().await;
        tablet.clock.forward(chrono::Duration::days(365 * years));
        tablet.ok("round", json!({})).await;
        tablet.sync().await;
        // Somebody sets the clock right.
        tablet
            .clock
            .forward(chrono::Duration::days(-365 * years + 1));
        day.exchange.forward(chrono::Duration::days(1));
        tablet.sync().await;
        let rows = store.log_from(1, 100).await.unwrap();
        let state = store.log_state().await.unwrap();
        let numbers = rows.iter().map(|row| row.place.seq);
        assert!(numbers.eq(1..=state.head.seq), "{years} years");
    }
}

/// AC20: what the server has stays on the tablet for a while, for a server that is restored, and
/// then goes; what it has not stays.
#[tokio::test]
async fn records_stay_for_ninety_days_after_the_server_has_them() {
    let day = Day::new();
    let tablet = day.tablet(Who::Eva).await;
    let time_passes = |days| {
        let by = chrono::Duration::days(days);
        tablet.clock.forward(by);
        day.exchange.forward(by);
    };
    time_passes(200);
    tablet.sync().await;
    let store = tablet.companion.store();
    let unsent = store.log_summary().await.unwrap().unsent;
    assert!(unsent > 0, "a server that keeps no log acknowledges none");
    day.exchange.keep_log();
    tablet.sync().await;
    time_passes(89);
    tablet.sync().await;
    assert!(!store.log_from(1, 100).await.unwrap().is_empty());
    time_passes(2);
    tablet.sync().await;
    assert!(store.log_from(1, 100).await.unwrap().is_empty());
    // The chain goes on where it ended, and a server that forgot everything gets what there is.
    day.exchange.log(|book| book.records.clear());
    tablet.ok("round", json!({})).await;
    tablet.sync().await;
    assert_eq!(store.log_summary().await.unwrap().unsent, 0);
    // The look at the round, and that the server's log was another.
    assert_eq!(day.exchange.log(|book| book.records.len()), 2);
}

/// What one entry adds to opening a person, printed and not judged: run it with
/// `cargo nextest run -p hemrond-companion --run-ignored all --no-capture -E 'test(costs)'`.
#[tokio::test]
#[ignore = "a figure to print, not a test"]
async fn what_a_log_entry_costs() {
    let tablet = Day::new().tablet(Who::Eva).await;
    let astrid = tablet.astrid().await;
    let median = |mut times: Vec<std::time::Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let (mut whole, mut entries) = (Vec::new(), Vec::new());
    let store = tablet.companion.store();
    let event = logged(&tablet).await.remove(0);
    for number in 0..1_000 {
        let begun = std::time::Instant::now();
        tablet.ok("person", json!({ "person": astrid })).await;
        whole.push(begun.elapsed());
        // The same work alone: look where the chain ends, write the next record, wait for the disk.
        let begun = std::time::Instant::now();
        let after = store.log_state().await.unwrap().head;
        let mut event = event.clone();
        event.at_ms += number;
        let head = Head {
            seq: after.seq,
            hash: after.hash,
        };
        let (bytes, next) = head.next(event).unwrap();
        let record = hemrond_store::NewLogRecord {
            after,
            hash: next.hash,
            bytes,
            person: None,
            at: chrono::DateTime::UNIX_EPOCH,
        };
        store.log_append(&record).await.unwrap();
        entries.push(begun.elapsed());
    }
    println!(
        "opening a person, median of 1,000: {:?}; of which the log entry: {:?}",
        median(whole),
        median(entries)
    );
}
