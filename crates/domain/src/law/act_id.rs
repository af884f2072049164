//! An act's name.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use ts_rs::TS;

/// An act's name: the SHA-256 of the signed bytes that it was written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(as = "String")]
pub struct ActId(pub [u8; 32]);

/// The text was not an act's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an act's name, which is 64 hexadecimal digits")]
pub struct InvalidActId(pub String);

impl fmt::Display for ActId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ActId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActId({self})")
    }
}

impl FromStr for ActId {
    type Err = InvalidActId;
    fn from_str(text: &str) -> Result<Self, InvalidActId> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidActId(text.to_owned()))?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for ActId {
    type Error = InvalidActId;
    fn try_from(text: String) -> Result<Self, InvalidActId> {
        text.parse()
    }
}

impl From<ActId> for String {
    fn from(id: ActId) -> Self {
        id.to_string()
    }
}
