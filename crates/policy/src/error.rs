//! What can be wrong with the policies themselves.

/// The policies cannot be used; nothing is allowed until somebody mends them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A file is not Cedar.
    #[error("the policy file {file} cannot be read: {why}; restore it from the release")]
    Unreadable {
        /// The file's name.
        file: String,
        /// The parser's words.
        why: String,
    },
    /// A policy speaks about something that the schema does not know.
    #[error("the policies do not fit their schema: {0}; restore them from the release")]
    Schema(String),
    /// A policy could not be evaluated.
    #[error("a policy failed for {question}: {why}; restore the policies from the release")]
    Evaluation {
        /// What was asked.
        question: String,
        /// Cedar's words.
        why: String,
    },
}
