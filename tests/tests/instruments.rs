//! The instruments by hand: one line in, one line out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{run, run_with_input};
use serde_json::{Value, json};

/// What an instrument answers to each line.
fn ask(name: &str, lines: &[Value]) -> Vec<Value> {
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let output = run_with_input("hemrond-tablet", ["instrument", name], &input);
    assert!(output.success, "{}", output.err);
    let answers: Vec<Value> = output
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), lines.len(), "{}", output.out);
    answers
}

#[test]
fn the_cfs_tree_follows_its_questions() {
    let lines = [
        json!({ "terminal": true, "badl": 1 }),
        json!({ "terminal": false, "badl": 3 }),
        json!({ "terminal": false, "badl": 1 }),
        json!({ "terminal": false, "badl": 0, "iadl": 5 }),
        json!({ "terminal": false, "badl": 0, "iadl": 1 }),
        json!({ "terminal": false, "badl": 0, "iadl": 0, "chronic": 12 }),
        json!({ "terminal": false }),
        json!({}),
        json!({ "terminal": false, "badl": 9 }),
        json!({ "terminal": "kanske" }),
    ];
    let answers = ask("cfs-tree", &lines);
    let scores: Vec<&Value> = answers.iter().map(|answer| &answer["score"]).collect();
    assert_eq!(
        scores[..6],
        [
            &json!(9),
            &json!(7),
            &json!(6),
            &json!(6),
            &json!(5),
            &json!(4)
        ]
    );
    assert!(!answers[0]["path"].as_array().unwrap().is_empty());
    assert_eq!(answers[6]["incomplete"], json!(["badl"]));
    assert_eq!(answers[7]["incomplete"], json!(["terminal"]));
    for wrong in &answers[8..] {
        assert!(
            wrong["error"]
                .as_str()
                .is_some_and(|text| text.contains(' ')),
            "{wrong}"
        );
        assert_eq!(wrong.get("score"), None);
    }
}

#[test]
fn downton_adds_up_and_names_what_is_missing() {
    let none = json!({
        "previous_falls": false, "sedatives": false, "diuretics": false,
        "antihypertensives": false, "antiparkinson": false, "antidepressants": false,
        "vision": false, "hearing": false, "limbs": false,
        "cognition": "oriented", "gait": "normal",
    });
    let with = |changes: Value| {
        let mut line = none.clone();
        line.as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        line
    };
    let answers = ask(
        "downton",
        &[
            none.clone(),
            with(json!({ "previous_falls": true, "vision": true })),
            with(json!({ "previous_falls": true, "vision": true, "gait": "unsafe" })),
            with(json!({ "hearing": null, "gait": null })),
            with(json!({ "gait": "flygande" })),
        ],
    );
    assert_eq!(
        (&answers[0]["score"], &answers[0]["high"]),
        (&json!(0), &json!(false))
    );
    assert_eq!(
        (&answers[1]["score"], &answers[1]["high"]),
        (&json!(2), &json!(false))
    );
    assert_eq!(
        (&answers[2]["score"], &answers[2]["high"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(answers[3]["incomplete"], json!(["hearing", "gait"]));
    assert!(answers[4]["error"].is_string());
}

#[test]
fn medication_flags_ask_and_count() {
    let drug = |atc: &str| json!({ "atc": atc, "as_needed": false });
    let answers = ask(
        "medication",
        &[
            // Furosemide, ramipril and an NSAID together.
            json!({
                "age": 82, "last_review_days": 30,
                "drugs": [drug("C03CA01"), drug("C09AA05"), drug("M01AE01")],
            }),
            json!({ "age": 82, "last_review_days": null, "drugs": [drug("C03CA01")] }),
            json!({ "drugs": [drug("C03CA01")] }),
            json!({ "age": 82, "last_review_days": 30, "drugs": [drug("hej")] }),
        ],
    );
    assert_eq!(answers[0]["drug_count"], 3);
    assert!(
        !answers[0]["flags"].as_array().unwrap().is_empty(),
        "{}",
        answers[0]
    );
    assert_eq!(answers[1]["drug_count"], 1);
    assert!(answers[1]["review_due"].is_boolean());
    assert!(
        answers[2]["incomplete"]
            .as_array()
            .unwrap()
            .contains(&json!("age")),
        "{}",
        answers[2]
    );
    assert!(answers[3]["error"].is_string(), "{}", answers[3]);
}

#[test]
fn identity_numbers_are_told_apart_and_checked() {
    let on = "2026-11-22";
    let answers = ask(
        "identity",
        &[
            json!({ "value": "19121212-1212", "on": on }),
            json!({ "value": "19121212-1213", "on": on }),
            json!({ "value": "hej", "on": on }),
            json!({ "on": on }),
        ],
    );
    assert_eq!(
        answers[0],
        json!({ "kind": "personnummer", "canonical": "191212121212" })
    );
    for wrong in &answers[1..3] {
        assert!(wrong["error"].is_string(), "{wrong}");
    }
    assert_eq!(answers[3]["incomplete"], json!(["value"]));
}

#[test]
fn lines_that_are_no_objects_are_answered_and_the_next_is_read() {
    let output = run_with_input(
        "hemrond-tablet",
        ["instrument", "downton"],
        "hej\n\n[]\n{}\n",
    );
    assert!(output.success);
    let answers: Vec<Value> = output
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 3, "an empty line asks nothing");
    assert!(answers[0]["error"].is_string() && answers[1]["error"].is_string());
    assert_eq!(answers[2]["incomplete"].as_array().unwrap().len(), 11);

    let output = run("hemrond-tablet", ["instrument", "horoskop"]);
    assert!(!output.success);
    assert!(
        output
            .err
            .contains("cfs-tree, downton, medication, identity"),
        "{}",
        output.err
    );
}
