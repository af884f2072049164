//! The server's signed word about its log: how long it is, and under which root.
//!
//! A checkpoint is a C2SP signed note (`tlog-checkpoint`): origin, size and root on a line each, one
//! further line with the time, an empty line, and an Ed25519 signature. Anybody's tools read it.

use crate::tree::Hash;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// The log's name: the first line of every checkpoint, and the name of its key.
pub const ORIGIN: &str = "hemrond-access-log";

/// Bounds a checkpoint's text, in bytes.
pub const MAX_BYTES: usize = 1_024;

/// The number that the signed-note format gives Ed25519.
const ED25519: u8 = 1;

/// What a checkpoint says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many entries the log has.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// When it was signed, on the server's clock, in milliseconds since 1970.
    pub at_ms: i64,
}

/// A checkpoint that is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The text is no checkpoint of this log.
    #[error("the text is no checkpoint of the access log")]
    Malformed,
    /// It is not signed with the key that is known.
    #[error("the checkpoint is not signed with the log's key")]
    Signature,
}

impl Checkpoint {
    /// Signs the checkpoint.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let text = self.text();
        let mut signature = key_name(&key.verifying_key()).to_vec();
        signature.extend(key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n— {ORIGIN} {}\n", STANDARD.encode(signature))
    }

    /// Reads a checkpoint and checks its signature.
    ///
    /// # Errors
    /// When it is none, or somebody else signed it.
    pub fn open(note: &str, key: &VerifyingKey) -> Result<Self, CheckpointError> {
        let (text, signature) = parts(note)?;
        let read = Self::read(text)?;
        // What is signed is the one form of what was read, so that nothing else can hide in it.
        if read.text() != text {
            return Err(CheckpointError::Malformed);
        }
        let (name, signature) = signature
            .split_first_chunk::<4>()
            .ok_or(CheckpointError::Malformed)?;
        let signature = Signature::from_slice(signature).map_err(|_| CheckpointError::Malformed)?;
        if *name != key_name(key) || key.verify(text.as_bytes(), &signature).is_err() {
            return Err(CheckpointError::Signature);
        }
        Ok(read)
    }

    fn text(&self) -> String {
        let root = STANDARD.encode(self.root);
        format!("{ORIGIN}\n{}\n{root}\ntime {}\n", self.size, self.at_ms)
    }

    fn read(text: &str) -> Result<Self, CheckpointError> {
        let lines: Vec<&str> = text.lines().collect();
        let [ORIGIN, size, root, time] = lines.as_slice() else {
            return Err(CheckpointError::Malformed);
        };
        let malformed = |_| CheckpointError::Malformed;
        let root = STANDARD
            .decode(root)
            .map_err(|_| CheckpointError::Malformed)?;
        let time = time.strip_prefix("time ").unwrap_or_default();
        Ok(Self {
            size: size.parse().map_err(malformed)?,
            root: root.try_into().map_err(|_| CheckpointError::Malformed)?,
            at_ms: time.parse().map_err(malformed)?,
        })
    }
}

fn parts(note: &str) -> Result<(&str, Vec<u8>), CheckpointError> {
    if note.len() > MAX_BYTES {
        return Err(CheckpointError::Malformed);
    }
    let malformed = CheckpointError::Malformed;
    let middle = note.find("\n\n").ok_or(malformed)?;
    let (text, rest) = note.split_at_checked(middle + 1).ok_or(malformed)?;
    let signature = rest
        .strip_prefix("\n— ")
        .and_then(|line| line.strip_prefix(ORIGIN))
        .and_then(|line| line.strip_prefix(' '))
        .and_then(|line| line.strip_suffix('\n'))
        .ok_or(malformed)?;
    let signature = STANDARD.decode(signature).map_err(|_| malformed)?;
    Ok((text, signature))
}

/// The four bytes by which the signed-note format names a key.
fn key_name(key: &VerifyingKey) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(ORIGIN);
    hash.update([b'\n', ED25519]);
    hash.update(key.as_bytes());
    let hash: [u8; 32] = hash.finalize().into();
    let mut name = [0; 4];
    name.copy_from_slice(&hash[..4]);
    name
}
