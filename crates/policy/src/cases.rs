//! Every case that the policies can tell apart.

use crate::{
    Circumstances,
    question::{Action, Principal, Resource},
};
use hemrond_domain::{people::Role, record::DocumentKind};

/// Whose unit keeps the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Unit {
    /// No unit keeps it.
    None,
    /// The asker's own.
    Own,
    /// Another.
    Other,
}

impl Unit {
    pub(crate) const ALL: [Self; 3] = [Self::None, Self::Own, Self::Other];
}

/// One case: all that a decision depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Case {
    pub(crate) role: Role,
    pub(crate) kind: DocumentKind,
    pub(crate) action: Action,
    pub(crate) own_organisation: bool,
    pub(crate) unit: Unit,
    pub(crate) circumstances: Circumstances,
}

impl Case {
    /// The case that a question falls under.
    pub(crate) fn of(
        who: &Principal,
        action: Action,
        what: &Resource,
        circumstances: &Circumstances,
    ) -> Self {
        Self {
            role: who.role,
            kind: what.kind,
            action,
            own_organisation: who.organisation == what.organisation,
            unit: match what.unit {
                None => Unit::None,
                Some(unit) if unit == who.unit => Unit::Own,
                Some(_) => Unit::Other,
            },
            circumstances: *circumstances,
        }
    }

    /// Every case of reading and writing on an ordinary day.
    pub(crate) fn ordinary() -> impl Iterator<Item = Self> {
        Role::ALL.into_iter().flat_map(|role| {
            DocumentKind::ALL.into_iter().flat_map(move |kind| {
                [Action::Read, Action::Write]
                    .into_iter()
                    .flat_map(move |action| {
                        [true, false].into_iter().flat_map(move |own_organisation| {
                            Unit::ALL.into_iter().map(move |unit| Self {
                                role,
                                kind,
                                action,
                                own_organisation,
                                unit,
                                circumstances: Circumstances::ordinary(),
                            })
                        })
                    })
            })
        })
    }
}
