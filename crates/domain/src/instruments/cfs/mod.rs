//! The Clinical Frailty Scale: the level a professional sets, the classification tree, and what follows from a level.
//!
//! Only the numbers and the project's own hints are shipped. The level texts of the scale are protected and come from the
//! care provider's own permission.
//! Sources: Rockwood & Theou 2020 (CFS 2.0); Theou 2021 (classification tree v1.0).

mod basis;
mod change;
mod level;
mod pathway;
mod tree;

pub use basis::{Basis, reference_date};
pub use change::{CfsChange, change};
pub use level::{CfsLevel, CfsLevelError};
pub use pathway::{AgeRule, Pathway, age_rule, pathway};
pub use tree::{Effort, SelfRatedHealth, TreeError, TreeInput, TreeResult, TreeStep, classify};

/// The version of the scale that levels are recorded in.
pub const VERSION: &str = "CFS 2.0";

/// The version of the classification tree. Source: Theou 2021.
pub const TREE_VERSION: &str = "v1.0";
