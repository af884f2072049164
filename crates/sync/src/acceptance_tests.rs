//! Stories of pushes that are taken, and of those that are not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use proptest::prelude::*;

const GENESIS: ItemHash = [0xff; 32];
const FREELY: Permission = Permission {
    read: true,
    write: true,
    blocked: false,
};

fn at_tablet(number: u8) -> Claimant {
    Claimant {
        user: UserId::from_bytes([number; 16]),
        device: DeviceId::from_bytes([number.wrapping_add(100); 16]),
    }
}

fn eva() -> Claimant {
    at_tablet(1)
}

fn omar() -> Claimant {
    at_tablet(2)
}

/// A visit that is new to the server: only its first change, of 4 operations, is given.
fn new_visit() -> Known {
    Known {
        given: BTreeMap::from([(GENESIS, 4)]),
        max_op: 4,
        ..Known::default()
    }
}

fn a_change(name: u8, actor: u8, seq: u64, start_op: u64, deps: &[ItemHash]) -> ChangeClaims {
    ChangeClaims {
        hash: [name; 32],
        actor: [actor; 16],
        seq,
        start_op,
        max_op: start_op + 1,
        deps: deps.to_vec(),
        checked: true,
    }
}

fn offer(change: ChangeClaims) -> Offered {
    Offered {
        size: 90,
        author: None,
        own_tablet: false,
        finding: Finding::Change(change),
    }
}

/// Eva's three changes to a visit, one after the other.
fn evas_morning() -> Vec<Offered> {
    vec![
        offer(a_change(1, 7, 1, 5, &[GENESIS])),
        offer(a_change(2, 7, 2, 7, &[[1; 32]])),
        offer(a_change(3, 7, 3, 9, &[[2; 32]])),
    ]
}

fn judge_for(sender: Claimant) -> Judge {
    Judge::new(sender, false, BTreeMap::new())
}

fn refused(reason: Reason) -> Verdict {
    Verdict::Refused(reason)
}

#[test]
fn what_nobody_read_is_no_refusal_that_others_build_on() {
    let mut known = Known::default();
    let unread = |hash| Offered {
        size: 90,
        author: None,
        own_tablet: false,
        finding: Finding::Refused(Reason::ItemUnread, Some(hash)),
    };
    let sender = Claimant {
        user: UserId::from_bytes([1; 16]),
        device: DeviceId::from_bytes([2; 16]),
    };
    let all = Permission {
        read: true,
        write: true,
        blocked: false,
    };
    let mut judge = Judge::new(sender, false, BTreeMap::new());
    let verdicts = judge.document(&[unread([7; 32]), unread([8; 32])], &mut known, all);
    assert_eq!(verdicts, [Verdict::Refused(Reason::ItemUnread); 2]);
    assert!(known.refused.is_empty() && known.held.is_empty());
    // It is the only answer that leaves an item where it was.
    let waiting = Reason::ALL.into_iter().filter(|it| it.leaves_waiting());
    assert_eq!(waiting.collect::<Vec<_>>(), [Reason::ItemUnread]);
    assert_eq!(Reason::of_code("item.unread"), Some(Reason::ItemUnread));
}

#[test]
fn evas_morning_is_taken_and_her_actor_is_hers() {
    let mut known = new_visit();
    let mut judge = judge_for(eva());
    let verdicts = judge.document(&evas_morning(), &mut known, FREELY);
    assert_eq!(verdicts, [Verdict::Accepted; 3]);
    assert_eq!(judge.registered(), &BTreeMap::from([([7; 16], eva())]));
    assert_eq!(known.max_op, 10);
}

#[test]
fn the_same_push_again_is_known_and_changes_nothing() {
    let mut known = new_visit();
    judge_for(eva()).document(&evas_morning(), &mut known, FREELY);
    let before = known.clone();
    let mut judge = Judge::new(eva(), false, BTreeMap::from([([7; 16], eva())]));
    let verdicts = judge.document(&evas_morning(), &mut known, FREELY);
    assert_eq!(verdicts, [Verdict::Known; 3]);
    assert_eq!(known, before);
    assert!(judge.registered().is_empty());
}

#[test]
fn what_was_taken_stays_known_after_a_role_is_lost() {
    let mut known = new_visit();
    judge_for(eva()).document(&evas_morning(), &mut known, FREELY);
    let nothing = Permission {
        read: false,
        write: false,
        blocked: false,
    };
    let verdicts = judge_for(eva()).document(&evas_morning(), &mut known, nothing);
    assert_eq!(verdicts, [Verdict::Known; 3]);
}

#[test]
fn stina_may_not_write_in_a_visit() {
    let mut known = new_visit();
    let reads = Permission {
        read: true,
        write: false,
        blocked: false,
    };
    let verdicts = judge_for(at_tablet(3)).document(&evas_morning()[..1], &mut known, reads);
    assert_eq!(verdicts, [refused(Reason::PolicyWrite)]);
}

#[test]
fn what_builds_on_a_refused_change_is_refused_and_the_rest_is_taken() {
    let mut known = new_visit();
    let mut items = evas_morning();
    items[0].finding = Finding::Refused(Reason::ChangeOperations, Some([1; 32]));
    items.push(offer(a_change(4, 8, 1, 5, &[GENESIS])));
    let verdicts = judge_for(eva()).document(&items, &mut known, FREELY);
    assert_eq!(
        verdicts,
        [
            refused(Reason::ChangeOperations),
            refused(Reason::DependencyRefused),
            refused(Reason::DependencyRefused),
            Verdict::Accepted,
        ]
    );
}

/// AC2: nobody writes under the name of another.
#[test]
fn omars_tablet_cannot_go_on_with_evas_actor() {
    let mut known = new_visit();
    let mut judge = Judge::new(omar(), false, BTreeMap::from([([7; 16], eva())]));
    let verdicts = judge.document(&evas_morning()[..1], &mut known, FREELY);
    assert_eq!(verdicts, [refused(Reason::ChangeActorTaken)]);
}

#[test]
fn a_tablet_restored_from_a_copy_cannot_take_a_place_twice() {
    let mut known = new_visit();
    let mut judge = judge_for(eva());
    judge.document(&evas_morning(), &mut known, FREELY);
    let again = offer(a_change(9, 7, 2, 11, &[[3; 32]]));
    assert_eq!(
        judge.document(&[again], &mut known, FREELY),
        [refused(Reason::ChangeSequence)]
    );
}

#[test]
fn a_gap_in_the_sequence_is_refused() {
    let mut known = new_visit();
    let gap = offer(a_change(1, 7, 2, 5, &[GENESIS]));
    let end = offer(a_change(2, 8, u64::MAX, 5, &[GENESIS]));
    assert_eq!(
        judge_for(eva()).document(&[gap, end], &mut known, FREELY),
        [refused(Reason::ChangeSequence); 2]
    );
}

#[test]
fn counters_neither_leap_ahead_nor_come_again() {
    for start_op in [0, 4, 6, u64::MAX - 1] {
        let mut known = new_visit();
        let leap = offer(a_change(1, 7, 1, start_op, &[GENESIS]));
        assert_eq!(
            judge_for(eva()).document(&[leap], &mut known, FREELY),
            [refused(Reason::ChangeCounter)],
            "starting at {start_op}"
        );
    }
    let mut known = new_visit();
    let mut judge = judge_for(eva());
    let again = offer(a_change(2, 7, 2, 6, &[GENESIS]));
    assert_eq!(
        judge.document(&[evas_morning().remove(0), again], &mut known, FREELY),
        [Verdict::Accepted, refused(Reason::ChangeCounter)]
    );
}

#[test]
fn a_change_on_top_of_something_unseen_waits() {
    let mut known = new_visit();
    let verdicts = judge_for(eva()).document(&evas_morning()[1..2], &mut known, FREELY);
    assert_eq!(verdicts, [refused(Reason::ChangeDependencies)]);
}

#[test]
fn what_could_not_be_checked_is_never_taken() {
    let mut unchecked = a_change(1, 7, 1, 5, &[GENESIS]);
    unchecked.checked = false;
    let verdicts = judge_for(eva()).document(&[offer(unchecked)], &mut new_visit(), FREELY);
    assert_eq!(verdicts, [refused(Reason::ChangeDependencies)]);
}

#[test]
fn an_item_too_large_is_refused() {
    let mut known = new_visit();
    let mut item = evas_morning().remove(0);
    item.size = MAX_ITEM_BYTES + 1;
    let verdicts = judge_for(eva()).document(&[item], &mut known, FREELY);
    assert_eq!(verdicts, [refused(Reason::ItemTooLarge)]);
}

#[test]
fn only_a_recovering_server_takes_back_omars_change_from_eva() {
    let mut item = evas_morning().remove(0);
    item.author = Some(omar());
    let reads = Permission {
        read: true,
        write: false,
        blocked: false,
    };
    let normal = judge_for(eva()).document(&[item.clone()], &mut new_visit(), FREELY);
    assert_eq!(normal, [refused(Reason::NotAuthor)]);

    let mut judge = Judge::new(eva(), true, BTreeMap::new());
    let recovering = judge.document(&[item], &mut new_visit(), reads);
    assert_eq!(recovering, [Verdict::Accepted]);
    assert_eq!(judge.registered(), &BTreeMap::from([([7; 16], omar())]));
}

#[test]
fn what_eva_had_unsent_on_a_tablet_that_was_shut_out_is_taken_from_her_next_one() {
    let next = Claimant {
        device: DeviceId::from_bytes([99; 16]),
        ..eva()
    };
    let first = a_change(1, 7, 1, 5, &[GENESIS]);
    let mut known = new_visit();
    let sent = judge_for(eva()).document(&[offer(first)], &mut known, FREELY);
    assert_eq!(sent, [Verdict::Accepted]);
    let unsent = Offered {
        author: Some(eva()),
        own_tablet: true,
        ..offer(a_change(2, 7, 2, 7, &[[1; 32]]))
    };
    let actors = BTreeMap::from([([7; 16], eva())]);
    let judge = |sender| Judge::new(sender, false, actors.clone());
    let verdicts = judge(next).document(std::slice::from_ref(&unsent), &mut known.clone(), FREELY);
    assert_eq!(verdicts, [Verdict::Accepted]);
    let entry = Offered {
        finding: Finding::Entry(an_entry()),
        ..unsent.clone()
    };
    let verdicts = judge(next).document(&[entry], &mut known.clone(), FREELY);
    assert_eq!(verdicts, [Verdict::Accepted]);

    // A tablet that the server does not know as hers is nobody's, and Omar's is not hers.
    let mut unknown = unsent.clone();
    unknown.own_tablet = false;
    let verdicts = judge(next).document(&[unknown], &mut known.clone(), FREELY);
    assert_eq!(verdicts, [refused(Reason::NotAuthor)]);
    let verdicts = judge(omar()).document(&[unsent], &mut known, FREELY);
    assert_eq!(verdicts, [refused(Reason::NotAuthor)]);
}

fn an_entry() -> EntryClaims {
    EntryClaims {
        hash: [5; 32],
        author: eva(),
        in_this_document: true,
        signed: true,
        act: None,
    }
}

#[test]
fn an_entry_is_taken_from_its_author_alone_and_with_its_signature() {
    let verdict = |entry: EntryClaims, sender| {
        let item = Offered {
            size: 400,
            author: None,
            own_tablet: false,
            finding: Finding::Entry(entry),
        };
        judge_for(sender).document(&[item], &mut new_visit(), FREELY)[0]
    };
    assert_eq!(verdict(an_entry(), eva()), Verdict::Accepted);
    assert_eq!(verdict(an_entry(), omar()), refused(Reason::EntryAuthor));
    let mut unsigned = an_entry();
    unsigned.signed = false;
    assert_eq!(verdict(unsigned, eva()), refused(Reason::EntrySignature));
    let mut stray = an_entry();
    stray.in_this_document = false;
    assert_eq!(verdict(stray, eva()), refused(Reason::EntryDocument));
}

#[test]
fn every_reason_has_its_own_code() {
    let codes: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(codes.len(), Reason::ALL.len());
}

/// What an adversary or a bad network makes of claims: any actor, any number, any predecessor.
fn any_change() -> impl Strategy<Value = ChangeClaims> {
    (
        1..6u8,
        1..3u8,
        0..4u64,
        0..14u64,
        0..3u64,
        prop::collection::vec(0..7u8, 0..3),
    )
        .prop_map(|(name, actor, seq, start_op, ops, deps)| ChangeClaims {
            hash: [name; 32],
            actor: [actor; 16],
            seq,
            start_op,
            max_op: (start_op + ops).saturating_sub(1),
            deps: deps
                .into_iter()
                .map(|dep| if dep == 0 { GENESIS } else { [dep; 32] })
                .collect(),
            checked: true,
        })
}

proptest! {
    #[test]
    fn whatever_is_pushed_what_is_held_stays_whole(
        pushes in prop::collection::vec(prop::collection::vec(any_change(), 0..8), 1..6)
    ) {
        let mut known = new_visit();
        let mut actors = BTreeMap::new();
        let mut taken: BTreeMap<ItemHash, ChangeClaims> = BTreeMap::new();
        for push in pushes {
            let items: Vec<Offered> = push.iter().cloned().map(offer).collect();
            let mut judge = Judge::new(eva(), false, actors.clone());
            let verdicts = judge.document(&items, &mut known, FREELY);
            prop_assert_eq!(verdicts.len(), items.len());
            actors.extend(judge.registered().clone());
            for (change, verdict) in push.into_iter().zip(verdicts) {
                if verdict == Verdict::Accepted {
                    // Everything that it builds on was there before it.
                    for dep in &change.deps {
                        prop_assert!(*dep == GENESIS || taken.contains_key(dep));
                    }
                    prop_assert!(taken.insert(change.hash, change).is_none());
                }
            }
        }
        // Each actor's changes are 1, 2, 3, … and no counter of its comes twice.
        for actor in [[1; 16], [2; 16]] {
            let mut own: Vec<&ChangeClaims> =
                taken.values().filter(|change| change.actor == actor).collect();
            own.sort_by_key(|change| change.seq);
            let mut last_op = 0;
            for (place, change) in own.iter().enumerate() {
                prop_assert_eq!(change.seq, place as u64 + 1);
                prop_assert!(change.start_op > last_op);
                last_op = last_op.max(change.max_op);
            }
        }
        prop_assert_eq!(known.held.len(), taken.len());
    }
}

/// A visit whose schema has a second version: the migration is a change that builds on the first.
const MIGRATION: ItemHash = [200; 32];

fn newer_visit() -> Known {
    Known {
        given: BTreeMap::from([(GENESIS, 4), (MIGRATION, 6)]),
        max_op: 6,
        ..Known::default()
    }
}

fn migration() -> Offered {
    let mut change = a_change(200, 0, 1, 5, &[GENESIS]);
    change.actor[15] = 2;
    offer(change)
}

#[test]
fn evas_newer_app_brings_the_migration_once_and_it_is_nobodys() {
    let mut known = newer_visit();
    let push = [migration(), offer(a_change(1, 7, 1, 7, &[MIGRATION]))];
    let mut judge = judge_for(eva());
    let verdicts = judge.document(&push, &mut known, FREELY);
    assert_eq!(verdicts, [Verdict::Accepted; 2]);
    assert_eq!(judge.registered(), &BTreeMap::from([([7; 16], eva())]));
    // Omar's app brings the same one, under the same reserved actor.
    let mut judge = judge_for(at_tablet(2));
    let verdicts = judge.document(&[migration()], &mut known, FREELY);
    assert_eq!(verdicts, [Verdict::Known]);
    assert!(judge.registered().is_empty());
}

#[test]
fn a_reader_gives_a_migration_back_to_a_restored_server_only() {
    let reads = Permission {
        read: true,
        write: false,
        blocked: false,
    };
    let mut known = newer_visit();
    let verdicts = judge_for(eva()).document(&[migration()], &mut known, reads);
    assert_eq!(verdicts, [refused(Reason::PolicyWrite)]);
    // A refusal of what follows from the schema refuses nothing that builds on it.
    let push = [offer(a_change(1, 7, 1, 7, &[MIGRATION]))];
    let verdicts = judge_for(at_tablet(2)).document(&push, &mut known, FREELY);
    assert_eq!(verdicts, [Verdict::Accepted]);
    let mut recovering = Judge::new(eva(), true, BTreeMap::new());
    let verdicts = recovering.document(&[migration()], &mut known, reads);
    assert_eq!(verdicts, [Verdict::Accepted]);
}

/// AC9: what was destroyed when its time had come is not brought back by a tablet that still holds it.
#[test]
fn what_was_destroyed_is_not_given_back_by_its_author_nor_in_a_recovery() {
    let destroyed = || Known {
        purged: true,
        ..new_visit()
    };
    let push = evas_morning();
    let everything = vec![refused(Reason::DocumentPurged); push.len()];
    let mut known = destroyed();
    let verdicts = judge_for(eva()).document(&push, &mut known, FREELY);
    assert_eq!(verdicts, everything);
    assert_eq!(known, destroyed(), "nothing of it is remembered");
    let mut recovering = Judge::new(omar(), true, BTreeMap::new());
    let given_back: Vec<Offered> = push
        .into_iter()
        .map(|offered| Offered {
            author: Some(eva()),
            ..offered
        })
        .collect();
    let verdicts = recovering.document(&given_back, &mut known, FREELY);
    assert_eq!(verdicts, everything);
    assert!(recovering.registered().is_empty());
    // The same change in a document that is there is taken.
    let verdicts = judge_for(eva()).document(&evas_morning(), &mut new_visit(), FREELY);
    assert_eq!(verdicts, [Verdict::Accepted; 3]);
}
