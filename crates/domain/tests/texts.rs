//! The words for instruments, medicines and identities: both languages complete, and a word for every value.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use hemrond_domain::identity::{IdentityError, IdentityKind, ProtectedIdentity, Sex};
use hemrond_domain::instruments::cfs::{
    self, Basis, CfsChange, CfsLevel, Effort, Pathway, SelfRatedHealth, TreeInput, TreeStep,
};
use hemrond_domain::instruments::downton::{Cognition, FIELDS, Gait};
use hemrond_domain::medication::{AtcError, ChecklistItem, Rule};
use hemrond_domain::phone::PhoneError;

type Texts = BTreeMap<String, String>;

fn swedish() -> Texts {
    serde_json::from_str(include_str!("../../../texts/sv/instruments.json")).unwrap()
}

fn english() -> Texts {
    serde_json::from_str(include_str!("../../../texts/en/instruments.json")).unwrap()
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .map(|rest| {
            rest.split_once('}')
                .unwrap_or_else(|| panic!("open brace in {text}"))
                .0
        })
        .collect()
}

#[test]
fn both_languages_say_the_same_things() {
    let (swedish, english) = (swedish(), english());
    assert!(swedish.keys().eq(english.keys()));
    for ((key, sv), en) in swedish.iter().zip(english.values()) {
        assert!(!sv.trim().is_empty() && !en.trim().is_empty(), "{key}");
        assert_eq!(placeholders(sv), placeholders(en), "{key}");
    }
}

/// Every key that the values of the crate lead to.
fn needed() -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut add = |prefix: &str, suffixes: &[&str], values: &[&str]| {
        keys.extend(suffixes.iter().flat_map(|suffix| {
            values
                .iter()
                .map(move |value| format!("{prefix}{value}{suffix}"))
        }));
    };
    let levels: Vec<String> = CfsLevel::ALL
        .iter()
        .map(|level| level.get().to_string())
        .collect();
    let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
    add("cfs.name.", &[""], &levels);
    add("cfs.hint.", &[""], &levels);
    let questions = serde_json::to_value(TreeInput::default()).unwrap();
    let questions: Vec<&str> = questions
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    add("cfs.tree.", &["", ".help"], &questions);
    add(
        "cfs.srh.",
        &[""],
        &SelfRatedHealth::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    add(
        "cfs.effort.",
        &[""],
        &Effort::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    add(
        "cfs.step.",
        &[""],
        &TreeStep::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    add(
        "cfs.basis.",
        &[""],
        &Basis::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    add(
        "cfs.pathway.",
        &[""],
        &Pathway::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    let changes = [
        CfsChange::Unchanged,
        CfsChange::Lower(1),
        CfsChange::RiseAskCause,
        CfsChange::RiseSuggestReassessment,
    ];
    add("cfs.change.", &[""], &changes.map(CfsChange::key));
    add("cfs.age.", &[""], &["validated", "not_validated"]);
    add("downton.item.", &[""], &FIELDS);
    add(
        "downton.cognition.",
        &[""],
        &Cognition::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    add(
        "downton.gait.",
        &[""],
        &Gait::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    add(
        "med.check.",
        &["", ".hint"],
        &ChecklistItem::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    add(
        "med.flag.",
        &[".title", ".text"],
        &Rule::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    add(
        "identity.kind.",
        &[""],
        &IdentityKind::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    add(
        "identity.sex.",
        &[""],
        &Sex::ALL.iter().map(|value| value.key()).collect::<Vec<_>>(),
    );
    add(
        "identity.protected.",
        &[""],
        &ProtectedIdentity::ALL
            .iter()
            .map(|value| value.key())
            .collect::<Vec<_>>(),
    );
    add(
        "",
        &[""],
        &IdentityError::ALL
            .iter()
            .map(|value| value.code())
            .collect::<Vec<_>>(),
    );
    add(
        "",
        &[""],
        &PhoneError::ALL
            .iter()
            .map(|value| value.code())
            .collect::<Vec<_>>(),
    );
    add(
        "",
        &[""],
        &AtcError::ALL
            .iter()
            .map(|value| value.code())
            .collect::<Vec<_>>(),
    );

    keys.push(CfsLevel::try_from(0).unwrap_err().code().to_owned());
    for out_of_range in [
        TreeInput {
            badl: Some(-1),
            ..TreeInput::default()
        },
        TreeInput {
            iadl: Some(-1),
            ..TreeInput::default()
        },
        TreeInput {
            chronic: Some(-1),
            ..TreeInput::default()
        },
    ] {
        keys.push(cfs::classify(&out_of_range).unwrap_err().code().to_owned());
    }
    keys
}

#[test]
fn every_value_has_its_words() {
    let texts = swedish();
    let missing: Vec<String> = needed()
        .into_iter()
        .filter(|key| !texts.contains_key(key))
        .collect();
    assert_eq!(missing, [""; 0]);
}

/// An error says what happened and what to do: at least two sentences.
#[test]
fn an_error_also_says_what_to_do() {
    let codes = IdentityError::ALL
        .iter()
        .map(|error| error.code())
        .chain(PhoneError::ALL.iter().map(|error| error.code()));
    for (texts, code) in codes.flat_map(|code| [(swedish(), code), (english(), code)]) {
        assert!(texts[code].matches('.').count() >= 2, "{code}");
    }
}
