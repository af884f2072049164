//! Who receives care, and who visits them when.

use super::{Expect, Kept, Post, Visit};
use crate::chance::Chance;
use hemrond_companion::{
    Companion,
    api::{AddPerson, Command, Failure, PlanVisit},
};
use hemrond_domain::{
    identity::ProtectedIdentity,
    ids::{PersonId, VisitId},
    people::Role,
    record::Header,
};

/// Adds somebody who receives care.
///
/// # Errors
/// When the tablet refuses.
pub async fn add_person(companion: &Companion, name: &str) -> Result<PersonId, Failure> {
    let added = companion
        .call(Command::AddPerson(AddPerson {
            given_name: "Testa".to_owned(),
            family_name: name.to_owned(),
            identity: None,
            protected: ProtectedIdentity::None,
            street: None,
            postcode: None,
            city: None,
            entry: None,
            phone: None,
            despite_duplicates: true,
        }))
        .await?;
    read_id(&added, "person")
}

/// Plans a visit today.
///
/// # Errors
/// When the tablet refuses.
pub async fn plan(
    companion: &Companion,
    post: Post,
    person: PersonId,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let planned = companion
        .call(Command::PlanVisit(PlanVisit {
            day: None,
            person,
            start: Some("09:30".to_owned()),
            minutes: Some(45),
            reason: Some(mark.to_owned()),
            acute: chance.one_in(5),
            called_by: None,
            staff: None,
        }))
        .await?;
    let id: VisitId = read_id(&planned, "visit")?;
    // Home help plans whom to visit, and begins no health record.
    if post.role == Role::Hemtjanst || post.role == Role::Assessor {
        return Ok(Kept::something());
    }
    // The tablet chose the team, so the document is the planned one only where that is one's own.
    let document = Header::visit(post.organisation, post.unit, person, id).id();
    let own_team = companion.store().visit(id).await.ok().flatten();
    let visit = own_team.map(|row| Visit {
        id,
        document: row.document,
    });
    Ok(Kept {
        expect: Some((
            Some(visit.map_or(document, |visit| visit.document)),
            Expect::Field("reason".to_owned(), mark.to_owned()),
        )),
        must_wait: true,
        visit,
        seen: None,
    })
}

fn read_id<T: std::str::FromStr>(answer: &serde_json::Value, name: &str) -> Result<T, Failure> {
    answer[name]
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Failure {
            code: "simulator.answer".to_owned(),
            params: std::collections::BTreeMap::new(),
            message: format!("the answer names no {name}"),
        })
}
