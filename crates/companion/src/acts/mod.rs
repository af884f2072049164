//! Legal acts on the tablet: what stands, what it hides, and making one.

mod asked;
mod commands;
mod emergency;
mod make;
mod relation;
mod relations;
mod sight;
mod standing;

pub(crate) use make::SignedAct;
pub(crate) use sight::{NOBODY, Sight};
pub(crate) use standing::a_visit;
