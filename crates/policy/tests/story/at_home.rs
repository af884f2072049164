//! Within one organisation: relation, role, inner block, emergency, protected identity and the log.

use crate::{
    CONSENTED, KOMMUNEN, MOBILE_TEAM, REHAB, TODAY, allowed_by, astrids, eva, may, of_kommunen,
    refused, stina, visit_at,
};
use hemrond_domain::{people::Role, record::DocumentKind};
use hemrond_policy::{Action, Block, Circumstances, Emergency, Reason, Relation};

/// AC10: without a relation Eva is asked for a reason, may give one, and reads with it (PDL 4:1).
#[test]
fn eva_gives_a_reason_before_she_opens_astrid() {
    let stranger = Circumstances {
        relation: Relation::None,
        ..TODAY
    };
    let visit = visit_at(KOMMUNEN);
    refused(
        &may(eva(), Action::Read, visit, stranger),
        Reason::RelationNeeded,
    );
    assert!(may(eva(), Action::DeclareRelation, visit, stranger).allowed);
    assert!(may(eva(), Action::Read, visit, TODAY).allowed);
}

/// AC52: what home help wrote stays in the social documentation, and no reason that Eva gives changes it; what her unit
/// was told she reads, and what another was told she does not (OSL 26:1, 10:1).
#[test]
fn eva_reads_what_her_unit_was_told_and_not_what_stina_wrote() {
    let stranger = Circumstances {
        relation: Relation::None,
        ..TODAY
    };
    let wrote = astrids(DocumentKind::Observations, KOMMUNEN, None);
    for role in [Role::Nurse, Role::Doctor] {
        for given in [TODAY, stranger, CONSENTED] {
            refused(
                &may(of_kommunen(role), Action::Read, wrote, given),
                Reason::Role,
            );
        }
        let told = |unit| astrids(DocumentKind::Told, KOMMUNEN, Some(unit));
        let reads = |unit| may(of_kommunen(role), Action::Read, told(unit), TODAY);
        allowed_by(
            &reads(MOBILE_TEAM),
            "transfer.receiver-reads",
            "OSL 10:1, 26:1; PDL 4:2",
        );
        refused(&reads(REHAB), Reason::Role);
        let writes = may(of_kommunen(role), Action::Write, told(MOBILE_TEAM), TODAY);
        refused(&writes, Reason::Role);
    }
    let told = astrids(DocumentKind::Told, KOMMUNEN, Some(MOBILE_TEAM));
    assert!(may(stina(), Action::Write, told, TODAY).allowed);
}

/// AC11: hemtjänst cannot open a health note, and no reason that Stina gives changes it (PDL 4:2).
#[test]
fn stina_cannot_open_a_visit_and_is_not_asked_for_a_reason() {
    let stranger = Circumstances {
        relation: Relation::None,
        ..TODAY
    };
    for given in [TODAY, stranger, CONSENTED] {
        let visit = visit_at(KOMMUNEN);
        refused(&may(stina(), Action::Read, visit, given), Reason::Role);
        refused(
            &may(stina(), Action::DeclareRelation, visit, given),
            Reason::Role,
        );
    }
}

/// AC13: a block on another unit's notes hides them from Eva at once; that there is one she may know (PDL 4:4).
#[test]
fn astrid_blocks_the_rehab_units_notes() {
    let visit = visit_at(KOMMUNEN);
    assert!(may(eva(), Action::Read, visit, TODAY).allowed);
    let blocked = Circumstances {
        block: Block::Inner,
        ..TODAY
    };
    refused(
        &may(eva(), Action::Read, visit, blocked),
        Reason::BlockedInner,
    );
    refused(
        &may(eva(), Action::Write, visit, blocked),
        Reason::BlockedInner,
    );
    assert!(may(eva(), Action::Exists, visit, blocked).allowed);
    refused(
        &may(eva(), Action::SeeBlockingUnit, visit, blocked),
        Reason::NoEmergency,
    );
}

/// AC14: an emergency shows the unit first and the chosen entries then, for reading only (PDL 4:5).
#[test]
fn in_an_emergency_eva_sees_the_unit_first_and_the_notes_then() {
    let visit = visit_at(KOMMUNEN);
    let step = |emergency| Circumstances {
        block: Block::Inner,
        emergency,
        ..TODAY
    };
    let before = step(Emergency::None);
    assert!(may(eva(), Action::OpenEmergency, visit, before).allowed);
    let first = step(Emergency::Units);
    assert!(may(eva(), Action::SeeBlockingUnit, visit, first).allowed);
    refused(
        &may(eva(), Action::Read, visit, first),
        Reason::BlockedInner,
    );
    let second = step(Emergency::Entries);
    let opened = may(eva(), Action::Read, visit, second);
    assert!(opened.allowed);
    assert!(
        opened
            .policies
            .contains(&"emergency.read-opened".to_owned())
    );
    refused(
        &may(eva(), Action::Write, visit, second),
        Reason::BlockedInner,
    );
    // When its time is over it is as before.
    refused(
        &may(eva(), Action::Read, visit, before),
        Reason::BlockedInner,
    );
    refused(
        &may(stina(), Action::OpenEmergency, visit, before),
        Reason::Role,
    );
}

/// AC13: only the unit that blocked lifts its block (PDL 4:4).
#[test]
fn eva_lifts_her_own_units_block_and_no_other() {
    let own = astrids(DocumentKind::Visit, KOMMUNEN, Some(MOBILE_TEAM));
    assert!(may(eva(), Action::Block, own, TODAY).allowed);
    assert!(may(eva(), Action::LiftBlock, own, TODAY).allowed);
    let theirs = visit_at(KOMMUNEN);
    let blocked = Circumstances {
        block: Block::Inner,
        ..TODAY
    };
    refused(
        &may(eva(), Action::LiftBlock, theirs, blocked),
        Reason::NotOwnBlock,
    );
    refused(
        &may(eva(), Action::Block, theirs, TODAY),
        Reason::NotOwnBlock,
    );
}

/// AC61: the address of a person with protected identity is shown to nobody (OSL 22:1).
#[test]
fn nobody_sees_where_a_protected_person_lives() {
    let protected = Circumstances {
        protected: true,
        ..TODAY
    };
    let astrid = astrids(DocumentKind::Person, KOMMUNEN, None);
    for role in Role::ALL {
        let decision = may(of_kommunen(role), Action::SeeAddress, astrid, protected);
        assert!(!decision.allowed, "{role}: {decision:?}");
    }
    refused(
        &may(eva(), Action::SeeAddress, astrid, protected),
        Reason::Protected,
    );
    assert!(may(eva(), Action::SeeAddress, astrid, TODAY).allowed);
}

/// AC12: the administrator checks the log and sees no record (PDL 4:3).
#[test]
fn the_administrator_sees_the_log_and_no_record() {
    let administrator = of_kommunen(Role::Administrator);
    let astrid = astrids(DocumentKind::Person, KOMMUNEN, None);
    for action in [Action::ReadLog, Action::ReviewLog] {
        assert!(may(administrator, action, astrid, TODAY).allowed);
    }
    refused(
        &may(administrator, Action::Read, astrid, TODAY),
        Reason::Role,
    );
    // Eva shows Astrid who has looked, and takes no samples.
    assert!(may(eva(), Action::ReadLog, astrid, TODAY).allowed);
    refused(&may(eva(), Action::ReviewLog, astrid, TODAY), Reason::Role);
}
