//! Kinds and classes of documents.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use ts_rs::TS;

/// What a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// Names, identity numbers, address and contacts; one per person and organisation.
    Person,
    /// One home visit.
    Visit,
    /// Home-help observations; one per person and month, append-only.
    Observations,
    /// The visit list; one per team and day.
    Round,
    /// Units, staff and phone numbers; one per organisation.
    Directory,
    /// Consent, blocks, emergencies and other legal acts; one per person and organisation. It holds
    /// signed entries only.
    Acts,
    /// What of home help's observations was told to a unit of health care; one per person, receiving
    /// unit and month, append-only.
    Told,
}

/// Who a document is for by law: the key of access, separation and retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DocumentClass {
    /// Who the person is and how to reach them.
    Identity,
    /// Health care record (hälso- och sjukvårdslagen, patientdatalagen).
    Health,
    /// Social documentation (socialtjänstlagen 2025:400).
    Social,
    /// The staff's own planning.
    Staff,
    /// What the person decided about their data, and what staff did under the law's exceptions.
    Legal,
    /// What social care told health care: each entry with its source and its legal basis.
    Transfer,
}

impl DocumentKind {
    /// Every kind that this version knows.
    pub const ALL: [Self; 7] = [
        Self::Person,
        Self::Visit,
        Self::Observations,
        Self::Round,
        Self::Directory,
        Self::Acts,
        Self::Told,
    ];

    /// The class that decides who may read and write the document.
    #[must_use]
    pub const fn class(self) -> DocumentClass {
        match self {
            Self::Person => DocumentClass::Identity,
            Self::Visit => DocumentClass::Health,
            Self::Observations => DocumentClass::Social,
            Self::Round | Self::Directory => DocumentClass::Staff,
            Self::Acts => DocumentClass::Legal,
            Self::Told => DocumentClass::Transfer,
        }
    }

    /// The kind's stable name, on disk and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Visit => "visit",
            Self::Observations => "observations",
            Self::Round => "round",
            Self::Directory => "directory",
            Self::Acts => "acts",
            Self::Told => "told",
        }
    }
}

impl DocumentClass {
    /// Every class.
    pub const ALL: [Self; 6] = [
        Self::Identity,
        Self::Health,
        Self::Social,
        Self::Staff,
        Self::Legal,
        Self::Transfer,
    ];

    /// The class's stable name, in tables and policies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Health => "health",
            Self::Social => "social",
            Self::Staff => "staff",
            Self::Legal => "legal",
            Self::Transfer => "transfer",
        }
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for DocumentClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text named no kind that this version knows: most likely a newer version wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this version knows no documents of kind \"{0}\"")]
pub struct UnknownKind(pub String);

impl FromStr for DocumentKind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownKind(text.to_owned()))
    }
}
