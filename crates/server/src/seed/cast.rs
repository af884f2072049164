//! Who works here.

use super::ids;
use crate::{
    authoring::AuthoringError,
    directory::Administration,
    storage::{RoleAnalysis, Unit},
};
use chrono::NaiveDate;
use hemrond_domain::{
    ids::{OrganisationId, UnitId, UserId},
    people::{Role, User},
};

/// A unit of the sample data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Team {
    Mobile,
    HealthCentre,
    Hemtjanst,
    Office,
}

const UNITS: [(Team, &str, &str, &str); 4] = [
    (Team::Mobile, "Mobila teamet", "mobile_team", "08-46500400"),
    (
        Team::HealthCentre,
        "PALT Viken",
        "health_centre",
        "08-46500410",
    ),
    (
        Team::Hemtjanst,
        "Hemtjänst Norr",
        "hemtjanst",
        "08-46500420",
    ),
    (
        Team::Office,
        "Biståndsenheten",
        "municipality_office",
        "08-46500430",
    ),
];

/// The short names of those who get a one-time code, in order.
pub const LOGINS: [&str; 5] = ["eva", "omar", "anna", "stina", "lena"];

const STAFF: [(&str, &str, Role, Team, &str); 6] = [
    ("eva", "Eva Lind", Role::Nurse, Team::Mobile, "070-1740605"),
    (
        "omar",
        "Omar Haddad",
        Role::Nurse,
        Team::Mobile,
        "070-1740606",
    ),
    (
        "anna",
        "Anna Berg",
        Role::Doctor,
        Team::HealthCentre,
        "070-1740607",
    ),
    (
        "stina",
        "Stina Ek",
        Role::Hemtjanst,
        Team::Hemtjanst,
        "070-1740608",
    ),
    (
        "lena",
        "Lena Holm",
        Role::Assessor,
        Team::Office,
        "08-46500431",
    ),
    (
        "per",
        "Per Dahl",
        Role::Administrator,
        Team::Office,
        "08-46500432",
    ),
];

pub(super) fn organisation() -> OrganisationId {
    OrganisationId::from_bytes(ids::bytes("organisation", 0))
}

pub(super) fn unit(team: Team) -> UnitId {
    UnitId::from_bytes(ids::bytes("unit", team as u64))
}

/// The user behind a short name.
pub(super) fn user_id(login: &str) -> Option<UserId> {
    let number = STAFF.iter().position(|(short, ..)| *short == login)?;
    Some(UserId::from_bytes(ids::bytes("user", number as u64)))
}

pub(super) async fn add(administration: &Administration<'_>) -> Result<(), AuthoringError> {
    administration
        .add_organisation(organisation(), "Hemrond kommun")
        .await?;
    for (team, name, kind, phone) in UNITS {
        let unit = Unit {
            id: unit(team),
            organisation: organisation(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            phone: phone.to_owned(),
        };
        administration.add_unit(&unit).await?;
    }
    for role in Role::ALL {
        let analysis = RoleAnalysis {
            organisation: organisation(),
            role,
            analysis: "BRA-2026-1".to_owned(),
            decided_by: "Maria Nyberg, verksamhetschef".to_owned(),
            decided_on: NaiveDate::from_ymd_opt(2026, 10, 1).unwrap_or_default(),
        };
        administration.storage.set_role_analysis(&analysis).await?;
    }
    for (login, name, role, team, phone) in STAFF {
        let Some(id) = user_id(login) else { continue };
        let user = User {
            id,
            name: name.to_owned(),
            role,
            organisation: organisation(),
            unit: unit(team),
        };
        administration.add_user(&user, phone).await?;
    }
    Ok(())
}
