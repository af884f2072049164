//! The sentences that people read, from the same files that the interface uses.

use crate::api::Language;
use std::{collections::BTreeMap, sync::LazyLock};

type Texts = BTreeMap<String, String>;

static SWEDISH: LazyLock<Texts> = LazyLock::new(|| {
    read(&[
        include_str!("../../../texts/sv/errors.json"),
        include_str!("../../../texts/sv/door.json"),
        include_str!("../../../texts/sv/refusals.json"),
        include_str!("../../../texts/sv/instruments.json"),
        include_str!("../../../texts/sv/access.json"),
        include_str!("../../../texts/sv/network.json"),
        include_str!("../../../texts/sv/signing.json"),
        include_str!("../../../texts/sv/records.json"),
        include_str!("../../../texts/sv/visit.json"),
        include_str!("../../../texts/sv/access_log.json"),
    ])
});

static ENGLISH: LazyLock<Texts> = LazyLock::new(|| {
    read(&[
        include_str!("../../../texts/en/errors.json"),
        include_str!("../../../texts/en/door.json"),
        include_str!("../../../texts/en/refusals.json"),
        include_str!("../../../texts/en/instruments.json"),
        include_str!("../../../texts/en/access.json"),
        include_str!("../../../texts/en/network.json"),
        include_str!("../../../texts/en/signing.json"),
        include_str!("../../../texts/en/records.json"),
        include_str!("../../../texts/en/visit.json"),
        include_str!("../../../texts/en/access_log.json"),
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
        for file in [
            "errors",
            "door",
            "refusals",
            "instruments",
            "access",
            "network",
            "signing",
            "records",
            "visit",
            "access_log",
        ] {
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

    fn assert_sentences(code: &str) {
        for language in [Language::Sv, Language::En] {
            let sentence = sentence(language, code, &BTreeMap::new());
            assert!(
                sentence.is_some_and(|text| text.contains(' ') && text.ends_with(['.', '}', 'e'])),
                "{code} has no sentence in {language:?}"
            );
        }
    }

    /// The words in quotes behind a mark, in every source file of this crate.
    fn named(marks: &[&str]) -> std::collections::BTreeSet<String> {
        fn read(folder: &std::path::Path, texts: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    read(&path, texts);
                } else {
                    texts.push(std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let mut texts = Vec::new();
        read(
            &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut texts,
        );
        let mut found = std::collections::BTreeSet::new();
        for text in &texts {
            for mark in marks {
                for rest in text.split(mark).skip(1) {
                    let rest = rest.trim_start();
                    if let Some((word, _)) =
                        rest.strip_prefix('"').and_then(|rest| rest.split_once('"'))
                    {
                        found.insert(word.to_owned());
                    }
                }
            }
        }
        found
    }

    #[test]
    fn every_code_that_the_sources_name_is_listed_and_has_a_sentence() {
        let listed: std::collections::BTreeSet<String> = crate::failure::CODES
            .iter()
            .map(|code| (*code).to_owned())
            .collect();
        let named = named(&[
            concat!("Problem::", "new("),
            concat!("NEWER_", "KIND: &str ="),
        ]);
        assert!(named.len() > 25, "{named:?}");
        // The store's codes are tested below; the newer kind's stands beside a document only.
        let unlisted: Vec<&String> = named
            .difference(&listed)
            .filter(|code| !code.starts_with("store.") && !code.starts_with("document.newer_kind"))
            .collect();
        assert_eq!(unlisted, [""; 0], "not in CODES");
        for code in named.union(&listed) {
            assert_sentences(code);
        }
    }

    #[test]
    fn every_flag_and_obstacle_has_words() {
        let mut keys = named(&[concat!("flag", "("), concat!("obstacles.", "push(")]);
        keys.insert("sign.obstacle.unchanged".to_owned());
        assert!(keys.len() > 8, "{keys:?}");
        for key in keys {
            for language in [Language::Sv, Language::En] {
                assert!(
                    sentence(language, &key, &BTreeMap::new()).is_some(),
                    "{key} has no words in {language:?}"
                );
            }
        }
    }

    #[test]
    fn every_refusal_of_the_server_has_a_sentence() {
        for reason in hemrond_sync::acceptance::Reason::ALL {
            assert_sentences(reason.code());
        }
        for code in [
            "enrol.code_expired",
            "enrol.code_unknown",
            "enrol.code_used",
            "enrol.key_malformed",
            "enrol.key_taken",
            "enrol.key_unproven",
            "request.signature",
            "request.unsigned",
        ] {
            assert_sentences(code);
        }
    }

    #[test]
    fn every_rule_against_an_act_has_a_sentence() {
        for rule in hemrond_domain::law::Forbidden::ALL {
            assert_sentences(rule.code());
            assert!(crate::failure::CODES.contains(&rule.code()));
        }
    }

    #[test]
    fn every_error_of_the_store_has_a_sentence() {
        for code in [
            "store.closed",
            "store.corrupted",
            "store.disk_full",
            "store.in_use",
            "store.invalid",
            "store.io",
            "store.newer_schema",
            "store.no_encryption",
            "store.wrong_key",
        ] {
            assert_sentences(code);
        }
    }

    #[test]
    fn what_has_no_sentence_of_its_own_is_told_with_its_code() {
        let code = "finns.inte";
        let told = crate::failure::Problem::new(code).told(Language::Sv);
        assert!(told.message.contains(code), "{}", told.message);
        assert!(told.message.contains("kvar"), "{}", told.message);
    }
}
