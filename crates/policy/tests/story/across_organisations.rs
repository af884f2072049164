//! Between organisations: information, objection, consent, capacity, outer block and danger.

use crate::{
    CONSENTED, REGIONEN, TODAY, allowed_by, astrids, eva, may, of_kommunen, refused, stina,
    visit_at,
};
use hemrond_domain::{people::Role, record::DocumentKind};
use hemrond_policy::{
    Action, Block, Capacity, Circumstances, Emergency, Reason, Relation, Sharing,
};

/// AC31: nothing crosses before Astrid is informed, and nobody is told that there would be something (SVOD 2:2).
#[test]
fn nothing_is_shared_before_the_information() {
    let given = Circumstances {
        sharing: Sharing::NotInformed,
        ..CONSENTED
    };
    for action in [Action::Read, Action::Exists] {
        let decision = may(eva(), action, visit_at(REGIONEN), given);
        refused(&decision, Reason::NotShared);
        assert_eq!(decision.cause, Some(Reason::NotInformed));
    }
}

/// AC32: an objection shuts it at once, also against an earlier consent and in danger (SVOD 2:3).
#[test]
fn an_objection_is_stronger_than_consent_and_danger() {
    let given = Circumstances {
        sharing: Sharing::Objected,
        emergency: Emergency::Entries,
        ..CONSENTED
    };
    let decision = may(eva(), Action::Read, visit_at(REGIONEN), given);
    refused(&decision, Reason::NotShared);
    assert_eq!(decision.cause, Some(Reason::Objected));
}

/// AC33: that there is something sounds the same for health and social documents and for everybody in care; a
/// block, an objection and missing information sound like nothing (SVOD 2:4).
#[test]
fn existence_tells_neither_whose_nor_what() {
    let shut = [
        Circumstances {
            block: Block::Outer,
            ..TODAY
        },
        Circumstances {
            sharing: Sharing::Objected,
            ..TODAY
        },
        Circumstances {
            sharing: Sharing::NotInformed,
            ..TODAY
        },
    ];
    for role in [Role::Nurse, Role::Doctor, Role::Hemtjanst, Role::Assessor] {
        for kind in [DocumentKind::Visit, DocumentKind::Observations] {
            let theirs = astrids(kind, REGIONEN, None);
            let open = may(of_kommunen(role), Action::Exists, theirs, TODAY);
            allowed_by(&open, "sharing.existence", "SVOD 2:4");
            for given in shut {
                let decision = may(of_kommunen(role), Action::Exists, theirs, given);
                refused(&decision, Reason::NotShared);
            }
        }
    }
}

/// AC34: for a person who cannot take a position the written assessment stands in for the information; where
/// they would object it does not (SVOD 2:6).
#[test]
fn an_assessment_stands_in_for_information_and_not_for_a_will() {
    let assessed = |sharing| Circumstances {
        sharing,
        capacity: Capacity::Unable,
        ..TODAY
    };
    let visit = visit_at(REGIONEN);
    assert!(may(eva(), Action::Read, visit, assessed(Sharing::NotInformed)).allowed);
    refused(
        &may(eva(), Action::Read, visit, assessed(Sharing::Objected)),
        Reason::NotShared,
    );
}

/// AC35: a vårdgivare reads another's health record with relation, information and consent together (SVOD 3:1).
#[test]
fn eva_reads_the_regions_visit_with_all_three_and_not_with_two() {
    let visit = visit_at(REGIONEN);
    allowed_by(
        &may(eva(), Action::Read, visit, CONSENTED),
        "sharing.health-consent",
        "SVOD 3:1",
    );
    refused(&may(eva(), Action::Read, visit, TODAY), Reason::NoConsent);
    let no_relation = Circumstances {
        relation: Relation::None,
        ..CONSENTED
    };
    refused(
        &may(eva(), Action::Read, visit, no_relation),
        Reason::RelationNeeded,
    );
    let blocked = Circumstances {
        block: Block::Outer,
        ..CONSENTED
    };
    refused(&may(eva(), Action::Read, visit, blocked), Reason::NotShared);
    // Consent is to reading: nobody writes in another's record (SVOD 4:1).
    refused(
        &may(eva(), Action::Write, visit, CONSENTED),
        Reason::Organisation,
    );
}

/// AC36: an omsorgsgivare reads another's social documents with consent (SVOD 3:2).
#[test]
fn stina_reads_another_omsorgsgivares_observations_with_consent() {
    let observations = astrids(DocumentKind::Observations, REGIONEN, None);
    allowed_by(
        &may(stina(), Action::Read, observations, CONSENTED),
        "sharing.social-consent",
        "SVOD 3:2",
    );
    refused(
        &may(stina(), Action::Read, observations, TODAY),
        Reason::NoConsent,
    );
}

/// AC37: for an incapable patient a vårdgivare reads what is not blocked, without consent (SVOD 3:3).
#[test]
fn eva_reads_for_an_incapable_patient_what_is_not_blocked() {
    let unable = Circumstances {
        capacity: Capacity::Unable,
        ..TODAY
    };
    let visit = visit_at(REGIONEN);
    allowed_by(
        &may(eva(), Action::Read, visit, unable),
        "sharing.health-unable",
        "SVOD 3:3",
    );
    let blocked = Circumstances {
        block: Block::Outer,
        ..unable
    };
    refused(&may(eva(), Action::Read, visit, blocked), Reason::NotShared);
}

/// AC38: for an incapable person hemtjänst reads other omsorgsgivares' documents and no vårdgivare's (SVOD 3:4).
#[test]
fn stina_reads_for_an_incapable_person_social_documents_only() {
    let unable = Circumstances {
        capacity: Capacity::Unable,
        ..TODAY
    };
    let observations = astrids(DocumentKind::Observations, REGIONEN, None);
    allowed_by(
        &may(stina(), Action::Read, observations, unable),
        "sharing.social-unable",
        "SVOD 3:4",
    );
    refused(
        &may(stina(), Action::Read, visit_at(REGIONEN), unable),
        Reason::Role,
    );
}

/// AC39: in danger Eva sees which vårdgivare blocked and may ask it to lift; she neither reads nor lifts (SVOD 3:5).
#[test]
fn nobody_lifts_another_vardgivares_block_even_in_danger() {
    let visit = visit_at(REGIONEN);
    let blocked = |emergency| Circumstances {
        block: Block::Outer,
        emergency,
        ..CONSENTED
    };
    for emergency in [Emergency::Units, Emergency::Entries] {
        let given = blocked(emergency);
        for action in [Action::SeeBlockingUnit, Action::AskToLift] {
            allowed_by(
                &may(eva(), action, visit, given),
                "emergency.see-giver",
                "SVOD 3:5",
            );
        }
        refused(
            &may(eva(), Action::Read, visit, given),
            Reason::BlockedOuter,
        );
        refused(
            &may(eva(), Action::LiftBlock, visit, given),
            Reason::NotOwnBlock,
        );
    }
    // Outside danger she does not even learn that there is a block.
    let calm = blocked(Emergency::None);
    refused(&may(eva(), Action::Read, visit, calm), Reason::NotShared);
    refused(
        &may(eva(), Action::AskToLift, visit, calm),
        Reason::NoEmergency,
    );
}

/// AC40: the way in danger without consent is for vårdgivare only (SVOD 3:6).
#[test]
fn danger_opens_unblocked_records_for_a_vardgivare_only() {
    let danger = Circumstances {
        emergency: Emergency::Entries,
        ..TODAY
    };
    allowed_by(
        &may(eva(), Action::Read, visit_at(REGIONEN), danger),
        "sharing.health-danger",
        "SVOD 3:6",
    );
    let observations = astrids(DocumentKind::Observations, REGIONEN, None);
    for role in [Role::Hemtjanst, Role::Assessor] {
        let who = of_kommunen(role);
        refused(
            &may(who, Action::OpenEmergency, visit_at(REGIONEN), danger),
            Reason::Role,
        );
        refused(
            &may(who, Action::Read, visit_at(REGIONEN), danger),
            Reason::Role,
        );
        refused(
            &may(who, Action::Read, observations, danger),
            Reason::NoConsent,
        );
    }
}

/// AC41: there is no "share anyway": Astrid's consent opens no health record to hemtjänst (SVOD 3:7).
#[test]
fn consent_opens_nothing_that_the_law_does_not_name() {
    for sharing in Sharing::ALL {
        for emergency in Emergency::ALL {
            let given = Circumstances {
                sharing,
                emergency,
                ..CONSENTED
            };
            refused(
                &may(stina(), Action::Read, visit_at(REGIONEN), given),
                Reason::Role,
            );
            let identity = astrids(DocumentKind::Person, REGIONEN, None);
            refused(
                &may(eva(), Action::Read, identity, given),
                Reason::Organisation,
            );
        }
    }
}
