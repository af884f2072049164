//! Putting one case to Cedar.

use crate::{
    Block, Capacity, Circumstances, Consent, Decision, Emergency, PolicyError, Reason, Relation,
    Rule, SCHEMA, Sharing, TEXTS,
    cases::{Case, Unit},
};
use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, Policy, PolicyId, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};
use hemrond_domain::people::Role;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The policies, read and checked.
#[derive(Debug)]
pub(crate) struct Engine {
    policies: PolicySet,
    authorizer: Authorizer,
    /// What each policy says about itself, by its `@id`.
    pub(crate) rules: BTreeMap<String, Rule>,
}

impl Engine {
    /// Reads the policies' files, each policy named by its `@id`.
    pub(crate) fn load() -> Result<Self, PolicyError> {
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
        Ok(Self {
            policies,
            authorizer: Authorizer::new(),
            rules,
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
        let first = |reasons: &mut dyn Iterator<Item = Reason>| reasons.chain(by_right).min();
        let cause = first(&mut forbidding().filter_map(|rule| rule.reason));
        let reason = first(&mut forbidding().filter_map(|rule| rule.told.or(rule.reason)));
        Ok(Decision {
            allowed,
            reason: reason.or(Some(Reason::Nobody)),
            cause: cause.or(Some(Reason::Nobody)),
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
            if self
                .ask(Case {
                    circumstances,
                    ..case
                })?
                .0
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Asks one case, with stand-ins for everything that the policies cannot see.
    fn ask(&self, case: Case) -> Result<(bool, Vec<String>), PolicyError> {
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
            ("giver", giver(case.role)),
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
        let context = context(case.circumstances).map_err(&failed)?;
        let request = Request::new(who, action, what, context, None)
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
        Ok((
            response.decision() == cedar_policy::Decision::Allow,
            reasons,
        ))
    }
}

/// As what somebody's organisation acts through them: health staff for a vårdgivare, hemtjänst and
/// biståndshandläggare for an omsorgsgivare, an administrator for neither (SVOD 1:3).
const fn giver(role: Role) -> &'static str {
    match role {
        Role::Nurse | Role::Doctor => "vardgivare",
        Role::Hemtjanst | Role::Assessor => "omsorgsgivare",
        Role::Administrator => "none",
    }
}

fn context(of: Circumstances) -> Result<Context, String> {
    let word = |text: &str| RestrictedExpression::new_string(text.to_owned());
    Context::from_pairs([
        ("relation".to_owned(), word(of.relation.as_str())),
        ("block".to_owned(), word(of.block.as_str())),
        ("sharing".to_owned(), word(of.sharing.as_str())),
        ("consent".to_owned(), word(of.consent.as_str())),
        ("capacity".to_owned(), word(of.capacity.as_str())),
        ("emergency".to_owned(), word(of.emergency.as_str())),
        (
            "protected".to_owned(),
            RestrictedExpression::new_bool(of.protected),
        ),
    ])
    .map_err(|error| error.to_string())
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
