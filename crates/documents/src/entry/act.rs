//! Legal acts as entries: signed in the same manner as records, in a format of their own.

use super::{ENTRY_MAX, EntryError, EntryHash, header_of, header_parts};
use chrono::{DateTime, SecondsFormat, Utc};
use hemrond_domain::{
    ids::{DeviceId, UnitId, UserId},
    law::{Act, ActId, Made},
    people::Role,
    record::{DocumentId, DocumentKind, Header},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format's name, in every act.
pub const ACT_FORMAT: &str = "hemrond-act-1";

/// Kinds of acts that narrow: what a newer version added to one is passed over, and the act counts.
/// In any other act, what this version does not know might be what limits it, so it opens nothing.
const NARROWING: [&str; 5] = [
    "block_set",
    "objected",
    "consent_withdrawn",
    "registers_declined",
    "telling_ended",
];

/// One part of an act's written form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Text, and everything that is written as text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
}

/// What is signed of an act.
// The keys stand in byte order, which makes the JSON canonical.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActContent {
    /// The act, by part.
    pub act: BTreeMap<String, Fact>,
    /// Who made it, as a user.
    pub author: UserId,
    /// The author's name, as it was then.
    pub author_name: String,
    /// The device that signs.
    pub device: DeviceId,
    /// The acts document.
    pub document: DocumentId,
    /// The format.
    pub format: String,
    /// The document's header, by part; absent parts are left out.
    pub header: BTreeMap<String, String>,
    /// When, in UTC.
    pub made_at: String,
    /// What the author worked as then.
    pub role: Role,
    /// The unit that the author worked in then.
    pub unit: UnitId,
}

/// Who makes an act, where and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActSigner {
    /// The user.
    pub author: UserId,
    /// The user's name.
    pub author_name: String,
    /// The device.
    pub device: DeviceId,
    /// What the user works as.
    pub role: Role,
    /// The unit that the user works in.
    pub unit: UnitId,
    /// The time.
    pub made_at: DateTime<Utc>,
}

impl ActContent {
    /// What there is to sign of an act.
    ///
    /// # Errors
    /// When the header is not that of an acts document.
    pub fn of(header: &Header, act: &Act, signer: ActSigner) -> Result<Self, EntryError> {
        if header.kind() != DocumentKind::Acts {
            return Err(EntryError::Malformed("the document's kind"));
        }
        Ok(Self {
            act: written(act)?,
            author: signer.author,
            author_name: signer.author_name,
            device: signer.device,
            document: header.id(),
            format: ACT_FORMAT.to_owned(),
            header: header_parts(header),
            made_at: signer.made_at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            role: signer.role,
            unit: signer.unit,
        })
    }

    /// The entry's bytes.
    ///
    /// # Errors
    /// Never for content that was made by [`ActContent::of`]; the error stands in for a panic.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        serde_json::to_vec(self).map_err(|_| EntryError::Malformed("it cannot be written"))
    }

    /// Reads an act's bytes. An act of a kind that this version does not know is read too.
    ///
    /// # Errors
    /// When they are not an act in an acts document.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > ENTRY_MAX {
            return Err(EntryError::Malformed("it is too large"));
        }
        let content: Self =
            serde_json::from_slice(bytes).map_err(|_| EntryError::Malformed("its JSON"))?;
        if content.format != ACT_FORMAT {
            return Err(EntryError::UnknownFormat(content.format));
        }
        content.made_at()?;
        let header = content.header()?;
        if header.id() != content.document || header.kind() != DocumentKind::Acts {
            return Err(EntryError::Malformed("the document's id"));
        }
        if content.kind().is_none() {
            return Err(EntryError::Malformed("the act's kind"));
        }
        Ok(content)
    }

    /// The acts document's header.
    ///
    /// # Errors
    /// When its parts do not belong together.
    pub fn header(&self) -> Result<Header, EntryError> {
        header_of(&self.header)
    }

    /// When it was made.
    ///
    /// # Errors
    /// When that is not a time.
    pub fn made_at(&self) -> Result<DateTime<Utc>, EntryError> {
        let at = DateTime::parse_from_rfc3339(&self.made_at);
        at.map(|at| at.with_timezone(&Utc))
            .map_err(|_| EntryError::Malformed("the time"))
    }

    /// The name of the act's kind.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        match self.act.get("kind") {
            Some(Fact::Text(kind)) => Some(kind),
            _ => None,
        }
    }

    /// The act; none where a newer version knows it, or knows more of it than this one.
    #[must_use]
    pub fn act(&self) -> Option<Act> {
        let value = serde_json::to_value(&self.act).ok()?;
        let act: Act = serde_json::from_value(value).ok()?;
        let whole = written(&act).ok()? == self.act;
        (whole || NARROWING.contains(&act.kind())).then_some(act)
    }

    /// The act with its maker, under the name that its bytes have.
    ///
    /// # Errors
    /// When its time is none.
    pub fn made(&self, hash: EntryHash) -> Result<Made, EntryError> {
        Ok(Made {
            id: ActId(hash.0),
            act: self.act(),
            at: self.made_at()?,
            by: self.author,
            role: self.role,
            unit: self.unit,
        })
    }
}

/// An act's written form.
fn written(act: &Act) -> Result<BTreeMap<String, Fact>, EntryError> {
    let unwritable = |_| EntryError::Malformed("it cannot be written");
    let value = serde_json::to_value(act).map_err(unwritable)?;
    serde_json::from_value(value).map_err(unwritable)
}
