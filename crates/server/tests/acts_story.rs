//! Stories of blocks and emergencies between two units, told on every storage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use hemrond_audit::{Action, Event, Record};
use hemrond_documents::Edit;
use hemrond_domain::{
    ids::UserId,
    law::{Act, ActId, Bound, DangerLift, Step, Voice},
    people::Role,
    record::Header,
};
use hemrond_protocol::{Author, Epoch, Item, Outcome, WireId};
use hemrond_server::{
    environment::Clock as _,
    storage::{LogQuery, examine},
    verify::verify,
};
use std::time::Duration;
use support::{ASTRID, Backend, KOMMUN, OFFICE, TEAM, Tablet, Town, observations, person, visit};

on_every_storage!(
    a_block_hides_at_once_and_a_lift_brings_everything_back,
    what_is_written_past_a_block_is_refused_and_kept,
    an_emergency_opens_for_one_user_and_ends_by_itself,
    what_an_act_opens_is_not_called_gone_by_the_same_answer,
    nobody_makes_an_act_that_the_law_does_not_give_them,
    whoever_names_an_author_answers_for_the_act_all_the_same,
    home_help_shuts_everything_and_opens_nothing,
    what_was_denied_stands_in_the_log,
    a_change_of_unit_crosses_a_block_both_ways,
    a_lift_that_anna_had_not_heard_of_when_she_changed_units_brings_what_it_hid,
    a_lift_that_comes_before_its_block_counts,
    a_database_with_acts_is_found_whole,
);

fn block() -> Act {
    Act::BlockSet {
        bound: Bound::Inner,
        unit: Some(TEAM),
        voice: Voice::Person,
    }
}

fn lift(block: ActId) -> Act {
    Act::BlockLifted {
        block,
        how: DangerLift::Consent,
    }
}

fn opening(until: DateTime<Utc>) -> Act {
    Act::EmergencyOpened {
        bound: Bound::Inner,
        step: Step::Entries,
        danger: "Medvetslös, okända läkemedel".to_owned(),
        units: vec![TEAM],
        documents: Vec::new(),
        until,
    }
}

/// Eva and Omar in the mobile team; Anna, a doctor, in another unit of the same organisation. All of
/// them have Eva's visit to Astrid.
async fn town(backend: Backend) -> (Town, Tablet, Tablet, Tablet) {
    let town = Town::new(backend).await;
    town.set_role("Anna", Role::Doctor, OFFICE).await;
    let (mut eva, mut omar) = (town.tablet("Eva").await, town.tablet("Omar").await);
    let mut anna = town.tablet("Anna").await;
    eva.write(&person(), &[Edit::set("given_name", "Astrid")]);
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    omar.sync().await;
    anna.sync().await;
    assert!(omar.holds(&visit(1)) && anna.holds(&visit(1)));
    (town, eva, omar, anna)
}

fn accepted(tablet: &Tablet) -> bool {
    !tablet.verdicts.is_empty() && tablet.verdicts.iter().all(|one| *one == Outcome::Accepted)
}

fn refused(tablet: &Tablet, code: &str) -> bool {
    tablet.verdicts == [Outcome::Refused(code.to_owned())]
}

/// AC13: a block set on Eva's unit takes the visit from Anna's tablet at her next sync, and never
/// from her own unit's; what is not blocked stays.
async fn a_block_hides_at_once_and_a_lift_brings_everything_back(backend: Backend) {
    let (town, mut eva, mut omar, mut anna) = town(backend).await;
    let set = eva.act(&block(), town.clock.now());
    eva.sync().await;
    assert!(accepted(&eva), "{:?}", eva.verdicts);
    let (news, _) = town
        .storage
        .news(&asker(&town, &anna).await, anna.cursor)
        .await
        .unwrap();
    assert!(news, "the block is news to the doctor");
    anna.sync().await;
    omar.sync().await;
    assert!(!anna.holds(&visit(1)));
    assert!(anna.holds(&person()));
    assert!(omar.holds(&visit(1)));

    // What is written behind the block stays there, whatever way is tried.
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel och fall")]);
    eva.write(&visit(2), &[Edit::set("reason", "Uppföljning")]);
    eva.sync().await;
    anna.wanted = vec![visit(1).id(), visit(2).id()];
    anna.sync().await;
    assert!(!anna.holds(&visit(1)) && !anna.holds(&visit(2)));
    let asker = asker(&town, &anna).await;
    let (digests, _) = town.storage.digests(&asker).await.unwrap();
    assert!(digests.iter().all(|one| one.document != visit(1).id()));
    let withheld = town
        .storage
        .withheld(&asker, &[visit(1).id(), person().id()])
        .await
        .unwrap();
    assert_eq!(withheld, [visit(1).id()]);

    anna.wanted.clear();
    eva.act(&lift(set), town.clock.now());
    eva.sync().await;
    assert!(accepted(&eva), "{:?}", eva.verdicts);
    anna.sync().await;
    let reason = anna.field(&visit(1), "reason");
    assert_eq!(reason.as_deref(), Some("Yrsel och fall"));
    assert!(anna.holds(&visit(2)));
}

async fn asker(town: &Town, tablet: &Tablet) -> hemrond_server::storage::Asker {
    let account = town.storage.user(tablet.user.id).await.unwrap().unwrap();
    let devices = town.storage.devices_by_id(&[tablet.device]).await.unwrap();
    hemrond_server::exchange::asker(&town.server, &devices[0], &account)
}

/// AC13: what another unit wrote on a tablet that had not heard of the block is refused, told so,
/// and kept on the server for whoever sorts it out.
async fn what_is_written_past_a_block_is_refused_and_kept(backend: Backend) {
    let (town, mut eva, _, mut anna) = town(backend).await;
    anna.write(&visit(1), &[Edit::set("called_by", "Dottern")]);
    eva.act(&block(), town.clock.now());
    eva.sync().await;
    let answers = anna.sync().await;
    assert!(
        refused(&anna, "policy.blocked_inner"),
        "{:?}",
        anna.verdicts
    );
    assert!(
        answers[0]
            .gone
            .iter()
            .any(|id| id.0 == *visit(1).id().as_bytes())
    );
    let kept = town.storage.refused(anna.device).await.unwrap();
    assert_eq!(
        (kept.len(), kept[0].code.as_str()),
        (1, "policy.blocked_inner")
    );
    assert!(!kept[0].bytes.is_empty());
}

/// AC14: an emergency opening with a reason brings the blocked visit to the one who opened it, for
/// its time; AC40: it is for health staff.
async fn an_emergency_opens_for_one_user_and_ends_by_itself(backend: Backend) {
    let (town, mut eva, _, mut anna) = town(backend).await;
    eva.act(&block(), town.clock.now());
    eva.sync().await;
    anna.sync().await;
    assert!(!anna.holds(&visit(1)));
    let until = town.clock.now() + TimeDelta::hours(2);
    anna.act(&opening(until), town.clock.now());
    anna.sync().await;
    assert!(accepted(&anna), "{:?}", anna.verdicts);
    assert!(anna.holds(&visit(1)), "the visit came with the answer");
    // It opens for reading, never for writing.
    let before = anna.documents[&visit(1).id()].clone();
    anna.write(&visit(1), &[Edit::set("called_by", "Dottern")]);
    let answers = anna.sync().await;
    assert!(
        refused(&anna, "policy.blocked_inner"),
        "{:?}",
        anna.verdicts
    );
    assert!(answers.iter().all(|answer| answer.gone.is_empty()));
    anna.documents.insert(visit(1).id(), before);

    town.clock.forward(Duration::from_secs(2 * 3600));
    eva.write(&visit(1), &[Edit::set("reason", "Efter nödöppningen")]);
    eva.sync().await;
    anna.sync().await;
    let reason = anna.field(&visit(1), "reason");
    assert_eq!(
        reason.as_deref(),
        Some("Yrsel"),
        "nothing comes after the end"
    );
    let asker = asker(&town, &anna).await;
    let withheld = town
        .storage
        .withheld(&asker, &[visit(1).id()])
        .await
        .unwrap();
    assert_eq!(
        withheld,
        [visit(1).id()],
        "the comparison says that it is gone"
    );
}

/// AC14: what Anna wrote behind a block that she had not heard of is refused; the emergency that stands
/// further down in the same push opens the visit, and the answer that brings it does not take it away.
async fn what_an_act_opens_is_not_called_gone_by_the_same_answer(backend: Backend) {
    let (town, mut eva, _, mut anna) = town(backend).await;
    anna.write(&visit(1), &[Edit::set("called_by", "Dottern")]);
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel och fall")]);
    eva.act(&block(), town.clock.now());
    eva.sync().await;
    let until = town.clock.now() + TimeDelta::hours(2);
    anna.act(&opening(until), town.clock.now());
    anna.wanted = vec![visit(1).id()];
    let answers = anna.sync().await;
    assert_eq!(
        anna.verdicts,
        [
            Outcome::Refused("policy.blocked_inner".to_owned()),
            Outcome::Accepted
        ]
    );
    assert!(answers.iter().all(|answer| answer.gone.is_empty()));
    let reason = anna.field(&visit(1), "reason");
    assert_eq!(reason.as_deref(), Some("Yrsel och fall"));
}

/// AC39, AC40, AC41: nobody lifts another unit's block or blocks another unit's data, home help
/// opens no emergency, and nothing opens for longer than a day and night.
async fn nobody_makes_an_act_that_the_law_does_not_give_them(backend: Backend) {
    let (town, mut eva, _, mut anna) = town(backend).await;
    let now = town.clock.now();
    let set = eva.act(&block(), now);
    eva.sync().await;
    let mut stina = town.tablet("Stina").await;
    let guardians = Act::BlockSet {
        bound: Bound::Inner,
        unit: Some(TEAM),
        voice: Voice::Guardian,
    };
    let long = opening(now + TimeDelta::days(3));
    let soon = opening(now + TimeDelta::hours(1));
    for act in [lift(set), block(), long] {
        anna.act(&act, now);
        anna.sync().await;
        assert!(
            refused(&anna, "act.forbidden"),
            "{act:?}: {:?}",
            anna.verdicts
        );
    }
    stina.act(&soon, now);
    stina.sync().await;
    assert!(refused(&stina, "act.forbidden"), "{:?}", stina.verdicts);
    eva.act(&guardians, now);
    eva.sync().await;
    assert!(refused(&eva, "act.forbidden"), "{:?}", eva.verdicts);
    // In another's name, unit or document neither.
    let own_unit = anna.user.unit;
    anna.user.unit = TEAM;
    anna.act(&lift(set), now);
    anna.user.unit = own_unit;
    anna.sync().await;
    assert!(refused(&anna, "act.forbidden"), "{:?}", anna.verdicts);
    assert!(!anna.holds(&visit(1)), "the block stands");
    let per = town.tablet("Per").await;
    let acts = Header::acts(KOMMUN, ASTRID).id();
    let readable = asker(&town, &per).await;
    let withheld = town.storage.withheld(&readable, &[acts]).await.unwrap();
    assert_eq!(withheld, [acts], "an administrator sees no act");
    // The acts document takes signed acts only, and other documents take none.
    let (_, item) = {
        eva.act(&block(), now + TimeDelta::minutes(1));
        eva.outbox.pop().unwrap()
    };
    eva.outbox.push((visit(1), item));
    eva.sync().await;
    assert!(refused(&eva, "entry.document"), "{:?}", eva.verdicts);
    assert!(!stina.holds(&visit(1)) && stina.holds(&person()) && !stina.holds(&observations()));
}

fn named(item: &mut Item, user: UserId, tablet: &Tablet) {
    item.author = Some(Author {
        actor: WireId(*tablet.actor.as_bytes()),
        user: user.into(),
        device: tablet.device.into(),
    });
}

/// AC39: an act in one's own name is judged by the role and unit that one has, whether the tablet names
/// its author or not, and while a restored server takes back what it forgot; nobody's tablet speaks for a
/// colleague then. What a colleague did make is given back by whoever has it.
async fn whoever_names_an_author_answers_for_the_act_all_the_same(backend: Backend) {
    let (town, mut eva, mut omar, mut anna) = town(backend).await;
    let mut annas_other = town.tablet("Anna").await;
    let now = town.clock.now();
    let set = eva.act(&block(), now);
    eva.sync().await;
    // Eva's lift of another block never came: it is what the server forgets.
    let forgotten = eva.act(&block(), now + TimeDelta::minutes(1));
    let (acts, mut evas) = eva.outbox.pop().unwrap();
    named(&mut evas, eva.user.id, &eva);

    let forged = |tablet: &mut Tablet, user: UserId| {
        let (own_unit, own_user) = (tablet.user.unit, tablet.user.id);
        (tablet.user.unit, tablet.user.id) = (TEAM, user);
        tablet.act(&lift(set), now + TimeDelta::minutes(2));
        (tablet.user.unit, tablet.user.id) = (own_unit, own_user);
        let (header, mut item) = tablet.outbox.pop().unwrap();
        named(&mut item, user, tablet);
        (header, item)
    };
    let (annas_id, evas_id) = (anna.user.id, eva.user.id);
    let hers = forged(&mut anna, annas_id);
    let in_evas_name = forged(&mut anna, evas_id);
    for recovering in [false, true] {
        if recovering {
            town.storage.begin_recovery(Epoch([77; 16])).await.unwrap();
        }
        anna.outbox.push(hers.clone());
        anna.sync().await;
        assert!(refused(&anna, "act.forbidden"), "{:?}", anna.verdicts);
        anna.outbox.push(in_evas_name.clone());
        anna.sync().await;
        assert!(refused(&anna, "item.not_author"), "{:?}", anna.verdicts);
        // Without a word about the author it is refused as ever.
        let mut silent = hers.clone();
        silent.1.author = None;
        anna.outbox.push(silent);
        anna.sync().await;
        assert!(refused(&anna, "act.forbidden"), "{:?}", anna.verdicts);
    }
    // From the other of her tablets neither.
    annas_other.outbox.push(hers);
    annas_other.sync().await;
    assert!(
        refused(&annas_other, "act.forbidden"),
        "{:?}",
        annas_other.verdicts
    );
    // A change in Eva's name that Anna's tablet made is not Eva's.
    anna.write(&person(), &[Edit::set("given_name", "Asta")]);
    let hers = anna.clone();
    named(&mut anna.outbox[0].1, evas_id, &hers);
    anna.sync().await;
    assert!(refused(&anna, "item.not_author"), "{:?}", anna.verdicts);

    omar.outbox.push((acts, evas));
    omar.sync().await;
    assert!(accepted(&omar), "{:?}", omar.verdicts);
    town.storage.end_recovery().await.unwrap();
    anna.epoch = None;
    anna.sync().await;
    assert!(!anna.holds(&visit(1)), "both blocks stand");
    eva.act(&lift(forgotten), now + TimeDelta::minutes(3));
    eva.act(&lift(set), now + TimeDelta::minutes(3));
    eva.sync().await;
    assert!(accepted(&eva), "{:?}", eva.verdicts);
    anna.sync().await;
    assert!(anna.holds(&visit(1)), "the unit's own staff lift them");
}

/// AC13: home help writes down that the person shuts everything towards others, and opens the health
/// record to nobody (PDL 4:4-5).
async fn home_help_shuts_everything_and_opens_nothing(backend: Backend) {
    let (town, mut eva, ..) = town(backend).await;
    let mut stina = town.tablet("Stina").await;
    let mut lena = town.tablet("Lena").await;
    let now = town.clock.now();
    let outer = Act::BlockSet {
        bound: Bound::Outer,
        unit: None,
        voice: Voice::Person,
    };
    let set = stina.act(&outer, now);
    stina.sync().await;
    assert!(accepted(&stina), "{:?}", stina.verdicts);
    for tablet in [&mut stina, &mut lena] {
        tablet.act(&lift(set), now + TimeDelta::minutes(1));
        tablet.sync().await;
        assert!(refused(tablet, "act.forbidden"), "{:?}", tablet.verdicts);
    }
    eva.act(&lift(set), now + TimeDelta::minutes(1));
    eva.sync().await;
    assert!(accepted(&eva), "{:?}", eva.verdicts);
}

/// AC20: whoever tries to write where they may not stands in the log, with where and why, once for each
/// document and push, and a push can only add so much.
async fn what_was_denied_stands_in_the_log(backend: Backend) {
    let (town, mut eva, _, mut anna) = town(backend).await;
    let now = town.clock.now();
    let mut stina = town.tablet("Stina").await;
    for number in 1..=30 {
        stina.write(&visit(number), &[Edit::set("reason", "Yrsel")]);
    }
    stina.sync().await;
    let set = eva.act(&block(), now);
    eva.sync().await;
    anna.write(&visit(1), &[Edit::set("called_by", "Dottern")]);
    anna.write(&visit(1), &[Edit::set("called_by", "Sonen")]);
    anna.act(&lift(set), now);
    anna.sync().await;
    let query = LogQuery {
        from: 0,
        person: None,
        most: 1_000,
    };
    let entries = town.storage.log_entries(query).await.unwrap();
    let denied: Vec<Event> = entries
        .iter()
        .map(|entry| Record::decode(&entry.bytes).unwrap().event)
        .filter(|event| event.action == Action::Denied)
        .collect();
    let of = |user: UserId| {
        let of = denied.iter().filter(move |event| event.user == user);
        of.map(|event| (event.document, event.reason.clone().unwrap()))
            .collect::<Vec<_>>()
    };
    let why = |code: &str, tablet: &Tablet| format!("{code}, tablet {}", tablet.device);
    let acts = Header::acts(KOMMUN, ASTRID).id();
    assert_eq!(
        of(anna.user.id),
        [
            (Some(visit(1).id()), why("policy.blocked_inner", &anna)),
            (Some(acts), why("act.forbidden", &anna)),
        ]
    );
    let stinas = of(stina.user.id);
    assert_eq!(stinas.len(), 21);
    assert_eq!(stinas[0].1, why("policy.write", &stina));
    assert_eq!(stinas[20], (None, why("10 more", &stina)));
    let person = |event: &&Event| event.document.is_some() && event.person != Some(ASTRID);
    assert_eq!(denied.iter().find(person), None);
}

/// A database with blocks, lifts and openings is found whole by its check; who works elsewhere today
/// than an act of theirs says is told, and is no fault.
async fn a_database_with_acts_is_found_whole(backend: Backend) {
    let (town, mut eva, _, mut anna) = town(backend).await;
    let set = eva.act(&block(), town.clock.now());
    eva.sync().await;
    anna.act(
        &opening(town.clock.now() + TimeDelta::hours(1)),
        town.clock.now(),
    );
    anna.sync().await;
    eva.act(&lift(set), town.clock.now());
    eva.sync().await;
    if backend == Backend::Memory {
        return;
    }
    let survey = examine(town.place.address()).await.unwrap();
    let report = verify(survey.as_ref(), |_| {}).await.unwrap();
    assert_eq!(report.counts.entries, 3);
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!(survey.effects().await.unwrap().len(), 3);
    assert_eq!(report.hints, Vec::<String>::new());
    town.set_role("Anna", Role::Doctor, TEAM).await;
    let report = verify(survey.as_ref(), |_| {}).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    let [hint] = report.hints.as_slice() else {
        panic!("Anna's opening is one act: {:?}", report.hints);
    };
    assert!(
        hint.contains(&format!("as doctor of unit {OFFICE}"))
            && hint.contains(&format!("is doctor of unit {TEAM} today")),
        "{hint}"
    );
}

/// Who moves into the unit that is blocked off gets its visits, and who leaves it loses them.
async fn a_change_of_unit_crosses_a_block_both_ways(backend: Backend) {
    let (town, mut eva, mut omar, mut anna) = town(backend).await;
    eva.act(&block(), town.clock.now());
    eva.sync().await;
    anna.sync().await;
    assert!(!anna.holds(&visit(1)));
    town.set_role("Anna", Role::Doctor, TEAM).await;
    anna.sync().await;
    assert!(anna.holds(&visit(1)));
    town.set_role("Omar", Role::Nurse, OFFICE).await;
    omar.sync().await;
    assert!(!omar.holds(&visit(1)) && omar.holds(&person()));
}

/// Anna's tablet is behind a lift when she moves into the unit that was blocked: what was written behind
/// the block, and passed by her tablet then, comes all the same.
async fn a_lift_that_anna_had_not_heard_of_when_she_changed_units_brings_what_it_hid(
    backend: Backend,
) {
    let (town, mut eva, _, mut anna) = town(backend).await;
    let set = eva.act(&block(), town.clock.now());
    eva.sync().await;
    eva.write(&visit(2), &[Edit::set("reason", "Uppföljning")]);
    eva.sync().await;
    anna.sync().await;
    assert!(!anna.holds(&visit(2)));
    eva.act(&lift(set), town.clock.now());
    eva.sync().await;
    town.set_role("Anna", Role::Doctor, TEAM).await;
    anna.sync().await;
    assert!(anna.holds(&visit(1)) && anna.holds(&visit(2)));
}

/// A restored server may be given a lift before the block that it names; a lift by other hands lifts
/// nothing even then.
async fn a_lift_that_comes_before_its_block_counts(backend: Backend) {
    let (town, mut eva, mut omar, mut anna) = town(backend).await;
    let first = eva.act(&block(), town.clock.now());
    let waiting = eva.outbox.pop().unwrap();
    let second = eva.act(&block(), town.clock.now() + TimeDelta::seconds(1));
    let other = eva.outbox.pop().unwrap();
    omar.act(&lift(first), town.clock.now() + TimeDelta::seconds(2));
    omar.sync().await;
    anna.act(&lift(second), town.clock.now() + TimeDelta::seconds(2));
    anna.sync().await;
    assert!(accepted(&omar) && accepted(&anna));
    eva.outbox = vec![waiting];
    eva.sync().await;
    anna.sync().await;
    assert!(anna.holds(&visit(1)), "it was lifted before it came");
    eva.outbox = vec![other];
    eva.sync().await;
    anna.sync().await;
    assert!(!anna.holds(&visit(1)), "another unit's lift lifts nothing");
}
