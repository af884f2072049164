//! The line protocol as a script would use it.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn ask(name: &str, input: &Value) -> Value {
    serde_json::from_str(&evaluate(name, &input.to_string())).unwrap()
}

fn error(name: &str, line: &str) -> String {
    let answer: Value = serde_json::from_str(&evaluate(name, line)).unwrap();
    let object = answer.as_object().unwrap();
    assert_eq!(object.len(), 1, "{line}: {answer}");
    object
        .get("error")
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{line}: {answer}"))
        .to_owned()
}

#[test]
fn the_tree_answers_with_score_and_path() {
    let greta = json!({ "terminal": false, "badl": 0, "iadl": 3 });
    assert_eq!(
        ask("cfs-tree", &greta),
        json!({ "score": 5, "path": ["not_terminal", "badl_0", "iadl_1_4"], "version": "v1.0" })
    );
    let fit = json!({
        "terminal": false, "badl": 0, "iadl": 0, "chronic": 9, "srh": "very_good", "effort": "rarely", "active": true
    });
    assert_eq!(ask("cfs-tree", &fit)["score"], 2);
    assert_eq!(
        ask("cfs-tree", &json!({ "terminal": false, "badl": null })),
        json!({ "incomplete": ["badl"] })
    );
    assert_eq!(
        ask("cfs-tree", &json!({})),
        json!({ "incomplete": ["terminal"] })
    );
}

#[test]
fn downton_answers_with_score_and_risk() {
    let mut birgit = json!({
        "previous_falls": true, "sedatives": false, "diuretics": true, "antihypertensives": false, "antiparkinson": false,
        "antidepressants": false, "vision": false, "hearing": false, "limbs": false, "cognition": "oriented", "gait": "unsafe"
    });
    let answer = ask("downton", &birgit);
    assert_eq!(
        (&answer["score"], &answer["high"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(answer["points"]["gait"], 1);
    birgit["gait"] = json!("unable");
    assert_eq!(ask("downton", &birgit)["high"], false);
    birgit["gait"] = Value::Null;
    assert_eq!(ask("downton", &birgit), json!({ "incomplete": ["gait"] }));
}

#[test]
fn medication_answers_with_flags_and_review() {
    let ove = json!({
        "age": 81, "last_review_days": null,
        "drugs": [
            { "atc": "N05BA04", "as_needed": true }, { "atc": "N05CF01", "as_needed": false },
            { "atc": "N06AX11", "as_needed": false }, { "atc": "c09aa02", "as_needed": false },
            { "atc": "N02BE01", "as_needed": false, "dose_mg_per_day": 4500, "days": 12 },
        ]
    });
    let answer = ask("medication", &ove);
    assert_eq!(answer["flags"], json!(["M7", "M9", "M12"]));
    assert_eq!(
        (&answer["review_due"], &answer["drug_count"]),
        (&json!(true), &json!(5))
    );
    assert_eq!(answer["details"][0]["drugs"], json!(["N06AX11", "N02BE01"]));

    let reviewed = json!({ "age": 81, "last_review_days": 365, "drugs": ove["drugs"] });
    assert_eq!(ask("medication", &reviewed)["review_due"], false);
    let nothing = json!({ "age": 81, "last_review_days": null, "drugs": [] });
    assert_eq!(ask("medication", &nothing)["flags"], json!([]));
}

#[test]
fn rules_come_in_the_order_of_their_numbers() {
    let list = json!({
        "age": 70, "last_review_days": 1,
        "drugs": [
            { "atc": "N06AB04", "as_needed": false }, { "atc": "N02AX02", "as_needed": false },
            { "atc": "N06AB06", "as_needed": false }, { "atc": "N05BA01", "as_needed": false },
        ]
    });
    assert_eq!(
        ask("medication", &list)["flags"],
        json!(["M1", "M3", "M7", "M11", "M12", "M14"])
    );
}

#[test]
fn what_medication_lacks_is_named() {
    assert_eq!(
        ask("medication", &json!({})),
        json!({ "incomplete": ["age", "drugs", "last_review_days"] })
    );
    assert_eq!(
        ask(
            "medication",
            &json!({ "drugs": [], "last_review_days": null })
        ),
        json!({ "incomplete": ["age"] })
    );
    assert_eq!(
        ask(
            "medication",
            &json!({ "age": 80, "drugs": [{ "as_needed": true }, { "atc": "N02BE01" }], "last_review_days": 3 })
        ),
        json!({ "incomplete": ["drugs[0].atc", "drugs[1].as_needed"] })
    );
}

#[test]
fn identity_answers_with_kind_and_canonical() {
    for (value, kind, canonical) in [
        ("121212+1212", "personnummer", "191212121212"),
        ("701063-2391", "samordningsnummer", "197010632391"),
        ("22790814aa01", "nrid", "22790814AA01"),
        ("19930829X802", "vgr_reserve", "19930829X802"),
    ] {
        let answer = ask("identity", &json!({ "value": value, "on": "2025-11-03" }));
        assert_eq!(answer, json!({ "kind": kind, "canonical": canonical }));
    }
    assert_eq!(
        ask("identity", &json!({})),
        json!({ "incomplete": ["value", "on"] })
    );
    assert_eq!(
        ask("identity", &json!({ "value": "121212+1212" })),
        json!({ "incomplete": ["on"] })
    );
    for on in ["3 november", "2025-02-30", "+025-11-03", "2025-1-03", ""] {
        assert!(
            error(
                "identity",
                &json!({ "value": "121212+1212", "on": on }).to_string()
            )
            .starts_with("on must be")
        );
    }
    assert!(
        error("identity", r#"{"value":"191212121213","on":"2025-11-03"}"#).contains("check digit")
    );
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    for line in [
        "",
        "{",
        "[]",
        "null",
        "5",
        "\"x\"",
        "{}{}",
        "{\"terminal\":1e999}",
    ] {
        for name in NAMES {
            assert!(error(name, line).contains("JSON"), "{name} {line}");
        }
    }
    for (name, line, sentence) in [
        (
            "cfs-tree",
            r#"{"terminal":"yes"}"#,
            "terminal must be true or false",
        ),
        (
            "cfs-tree",
            r#"{"terminal":false,"badl":3.5}"#,
            "badl must be a whole number of ordinary size",
        ),
        (
            "cfs-tree",
            r#"{"terminal":true,"badl":1,"iadl":7}"#,
            "iadl must be between 0 and 6, but is 7",
        ),
        (
            "cfs-tree",
            r#"{"chronic":-1}"#,
            "chronic must be 0 or more, but is -1",
        ),
        (
            "cfs-tree",
            r#"{"srh":"fine"}"#,
            "srh must be one of excellent, very_good, good, fair, poor",
        ),
        (
            "cfs-tree",
            r#"{"effort":2}"#,
            "effort must be one of rarely, sometimes, all",
        ),
        (
            "downton",
            r#"{"gait":"wobbly"}"#,
            "gait must be one of normal, safe_with_aid, unsafe, unable",
        ),
        ("downton", r#"{"vision":1}"#, "vision must be true or false"),
        (
            "medication",
            r#"{"age":-1}"#,
            "age must be a whole number from 0 to 130",
        ),
        (
            "medication",
            r#"{"age":131}"#,
            "age must be a whole number from 0 to 130",
        ),
        (
            "medication",
            r#"{"age":80.5}"#,
            "age must be a whole number from 0 to 130",
        ),
        ("medication", r#"{"drugs":{}}"#, "drugs must be a list"),
        (
            "medication",
            r#"{"drugs":[null]}"#,
            "drugs[0] must be an object",
        ),
        (
            "medication",
            r#"{"drugs":[{"atc":5}]}"#,
            "drugs[0].atc must be a text",
        ),
        (
            "medication",
            r#"{"drugs":[{"atc":"Alvedon"}]}"#,
            "drugs[0].atc: an ATC code is a letter, two digits, two letters and two digits, such as N05BA01",
        ),
        (
            "medication",
            r#"{"drugs":[{"atc":"N02BE01","dose_mg_per_day":0}]}"#,
            "drugs[0].dose_mg_per_day must be a number above 0",
        ),
        (
            "medication",
            r#"{"last_review_days":-3}"#,
            "last_review_days must be a whole number, 0 or more",
        ),
        (
            "identity",
            r#"{"value":191212121212}"#,
            "value must be a text",
        ),
    ] {
        assert_eq!(error(name, line), sentence);
    }
    let unknown = error("news2", "{}");
    assert!(NAMES.iter().all(|name| unknown.contains(name)), "{unknown}");
    assert!(error("cfs-tree", &"[".repeat(100_000)).contains("JSON"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "excellent",
        "all",
        "oriented",
        "unsafe",
        "N05BA01",
        "2025-11-03",
        "121212-1212",
        "å",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-2..12_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.prop_map(Value::from),
        "\\PC{0,14}".prop_map(Value::from),
    ];
    let names = prop::sample::select(
        [
            downton::FIELDS.as_slice(),
            &[
                "terminal", "badl", "iadl", "chronic", "srh", "effort", "active",
            ],
            &[
                "age",
                "drugs",
                "last_review_days",
                "atc",
                "as_needed",
                "days",
                "dose_mg_per_day",
                "value",
                "on",
            ],
        ]
        .concat(),
    );
    leaf.prop_recursive(3, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(names.clone().prop_map(str::to_owned), inner, 0..14)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Every answer is one object: a result, what is missing, or an error.
fn is_answer(text: &str) -> bool {
    let Ok(Value::Object(answer)) = serde_json::from_str(text) else {
        return false;
    };
    !text.contains('\n')
        && ["score", "flags", "kind", "incomplete", "error"]
            .iter()
            .any(|key| answer.contains_key(*key))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_an_answer(name in "\\PC{0,12}", line in "\\PC*") {
        prop_assert!(is_answer(&evaluate(&name, &line)));
        for name in NAMES {
            prop_assert!(is_answer(&evaluate(name, &line)));
        }
    }

    #[test]
    fn any_json_gets_an_answer(input in any_json()) {
        for name in NAMES {
            prop_assert!(is_answer(&evaluate(name, &input.to_string())));
        }
    }
}
