//! Entries: what someone signed, frozen.
//!
//! An entry holds the whole content of a document at some heads, who signs it, when and on which
//! device. Its bytes are fixed for ever: JSON in UTF-8 without spaces, the keys of every object in
//! byte order, empty values left out of the content. Its name is the SHA-256 of the bytes. The
//! device signs `hemrond-entry-1`, a zero byte and that hash with Ed25519.
//!
//! A legal act is an entry too, `hemrond-act-1`, in an acts document; see [`ActContent`].
//!
//! An edit that comes after is no part of it and shows as a difference; a correction is a new
//! entry that names the old one.

mod act;
mod hash;
mod signed;

pub use act::{ACT_FORMAT, ActContent, ActSigner, Fact};
pub use hash::EntryHash;
pub use signed::{Contents, Entry, SignedEntry, signing_message};

use crate::{
    change::Hash,
    content::Content,
    document::{Document, UnknownHeads},
    value::Value,
};
use chrono::{DateTime, SecondsFormat, Utc};
use hemrond_domain::{
    ids::{DeviceId, UserId},
    record::{DocumentId, Header},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format's name, in every entry.
pub const FORMAT: &str = "hemrond-entry-1";

/// The largest entry, in bytes.
pub const ENTRY_MAX: usize = 4 * 1024 * 1024;

/// Why an entry could not be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The document does not hold the changes that were to be signed.
    #[error(transparent)]
    UnknownHeads(#[from] UnknownHeads),
    /// A field has several answers; nobody can sign before someone has chosen.
    #[error("\"{0}\" has several answers; someone must choose before it can be signed")]
    InConflict(String),
    /// The bytes are not an entry.
    #[error("this is not an entry: {0}")]
    Malformed(&'static str),
    /// The entry is of a format that this version does not know.
    #[error("the entry has the unknown format \"{0}\"")]
    UnknownFormat(String),
    /// The signature is not the device's over these bytes.
    #[error("the signature is wrong")]
    WrongSignature,
}

/// What is signed.
// The keys stand in byte order, which makes the JSON canonical.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryContent {
    /// Who signs, as a user.
    pub author: UserId,
    /// The author's name, as it was then.
    pub author_name: String,
    /// What the document said.
    pub content: EntryRecord,
    /// The entry that this one corrects.
    pub corrects: Option<EntryHash>,
    /// The device that signs.
    pub device: DeviceId,
    /// The document.
    pub document: DocumentId,
    /// The format.
    pub format: String,
    /// The heads whose content it is, in hex, sorted.
    pub heads: Vec<String>,
    /// The document's header, by part; absent parts are left out.
    pub header: BTreeMap<String, String>,
    /// When, in UTC.
    pub signed_at: String,
}

/// A document's content as an entry holds it.
// The keys stand in byte order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRecord {
    /// The fields that had a value.
    pub fields: BTreeMap<String, Value>,
    /// The rows, by collection and id.
    pub rows: BTreeMap<String, BTreeMap<String, BTreeMap<String, Value>>>,
    /// The running texts that were not empty.
    pub texts: BTreeMap<String, String>,
    /// What could not be read as a value, by address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unreadable: BTreeMap<String, String>,
}

impl From<Content> for EntryRecord {
    fn from(content: Content) -> Self {
        let mut record = Self {
            fields: content.fields,
            rows: content.rows,
            texts: content.texts,
            unreadable: content.unreadable,
        };
        // What a migration created and nobody filled is no content.
        record.texts.retain(|_, text| !text.is_empty());
        record.rows.retain(|_, rows| !rows.is_empty());
        record
    }
}

impl From<EntryRecord> for Content {
    fn from(record: EntryRecord) -> Self {
        Self {
            fields: record.fields,
            rows: record.rows,
            texts: record.texts,
            unreadable: record.unreadable,
        }
    }
}

/// Who signs, where and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The user.
    pub author: UserId,
    /// The user's name.
    pub author_name: String,
    /// The device.
    pub device: DeviceId,
    /// The time.
    pub signed_at: DateTime<Utc>,
}

impl EntryContent {
    /// What there is to sign of a document, as someone saw it who had seen these changes.
    ///
    /// # Errors
    /// When the document does not hold the changes, or a field had several answers.
    pub fn of(
        document: &Document,
        heads: &[Hash],
        signer: Signer,
        corrects: Option<EntryHash>,
    ) -> Result<Self, EntryError> {
        if let Some(conflict) = document.conflicts_at(heads)?.into_iter().next() {
            return Err(EntryError::InConflict(conflict.field));
        }
        let mut hex_heads: Vec<String> = heads.iter().map(hex::encode).collect();
        hex_heads.sort();
        hex_heads.dedup();
        Ok(Self {
            author: signer.author,
            author_name: signer.author_name,
            content: document.content_at(heads)?.into(),
            corrects,
            device: signer.device,
            document: document.id(),
            format: FORMAT.to_owned(),
            heads: hex_heads,
            header: header_parts(document.header()),
            signed_at: signer
                .signed_at
                .to_rfc3339_opts(SecondsFormat::AutoSi, true),
        })
    }

    /// The entry's bytes.
    ///
    /// # Errors
    /// Never for content that came from a document; the error stands in for a panic.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        serde_json::to_vec(self).map_err(|_| EntryError::Malformed("it cannot be written"))
    }

    /// Reads an entry's bytes.
    ///
    /// # Errors
    /// When they are not an entry of a known format.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > ENTRY_MAX {
            return Err(EntryError::Malformed("it is too large"));
        }
        let format = format_of(bytes)?;
        if format != FORMAT {
            return Err(EntryError::UnknownFormat(format));
        }
        let content: Self =
            serde_json::from_slice(bytes).map_err(|_| EntryError::Malformed("its JSON"))?;
        content.heads()?;
        content.signed_at()?;
        let header = content.header()?;
        if header.id() != content.document {
            return Err(EntryError::Malformed("the document's id"));
        }
        // Nothing stands beside the header's own parts, and so no second person.
        if header_parts(&header) != content.header {
            return Err(EntryError::Malformed("the header"));
        }
        Ok(content)
    }

    /// The document's header.
    ///
    /// # Errors
    /// When its parts do not belong together.
    pub fn header(&self) -> Result<Header, EntryError> {
        header_of(&self.header)
    }

    /// The heads whose content it is.
    ///
    /// # Errors
    /// When one of them is not a hash.
    pub fn heads(&self) -> Result<Vec<Hash>, EntryError> {
        let head = |text: &String| text.parse().map(|EntryHash(hash)| hash);
        self.heads.iter().map(head).collect()
    }

    /// When it was signed.
    ///
    /// # Errors
    /// When that is not a time.
    pub fn signed_at(&self) -> Result<DateTime<Utc>, EntryError> {
        let at = DateTime::parse_from_rfc3339(&self.signed_at);
        at.map(|at| at.with_timezone(&Utc))
            .map_err(|_| EntryError::Malformed("the time"))
    }
}

fn header_parts(header: &Header) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    let mut add = |key: &str, value: String| parts.insert(key.to_owned(), value);
    add("kind", header.kind().to_string());
    add("organisation", header.organisation().to_string());
    if let Some(unit) = header.unit() {
        add("unit", unit.to_string());
    }
    if let Some(person) = header.person_id() {
        add("person", person.to_string());
    }
    if !header.part().is_empty() {
        add("part", header.part().to_owned());
    }
    parts
}

/// Reads a header from its parts.
fn header_of(parts: &BTreeMap<String, String>) -> Result<Header, EntryError> {
    let malformed = || EntryError::Malformed("the header");
    let part = |key: &str| parts.get(key).map(String::as_str);
    let kind = part("kind")
        .and_then(|kind| kind.parse().ok())
        .ok_or_else(malformed)?;
    let organisation = part("organisation").and_then(|id| id.parse().ok());
    let unit = part("unit")
        .map(str::parse)
        .transpose()
        .map_err(|_| malformed())?;
    let person = part("person")
        .map(str::parse)
        .transpose()
        .map_err(|_| malformed())?;
    let organisation = organisation.ok_or_else(malformed)?;
    Header::from_parts(
        kind,
        organisation,
        unit,
        person,
        part("part").unwrap_or_default(),
    )
    .map_err(|_| malformed())
}

/// The format that an entry names.
fn format_of(bytes: &[u8]) -> Result<String, EntryError> {
    /// The part that every format has.
    #[derive(Deserialize)]
    struct Format {
        format: String,
    }
    let format: Format =
        serde_json::from_slice(bytes).map_err(|_| EntryError::Malformed("its JSON"))?;
    Ok(format.format)
}
