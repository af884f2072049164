//! Whether what is pushed may be what it says: whose tablet made it, and whether its author may make
//! an act.

use crate::storage::Device;
use hemrond_domain::{
    ids::{DeviceId, UnitId, UserId},
    law::{self, Act, Bound, Made, Maker},
    people::User,
    record::DocumentKind,
};
use hemrond_policy::{Action, Policy, Principal, Resource};
use hemrond_sync::acceptance::{Claimant, Finding, Reason};
use std::collections::BTreeMap;

/// Who sends, and whose the tablets are that the push names.
pub(super) struct Lawful<'a> {
    policy: &'a Policy,
    sender: &'a User,
    owners: BTreeMap<DeviceId, UserId>,
}

impl<'a> Lawful<'a> {
    /// For what `sender` pushes; `devices` are those that the push names and that there are.
    pub(super) fn new(policy: &'a Policy, sender: &'a User, devices: &[Device]) -> Self {
        Self {
            policy,
            sender,
            owners: devices
                .iter()
                .map(|device| (device.id, device.user))
                .collect(),
        }
    }

    /// Refuses what cannot be its author's, and an act that its author may not make.
    pub(super) fn judged(&self, finding: Finding, author: Option<Claimant>) -> Finding {
        let reason = match &finding {
            Finding::Refused(..) => return finding,
            // A tablet is one account's: what it made, nobody else made.
            _ if author.is_some_and(|author| self.is_anothers(author)) => Reason::NotAuthor,
            Finding::Entry(entry) => match &entry.act {
                Some(act) if !self.may_make(act, author) => Reason::ActForbidden,
                _ => return finding,
            },
            Finding::Change(_) => return finding,
        };
        let hash = match &finding {
            Finding::Change(change) => Some(change.hash),
            Finding::Entry(entry) => Some(entry.hash),
            Finding::Refused(_, hash) => *hash,
        };
        Finding::Refused(reason, hash)
    }

    /// Whether the author is another tablet of the sender's account, which may be shut out by now.
    pub(super) fn is_own_tablet(&self, author: Claimant) -> bool {
        author.user == self.sender.id && self.owners.get(&author.device) == Some(&self.sender.id)
    }

    fn is_anothers(&self, author: Claimant) -> bool {
        let owner = self.owners.get(&author.device);
        owner.is_some_and(|owner| *owner != author.user)
    }

    /// Whoever sends an act of their own, from whichever of their tablets, answers for it with the role
    /// and the unit that they have now, and so while a restored server takes back what it forgot. What
    /// colleagues made was judged when it came for the first time, by the role that its author had then;
    /// that it is theirs, its signature says.
    fn may_make(&self, act: &Made, author: Option<Claimant>) -> bool {
        let is_own = author.is_none_or(|author| author.user == self.sender.id);
        let maker = Maker {
            user: self.sender.id,
            role: self.sender.role,
            organisation: self.sender.organisation,
            unit: self.sender.unit,
        };
        !is_own || (law::may_make(act, &maker).is_ok() && self.policy_lets(act))
    }

    /// What the policies say of setting and lifting a block. Whose block it is that is lifted the storage
    /// knows, and asks.
    fn policy_lets(&self, act: &Made) -> bool {
        let own = Some(self.sender.unit);
        match &act.act {
            Some(Act::BlockSet {
                bound: Bound::Inner,
                ..
            }) => self.may(Action::Block, DocumentKind::Visit, own),
            // An outer block covers the record and the social documents: whoever may shut either for
            // the person may shut both.
            Some(Act::BlockSet {
                bound: Bound::Outer,
                ..
            }) => [DocumentKind::Visit, DocumentKind::Observations]
                .into_iter()
                .any(|kind| self.may(Action::Block, kind, None)),
            // Every block covers the record: whoever lifts one must be among those who may open it.
            Some(Act::BlockLifted { .. }) => self.may(Action::LiftBlock, DocumentKind::Visit, own),
            Some(Act::RelationDeclared { .. }) => {
                self.may(Action::DeclareRelation, DocumentKind::Person, None)
            }
            _ => true,
        }
    }

    fn may(&self, action: Action, kind: DocumentKind, unit: Option<UnitId>) -> bool {
        let who = Principal::from(self.sender);
        let what = Resource {
            kind,
            class: kind.class(),
            organisation: self.sender.organisation,
            unit,
        };
        self.policy.may(&who, action, &what).allowed
    }
}
