//! The words of extracts, from the same files as all texts.

use std::{collections::BTreeMap, sync::LazyLock};

/// A language that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Svenska.
    Swedish,
    /// English.
    English,
}

type Words = BTreeMap<String, String>;

static SWEDISH: LazyLock<Words> =
    LazyLock::new(|| read(include_str!("../../../texts/sv/access_log.json")));

static ENGLISH: LazyLock<Words> =
    LazyLock::new(|| read(include_str!("../../../texts/en/access_log.json")));

fn read(file: &str) -> Words {
    // A file that does not parse would leave people without words; a test reads both.
    serde_json::from_str(file).unwrap_or_default()
}

/// The words for a key; the key itself where there are none, so that nothing is left out.
#[must_use]
pub fn word(language: Language, key: &str) -> String {
    let words = match language {
        Language::Swedish => &SWEDISH,
        Language::English => &ENGLISH,
    };
    words.get(key).cloned().unwrap_or_else(|| key.to_owned())
}
