//! Who may do what, as Cedar policies that a lawyer can read.
//!
//! The rules are in `policies/*.cedar`, the same on tablet and server. [`Policy::load`] puts every
//! question that can be asked to them once, so a decision afterwards is a look into a table: the
//! policies see a role, a kind, and whether organisation and unit are one's own, never who asks.

mod cases;
mod error;
mod evaluate;
mod policy;
mod question;

pub use error::PolicyError;
pub use policy::{Decision, Policy, Readable};
pub use question::{Action, Principal, Resource};

/// The policies' text, one file per subject, with the file's name.
pub const TEXTS: [(&str, &str); 6] = [
    (
        "organisation.cedar",
        include_str!("../policies/organisation.cedar"),
    ),
    ("identity.cedar", include_str!("../policies/identity.cedar")),
    ("health.cedar", include_str!("../policies/health.cedar")),
    ("social.cedar", include_str!("../policies/social.cedar")),
    ("staff.cedar", include_str!("../policies/staff.cedar")),
    ("legal.cedar", include_str!("../policies/legal.cedar")),
];

/// What the policies may speak about.
pub const SCHEMA: &str = include_str!("../policies/schema.cedarschema");
