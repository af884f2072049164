//! The medication rules by their numbers.

use crate::keyed::keyed;

keyed! {
    /// A rule that asks for a second look at a medication list.
    #[ts(rename = "MedicationRule")]
    pub enum Rule {
        /// Avoid: long-acting benzodiazepines.
        M1 = "M1",
        /// Avoid: medicines with marked anticholinergic effect.
        M2 = "M2",
        /// Avoid: tramadol.
        M3 = "M3",
        /// Avoid: propiomazine.
        M4 = "M4",
        /// Avoid: codeine.
        M5 = "M5",
        /// Avoid: glibenclamide.
        M6 = "M6",
        /// The indication must be clear.
        M7 = "M7",
        /// Used for longer than suits; only where the duration is known.
        M8 = "M8",
        /// Above a daily dose; only where the dose is known.
        M9 = "M9",
        /// Ten or more medicines.
        M10 = "M10",
        /// Two or more substances of the same therapeutic group.
        M11 = "M11",
        /// Three or more psychotropics.
        M12 = "M12",
        /// Interactions: never computed, it needs a licensed interaction source.
        M13 = "M13",
        /// Tramadol together with an SSRI.
        M14 = "M14",
    }
}

impl Rule {
    /// The rule's own number, 1–14.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Where the rule comes from; doses and other exceptions name their own source in the flag.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::M7 | Self::M8 => {
                "Socialstyrelsen, indikatorer för god läkemedelsterapi hos äldre, 2010"
            }
            Self::M13 => "Janusmed (licens)",
            Self::M14 => "Seniormedicin",
            _ => "Socialstyrelsen 2017-6-7",
        }
    }

    /// Whether Hemrond computes the rule at all.
    #[must_use]
    pub const fn is_computed(self) -> bool {
        !matches!(self, Self::M13)
    }
}
