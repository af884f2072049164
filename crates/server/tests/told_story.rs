//! Stories of what home help tells health care, told on every storage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_documents::Edit;
use hemrond_domain::{
    ids::{RowId, UnitId},
    law::{Act, LegalBasis},
    people::Role,
    record::{DocumentClass, Header},
};
use hemrond_protocol::Outcome;
use hemrond_server::{environment::Clock as _, retention};
use std::time::Duration;
use support::{ASTRID, Backend, KOMMUN, OFFICE, TEAM, Tablet, Town, observations, person, visit};

on_every_storage!(
    what_was_not_told_is_on_no_tablet_of_health_care,
    what_was_told_is_with_the_unit_that_was_told_and_with_no_other,
    who_moves_between_units_takes_nothing_along,
    only_home_help_tells,
    what_was_told_is_kept_by_its_own_clock,
);

/// What the mobile team, or another unit, is told of Astrid in November.
fn told(unit: UnitId) -> Header {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
    Header::told(KOMMUN, unit, ASTRID, day)
}

fn seen(row: u8) -> Edit {
    Edit::add_row(
        "entries",
        RowId::from_bytes([row; 16]),
        [("what", "gait"), ("degree", "much_worse")],
    )
}

async fn asker(town: &Town, tablet: &Tablet) -> hemrond_server::storage::Asker {
    let account = town.storage.user(tablet.user.id).await.unwrap().unwrap();
    let devices = town.storage.devices_by_id(&[tablet.device]).await.unwrap();
    hemrond_server::exchange::asker(&town.server, &devices[0], &account)
}

/// Stina logs what she saw.
async fn logs(stina: &mut Tablet, row: u8) {
    stina.write(&observations(), &[seen(row)]);
    stina.sync().await;
    assert_eq!(stina.verdicts, [Outcome::Accepted]);
}

/// Stina tells a unit what she saw, with the act that says why.
async fn tells(town: &Town, stina: &mut Tablet, row: u8, to: UnitId) {
    let source = RowId::from_bytes([row; 16]);
    let act = Act::Disclosed {
        document: observations().id(),
        row: source,
        to,
        basis: LegalBasis::ConsentOsl101,
    };
    let disclosure = stina.act(&act, town.clock.now());
    let copy = Edit::add_row(
        "entries",
        RowId::from_bytes([row + 100; 16]),
        [
            ("what", "gait".to_owned()),
            ("degree", "much_worse".to_owned()),
            ("source.document", observations().id().to_string()),
            ("source.row", source.to_string()),
            ("basis", "consent_osl101".to_owned()),
            ("disclosure", disclosure.to_string()),
        ],
    );
    stina.write(&told(to), &[copy]);
    stina.sync().await;
    assert!(
        stina.verdicts.iter().all(|one| *one == Outcome::Accepted),
        "{:?}",
        stina.verdicts
    );
}

/// AC52: what home help wrote and told nobody is on no nurse's and no doctor's tablet, by whatever way it is asked for.
async fn what_was_not_told_is_on_no_tablet_of_health_care(backend: Backend) {
    let town = Town::new(backend).await;
    let mut stina = town.tablet("Stina").await;
    logs(&mut stina, 1).await;
    for name in ["Eva", "Omar", "Anna"] {
        let mut tablet = town.tablet(name).await;
        tablet.wanted = vec![observations().id(), told(TEAM).id()];
        tablet.sync().await;
        assert!(!tablet.holds(&observations()), "{name}");
        assert!(!tablet.holds(&told(TEAM)), "{name}");
        let asker = asker(&town, &tablet).await;
        let (digests, _) = town.storage.digests(&asker).await.unwrap();
        assert!(
            digests
                .iter()
                .all(|one| one.document != observations().id()),
            "{name}"
        );
        let withheld = town
            .storage
            .withheld(&asker, &[observations().id()])
            .await
            .unwrap();
        assert_eq!(withheld, [observations().id()], "{name}");
    }
    // The person's assessor reads the social documentation.
    let mut lena = town.tablet("Lena").await;
    lena.sync().await;
    assert!(lena.holds(&observations()));
}

/// AC52, AC60: what was told reaches the unit that was told, with its source, its basis and the act; what it was taken
/// from does not.
async fn what_was_told_is_with_the_unit_that_was_told_and_with_no_other(backend: Backend) {
    let town = Town::new(backend).await;
    town.set_role("Omar", Role::Nurse, OFFICE).await;
    let mut stina = town.tablet("Stina").await;
    logs(&mut stina, 1).await;
    logs(&mut stina, 2).await;
    tells(&town, &mut stina, 1, TEAM).await;
    let mut eva = town.tablet("Eva").await;
    eva.sync().await;
    assert!(eva.holds(&told(TEAM)) && !eva.holds(&observations()));
    assert!(eva.holds(&Header::acts(KOMMUN, ASTRID)));
    let content = eva.documents[&told(TEAM).id()].content();
    let rows = &content.rows["entries"];
    assert_eq!(rows.len(), 1, "the second was not told");
    let row = rows.values().next().unwrap();
    let source = RowId::from_bytes([1; 16]).to_string();
    for (key, value) in [
        ("source.document", observations().id().to_string()),
        ("source.row", source),
        ("basis", "consent_osl101".to_owned()),
    ] {
        assert_eq!(row.get(key), Some(&value.into()), "{key}");
    }
    for name in ["Omar", "Lena", "Per"] {
        let mut tablet = town.tablet(name).await;
        tablet.sync().await;
        assert!(!tablet.holds(&told(TEAM)), "{name}");
    }
    // What comes later comes by itself.
    tells(&town, &mut stina, 2, TEAM).await;
    eva.sync().await;
    let content = eva.documents[&told(TEAM).id()].content();
    assert_eq!(content.rows["entries"].len(), 2);
}

/// What a unit was told stays with the unit: who comes to it gets it, who leaves it loses it.
async fn who_moves_between_units_takes_nothing_along(backend: Backend) {
    let town = Town::new(backend).await;
    let mut stina = town.tablet("Stina").await;
    logs(&mut stina, 1).await;
    tells(&town, &mut stina, 1, TEAM).await;
    let mut eva = town.tablet("Eva").await;
    eva.sync().await;
    assert!(eva.holds(&told(TEAM)));
    town.set_role("Eva", Role::Nurse, OFFICE).await;
    eva.sync().await;
    assert!(!eva.holds(&told(TEAM)) && !eva.holds(&told(OFFICE)));
    tells(&town, &mut stina, 1, OFFICE).await;
    eva.sync().await;
    assert!(eva.holds(&told(OFFICE)));
    town.set_role("Eva", Role::Nurse, TEAM).await;
    eva.sync().await;
    assert!(eva.holds(&told(TEAM)) && !eva.holds(&told(OFFICE)));
}

/// AC52: health care writes in nothing of social care's, and cannot tell itself.
async fn only_home_help_tells(backend: Backend) {
    let town = Town::new(backend).await;
    for name in ["Eva", "Anna", "Lena"] {
        let mut tablet = town.tablet(name).await;
        tablet.write(&told(TEAM), &[seen(5)]);
        tablet.sync().await;
        assert_eq!(
            tablet.verdicts,
            [Outcome::Refused("policy.write".to_owned())],
            "{name}"
        );
    }
    // And who may be told from now on is for social care to say.
    let mut eva = town.tablet("Eva").await;
    let act = Act::TellingBegun {
        to: TEAM,
        basis: LegalBasis::ConsentOsl101,
    };
    eva.act(&act, town.clock.now());
    eva.sync().await;
    assert_eq!(eva.verdicts, [Outcome::Refused("act.forbidden".to_owned())]);
}

/// AC51, AC52: what was told outlives the note that it was taken from, by the clock of those who were told.
async fn what_was_told_is_kept_by_its_own_clock(backend: Backend) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    eva.write(&person(), &[Edit::set("given_name", "Astrid")]);
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    let mut stina = town.tablet("Stina").await;
    logs(&mut stina, 1).await;
    tells(&town, &mut stina, 1, TEAM).await;
    town.clock.forward(DAY * 366 * 5);
    let lines = retention::survey(town.storage.as_ref(), town.clock.as_ref())
        .await
        .unwrap();
    let due = |class: DocumentClass| {
        let of_class = lines.iter().filter(|line| line.aged.kind.class() == class);
        let mut standings = of_class.map(|line| &line.standing);
        let standing = standings.next().unwrap();
        matches!(standing, hemrond_domain::retention::Standing::Due(_))
    };
    assert!(due(DocumentClass::Social));
    assert!(!due(DocumentClass::Transfer) && !due(DocumentClass::Legal));
}
