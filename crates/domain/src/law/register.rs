//! Who may be reported to a national quality register (PDL 7 kap.).

use super::{Information, Standing};
use crate::identity::ProtectedIdentity;

/// Why a person's data is kept from a quality register. The first that holds is the one that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Withheld {
    /// The person has declined (PDL 7:2; AC18).
    #[error("has declined quality registers")]
    Declined,
    /// An act of a newer version might be a refusal.
    #[error("has acts that this version cannot read; update it first")]
    Newer,
    /// The person was not told yet that they may decline (PDL 7:3).
    #[error("was not informed of quality registers")]
    NotInformed,
    /// The identity is protected (OSL 21:3, 22:1; AC61): whoever reports such a person does so by hand.
    #[error("has a protected identity; report by hand, by the register's own routine")]
    Protected,
}

/// Whether a person's data may go to a national quality register.
///
/// # Errors
/// With what keeps it back.
pub fn may_be_reported(standing: &Standing, protected: ProtectedIdentity) -> Result<(), Withheld> {
    if !standing.registers_declined.is_empty() {
        return Err(Withheld::Declined);
    }
    if standing.newer > 0 {
        return Err(Withheld::Newer);
    }
    if !standing
        .informed
        .contains_key(&Information::QualityRegisters)
    {
        return Err(Withheld::NotInformed);
    }
    if protected.is_protected() {
        return Err(Withheld::Protected);
    }
    Ok(())
}
