//! What a policy says about itself beside its rule.

use crate::Reason;
use cedar_policy::{Effect, Policy};

/// One policy's name, paragraph and words for a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its `@id`.
    pub id: String,
    /// The paragraphs behind it, as `PDL 4:1; SVOD 3:1`.
    pub law: String,
    /// Why it forbids; a policy that permits has none.
    pub reason: Option<Reason>,
    /// What may be told to the asker, where the reason itself would give something away.
    pub told: Option<Reason>,
}

impl Rule {
    /// Reads a policy's annotations.
    ///
    /// # Errors
    /// In words, when one is missing or unknown.
    pub(crate) fn read(policy: &Policy) -> Result<Self, String> {
        let id = policy.annotation("id").ok_or("a policy has no @id")?;
        let law = policy
            .annotation("law")
            .filter(|law| !law.is_empty())
            .ok_or_else(|| format!("{id} has no @law"))?;
        let reason = |name: &str| {
            policy
                .annotation(name)
                .map(|code| {
                    Reason::from_code(code)
                        .ok_or_else(|| format!("{id} has @{name}(\"{code}\"), which is no reason"))
                })
                .transpose()
        };
        let rule = Self {
            id: id.to_owned(),
            law: law.to_owned(),
            reason: reason("reason")?,
            told: reason("told")?,
        };
        if rule.reason.is_some() != (policy.effect() == Effect::Forbid) {
            return Err(format!(
                "{id} must have a @reason if it forbids, and only then"
            ));
        }
        Ok(rule)
    }
}
