//! From errors to sentences: every failure names what happened and what to do.

use crate::{
    api::{Failure, Language},
    texts,
};
use std::collections::BTreeMap;

/// Every code that this crate gives by itself. Codes of identity numbers, of the store and of the
/// server's refusals come from their own crates and files.
pub const CODES: &[&str] = &[
    "act.guardian",
    "act.incomplete",
    "act.other_maker",
    "act.other_unit",
    "act.period",
    "act.role",
    "act.too_long",
    "block.unknown",
    "command.unreadable",
    "device.revoked",
    "copy.nothing",
    "copy.recipient",
    "device.unknown",
    "dissent.empty",
    "dissent.entry_unknown",
    "document.newer_schema",
    "document.set_aside",
    "document.unknown",
    "document.unreadable",
    "door.copy",
    "door.damaged",
    "door.failed",
    "door.has_pin",
    "door.key_lost",
    "door.keystore",
    "door.lease_over",
    "door.locked",
    "door.no_rescue",
    "door.none",
    "door.not_yours",
    "door.pin_all_same",
    "door.pin_digits",
    "door.pin_run",
    "door.revoked",
    "door.unsent",
    "door.unsent_log",
    "door.unsent_log_only_sync",
    "door.unsent_lost",
    "door.unsent_only_sync",
    "door.unsent_unknown",
    "door.user_unknown",
    "door.wait",
    "door.wiped",
    "door.wiped_lost",
    "door.wrong_pin",
    "door.wrong_pin_soon",
    "door.wrong_pin_soon_lost",
    "edit.in_conflict",
    "edit.not_in_conflict",
    "edit.refused",
    "elsewhere.declared",
    "elsewhere.first_step",
    "elsewhere.no_contact",
    "elsewhere.no_number",
    "elsewhere.unanswered",
    "emergency.first_step",
    "emergency.nothing",
    "emergency.units",
    "enrol.already",
    "enrol.needed",
    "enrol.other_user",
    "enrol.tablet_name",
    "export.failed",
    "export.unknown",
    "key.unreadable",
    "log.broken",
    "log.failed",
    "log.inconsistent",
    "log.key_changed",
    "log.restored",
    "note.empty",
    "observation.empty",
    "observation.not_mine",
    "observation.unknown",
    "person.duplicate",
    "person.name",
    "person.protected",
    "person.unknown",
    "policy.blocked",
    "policy.elsewhere",
    "policy.forbidden",
    "policy.relation_first",
    "policy.relation_needed",
    "policy.unreadable",
    "round.bad_time",
    "round.row_unknown",
    "sign.obstacle",
    "sync.offline_by_choice",
    "sync.violation",
    "telling.basis",
    "telling.not_assessed",
    "telling.unit",
    "transport.authority",
    "transport.busy",
    "transport.not_hemrond",
    "transport.rejected",
    "transport.server_failed",
    "transport.timeout",
    "transport.too_large",
    "transport.unreachable",
    "transport.url",
    "unchanged.nothing",
    "visit.unknown",
];

/// What went wrong, before it is put into a person's language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct Problem {
    /// The stable code.
    pub code: String,
    /// What the sentence's placeholders stand for.
    pub params: BTreeMap<String, String>,
}

impl Problem {
    /// A problem without placeholders.
    pub fn new(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            params: BTreeMap::new(),
        }
    }

    /// Fills a placeholder.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// Puts the problem into a person's language.
    #[must_use]
    pub fn told(self, language: Language) -> Failure {
        let message = texts::sentence(language, &self.code, &self.params)
            .or_else(|| texts::sentence(language, "unexpected", &self.with_code().params))
            .unwrap_or_else(|| self.code.clone());
        Failure {
            code: self.code,
            params: self.params,
            message,
        }
    }

    fn with_code(&self) -> Self {
        self.clone().with("code", &self.code)
    }
}

/// The result of a use case.
pub type Outcome<T> = Result<T, Problem>;

impl From<hemrond_store::StoreError> for Problem {
    fn from(error: hemrond_store::StoreError) -> Self {
        tracing::error!(%error, "the store");
        Self::new(error.code()).with("detail", &error)
    }
}

impl From<hemrond_store::OpenError> for Problem {
    fn from(error: hemrond_store::OpenError) -> Self {
        tracing::error!(%error, "opening the store");
        Self::new(error.code()).with("detail", &error)
    }
}
