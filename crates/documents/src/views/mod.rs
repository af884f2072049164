//! Documents as each kind is read: typed, and never more than is there.
//!
//! A value that is missing, cleared, of a wrong type or out of range is `None`, never a default.
//! What could not be read is listed in a view's `problems`, and what only a newer version knows in
//! its `unknown`.

mod directory;
mod observations;
mod person;
mod reader;
mod round;
mod told;
mod visit;

pub use directory::{DirectoryView, PhoneNumber, StaffMember, Unit};
pub use observations::{Observation, ObservationsView};
pub use person::{Address, Contact, PersonView, protection_of};
pub use reader::{Fields, Problem, Retraction};
pub use round::{PlannedVisit, RoundView};
pub use told::{ToldEntry, ToldView};
pub use visit::{
    CfsFields, Drug, FallsFields, MedicationFields, MedicationItem, Note, Seen, Settlement,
    VisitView,
};
