//! Groups of medicines as ATC prefixes with exceptions.

use super::Atc;

/// A group given by a prefix, without the groups in `except`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern {
    prefix: &'static str,
    except: &'static [&'static str],
}

/// The whole group under a prefix.
pub(super) const fn all(prefix: &'static str) -> Pattern {
    Pattern {
        prefix,
        except: &[],
    }
}

/// The group under a prefix but for some of its members.
pub(super) const fn all_but(prefix: &'static str, except: &'static [&'static str]) -> Pattern {
    Pattern { prefix, except }
}

impl Pattern {
    /// Whether the code is certainly in the group.
    ///
    /// A code too short to tell whether it is one of the exceptions is not: nothing is flagged on a guess.
    fn holds(&self, code: &Atc) -> bool {
        code.starts_with(self.prefix)
            && !self
                .except
                .iter()
                .any(|except| code.starts_with(except) || except.starts_with(code.as_str()))
    }
}

/// Whether the code is in any of the groups.
pub(super) fn any(patterns: &[Pattern], code: &Atc) -> bool {
    patterns.iter().any(|pattern| pattern.holds(code))
}

/// M1, long-acting benzodiazepines: diazepam, nitrazepam, flunitrazepam.
pub(super) const LONG_ACTING_BENZODIAZEPINES: &[Pattern] =
    &[all("N05BA01"), all("N05CD02"), all("N05CD03")];

/// M2, marked anticholinergic effect. Mirabegron (G04BD12) shares the bladder group but not the effect.
pub(super) const ANTICHOLINERGIC: &[Pattern] = &[
    all_but("G04BD", &["G04BD12"]),
    all("N06AA"),
    all("N05BB01"),
    all("R06AD01"),
    all("R06AD02"),
    all("N05AA02"),
    all("N05AH02"),
    all("N05AF03"),
    all("N04A"),
    all("A04AD01"),
    all("N02AG"),
    all("A03BB"),
];

/// M3, tramadol alone and combined with paracetamol.
pub(super) const TRAMADOL: &[Pattern] = &[all("N02AX02"), all("N02AJ13")];

/// M4, propiomazine.
pub(super) const PROPIOMAZINE: &[Pattern] = &[all("N05CM06")];

/// M5, codeine with and without other substances.
pub(super) const CODEINE: &[Pattern] = &[
    all("N02AJ06"),
    all("N02AJ07"),
    all("R05DA04"),
    all("N02AA59"),
];

/// M6, glibenclamide.
pub(super) const GLIBENCLAMIDE: &[Pattern] = &[all("A10BB01")];

/// NSAID; glucosamine (M01AX05) shares the group but is none.
pub(super) const NSAID: &[Pattern] = &[all_but("M01A", &["M01AX05"])];

/// M7, medicines whose indication must be clear.
pub(super) const INDICATION_MUST_BE_CLEAR: &[Pattern] = &[
    all_but("M01A", &["M01AX05"]),
    all("N02BE01"),
    all("N02A"),
    all_but("N05A", &["N05AN"]),
    all("A02BC"),
    all("C01AA05"),
    all("C03C"),
    all("N06AB"),
    all("N06AX"),
];

/// Opioids, which can be a reason for daily laxatives.
pub(super) const OPIOIDS: &[Pattern] = &[all("N02A")];

/// Stimulant laxatives.
pub(super) const STIMULANT_LAXATIVES: &[Pattern] = &[all("A06AB")];

/// Systemic glucocorticoids.
pub(super) const GLUCOCORTICOIDS: &[Pattern] = &[all("H02AB")];

/// Antiepileptics.
pub(super) const ANTIEPILEPTICS: &[Pattern] = &[all("N03")];

/// M12, psychotropics with lithium.
pub(super) const PSYCHOTROPICS: &[Pattern] = &[all("N05A"), all("N05B"), all("N05C"), all("N06A")];

/// M12, psychotropics without lithium.
pub(super) const PSYCHOTROPICS_BUT_LITHIUM: &[Pattern] = &[
    all_but("N05A", &["N05AN"]),
    all("N05B"),
    all("N05C"),
    all("N06A"),
];

/// M14, selective serotonin reuptake inhibitors.
pub(super) const SSRI: &[Pattern] = &[all("N06AB")];

/// Medicines for skin and eyes, which a setting can leave out of the count.
pub(super) const DERMAL_AND_EYE: &[Pattern] = &[all("D"), all("S01")];
