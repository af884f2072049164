//! What the law and the design answer to every question, written by hand and without the policies.
//!
//! It takes nothing from the crate but the words of a question. Each arm carries its paragraph. Reasons are
//! those that the asker may be told.

use hemrond_domain::{
    people::Role,
    record::{DocumentClass as Class, DocumentKind},
};
use hemrond_policy::{
    Action, Block, Capacity, Circumstances, Consent, Emergency, Relation, Sharing,
};

/// Whose unit keeps the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeper {
    Nobody,
    OwnUnit,
    OtherUnit,
}

/// A question, as far as an answer may depend on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub role: Role,
    pub kind: DocumentKind,
    pub action: Action,
    pub own: bool,
    pub keeper: Keeper,
    pub given: Circumstances,
}

/// Yes, or no with the reason; and the paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Answer {
    pub refused: Option<&'static str>,
    pub law: &'static str,
}

const fn yes(law: &'static str) -> Answer {
    Answer { refused: None, law }
}

const fn no(reason: &'static str, law: &'static str) -> Answer {
    Answer {
        refused: Some(reason),
        law,
    }
}

const ROLE: &str = "policy.role";
const ORGANISATION: &str = "policy.organisation";
const RELATION: &str = "policy.relation_needed";
const NOT_SHARED: &str = "policy.not_shared";
const NOT_OWN: &str = "policy.not_own_block";
const NO_BLOCK: &str = "policy.no_block";

/// Health staff act for a vårdgivare.
fn health_staff(role: Role) -> bool {
    matches!(role, Role::Nurse | Role::Doctor)
}

/// Hemtjänst and biståndshandläggare act for an omsorgsgivare.
fn social_staff(role: Role) -> bool {
    matches!(role, Role::Hemtjanst | Role::Assessor)
}

pub(crate) fn expected(q: &Question) -> Answer {
    match q.action {
        Action::Read => read(q),
        Action::Write => write(q),
        Action::Exists => exists(q),
        Action::SeeBlockingUnit => see_blocking_unit(q),
        Action::OpenEmergency => open_emergency(q),
        Action::Block | Action::LiftBlock => block_or_lift(q),
        Action::AskToLift => ask_to_lift(q),
        Action::DeclareRelation => declare_relation(q),
        Action::SeeAddress => see_address(q),
        Action::ReadLog => read_log(q),
        Action::ReviewLog => match (q.own, q.role) {
            (false, _) => no(ORGANISATION, "SVOD 4:1"),
            (true, Role::Administrator) => yes("PDL 4:3; SVOD 4:4"),
            (true, _) => no(ROLE, "HSLF-FS 2016:40 4:2"),
        },
        Action::Administer => match (q.kind, q.own, q.role) {
            (DocumentKind::Directory, true, Role::Administrator) => yes("HSLF-FS 2016:40 4:2"),
            (DocumentKind::Directory, true, _) => no(ROLE, "HSLF-FS 2016:40 4:2"),
            (DocumentKind::Directory, false, _) => no(ORGANISATION, "SVOD 4:1"),
            _ => no("policy.nobody", "HSLF-FS 2016:40 4:2"),
        },
    }
}

fn read(q: &Question) -> Answer {
    match (q.kind.class(), q.own) {
        (Class::Identity | Class::Staff | Class::Legal | Class::Transfer, false) => {
            no(ORGANISATION, "OSL 25:1, 26:1")
        }
        (Class::Transfer, true) => read_told(q),
        (Class::Legal, true) if q.role == Role::Administrator => no(ROLE, "PDL 4:2"),
        (Class::Legal, true) => yes("PDL 4:4; SVOD 2:3"),
        (Class::Identity, true) if q.role == Role::Administrator => no(ROLE, "PDL 4:2"),
        (Class::Identity, true) => yes("PDL 3:6, 4:2; SVOD 4:3"),
        (Class::Staff, true) => read_planning(q),
        (Class::Health, _) if !health_staff(q.role) => no(ROLE, "PDL 4:2; SVOD 3:7"),
        (Class::Health, _) if q.given.relation == Relation::None => no(RELATION, "PDL 4:1"),
        (Class::Health, true) => match (q.given.block, q.given.emergency) {
            (Block::None, _) => yes("PDL 4:1"),
            (Block::Inner, Emergency::Entries) => yes("PDL 4:5"),
            (Block::Inner, Emergency::None | Emergency::Units) => {
                no("policy.blocked_inner", "PDL 4:4")
            }
            (Block::Outer, _) => no(NOT_SHARED, "SVOD 2:3"),
        },
        // Not health staff: they are told, and read that (AC52).
        (Class::Social, _) if !social_staff(q.role) => no(ROLE, "OSL 26:1; SVOD 3:7"),
        (Class::Social, _) if q.given.relation == Relation::None => {
            no(RELATION, "OSL 26:1; SVOD 3:2")
        }
        (Class::Social, true) if q.given.block == Block::Outer => no(NOT_SHARED, "SVOD 2:3"),
        (Class::Social, true) => yes("SoL 14:3; OSL 26:1"),
        (Class::Health | Class::Social, false) => read_others(q),
    }
}

/// What health care was told: the unit that was told, and hemtjänst, who told it.
fn read_told(q: &Question) -> Answer {
    let may = match q.role {
        Role::Hemtjanst => true,
        Role::Nurse | Role::Doctor => q.keeper == Keeper::OwnUnit,
        Role::Assessor | Role::Administrator => false,
    };
    match (may, q.given.relation) {
        (false, _) => no(ROLE, "OSL 26:1"),
        (true, Relation::None) => no(RELATION, "PDL 4:1; OSL 26:1"),
        (true, Relation::Care) => yes("OSL 10:1, 26:1"),
    }
}

/// Of another organisation: health staff health documents, social staff social ones, with a relation.
fn read_others(q: &Question) -> Answer {
    let health = q.kind.class() == Class::Health;
    match (q.given.block, q.given.emergency) {
        (Block::Outer, Emergency::Units | Emergency::Entries) if health => {
            return no("policy.blocked_outer", "SVOD 3:5");
        }
        (Block::Outer | Block::Inner, _) => return no(NOT_SHARED, "SVOD 2:3, 2:4"),
        (Block::None, _) => {}
    }
    match (q.given.sharing, q.given.capacity) {
        (Sharing::Objected, _) => return no(NOT_SHARED, "SVOD 2:3"),
        (Sharing::NotInformed, Capacity::Able) => return no(NOT_SHARED, "SVOD 2:2"),
        (Sharing::NotInformed, Capacity::Unable) | (Sharing::Open, _) => {}
    }
    match (q.given.capacity, q.given.consent, q.given.emergency) {
        (Capacity::Unable, _, _) if health => yes("SVOD 3:3"),
        (Capacity::Unable, _, _) => yes("SVOD 3:4"),
        (Capacity::Able, Consent::Given, _) if health => yes("SVOD 3:1"),
        (Capacity::Able, Consent::Given, _) => yes("SVOD 3:2"),
        (Capacity::Able, Consent::None, Emergency::Entries) if health => yes("SVOD 3:6"),
        (Capacity::Able, Consent::None, _) => no("policy.no_consent", "SVOD 3:7"),
    }
}

/// Rounds and directory at home.
fn read_planning(q: &Question) -> Answer {
    match (q.kind, q.role, q.keeper) {
        (DocumentKind::Directory, _, _) => yes("HSLF-FS 2016:40 4:2"),
        (_, Role::Nurse | Role::Doctor, _) => yes("PDL 4:2"),
        (_, Role::Hemtjanst | Role::Assessor, Keeper::OwnUnit) => yes("SVOD 4:3"),
        (_, Role::Hemtjanst | Role::Assessor, _) => no(ROLE, "SVOD 4:3"),
        (_, Role::Administrator, _) => no(ROLE, "PDL 4:2"),
    }
}

fn write(q: &Question) -> Answer {
    match (q.kind.class(), q.own, q.role) {
        (Class::Health, _, Role::Hemtjanst | Role::Assessor | Role::Administrator) => {
            no(ROLE, "PDL 3:3, 4:2")
        }
        (_, false, _) => no(ORGANISATION, "PDL 3:3; SVOD 4:1"),
        (Class::Identity, true, Role::Nurse | Role::Doctor | Role::Assessor) => yes("PDL 3:6"),
        (Class::Identity, true, Role::Hemtjanst | Role::Administrator) => no(ROLE, "PDL 4:2"),
        (Class::Staff, true, role) => match (q.kind, role) {
            (DocumentKind::Directory, Role::Administrator) => yes("HSLF-FS 2016:40 4:2"),
            (DocumentKind::Directory, _) => no(ROLE, "HSLF-FS 2016:40 4:2"),
            _ => read_planning(q),
        },
        (Class::Health, true, Role::Nurse | Role::Doctor) => {
            match (q.given.relation, q.given.block) {
                (Relation::None, _) => no(RELATION, "PDL 4:1"),
                (Relation::Care, Block::Inner) => no("policy.blocked_inner", "PDL 4:4"),
                (Relation::Care, Block::Outer) => no(NOT_SHARED, "SVOD 2:3"),
                (Relation::Care, Block::None) => yes("PDL 3:3"),
            }
        }
        (Class::Social, true, Role::Hemtjanst) => match (q.given.relation, q.given.block) {
            (Relation::None, _) => no(RELATION, "OSL 26:1"),
            (Relation::Care, Block::Outer) => no(NOT_SHARED, "SVOD 2:3"),
            (Relation::Care, Block::Inner | Block::None) => yes("SoL 14:3"),
        },
        (Class::Social, true, _) => no(ROLE, "SoL 14:3"),
        (Class::Transfer, true, Role::Hemtjanst) => match q.given.relation {
            Relation::None => no(RELATION, "OSL 26:1"),
            Relation::Care => yes("OSL 10:1"),
        },
        (Class::Transfer, true, _) => no(ROLE, "OSL 26:1"),
        (Class::Legal, true, Role::Administrator) => no(ROLE, "PDL 4:2"),
        (Class::Legal, true, _) => yes("PDL 4:4; SVOD 2:3"),
    }
}

/// That there is something. Towards other organisations the answer is the same for both classes and for all who
/// give care, so that it tells neither.
fn exists(q: &Question) -> Answer {
    let given = q.given;
    match (q.kind.class(), q.own) {
        (Class::Identity | Class::Staff | Class::Legal | Class::Transfer, _) => read(q),
        (Class::Health, true) if !health_staff(q.role) => no(ROLE, "PDL 4:2"),
        (Class::Social, true) if !social_staff(q.role) => no(ROLE, "OSL 26:1"),
        (_, _) if q.role == Role::Administrator => no(ROLE, "PDL 4:2; SVOD 4:3"),
        (_, _) if given.relation == Relation::None => no(RELATION, "PDL 4:1; SVOD 3:2"),
        (_, _) if given.block == Block::Outer => no(NOT_SHARED, "SVOD 2:4"),
        (Class::Health, true) => yes("PDL 4:1, 4:4"),
        (Class::Social, true) => yes("SoL 14:3; OSL 26:1"),
        (_, false) if given.block == Block::Inner => no(NOT_SHARED, "SVOD 2:4"),
        (_, false) if given.sharing == Sharing::Objected => no(NOT_SHARED, "SVOD 2:3, 2:4"),
        (_, false) if given.sharing == Sharing::NotInformed && given.capacity == Capacity::Able => {
            no(NOT_SHARED, "SVOD 2:2")
        }
        (_, false) => yes("SVOD 2:4"),
    }
}

fn see_blocking_unit(q: &Question) -> Answer {
    let given = q.given;
    match (q.kind.class(), q.own) {
        (Class::Identity | Class::Social | Class::Staff | Class::Legal | Class::Transfer, _) => {
            no("policy.nobody", "PDL 4:4")
        }
        (Class::Health, _) if !health_staff(q.role) => no(ROLE, "PDL 4:5; SVOD 3:5"),
        (Class::Health, _) if given.relation == Relation::None => no(RELATION, "PDL 4:1"),
        (Class::Health, _) if given.emergency == Emergency::None => {
            no("policy.no_emergency", "PDL 4:5; SVOD 3:5")
        }
        (Class::Health, true) if given.block == Block::Inner => yes("PDL 4:5"),
        (Class::Health, false) if given.block == Block::Outer => yes("SVOD 3:5"),
        (Class::Health, _) => no(NO_BLOCK, "PDL 4:5; SVOD 3:5"),
    }
}

fn open_emergency(q: &Question) -> Answer {
    match (q.kind.class(), q.own) {
        (Class::Identity | Class::Social | Class::Staff | Class::Legal | Class::Transfer, _) => {
            no("policy.nobody", "SVOD 3:7")
        }
        (Class::Health, _) if !health_staff(q.role) => no(ROLE, "PDL 4:5; SVOD 3:5, 3:6"),
        (Class::Health, _) if q.given.relation == Relation::None => no(RELATION, "PDL 4:1"),
        (Class::Health, true) if q.given.block == Block::Inner => yes("PDL 4:5"),
        (Class::Health, true) => no(NO_BLOCK, "PDL 4:5"),
        (Class::Health, false) => yes("SVOD 3:5, 3:6"),
    }
}

fn ask_to_lift(q: &Question) -> Answer {
    match (q.kind.class(), q.own) {
        (Class::Identity | Class::Social | Class::Staff | Class::Legal | Class::Transfer, _)
        | (Class::Health, true) => no("policy.nobody", "SVOD 3:5"),
        (Class::Health, false) if !health_staff(q.role) => no(ROLE, "SVOD 3:5"),
        (Class::Health, false) if q.given.relation == Relation::None => no(RELATION, "SVOD 3:1"),
        (Class::Health, false) => match (q.given.emergency, q.given.block) {
            (Emergency::None, _) => no("policy.no_emergency", "SVOD 3:5"),
            (Emergency::Units | Emergency::Entries, Block::Outer) => yes("SVOD 3:5"),
            (Emergency::Units | Emergency::Entries, _) => no(NO_BLOCK, "SVOD 3:5"),
        },
    }
}

fn block_or_lift(q: &Question) -> Answer {
    let theirs = match q.kind.class() {
        Class::Identity | Class::Staff | Class::Legal | Class::Transfer => {
            return no("policy.nobody", "PDL 4:4; SVOD 2:3");
        }
        Class::Health => health_staff(q.role),
        Class::Social => social_staff(q.role),
    };
    match (q.own, q.keeper, q.given.block) {
        (false, _, _) => no(NOT_OWN, "SVOD 3:5"),
        (true, Keeper::OtherUnit, _) => no(NOT_OWN, "PDL 4:4, 4:5"),
        (true, _, _) if !theirs => no(ROLE, "PDL 4:2; SVOD 4:3"),
        (true, _, Block::Inner | Block::Outer) => no(NOT_OWN, "PDL 4:4, 4:5"),
        (true, _, Block::None)
            if q.action == Action::LiftBlock && q.given.relation == Relation::None =>
        {
            no(RELATION, "PDL 4:1; OSL 26:1")
        }
        (true, _, Block::None) => yes("PDL 4:4, 4:5; SVOD 2:3"),
    }
}

fn declare_relation(q: &Question) -> Answer {
    match (q.kind.class(), q.own) {
        (Class::Staff | Class::Legal, _) => no("policy.nobody", "PDL 4:1"),
        (Class::Identity | Class::Transfer, false) => no(ORGANISATION, "OSL 25:1, 26:1"),
        (_, _) if q.role == Role::Administrator => no(ROLE, "PDL 4:2"),
        (Class::Transfer, true) if q.role == Role::Assessor => no(ROLE, "OSL 26:1"),
        (Class::Identity | Class::Transfer, true) => yes("PDL 4:1; SVOD 4:3"),
        (Class::Health, _) if health_staff(q.role) => yes("PDL 4:1; SVOD 3:1"),
        (Class::Health, _) => no(ROLE, "PDL 4:2"),
        (Class::Social, _) if social_staff(q.role) => yes("SVOD 3:2, 4:3"),
        (Class::Social, _) => no(ROLE, "SVOD 3:7"),
    }
}

fn see_address(q: &Question) -> Answer {
    match (q.kind.class(), q.own) {
        (Class::Health | Class::Social | Class::Staff | Class::Legal | Class::Transfer, _) => {
            no("policy.nobody", "OSL 22:1")
        }
        (Class::Identity, false) => no(ORGANISATION, "OSL 25:1, 26:1"),
        (Class::Identity, true) if q.role == Role::Administrator => no(ROLE, "PDL 4:2"),
        (Class::Identity, true) if q.given.protected => no("policy.protected", "OSL 22:1"),
        (Class::Identity, true) => yes("PDL 4:1; SVOD 4:3"),
    }
}

fn read_log(q: &Question) -> Answer {
    match (q.own, q.role, q.kind.class()) {
        (false, _, _) => no(ORGANISATION, "SVOD 4:1"),
        (true, Role::Administrator, _) => yes("PDL 4:3, 8:5; SVOD 4:4, 4:5"),
        (true, Role::Nurse | Role::Doctor | Role::Assessor, Class::Identity) => {
            match (q.given.relation, q.given.block) {
                (Relation::None, _) => no(RELATION, "PDL 4:1"),
                (Relation::Care, Block::Inner | Block::Outer) => {
                    no("policy.blocked_inner", "PDL 4:4")
                }
                (Relation::Care, Block::None) => yes("PDL 8:5; SVOD 4:5"),
            }
        }
        (true, _, _) => no(ROLE, "PDL 4:2"),
    }
}
