//! Who takes part in whose care: asked for Astrid and Bo in one go, of Cia nothing is asked.

use super::support::*;
use crate::*;
use hemrond_domain::{
    ids::{PersonId, UnitId},
    record::{DocumentClass, Header},
};

const BO: PersonId = PersonId::from_bytes([4; 16]);
const CIA: PersonId = PersonId::from_bytes([5; 16]);
const REHAB: UnitId = UnitId::from_bytes([6; 16]);

fn round_row(header: &Header, number: u8, person: PersonId, removed: bool) -> RoundRowRow {
    RoundRowRow {
        document: header.id(),
        row: row_id(number),
        day: day("2026-11-03"),
        team: TEAM,
        visit: visit_id(number),
        person,
        unit: TEAM,
        start: None,
        minutes: None,
        position: None,
        staff: None,
        acute: false,
        removed,
    }
}

fn observation(header: &Header, person: PersonId) -> ObservationRow {
    ObservationRow {
        document: header.id(),
        row: row_id(1),
        act: row_id(1),
        person,
        what: "gait".into(),
        degree: "worse".into(),
        words: None,
        by_user: Some(OMAR),
        at: at(1),
        retracted: false,
        told_to: None,
        told_at: None,
        basis: None,
        told_by: None,
        source: None,
        source_row: None,
    }
}

fn act(header: &Header, number: u8, person: PersonId, kind: &str) -> ActRow {
    ActRow {
        document: header.id(),
        act: [number; 32],
        person,
        kind: kind.into(),
        at: at(1),
        made_json: "{}".into(),
    }
}

#[tokio::test]
async fn what_shows_who_takes_part_is_found_for_those_who_are_asked_about() {
    let bos_visit = Header::visit(REGION, REHAB, BO, visit_id(2));
    let cias_visit = Header::visit(REGION, REHAB, CIA, visit_id(3));
    let round = Header::round(REGION, TEAM, day("2026-11-03"));
    let seen = |person| Header::observations(REGION, person, day("2026-11-03"));
    let acts = Header::acts(REGION, BO);
    let asks = |header: &Header, number: u8, person| ReadModels {
        visit: Some(VisitRow {
            document: header.id(),
            person,
            asks: u32::from(person == BO),
            ..visit_row(number)
        }),
        ..ReadModels::default()
    };
    let tablet = tablet_with(vec![
        (visit(1), asks(&visit(1), 1, ASTRID)),
        (bos_visit.clone(), asks(&bos_visit, 2, BO)),
        (cias_visit.clone(), asks(&cias_visit, 3, CIA)),
        (
            round.clone(),
            ReadModels {
                round: vec![
                    round_row(&round, 1, ASTRID, false),
                    round_row(&round, 2, BO, true),
                    round_row(&round, 3, CIA, false),
                ],
                ..ReadModels::default()
            },
        ),
        (
            seen(ASTRID),
            ReadModels {
                observations: vec![observation(&seen(ASTRID), ASTRID)],
                ..ReadModels::default()
            },
        ),
        (
            acts.clone(),
            ReadModels {
                acts: vec![
                    act(&acts, 1, BO, "relation_declared"),
                    act(&acts, 2, BO, "disclosed"),
                    act(&acts, 3, BO, "block_set"),
                ],
                ..ReadModels::default()
            },
        ),
    ])
    .await;
    let store = &tablet.store;
    let asked = [ASTRID, BO, ASTRID];
    let mut records = store
        .keepers_of(&asked, DocumentClass::Health)
        .await
        .unwrap();
    records.sort_unstable();
    assert_eq!(records, [(ASTRID, Some(TEAM)), (BO, Some(REHAB))]);
    let observed = store
        .keepers_of(&asked, DocumentClass::Social)
        .await
        .unwrap();
    assert_eq!(observed, [(ASTRID, None)]);
    let rounds = store.rounds_with(&asked).await.unwrap();
    assert_eq!(
        rounds,
        [(ASTRID, TEAM, day("2026-11-03"))],
        "Bo was taken off"
    );
    let waiting = store.with_questions(&asked).await.unwrap();
    assert_eq!(waiting.into_iter().collect::<Vec<_>>(), [BO]);
    let observers = store.observers_of(&asked).await.unwrap();
    assert_eq!(observers, [(ASTRID, Some(OMAR))]);
    let said = store.acts_of_care(&asked).await.unwrap();
    let mut kinds: Vec<&str> = said.iter().map(|act| act.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["disclosed", "relation_declared"]);
    assert!(store.rounds_with(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_wrote_about_somebody_is_known_by_whoever_stands_behind_the_actor() {
    let tablet = Tablet::new().await;
    let mut first = commit(vec![about(&astrid(), vec![evas(1), omars(2)])]);
    first.actors = vec![
        Author {
            actor: [0xee; 16],
            user: EVA,
            device: EVAS_TABLET,
        },
        Author {
            actor: OMARS_ACTOR,
            user: OMAR,
            device: EVAS_TABLET,
        },
    ];
    tablet.store.commit(first).await.unwrap();
    let mut writers = tablet.store.writers_about(&[ASTRID, BO]).await.unwrap();
    writers.sort_unstable();
    assert_eq!(writers, [(ASTRID, OMAR), (ASTRID, EVA)]);
}

#[tokio::test]
async fn the_looks_of_one_list_are_all_in_the_log_or_none_is() {
    let tablet = Tablet::new().await;
    let look = |after: LogHead, person| NewLogRecord {
        after,
        hash: [u8::try_from(after.seq).unwrap() + 1; 32],
        bytes: vec![7; 20],
        person: Some(person),
        at: at(1),
    };
    let first = look(LogHead::default(), ASTRID);
    let second = look(first.place(), BO);
    let astray = look(
        LogHead {
            seq: 9,
            ..first.place()
        },
        CIA,
    );
    let broken = [first.clone(), astray];
    assert!(tablet.store.log_append_all(&broken).await.is_err());
    let state = tablet.store.log_state().await.unwrap();
    assert_eq!(state.head, LogHead::default());
    assert!(tablet.store.log_about(ASTRID, 9).await.unwrap().is_empty());

    let both = [first, second.clone()];
    tablet.store.log_append_all(&both).await.unwrap();
    let state = tablet.store.log_state().await.unwrap();
    assert_eq!(state.head, second.place());
    assert_eq!(tablet.store.log_about(BO, 9).await.unwrap().len(), 1);
}

/// What the server has had since long ago goes, but nothing behind what it has had for a short time only: the
/// chain keeps no hole.
#[tokio::test]
async fn the_log_is_pruned_from_its_oldest_record_on() {
    let tablet = Tablet::new().await;
    let mut head = LogHead::default();
    let mut chain = Vec::new();
    for number in 1..=4 {
        let record = NewLogRecord {
            after: head,
            hash: [number; 32],
            bytes: vec![7; 20],
            person: None,
            at: at(1),
        };
        head = record.place();
        chain.push(record);
    }
    tablet.store.log_append_all(&chain).await.unwrap();
    // The second came to the server while a clock was behind.
    for (place, hour) in [(0, 5), (1, 2), (2, 9)] {
        let answer = SyncCommit {
            log_acknowledged: Some(LogAcknowledged {
                head: chain[place].place(),
                at: at(hour),
            }),
            ..SyncCommit::new(at(6))
        };
        tablet.store.apply_sync(answer).await.unwrap();
    }
    for (before, left) in [(4, 4), (7, 2), (10, 1)] {
        tablet.store.log_prune(at(before)).await.unwrap();
        let rows = tablet.store.log_from(1, 9).await.unwrap();
        assert_eq!(rows.len(), left, "before {before}");
        assert_eq!(rows.last().unwrap().place, head);
    }
}
