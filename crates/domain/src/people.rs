//! Staff: users, their roles and their units.

use crate::ids::{OrganisationId, UnitId, UserId};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use ts_rs::TS;

/// What a member of staff works as; it decides which documents they may read and write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sjuksköterska in a mobile team or in kommunal primärvård.
    Nurse,
    /// PALT/MALT doctor.
    Doctor,
    /// Hemtjänst staff: not health staff.
    Hemtjanst,
    /// Biståndshandläggare.
    Assessor,
    /// Unit administrator: accounts and devices, never the record.
    Administrator,
}

impl Role {
    /// Every role, in the order in which people list them.
    pub const ALL: [Self; 5] = [
        Self::Nurse,
        Self::Doctor,
        Self::Hemtjanst,
        Self::Assessor,
        Self::Administrator,
    ];

    /// The role's stable name, as files, tables and policies write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nurse => "nurse",
            Self::Doctor => "doctor",
            Self::Hemtjanst => "hemtjanst",
            Self::Assessor => "assessor",
            Self::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text named no role that this version knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a role; the roles are nurse, doctor, hemtjanst, assessor and administrator"
)]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// A member of staff with the one role that their account has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// The name that colleagues read, such as "Anna Berg".
    pub name: String,
    /// What they work as.
    pub role: Role,
    /// The organisation that employs them.
    pub organisation: OrganisationId,
    /// The unit or team that they work in.
    pub unit: UnitId,
}
