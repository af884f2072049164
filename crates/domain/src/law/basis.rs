//! The legal basis under which something is told to somebody else.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why something may be told to another unit or giver; stored with every transfer (AC60).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// Within one vårdgivare.
    SameGiver,
    /// Between authorities that do health care in one municipality or region (OSL 25:11 p 1–2).
    Osl2511,
    /// Vårdgivare, with the patient's consent (SVOD 3:1).
    Svod31,
    /// Omsorgsgivare, with the person's consent (SVOD 3:2).
    Svod32,
    /// The patient cannot take part in the decision (SVOD 3:3).
    Svod33,
    /// Danger to life or health (SVOD 3:6).
    Svod36,
    /// The person consents that secrecy is lifted (OSL 10:1).
    ConsentOsl101,
    /// A law obliges to tell (uppgiftsskyldighet).
    Duty,
}

impl LegalBasis {
    /// Every basis.
    pub const ALL: [Self; 8] = [
        Self::SameGiver,
        Self::Osl2511,
        Self::Svod31,
        Self::Svod32,
        Self::Svod33,
        Self::Svod36,
        Self::ConsentOsl101,
        Self::Duty,
    ];

    /// Whether social care may tell health care what it saw on this basis, time after time, until it
    /// is ended. What health care's own secrecy allows (OSL 25:11) and what care givers read of each
    /// other is no basis for it.
    #[must_use]
    pub const fn lets_social_care_tell(self) -> bool {
        match self {
            Self::ConsentOsl101 | Self::Svod33 | Self::Duty => true,
            Self::SameGiver | Self::Osl2511 | Self::Svod31 | Self::Svod32 | Self::Svod36 => false,
        }
    }

    /// Whether social care may tell health care one thing on this basis: in danger too.
    #[must_use]
    pub const fn lets_social_care_tell_once(self) -> bool {
        self.lets_social_care_tell() || matches!(self, Self::Svod36)
    }
}
