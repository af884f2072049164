//! The pages' words, in Swedish and English.

use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE};
use std::{collections::BTreeMap, sync::LazyLock};

type Texts = BTreeMap<String, String>;

static SWEDISH: LazyLock<Texts> =
    LazyLock::new(|| read(include_str!("../../../../texts/sv/admin.json")));
static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| read(include_str!("../../../../texts/en/admin.json")));

fn read(file: &str) -> Texts {
    // A file that does not parse would leave people without words; a test reads both.
    serde_json::from_str(file).unwrap_or_default()
}

impl From<Language> for hemrond_audit::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Swedish => Self::Swedish,
            Language::English => Self::English,
        }
    }
}

/// The pages' languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Swedish,
    English,
}

impl Language {
    /// The code, as HTML and addresses write it.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Swedish => "sv",
            Self::English => "en",
        }
    }

    /// The language of a code.
    pub(super) fn of(code: &str) -> Option<Self> {
        match code {
            "sv" => Some(Self::Swedish),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The first of ours that a browser asks for; Swedish if it asks for none.
    pub(super) fn asked(headers: &HeaderMap) -> Self {
        let asked = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        asked
            .split(',')
            .filter_map(|one| Self::of(one.trim().get(..2)?))
            .next()
            .unwrap_or(Self::Swedish)
    }

    /// The words of a key; the key itself where there are none, which a test forbids.
    pub(super) fn say(self, key: &str) -> &str {
        let texts: &'static Texts = match self {
            Self::Swedish => &SWEDISH,
            Self::English => &ENGLISH,
        };
        texts.get(key).map_or(key, String::as_str)
    }

    /// The words of a key, if it has any.
    pub(super) fn find(self, key: &str) -> Option<&'static str> {
        let texts: &'static Texts = match self {
            Self::Swedish => &SWEDISH,
            Self::English => &ENGLISH,
        };
        texts.get(key).map(String::as_str)
    }

    /// The words of a key with a placeholder filled.
    pub(super) fn fill(self, key: &str, name: &str, value: &str) -> String {
        self.say(key).replace(&format!("{{{name}}}"), value)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn placeholders(text: &str) -> Vec<&str> {
        let parts = text.split('{').skip(1);
        let mut names: Vec<&str> = parts.filter_map(|rest| rest.split('}').next()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_languages_have_the_same_words_with_the_same_placeholders() {
        let (swedish, english) = (&*SWEDISH, &*ENGLISH);
        assert!(swedish.len() > 100, "the file was read");
        assert!(swedish.keys().eq(english.keys()));
        for (key, text) in swedish {
            assert!(!text.trim().is_empty(), "{key}");
            assert!(!english[key].trim().is_empty(), "{key}");
            assert_eq!(placeholders(text), placeholders(&english[key]), "{key}");
        }
    }

    /// The words that the pages name in their sources, and those that are put together.
    #[test]
    fn every_page_finds_its_words() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/admin");
        let subjects: Vec<&str> = SWEDISH
            .keys()
            .filter_map(|key| key.split('.').next())
            .collect();
        let mut keys = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let literals = text.split('"').filter(|literal| {
                let mut letters = literal.chars();
                literal.matches('.').count() == 1
                    && letters.all(|letter| matches!(letter, 'a'..='z' | '_' | '.'))
            });
            let of_ours = literals.filter(|literal| {
                let (subject, name) = literal.split_once('.').unwrap();
                subjects.contains(&subject) && !name.is_empty()
            });
            keys.extend(of_ours.map(str::to_owned));
        }
        for done in ["user_added", "user_closed", "role_changed", "card_named"] {
            keys.push(format!("done.{done}"));
        }
        for done in [
            "device_shut_out",
            "unit_added",
            "role_analysed",
            "review_kept",
        ] {
            keys.push(format!("done.{done}"));
        }
        assert!(keys.len() > 80, "{}", keys.len());
        for act in crate::office::Act::ALL {
            keys.push(format!("act.{}", act.as_str()));
        }
        for role in hemrond_domain::people::Role::ALL {
            keys.push(format!("role.{}", role.as_str()));
        }
        for kind in hemrond_domain::record::DocumentKind::ALL {
            keys.push(format!("document.{}", kind.as_str()));
        }
        for kind in crate::directory::UNIT_KINDS {
            keys.push(format!("unit_kind.{kind}"));
        }
        for key in keys {
            assert!(SWEDISH.contains_key(&key), "{key} has no words");
        }
    }

    #[test]
    fn a_browser_is_answered_in_its_language() {
        for (asked, language) in [
            ("sv-SE,sv;q=0.9,en;q=0.8", Language::Swedish),
            ("en-GB,en;q=0.9", Language::English),
            ("fi,en;q=0.5", Language::English),
            ("fi", Language::Swedish),
            ("å", Language::Swedish),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(
                ACCEPT_LANGUAGE,
                axum::http::HeaderValue::from_bytes(asked.as_bytes()).unwrap(),
            );
            assert_eq!(Language::asked(&headers), language, "{asked}");
        }
        assert_eq!(Language::asked(&HeaderMap::new()), Language::Swedish);
    }
}
