//! The classes of data: what there is, by which law, for how long, and who may read it, as the program's
//! own rules say. For the register of processing and the impact assessment (GDPR articles 30 and 35).

use chrono::NaiveDate;
use hemrond_domain::{
    ids::{OrganisationId, UnitId, UserId},
    people::Role,
    record::{DocumentClass, DocumentKind},
    retention::{Part, clock},
};
use hemrond_policy::{Action, Circumstances, Consent, Policy, Principal, Resource};
use serde::Serialize;
use std::collections::BTreeSet;

/// How far a right reaches in one's own organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// It is none.
    Nothing,
    /// Documents of one's own unit.
    OwnUnit,
    /// Documents of every unit.
    All,
}

/// What a role may do with a kind of document on an ordinary day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rights {
    /// Which role, by its stable name.
    pub role: &'static str,
    /// What it reads in its own organisation.
    pub reads: Reach,
    /// What it writes there.
    pub writes: Reach,
    /// Whether it reads what another organisation has, with information and consent.
    pub reads_others: bool,
}

/// For how many years after the last entry a kind of document is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Where the organisation has nothing else of the person.
    pub alone: u32,
    /// Where it has a health care record too.
    pub beside_health_record: u32,
}

/// One kind of document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindOfData {
    /// Its stable name.
    pub kind: &'static str,
    /// Its class, by its stable name.
    pub class: &'static str,
    /// The paragraphs by which anybody reads it.
    pub law: Vec<String>,
    /// How long it is kept; none where no clock runs.
    pub kept_years: Option<Kept>,
    /// What each role may do.
    pub rights: Vec<Rights>,
}

const OWN: OrganisationId = OrganisationId::from_bytes([1; 16]);
const OTHER: OrganisationId = OrganisationId::from_bytes([2; 16]);

/// Every kind of document that this version knows, by the rules of this version.
#[must_use]
pub fn classes(policy: &Policy) -> Vec<KindOfData> {
    let kinds = DocumentKind::ALL.into_iter();
    kinds.map(|kind| of_kind(policy, kind)).collect()
}

fn of_kind(policy: &Policy, kind: DocumentKind) -> KindOfData {
    let rights = Role::ALL.into_iter().map(|role| Rights {
        role: role.as_str(),
        reads: reach(policy, OWN, role, Action::Read, kind),
        writes: reach(policy, OWN, role, Action::Write, kind),
        reads_others: reads_others(policy, role, kind),
    });
    KindOfData {
        kind: kind.as_str(),
        class: kind.class().as_str(),
        law: laws(policy, kind),
        kept_years: kept(kind.class()),
        rights: rights.collect(),
    }
}

/// How far a role may do something with a kind of document in its own organisation, as the policy
/// decides it.
pub(crate) fn reach(
    policy: &Policy,
    organisation: OrganisationId,
    role: Role,
    action: Action,
    kind: DocumentKind,
) -> Reach {
    let own = UnitId::from_stored([1; 16]);
    let other = UnitId::from_stored([2; 16]);
    let who = somebody(role, organisation, own);
    let may = |unit| {
        let what = what(kind, organisation, unit);
        policy.may(&who, action, &what).allowed
    };
    match (may(Some(own)), may(Some(other)) && may(None)) {
        (_, true) => Reach::All,
        (true, false) => Reach::OwnUnit,
        (false, false) => Reach::Nothing,
    }
}

fn reads_others(policy: &Policy, role: Role, kind: DocumentKind) -> bool {
    let unit = UnitId::from_stored([1; 16]);
    let who = somebody(role, OWN, unit);
    let theirs = what(kind, OTHER, Some(UnitId::from_stored([2; 16])));
    let consented = Circumstances {
        consent: Consent::Given,
        ..Circumstances::ordinary()
    };
    policy
        .may_in(&who, Action::Read, &theirs, &consented)
        .allowed
}

/// The paragraphs of the policies that let somebody read a kind of document at home.
fn laws(policy: &Policy, kind: DocumentKind) -> Vec<String> {
    let unit = UnitId::from_stored([1; 16]);
    let laws = Role::ALL.into_iter().flat_map(|role| {
        let who = somebody(role, OWN, unit);
        let decision = policy.may(&who, Action::Read, &what(kind, OWN, Some(unit)));
        let laws = policy.laws(&decision).into_iter().map(str::to_owned);
        let read = decision.allowed;
        laws.filter(move |_| read).collect::<Vec<_>>()
    });
    laws.collect::<BTreeSet<_>>().into_iter().collect()
}

const fn somebody(role: Role, organisation: OrganisationId, unit: UnitId) -> Principal {
    Principal {
        user: UserId::from_stored([1; 16]),
        role,
        organisation,
        unit,
    }
}

const fn what(kind: DocumentKind, organisation: OrganisationId, unit: Option<UnitId>) -> Resource {
    Resource {
        kind,
        class: kind.class(),
        organisation,
        unit,
    }
}

/// What the rule of retention says of a class, asked with a record whose last entries are of one day.
fn kept(class: DocumentClass) -> Option<Kept> {
    let last_entry = NaiveDate::default();
    let part = |class| Part { class, last_entry };
    let years = |record: &[Part]| {
        let from = clock(class, record)?.destroyable_from;
        from.years_since(last_entry)
    };
    Some(Kept {
        alone: years(&[part(class)])?,
        beside_health_record: years(&[part(class), part(DocumentClass::Health)])?,
    })
}
