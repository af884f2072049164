//! The policies, and the decisions that they made.

use crate::{
    Circumstances, PolicyError, Reason, Rule,
    cases::Case,
    evaluate::Engine,
    question::{Action, Principal, Resource},
};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

/// The decisions of this program's own policies, once they were made.
static MADE: OnceLock<Policy> = OnceLock::new();

/// A decision, the policies behind it, and why it is a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The policies that decided; empty where nothing grants it. For logs: they can tell more than the asker may
    /// know.
    pub policies: Vec<String>,
    /// Why it is refused, as it may be told to the asker; none where it is allowed.
    pub reason: Option<Reason>,
    /// Why it is refused, as it is. For logs: of a block or an objection at another organisation the asker
    /// must not learn (SVOD 2:4).
    pub cause: Option<Reason>,
}

impl Decision {
    pub(crate) const fn refused(reason: Reason) -> Self {
        Self {
            allowed: false,
            policies: Vec::new(),
            reason: Some(reason),
            cause: Some(reason),
        }
    }
}

/// The policies, with every decision that they have made. Clones share the decisions.
#[derive(Debug, Clone)]
pub struct Policy {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    engine: Engine,
    /// By the case as the policies see it. Their number is bounded: some tens of thousands in all.
    decisions: RwLock<HashMap<Case, Decision>>,
}

impl Policy {
    /// Reads the policies, checks them against their schema, and decides every case of an ordinary day, once
    /// in a process: the policies are part of the program. Other cases are decided when they first come up.
    ///
    /// # Errors
    /// When a policy cannot be read, does not fit the schema or fails on a case.
    pub fn load() -> Result<Self, PolicyError> {
        if let Some(made) = MADE.get() {
            return Ok(made.clone());
        }
        let made = Self::decide()?;
        Ok(MADE.get_or_init(|| made).clone())
    }

    fn decide() -> Result<Self, PolicyError> {
        let engine = Engine::load()?;
        let mut decisions = HashMap::new();
        for case in Case::ordinary() {
            let (allowed, policies) = engine.ask(case)?;
            // Why something is refused is found out when somebody is told.
            if allowed {
                let decision = Decision {
                    allowed,
                    policies,
                    reason: None,
                    cause: None,
                };
                decisions.insert(engine.seen(case), decision);
            }
        }
        Ok(Self {
            shared: Arc::new(Shared {
                engine,
                decisions: RwLock::new(decisions),
            }),
        })
    }

    /// Whether somebody may do something with a document on an ordinary day, and by which policies.
    #[must_use]
    pub fn may(&self, who: &Principal, action: Action, what: &Resource) -> Decision {
        self.may_in(who, action, what, &Circumstances::ordinary())
    }

    /// Whether somebody may do something with a document under these circumstances, by which policies, and
    /// why not.
    #[must_use]
    pub fn may_in(
        &self,
        who: &Principal,
        action: Action,
        what: &Resource,
        circumstances: &Circumstances,
    ) -> Decision {
        // A class that is not the kind's own would let one be asked about and another be opened.
        if what.class != what.kind.class() {
            return Decision::refused(Reason::FalseClass);
        }
        let case = self
            .shared
            .engine
            .seen(Case::of(who, action, what, circumstances));
        let known = self
            .shared
            .decisions
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&case)
            .cloned();
        known.unwrap_or_else(|| self.decide_now(case))
    }

    /// Decides a case that has not come up before. What cannot be decided is refused and asked again next time.
    fn decide_now(&self, case: Case) -> Decision {
        let Ok(decision) = self.shared.engine.decide(case) else {
            return Decision::refused(Reason::Failed);
        };
        self.shared
            .decisions
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(case, decision.clone());
        decision
    }

    /// What the policies say about themselves, in the order of their names.
    #[must_use]
    pub fn rules(&self) -> Vec<&Rule> {
        self.shared.engine.rules.values().collect()
    }

    /// The paragraphs behind a decision, policy by policy: the legal basis to store with what was done.
    #[must_use]
    pub fn laws(&self, decision: &Decision) -> Vec<&str> {
        decision
            .policies
            .iter()
            .filter_map(|id| self.shared.engine.rules.get(id))
            .map(|rule| rule.law.as_str())
            .collect()
    }
}
