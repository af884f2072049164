//! Why a typed identity number is not accepted.

use thiserror::Error;

/// Why a value is not a valid identity number; `code()` leads to the sentence shown to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// Nothing was written.
    #[error("the identity number is empty; write all its digits")]
    Empty,
    /// A character that no supported number has at that place.
    #[error(
        "the identity number has a character that does not belong there; write digits, or a reserve number as issued"
    )]
    Characters,
    /// Neither 10 nor 12 characters.
    #[error(
        "the identity number has the wrong length; write 10 or 12 digits, or the 12 characters of a reserve number"
    )]
    Length,
    /// A hyphen or plus sign in the wrong place, or one that contradicts the year.
    #[error(
        "the separator is in the wrong place or contradicts the year; write all 12 digits without a separator"
    )]
    Separator,
    /// A century in which no such number exists.
    #[error("the century in the identity number is not possible; check the first digits")]
    Century,
    /// The digits of the date are not a date.
    #[error("the date in the identity number does not exist; check year, month and day")]
    Date,
    /// The date lies after the day on which the number was read.
    #[error(
        "the date in the identity number is in the future; check the year, or write all 12 digits"
    )]
    Future,
    /// The serial part is outside its range or contradicts the letter of sex.
    #[error(
        "the serial part of the reserve number is not possible; check the characters after the date"
    )]
    ReserveSerial,
    /// The last digit does not fit the rest.
    #[error("the check digit does not fit; one of the digits is probably wrong")]
    Luhn,
}

impl IdentityError {
    /// Every reason, in declared order.
    pub const ALL: &'static [Self] = &[
        Self::Empty,
        Self::Characters,
        Self::Length,
        Self::Separator,
        Self::Century,
        Self::Date,
        Self::Future,
        Self::ReserveSerial,
        Self::Luhn,
    ];

    /// The stable code of this reason, which is also the key of its text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "identity.empty",
            Self::Characters => "identity.characters",
            Self::Length => "identity.length",
            Self::Separator => "identity.separator",
            Self::Century => "identity.century",
            Self::Date => "identity.date",
            Self::Future => "identity.future",
            Self::ReserveSerial => "identity.reserve_serial",
            Self::Luhn => "identity.luhn",
        }
    }
}
