//! The round and the visit: planning, answering, computing, signing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use chrono::Duration;
use serde_json::{Value, json};
use support::*;

#[tokio::test]
async fn a_round_is_planned_reordered_and_an_acute_visit_comes_first() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let ake = eva.add_person("Åke", "Öström", "194408139089").await;
    let marta = eva.add_person("Märta", "Lindqvist", "190104132386").await;
    let mut rows = Vec::new();
    for (person, start) in [(&astrid, "8:30"), (&ake, "10.00"), (&marta, "13:15")] {
        let args = json!({ "person": person, "start": start, "minutes": 30, "acute": false });
        rows.push(eva.ok("plan_visit", args).await["row"].clone());
    }
    let round = eva.ok("round", json!({})).await;
    assert_eq!(round["day"], "2026-11-03");
    assert_eq!(
        (&round["team_name"], &round["may_plan"]),
        (&json!("Mobila teamet"), &json!(true))
    );
    assert_eq!(all(&round["rows"], "start"), ["08:30", "10:00", "13:15"]);
    assert_eq!(round["rows"][0]["staff"]["name"], "Eva Lind");
    assert_eq!(all(&round["staff"], "name").len(), 3);

    let names = |round: &Value| -> Vec<String> {
        let rows = round["rows"].as_array().unwrap();
        rows.iter()
            .map(|row| row["person"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    // Märta first; then Astrid after Åke.
    let moved = eva
        .ok("move_visit", json!({ "row": rows[2], "first": true }))
        .await;
    assert_eq!(
        names(&moved),
        ["Märta Lindqvist", "Astrid Svensson", "Åke Öström"]
    );
    let moved = eva
        .ok("move_visit", json!({ "row": rows[0], "after": rows[1] }))
        .await;
    assert_eq!(
        names(&moved),
        ["Märta Lindqvist", "Åke Öström", "Astrid Svensson"]
    );
    // Between two, many times over.
    for _ in 0..20 {
        eva.ok("move_visit", json!({ "row": rows[0], "after": rows[2] }))
            .await;
        eva.ok("move_visit", json!({ "row": rows[1], "after": rows[2] }))
            .await;
    }
    let moved = eva.ok("round", json!({})).await;
    assert_eq!(
        names(&moved),
        ["Märta Lindqvist", "Åke Öström", "Astrid Svensson"]
    );
    let omar = Who::Omar.id();
    let args = json!({ "row": rows[1], "start": "11:45", "minutes": 20, "staff": omar });
    let moved = eva.ok("move_visit", args).await;
    let row = &moved["rows"][1];
    assert_eq!(
        (&row["start"], &row["minutes"]),
        (&json!("11:45"), &json!(20))
    );
    assert_eq!(row["staff"]["name"], "Omar Haddad");
    // Planned anew without a time and without anybody: none of them stays.
    let args = json!({ "row": rows[1], "minutes": 20, "replan": true });
    let moved = eva.ok("move_visit", args).await;
    let row = &moved["rows"][1];
    assert_eq!(
        (&row["start"], &row["minutes"], &row["staff"]),
        (&Value::Null, &json!(20), &Value::Null)
    );

    for (command, args, code) in [
        (
            "move_visit",
            json!({ "row": astrid, "first": true }),
            "round.row_unknown",
        ),
        (
            "move_visit",
            json!({ "row": rows[0], "after": astrid }),
            "round.row_unknown",
        ),
        (
            "move_visit",
            json!({ "row": rows[0], "start": "halv nio" }),
            "round.bad_time",
        ),
        (
            "plan_visit",
            json!({ "person": astrid, "acute": false, "start": "25:00" }),
            "round.bad_time",
        ),
        (
            "plan_visit",
            json!({ "person": rows[0], "acute": false }),
            "person.unknown",
        ),
    ] {
        assert_eq!(eva.fails(command, args.clone()).await, code, "{args}");
    }
    assert_eq!(names(&eva.ok("round", json!({})).await).len(), 3);

    // Somebody falls: the visit stands first, whoever comes when.
    let acute = json!({
        "person": ake, "acute": true, "reason": "Föll i badrummet", "called_by": "Hemtjänsten",
    });
    let acute = eva.ok("plan_visit", acute).await;
    let round = eva.ok("round", json!({})).await;
    assert_eq!(round["rows"][0]["visit"], acute["visit"]);
    assert_eq!(round["rows"][0]["acute"], true);
    let page = eva.visit(&acute["visit"]).await;
    assert_eq!(
        (&page["acute"], &page["called_by"]),
        (&json!(true), &json!("Hemtjänsten"))
    );
    assert_eq!(page["fields"]["requested_at"], "2026-11-03T08:30:00Z");

    // It is called off: it sinks to the end and stays readable, with the reason.
    let cancel = json!({ "visit": acute["visit"], "state": "cancelled", "reason": " Inlagd " });
    eva.ok("set_visit_state", cancel).await;
    let round = eva.ok("round", json!({})).await;
    assert_eq!(round["rows"][3]["state"], "cancelled");
    assert_eq!(
        eva.visit(&acute["visit"]).await["fields"]["cancel_reason"],
        "Inlagd"
    );
    let obstacles = eva.visit(&acute["visit"]).await["sign_obstacles"].clone();
    assert!(all_texts(&obstacles).contains(&"sign.obstacle.cancelled".to_owned()));

    // Another day is another round, and yesterday's stays.
    let args = json!({ "person": astrid, "acute": false, "day": "2026-11-04" });
    eva.ok("plan_visit", args).await;
    assert_eq!(
        names(&eva.ok("round", json!({ "day": "2026-11-04" })).await),
        ["Astrid Svensson"]
    );
    day.clock.forward(Duration::days(1));
    assert_eq!(
        names(&eva.ok("round", json!({})).await),
        ["Astrid Svensson"]
    );
    assert_eq!(
        names(&eva.ok("round", json!({ "day": "2026-11-03" })).await).len(),
        4
    );
}

fn all_texts(list: &Value) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_visit_is_begun_ended_and_told_by_the_day_it_began() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    assert_eq!(eva.visit(&visit.id).await["state"], "planned");
    eva.later();
    let state = |state: &str| json!({ "visit": visit.id, "state": state });
    // Begun by mistake: what is taken back has not begun.
    eva.ok("set_visit_state", state("under_way")).await;
    eva.ok("set_visit_state", state("planned")).await;
    assert_eq!(eva.visit(&visit.id).await["started_at"], Value::Null);
    eva.later();
    let kept = eva.ok("set_visit_state", state("under_way")).await;
    assert_eq!(kept["whereabouts"]["is"], "only_here");
    day.clock.forward(Duration::minutes(40));
    // Opening it again does not begin it again.
    eva.ok("set_visit_state", state("under_way")).await;
    eva.ok("set_visit_state", state("done")).await;
    let page = eva.visit(&visit.id).await;
    assert_eq!(page["started_at"], "2026-11-03T08:32:00Z");
    assert_eq!(page["ended_at"], "2026-11-03T09:12:00Z");
    assert_eq!(
        (&page["state"], &page["on"]),
        (&json!("done"), &json!("2026-11-03"))
    );
    assert_eq!(eva.ok("round", json!({})).await["rows"][0]["state"], "done");
    let nobody = json!("11111111-1111-4111-8111-111111111111");
    assert_eq!(
        eva.fails("visit", json!({ "visit": nobody })).await,
        "visit.unknown"
    );
    assert_eq!(
        eva.fails(
            "set_visit_state",
            json!({ "visit": nobody, "state": "done" })
        )
        .await,
        "visit.unknown"
    );
}

#[tokio::test]
async fn every_section_is_answered_and_counted() {
    let eva = Day::new().tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    let counts = async || -> Vec<(String, i64, i64)> {
        let page = eva.visit(&visit.id).await;
        let sections = page["sections"].as_array().unwrap().clone();
        let number = |section: &Value, key: &str| section[key].as_i64().unwrap();
        sections
            .iter()
            .map(|section| {
                let name = section["name"].as_str().unwrap().to_owned();
                (name, number(section, "answered"), number(section, "of"))
            })
            .collect()
    };
    let empty = counts().await;
    assert!(
        empty
            .iter()
            .all(|(_, answered, of)| *answered == 0 && *of > 0),
        "{empty:?}"
    );

    eva.write(&visit.document, "note", "Trött och ostadig.")
        .await;
    eva.set(
        &visit.document,
        &[
            ("cfs.level", json!(6)),
            ("cfs.basis", json!("observation")),
            ("cfs.assessed_on", json!("2026-11-03")),
        ],
    )
    .await;
    // The tree's questions are a help and do not count.
    eva.set(
        &visit.document,
        &[("cfs.terminal", json!(false)), ("cfs.badl", json!(1))],
    )
    .await;
    eva.set(
        &visit.document,
        &[
            ("falls.vision", json!(true)),
            ("falls.gait", json!("unsafe")),
        ],
    )
    .await;
    eva.set(
        &visit.document,
        &[("med.use", json!("ok")), ("med.use.note", json!("Dosett"))],
    )
    .await;
    eva.write(&visit.document, "plan", "Ny tid i veckan.").await;
    let filled = counts().await;
    let of = |name: &str| {
        filled
            .iter()
            .find(|(section, _, _)| section == name)
            .unwrap()
            .clone()
    };
    for (name, answered, all) in [
        ("note", 1, 1),
        ("cfs", 3, 3),
        ("falls", 2, 11),
        ("medication", 1, 20),
        ("plan", 1, 1),
    ] {
        assert_eq!(of(name), (name.to_owned(), answered, all));
    }
    // An answer taken back counts no longer, and a blank text is no note.
    eva.edit(
        &visit.document,
        json!([{ "edit": "clear", "field": "cfs.basis" }]),
    )
    .await
    .unwrap();
    eva.write(&visit.document, "note", "   ").await;
    let cleared = counts().await;
    assert_eq!((cleared[0].1, cleared[1].1), (0, 2));
    let page = eva.visit(&visit.id).await;
    assert_eq!(page["fields"].get("cfs.basis"), None);
    assert_eq!(page["texts"]["plan"], "Ny tid i veckan.");

    // What does not fit is refused with the field, and nothing else of it is kept.
    for edit in [
        json!({ "edit": "set", "field": "cfs.level", "value": 10 }),
        json!({ "edit": "set", "field": "cfs.level", "value": "sex" }),
        json!({ "edit": "set", "field": "cfs.basis", "value": "gissning" }),
        json!({ "edit": "set", "field": "finns.inte", "value": 1 }),
        json!({ "edit": "text", "field": "note", "value": "å".repeat(8_001) }),
        json!({ "edit": "add_row", "collection": "notes", "row": visit.row, "values": {} }),
        json!({ "edit": "add_row", "collection": "seen", "row": visit.row, "values": {} }),
        json!({ "edit": "set_row", "collection": "drugs", "row": visit.row, "field": "dose",
            "value": "1" }),
    ] {
        let both = json!([{ "edit": "set", "field": "weight_kg", "value": 60 }, edit]);
        assert_eq!(
            eva.edit(&visit.document, both).await.unwrap_err(),
            "edit.refused",
            "{edit}"
        );
    }
    assert_eq!(eva.visit(&visit.id).await["fields"].get("weight_kg"), None);
    let nowhere = json!("00000000000000000000000000000000");
    assert_eq!(
        eva.edit(&nowhere, json!([])).await.unwrap_err(),
        "document.unknown"
    );
}

#[tokio::test]
async fn the_cfs_tree_stands_beside_evas_own_level_and_never_replaces_it() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    let cfs = async |fields: &[(&str, Value)]| {
        eva.set(&visit.document, fields).await;
        eva.visit(&visit.id).await["cfs"].clone()
    };
    let page = eva.visit(&visit.id).await;
    assert_eq!(page["cfs"]["incomplete"], json!(["cfs.terminal"]));
    assert_eq!(
        page["cfs"]["reference_on"], "2026-10-20",
        "two weeks before"
    );
    assert_eq!(page["cfs"]["validated"], true);
    let half = cfs(&[("cfs.terminal", json!(false))]).await;
    assert_eq!(
        (&half["tree"], &half["incomplete"]),
        (&json!(null), &json!(["cfs.badl"]))
    );
    let tree = cfs(&[("cfs.badl", json!(1))]).await;
    assert_eq!((&tree["tree"], &tree["level"]), (&json!(6), &json!(null)));
    assert!(
        all_texts(&tree["path"])
            .iter()
            .all(|key| key.starts_with("cfs.step.")),
        "{tree}"
    );
    let own = cfs(&[("cfs.level", json!(5))]).await;
    assert_eq!((&own["tree"], &own["level"]), (&json!(6), &json!(5)));
    assert_eq!(own["pathway"], "five_to_six");

    // Next time, the change is told.
    day.clock.forward(Duration::days(30));
    let next = eva.plan(&astrid).await;
    eva.set(&next.document, &[("cfs.level", json!(7))]).await;
    let page = eva.visit(&next.id).await;
    assert_eq!(page["cfs"]["previous"]["level"], 5);
    assert_eq!(page["cfs"]["change"], "rise_suggest_reassessment");
    assert_eq!(page["sections"][1]["last"]["value"], 5);
    // The old visit, read today, does not show the later value as an earlier one.
    assert_eq!(eva.visit(&visit.id).await["cfs"]["previous"], Value::Null);
    // The scale is not validated below 65, and there is no pathway.
    let young = eva.add_person("Per", "Ung", "").await;
    let visit = eva.plan(&young).await;
    eva.set(&visit.document, &[("cfs.level", json!(5))]).await;
    let page = eva.visit(&visit.id).await;
    assert_eq!(
        (&page["cfs"]["validated"], &page["cfs"]["pathway"]),
        (&json!(null), &json!(null))
    );
}

#[tokio::test]
async fn downton_is_added_up_with_its_inputs_and_suggests_from_the_drugs() {
    let eva = Day::new().tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    let boxes = [
        "previous_falls",
        "sedatives",
        "diuretics",
        "antihypertensives",
        "antiparkinson",
        "antidepressants",
        "vision",
        "hearing",
        "limbs",
    ];
    for name in boxes {
        let field = format!("falls.{name}");
        let yes = matches!(name, "previous_falls" | "vision");
        eva.set(&visit.document, &[(field.as_str(), json!(yes))])
            .await;
    }
    let falls = eva.visit(&visit.id).await["falls"].clone();
    assert_eq!(
        falls["incomplete"],
        json!(["falls.cognition", "falls.gait"])
    );
    assert_eq!(
        (&falls["score"], &falls["high"]),
        (&json!(null), &json!(null))
    );
    eva.set(
        &visit.document,
        &[
            ("falls.cognition", json!("oriented")),
            ("falls.gait", json!("unsafe")),
        ],
    )
    .await;
    let falls = eva.visit(&visit.id).await["falls"].clone();
    assert_eq!((&falls["score"], &falls["high"]), (&json!(3), &json!(true)));
    let mut from: Vec<String> = falls["points"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|point| point[1] == 1)
        .map(|point| point[0].as_str().unwrap().to_owned())
        .collect();
    from.sort();
    assert_eq!(from, ["falls.gait", "falls.previous_falls", "falls.vision"]);
    // The round and the person are flagged.
    let round = eva.ok("round", json!({})).await;
    assert_eq!(round["rows"][0]["flags"][0]["code"], "flag.fall_risk_high");
    assert_eq!(round["rows"][0]["flags"][0]["params"]["score"], "3");
    let page = eva.ok("person", json!({ "person": astrid })).await;
    assert_eq!(
        (&page["falls"]["score"], &page["falls"]["high"]),
        (&json!(3), &json!(true))
    );

    // Furosemide is a diuretic: suggested, with the code, and never ticked by itself.
    eva.add_drug(&visit.document, 1, "Furix 40 mg", Some("C03CA01"))
        .await;
    let page = eva.visit(&visit.id).await;
    assert_eq!(
        page["falls"]["suggested"]["falls.diuretics"],
        json!(["C03CA01"])
    );
    assert_eq!(page["fields"]["falls.diuretics"], false);
    assert_eq!(page["falls"]["score"], 3);
}

#[tokio::test]
async fn the_medication_rules_say_what_they_lack_and_name_the_drugs() {
    let eva = Day::new().tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    let medication = async || eva.visit(&visit.id).await["medication"].clone();
    assert_eq!(medication().await["drug_count"], 0);
    eva.add_drug(&visit.document, 1, "Furix 40 mg", Some("C03CA01"))
        .await;
    eva.add_drug(&visit.document, 2, "Ramipril 5 mg", Some("C09AA05"))
        .await;
    eva.add_drug(&visit.document, 3, "Voltaren 50 mg", Some("M01AB05"))
        .await;
    let told = medication().await;
    assert_eq!(
        (&told["drug_count"], &told["incomplete"]),
        (&json!(3), &json!([]))
    );
    let flags = told["flags"].as_array().unwrap();
    assert!(
        flags
            .iter()
            .any(|flag| all_texts(&flag["drugs"]).contains(&"Voltaren 50 mg (M01AB05)".to_owned())),
        "{told}"
    );
    assert!(told["review_due"].is_boolean());
    // A drug without a code can be in no rule, and nobody may think that it was.
    eva.add_drug(&visit.document, 4, "Naturmedel", None).await;
    let told = medication().await;
    assert_eq!(told["incomplete"], json!(["drugs.atc"]));
    assert_eq!(told["review_due"], Value::Null);
    let page = eva.visit(&visit.id).await;
    assert_eq!(all(&page["drugs"], "name").len(), 4);
    // It is struck from the list, and the rules know again.
    let row = &page["drugs"]
        .as_array()
        .unwrap()
        .iter()
        .find(|drug| drug["atc"].is_null())
        .unwrap()["row"];
    let retract = json!([{
        "edit": "set_row", "collection": "drugs", "row": row, "field": "retracted_at",
        "value": "2026-11-03T09:00:00Z",
    }]);
    eva.edit(&visit.document, retract).await.unwrap();
    assert_eq!(medication().await["incomplete"], json!([]));
    // Without an age nothing is said of a review.
    let unknown = eva.add_person("Okänd", "Man", "").await;
    let visit = eva.plan(&unknown).await;
    eva.add_drug(&visit.document, 1, "Furix 40 mg", Some("C03CA01"))
        .await;
    let told = eva.visit(&visit.id).await["medication"].clone();
    assert_eq!(
        (&told["incomplete"], &told["review_due"]),
        (&json!(["age"]), &json!(null))
    );
}

#[tokio::test]
async fn unchanged_since_takes_a_section_over_with_one_tap_and_says_from_when() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let first = eva.plan(&astrid).await;
    let take = |visit: &Visit, section: &str| json!({ "visit": visit.id, "section": section });
    assert_eq!(
        eva.fails("unchanged", take(&first, "cfs")).await,
        "unchanged.nothing"
    );
    eva.ok(
        "set_visit_state",
        json!({ "visit": first.id, "state": "under_way" }),
    )
    .await;
    eva.set(
        &first.document,
        &[
            ("cfs.level", json!(6)),
            ("cfs.basis", json!("observation")),
            ("cfs.assessed_on", json!("2026-11-03")),
            ("falls.vision", json!(true)),
            ("falls.hearing", json!(false)),
            ("med.use", json!("action")),
            ("med.use.note", json!("Glömmer kvällsdosen")),
        ],
    )
    .await;
    eva.add_drug(&first.document, 1, "Furix 40 mg", Some("C03CA01"))
        .await;
    eva.ok(
        "set_visit_state",
        json!({ "visit": first.id, "state": "done" }),
    )
    .await;

    day.clock.forward(Duration::days(14));
    let second = eva.plan(&astrid).await;
    let page = eva.visit(&second.id).await;
    assert_eq!(page["previous"]["visit"], first.id);
    assert_eq!(page["previous"]["fields"]["cfs.level"], 6);
    assert_eq!(
        page["previous"]["can_take"],
        json!(["cfs", "falls", "medication"])
    );
    assert_eq!(
        page["fields"].get("cfs.level"),
        None,
        "nothing is taken over by itself"
    );
    // What Eva has answered already today stays.
    eva.set(&second.document, &[("falls.hearing", json!(true))])
        .await;
    for section in ["cfs", "falls", "medication"] {
        eva.ok("unchanged", take(&second, section)).await;
    }
    let page = eva.visit(&second.id).await;
    assert_eq!(page["fields"]["cfs.level"], 6);
    assert_eq!(
        page["fields"]["cfs.assessed_on"], "2026-11-17",
        "confirmed today"
    );
    assert_eq!(page["fields"]["falls.vision"], true);
    assert_eq!(page["fields"]["falls.hearing"], true, "today's own answer");
    assert_eq!(page["fields"]["med.use.note"], "Glömmer kvällsdosen");
    assert_eq!(all(&page["drugs"], "name"), ["Furix 40 mg"]);
    for section in [1, 2, 3] {
        assert_eq!(page["sections"][section]["unchanged_since"], "2026-11-03");
    }
    // A second tap does not double the drugs, and a section without a past has nothing to take.
    let again = eva.call("unchanged", take(&second, "medication")).await;
    drop(again);
    assert_eq!(all(&eva.visit(&second.id).await["drugs"], "name").len(), 1);
    assert_eq!(
        eva.fails("unchanged", take(&second, "plan")).await,
        "unchanged.nothing"
    );
}

#[tokio::test]
async fn a_signature_freezes_and_what_comes_after_is_an_addition_until_it_is_signed_too() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    assert_eq!(
        eva.visit(&visit.id).await["sign_obstacles"],
        json!(["sign.obstacle.empty"])
    );
    assert_eq!(eva.fails("sign", visit.args()).await, "sign.obstacle");
    let failure = eva
        .companion
        .call_json("sign", visit.args())
        .await
        .unwrap_err();
    assert!(
        failure.message.contains("Inget är skrivet än"),
        "{}",
        failure.message
    );

    eva.write(&visit.document, "note", "Trött.").await;
    eva.set(&visit.document, &[("cfs.level", json!(6))]).await;
    eva.later();
    let page = eva.ok("sign", visit.args()).await;
    let first = page["signatures"][0].clone();
    assert_eq!(first["entry"].as_str().unwrap().len(), 64);
    assert_eq!(
        (&first["by"]["name"], &first["corrects"]),
        (&json!("Eva Lind"), &json!(null))
    );
    assert_eq!(first["at"], "2026-11-03T08:31:00Z");
    assert_eq!(first["fields"]["cfs.level"], 6);
    assert_eq!(first["fields"]["state"], "done", "what is signed is done");
    assert_eq!(first["texts"]["note"], "Trött.");
    assert_eq!(
        (&page["state"], &page["additions"]),
        (&json!("done"), &json!([]))
    );
    assert_eq!(page["sign_obstacles"], json!(["sign.obstacle.unchanged"]));
    assert_eq!(eva.fails("sign", visit.args()).await, "sign.obstacle");
    assert_eq!(eva.ok("round", json!({})).await["rows"][0]["signed"], true);

    // A note and having seen it are acts of their own and no additions.
    eva.later();
    eva.ok(
        "add_note",
        json!({ "visit": visit.id, "kind": "note", "text": "Ringt." }),
    )
    .await;
    assert_eq!(eva.visit(&visit.id).await["additions"], json!([]));

    // An edit is.
    eva.later();
    eva.set(&visit.document, &[("cfs.level", json!(7))]).await;
    let page = eva.visit(&visit.id).await;
    let addition = &page["additions"][0];
    assert_eq!(
        (&addition["field"], &addition["before"], &addition["after"]),
        (&json!("cfs.level"), &json!(6), &json!(7))
    );
    assert_eq!(addition["by"]["me"], true);
    assert_eq!(
        page["signatures"][0]["fields"]["cfs.level"], 6,
        "the signed answer stays"
    );
    assert_eq!(page["sign_obstacles"], json!([]));
    let inbox = eva.ok("inbox", json!({})).await;
    assert!(
        all(&inbox["items"], "why").contains(&"addition".to_owned()),
        "{inbox}"
    );

    // Signing again corrects, and points to what it corrects; that stays readable.
    eva.later();
    let page = eva.ok("sign", visit.args()).await;
    assert_eq!(page["signatures"].as_array().unwrap().len(), 2);
    assert_eq!(page["signatures"][0], first);
    assert_eq!(page["signatures"][1]["corrects"], first["entry"]);
    assert_eq!(page["signatures"][1]["fields"]["cfs.level"], 7);
    assert_eq!(page["additions"], json!([]));
    // All of it is there after a power cut, and the same.
    let eva = eva.power_cut().await;
    let again = eva.visit(&visit.id).await;
    for key in ["signatures", "additions", "fields", "texts", "notes"] {
        assert_eq!(again[key], page[key], "{key}");
    }
}

#[tokio::test]
async fn notes_questions_and_answers_reach_the_one_they_are_for_until_seen() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let berg = day.tablet(Who::Berg).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    let note = |kind: &str, text: &str| json!({ "visit": visit.id, "kind": kind, "text": text });
    for text in ["", "   ", &"å".repeat(4_001)] {
        assert_eq!(
            eva.fails("add_note", note("note", text)).await,
            "note.empty"
        );
    }
    eva.ok("add_note", note("question", " Höja dosen? ")).await;
    let why = async |tablet: &Tablet| all(&tablet.ok("inbox", json!({})).await["items"], "why");
    assert!(
        !why(&eva).await.contains(&"question".to_owned()),
        "it waits for a doctor"
    );
    eva.sync().await;
    berg.sync().await;
    assert_eq!(why(&berg).await, ["question"]);
    let item = berg.ok("inbox", json!({})).await["items"][0].clone();
    assert_eq!(
        (&item["text"], &item["by"]["name"]),
        (&json!("Höja dosen?"), &json!("Eva Lind"))
    );
    // She looks, and the question still waits: looking is no answer.
    let page = berg.visit(&visit.id).await;
    assert_eq!(
        page["notes"][0]["new"], false,
        "never opened before, nothing is news"
    );
    assert_eq!(why(&berg).await, ["question"]);
    berg.later();
    berg.ok("add_note", note("order", "Ja, 40 mg.")).await;
    assert_eq!(why(&berg).await, [""; 0]);
    berg.sync().await;

    eva.sync().await;
    assert!(why(&eva).await.contains(&"order".to_owned()));
    // By answering, Dr Berg has said that she has read.
    let page = eva.visit(&visit.id).await;
    assert_eq!(page["seen"][0]["by"]["name"], "Anna Berg");
    assert_eq!(all(&page["notes"], "text"), ["Höja dosen?", "Ja, 40 mg."]);
    assert_eq!(page["notes"][1]["new"], true);
    assert_eq!(page["whereabouts"]["is"], "seen");
    assert_eq!(page["whereabouts"]["by"], "Anna Berg");
    // Seen on her page, the order is news no more.
    assert!(!why(&eva).await.contains(&"order".to_owned()));
    // Saying twice that one has seen it writes once.
    eva.ok("mark_seen", visit.args()).await;
    let before = eva.ok("status", json!({})).await["waiting"].clone();
    eva.ok("mark_seen", visit.args()).await;
    assert_eq!(eva.ok("status", json!({})).await["waiting"], before);
    // After half an hour away, a new look begins, and nothing is new.
    day.clock.forward(Duration::hours(1));
    assert_eq!(eva.visit(&visit.id).await["notes"][1]["new"], false);
}

#[tokio::test]
async fn what_colleagues_changed_since_the_last_look_is_told_once() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.set(&visit.document, &[("weight_kg", json!(62))]).await;
    eva.visit(&visit.id).await;
    eva.sync().await;
    omar.sync().await;
    omar.set(&visit.document, &[("weight_kg", json!(60))]).await;
    omar.sync().await;
    day.clock.forward(Duration::hours(2));
    eva.sync().await;
    let page = eva.ok("person", json!({ "person": astrid })).await;
    assert_eq!(page["changes"][0]["field"], "weight_kg");
    let change = eva.visit(&visit.id).await["changes"][0].clone();
    assert_eq!(
        (&change["before"], &change["after"]),
        (&json!(62.0), &json!(60.0))
    );
    assert_eq!(change["by"]["name"], "Omar Haddad");
    // It stays through this sitting, and is no news in the next.
    eva.later();
    assert_eq!(
        eva.visit(&visit.id).await["changes"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    day.clock.forward(Duration::hours(2));
    assert_eq!(eva.visit(&visit.id).await["changes"], json!([]));
    // What Eva wrote herself is never a colleague's change, also not after a start.
    eva.set(&visit.document, &[("weight_kg", json!(61))]).await;
    let eva = eva.power_cut().await;
    day.clock.forward(Duration::hours(2));
    assert_eq!(eva.visit(&visit.id).await["changes"], json!([]));
    let told = eva
        .ok(
            "history",
            json!({ "document": visit.document, "field": "weight_kg" }),
        )
        .await;
    let by: Vec<(String, bool, f64)> = told["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| {
            let name = value["by"]["name"].as_str().unwrap_or("nobody").to_owned();
            (
                name,
                value["here"].as_bool().unwrap(),
                value["value"].as_f64().unwrap(),
            )
        })
        .collect();
    let eva_omar_eva = [
        ("Eva Lind".to_owned(), true, 62.0),
        ("Omar Haddad".to_owned(), false, 60.0),
        ("Eva Lind".to_owned(), true, 61.0),
    ];
    assert_eq!(by, eva_omar_eva);
}

#[tokio::test]
async fn two_who_answer_differently_are_shown_both_and_one_chooses() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.sync().await;
    omar.sync().await;
    // The same answer twice is no disagreement.
    eva.set(
        &visit.document,
        &[("cfs.level", json!(6)), ("cfs.badl", json!(1))],
    )
    .await;
    omar.later();
    omar.set(
        &visit.document,
        &[("cfs.level", json!(5)), ("cfs.badl", json!(1))],
    )
    .await;
    eva.sync().await;
    omar.sync().await;
    let status = eva.sync().await;
    assert_eq!(status["disagreements"], 1);
    let page = eva.visit(&visit.id).await;
    let found = page["disagreements"].clone();
    assert_eq!(found[0]["field"], "cfs.level");
    assert_eq!(
        all(&found[0]["candidates"], "value"),
        ["6", "5"],
        "in the order of time"
    );
    assert_eq!(found[0]["candidates"][0]["here"], true);
    assert_eq!(found[0]["candidates"][1]["at"], "2026-11-03T08:31:00Z");
    assert_eq!(
        eva.ok("sync_page", json!({})).await["disagreements"][0]["visit"],
        visit.id
    );
    assert_eq!(
        eva.ok("round", json!({})).await["rows"][0]["disagreement"],
        true
    );
    assert_eq!(page["fields"]["cfs.badl"], 1);

    // Writing over it by the way is refused, and says why.
    let edit = json!([{ "edit": "set", "field": "cfs.level", "value": 7 }]);
    assert_eq!(
        eva.edit(&visit.document, edit).await.unwrap_err(),
        "edit.in_conflict"
    );
    assert_eq!(eva.fails("sign", visit.args()).await, "sign.obstacle");
    let settle = |field: &str, value: i64| json!({ "document": visit.document, "field": field, "value": value });
    assert_eq!(
        eva.fails("settle", settle("cfs.badl", 2)).await,
        "edit.not_in_conflict"
    );
    assert_eq!(
        eva.fails("settle", settle("cfs.level", 12)).await,
        "edit.refused"
    );
    // They talk and agree on a third answer.
    eva.later();
    eva.ok("settle", settle("cfs.level", 7)).await;
    eva.sync().await;
    omar.sync().await;
    for tablet in [&eva, &omar] {
        let page = tablet.visit(&visit.id).await;
        assert_eq!(
            (&page["fields"]["cfs.level"], &page["disagreements"]),
            (&json!(7), &json!([]))
        );
        let settled = &page["settlements"][0];
        assert_eq!(
            (&settled["field"], &settled["chosen"]),
            (&json!("cfs.level"), &json!("7"))
        );
        assert_eq!(settled["by"]["name"], "Eva Lind");
        let mut others: Vec<(String, String)> = settled["others"]
            .as_array()
            .unwrap()
            .iter()
            .map(|other| {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                (text(&other["value"]), text(&other["by"]["name"]))
            })
            .collect();
        others.sort();
        let pair = |value: &str, name: &str| (value.to_owned(), name.to_owned());
        assert_eq!(others, [pair("5", "Omar Haddad"), pair("6", "Eva Lind")]);
    }
    assert_eq!(eva.ok("status", json!({})).await["disagreements"], 0);
    assert_eq!(
        eva.fails("settle", settle("cfs.level", 7)).await,
        "edit.not_in_conflict"
    );

    // A row of the round that both have moved is nobody's dispute.
    eva.ok("move_visit", json!({ "row": visit.row, "first": true }))
        .await;
    omar.ok("move_visit", json!({ "row": visit.row, "first": true }))
        .await;
    eva.sync().await;
    omar.sync().await;
    assert_eq!(eva.sync().await["disagreements"], 0);
    // Two times for one row are one: nobody can be there at both.
    eva.ok("move_visit", json!({ "row": visit.row, "start": "10:00" }))
        .await;
    omar.ok("move_visit", json!({ "row": visit.row, "start": "14:00" }))
        .await;
    eva.sync().await;
    omar.sync().await;
    assert_eq!(eva.sync().await["disagreements"], 1);
    let moved = eva
        .ok("move_visit", json!({ "row": visit.row, "start": "11:00" }))
        .await;
    assert_eq!(moved["rows"][0]["start"], "11:00");
    assert_eq!(eva.ok("status", json!({})).await["disagreements"], 0);
}

#[tokio::test]
async fn stina_logs_what_she_saw_and_the_nurse_is_told_in_order_of_gravity() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let stina = day.tablet(Who::Stina).await;
    let astrid = eva.astrid().await;
    eva.plan(&astrid).await;
    eva.sync().await;
    stina.sync().await;
    let consented = json!({ "person": astrid, "to": [team()], "basis": "consent_osl101" });
    stina.ok("begin_telling", consented).await;
    let observe = |tiles: Value, words: Option<&str>| json!({ "person": astrid, "tiles": tiles, "words": words });
    assert_eq!(
        stina.fails("observe", observe(json!([]), None)).await,
        "observation.empty"
    );
    let nobody = json!({
        "person": "11111111-1111-4111-8111-111111111111",
        "tiles": [{ "what": "fall", "degree": "worse" }],
    });
    assert_eq!(stina.fails("observe", nobody).await, "person.unknown");
    let tiles = json!([
        { "what": "gait", "degree": "worse" },
        { "what": "food_drink", "degree": "much_worse" },
        { "what": "mood", "degree": "as_usual" },
    ]);
    let logged = stina
        .ok(
            "observe",
            observe(tiles.clone(), Some("  Ostadig, åt lite ")),
        )
        .await;
    assert_eq!(logged["words"], "Ostadig, åt lite");
    assert_eq!(logged["whereabouts"]["is"], "only_here");
    // What was answered is what every later reading says.
    let page = stina.ok("person", json!({ "person": astrid })).await;
    let mut shown = page["observations"][0].clone();
    let mut tiles_shown = all(&shown["tiles"], "what");
    tiles_shown.sort();
    assert_eq!(tiles_shown, ["food_drink", "gait", "mood"]);
    shown["tiles"] = logged["tiles"].clone();
    assert_eq!(shown, logged);
    stina.sync().await;
    eva.sync().await;
    let row = eva.ok("round", json!({})).await["rows"][0].clone();
    assert_eq!(row["flags"][0]["code"], "flag.much_worse_observation");
    assert_eq!(row["flags"][0]["level"], "danger");
    let inbox = eva.ok("inbox", json!({})).await["items"].clone();
    assert_eq!(all(&inbox, "why"), ["observation"]);
    let text = inbox[0]["text"].as_str().unwrap();
    assert!(text.ends_with("|Ostadig, åt lite"), "{text}");
    assert!(
        text.contains("gait:worse") && text.contains("food_drink:much_worse"),
        "{text}"
    );
    assert!(!text.contains("mood"), "{text}");
    // A row that is opened shows her telephone number, and nothing of it: it still waits to be seen.
    let in_passing = json!({ "person": astrid, "in_passing": true });
    eva.ok("person", in_passing).await;
    let inbox = eva.ok("inbox", json!({})).await["items"].clone();
    assert_eq!(all(&inbox, "why"), ["observation"]);
    eva.ok("person", json!({ "person": astrid })).await;
    assert_eq!(eva.ok("inbox", json!({})).await["items"], json!([]));

    // Taken back by Stina: still readable, and no flag any more.
    stina.later();
    let retract = json!({ "person": astrid, "row": logged["row"] });
    assert_eq!(
        eva.fails("retract_observation", retract.clone()).await,
        "observation.not_mine"
    );
    stina.ok("retract_observation", retract.clone()).await;
    assert_eq!(
        stina.fails("retract_observation", retract).await,
        "observation.not_mine"
    );
    stina.sync().await;
    eva.sync().await;
    let page = eva.ok("person", json!({ "person": astrid })).await;
    assert_eq!(page["observations"][0]["retracted"], true);
    assert_eq!(page["observations"][0]["words"], "Ostadig, åt lite");
    assert_eq!(
        eva.ok("round", json!({})).await["rows"][0]["flags"],
        json!([])
    );
    assert_eq!(eva.ok("inbox", json!({})).await["items"], json!([]));

    // The next month is another document, and the page still shows both.
    stina
        .ok(
            "observe",
            observe(json!([{ "what": "pain", "degree": "worse" }]), None),
        )
        .await;
    day.clock.forward(Duration::days(30));
    stina
        .ok(
            "observe",
            observe(json!([{ "what": "sleep", "degree": "worse" }]), None),
        )
        .await;
    stina.sync().await;
    eva.sync().await;
    let page = eva.ok("person", json!({ "person": astrid })).await;
    assert_eq!(page["observations"].as_array().unwrap().len(), 3);
    assert_eq!(
        page["observations"][0]["tiles"][0]["what"], "sleep",
        "newest first"
    );
    // After three days it is flagged no longer; nobody has to take it away.
    day.clock.forward(Duration::days(4));
    assert_eq!(
        eva.ok("person", json!({ "person": astrid })).await["flags"],
        json!([])
    );
}
