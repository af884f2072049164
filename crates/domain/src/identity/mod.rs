//! Who a person is in a register: personnummer, samordningsnummer and reserve numbers.
//!
//! An identity is unique only as the pair of its kind and its canonical value, never by the value alone.
//! Sources: folkbokföringslagen 18 §; lag 2022:1697 2:8 (samordningsnummer); Skatteverket; national reserve number (NRID)
//! specification; Inera, reserve numbers of Västra Götalandsregionen v1.2; HL7 Sweden base profile (OIDs).

mod error;
mod luhn;
mod nrid;
mod personnummer;
mod protected;
mod samordningsnummer;
mod vgr_reserve;
mod written;

pub use error::IdentityError;
pub use protected::ProtectedIdentity;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::keyed::keyed;

keyed! {
    /// Which register issued an identity number.
    pub enum IdentityKind {
        /// Personnummer: for persons in the population register.
        Personnummer = "personnummer",
        /// Samordningsnummer: for persons who are not registered; the day is raised by 60.
        Samordningsnummer = "samordningsnummer",
        /// The national reserve number.
        Nrid = "nrid",
        /// The local reserve number of Västra Götalandsregionen.
        VgrReserve = "vgr_reserve",
    }
}

impl IdentityKind {
    /// The register that has this key, if any.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.key() == key)
    }

    /// Whether its numbers name one person in the whole country. A local reserve number may be
    /// another person's in the next organisation.
    #[must_use]
    pub const fn is_national(self) -> bool {
        match self {
            Self::Personnummer | Self::Samordningsnummer | Self::Nrid => true,
            Self::VgrReserve => false,
        }
    }

    /// The object identifier of the register.
    ///
    /// Source: HL7 Sweden base profile; Inera contracts.
    #[must_use]
    pub const fn oid(self) -> &'static str {
        match self {
            Self::Personnummer => "1.2.752.129.2.1.3.1",
            Self::Samordningsnummer => "1.2.752.129.2.1.3.3",
            Self::Nrid => "1.2.752.74.9.1",
            Self::VgrReserve => "1.2.752.113.11.0.2.1.1.1",
        }
    }
}

keyed! {
    /// The sex that an identity number encodes.
    pub enum Sex {
        /// An even digit, or the letter K.
        Female = "female",
        /// An odd digit, or the letter M.
        Male = "male",
    }
}

impl Sex {
    /// Odd is male, even is female. Source: folkbokföringslagen 18 §; lag 2022:1697 (samordningsnummer).
    fn from_parity(number: u32) -> Self {
        if number.is_multiple_of(2) {
            Self::Female
        } else {
            Self::Male
        }
    }
}

/// One identity number in its canonical form: 12 characters, upper case, without separators.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
pub struct Identity {
    /// The register that the number belongs to.
    pub kind: IdentityKind,
    /// 12 digits for personnummer and samordningsnummer, 12 characters in upper case for reserve numbers.
    pub canonical: String,
}

impl Identity {
    /// Reads an identity number as a person writes it, on the day `on`.
    ///
    /// Accepts 10 or 12 digits, with or without `-` or `+` before the last four, and whitespace anywhere. A 10-digit form
    /// belongs to the last hundred years: by law the hyphen becomes a plus sign in the year when the person turns 100, so
    /// `+` means at least 100 in the year of `on`, and `-` or nothing means less. Reserve numbers have no separator; small
    /// letters are read as capitals.
    ///
    /// # Errors
    /// An [`IdentityError`] that says what is wrong; a date after `on` is refused.
    pub fn parse(value: &str, on: NaiveDate) -> Result<Self, IdentityError> {
        let written = written::Written::read(value)?;
        match written {
            written::Written::Digits { digits, separator } => {
                let resolved = personnummer::resolve(&digits, separator, on)?;
                let kind = if resolved.coordination {
                    IdentityKind::Samordningsnummer
                } else {
                    IdentityKind::Personnummer
                };
                Ok(Self {
                    kind,
                    canonical: resolved.canonical,
                })
            }
            written::Written::Reserve(characters) => {
                let kind = if characters.get(9).is_some_and(u8::is_ascii_alphabetic) {
                    nrid::check(&characters, on)?;
                    IdentityKind::Nrid
                } else {
                    vgr_reserve::check(&characters, on)?;
                    IdentityKind::VgrReserve
                };
                Ok(Self {
                    kind,
                    canonical: characters.into_iter().map(char::from).collect(),
                })
            }
        }
    }

    /// The date that the number encodes; `None` for a reserve number of unknown date.
    ///
    /// Caution: this is the date *in the number*. When the numbers of a day have run out a nearby day is used, so it can
    /// differ from the real birth date by some days. Source: lag 2022:1697 2:8.
    #[must_use]
    pub fn birth_date(&self) -> Option<NaiveDate> {
        let characters = self.canonical.as_bytes();
        match self.kind {
            IdentityKind::Personnummer => written::date(characters, 0),
            IdentityKind::Samordningsnummer => samordningsnummer::date(characters),
            IdentityKind::Nrid => nrid::date(characters).ok().flatten(),
            IdentityKind::VgrReserve => written::date(characters, 0),
        }
    }

    /// Full years on the day `on` by the date in the number; `None` without a date or before birth.
    ///
    /// The caution of [`Identity::birth_date`] applies.
    #[must_use]
    pub fn age_on(&self, on: NaiveDate) -> Option<u32> {
        on.years_since(self.birth_date()?)
    }

    /// The sex that the number encodes; `None` when the number leaves it open.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        let characters = self.canonical.as_bytes();
        match self.kind {
            IdentityKind::Personnummer | IdentityKind::Samordningsnummer | IdentityKind::Nrid => {
                written::digit(characters, 10).map(Sex::from_parity)
            }
            IdentityKind::VgrReserve => vgr_reserve::sex(characters),
        }
    }

    /// The number as it is shown: `19121212-1212`; reserve numbers without separator.
    #[must_use]
    pub fn display(&self) -> String {
        match (self.kind, self.canonical.get(..8), self.canonical.get(8..)) {
            (
                IdentityKind::Personnummer | IdentityKind::Samordningsnummer,
                Some(date),
                Some(rest),
            ) => {
                format!("{date}-{rest}")
            }
            _ => self.canonical.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
