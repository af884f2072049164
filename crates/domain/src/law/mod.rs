//! Legal acts about a person's record: what people said, decided or opened, and what stands of it.
//!
//! An act is never changed and never removed; another act ends it. [`Standing::of`] says what a set
//! of acts adds up to at a moment, in whatever order they came and however often. Where two acts
//! contradict each other the one that narrows wins, and an act that this version does not know
//! opens nothing.

mod act;
mod act_id;
mod basis;
mod register;
mod rules;
mod standing;

pub use act::{
    Act, Bound, DOCUMENTS_MAX, DangerLift, Givers, Information, Made, RelationReason, Step, Told,
    Voice, WORDS_MAX,
};
pub use act_id::{ActId, InvalidActId};
pub use basis::LegalBasis;
pub use register::{Withheld, may_be_reported};
pub use rules::{
    CLOCKS_APART, EMERGENCY_LONGEST, Forbidden, Maker, RELATION_LONGEST, STATEMENT_LONGEST,
    may_lift, may_make,
};
pub use standing::{
    Assessment, Block, Consent, Declined, Disclosure, Emergency, Informed, Objection, Relation,
    Standing, Telling,
};

#[cfg(test)]
mod tests;
