//! The rows of the read models: what lists and search show without opening a document.

mod act;
mod directory;
mod disagreement;
mod observation;
mod person;
mod round;
mod visit;

pub use act::ActRow;
pub use directory::{NumberRow, StaffRow, UnitRow};
pub use disagreement::DisagreementRow;
pub use observation::ObservationRow;
pub use person::{PersonIndexRow, PersonRow};
pub use round::RoundRowRow;
pub use visit::{NoteRow, SeenRow, VisitRow};

/// Everything that lists say about one document. Committing it replaces all that was said before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadModels {
    /// The person, for a person document.
    pub person: Option<PersonRow>,
    /// The visit, for a visit document.
    pub visit: Option<VisitRow>,
    /// A visit's notes, orders, questions and answers.
    pub notes: Vec<NoteRow>,
    /// Who has said that they have seen the visit.
    pub seen: Vec<SeenRow>,
    /// Home-help observations.
    pub observations: Vec<ObservationRow>,
    /// A round's visits.
    pub round: Vec<RoundRowRow>,
    /// An organisation's staff.
    pub staff: Vec<StaffRow>,
    /// An organisation's units.
    pub units: Vec<UnitRow>,
    /// An organisation's phone numbers.
    pub numbers: Vec<NumberRow>,
    /// Where colleagues disagree.
    pub disagreements: Vec<DisagreementRow>,
    /// Legal acts.
    pub acts: Vec<ActRow>,
}
