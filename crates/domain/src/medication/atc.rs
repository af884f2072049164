//! Codes of the Anatomical Therapeutic Chemical classification.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

/// An ATC code of any level: `N`, `N05`, `N05B`, `N05BA`, `N05BA01`.
///
/// The form is checked, not that the code exists: the register changes every year and is not shipped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Atc(String);

/// Why a text is not an ATC code; `code()` leads to the sentence shown to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AtcError {
    /// Neither 1, 3, 4, 5 nor 7 characters.
    #[error("an ATC code has 1, 3, 4, 5 or 7 characters")]
    Length,
    /// A letter where a digit belongs, or the other way round.
    #[error("an ATC code is a letter, two digits, two letters and two digits, such as N05BA01")]
    Form,
}

impl AtcError {
    /// Every reason, in declared order.
    pub const ALL: &'static [Self] = &[Self::Length, Self::Form];

    /// The stable code of this reason, which is also the key of its text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "atc.length",
            Self::Form => "atc.form",
        }
    }
}

impl Atc {
    /// Reads a code; small letters and surrounding whitespace are accepted.
    ///
    /// # Errors
    /// An [`AtcError`] when the text does not have the form of a code. Source: WHO Collaborating Centre, ATC structure.
    pub fn parse(value: &str) -> Result<Self, AtcError> {
        let code = value.trim().to_ascii_uppercase();
        if !code.bytes().zip(*b"LDDLLDD").all(|(byte, form)| {
            if form == b'L' {
                byte.is_ascii_uppercase()
            } else {
                byte.is_ascii_digit()
            }
        }) {
            return Err(AtcError::Form);
        }
        if matches!(code.len(), 1 | 3 | 4 | 5 | 7) {
            Ok(Self(code))
        } else {
            Err(AtcError::Length)
        }
    }

    /// The code in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this code belongs to the group `prefix`, given in upper case.
    #[must_use]
    pub fn starts_with(&self, prefix: &str) -> bool {
        self.0.starts_with(prefix)
    }

    /// Whether this code names a substance (7 characters) and not only a group.
    #[must_use]
    pub fn is_substance(&self) -> bool {
        self.0.len() == 7
    }

    /// The therapeutic group of a substance: its first five characters; `None` for a code that is itself a group.
    #[must_use]
    pub fn chemical_group(&self) -> Option<&str> {
        if self.is_substance() {
            self.0.get(..5)
        } else {
            None
        }
    }
}

impl TryFrom<String> for Atc {
    type Error = AtcError;

    fn try_from(value: String) -> Result<Self, Self::Error> {
        Self::parse(&value)
    }
}

impl From<Atc> for String {
    fn from(code: Atc) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn codes_of_every_level_are_read() {
        for code in ["N", "N05", "N05B", "N05BA", "N05BA01", " n05ba01 "] {
            assert_eq!(
                Atc::parse(code).unwrap().as_str(),
                code.trim().to_uppercase()
            );
        }
        let diazepam = Atc::parse("N05BA01").unwrap();
        assert!(diazepam.starts_with("N05B") && diazepam.is_substance());
        assert_eq!(diazepam.chemical_group(), Some("N05BA"));
        assert_eq!(Atc::parse("N05BA").unwrap().chemical_group(), None);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "N0", "N05BA0", "N05BA011"] {
            assert_eq!(Atc::parse(text), Err(AtcError::Length), "{text}");
        }
        for text in [
            "05N", "NO5BA01", "N05BAO1", "Å05BA01", "Alvedon", "N05 BA01",
        ] {
            assert_eq!(Atc::parse(text), Err(AtcError::Form), "{text}");
        }
        assert!(serde_json::from_str::<Atc>("\"Alvedon\"").is_err());
    }
}
