//! No identity number in the project is somebody's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use chrono::NaiveDate;
use hemrond_domain::identity::{Identity, IdentityKind};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The Tax Agency's public test numbers that this project uses.
const PUBLIC: [&str; 16] = [
    "191212121212",
    "189001019802",
    "190001019801",
    "194408139089",
    "199006022397",
    "199107172380",
    "199610202385",
    "190104132386",
    "200001052380",
    "193012299263",
    "194001079120",
    "193805028432",
    "196408233234",
    "197010632391",
    "197010632383",
    "191401682396",
];

/// A leap day, which the public list lacks; its serial 239 is one of that list's own.
const LEAP_DAY: &str = "200002292399";

/// Where words of ours stand.
const FOLDERS: [&str; 11] = [
    "crates",
    "deploy",
    "docs",
    "fuzz",
    "src-tauri",
    "tests",
    "texts",
    "ui/public",
    "ui/src",
    "ui/tests",
    "xtask",
];

/// AC70: whatever in sources, texts and sample data reads as an identity number is a test number.
#[test]
fn every_identity_number_in_the_project_is_a_test_number() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let on = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let mut strangers = Vec::new();
    let mut seen = 0;
    for path in FOLDERS.iter().flat_map(|folder| files(&root.join(folder))) {
        // What is no text holds no number that somebody wrote.
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for written in numbers(&text) {
            let Ok(read) = Identity::parse(written, on) else {
                continue;
            };
            if !matches!(
                read.kind,
                IdentityKind::Personnummer | IdentityKind::Samordningsnummer
            ) {
                continue;
            }
            seen += 1;
            // A short form may be read in another century than it was meant in.
            let known = PUBLIC
                .iter()
                .chain([&LEAP_DAY])
                .any(|known| known[2..] == read.canonical[2..]);
            if !known {
                strangers.push(format!("{written} in {}", path.display()));
            }
        }
    }
    assert_eq!(strangers, [] as [String; 0]);
    assert!(seen > 40, "only {seen} numbers were found at all");
}

/// What could be a number: twelve digits, or ten or twelve with a sign before the last four.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '+')
        .filter(|word| {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            let signs = word.len() - digits;
            digits == 12 && signs <= 1 || digits == 10 && signs == 1
        })
}

#[test]
fn a_number_is_found_in_any_of_its_spellings() {
    let text = "a 19121212-1212, \"121212+1212\" and 191212121212; not 2026-11-22 or 0191212121212";
    let found: Vec<_> = numbers(text).collect();
    assert_eq!(found, ["19121212-1212", "121212+1212", "191212121212"]);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            found.push(path);
        } else if !["node_modules", "target", "dist"]
            .iter()
            .any(|made| path.ends_with(made))
        {
            found.extend(files(&path));
        }
    }
    found
}
