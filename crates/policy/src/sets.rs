//! Reading the policies, and sorting them by action.

use crate::{Action, Circumstances, PolicyError, Rule, SCHEMA, TEXTS, cases::Case};
use cedar_policy::{
    ActionConstraint, EntityUid, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator,
};
use std::collections::BTreeMap;

/// All policies, and what each says about itself, by its `@id`.
pub(crate) fn read() -> Result<(PolicySet, BTreeMap<String, Rule>), PolicyError> {
    let mut policies = PolicySet::new();
    let mut rules = BTreeMap::new();
    for (file, text) in TEXTS {
        let unreadable = |why: String| PolicyError::Unreadable {
            file: file.to_owned(),
            why,
        };
        let read: PolicySet = text
            .parse()
            .map_err(|error: cedar_policy::ParseErrors| unreadable(error.to_string()))?;
        for policy in read.policies() {
            let rule = Rule::read(policy).map_err(&unreadable)?;
            let named: Policy = policy.new_id(PolicyId::new(&rule.id));
            policies
                .add(named)
                .map_err(|error| unreadable(error.to_string()))?;
            rules.insert(rule.id.clone(), rule);
        }
    }
    Ok((policies, rules))
}

/// Checks that the policies speak only about what the schema knows.
pub(crate) fn validate(policies: &PolicySet) -> Result<(), PolicyError> {
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA)
        .map_err(|error| PolicyError::Schema(error.to_string()))?;
    let result = Validator::new(schema).validate(policies, ValidationMode::Strict);
    if result.validation_passed() {
        Ok(())
    } else {
        let errors: Vec<String> = result
            .validation_errors()
            .map(ToString::to_string)
            .collect();
        Err(PolicyError::Schema(errors.join("; ")))
    }
}

/// The policies that concern one action, and which circumstances they look at.
#[derive(Debug)]
pub(crate) struct ForAction {
    pub(crate) action: EntityUid,
    pub(crate) policies: PolicySet,
    sees: Sees,
}

#[derive(Debug, Clone, Copy)]
struct Sees {
    relation: bool,
    block: bool,
    sharing: bool,
    consent: bool,
    capacity: bool,
    emergency: bool,
    protected: bool,
}

impl ForAction {
    /// The part of all policies that names this action, or every action.
    pub(crate) fn of(all: &PolicySet, action: Action, uid: EntityUid) -> Result<Self, PolicyError> {
        let mut policies = PolicySet::new();
        let mut text = String::new();
        for policy in all.policies() {
            let concerns = match policy.action_constraint() {
                ActionConstraint::Any => true,
                ActionConstraint::In(named) => named.contains(&uid),
                ActionConstraint::Eq(named) => named == uid,
            };
            if concerns {
                text.push_str(&policy.to_string());
                policies
                    .add(policy.clone())
                    .map_err(|error| PolicyError::Evaluation {
                        question: action.as_str().to_owned(),
                        why: error.to_string(),
                    })?;
            }
        }
        Ok(Self {
            action: uid,
            policies,
            sees: Sees::of(&text),
        })
    }

    /// The case with everything ordinary that no policy for the action looks at. So cases that must fall alike are
    /// decided once.
    pub(crate) fn seen(&self, case: Case) -> Case {
        let (is, ordinary) = (case.circumstances, Circumstances::ordinary());
        macro_rules! seen {
            ($($field:ident),+) => {
                Circumstances {
                    $($field: if self.sees.$field { is.$field } else { ordinary.$field }),+
                }
            };
        }
        Case {
            circumstances: seen!(
                relation, block, sharing, consent, capacity, emergency, protected
            ),
            ..case
        }
    }
}

impl Sees {
    /// Which circumstances the policies' text names. One that speaks of them in a way not foreseen here sees all.
    fn of(text: &str) -> Self {
        let named = |field: &str| text.matches(&format!("context.{field}")).count();
        let fields = [
            "relation",
            "block",
            "sharing",
            "consent",
            "capacity",
            "emergency",
            "protected",
        ];
        let foreseen: usize = fields.into_iter().map(named).sum();
        let otherwise = text.matches("context").count() != foreseen;
        let sees = |field| otherwise || named(field) > 0;
        Self {
            relation: sees("relation"),
            block: sees("block"),
            sharing: sees("sharing"),
            consent: sees("consent"),
            capacity: sees("capacity"),
            emergency: sees("emergency"),
            protected: sees("protected"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn a_policy_that_takes_the_circumstances_whole_sees_them_all() {
        let whole = Sees::of("when { context == {} || context.relation == \"care\" }");
        assert!(whole.protected && whole.relation);
        let one = Sees::of("when { context.relation == \"care\" }");
        assert!(one.relation && !one.protected && !one.block);
    }

    #[test]
    fn the_sorted_policies_are_all_the_policies() {
        let (all, rules) = read().unwrap();
        let mut sorted: Vec<String> = Vec::new();
        for action in Action::ALL {
            let uid = format!(r#"Hemrond::Action::"{}""#, action.as_str());
            let part = ForAction::of(&all, action, uid.parse().unwrap()).unwrap();
            sorted.extend(
                part.policies
                    .policies()
                    .map(|policy| policy.id().to_string()),
            );
        }
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted, rules.into_keys().collect::<Vec<_>>());
    }
}
