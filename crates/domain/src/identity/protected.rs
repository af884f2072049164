//! The two protections that the population register can give a person.

use crate::keyed::keyed;

keyed! {
    /// Whether a person's details are protected, and how.
    ///
    /// Address, phone, map and relatives of a protected person are neither shown nor synchronised without a special role.
    /// Source: HL7 Sweden base profile; offentlighets- och sekretesslagen 22:1; folkbokföringslagen (skyddad folkbokföring).
    #[derive(Default)]
    pub enum ProtectedIdentity {
        /// No protection is recorded.
        #[default]
        None = "none",
        /// Sekretessmarkering (offentlighets- och sekretesslagen 22:1).
        Sekretessmarkering = "sekretessmarkering",
        /// Skyddad folkbokföring, decided by Skatteverket.
        SkyddadFolkbokforing = "skyddad_folkbokforing",
    }
}

impl ProtectedIdentity {
    /// Whether any of the two protections applies.
    #[must_use]
    pub const fn is_protected(self) -> bool {
        !matches!(self, Self::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_markings_protect() {
        assert!(!ProtectedIdentity::None.is_protected());
        assert!(ProtectedIdentity::Sekretessmarkering.is_protected());
        assert!(ProtectedIdentity::SkyddadFolkbokforing.is_protected());
    }
}
