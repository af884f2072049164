//! The national reserve number (NRID): XXYYMMDDNNGC.
//!
//! Source: national reserve number specification, OID 1.2.752.74.9.1.

use chrono::NaiveDate;

use super::{IdentityError, luhn, written};

/// Letters that are never used, because they are mistaken for digits or for each other.
const UNUSED_LETTERS: &[u8] = b"IOQVW";

/// Checks 12 upper-case ASCII characters of which the first eight are digits.
pub(super) fn check(characters: &[u8], on: NaiveDate) -> Result<(), IdentityError> {
    let [.., n1, n2, g, _] = characters else {
        return Err(IdentityError::Length);
    };
    let letter = |byte: &u8| byte.is_ascii_uppercase() && !UNUSED_LETTERS.contains(byte);
    if !letter(n1) || !letter(n2) || !(g.is_ascii_digit() || letter(g)) {
        return Err(IdentityError::Characters);
    }
    if date(characters)?.is_some_and(|date| date > on) {
        return Err(IdentityError::Future);
    }
    if luhn::holds_for_ascii(characters) {
        Ok(())
    } else {
        Err(IdentityError::Luhn)
    }
}

/// The date in the number, `None` when the number says that the date is unknown.
pub(super) fn date(characters: &[u8]) -> Result<Option<NaiveDate>, IdentityError> {
    let part = |from| written::number(characters, from, 2).ok_or(IdentityError::Date);
    let (series, year, month, day) = (part(0)?, part(2)?, part(4)?, part(6)?);
    if series == 0 {
        // Unknown birth date: month and day lie outside every calendar on purpose.
        let unknown = (20..=99).contains(&month) && (40..=59).contains(&day);
        return if unknown {
            Ok(None)
        } else {
            Err(IdentityError::Date)
        };
    }
    let year = i32::try_from(century(series)? * 100 + year).map_err(|_| IdentityError::Century)?;
    NaiveDate::from_ymd_opt(year, month, day)
        .map(Some)
        .ok_or(IdentityError::Date)
}

/// The birth century behind the first two digits: the century raised by 3, 6, 9, … 78.
///
/// 01–17 are reserved and 18–21 never used. The series that remain (24, 27, …) belong to no living person.
fn century(series: u32) -> Result<u32, IdentityError> {
    match series {
        22..=97 if (series - 19).is_multiple_of(3) => Ok(19),
        23..=98 if (series - 20).is_multiple_of(3) => Ok(20),
        _ => Err(IdentityError::Century),
    }
}
