//! From what a person types to bare characters: whitespace, separators and the two shapes of a number.

use chrono::NaiveDate;

use super::IdentityError;

/// The separator before the last four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// None was written.
    Absent,
    /// `-`
    Hyphen,
    /// `+`
    Plus,
}

/// A number freed from whitespace, split into its two possible shapes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// 10 or 12 digits.
    Digits {
        /// The values 0–9.
        digits: Vec<u32>,
        /// What stood before the last four.
        separator: Separator,
    },
    /// Eight digits, then letters: 12 ASCII characters in upper case.
    Reserve(Vec<u8>),
}

impl Written {
    pub(super) fn read(value: &str) -> Result<Self, IdentityError> {
        let characters: Vec<char> = value
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(plain)
            .collect();
        if characters.is_empty() {
            return Err(IdentityError::Empty);
        }
        if characters
            .iter()
            .any(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+')))
        {
            return Err(IdentityError::Characters);
        }
        if characters.iter().any(char::is_ascii_alphabetic) {
            reserve(&characters)
        } else {
            digits(&characters)
        }
    }
}

/// Pasted text often has a typographic dash where a keyboard has a hyphen.
fn plain(character: char) -> char {
    match character {
        '\u{2010}'..='\u{2013}' | '\u{2212}' => '-',
        other => other.to_ascii_uppercase(),
    }
}

fn digits(characters: &[char]) -> Result<Written, IdentityError> {
    let digits: Vec<u32> = characters.iter().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 10 && digits.len() != 12 {
        return Err(IdentityError::Length);
    }
    let marks: Vec<(usize, char)> = characters
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, c)| !c.is_ascii_digit())
        .collect();
    let separator = match marks.as_slice() {
        [] => Separator::Absent,
        [(place, mark)] if place + 4 == digits.len() => {
            if *mark == '+' {
                Separator::Plus
            } else {
                Separator::Hyphen
            }
        }
        _ => return Err(IdentityError::Separator),
    };
    Ok(Written::Digits { digits, separator })
}

fn reserve(characters: &[char]) -> Result<Written, IdentityError> {
    if characters.iter().any(|c| !c.is_ascii_alphanumeric()) {
        return Err(IdentityError::Separator);
    }
    if characters.len() != 12 {
        return Err(IdentityError::Length);
    }
    let bytes: Vec<u8> = characters
        .iter()
        .filter_map(|c| u8::try_from(*c).ok())
        .collect();
    let date_is_digits = bytes.iter().take(8).all(u8::is_ascii_digit);
    let letter_follows = bytes.get(8).is_some_and(u8::is_ascii_alphabetic);
    let ends_in_digit = bytes.last().is_some_and(u8::is_ascii_digit);
    if date_is_digits && letter_follows && ends_in_digit {
        Ok(Written::Reserve(bytes))
    } else {
        Err(IdentityError::Characters)
    }
}

/// The digit at a place, when there is one.
pub(super) fn digit(characters: &[u8], place: usize) -> Option<u32> {
    characters
        .get(place)
        .filter(|byte| byte.is_ascii_digit())
        .map(|byte| u32::from(byte - b'0'))
}

/// The number formed by digits `from..from + count`.
pub(super) fn number(characters: &[u8], from: usize, count: usize) -> Option<u32> {
    (from..from + count).try_fold(0, |sum, place| Some(sum * 10 + digit(characters, place)?))
}

/// The date YYYYMMDD at the start, with the day lowered by `day_offset`.
pub(super) fn date(characters: &[u8], day_offset: u32) -> Option<NaiveDate> {
    let year = i32::try_from(number(characters, 0, 4)?).ok()?;
    let month = number(characters, 4, 2)?;
    let day = number(characters, 6, 2)?.checked_sub(day_offset)?;
    NaiveDate::from_ymd_opt(year, month, day)
}
