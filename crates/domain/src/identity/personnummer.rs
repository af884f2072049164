//! The personnummer, and what the samordningsnummer shares with it: century, date, separator and check digit.

use chrono::{Datelike, NaiveDate};

use super::written::Separator;
use super::{IdentityError, luhn, samordningsnummer};

/// A checked number.
pub(super) struct Resolved {
    /// 12 digits.
    pub(super) canonical: String,
    /// Whether the day says samordningsnummer.
    pub(super) coordination: bool,
}

/// Checks 10 or 12 digits and completes the century.
pub(super) fn resolve(
    digits: &[u32],
    separator: Separator,
    on: NaiveDate,
) -> Result<Resolved, IdentityError> {
    let (written_year, short) = match digits {
        [a, b, c, d, short @ ..] if digits.len() == 12 => (
            Some(a * 1000 + b * 100 + c * 10 + d),
            [&[*c, *d], short].concat(),
        ),
        _ => (None, digits.to_vec()),
    };
    let [y1, y2, m1, m2, d1, d2, serial @ .., check] = short.as_slice() else {
        return Err(IdentityError::Length);
    };
    let (month, written_day) = (m1 * 10 + m2, d1 * 10 + d2);
    let coordination = samordningsnummer::is_coordination_day(written_day);
    let day = if coordination {
        written_day - samordningsnummer::DAY_OFFSET
    } else {
        written_day
    };

    let year = match written_year {
        Some(year) => year_as_written(year, separator, on)?,
        None => year_from_two_digits(y1 * 10 + y2, separator, on)?,
    };
    let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(IdentityError::Date)?;
    if date > on {
        return Err(IdentityError::Future);
    }
    let payload = [&[*y1, *y2, *m1, *m2, *d1, *d2], serial].concat();
    if luhn::check_digit(&payload) != *check {
        return Err(IdentityError::Luhn);
    }
    let tail: String = serial.iter().chain([check]).map(u32::to_string).collect();
    Ok(Resolved {
        canonical: format!("{year:04}{month:02}{written_day:02}{tail}"),
        coordination,
    })
}

/// The year of a 12-digit form. The hyphen says nothing there, but a plus sign must not contradict the year.
fn year_as_written(year: u32, separator: Separator, on: NaiveDate) -> Result<i32, IdentityError> {
    // Numbers were first issued in 1947, so nobody born before 1800 has one, and 2200 is not this register's concern.
    if !(1800..2200).contains(&year) {
        return Err(IdentityError::Century);
    }
    let year = i32::try_from(year).map_err(|_| IdentityError::Century)?;
    if separator == Separator::Plus && on.year() - year < 100 {
        return Err(IdentityError::Separator);
    }
    Ok(year)
}

/// The only year with these last digits in which the person turns 0–99 in the year of `on`; 100–199 with a plus sign.
///
/// Source: folkbokföringslagen 18 § (the hyphen is changed to a plus sign in the year when the person turns 100).
fn year_from_two_digits(
    last_digits: u32,
    separator: Separator,
    on: NaiveDate,
) -> Result<i32, IdentityError> {
    let last_digits = i32::try_from(last_digits).map_err(|_| IdentityError::Century)?;
    let turns = (on.year() - last_digits).rem_euclid(100);
    let turns = if separator == Separator::Plus {
        turns + 100
    } else {
        turns
    };
    let year = on.year() - turns;
    if (1800..2200).contains(&year) {
        Ok(year)
    } else {
        Err(IdentityError::Century)
    }
}
