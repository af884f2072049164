//! Putting one case to Cedar.

use crate::{
    Action, Circumstances, PolicyError, Rule,
    cases::{Case, Unit},
    sets::{self, ForAction},
};
use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, Request, RestrictedExpression,
};
use hemrond_domain::people::Role;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::RwLock,
};

/// The policies, read, checked and sorted.
#[derive(Debug)]
pub(crate) struct Engine {
    authorizer: Authorizer,
    user: EntityUid,
    document: EntityUid,
    for_action: BTreeMap<Action, ForAction>,
    /// What each policy says about itself, by its `@id`.
    pub(crate) rules: BTreeMap<String, Rule>,
    /// What the best of circumstances would allow, as far as somebody had to be told why not.
    pub(crate) ever: RwLock<HashMap<Case, bool>>,
}

impl Engine {
    /// Reads the policies' files and checks them against their schema.
    pub(crate) fn load() -> Result<Self, PolicyError> {
        let (policies, rules) = sets::read()?;
        sets::validate(&policies)?;
        let mut for_action = BTreeMap::new();
        for action in Action::ALL {
            let uid = uid("Action", action.as_str())?;
            for_action.insert(action, ForAction::of(&policies, action, uid)?);
        }
        Ok(Self {
            authorizer: Authorizer::new(),
            user: uid("User", "asker")?,
            document: uid("Document", "document")?,
            for_action,
            rules,
            ever: RwLock::default(),
        })
    }

    /// The case as the policies see it.
    pub(crate) fn seen(&self, case: Case) -> Case {
        self.for_action
            .get(&case.action)
            .map_or(case, |policies| policies.seen(case))
    }

    /// Asks one case, with stand-ins for everything that the policies cannot see.
    pub(crate) fn ask(&self, case: Case) -> Result<(bool, Vec<String>), PolicyError> {
        let failed = |why: String| PolicyError::Evaluation {
            question: format!("{case:?}"),
            why,
        };
        let Some(policies) = self.for_action.get(&case.action) else {
            return Err(failed("the action has no policies".to_owned()));
        };
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
            [entity(&self.user, &user), entity(&self.document, &document)]
                .into_iter()
                .collect::<Result<Vec<_>, _>>()
                .map_err(&failed)?,
            None,
        )
        .map_err(|error| failed(error.to_string()))?;
        let context = context(case.circumstances).map_err(&failed)?;
        let request = Request::new(
            self.user.clone(),
            policies.action.clone(),
            self.document.clone(),
            context,
            None,
        )
        .map_err(|error| failed(error.to_string()))?;
        let response = self
            .authorizer
            .is_authorized(&request, &policies.policies, &entities);
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

fn uid(kind: &str, name: &str) -> Result<EntityUid, PolicyError> {
    format!(r#"Hemrond::{kind}::"{name}""#)
        .parse()
        .map_err(|error: cedar_policy::ParseErrors| PolicyError::Evaluation {
            question: name.to_owned(),
            why: error.to_string(),
        })
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
