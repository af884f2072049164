//! The administrator's commands for the access log, by the real program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_audit::{Action, Event, Head, Record, SERVER};
use hemrond_server::storage::{LogGiven, LogQuery};
use std::process::{Command, Stdio};
use support::{ASTRID, Backend, KOMMUN, Place, TEAM, Town};

/// What the program said, and whether it ended well.
fn run(place: &Place, arguments: &[&str]) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_hemrond-server"))
        .env("HEMROND_DATABASE", place.text())
        .env_remove("HEMROND_DATABASE_FILE")
        .stdin(Stdio::null())
        .args(arguments)
        .output()
        .unwrap();
    let mut said = String::from_utf8(output.stdout).unwrap();
    said += &String::from_utf8_lossy(&output.stderr);
    (said, output.status.success())
}

/// A town in which Eva has opened Astrid's page nine times.
async fn a_day() -> Town {
    let town = Town::new(Backend::Sqlite).await;
    let eva = town.tablet("Eva").await;
    let mut head = Head::default();
    let mut records = Vec::new();
    for minute in 0..9 {
        let event = Event {
            action: Action::Read,
            user: eva.user.id,
            role: "nurse".to_owned(),
            unit: TEAM,
            organisation: KOMMUN,
            device: eva.device,
            person: Some(ASTRID),
            kind: Some("visit".to_owned()),
            document: None,
            reason: None,
            basis: None,
            at_ms: 1_793_000_000_000 + minute * 60_000,
        };
        let (bytes, next) = head.next(event).unwrap();
        records.push(bytes);
        head = next;
    }
    let given = LogGiven {
        sender: eva.device,
        user: eva.user.id,
        organisation: KOMMUN,
        after: Head::default(),
        records,
        oldest: false,
    };
    town.storage
        .take_log(&given, 1_793_000_600_000)
        .await
        .unwrap();
    town
}

/// The actions of the server's own chain.
async fn own_acts(town: &Town) -> Vec<String> {
    let query = LogQuery {
        from: 0,
        person: None,
        most: 1_000,
    };
    let entries = town.storage.log_entries(query).await.unwrap();
    entries
        .iter()
        .filter(|entry| entry.sender == SERVER)
        .map(|entry| Record::decode(&entry.bytes).unwrap().event)
        .map(|event| format!("{} {}", event.action, event.reason.unwrap_or_default()))
        .collect()
}

/// AC16: Astrid gets her extract with times, units and acts; that it was made is logged, about her.
#[tokio::test]
async fn astrid_gets_her_extract() {
    let town = a_day().await;
    let person = ASTRID.to_string();
    let asked = [
        "log",
        "extract",
        "--person",
        &person,
        "--asked-by",
        "Maj Ek",
    ];
    let (said, well) = run(&town.place, &asked);
    assert!(well, "{said}");
    assert!(said.contains("Utdrag ur åtkomstloggen"), "{said}");
    let line = "Mobila teamet, Hemrond kommun: har läst (hembesök)";
    assert_eq!(said.matches(line).count(), 9, "{said}");
    // Making the extract is itself in it.
    assert!(said.contains("har gjort ett utdrag ur loggen"), "{said}");
    assert!(!said.contains("Eva"), "{said}");
    assert!(own_acts(&town).await.contains(&"extract Maj Ek".to_owned()));
    let (english, _) = run(&town.place, &[&asked[..], &["--language", "en"]].concat());
    assert!(english.contains("has read (home visit)"), "{english}");
}

/// AC12, AC21: a random sample is drawn and shown, its review is kept with who and what, and both
/// are logged.
#[tokio::test]
async fn per_reviews_a_random_sample() {
    let town = a_day().await;
    let place = &town.place;
    let (said, well) = run(
        place,
        &["log", "sample", "--count", "4", "--reviewer", "Per Dahl"],
    );
    assert!(well, "{said}");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 5, "{said}");
    // By name, as people are called who review.
    assert!(lines[0].contains("Eva Lind (nurse)"), "{said}");
    assert!(lines[0].contains("Mobila teamet, Hemrond kommun"), "{said}");
    let (_, rest) = lines[4].split_once("--places \"").unwrap();
    let (places, _) = rest.split_once('"').unwrap();
    assert_eq!(places.split(' ').count(), 4);
    let finding = "Alla hade en vårdrelation";
    let (said, well) = run(
        place,
        &[
            "log",
            "sample",
            "--reviewer",
            "Per Dahl",
            "--places",
            places,
            "--finding",
            finding,
        ],
    );
    assert!(well && said.contains("kept as review"), "{said}");
    let (said, _) = run(place, &["log", "reviews"]);
    assert!(
        said.contains("Per Dahl  4 entries: Alla hade en vårdrelation"),
        "{said}"
    );
    let acts = own_acts(&town).await;
    let reviews = acts.iter().filter(|act| act.starts_with("review Per Dahl"));
    assert_eq!(reviews.count(), 2, "{acts:?}");
}

/// AC21: a sample keeps to one organisation, and so does what is kept of it.
#[tokio::test]
async fn a_sample_keeps_to_one_organisation() {
    let town = a_day().await;
    let place = &town.place;
    let add = ["organisations", "add", "--name", "Region Hemrond"];
    let (said, well) = run(place, &add);
    assert!(well, "{said}");
    let sample = ["log", "sample", "--reviewer", "Per Dahl"];
    let (said, well) = run(place, &sample);
    assert!(!well && said.contains("--organisation"), "{said}");
    let of = |whose: &'static str| [&sample[..], &["--organisation", whose]].concat();
    let (said, well) = run(place, &of("Region"));
    assert!(well && !said.contains("Eva"), "{said}");
    assert_eq!(said.lines().count(), 1, "nothing of theirs: {said}");
    let (said, well) = run(place, &of("Hemrond kommun"));
    assert!(well, "{said}");
    assert_eq!(
        said.matches("  read  Eva Lind (nurse)").count(),
        9,
        "{said}"
    );
    // What the municipality's staff did is nothing that the region reviews.
    let (_, rest) = said.split_once("--places \"").unwrap();
    let (places, _) = rest.split_once('"').unwrap();
    let judged = ["--places", places, "--finding", "Inget att anmärka"];
    let (said, well) = run(place, &[&of("Region")[..], &judged].concat());
    assert!(!well && said.contains("not of this organisation"), "{said}");
    assert!(town.storage.reviews().await.unwrap().is_empty());
    let (said, well) = run(place, &[&of("Hemrond kommun")[..], &judged].concat());
    assert!(well && said.contains("kept as review"), "{said}");
}

/// AC20: nothing younger than five years is destroyed.
#[tokio::test]
async fn a_purge_refuses_what_is_younger_than_five_years() {
    let town = a_day().await;
    let entries = town.storage.log_tree(0).await.unwrap().size;
    let purge = ["log", "purge", "--asked-by", "Per Dahl", "--before"];
    let (said, well) = run(&town.place, &[&purge[..], &["2026-01-01"]].concat());
    assert!(!well && said.contains("at least 5 years"), "{said}");
    assert_eq!(town.storage.log_tree(0).await.unwrap().destroyed_below, 0);
    let (said, well) = run(&town.place, &[&purge[..], &["2015-01-01"]].concat());
    assert!(well && said.contains("0 entries were destroyed"), "{said}");
    assert_eq!(town.storage.log_tree(0).await.unwrap().size, entries + 1);
}

/// AC12: what the administrator does is logged, the log can be exported as FHIR, and a check of it
/// finds nothing wrong.
#[tokio::test]
async fn the_log_is_exported_and_checked() {
    let town = a_day().await;
    let place = &town.place;
    let (said, well) = run(place, &["users", "deactivate", "--user", "Omar Haddad"]);
    assert!(well, "{said}");
    let (said, well) = run(
        place,
        &["log", "export", "--fhir", "--asked-by", "Per Dahl"],
    );
    assert!(well, "{said}");
    let lines: Vec<serde_json::Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    // An enrolment, nine looks, the command that closes an account, whose it was, and this export.
    assert_eq!(lines.len(), 13, "{said}");
    assert!(
        lines
            .iter()
            .all(|line| line["resourceType"] == "AuditEvent")
    );
    let acts = own_acts(&town).await;
    assert!(
        acts.contains(&"administer users deactivate".to_owned()),
        "{acts:?}"
    );
    let closed = format!("administer user_closed {}", town.user("Omar").await.id);
    assert!(acts.contains(&closed), "{acts:?}");
    let (said, well) = run(place, &["log", "verify"]);
    assert!(well, "{said}");
    assert!(said.contains("checked 13 entries in 2 chains"), "{said}");
    assert!(said.contains("nothing is wrong"), "{said}");
}
