//! Every question there is.

use crate::oracle::{Keeper, Question};
use hemrond_domain::{
    ids::{OrganisationId, UnitId, UserId},
    people::Role,
    record::DocumentKind,
};
use hemrond_policy::{
    Action, Block, Capacity, Circumstances, Consent, Decision, Emergency, Policy, Principal,
    Relation, Resource, Sharing,
};

const KOMMUNEN: OrganisationId = OrganisationId::from_bytes([1; 16]);
const REGIONEN: OrganisationId = OrganisationId::from_bytes([2; 16]);
const OWN_UNIT: UnitId = UnitId::from_bytes([3; 16]);
const OTHER_UNIT: UnitId = UnitId::from_bytes([4; 16]);

pub(crate) const KEEPERS: [Keeper; 3] = [Keeper::Nobody, Keeper::OwnUnit, Keeper::OtherUnit];

/// Every combination of circumstances.
pub(crate) fn circumstances() -> Vec<Circumstances> {
    let mut every = Vec::new();
    for relation in Relation::ALL {
        for block in Block::ALL {
            for sharing in Sharing::ALL {
                for consent in Consent::ALL {
                    for capacity in Capacity::ALL {
                        for emergency in Emergency::ALL {
                            for protected in [false, true] {
                                every.push(Circumstances {
                                    relation,
                                    block,
                                    sharing,
                                    consent,
                                    capacity,
                                    emergency,
                                    protected,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    every
}

/// Every question that somebody in this role can ask.
pub(crate) fn questions(role: Role) -> impl Iterator<Item = Question> {
    let every = circumstances();
    DocumentKind::ALL.into_iter().flat_map(move |kind| {
        let every = every.clone();
        Action::ALL.into_iter().flat_map(move |action| {
            let every = every.clone();
            [true, false].into_iter().flat_map(move |own| {
                let every = every.clone();
                KEEPERS.into_iter().flat_map(move |keeper| {
                    every.clone().into_iter().map(move |given| Question {
                        role,
                        kind,
                        action,
                        own,
                        keeper,
                        given,
                    })
                })
            })
        })
    })
}

/// The policies' answer.
pub(crate) fn ask(policy: &Policy, q: &Question) -> Decision {
    let who = Principal {
        user: UserId::from_bytes([5; 16]),
        role: q.role,
        organisation: KOMMUNEN,
        unit: OWN_UNIT,
    };
    let what = Resource {
        kind: q.kind,
        class: q.kind.class(),
        organisation: if q.own { KOMMUNEN } else { REGIONEN },
        unit: match q.keeper {
            Keeper::Nobody => None,
            Keeper::OwnUnit => Some(OWN_UNIT),
            Keeper::OtherUnit => Some(OTHER_UNIT),
        },
    };
    policy.may_in(&who, q.action, &what, &q.given)
}
