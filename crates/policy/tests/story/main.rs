//! What Astrid says, and who may see what of hers then. Each criterion of the law that the policies alone can prove.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod across_organisations;
mod at_home;

use hemrond_domain::{
    ids::{OrganisationId, UnitId, UserId},
    people::Role,
    record::DocumentKind,
};
use hemrond_policy::{
    Action, Circumstances, Consent, Decision, Policy, Principal, Reason, Resource,
};

pub(crate) const KOMMUNEN: OrganisationId = OrganisationId::from_bytes([1; 16]);
pub(crate) const REGIONEN: OrganisationId = OrganisationId::from_bytes([2; 16]);
pub(crate) const MOBILE_TEAM: UnitId = UnitId::from_bytes([3; 16]);
pub(crate) const REHAB: UnitId = UnitId::from_bytes([4; 16]);

/// An ordinary day.
pub(crate) const TODAY: Circumstances = Circumstances::ordinary();

/// Astrid consented to her reading together with others.
pub(crate) const CONSENTED: Circumstances = Circumstances {
    consent: Consent::Given,
    ..TODAY
};

pub(crate) fn of_kommunen(role: Role) -> Principal {
    Principal {
        user: UserId::from_bytes([5; 16]),
        role,
        organisation: KOMMUNEN,
        unit: MOBILE_TEAM,
    }
}

/// Eva Lind, nurse in the mobile team.
pub(crate) fn eva() -> Principal {
    of_kommunen(Role::Nurse)
}

/// Stina, hemtjänst.
pub(crate) fn stina() -> Principal {
    of_kommunen(Role::Hemtjanst)
}

/// A document of Astrid's.
pub(crate) fn astrids(
    kind: DocumentKind,
    organisation: OrganisationId,
    unit: Option<UnitId>,
) -> Resource {
    Resource {
        kind,
        class: kind.class(),
        organisation,
        unit,
    }
}

pub(crate) fn visit_at(organisation: OrganisationId) -> Resource {
    astrids(DocumentKind::Visit, organisation, Some(REHAB))
}

pub(crate) fn may(
    who: Principal,
    action: Action,
    what: Resource,
    given: Circumstances,
) -> Decision {
    Policy::load().unwrap().may_in(&who, action, &what, &given)
}

#[track_caller]
pub(crate) fn allowed_by(decision: &Decision, policy: &str, law: &str) {
    assert!(decision.allowed, "{decision:?}");
    assert_eq!(decision.policies, [policy]);
    assert_eq!(Policy::load().unwrap().laws(decision), [law]);
}

#[track_caller]
pub(crate) fn refused(decision: &Decision, reason: Reason) {
    assert!(!decision.allowed, "{decision:?}");
    assert_eq!(decision.reason, Some(reason), "{decision:?}");
}

#[test]
fn every_rule_has_a_paragraph_and_every_code_is_its_own() {
    let policy = Policy::load().unwrap();
    let rules = policy.rules();
    assert!(rules.len() > 30);
    for rule in rules {
        assert!(
            ["PDL", "SVOD", "OSL", "SoL", "HSLF-FS"]
                .iter()
                .any(|law| rule.law.starts_with(law)),
            "{rule:?}"
        );
    }
    let mut codes: Vec<&str> = Reason::ALL.into_iter().map(Reason::as_str).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Reason::ALL.len());
}
