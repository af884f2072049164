//! Every combination of role, kind, action, organisation, unit and circumstances: the policies against an
//! independent table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod every;
mod oracle;
mod render;

use hemrond_domain::people::Role;
use hemrond_policy::{Decision, Policy, Reason};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

/// Asks everything that a role can ask, and compares answer, reason and paragraph.
fn agree(role: Role) {
    let policy = Policy::load().unwrap();
    let (mut asked, mut allowed) = (0_u32, 0_u32);
    let mut laws = BTreeMap::new();
    for question in every::questions(role) {
        let expected = oracle::expected(&question);
        let decision = every::ask(&policy, &question);
        assert_eq!(
            (decision.allowed, decision.reason.map(Reason::as_str)),
            (expected.refused.is_none(), expected.refused),
            "{question:?}: the table says {expected:?}, the policies {decision:?}"
        );
        assert_eq!(decision.allowed, decision.cause.is_none());
        if let Some(law) = deciding(&policy, &decision) {
            laws.entry((law, expected.law)).or_insert(question);
        }
        asked += 1;
        allowed += u32::from(decision.allowed);
    }
    for ((policies, table), question) in laws {
        assert!(
            !paragraphs(&policies).is_disjoint(&paragraphs(table)),
            "{question:?}: the policies name {policies}, the table {table}"
        );
    }
    assert_eq!(asked, 7 * 13 * 2 * 3 * 432, "nothing was left out");
    assert!(allowed > 0, "{role} may do something");
    println!("{role}: {asked} combinations, {allowed} allowed, all as the table says");
}

/// The paragraphs of the policies behind an answer: of all that permit, or of those that forbid for the reason
/// told. Where the role alone refuses, no policy does.
fn deciding(policy: &Policy, decision: &Decision) -> Option<String> {
    if decision.allowed {
        let laws = policy.laws(decision);
        assert!(!laws.is_empty(), "a permission names its paragraph");
        return Some(laws.join("; "));
    }
    let laws: Vec<&str> = policy
        .rules()
        .into_iter()
        .filter(|rule| decision.policies.contains(&rule.id))
        .filter(|rule| rule.told.or(rule.reason) == decision.reason)
        .map(|rule| rule.law.as_str())
        .collect();
    (!laws.is_empty()).then(|| laws.join("; "))
}

/// `PDL 4:4, 4:5; SVOD 2:3` as its three paragraphs.
fn paragraphs(law: &str) -> BTreeSet<String> {
    law.split("; ")
        .flat_map(|act| {
            let (first, more) = act.split_once(", ").unwrap_or((act, ""));
            let (act, paragraph) = first.rsplit_once(' ').unwrap();
            std::iter::once(paragraph)
                .chain(more.split(", ").filter(|paragraph| !paragraph.is_empty()))
                .map(move |paragraph| format!("{act} {paragraph}"))
        })
        .collect()
}

/// AC11: what a nurse may do, in every combination (PDL 4:2).
#[test]
fn a_nurse_may_what_the_table_says() {
    agree(Role::Nurse);
}

/// AC11: what a doctor may do, in every combination (PDL 4:2).
#[test]
fn a_doctor_may_what_the_table_says() {
    agree(Role::Doctor);
}

/// AC11: what hemtjänst may do, in every combination (PDL 4:2, SVOD 4:3).
#[test]
fn hemtjanst_may_what_the_table_says() {
    agree(Role::Hemtjanst);
}

/// AC11: what an assessor may do, in every combination (PDL 4:2, SVOD 4:3).
#[test]
fn an_assessor_may_what_the_table_says() {
    agree(Role::Assessor);
}

/// AC11: what an administrator may do, in every combination (PDL 4:2).
#[test]
fn an_administrator_may_what_the_table_says() {
    agree(Role::Administrator);
}

#[test]
fn the_table_has_every_combination() {
    let combinations: usize = Role::ALL
        .into_iter()
        .map(|role| every::questions(role).count())
        .sum();
    println!("{combinations} combinations");
    assert_eq!(combinations, 5 * 7 * 13 * 2 * 3 * 432);
}

fn table() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/policy-table.md"
    ))
}

#[test]
fn the_table_for_people_is_this_table() {
    let written = fs::read_to_string(table()).unwrap();
    assert!(
        written == render::table(),
        "docs/policy-table.md is old; write it with: \
         cargo test -p hemrond-policy --test table -- --ignored"
    );
}

#[test]
#[ignore = "writes docs/policy-table.md"]
fn write_the_table_for_people() {
    fs::write(table(), render::table()).unwrap();
}
