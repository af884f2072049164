//! Putting one case to Cedar.

use crate::{
    PolicyError, SCHEMA, TEXTS,
    cases::{Case, Unit},
};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, Policy, PolicyId, PolicySet,
    Request, RestrictedExpression, Schema, ValidationMode, Validator,
};
use std::collections::{HashMap, HashSet};

/// The policies, read and checked.
pub(crate) struct Engine {
    policies: PolicySet,
    authorizer: Authorizer,
}

impl Engine {
    /// Reads the policies' files, each policy named by its `@id`.
    pub(crate) fn load() -> Result<Self, PolicyError> {
        let mut policies = PolicySet::new();
        for (file, text) in TEXTS {
            let unreadable = |why: String| PolicyError::Unreadable {
                file: file.to_owned(),
                why,
            };
            let read: PolicySet = text
                .parse()
                .map_err(|error: cedar_policy::ParseErrors| unreadable(error.to_string()))?;
            for policy in read.policies() {
                let named =
                    named(policy).ok_or_else(|| unreadable("a policy has no @id".to_owned()))?;
                policies
                    .add(named)
                    .map_err(|error| unreadable(error.to_string()))?;
            }
        }
        Ok(Self {
            policies,
            authorizer: Authorizer::new(),
        })
    }

    /// Checks that the policies speak only about what the schema knows.
    pub(crate) fn validate(&self) -> Result<(), PolicyError> {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA)
            .map_err(|error| PolicyError::Schema(error.to_string()))?;
        let result = Validator::new(schema).validate(&self.policies, ValidationMode::Strict);
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

    /// Asks one case, with stand-ins for everything that the policies cannot see.
    pub(crate) fn ask(&self, case: Case) -> Result<(bool, Vec<String>), PolicyError> {
        let failed = |why: String| PolicyError::Evaluation {
            question: format!("{case:?}"),
            why,
        };
        let uid = |text: &str| {
            text.parse::<EntityUid>()
                .map_err(|error| failed(error.to_string()))
        };
        let who = uid(r#"Hemrond::User::"asker""#)?;
        let what = uid(r#"Hemrond::Document::"document""#)?;
        let action = uid(&format!(r#"Hemrond::Action::"{}""#, case.action.as_str()))?;
        let organisation = if case.own_organisation {
            "own"
        } else {
            "other"
        };
        let mut document = vec![
            ("kind", case.kind.as_str()),
            ("class", case.kind.class().as_str()),
            ("organisation", organisation),
        ];
        match case.unit {
            Unit::None => {}
            Unit::Own => document.push(("unit", "own")),
            Unit::Other => document.push(("unit", "other")),
        }
        let user = [
            ("role", case.role.as_str()),
            ("organisation", "own"),
            ("unit", "own"),
        ];
        let entities = Entities::from_entities(
            [entity(&who, &user), entity(&what, &document)]
                .into_iter()
                .collect::<Result<Vec<_>, _>>()
                .map_err(&failed)?,
            None,
        )
        .map_err(|error| failed(error.to_string()))?;
        let request = Request::new(who, action, what, Context::empty(), None)
            .map_err(|error| failed(error.to_string()))?;
        let response = self
            .authorizer
            .is_authorized(&request, &self.policies, &entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(failed(error.to_string()));
        }
        let mut reasons: Vec<String> = response
            .diagnostics()
            .reason()
            .map(ToString::to_string)
            .collect();
        reasons.sort();
        Ok((response.decision() == Decision::Allow, reasons))
    }
}

/// The policy under the name that its `@id` gives it.
fn named(policy: &Policy) -> Option<Policy> {
    let id = policy.annotation("id")?;
    Some(policy.new_id(PolicyId::new(id)))
}

fn entity(uid: &EntityUid, attributes: &[(&str, &str)]) -> Result<Entity, String> {
    let attributes: HashMap<String, RestrictedExpression> = attributes
        .iter()
        .map(|(name, value)| {
            (
                (*name).to_owned(),
                RestrictedExpression::new_string((*value).to_owned()),
            )
        })
        .collect();
    Entity::new(uid.clone(), attributes, HashSet::new()).map_err(|error| error.to_string())
}
