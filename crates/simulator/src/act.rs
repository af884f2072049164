//! What people do on their tablets, through the same commands as the interface uses.

use crate::chance::Chance;
use hemrond_companion::{
    Companion,
    api::{
        AddNote, AddPerson, Command, Degree, EditDocument, Failure, NoteKind, Observe,
        ObservedThing, OfVisit, PlanVisit, Settle, Tile,
    },
};
use hemrond_documents::{Edit, Value};
use hemrond_domain::{
    identity::ProtectedIdentity,
    ids::{OrganisationId, PersonId, UnitId, VisitId},
    people::Role,
    record::{DocumentId, Header},
};

/// Whom and what the story is about, as everybody in it came to know.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    /// The people who receive care.
    pub people: Vec<PersonId>,
    /// The visits.
    pub visits: Vec<Visit>,
}

/// A visit of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Its name.
    pub id: VisitId,
    /// Its document.
    pub document: DocumentId,
}

/// What must be found in a document afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// This value in the history of a field.
    Field(String, String),
    /// These words in a row that nothing removes.
    Words(String),
}

/// What an act that was said to be kept has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// What it must have left behind, and in which document, where the act says so.
    pub expect: Option<(Option<DocumentId>, Expect)>,
    /// Whether something must wait to be sent now.
    pub must_wait: bool,
    /// A visit that was planned.
    pub visit: Option<Visit>,
    /// A visit's document that the person said they have seen.
    pub seen: Option<DocumentId>,
}

/// Where somebody works.
#[derive(Debug, Clone, Copy)]
pub struct Post {
    /// As what.
    pub role: Role,
    /// For whom.
    pub organisation: OrganisationId,
    /// In which unit.
    pub unit: UnitId,
}

/// Does something that this person does at work. The mark is unlike any other of the story.
///
/// # Errors
/// When the tablet refuses, with what it tells the person.
pub async fn work(
    companion: &Companion,
    post: Post,
    cases: &Cases,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let person = chance.pick(&cases.people).copied();
    let visit = chance.pick(&cases.visits).copied();
    let (Some(person), Some(visit)) = (person, visit) else {
        return match person {
            Some(person) => plan(companion, post, person, chance, mark).await,
            None => Ok(Kept::default()),
        };
    };
    match (post.role, chance.below(14)) {
        (Role::Hemtjanst, 0..11) => observe(companion, person, chance, mark).await,
        (Role::Hemtjanst, _) => plan(companion, post, person, chance, mark).await,
        (Role::Nurse | Role::Doctor, 0..5) => answer(companion, visit, chance, mark).await,
        (Role::Nurse | Role::Doctor, 5..7) => note(companion, visit, chance, mark).await,
        (Role::Nurse, 7 | 12 | 13) => sign(companion, visit, chance).await,
        (Role::Doctor, 7 | 12) => seen(companion, visit).await,
        (Role::Nurse | Role::Doctor, 8) => settle(companion, visit).await,
        (Role::Nurse | Role::Doctor, 9) => text(companion, visit, chance, mark).await,
        (Role::Nurse | Role::Doctor, 10) => plan(companion, post, person, chance, mark).await,
        (Role::Nurse | Role::Doctor | Role::Assessor, _) => {
            tell(companion, post, person, chance, mark).await
        }
        (Role::Administrator, _) => Ok(Kept::default()),
    }
}

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
        return Ok(Kept {
            must_wait: true,
            ..Kept::default()
        });
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

async fn answer(
    companion: &Companion,
    visit: Visit,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let words = [
        "reason",
        "called_by",
        "cfs.comment",
        "falls.comment",
        "med.comment",
    ];
    let (edit, expect) = if chance.one_in(2) {
        let level = i64::try_from(chance.below(9)).unwrap_or(0) + 1;
        (Edit::set("cfs.level", level), None)
    } else {
        let field = chance.pick(&words).copied().unwrap_or("reason");
        let expect = Expect::Field(field.to_owned(), mark.to_owned());
        (Edit::set(field, mark), Some((Some(visit.document), expect)))
    };
    edit_document(companion, visit.document, edit).await?;
    Ok(Kept {
        must_wait: expect.is_some(),
        expect,
        ..Kept::default()
    })
}

async fn text(
    companion: &Companion,
    visit: Visit,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let page = companion
        .call(Command::Visit(OfVisit { visit: visit.id }))
        .await?;
    let field = if chance.one_in(2) { "note" } else { "plan" };
    let before = page["texts"][field].as_str().unwrap_or_default();
    let value = format!("{before}{mark} ");
    let edit = Edit::Text {
        field: field.to_owned(),
        value,
    };
    edit_document(companion, visit.document, edit).await?;
    Ok(Kept {
        must_wait: true,
        ..Kept::default()
    })
}

async fn tell(
    companion: &Companion,
    post: Post,
    person: PersonId,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let fields = ["look_out_for", "listed_at", "address.entry"];
    let field = chance.pick(&fields).copied().unwrap_or("look_out_for");
    let document = Header::person(post.organisation, person).id();
    edit_document(companion, document, Edit::set(field, mark)).await?;
    Ok(Kept {
        expect: Some((
            Some(document),
            Expect::Field(field.to_owned(), mark.to_owned()),
        )),
        must_wait: true,
        ..Kept::default()
    })
}

async fn note(
    companion: &Companion,
    visit: Visit,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let kinds = [
        NoteKind::Note,
        NoteKind::Order,
        NoteKind::Question,
        NoteKind::Answer,
    ];
    companion
        .call(Command::AddNote(AddNote {
            visit: visit.id,
            kind: chance.pick(&kinds).copied().unwrap_or(NoteKind::Note),
            text: mark.to_owned(),
        }))
        .await?;
    Ok(Kept {
        expect: Some((Some(visit.document), Expect::Words(mark.to_owned()))),
        must_wait: true,
        // Who answers has read: the tablet says so to whoever wrote before.
        seen: Some(visit.document),
        ..Kept::default()
    })
}

async fn observe(
    companion: &Companion,
    person: PersonId,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let things = [
        ObservedThing::Gait,
        ObservedThing::FoodDrink,
        ObservedThing::Mood,
    ];
    companion
        .call(Command::Observe(Observe {
            person,
            tiles: vec![Tile {
                what: chance.pick(&things).copied().unwrap_or(ObservedThing::Gait),
                degree: Degree::Worse,
            }],
            words: Some(mark.to_owned()),
        }))
        .await?;
    Ok(Kept {
        expect: Some((None, Expect::Words(mark.to_owned()))),
        must_wait: true,
        ..Kept::default()
    })
}

/// Signs a visit, with something in it that was not there when it was last signed.
async fn sign(companion: &Companion, visit: Visit, chance: &mut Chance) -> Result<Kept, Failure> {
    let level = i64::try_from(chance.below(9)).unwrap_or(0) + 1;
    let edit = Edit::set("cfs.level", level);
    edit_document(companion, visit.document, edit).await?;
    companion
        .call(Command::Sign(OfVisit { visit: visit.id }))
        .await?;
    Ok(Kept {
        must_wait: true,
        ..Kept::default()
    })
}

async fn seen(companion: &Companion, visit: Visit) -> Result<Kept, Failure> {
    companion
        .call(Command::MarkSeen(OfVisit { visit: visit.id }))
        .await?;
    Ok(Kept {
        seen: Some(visit.document),
        ..Kept::default()
    })
}

/// Settles the first disagreement of a visit, if there is one, for one of its candidates.
async fn settle(companion: &Companion, visit: Visit) -> Result<Kept, Failure> {
    let page = companion
        .call(Command::Visit(OfVisit { visit: visit.id }))
        .await?;
    let first = &page["disagreements"][0];
    let Some(field) = first["field"].as_str() else {
        return Ok(Kept::default());
    };
    let value: Option<Value> =
        serde_json::from_value(first["candidates"][0]["value"].clone()).unwrap_or(None);
    companion
        .call(Command::Settle(Settle {
            document: visit.document,
            field: field.to_owned(),
            value,
        }))
        .await?;
    Ok(Kept {
        must_wait: true,
        ..Kept::default()
    })
}

async fn edit_document(
    companion: &Companion,
    document: DocumentId,
    edit: Edit,
) -> Result<(), Failure> {
    companion
        .call(Command::Edit(EditDocument {
            document,
            edits: vec![edit],
        }))
        .await?;
    Ok(())
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
