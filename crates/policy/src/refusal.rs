//! Why a case is refused.

use crate::{
    Block, Capacity, Circumstances, Consent, Decision, Emergency, PolicyError, Reason, Relation,
    Sharing, cases::Case, evaluate::Engine,
};
use hemrond_domain::people::Role;
use std::sync::PoisonError;

impl Engine {
    /// Decides one case, and says why where it refuses.
    pub(crate) fn decide(&self, case: Case) -> Result<Decision, PolicyError> {
        let (allowed, policies) = self.ask(case)?;
        if allowed {
            return Ok(Decision {
                allowed,
                policies,
                reason: None,
                cause: None,
            });
        }
        let by_right = self.refused_by_right(case)?;
        let forbidding = || policies.iter().filter_map(|id| self.rules.get(id));
        let cause = forbidding().filter_map(|rule| rule.reason);
        let told = forbidding().filter_map(|rule| rule.told.or(rule.reason));
        Ok(Decision {
            allowed,
            // What no rule explains was never granted to anybody under such circumstances.
            reason: told.chain(by_right).min().or(Some(Reason::Nobody)),
            cause: cause.chain(by_right).min().or(Some(Reason::Nobody)),
            policies,
        })
    }

    /// Why it is refused whatever the circumstances, if so.
    fn refused_by_right(&self, case: Case) -> Result<Option<Reason>, PolicyError> {
        let at_home = Case {
            own_organisation: true,
            ..case
        };
        Ok(if self.ever(case)? {
            None
        } else if self.ever(at_home)? {
            Some(Reason::Organisation)
        } else if self.ever_for_some_role(case)? {
            Some(Reason::Role)
        } else if self.ever_for_some_role(at_home)? {
            Some(Reason::Organisation)
        } else {
            Some(Reason::Nobody)
        })
    }

    fn ever_for_some_role(&self, case: Case) -> Result<bool, PolicyError> {
        for role in Role::ALL {
            if self.ever(Case { role, ..case })? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the best of circumstances would allow it. No block is better or worse than another: some things can
    /// only be done to one.
    fn ever(&self, case: Case) -> Result<bool, PolicyError> {
        let key = Case {
            circumstances: Circumstances::ordinary(),
            ..case
        };
        let known = self
            .ever
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let mut ever = false;
        for block in Block::ALL {
            let circumstances = Circumstances {
                relation: Relation::Care,
                block,
                sharing: Sharing::Open,
                consent: Consent::Given,
                capacity: Capacity::Able,
                emergency: Emergency::Entries,
                protected: false,
            };
            let (allowed, _) = self.ask(Case {
                circumstances,
                ..case
            })?;
            ever |= allowed;
        }
        self.ever
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, ever);
        Ok(ever)
    }
}
