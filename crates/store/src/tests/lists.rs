//! Rounds, observations and the directory.

use super::support::*;
use crate::*;
use hemrond_domain::{ids::UserId, record::Header};

const STINA: UserId = UserId::from_bytes([0x5; 16]);

#[tokio::test]
async fn the_round_stands_in_its_order() {
    let header = Header::round(REGION, TEAM, day("2026-11-03"));
    let row = |number: u8, position: Option<f64>| RoundRowRow {
        document: header.id(),
        row: row_id(number),
        day: day("2026-11-03"),
        team: TEAM,
        visit: visit_id(number),
        person: ASTRID,
        unit: TEAM,
        start: Some("08:30".into()),
        minutes: Some(45),
        position,
        staff: Some(EVA),
        acute: number == 3,
        removed: false,
    };
    // A newer version could write a place that is no number.
    let rows = vec![
        row(4, None),
        row(2, Some(2.0)),
        row(3, Some(1.5)),
        row(1, Some(1.0)),
        row(5, Some(f64::NAN)),
    ];
    let models = ReadModels {
        round: rows,
        ..ReadModels::default()
    };
    let tablet = tablet_with(vec![(header.clone(), models)]).await;
    let round = tablet.store.round(day("2026-11-03"), TEAM).await.unwrap();
    assert_eq!(
        round.iter().map(|row| row.visit).collect::<Vec<_>>(),
        [1, 3, 2, 4, 5].map(visit_id)
    );
    assert_eq!(round[0], row(1, Some(1.0)));
    assert_eq!(round[4].position, None);
    assert_eq!(
        tablet.store.round(day("2026-11-04"), TEAM).await.unwrap(),
        []
    );
    assert_eq!(
        tablet
            .store
            .round_rows_of_visit(visit_id(3))
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        tablet
            .store
            .round_rows_of_person(ASTRID)
            .await
            .unwrap()
            .len(),
        5
    );
}

#[tokio::test]
async fn stinas_observations_come_newest_first() {
    let header = Header::observations(REGION, ASTRID, day("2026-11-03"));
    let row = |number: u8| ObservationRow {
        document: header.id(),
        row: row_id(number),
        act: row_id(100),
        person: ASTRID,
        what: "gait".into(),
        degree: "worse".into(),
        words: (number == 2).then(|| "vinglar".into()),
        by_user: Some(STINA),
        at: at(i64::from(number)),
        retracted: number == 3,
        source: None,
        source_row: None,
        told_to: None,
        told_at: None,
        told_by: None,
        basis: None,
    };
    let models = ReadModels {
        observations: vec![row(1), row(2), row(3)],
        ..ReadModels::default()
    };
    let to_the_team = Header::told(REGION, TEAM, ASTRID, day("2026-11-03"));
    let told = |number: u8, hours: i64| ObservationRow {
        document: to_the_team.id(),
        source: Some(header.id()),
        source_row: Some(row_id(number)),
        told_to: Some(TEAM),
        told_at: Some(at(hours)),
        told_by: Some(STINA),
        basis: Some("consent_osl101".into()),
        ..row(number)
    };
    let of_the_team = ReadModels {
        observations: vec![told(1, 4), told(2, 2)],
        ..ReadModels::default()
    };
    let both = vec![(header.clone(), models), (to_the_team.clone(), of_the_team)];
    let tablet = tablet_with(both).await;
    assert_eq!(
        tablet.store.observations_of(ASTRID, 2).await.unwrap(),
        [row(3), row(2)]
    );
    assert_eq!(
        tablet.store.told_of(ASTRID, 9).await.unwrap(),
        [told(2, 2), told(1, 4)]
    );
    // What was seen long ago and told just now is news.
    assert_eq!(tablet.store.told_since(at(3)).await.unwrap(), [told(1, 4)]);
}

#[tokio::test]
async fn the_directory_and_the_disagreements_are_listed() {
    let header = Header::directory(REGION);
    let staff = |user, name: &str| StaffRow {
        user,
        document: header.id(),
        name: Some(name.into()),
        role: Some("nurse".into()),
        unit: Some(TEAM),
        phone: None,
        active: true,
    };
    let unit = UnitRow {
        unit: TEAM,
        document: header.id(),
        name: Some("Mobila teamet".into()),
        kind: Some("mobile_team".into()),
        phone: None,
    };
    let number = |row, position| NumberRow {
        row: row_id(row),
        document: header.id(),
        label: Some("1177".into()),
        phone: Some("1177".into()),
        position,
    };
    let disagreement = DisagreementRow {
        document: header.id(),
        field: "name".into(),
        person: None,
        visit: None,
        candidates_json: "[]".into(),
        newest_at: at(1),
    };
    let models = ReadModels {
        staff: vec![staff(OMAR, "Omar"), staff(EVA, "Eva")],
        units: vec![unit.clone()],
        numbers: vec![number(1, None), number(2, Some(1.0))],
        disagreements: vec![disagreement.clone()],
        ..ReadModels::default()
    };
    let tablet = tablet_with(vec![(header.clone(), models)]).await;
    let store = &tablet.store;
    assert_eq!(
        store.staff().await.unwrap(),
        [staff(EVA, "Eva"), staff(OMAR, "Omar")]
    );
    assert_eq!(store.units().await.unwrap(), [unit]);
    assert_eq!(store.numbers().await.unwrap()[0].row, row_id(2));
    assert_eq!(
        store.disagreements().await.unwrap(),
        std::slice::from_ref(&disagreement)
    );
    assert_eq!(
        store.disagreements_in(header.id()).await.unwrap(),
        [disagreement]
    );
    assert_eq!(store.standing().await.unwrap().disagreements, 1);
}
