//! Phone numbers: stored as E.164 or as a short code, shown as they are said in Sweden.
//!
//! Source: ITU-T E.164; the Swedish numbering plan (PTS).

use serde::{Deserialize, Serialize};
use thiserror::Error;
use ts_rs::TS;

/// A phone number: `+46701740605`, or a short code such as `112`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Phone(String);

/// Why a written phone number is not accepted; `code()` leads to the sentence shown to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Nothing was written.
    #[error("the phone number is empty; write it with its area code")]
    Empty,
    /// Something other than digits, a leading plus sign and the usual separators.
    #[error("the phone number has a character that does not belong there; write digits only")]
    Characters,
    /// Too few or too many digits.
    #[error("the phone number has too few or too many digits; check it")]
    Length,
    /// Neither an area code, a country code nor a short code stands first.
    #[error("the phone number lacks its area code; write it with the leading zero")]
    AreaCode,
}

impl PhoneError {
    /// Every reason, in declared order.
    pub const ALL: &'static [Self] = &[Self::Empty, Self::Characters, Self::Length, Self::AreaCode];

    /// The stable code of this reason, which is also the key of its text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "phone.empty",
            Self::Characters => "phone.characters",
            Self::Length => "phone.length",
            Self::AreaCode => "phone.area_code",
        }
    }
}

/// Area codes of three digits with their zero; all others but 08 have four. Source: the Swedish numbering plan.
const THREE_DIGIT_AREAS: &[&str] = &[
    "010", "011", "013", "016", "018", "019", "020", "021", "023", "026", "031", "033", "035",
    "036", "040", "042", "044", "046", "054", "060", "063", "070", "072", "073", "076", "079",
    "090",
];

impl Phone {
    /// Reads a phone number as a person writes it.
    ///
    /// `070-174 06 05`, `+46 (0)70…` and `0046…` all become `+4670…`; other countries need `+` or `00`. Three to six digits
    /// that begin with 1 are a short code (112, 1177). Swedish numbers have 7–9 digits after the country code, others at
    /// most 15 with it.
    ///
    /// # Errors
    /// A [`PhoneError`] that says what is wrong.
    pub fn parse(value: &str) -> Result<Self, PhoneError> {
        let (plus, digits) = digits_of(value)?;
        if plus {
            return international(&digits);
        }
        if let Some(rest) = digits.strip_prefix("00") {
            return international(rest);
        }
        if let Some(significant) = digits.strip_prefix('0') {
            return swedish(significant);
        }
        match digits.len() {
            3..=6 if digits.starts_with('1') => Ok(Self(digits)),
            ..=2 => Err(PhoneError::Length),
            _ => Err(PhoneError::AreaCode),
        }
    }

    /// The stored form: E.164 with a plus sign, or a short code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a short code such as 112 or 1177.
    #[must_use]
    pub fn is_short_code(&self) -> bool {
        !self.0.starts_with('+')
    }

    /// The number as it is shown: `070-174 06 05` for Swedish numbers, otherwise as stored.
    #[must_use]
    pub fn display(&self) -> String {
        let Some(significant) = self.0.strip_prefix("+46") else {
            return self.0.clone();
        };
        let national = format!("0{significant}");
        let area_length = if national.starts_with("08") {
            2
        } else if THREE_DIGIT_AREAS
            .iter()
            .any(|area| national.starts_with(area))
        {
            3
        } else {
            4
        };
        match (national.get(..area_length), national.get(area_length..)) {
            (Some(area), Some(rest)) if !rest.is_empty() => format!("{area}-{}", grouped(rest)),
            _ => national,
        }
    }
}

/// Strips what people put between digits.
fn digits_of(value: &str) -> Result<(bool, String), PhoneError> {
    let trimmed = value.trim();
    let (plus, rest) = match trimmed.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    let mut digits = String::new();
    for character in rest.chars() {
        match character {
            '0'..='9' => digits.push(character),
            '-' | '(' | ')' | '/' | '.' | '\u{2010}'..='\u{2013}' => {}
            c if c.is_whitespace() => {}
            _ => return Err(PhoneError::Characters),
        }
    }
    if digits.is_empty() {
        Err(PhoneError::Empty)
    } else {
        Ok((plus, digits))
    }
}

fn international(digits: &str) -> Result<Phone, PhoneError> {
    if let Some(rest) = digits.strip_prefix("46") {
        // "+46 (0)70…" repeats the zero that the country code replaces.
        return swedish(rest.strip_prefix('0').unwrap_or(rest));
    }
    if digits.starts_with('0') {
        return Err(PhoneError::AreaCode);
    }
    if (7..=15).contains(&digits.len()) {
        Ok(Phone(format!("+{digits}")))
    } else {
        Err(PhoneError::Length)
    }
}

fn swedish(significant: &str) -> Result<Phone, PhoneError> {
    if significant.starts_with('0') {
        return Err(PhoneError::AreaCode);
    }
    if (7..=9).contains(&significant.len()) {
        Ok(Phone(format!("+46{significant}")))
    } else {
        Err(PhoneError::Length)
    }
}

/// Pairs from the right, with a group of three first when the count is odd, and two groups of three for eight digits.
fn grouped(digits: &str) -> String {
    let sizes: &[usize] = match digits.len() {
        8 => &[3, 3, 2],
        7 => &[3, 2, 2],
        6 => &[2, 2, 2],
        5 => &[3, 2],
        _ => return digits.to_owned(),
    };
    let mut rest = digits;
    let mut groups = Vec::new();
    for size in sizes {
        let (group, tail) = rest.split_at_checked(*size).unwrap_or((rest, ""));
        groups.push(group);
        rest = tail;
    }
    groups.join(" ")
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(value: String) -> Result<Self, Self::Error> {
        Self::parse(&value)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    /// Numbers from the ranges that PTS sets aside for fiction.
    #[test]
    fn kerstins_daughters_number_in_every_spelling() {
        for written in [
            "070-174 06 05",
            "0701740605",
            "0046701740605",
            "+46 (0)70-174 06 05",
            "+46701740605",
            " 070/1740605",
        ] {
            let phone = Phone::parse(written).unwrap();
            assert_eq!(phone.as_str(), "+46701740605", "{written}");
            assert_eq!(phone.display(), "070-174 06 05");
            assert!(!phone.is_short_code());
        }
        assert_eq!(
            Phone::parse("08-465 004 00").unwrap().display(),
            "08-465 004 00"
        );
        assert_eq!(
            Phone::parse("0313900600").unwrap().display(),
            "031-390 06 00"
        );
        assert_eq!(
            Phone::parse("+47 22 00 00 00").unwrap().display(),
            "+4722000000"
        );
    }

    #[test]
    fn short_codes_stay_short() {
        for code in ["112", "1177", "113 13"] {
            let phone = Phone::parse(code).unwrap();
            assert_eq!(phone.as_str(), code.replace(' ', ""));
            assert_eq!(phone.display(), phone.as_str());
            assert!(phone.is_short_code());
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (written, error) in [
            ("", PhoneError::Empty),
            ("-", PhoneError::Empty),
            ("ring Eva", PhoneError::Characters),
            ("070-174 06 05 (hem)", PhoneError::Characters),
            ("174 06 05", PhoneError::AreaCode),
            ("070-174", PhoneError::Length),
            ("070-174 06 05 05", PhoneError::Length),
            ("12", PhoneError::Length),
            ("+1234567890123456", PhoneError::Length),
        ] {
            assert_eq!(Phone::parse(written), Err(error), "{written}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_shown_reads_as_the_same_number(written in "\\PC*|[+]?[0-9() -]{3,18}") {
            if let Ok(phone) = Phone::parse(&written) {
                prop_assert_eq!(Phone::parse(&phone.display()), Ok(phone.clone()));
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone));
            }
        }
    }
}
