//! Legal acts on the tablet: what stands, what it hides, and making one.

mod commands;
mod emergency;
mod make;
mod relation;
mod sight;
mod standing;

pub(crate) use sight::Sight;
