//! A person in a list: name, age, address, latest CFS.

use crate::{
    acts::{NOBODY, a_visit},
    api::{CfsBrief, Colleague, PersonBrief},
    failure::Outcome,
    projection::full_name,
    tablet::{Companion, State},
};
use chrono::NaiveDate;
use hemrond_domain::{
    identity::{Identity, IdentityKind, ProtectedIdentity},
    ids::{PersonId, UserId},
    instruments::cfs::{AgeRule, age_rule},
    people::User,
    record::{DocumentKind, Header},
};
use hemrond_policy::{Action, Resource};
use hemrond_store::{LatestWith, PersonRow, VisitRow};
use serde::{Deserialize, de::IntoDeserializer};
use std::collections::BTreeMap;

impl Companion {
    /// People in a list, each with their latest CFS where the user may read it of them. Of a protected
    /// person a list shows no more than the first letters of the name.
    pub(crate) async fn briefs(
        &self,
        state: &mut State,
        people: &[PersonId],
    ) -> Outcome<BTreeMap<PersonId, PersonBrief>> {
        let rows = self.store.people_by_ids(people).await?;
        let seen = self.may_see(state, people, DocumentKind::Visit).await?;
        let seen: Vec<PersonId> = seen.into_iter().collect();
        let cfs = self
            .store
            .latest_visits_with(&seen, LatestWith::Cfs)
            .await?;
        let today = self.clock.today();
        Ok(rows
            .iter()
            .map(|row| {
                let visit = cfs.get(&row.person);
                let mut brief = brief(row, visit, today);
                if brief.protected.is_protected() {
                    brief.name = initials(&brief.name);
                }
                (row.person, brief)
            })
            .collect())
    }

    /// One person as their own page names them: whoever opened it knows the name.
    pub(crate) async fn brief_of(
        &self,
        state: &mut State,
        person: PersonId,
    ) -> Outcome<Option<PersonBrief>> {
        let Some(mut brief) = self.briefs(state, &[person]).await?.remove(&person) else {
            return Ok(None);
        };
        if brief.protected.is_protected()
            && let Some(row) = self.store.person(person).await?
        {
            brief.name = full_name(row.given_name.as_deref(), row.family_name.as_deref());
        }
        Ok(Some(brief))
    }

    pub(crate) fn may_read_health(&self, state: &State) -> Outcome<bool> {
        self.may_kind(state, Action::Read, DocumentKind::Visit)
    }

    /// Whether the user may do this with documents of a kind in their own unit.
    pub(crate) fn may_kind(
        &self,
        state: &State,
        action: Action,
        kind: DocumentKind,
    ) -> Outcome<bool> {
        self.may_of(state, action, NOBODY, kind)
    }

    /// Whether the user may do this with a person's documents of a kind in their own unit.
    pub(crate) fn may_of(
        &self,
        state: &State,
        action: Action,
        person: PersonId,
        kind: DocumentKind,
    ) -> Outcome<bool> {
        let header = self.some(&state.enrolled()?.user, person, kind);
        self.may(state, action, &header)
    }

    /// Whether somebody's role may do this at all, on an ordinary day.
    pub(crate) fn role_may(&self, user: &User, action: Action, kind: DocumentKind) -> bool {
        let what = Resource::from(&self.some(user, NOBODY, kind));
        self.policy.may(&user.into(), action, &what).allowed
    }

    /// Some document of a kind in the user's own unit.
    fn some(&self, user: &User, person: PersonId, kind: DocumentKind) -> Header {
        let today = self.clock.today();
        match kind {
            DocumentKind::Person => Header::person(user.organisation, person),
            DocumentKind::Visit => a_visit(user, user.unit, person),
            DocumentKind::Observations => Header::observations(user.organisation, person, today),
            DocumentKind::Round => Header::round(user.organisation, user.unit, today),
            DocumentKind::Directory => Header::directory(user.organisation),
            DocumentKind::Acts => Header::acts(user.organisation, person),
            DocumentKind::Told => Header::told(user.organisation, user.unit, person, today),
        }
    }
}

impl State {
    /// A colleague as they are named beside what they wrote.
    pub(crate) fn colleague(&self, user: Option<UserId>) -> Colleague {
        let me = self.enrolment.as_ref().map(|enrolment| &enrolment.user);
        let mine = user.is_some() && me.map(|me| me.id) == user;
        let (name, role) = match (mine, me, user) {
            (true, Some(me), _) => (Some(me.name.clone()), Some(me.role)),
            (_, _, Some(user)) => self.staff.get(&user).cloned().unwrap_or_default(),
            _ => (None, None),
        };
        Colleague {
            id: user,
            name,
            role,
            me: mine,
        }
    }

    /// The colleague behind an actor.
    pub(crate) fn colleague_behind(&self, actor: &[u8; 16]) -> Colleague {
        self.colleague(self.user_of(actor))
    }
}

/// "Vera Skyddad" as "V. S.".
fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .map(|letter| format!("{letter}."))
        .collect::<Vec<_>>()
        .join(" ")
}

fn brief(row: &PersonRow, cfs: Option<&VisitRow>, today: NaiveDate) -> PersonBrief {
    let identity = row
        .identity
        .as_deref()
        .and_then(|number| Identity::parse(number, today).ok());
    let age = identity
        .as_ref()
        .and_then(|identity| identity.age_on(today));
    let protected = protection(&row.protected);
    let open = !protected.is_protected();
    PersonBrief {
        id: row.person,
        name: full_name(row.given_name.as_deref(), row.family_name.as_deref()),
        age,
        identity: identity.as_ref().filter(|_| open).map(Identity::display),
        identity_kind: row.identity_kind.as_deref().and_then(identity_kind),
        address: address(row),
        protected,
        cfs: cfs.and_then(|visit| {
            Some(CfsBrief {
                level: visit.cfs_level?,
                on: visit
                    .cfs_on
                    .or_else(|| visit.first_at.map(|at| at.date_naive()))?,
                validated: age.map(|age| age_rule(age) == AgeRule::Validated),
            })
        }),
    }
}

/// Reads a protection's stored name; one that this version does not know counts as the strictest.
pub(crate) fn protection(name: &str) -> ProtectedIdentity {
    match name {
        "none" => ProtectedIdentity::None,
        "sekretessmarkering" => ProtectedIdentity::Sekretessmarkering,
        _ => ProtectedIdentity::SkyddadFolkbokforing,
    }
}

fn identity_kind(name: &str) -> Option<IdentityKind> {
    let deserializer: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
        name.into_deserializer();
    IdentityKind::deserialize(deserializer).ok()
}

fn address(row: &PersonRow) -> Option<String> {
    let town = [row.postcode.as_deref(), row.city.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let parts: Vec<&str> = [row.street.as_deref(), Some(town.as_str())]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
