//! The sentences that people read, from the same files that the interface uses.

use crate::api::Language;
use std::{collections::BTreeMap, sync::LazyLock};

type Texts = BTreeMap<String, String>;

static SWEDISH: LazyLock<Texts> = LazyLock::new(|| {
    read(&[
        include_str!("../../../texts/sv/errors.json"),
        include_str!("../../../texts/sv/refusals.json"),
        include_str!("../../../texts/sv/instruments.json"),
    ])
});

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| {
    read(&[
        include_str!("../../../texts/en/errors.json"),
        include_str!("../../../texts/en/refusals.json"),
        include_str!("../../../texts/en/instruments.json"),
    ])
});

fn read(files: &[&str]) -> Texts {
    // A file that does not parse would leave people without sentences; a test reads them all.
    files
        .iter()
        .filter_map(|file| serde_json::from_str::<Texts>(file).ok())
        .flatten()
        .collect()
}

/// The sentence of a key, with its placeholders filled; none where the key has no sentence.
#[must_use]
pub fn sentence(
    language: Language,
    key: &str,
    params: &BTreeMap<String, String>,
) -> Option<String> {
    let texts = match language {
        Language::Sv => &SWEDISH,
        Language::En => &ENGLISH,
    };
    let mut text = texts.get(key)?.clone();
    for (name, value) in params {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    Some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_sentences_with_the_same_placeholders() {
        let placeholders = |text: &str| {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next())
                .map(str::to_owned)
                .collect();
            names.sort();
            names
        };
        for file in ["errors", "refusals", "instruments"] {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../texts");
            let read = |language: &str| -> Texts {
                let path = format!("{folder}/{language}/{file}.json");
                serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
            };
            let (swedish, english) = (read("sv"), read("en"));
            assert!(swedish.keys().eq(english.keys()), "{file}: the keys differ");
            for (key, text) in &swedish {
                assert!(!text.trim().is_empty(), "{key} is empty");
                assert_eq!(placeholders(text), placeholders(&english[key]), "{key}");
            }
        }
    }

    #[test]
    fn every_code_that_the_code_names_has_a_sentence() {
        for code in crate::failure::CODES {
            for language in [Language::Sv, Language::En] {
                assert!(
                    sentence(language, code, &BTreeMap::new()).is_some(),
                    "{code} has no sentence in {language:?}"
                );
            }
        }
    }
}
