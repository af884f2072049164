//! Who may do what, as Cedar policies that a lawyer can read.
//!
//! The rules are in `policies/*.cedar`, the same on tablet and server, each with its paragraph. The
//! policies see a role, a kind, whether organisation and unit are one's own, and the [`Circumstances`]
//! between asker and document, never who asks or about whom. So there is a fixed number of cases, and
//! [`Policy`] puts each to Cedar once at most: a decision afterwards is a look into a table.

mod cases;
mod circumstances;
mod error;
mod evaluate;
mod policy;
mod question;
mod readable;
mod reason;
mod refusal;
mod rules;
mod sets;

pub use circumstances::{Block, Capacity, Circumstances, Consent, Emergency, Relation, Sharing};
pub use error::PolicyError;
pub use policy::{Decision, Policy};
pub use question::{Action, Principal, Resource};
pub use readable::Readable;
pub use reason::Reason;
pub use rules::Rule;

/// The policies' text, one file per subject, with the file's name.
pub const TEXTS: [(&str, &str); 13] = [
    (
        "organisation.cedar",
        include_str!("../policies/organisation.cedar"),
    ),
    ("identity.cedar", include_str!("../policies/identity.cedar")),
    (
        "protected.cedar",
        include_str!("../policies/protected.cedar"),
    ),
    ("health.cedar", include_str!("../policies/health.cedar")),
    ("social.cedar", include_str!("../policies/social.cedar")),
    ("transfer.cedar", include_str!("../policies/transfer.cedar")),
    ("staff.cedar", include_str!("../policies/staff.cedar")),
    ("legal.cedar", include_str!("../policies/legal.cedar")),
    ("relation.cedar", include_str!("../policies/relation.cedar")),
    ("block.cedar", include_str!("../policies/block.cedar")),
    (
        "emergency.cedar",
        include_str!("../policies/emergency.cedar"),
    ),
    ("sharing.cedar", include_str!("../policies/sharing.cedar")),
    ("log.cedar", include_str!("../policies/log.cedar")),
];

/// What the policies may speak about.
pub const SCHEMA: &str = include_str!("../policies/schema.cedarschema");
