//! What people do on their tablets, through the same commands as the interface uses.

mod legal;
mod planning;
mod visits;

pub use planning::{add_person, plan};

use crate::chance::Chance;
use hemrond_companion::{
    Companion,
    api::{Command, Degree, Failure, Observe, ObservedThing, Tile},
};
use hemrond_domain::{
    ids::{OrganisationId, PersonId, UnitId, VisitId},
    people::Role,
    record::DocumentId,
};
use visits::{answer, note, seen, settle, sign, tell, text};

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

impl Kept {
    /// Something waits, and this must be found: in this document, or in the one that waits.
    fn leaving(document: Option<DocumentId>, expect: Expect) -> Self {
        Self {
            expect: Some((document, expect)),
            must_wait: true,
            ..Self::default()
        }
    }

    /// Something waits.
    fn something() -> Self {
        Self {
            must_wait: true,
            ..Self::default()
        }
    }
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

/// How rare legal acts are among what people do.
const LEGAL: usize = 12;

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
    // One act in so many is a legal one.
    if post.role != Role::Administrator && chance.one_in(LEGAL) {
        return legal::act(companion, person, chance, mark).await;
    }
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
    Ok(Kept::leaving(None, Expect::Words(mark.to_owned())))
}
