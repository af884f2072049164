//! The access log as people see it.

use super::common::{Colleague, Failure};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who has looked at or written about a person.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WhoLooked {
    /// Whether only this tablet's own looks are here: there was no contact, or the server may not tell.
    pub only_this_tablet: bool,
    /// The looks, newest first.
    pub looks: Vec<Look>,
}

/// One look or act.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Look {
    /// When, on the clock of the tablet that wrote it down.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Colleague,
    /// What people call their unit; absent where nobody knows it.
    pub unit: Option<String>,
    /// What was done: `log.action.…` in the text files.
    pub action: String,
    /// The kind of document or page: `log.kind.…` in the text files.
    pub kind: Option<String>,
    /// Whether the server has this record.
    pub on_server: bool,
}

/// Something that did not agree with the server's log. It needs a person's attention.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LogFindingView {
    /// When it was found.
    pub at: DateTime<Utc>,
    /// What it is, and what to do.
    pub reason: Failure,
}
