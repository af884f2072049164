//! The local reserve number of Västra Götalandsregionen: yyyymmddGggC.
//!
//! Source: Inera, reserve numbers of Västra Götalandsregionen v1.2 (corrected examples); OID 1.2.752.113.11.0.2.1.1.1.

use chrono::NaiveDate;

use super::{IdentityError, Sex, luhn, written};

/// Checks 12 upper-case ASCII characters of which the first eight are digits.
pub(super) fn check(characters: &[u8], on: NaiveDate) -> Result<(), IdentityError> {
    let letter = characters.get(8).copied().ok_or(IdentityError::Length)?;
    let letter_value = letter_value(letter).ok_or(IdentityError::Characters)?;
    let serial = written::number(characters, 9, 2).ok_or(IdentityError::Characters)?;
    let check = written::digit(characters, 11).ok_or(IdentityError::Characters)?;

    let date = written::date(characters, 0).ok_or(IdentityError::Date)?;
    if date > on {
        return Err(IdentityError::Future);
    }
    // 06–79 say the sex by parity, 80–89 leave it open; the letter must say the same.
    let agrees = match letter {
        b'K' => (6..=79).contains(&serial) && serial.is_multiple_of(2),
        b'M' => (6..=79).contains(&serial) && !serial.is_multiple_of(2),
        _ => (80..=89).contains(&serial),
    };
    if !agrees {
        return Err(IdentityError::ReserveSerial);
    }
    let date_digits = (2..8).filter_map(|place| written::digit(characters, place));
    let payload: Vec<u32> = date_digits
        .chain([letter_value, serial / 10, serial % 10])
        .collect();
    if luhn::check_digit(&payload) == check {
        Ok(())
    } else {
        Err(IdentityError::Luhn)
    }
}

/// The sex by the letter; `None` for X.
pub(super) fn sex(characters: &[u8]) -> Option<Sex> {
    match characters.get(8)? {
        b'K' => Some(Sex::Female),
        b'M' => Some(Sex::Male),
        _ => None,
    }
}

/// What the letter counts as in the check sum.
const fn letter_value(letter: u8) -> Option<u32> {
    match letter {
        b'K' => Some(5),
        b'M' => Some(7),
        b'X' => Some(8),
        _ => None,
    }
}
