//! A policy that nobody asks forbids nothing: each action is asked somewhere in tablet or server.
#![allow(clippy::unwrap_used)]

use hemrond_policy::Action;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Actions that no code asks, and what stands in their place.
const NOT_ASKED: [(Action, &str); 2] = [
    (
        Action::SeeAddress,
        "no role sees the address of a protected person, so that tablets take it out by the mark in the \
         document itself, before anybody could be asked (companion, people/brief.rs)",
    ),
    (
        Action::ReviewLog,
        "reviews are kept at the server's command line, where whoever runs the server is not anybody \
         whom the policies know (server, cli/log.rs)",
    ),
];

/// Shows what a role may do, and stands in nobody's way.
const ONLY_SHOWS: &str = "admin/roles.rs";

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with(ONLY_SHOWS) {
            found.push(path);
        }
    }
}

/// What a file imports from the policies, as it is written; other crates have actions too.
fn imports_actions(source: &str) -> bool {
    source.split("use hemrond_policy::").skip(1).any(|rest| {
        let imports = rest.split(';').next().unwrap_or_default();
        imports
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| word == "Action")
    })
}

fn asks(source: &str, action: Action) -> bool {
    let name = format!("Action::{action:?}");
    source.match_indices(&name).any(|(at, _)| {
        let next = source[at + name.len()..].chars().next();
        next.is_none_or(|letter| !letter.is_alphanumeric())
    })
}

#[test]
fn every_action_is_asked_somewhere_or_listed_with_the_reason() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for asker in ["companion/src", "server/src"] {
        sources(&crates.join(asker), &mut files);
    }
    let texts: Vec<String> = files
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .filter(|text| imports_actions(text))
        .collect();
    assert!(texts.len() > 10, "the sources were found");
    for action in Action::ALL {
        let asked = texts.iter().any(|text| asks(text, action));
        let listed = NOT_ASKED.iter().any(|(listed, _)| *listed == action);
        assert!(
            asked || listed,
            "nobody asks {action:?}, and no reason is given"
        );
    }
}

#[test]
fn an_action_is_told_from_one_whose_name_begins_the_same() {
    assert!(asks("policy.may(&who, Action::Read, &what)", Action::Read));
    assert!(!asks(
        "policy.may(&who, Action::ReadLog, &what)",
        Action::Read
    ));
    assert!(imports_actions("use hemrond_policy::{Action, Policy};"));
    assert!(imports_actions("use hemrond_policy::Action;"));
    assert!(!imports_actions(
        "use hemrond_policy::Policy;\nuse hemrond_audit::Action;"
    ));
}
