#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    ids::{OrganisationId, RowId, UnitId, UserId},
    people::Role,
    record::{DocumentClass, DocumentId},
};
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

const TEAM: UnitId = UnitId::from_bytes([1; 16]);
const CENTRE: UnitId = UnitId::from_bytes([2; 16]);
const EVA: UserId = UserId::from_bytes([3; 16]);
const OMAR: UserId = UserId::from_bytes([4; 16]);
const REGION: OrganisationId = OrganisationId::from_bytes([5; 16]);
const VISIT: DocumentId = DocumentId::from_bytes([6; 16]);

fn hour(hour: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 3, 8, 0, 0).unwrap() + TimeDelta::hours(hour)
}

/// Eva Lind, nurse in the mobile team, or whoever else is named.
fn made(number: u8, at: i64, act: Act) -> Made {
    Made {
        id: ActId([number; 32]),
        act: Some(act),
        at: hour(at),
        by: EVA,
        role: Role::Nurse,
        unit: TEAM,
    }
}

fn omars(made: Made) -> Made {
    Made {
        by: OMAR,
        role: Role::Doctor,
        unit: CENTRE,
        ..made
    }
}

fn maker(made: &Made) -> Maker {
    Maker {
        user: made.by,
        role: made.role,
        organisation: REGION,
        unit: made.unit,
    }
}

fn block() -> Act {
    Act::BlockSet {
        bound: Bound::Inner,
        unit: Some(TEAM),
        voice: Voice::Person,
    }
}

fn lift(number: u8) -> Act {
    Act::BlockLifted {
        block: ActId([number; 32]),
        how: DangerLift::Consent,
    }
}

fn opening(step: Step, until: i64) -> Act {
    let chosen = step == Step::Entries;
    Act::EmergencyOpened {
        bound: Bound::Inner,
        step,
        danger: "Medvetslös, okända läkemedel".to_owned(),
        units: if chosen { vec![TEAM] } else { Vec::new() },
        documents: Vec::new(),
        until: hour(until),
    }
}

fn relation(until: i64) -> Act {
    Act::RelationDeclared {
        reason: RelationReason::Care,
        words: "Ersätter Anna Berg i dag".to_owned(),
        until: hour(until),
    }
}

fn consent(until: i64) -> Act {
    Act::ConsentGiven {
        givers: Givers(vec![REGION]),
        classes: vec![DocumentClass::Health],
        from: hour(0),
        until: hour(until),
    }
}

fn assessment(able: bool, unopposed: &str) -> Act {
    Act::CapacityAssessed {
        able,
        explored: "Samtal med dottern och hemtjänsten".to_owned(),
        attitude: "Har alltid velat att alla vet".to_owned(),
        unopposed: unopposed.to_owned(),
    }
}

fn telling(basis: LegalBasis) -> Act {
    Act::TellingBegun { to: TEAM, basis }
}

fn stinas(made: Made) -> Made {
    Made {
        role: Role::Hemtjanst,
        ..made
    }
}

/// AC60: what home help sees may be told on a basis that social care has, and on no other.
#[test]
fn what_social_care_may_tell_on() {
    #[rustfmt::skip]
    let table = [
        // Social care is no vårdgivare, and its secrecy holds towards health care of the same authority (OSL 8:2).
        ("PDL", LegalBasis::SameGiver, false, false),
        ("OSL 25:11 is health care's", LegalBasis::Osl2511, false, false),
        // What care givers read of each other on their own demand is not what one of them tells.
        ("SVOD 3:1", LegalBasis::Svod31, false, false),
        ("SVOD 3:2", LegalBasis::Svod32, false, false),
        ("SVOD 3:3", LegalBasis::Svod33, true, true),
        ("SVOD 3:6, while the danger lasts", LegalBasis::Svod36, false, true),
        ("OSL 10:1", LegalBasis::ConsentOsl101, true, true),
        ("OSL 10:28", LegalBasis::Duty, true, true),
    ];
    assert_eq!(table.len(), LegalBasis::ALL.len());
    for (source, basis, always, once) in table {
        assert_eq!(basis.lets_social_care_tell(), always, "{source}");
        assert_eq!(basis.lets_social_care_tell_once(), once, "{source}");
    }
}

/// AC60: the choice to tell stands until somebody ends it, or what it rests on ends.
#[test]
fn home_help_may_tell_until_it_is_ended() {
    let consented = stinas(made(1, 0, telling(LegalBasis::ConsentOsl101)));
    let duty = stinas(made(2, 1, telling(LegalBasis::Duty)));
    let stands = |acts: &[&Made]| -> Vec<ActId> {
        let standing = Standing::of(acts.iter().copied(), hour(9));
        standing.tellings.iter().map(|telling| telling.id).collect()
    };
    assert_eq!(stands(&[&duty, &consented]), [consented.id, duty.id]);
    let standing = Standing::of([&duty, &consented], hour(9));
    assert_eq!(standing.telling_to(TEAM).unwrap().id, consented.id);
    assert!(standing.telling_to(CENTRE).is_none());
    // Consent that is taken back takes with it what rests on it, and nothing else.
    let gone = made(3, 2, Act::ConsentWithdrawn { consents: vec![] });
    assert_eq!(stands(&[&gone, &duty, &consented]), [duty.id]);
    // An end reaches what another tablet began before it, without its name.
    let ended = made(4, 2, Act::TellingEnded { tellings: vec![] });
    assert_eq!(stands(&[&ended, &duty, &consented]), [] as [ActId; 0]);
    let again = stinas(made(5, 3, telling(LegalBasis::ConsentOsl101)));
    assert_eq!(stands(&[&again, &ended, &gone, &consented]), [again.id]);
    // An act that its maker could not make is none.
    let evas = made(6, 4, telling(LegalBasis::ConsentOsl101));
    assert_eq!(stands(&[&evas]), [] as [ActId; 0]);
}

/// AC34, AC60: what is told because the person cannot decide needs the assessment that says so.
#[test]
fn who_can_decide_is_not_told_about_as_one_who_cannot() {
    let unable = stinas(made(1, 0, telling(LegalBasis::Svod33)));
    let assessed = made(2, 1, assessment(false, "Inget tyder på det"));
    let able = made(3, 2, assessment(true, ""));
    let count = |acts: &[&Made]| Standing::of(acts.iter().copied(), hour(9)).tellings.len();
    assert_eq!(count(&[&unable]), 0);
    assert_eq!(count(&[&unable, &assessed]), 1);
    assert_eq!(count(&[&able, &unable, &assessed]), 0);
}

/// The paragraph, what is done, by whom, and whether it may be.
type Case = (&'static str, &'static str, Role, Act, Result<(), Forbidden>);

#[test]
fn who_may_make_which_act() {
    use Forbidden::{Guardian, Incomplete, OtherUnit, Period, Role as WrongRole};
    let other_unit = Act::BlockSet {
        bound: Bound::Inner,
        unit: Some(CENTRE),
        voice: Voice::Person,
    };
    let guardians = Act::BlockSet {
        bound: Bound::Inner,
        unit: Some(TEAM),
        voice: Voice::Guardian,
    };
    let outer = Act::BlockSet {
        bound: Bound::Outer,
        unit: None,
        voice: Voice::Person,
    };
    let objects = |voice| Act::Objected { voice };
    let silent = Act::EmergencyOpened {
        bound: Bound::Inner,
        step: Step::Units,
        danger: "  ".to_owned(),
        units: Vec::new(),
        documents: Vec::new(),
        until: hour(1),
    };
    let told = Act::Disclosed {
        document: VISIT,
        row: RowId::from_bytes([7; 16]),
        to: TEAM,
        basis: LegalBasis::ConsentOsl101,
    };
    let ask = Act::LiftAsked {
        organisation: REGION,
        danger: "Kräver svar om blodförtunnande".to_owned(),
    };
    #[rustfmt::skip]
    let table: &[Case] = &[
        ("PDL 4:4", "the unit's nurse blocks", Role::Nurse, block(), Ok(())),
        ("PDL 4:4", "another unit's data", Role::Nurse, other_unit, Err(OtherUnit)),
        ("PDL 4:4", "a guardian blocks", Role::Doctor, guardians, Err(Guardian)),
        ("PDL 4:4", "an inner block is a vårdgivare's", Role::Hemtjanst, block(), Err(WrongRole)),
        ("SVOD 2:3", "home help receives an outer block", Role::Hemtjanst, outer.clone(), Ok(())),
        ("SVOD 2:3", "the person objects", Role::Assessor, objects(Voice::Person), Ok(())),
        ("SVOD 2:3", "a guardian objects", Role::Nurse, objects(Voice::Guardian), Err(Guardian)),
        ("PDL 4:5", "a nurse opens", Role::Nurse, opening(Step::Units, 2), Ok(())),
        ("PDL 4:5", "without a reason", Role::Nurse, silent, Err(Incomplete)),
        ("PDL 4:5", "for a second day", Role::Doctor, opening(Step::Units, 25), Err(Period)),
        ("PDL 4:5", "ending before it begins", Role::Doctor, opening(Step::Units, 0), Err(Period)),
        ("SVOD 3:6", "home help opens", Role::Hemtjanst, opening(Step::Entries, 2), Err(WrongRole)),
        ("SVOD 3:6", "an assessor opens", Role::Assessor, opening(Step::Units, 2), Err(WrongRole)),
        ("SVOD 3:5", "home help asks for a lift", Role::Hemtjanst, ask.clone(), Err(WrongRole)),
        ("SVOD 3:5", "a doctor asks for a lift", Role::Doctor, ask, Ok(())),
        ("SVOD 2:6", "all three fields", Role::Nurse, assessment(false, "Inget tyder på det"), Ok(())),
        ("SVOD 2:6", "one field is empty", Role::Nurse, assessment(false, ""), Err(Incomplete)),
        ("SVOD 2:6", "home help assesses", Role::Hemtjanst, assessment(true, ""), Err(WrongRole)),
        ("PDL 4:1", "a relation for a month", Role::Nurse, relation(24 * 30), Ok(())),
        ("PDL 4:1", "a relation for a year", Role::Nurse, relation(24 * 365), Err(Period)),
        ("SVOD 3:1", "a consent that has ended", Role::Nurse, consent(0), Err(Period)),
        ("OSL 10:1", "home help tells a nurse", Role::Hemtjanst, told, Ok(())),
        ("OSL 10:1", "home help may tell from now on", Role::Hemtjanst, telling(LegalBasis::ConsentOsl101), Ok(())),
        ("OSL 10:1", "an assessor records the consent", Role::Assessor, telling(LegalBasis::ConsentOsl101), Ok(())),
        ("OSL 26:1", "a nurse lets others tell her", Role::Nurse, telling(LegalBasis::ConsentOsl101), Err(WrongRole)),
        ("OSL 25:11", "health care's own secrecy", Role::Hemtjanst, telling(LegalBasis::Osl2511), Err(Incomplete)),
        ("SVOD 3:6", "danger lasts no longer than itself", Role::Hemtjanst, telling(LegalBasis::Svod36), Err(Incomplete)),
        ("OSL 10:1", "a nurse is told that it ends", Role::Nurse, Act::TellingEnded { tellings: vec![] }, Ok(())),
        ("PDL 4:2", "an administrator", Role::Administrator, outer, Err(WrongRole)),
        ("PDL 4:5", "a nurse lifts", Role::Nurse, lift(9), Ok(())),
        ("PDL 4:5", "a doctor lifts", Role::Doctor, lift(9), Ok(())),
        ("PDL 4:4-5, SVOD 2:3", "home help lifts", Role::Hemtjanst, lift(9), Err(WrongRole)),
        ("PDL 4:4-5, SVOD 2:3", "an assessor lifts", Role::Assessor, lift(9), Err(WrongRole)),
    ];
    for (paragraph, what, role, act, expected) in table {
        let made = Made {
            role: *role,
            ..made(1, 0, act.clone())
        };
        assert_eq!(
            may_make(&made, &maker(&made)),
            *expected,
            "{paragraph}: {what}"
        );
    }
    let in_omars_name = omars(made(1, 0, block()));
    assert_eq!(
        may_make(&in_omars_name, &maker(&made(1, 0, block()))),
        Err(Forbidden::OtherMaker)
    );
}

/// AC34: a person who cannot decide has an assessment of three documented fields, or none at all.
#[test]
fn an_assessment_counts_only_with_its_three_fields() {
    let whole = made(1, 0, assessment(false, "Inget tyder på det"));
    let half = made(2, 1, assessment(false, " "));
    let standing = Standing::of([&whole, &half], hour(2));
    assert_eq!(standing.capacity.unwrap().at, hour(0));
    assert_eq!(Standing::of([&half], hour(2)).capacity, None);
}

/// AC13: a block holds for other units' readers until exactly it is lifted, and never for its own.
#[test]
fn a_block_holds_until_exactly_it_is_lifted() {
    let set = made(1, 0, block());
    let again = made(2, 5, block());
    let lifted = made(3, 6, lift(1));
    let standing = Standing::of([&set], hour(1));
    assert!(standing.blocks_off(TEAM, CENTRE));
    assert!(!standing.blocks_off(TEAM, TEAM));
    assert!(!standing.blocks_off(CENTRE, TEAM));
    // Another block that was set meanwhile, on a tablet that had not heard of the lift, wins.
    let standing = Standing::of([&lifted, &again, &set], hour(7));
    assert!(standing.blocks_off(TEAM, CENTRE));
    assert!(!Standing::of([&lifted, &set], hour(7)).blocks_off(TEAM, CENTRE));
}

/// AC39: a lift by another unit's staff lifts nothing, and neither does a lift before its block is
/// known change what the block is.
#[test]
fn nobody_lifts_another_units_block() {
    let set = made(1, 0, block());
    let omars_lift = omars(made(2, 1, lift(1)));
    assert!(Standing::of([&omars_lift, &set], hour(2)).blocks_off(TEAM, CENTRE));
    let block = Standing::of([&set], hour(2)).blocks[0];
    assert_eq!(
        may_lift(&block, Role::Doctor, CENTRE),
        Err(Forbidden::OtherUnit)
    );
    assert_eq!(
        may_lift(&block, Role::Hemtjanst, TEAM),
        Err(Forbidden::Role)
    );
    assert_eq!(may_lift(&block, Role::Doctor, TEAM), Ok(()));
}

/// AC13: home help may say for the person that everything is shut, and does not open the health record
/// again: whoever lifts an outer block is health staff (PDL 4:4-5, SVOD 2:3).
#[test]
fn an_outer_block_is_lifted_by_health_staff_only() {
    let outer = Act::BlockSet {
        bound: Bound::Outer,
        unit: None,
        voice: Voice::Person,
    };
    let set = Made {
        role: Role::Hemtjanst,
        ..made(1, 0, outer)
    };
    let block = Standing::of([&set], hour(1)).blocks[0];
    for (role, lifts) in [
        (Role::Nurse, true),
        (Role::Doctor, true),
        (Role::Hemtjanst, false),
        (Role::Assessor, false),
        (Role::Administrator, false),
    ] {
        assert_eq!(may_lift(&block, role, CENTRE).is_ok(), lifts, "{role:?}");
        let lifted = Made {
            role,
            unit: CENTRE,
            ..made(2, 1, lift(1))
        };
        let standing = Standing::of([&set, &lifted], hour(2));
        assert_eq!(!standing.blocks_others(), lifts, "{role:?}");
    }
}

/// AC14: an opening is its maker's own, goes as far as its step, and ends by itself.
#[test]
fn an_emergency_is_for_one_user_one_step_and_a_time() {
    let units = omars(made(1, 0, opening(Step::Units, 4)));
    let entries = omars(made(2, 1, opening(Step::Entries, 4)));
    let first = Standing::of([&units], hour(2));
    assert_eq!(
        first.emergency(Bound::Inner, OMAR, Some(TEAM), VISIT),
        Some(Step::Units)
    );
    let both = Standing::of([&units, &entries], hour(2));
    assert_eq!(
        both.emergency(Bound::Inner, OMAR, Some(TEAM), VISIT),
        Some(Step::Entries)
    );
    assert_eq!(
        both.emergency(Bound::Inner, OMAR, Some(CENTRE), VISIT),
        Some(Step::Units)
    );
    assert_eq!(both.emergency(Bound::Inner, EVA, Some(TEAM), VISIT), None);
    assert_eq!(both.ends_next, Some(hour(4)));
    let over = Standing::of([&units, &entries], hour(4));
    assert_eq!(over.emergency(Bound::Inner, OMAR, Some(TEAM), VISIT), None);
    // A tablet whose clock is days ahead opens nothing for days.
    let ahead = omars(made(3, 72, opening(Step::Entries, 80)));
    assert_eq!(Standing::of([&ahead], hour(2)).emergencies, []);
}

/// AC32: an objection stands until exactly it is taken back; AC31: information is dated.
#[test]
fn objections_and_information() {
    let told = Act::InformationGiven {
        what: Information::Sharing,
        told: Told::Person,
    };
    let objected = Act::Objected {
        voice: Voice::Person,
    };
    let back = Act::ObjectionWithdrawn {
        objection: ActId([2; 32]),
    };
    let acts = [made(1, 0, told), made(2, 1, objected), made(3, 2, back)];
    assert!(!Standing::of(&acts[..0], hour(3)).is_informed_of_sharing());
    let standing = Standing::of(&acts[..2], hour(3));
    let informed = standing.informed[&Information::Sharing];
    assert_eq!(
        (informed.at, informed.by, informed.told),
        (hour(0), EVA, Told::Person)
    );
    assert_eq!(standing.objections[0].by, EVA);
    assert!(standing.blocks_others());
    assert!(!Standing::of(&acts, hour(3)).blocks_others());
}

/// AC31: nobody is informed before it has happened (SVOD 2:2): what lets data be read counts from its
/// day on, but for as much as two clocks may differ. What shuts something counts at once.
#[test]
fn what_is_dated_ahead_opens_nothing_before_its_day() {
    let told = |what| Act::InformationGiven {
        what,
        told: Told::Person,
    };
    let unable = assessment(false, "Inget tyder på det");
    let informed = |standing: &Standing| standing.is_informed_of_sharing();
    let registers = |standing: &Standing| {
        may_be_reported(standing, crate::identity::ProtectedIdentity::None).is_ok()
    };
    let consents = |standing: &Standing| standing.consents_to(REGION, DocumentClass::Health);
    let unable_now =
        |standing: &Standing| standing.capacity.as_ref().is_some_and(|found| !found.able);
    let shut = |standing: &Standing| standing.blocks_others();
    let objected = Act::Objected {
        voice: Voice::Person,
    };
    type Case<'a> = (&'a str, i64, Act, &'a dyn Fn(&Standing) -> bool, bool);
    #[rustfmt::skip]
    let table: &[Case<'_>] = &[
        ("SVOD 2:2 informed before now", -1, told(Information::Sharing), &informed, true),
        ("SVOD 2:2 a clock that is a little ahead", 1, told(Information::Sharing), &informed, true),
        ("SVOD 2:2 informed in two hours", 2, told(Information::Sharing), &informed, false),
        ("SVOD 2:2 informed next year", 24 * 365, told(Information::Sharing), &informed, false),
        ("PDL 7:3 told of registers in two hours", 2, told(Information::QualityRegisters), &registers, false),
        ("SVOD 3:1 a consent of now", 0, consent(24 * 400), &consents, true),
        ("SVOD 3:1 a consent of next week", 24 * 7, consent(24 * 400), &consents, false),
        ("SVOD 2:6 assessed now", 0, unable.clone(), &unable_now, true),
        ("SVOD 2:6 assessed next week", 24 * 7, unable, &unable_now, false),
        ("SVOD 2:3 an objection of next week", 24 * 7, objected, &shut, true),
    ];
    for (what, at, act, holds, expected) in table {
        let act = made(1, *at, act.clone());
        assert_eq!(holds(&Standing::of([&act], hour(0))), *expected, "{what}");
        assert!(holds(&Standing::of([&act], hour(24 * 365))), "{what}, then");
    }
}

/// AC18: whoever has declined quality registers is not reported, whoever was not told of them neither;
/// PDL 7:2-3. A no that another tablet took meanwhile outlives the yes that did not know of it.
#[test]
fn who_may_be_reported_to_a_quality_register() {
    use crate::identity::ProtectedIdentity::{
        None as Open, Sekretessmarkering, SkyddadFolkbokforing,
    };
    let told = made(
        1,
        0,
        Act::InformationGiven {
            what: Information::QualityRegisters,
            told: Told::Person,
        },
    );
    let of_sharing = made(
        2,
        0,
        Act::InformationGiven {
            what: Information::Sharing,
            told: Told::Person,
        },
    );
    let no = |number| made(number, 1, Act::RegistersDeclined { told: Told::Person });
    let yes = |number, of: u8| {
        let declines = vec![ActId([of; 32])];
        made(number, 2, Act::RegistersAllowed { declines })
    };
    let newer = Made {
        act: None,
        ..made(9, 1, block())
    };
    #[rustfmt::skip]
    let table = [
        ("PDL 7:3 nobody told them", vec![], Open, Err(Withheld::NotInformed)),
        ("PDL 7:3 told of something else", vec![of_sharing], Open, Err(Withheld::NotInformed)),
        ("PDL 7:3 told", vec![told.clone()], Open, Ok(())),
        ("PDL 7:2 declined", vec![told.clone(), no(3)], Open, Err(Withheld::Declined)),
        ("PDL 7:2 declined before being told", vec![no(3)], Open, Err(Withheld::Declined)),
        ("PDL 7:2 changed their mind", vec![told.clone(), no(3), yes(4, 3)], Open, Ok(())),
        ("PDL 7:2 a second no meanwhile", vec![told.clone(), no(3), no(5), yes(4, 3)], Open, Err(Withheld::Declined)),
        ("an act of a newer version", vec![told.clone(), newer], Open, Err(Withheld::Newer)),
        ("OSL 22:1 marked", vec![told.clone()], Sekretessmarkering, Err(Withheld::Protected)),
        ("OSL 22:1 protected", vec![told], SkyddadFolkbokforing, Err(Withheld::Protected)),
    ];
    for (what, acts, protected, expected) in table {
        let standing = Standing::of(&acts, hour(3));
        assert_eq!(may_be_reported(&standing, protected), expected, "{what}");
    }
}

/// AC35: a consent has scope, time and somebody who recorded it; AC36 the same for social data.
#[test]
fn a_consent_reaches_what_it_names_while_it_lasts() {
    let given = made(1, 0, consent(10));
    let standing = Standing::of([&given], hour(1));
    assert_eq!(standing.consents[0].by, EVA);
    assert!(standing.consents_to(REGION, DocumentClass::Health));
    assert!(!standing.consents_to(REGION, DocumentClass::Social));
    assert!(!standing.consents_to(OrganisationId::from_bytes([9; 16]), DocumentClass::Health));
    assert_eq!(Standing::of([&given], hour(10)).consents, []);
    // Taking back reaches what was given before, known or not, and nothing given after.
    let back = made(2, 2, Act::ConsentWithdrawn { consents: vec![] });
    let anew = made(3, 3, consent(10));
    assert_eq!(Standing::of([&back, &given], hour(4)).consents, []);
    assert_eq!(
        Standing::of([&anew, &back, &given], hour(4)).consents[0].id,
        anew.id
    );
}

#[test]
fn what_a_newer_version_knows_opens_nothing_and_is_counted() {
    let newer = Made {
        act: None,
        ..made(1, 0, block())
    };
    let standing = Standing::of([&newer], hour(1));
    assert_eq!(standing.newer, 1);
    let nothing = Standing {
        newer: 1,
        ..Standing::default()
    };
    assert_eq!(standing, nothing);
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(block()),
        Just(Act::BlockSet {
            bound: Bound::Inner,
            unit: Some(CENTRE),
            voice: Voice::Person,
        }),
        (0u8..12).prop_map(lift),
        Just(Act::Objected {
            voice: Voice::Person,
        }),
        Just(Act::RegistersDeclined { told: Told::Person }),
        (0u8..12).prop_map(|id| Act::RegistersAllowed {
            declines: vec![ActId([id; 32])],
        }),
        (0u8..12).prop_map(|id| Act::ObjectionWithdrawn {
            objection: ActId([id; 32]),
        }),
        (1i64..20).prop_map(consent),
        Just(Act::ConsentWithdrawn { consents: vec![] }),
        Just(telling(LegalBasis::ConsentOsl101)),
        (0u8..12).prop_map(|id| Act::TellingEnded {
            tellings: vec![ActId([id; 32])],
        }),
        any::<bool>().prop_map(|able| assessment(able, "Inget tyder på det")),
        (1i64..20).prop_map(relation),
        (1i64..20).prop_map(|until| opening(Step::Units, until)),
        (1i64..20).prop_map(|until| opening(Step::Entries, until)),
    ]
}

fn any_acts() -> impl Strategy<Value = Vec<Made>> {
    proptest::collection::vec((any_act(), 0i64..10, any::<bool>()), 0..12).prop_map(|acts| {
        let numbered = (0u8..).zip(acts);
        numbered
            .map(|(number, (act, at, omar))| {
                let act = made(number, at, act);
                if omar { omars(act) } else { act }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_matters(
        acts in any_acts(),
        order in any::<u64>(),
        now in 0i64..24,
    ) {
        let expected = Standing::of(&acts, hour(now));
        let mut shuffled: Vec<&Made> = acts.iter().chain(&acts).collect();
        shuffled.sort_by_key(|made| {
            u64::from(made.id.0[0]).wrapping_mul(order | 1).rotate_left(17) ^ order
        });
        prop_assert_eq!(Standing::of(shuffled, hour(now)), expected);
    }

    /// More acts of the narrowing kinds never give anybody more.
    #[test]
    fn a_block_never_opens_anything(acts in any_acts(), now in 0i64..24) {
        let before = Standing::of(&acts, hour(now));
        let more: Vec<Made> = acts.iter().cloned().chain([made(200, 9, block())]).collect();
        let after = Standing::of(&more, hour(now));
        prop_assert!(after.blocks_off(TEAM, CENTRE));
        prop_assert_eq!(after.emergencies, before.emergencies);
        prop_assert_eq!(after.consents, before.consents);
    }
}

/// SVOD 3:5: what is opened between organisations opens nothing between units, nor the other way; and
/// who opened one document for hours has named the others only as long as the statement of danger stands.
#[test]
fn an_emergency_between_organisations_is_not_one_between_units() {
    let elsewhere = |step, documents: &[DocumentId], until| Act::EmergencyOpened {
        bound: Bound::Outer,
        step,
        danger: "Medvetslös".to_owned(),
        units: Vec::new(),
        documents: documents.to_vec(),
        until: hour(until),
    };
    let other = DocumentId::from_bytes([9; 16]);
    let named = omars(made(1, 0, elsewhere(Step::Units, &[], 1)));
    let chosen = omars(made(2, 0, elsewhere(Step::Entries, &[VISIT], 8)));
    let soon = Standing::of([&named, &chosen], hour(0) + TimeDelta::minutes(30));
    let reach = |standing: &Standing, bound, document| {
        standing.emergency(bound, OMAR, Some(TEAM), document)
    };
    assert_eq!(reach(&soon, Bound::Outer, VISIT), Some(Step::Entries));
    assert_eq!(reach(&soon, Bound::Outer, other), Some(Step::Units));
    assert_eq!(reach(&soon, Bound::Inner, VISIT), None);
    let later = Standing::of([&named, &chosen], hour(2));
    assert_eq!(reach(&later, Bound::Outer, VISIT), Some(Step::Entries));
    assert_eq!(reach(&later, Bound::Outer, other), None);

    let between_units = omars(made(3, 0, opening(Step::Units, 4)));
    let inner = Standing::of([&between_units], hour(1));
    assert_eq!(reach(&inner, Bound::Outer, VISIT), None);

    // A statement that would name everything for hours is none.
    let long = omars(made(5, 0, elsewhere(Step::Units, &[], 2)));
    assert_eq!(may_make(&long, &maker(&long)), Err(Forbidden::Period));
    let standing = Standing::of([&long], hour(1));
    assert_eq!(reach(&standing, Bound::Outer, other), None);

    // Another organisation's units are not there to be chosen.
    let mut units = elsewhere(Step::Entries, &[VISIT], 8);
    if let Act::EmergencyOpened { units, .. } = &mut units {
        units.push(TEAM);
    }
    let theirs = omars(made(4, 0, units));
    assert_eq!(
        may_make(&theirs, &maker(&theirs)),
        Err(Forbidden::Incomplete)
    );
}

/// Acts that were signed before they said between whom they reach are read as what they were.
#[test]
fn an_opening_from_before_is_one_between_units_and_is_written_as_it_was() {
    let act = opening(Step::Units, 4);
    let written = serde_json::to_value(&act).unwrap();
    assert!(written.get("bound").is_none(), "{written}");
    assert_eq!(serde_json::from_value::<Act>(written).unwrap(), act);
}
