//! An ordinary day: role, kind, reading and writing, unit and organisation, against a table written by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_domain::{
    ids::{OrganisationId, UnitId, UserId},
    people::Role,
    record::DocumentKind,
};
use hemrond_policy::{Action, Policy, Principal, Resource};

/// What one role may do with one kind, in the own organisation: any unit's, its own unit's, nothing.
#[derive(Clone, Copy, PartialEq)]
enum Reach {
    All,
    Own,
    No,
}
use Reach::{All, No, Own};

/// Role, kind, reading, writing: taken from the table of who reads and writes what in the design.
const TABLE: [(Role, DocumentKind, Reach, Reach); 35] = [
    (Role::Nurse, DocumentKind::Person, All, All),
    (Role::Nurse, DocumentKind::Visit, All, All),
    (Role::Nurse, DocumentKind::Observations, No, No),
    (Role::Nurse, DocumentKind::Round, All, All),
    (Role::Nurse, DocumentKind::Directory, All, No),
    (Role::Nurse, DocumentKind::Acts, All, All),
    (Role::Nurse, DocumentKind::Told, Own, No),
    (Role::Doctor, DocumentKind::Person, All, All),
    (Role::Doctor, DocumentKind::Visit, All, All),
    (Role::Doctor, DocumentKind::Observations, No, No),
    (Role::Doctor, DocumentKind::Round, All, All),
    (Role::Doctor, DocumentKind::Directory, All, No),
    (Role::Doctor, DocumentKind::Acts, All, All),
    (Role::Doctor, DocumentKind::Told, Own, No),
    (Role::Hemtjanst, DocumentKind::Person, All, No),
    (Role::Hemtjanst, DocumentKind::Visit, No, No),
    (Role::Hemtjanst, DocumentKind::Observations, All, All),
    (Role::Hemtjanst, DocumentKind::Round, Own, Own),
    (Role::Hemtjanst, DocumentKind::Directory, All, No),
    (Role::Hemtjanst, DocumentKind::Acts, All, All),
    (Role::Hemtjanst, DocumentKind::Told, All, All),
    (Role::Assessor, DocumentKind::Person, All, All),
    (Role::Assessor, DocumentKind::Visit, No, No),
    (Role::Assessor, DocumentKind::Observations, All, No),
    (Role::Assessor, DocumentKind::Round, Own, Own),
    (Role::Assessor, DocumentKind::Directory, All, No),
    (Role::Assessor, DocumentKind::Acts, All, All),
    (Role::Assessor, DocumentKind::Told, No, No),
    (Role::Administrator, DocumentKind::Person, No, No),
    (Role::Administrator, DocumentKind::Visit, No, No),
    (Role::Administrator, DocumentKind::Observations, No, No),
    (Role::Administrator, DocumentKind::Round, No, No),
    (Role::Administrator, DocumentKind::Directory, All, All),
    (Role::Administrator, DocumentKind::Acts, No, No),
    (Role::Administrator, DocumentKind::Told, No, No),
];

const KOMMUNEN: OrganisationId = OrganisationId::from_bytes([1; 16]);
const REGIONEN: OrganisationId = OrganisationId::from_bytes([2; 16]);
const OWN_UNIT: UnitId = UnitId::from_bytes([3; 16]);
const OTHER_UNIT: UnitId = UnitId::from_bytes([4; 16]);

fn somebody(role: Role) -> Principal {
    Principal {
        user: UserId::from_bytes([5; 16]),
        role,
        organisation: KOMMUNEN,
        unit: OWN_UNIT,
    }
}

fn a_document(kind: DocumentKind, organisation: OrganisationId, unit: Option<UnitId>) -> Resource {
    Resource {
        kind,
        class: kind.class(),
        organisation,
        unit,
    }
}

#[test]
fn the_policies_say_what_the_table_says() {
    let policy = Policy::load().unwrap();
    let mut asked = 0;
    for role in Role::ALL {
        for kind in DocumentKind::ALL {
            let (_, _, reads, writes) = TABLE
                .into_iter()
                .find(|(r, k, ..)| (*r, *k) == (role, kind))
                .expect("the table has every pair");
            for (action, reach) in [(Action::Read, reads), (Action::Write, writes)] {
                for organisation in [KOMMUNEN, REGIONEN] {
                    for unit in [None, Some(OWN_UNIT), Some(OTHER_UNIT)] {
                        let expected = organisation == KOMMUNEN
                            && match reach {
                                All => true,
                                Own => unit == Some(OWN_UNIT),
                                No => false,
                            };
                        let what = a_document(kind, organisation, unit);
                        let decision = policy.may(&somebody(role), action, &what);
                        assert_eq!(
                            decision.allowed,
                            expected,
                            "{role} {} {kind} of {organisation}, unit {unit:?}",
                            action.as_str()
                        );
                        assert!(
                            !decision.allowed || !decision.policies.is_empty(),
                            "a permission names its policy"
                        );
                        asked += 1;
                    }
                }
            }
        }
    }
    assert_eq!(asked, 5 * 7 * 2 * 2 * 3);
}

#[test]
fn what_a_database_filters_by_is_what_the_policies_say() {
    let policy = Policy::load().unwrap();
    for role in Role::ALL {
        let who = somebody(role);
        let readable = policy.readable(&who);
        for kind in DocumentKind::ALL {
            for organisation in [KOMMUNEN, REGIONEN] {
                for unit in [None, Some(OWN_UNIT), Some(OTHER_UNIT)] {
                    let what = a_document(kind, organisation, unit);
                    assert_eq!(
                        readable.includes(&what),
                        policy.may(&who, Action::Read, &what).allowed,
                        "{role}, {kind}, {organisation}, {unit:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn stina_in_hemtjanst_is_told_which_policy_lets_her_write() {
    let policy = Policy::load().unwrap();
    let stina = somebody(Role::Hemtjanst);
    let observations = a_document(DocumentKind::Observations, KOMMUNEN, None);
    let decision = policy.may(&stina, Action::Write, &observations);
    assert_eq!(decision.policies, ["social.hemtjanst"]);
}

#[test]
fn another_organisation_is_shut_without_consent() {
    let policy = Policy::load().unwrap();
    let eva = somebody(Role::Nurse);
    let visit = a_document(DocumentKind::Visit, REGIONEN, Some(OWN_UNIT));
    let decision = policy.may(&eva, Action::Read, &visit);
    assert!(!decision.allowed);
    assert_eq!(decision.policies, ["sharing.nothing-else"]);
}

#[test]
fn a_document_under_a_false_class_is_nobodys() {
    let policy = Policy::load().unwrap();
    let stina = somebody(Role::Hemtjanst);
    let mut visit = a_document(DocumentKind::Visit, KOMMUNEN, None);
    visit.class = hemrond_domain::record::DocumentClass::Social;
    assert!(!policy.may(&stina, Action::Read, &visit).allowed);
}
