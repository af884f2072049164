//! The result of a calculation that may lack an answer.

use serde::Serialize;
use ts_rs::TS;

/// A calculation either has all it needs or names what is missing.
///
/// A missing answer is never replaced by a default: a score built on a guess looks exactly like a score built on an
/// answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome<T> {
    /// Everything needed was given.
    Complete(T),
    /// The names of the inputs that are missing, in the order in which the instrument asks for them.
    Incomplete(Vec<&'static str>),
}

impl<T> Outcome<T> {
    /// The result, or `None` when something is missing.
    #[must_use]
    pub fn complete(self) -> Option<T> {
        match self {
            Self::Complete(value) => Some(value),
            Self::Incomplete(_) => None,
        }
    }

    /// The names of the missing inputs; empty when complete.
    #[must_use]
    pub fn missing(&self) -> &[&'static str] {
        match self {
            Self::Complete(_) => &[],
            Self::Incomplete(fields) => fields,
        }
    }

    /// The same outcome with its result transformed.
    #[must_use]
    pub fn map<U>(self, transform: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Complete(value) => Outcome::Complete(transform(value)),
            Self::Incomplete(fields) => Outcome::Incomplete(fields),
        }
    }
}
