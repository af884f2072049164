//! Visits, their notes, and who has seen them.

use super::support::*;
use crate::*;
use hemrond_domain::{ids::PersonId, record::Header};

fn visit_models(row: VisitRow) -> (Header, ReadModels) {
    let number = row.visit.as_bytes()[0];
    assert_eq!(row.visit, visit_id(number));
    (
        visit(number),
        ReadModels {
            visit: Some(row),
            ..ReadModels::default()
        },
    )
}

fn numbers(visits: &[VisitRow]) -> Vec<u32> {
    visits
        .iter()
        .map(|row| {
            (0..=255_u8)
                .find(|number| visit_id(*number) == row.visit)
                .unwrap()
                .into()
        })
        .collect()
}

#[tokio::test]
async fn a_visit_comes_back_with_all_that_it_had() {
    let whole = VisitRow {
        acute: true,
        reason: Some("yr".into()),
        called_by: Some("dottern".into()),
        ended_at: Some(at(50)),
        cfs_level: Some(6),
        cfs_on: Some(day("2026-11-03")),
        cfs_by: Some(EVA),
        weight_kg: Some(61.5),
        falls_score: Some(4),
        falls_high: Some(true),
        drug_count: 11,
        last_review_on: Some(day("2026-05-01")),
        signed_entry: Some([8; 32]),
        signed_by: Some(EVA),
        signed_at: Some(at(55)),
        additions: 1,
        asks: 2,
        disagreements: 3,
        newest_at: Some(at(60)),
        newest_by: Some(DR_BERG),
        read_only: true,
        ..visit_row(1)
    };
    let tablet = tablet_with(vec![visit_models(whole.clone())])
        .await
        .restart()
        .await;
    let store = &tablet.store;
    assert_eq!(store.visit(visit_id(1)).await.unwrap(), Some(whole.clone()));
    assert_eq!(
        store
            .visits_by_ids(&[visit_id(1), visit_id(2)])
            .await
            .unwrap(),
        std::slice::from_ref(&whole)
    );
    assert_eq!(store.visits_with_additions().await.unwrap(), [whole]);
}

#[tokio::test]
async fn the_latest_visit_that_has_a_thing_is_found_for_many_people_at_once() {
    let other = PersonId::from_bytes([77; 16]);
    let planned = VisitRow {
        started_at: None,
        first_at: Some(at(2)),
        ..visit_row(2)
    };
    let rows = [
        VisitRow {
            weight_kg: Some(60.0),
            drug_count: 3,
            ..visit_row(1)
        },
        planned,
        VisitRow {
            cfs_level: Some(5),
            cfs_on: Some(day("2026-11-01")),
            ..visit_row(3)
        },
        // Written later about an earlier day.
        VisitRow {
            cfs_level: Some(4),
            cfs_on: Some(day("2026-10-01")),
            ..visit_row(4)
        },
        VisitRow {
            cfs_level: Some(9),
            state: "cancelled".into(),
            ..visit_row(5)
        },
        VisitRow {
            falls_score: Some(3),
            person: other,
            ..visit_row(6)
        },
    ];
    let tablet = tablet_with(rows.into_iter().map(visit_models).collect()).await;
    let store = &tablet.store;
    let latest = async |with| {
        let found = store.latest_visit_with(ASTRID, with).await.unwrap();
        found.map(|row| numbers(&[row])[0])
    };
    assert_eq!(
        numbers(&store.visits_of(ASTRID).await.unwrap()),
        [5, 4, 3, 2, 1]
    );
    assert_eq!(latest(LatestWith::Cfs).await, Some(3));
    assert_eq!(latest(LatestWith::Weight).await, Some(1));
    assert_eq!(latest(LatestWith::Drugs).await, Some(1));
    assert_eq!(latest(LatestWith::Falls).await, None);
    assert_eq!(latest(LatestWith::Review).await, None);
    assert_eq!(latest(LatestWith::Anything).await, Some(4));
    let both = store
        .latest_visits_with(&[ASTRID, other], LatestWith::Anything)
        .await
        .unwrap();
    assert_eq!(both[&other].falls_score, Some(3));
    assert_eq!(both.len(), 2);
}

#[tokio::test]
async fn unsigned_visits_are_their_writers_and_their_planned_visitors() {
    let round = Header::round(REGION, TEAM, day("2026-11-03"));
    let planned_for_omar = RoundRowRow {
        document: round.id(),
        row: row_id(1),
        day: day("2026-11-03"),
        team: TEAM,
        visit: visit_id(2),
        person: ASTRID,
        unit: TEAM,
        start: None,
        minutes: None,
        position: None,
        staff: Some(OMAR),
        acute: false,
        removed: false,
    };
    let tablet = tablet_with(vec![
        visit_models(VisitRow {
            newest_by: Some(EVA),
            ..visit_row(1)
        }),
        visit_models(VisitRow {
            newest_by: Some(EVA),
            ..visit_row(2)
        }),
        visit_models(VisitRow {
            newest_by: Some(EVA),
            signed_entry: Some([1; 32]),
            ..visit_row(3)
        }),
        visit_models(VisitRow {
            newest_by: Some(EVA),
            state: "planned".into(),
            ..visit_row(4)
        }),
        (
            round,
            ReadModels {
                round: vec![planned_for_omar],
                ..ReadModels::default()
            },
        ),
    ])
    .await;
    assert_eq!(
        numbers(&tablet.store.unsigned_visits_by(EVA).await.unwrap()),
        [2, 1]
    );
    assert_eq!(
        numbers(&tablet.store.unsigned_visits_by(OMAR).await.unwrap()),
        [2]
    );
    assert_eq!(tablet.store.unsigned_visits_by(DR_BERG).await.unwrap(), []);
}

#[tokio::test]
async fn dr_berg_finds_the_questions_that_nobody_has_answered() {
    let answered = ReadModels {
        notes: vec![note(1, 1, "question", EVA), note(1, 2, "answer", DR_BERG)],
        ..ReadModels::default()
    };
    let asked_again = ReadModels {
        notes: vec![
            note(2, 3, "answer", DR_BERG),
            note(2, 4, "question", EVA),
            NoteRow {
                retracted_at: Some(at(9)),
                ..note(2, 5, "answer", DR_BERG)
            },
            NoteRow {
                retracted_at: Some(at(9)),
                ..note(2, 6, "question", EVA)
            },
        ],
        seen: vec![
            SeenRow {
                document: visit(2).id(),
                visit: visit_id(2),
                by_user: Some(DR_BERG),
                at: at(8),
                complete: false,
            },
            SeenRow {
                document: visit(2).id(),
                visit: visit_id(2),
                by_user: None,
                at: at(7),
                complete: true,
            },
        ],
        ..ReadModels::default()
    };
    let tablet = tablet_with(vec![(visit(1), answered), (visit(2), asked_again)]).await;
    let store = &tablet.store;
    assert_eq!(
        store.open_questions().await.unwrap(),
        [note(2, 4, "question", EVA)]
    );
    assert_eq!(store.notes_of(ASTRID).await.unwrap().len(), 6);
    assert_eq!(
        store.notes_of_visit(visit_id(1)).await.unwrap()[0].row,
        row_id(1)
    );
    assert_eq!(store.notes_since(at(5)).await.unwrap().len(), 2);
    let seen = store.seen_of_visit(visit_id(2)).await.unwrap();
    assert_eq!((seen[0].by_user, seen[1].by_user), (None, Some(DR_BERG)));
    assert_eq!(
        store
            .seen_of_visits(&[visit_id(1), visit_id(2)])
            .await
            .unwrap(),
        seen
    );
}

#[tokio::test]
async fn what_has_come_since_dr_berg_last_looked_is_found() {
    let tablet = Tablet::new().await;
    let store = &tablet.store;
    for number in 1..=3 {
        let (header, models) = visit_models(visit_row(number));
        let document = DocumentCommit {
            new_items: vec![omars(number)],
            ..with_models(&header, models)
        };
        store
            .commit(commit_at(i64::from(number), vec![document]))
            .await
            .unwrap();
    }
    store
        .opened_set(visit(2).id(), DR_BERG, "h", at(10))
        .await
        .unwrap();
    let changed = store.visits_changed_for(DR_BERG, at(0)).await.unwrap();
    assert_eq!(changed, [visit(3).id(), visit(1).id()]);
    // Omar's note was written long ago; it counts when it comes.
    store
        .commit(commit_at(20, vec![about(&visit(2), vec![omars(9)])]))
        .await
        .unwrap();
    assert_eq!(
        store.visits_changed_for(DR_BERG, at(2)).await.unwrap()[0],
        visit(2).id()
    );
}
