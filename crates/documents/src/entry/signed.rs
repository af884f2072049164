//! An entry with its signature, as it is stored and sent.

use super::{
    ACT_FORMAT, ActContent, ENTRY_MAX, EntryContent, EntryError, EntryHash, FORMAT, format_of,
};
use ed25519_dalek::{Signature, VerifyingKey};
use hemrond_domain::{
    ids::{DeviceId, UserId},
    record::DocumentId,
};

/// An entry's bytes with the device's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedEntry {
    /// The entry.
    pub bytes: Vec<u8>,
    /// The signature over [`signing_message`].
    pub signature: [u8; 64],
}

/// What a device signs for an entry of this format.
#[must_use]
pub fn signing_message(format: &str, hash: EntryHash) -> Vec<u8> {
    let mut message = format.as_bytes().to_vec();
    message.push(0);
    message.extend(hash.0);
    message
}

impl SignedEntry {
    /// Signs content with a device's key, which the caller holds.
    ///
    /// # Errors
    /// Never for content that came from a document; the error stands in for a panic.
    pub fn sign(
        content: &EntryContent,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Result<Self, EntryError> {
        let bytes = content.to_bytes()?;
        let signature = sign(&signing_message(FORMAT, EntryHash::of(&bytes)));
        Ok(Self { bytes, signature })
    }

    /// Signs an act with a device's key, which the caller holds.
    ///
    /// # Errors
    /// Never for content that was made of an act; the error stands in for a panic.
    pub fn sign_act(
        content: &ActContent,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Result<Self, EntryError> {
        let bytes = content.to_bytes()?;
        let signature = sign(&signing_message(ACT_FORMAT, EntryHash::of(&bytes)));
        Ok(Self { bytes, signature })
    }

    /// The entry's name.
    #[must_use]
    pub fn hash(&self) -> EntryHash {
        EntryHash::of(&self.bytes)
    }

    /// Checks the signature against a device's key.
    ///
    /// # Errors
    /// When the signature is not that key's over these bytes.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), EntryError> {
        let signature = Signature::from_bytes(&self.signature);
        let format = format_of(&self.bytes)?;
        key.verify_strict(&signing_message(&format, self.hash()), &signature)
            .map_err(|_| EntryError::WrongSignature)
    }

    /// The container: the length in four bytes, the greatest first, the bytes, the signature.
    ///
    /// # Errors
    /// When the entry is too large.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        let length = u32::try_from(self.bytes.len())
            .ok()
            .filter(|_| self.bytes.len() <= ENTRY_MAX)
            .ok_or(EntryError::Malformed("it is too large"))?;
        let mut container = length.to_be_bytes().to_vec();
        container.extend(&self.bytes);
        container.extend(self.signature);
        Ok(container)
    }

    /// Reads a container.
    ///
    /// # Errors
    /// When it is not exactly one entry and one signature.
    pub fn decode(container: &[u8]) -> Result<Self, EntryError> {
        let malformed = EntryError::Malformed("its length");
        let (length, rest) = container
            .split_first_chunk::<4>()
            .ok_or(malformed.clone())?;
        let (bytes, signature) = rest.split_last_chunk::<64>().ok_or(malformed.clone())?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok();
        if length != Some(bytes.len()) || bytes.len() > ENTRY_MAX {
            return Err(malformed);
        }
        Ok(Self {
            bytes: bytes.to_vec(),
            signature: *signature,
        })
    }
}

/// What an entry holds, by its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// A document's content, frozen.
    Record(EntryContent),
    /// A legal act.
    Act(ActContent),
}

impl Contents {
    /// Reads an entry's bytes.
    ///
    /// # Errors
    /// When they are not an entry of a known format.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > ENTRY_MAX {
            return Err(EntryError::Malformed("it is too large"));
        }
        if format_of(bytes)? == ACT_FORMAT {
            ActContent::parse(bytes).map(Self::Act)
        } else {
            EntryContent::parse(bytes).map(Self::Record)
        }
    }

    /// The entry's bytes.
    ///
    /// # Errors
    /// Never for content that was read; the error stands in for a panic.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        match self {
            Self::Record(content) => content.to_bytes(),
            Self::Act(content) => content.to_bytes(),
        }
    }

    /// Who signed it.
    #[must_use]
    pub const fn author(&self) -> UserId {
        match self {
            Self::Record(content) => content.author,
            Self::Act(content) => content.author,
        }
    }

    /// The device that signed it.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        match self {
            Self::Record(content) => content.device,
            Self::Act(content) => content.device,
        }
    }

    /// The document that it belongs to.
    #[must_use]
    pub const fn document(&self) -> DocumentId {
        match self {
            Self::Record(content) => content.document,
            Self::Act(content) => content.document,
        }
    }
}

/// A container that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What was signed.
    pub content: Contents,
    /// The entry's name.
    pub hash: EntryHash,
    /// The bytes and the signature; whose it is must still be verified.
    pub signed: SignedEntry,
}

impl Entry {
    /// Reads a container. It does not verify the signature, which needs the device's key.
    ///
    /// # Errors
    /// When it is not an entry of a known format.
    pub fn parse(container: &[u8]) -> Result<Self, EntryError> {
        let signed = SignedEntry::decode(container)?;
        let content = Contents::parse(&signed.bytes)?;
        Ok(Self {
            content,
            hash: signed.hash(),
            signed,
        })
    }

    /// What was signed of a record; none for an act.
    #[must_use]
    pub const fn record(&self) -> Option<&EntryContent> {
        match &self.content {
            Contents::Record(content) => Some(content),
            Contents::Act(_) => None,
        }
    }
}
