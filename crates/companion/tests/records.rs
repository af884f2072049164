//! What the record law asks of entries: corrections, dissent, copies, signatures in time, and a
//! protected identity.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use chrono::Duration;
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, Row as _, sqlite::SqliteConnectOptions};
use support::*;

/// Eva has written about Astrid's visit and signed it; its page as it is then.
async fn signed_visit(eva: &Tablet) -> (Visit, Value) {
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.write(&visit.document, "note", "Dricker för mycket.")
        .await;
    eva.set(&visit.document, &[("falls.gait", json!("unsafe"))])
        .await;
    eva.later();
    let page = eva.ok("sign", visit.args()).await;
    (visit, page)
}

/// AC2, AC8: Omar's correction is an entry of his own; Eva's stays readable on every tablet, and what
/// is taken away is still there with who did it and when.
#[tokio::test]
async fn a_correction_stands_beside_what_it_corrects() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let (visit, page) = signed_visit(&eva).await;
    let row = hemrond_domain::ids::RowId::from_bytes([4; 16]);
    eva.add_drug(&visit.document, 4, "Furix 40 mg", None).await;
    let first = page["signatures"][0].clone();
    eva.sync().await;
    omar.sync().await;

    omar.later();
    omar.write(&visit.document, "note", "Dricker te.").await;
    let retract = json!([{
        "edit": "set_row", "collection": "drugs", "row": row,
        "field": "retracted_at", "value": "2026-11-03T08:32:00Z",
    }]);
    omar.edit(&visit.document, retract).await.unwrap();
    omar.set(&visit.document, &[("falls.gait", json!(null))])
        .await;
    omar.ok("sign", visit.args()).await;
    omar.sync().await;
    eva.sync().await;

    for (tablet, me) in [(&eva, "Eva Lind"), (&omar, "Omar Haddad")] {
        let page = tablet.visit(&visit.id).await;
        let signatures = page["signatures"].as_array().unwrap();
        assert_eq!(signatures.len(), 2, "{me}");
        assert_eq!(signatures[0]["entry"], first["entry"]);
        assert_eq!(signatures[0]["by"]["name"], "Eva Lind");
        assert_eq!(signatures[0]["texts"]["note"], "Dricker för mycket.");
        assert_eq!(signatures[0]["fields"]["falls.gait"], "unsafe");
        assert_eq!(signatures[1]["by"]["name"], "Omar Haddad");
        assert_eq!(signatures[1]["corrects"], first["entry"]);
        assert_eq!(signatures[1]["texts"]["note"], "Dricker te.");
        assert_eq!(page["drugs"], json!([]), "{me}");
        for (field, value, by) in [
            (
                format!("drugs/{row}/name"),
                json!("Furix 40 mg"),
                "Eva Lind",
            ),
            (
                format!("drugs/{row}/retracted_at"),
                json!("2026-11-03T08:32:00Z"),
                "Omar Haddad",
            ),
            ("falls.gait".to_owned(), json!("unsafe"), "Eva Lind"),
        ] {
            let args = json!({ "document": visit.document, "field": field });
            let history = tablet.ok("history", args).await;
            let first = &history["values"][0];
            assert_eq!(first["value"], value, "{me}: {field}");
            assert_eq!(first["by"]["name"], by, "{me}: {field}");
            assert!(first["at"].is_string());
        }
        let args = json!({ "document": visit.document, "field": "falls.gait" });
        let history = tablet.ok("history", args).await;
        assert_eq!(history["values"][1]["value"], json!(null));
        assert_eq!(history["values"][1]["by"]["name"], "Omar Haddad");
    }
}

/// AC4: Doctor Berg notes that Astrid does not agree with what Eva signed; it stands with that entry.
#[tokio::test]
async fn what_the_patient_finds_wrong_stands_with_the_entry() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let berg = day.tablet(Who::Berg).await;
    let (visit, page) = signed_visit(&eva).await;
    let entry = page["signatures"][0]["entry"].clone();
    assert_eq!(page["signatures"][0]["dissents"], json!([]));
    eva.sync().await;
    berg.sync().await;
    let says =
        |entry: &Value, text: &str| json!({ "visit": visit.id, "entry": entry, "text": text });

    for (args, code) in [
        (says(&entry, "  "), "dissent.empty"),
        (says(&entry, &"x".repeat(4_001)), "dissent.empty"),
        (
            says(&json!("00".repeat(32)), "Nej"),
            "dissent.entry_unknown",
        ),
        (says(&json!("rubbish"), "Nej"), "dissent.entry_unknown"),
    ] {
        assert_eq!(berg.fails("annotate_dissent", args).await, code);
    }
    berg.later();
    let words = "Hon säger att hon bara dricker te.";
    berg.ok("annotate_dissent", says(&entry, words)).await;
    berg.sync().await;
    eva.sync().await;
    let page = eva.visit(&visit.id).await;
    let dissent = &page["signatures"][0]["dissents"][0];
    assert_eq!(dissent["text"], words);
    assert_eq!(dissent["by"]["name"], "Anna Berg");
    assert_eq!(dissent["at"], "2026-11-03T08:32:00Z");
    assert_eq!(page["notes"], json!([]), "it is shown once");
    // What was signed is untouched, and the note waits for nobody's new signature.
    assert_eq!(page["signatures"][0]["entry"], entry);
    assert_eq!(page["additions"], json!([]));
    // A later correction has none, and the old one keeps its own.
    eva.later();
    eva.write(&visit.document, "note", "Dricker te.").await;
    let page = eva.ok("sign", visit.args()).await;
    assert_eq!(page["signatures"][0]["dissents"][0]["text"], words);
    assert_eq!(page["signatures"][1]["dissents"], json!([]));
    // A face cannot write such a row by itself, and so under another's name.
    let forged = json!([{
        "edit": "add_row", "collection": "notes",
        "row": hemrond_domain::ids::RowId::from_bytes([1; 16]),
        "values": { "kind": "note", "text": "x", "dissent_with": entry },
    }]);
    assert_eq!(
        eva.edit(&visit.document, forged).await.unwrap_err(),
        "edit.refused"
    );
}

/// AC11: who may not read a visit can neither add to its entries nor hand out copies.
#[tokio::test]
async fn home_help_may_neither_read_nor_annotate_a_visit() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let stina = day.tablet(Who::Stina).await;
    let (visit, page) = signed_visit(&eva).await;
    eva.sync().await;
    stina.sync().await;
    let entry = &page["signatures"][0]["entry"];
    let args = json!({ "visit": visit.id, "entry": entry, "text": "Nej" });
    // The exchange of these stories sends everything; the tablet's own policy refuses.
    let code = stina.fails("annotate_dissent", args).await;
    assert!(
        ["policy.forbidden", "visit.unknown"].contains(&code.as_str()),
        "{code}"
    );
    let args = json!({ "person": visit.person, "to": "Dottern" });
    let code = stina.fails("hand_out", args).await;
    assert!(
        ["policy.forbidden", "copy.nothing"].contains(&code.as_str()),
        "{code}"
    );
}

/// AC6, AC7: a copy is written in Swedish, whatever the interface speaks, and each visit in it notes to
/// whom and when.
#[tokio::test]
async fn a_copy_that_is_handed_out_is_noted_in_the_record() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let settings = json!({ "language": "en", "theme": "light", "text_percent": 100 });
    eva.ok("set_settings", settings).await;
    let (visit, page) = signed_visit(&eva).await;
    let entry = &page["signatures"][0]["entry"];
    let says = json!({ "visit": visit.id, "entry": entry, "text": "<b>Nej</b>" });
    eva.ok("annotate_dissent", says).await;
    eva.set(&visit.document, &[("cfs.level", json!(6))]).await;

    let to = |to: &str| json!({ "person": visit.person, "to": to });
    assert_eq!(eva.fails("hand_out", to(" ")).await, "copy.recipient");
    let nobody = hemrond_domain::ids::PersonId::from_bytes([9; 16]);
    let args = json!({ "person": nobody, "to": "Dottern" });
    assert_eq!(eva.fails("hand_out", args).await, "person.unknown");
    let nothing = json!({ "person": visit.person, "to": "Dottern", "visits": [nobody] });
    assert_eq!(eva.fails("hand_out", nothing).await, "copy.nothing");
    assert_eq!(eva.visit(&visit.id).await["handed_out"], json!([]));

    eva.later();
    let copy = eva.ok("hand_out", to("Dottern <Karin> Ek")).await["copy"].clone();
    assert_eq!(copy["title"], "Kopia ur patientjournalen");
    assert_eq!(
        copy["about"],
        json!([
            "Astrid Svensson",
            "19121212-1212",
            "Utlämnad till Dottern <Karin> Ek av Eva Lind, 2026-11-03 08:32 UTC",
        ])
    );
    let visits = copy["visits"].as_array().unwrap();
    assert_eq!(visits.len(), 1);
    let said = copied(&visits[0]["lines"]);
    for words in [
        "Signerat av Eva Lind, 2026-11-03 08:31 UTC",
        "Dricker för mycket.",
        "Går osäkert",
        "Patienten anser att uppgiften är oriktig eller missvisande. Antecknat av Eva Lind",
        "<b>Nej</b>",
        "Tillägg efter signering, inte signerat",
        "CFS: 6",
    ] {
        assert!(said.contains(words), "\"{words}\" is not in {said}");
    }
    for words in ["Björkvägen", "1740610", "copy."] {
        assert!(
            !copy.to_string().contains(words),
            "\"{words}\" is in {copy}"
        );
    }

    eva.sync().await;
    omar.sync().await;
    let page = omar.visit(&visit.id).await;
    let event = &page["handed_out"][0];
    assert_eq!(event["to"], "Dottern <Karin> Ek");
    assert_eq!(event["by"]["name"], "Eva Lind");
    assert_eq!(event["at"], "2026-11-03T08:32:00Z");
    assert_eq!(page["notes"], json!([]));
    // It stands in the record, and nowhere else.
    let eva = eva.restart().await;
    let page = eva.visit(&visit.id).await;
    assert_eq!(page["handed_out"].as_array().unwrap().len(), 1);
}

/// The lines of a visit in a copy, as one text.
fn copied(lines: &Value) -> String {
    let lines = lines.as_array().unwrap().iter();
    let text = |line: &Value| match line["is"].as_str() {
        Some("pair") => format!("{}: {}", line["name"], line["value"]).replace('"', ""),
        _ => line["text"].as_str().unwrap().to_owned(),
    };
    lines.map(text).collect::<Vec<_>>().join("\n")
}

/// AC5: what nobody has signed after a day, or after the hours that are set, is in the list of its
/// author and of the whole unit, until it is signed.
#[tokio::test]
async fn a_visit_that_waits_too_long_for_its_signature_is_everybodys() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let stina = day.tablet(Who::Stina).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    let planned = eva.plan(&astrid).await;
    eva.write(&visit.document, "note", "Trött.").await;
    let state = |state: &str| json!({ "visit": visit.id, "state": state });
    eva.ok("set_visit_state", state("under_way")).await;
    eva.ok("set_visit_state", state("done")).await;
    eva.sync().await;
    omar.sync().await;
    stina.sync().await;
    let whys = async |tablet: &Tablet| {
        let inbox = tablet.ok("inbox", json!({})).await;
        let items = inbox["items"].as_array().unwrap().clone();
        let of_visit = items.iter().filter(|item| item["visit"] == visit.id);
        let whys: Vec<String> = of_visit
            .map(|item| item["why"].as_str().unwrap().to_owned())
            .filter(|why| why.starts_with("unsigned"))
            .collect();
        assert!(items.iter().all(|item| item["visit"] != planned.id));
        whys
    };
    assert_eq!(whys(&eva).await, ["unsigned"]);
    assert_eq!(whys(&omar).await, [""; 0]);
    day.clock
        .forward(Duration::hours(24) - Duration::minutes(1));
    assert_eq!(whys(&eva).await, ["unsigned"]);
    assert_eq!(whys(&omar).await, [""; 0]);
    day.clock.forward(Duration::minutes(1));
    assert_eq!(whys(&eva).await, ["unsigned_late"]);
    assert_eq!(whys(&omar).await, ["unsigned_late"]);
    assert_eq!(whys(&stina).await, [""; 0], "another unit");
    let settings = json!({
        "language": "sv", "theme": "light", "text_percent": 100, "unsigned_hours": 48,
    });
    let status = omar.ok("set_settings", settings).await;
    assert_eq!(status["settings"]["unsigned_hours"], 48);
    assert_eq!(whys(&omar).await, [""; 0]);
    eva.ok("sign", visit.args()).await;
    assert_eq!(whys(&eva).await, [""; 0]);
}

/// AC3: nothing is signed of a visit in which nobody has written about the person; what is signed names
/// the person, the author and the time.
#[tokio::test]
async fn an_empty_visit_cannot_be_signed_and_a_signed_one_says_who_and_when() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    assert_eq!(eva.fails("sign", visit.args()).await, "sign.obstacle");
    eva.write(&visit.document, "note", "Trött.").await;
    let page = eva.ok("sign", visit.args()).await;
    assert_eq!(page["person"]["id"], astrid);
    assert_eq!(page["signatures"][0]["by"]["name"], "Eva Lind");
    assert_eq!(page["signatures"][0]["at"], "2026-11-03T08:30:00Z");
}

/// What stands nowhere else, and must stand nowhere once the identity is protected.
const SECRETS: [&str; 8] = [
    "Qvistby vårdcentral",
    "Qvistgömman",
    "47199",
    "Zq-stad",
    "Portkod-8842",
    "1740688",
    "174 06 88",
    "Syster Zq",
];

/// Every cell of every table but the encrypted document's own items, as text and as hex.
async fn tables(tablet: Tablet) -> String {
    let path = tablet.folder.path().join("tablet.db");
    tablet.companion.close().await.unwrap();
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .pragma("key", format!("\"x'{}'\"", "09".repeat(32)))
        .connect()
        .await
        .unwrap();
    let mut all = String::new();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table'";
    let tables: Vec<(String,)> = sqlx::query_as(tables)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert!(tables.iter().any(|(name,)| name == "people"), "{tables:?}");
    for (table,) in tables.iter().filter(|(name,)| name != "items") {
        let columns: Vec<(String,)> = sqlx::query_as("SELECT name FROM pragma_table_info($1)")
            .bind(table)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let cells: Vec<String> = columns
            .iter()
            .map(|(column,)| format!("quote(\"{column}\")"))
            .collect();
        let query = format!("SELECT {} FROM \"{table}\"", cells.join(", "));
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        for row in rows {
            for cell in 0..row.len() {
                all += &row.get::<String, _>(cell);
                all.push('\n');
            }
        }
    }
    all
}

fn told(secret: &str, text: &str) -> bool {
    text.contains(secret) || text.contains(&hex::encode_upper(secret))
}

/// AC61, AC62: Omar's tablet has shown and listed where Vera lives; the mark arrives by sync, and no
/// table, answer or copy tells it any more. Lists show no more than the first letters of her name.
#[tokio::test]
async fn a_mark_that_arrives_takes_away_what_was_cached() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let mut wanted = person("Vera", "Skyddad", "194001079120");
    for (field, value) in [
        ("street", "Qvistgömman 7"),
        ("postcode", "47199"),
        ("city", "Zq-stad"),
        ("phone", "070-1740688"),
        ("entry", "Portkod-8842"),
    ] {
        wanted[field] = json!(value);
    }
    let vera = eva.ok("add_person", wanted).await["person"].clone();
    let document = eva.ok("person", json!({ "person": vera })).await["document"].clone();
    eva.set(&document, &[("listed_at", json!("Qvistby vårdcentral"))])
        .await;
    let contact = json!([{
        "edit": "add_row", "collection": "contacts",
        "row": hemrond_domain::ids::RowId::from_bytes([1; 16]),
        "values": { "name": "Syster Zq", "relation": "relative", "phone": "070-1740688" },
    }]);
    eva.edit(&document, contact).await.unwrap();
    let visit = eva.plan(&vera).await;
    eva.write(&visit.document, "note", "Trött.").await;
    eva.sync().await;
    omar.sync().await;
    // Everything is seen and remembered on Omar's tablet, and two disagree on the number.
    let page = omar.ok("person", json!({ "person": vera })).await;
    assert_eq!(page["details"]["street"], "Qvistgömman 7");
    assert_eq!(page["details"]["listed_at"], "Qvistby vårdcentral");
    omar.ok("search", json!({ "text": "vera" })).await;
    eva.set(&document, &[("address.entry", json!("Portkod-8842 B"))])
        .await;
    omar.set(&document, &[("address.entry", json!("Portkod-8842 C"))])
        .await;
    omar.sync().await;
    eva.sync().await;
    omar.sync().await;
    let before = omar.ok("sync_page", json!({})).await;
    assert!(told("Portkod-8842", &before.to_string()), "{before}");
    let omar = {
        let restarted = omar.restart().await;
        let path = restarted.folder.path().join("tablet.db");
        assert!(path.exists());
        restarted
    };

    eva.set(&document, &[("protected", json!("sekretessmarkering"))])
        .await;
    eva.sync().await;
    omar.sync().await;
    let mut answers = Vec::new();
    let copy = ("hand_out", json!({ "person": vera, "to": "Vera" }));
    let pages = visit.pages("vera", "194001079120", &vera);
    for (command, args) in pages.into_iter().chain([copy]) {
        let answer = omar.ok(command, args).await;
        if ["search", "round"].contains(&command) {
            assert!(
                !answer.to_string().contains("Skyddad"),
                "{command}: {answer}"
            );
            assert!(answer.to_string().contains("V. S."), "{command}: {answer}");
        }
        if command == "hand_out" {
            let copy = answer["copy"].to_string();
            assert!(copy.contains("Skyddade personuppgifter"), "{copy}");
            assert!(!copy.contains("19400107"), "{copy}");
        }
        answers.push((command, answer.to_string()));
    }
    for (command, answer) in &answers {
        for secret in SECRETS {
            assert!(!told(secret, answer), "{command} tells {secret}: {answer}");
        }
    }
    let page = omar.ok("person", json!({ "person": vera })).await;
    assert_eq!(page["brief"]["name"], "Vera Skyddad", "her own page");
    assert_eq!(page["brief"]["protected"], "sekretessmarkering");
    assert_eq!(page["flags"][0]["code"], "flag.protected");

    let all = tables(omar).await;
    assert!(
        all.contains("sekretessmarkering"),
        "the dump sees the lists"
    );
    for secret in SECRETS {
        assert!(!told(secret, &all), "a table tells {secret}");
    }
}
