//! What stands between an asker and another organisation's document.

use crate::storage::Kept;
use chrono::{DateTime, Utc};
use hemrond_documents::entry::{Contents, Entry};
use hemrond_domain::{
    law::{Bound, Made, Standing, Step},
    people::User,
    record::Header,
};
use hemrond_policy::{Block, Capacity, Circumstances, Consent, Emergency, Relation, Sharing};
use hemrond_protocol::ItemKind;

/// What stands of the acts that an acts document holds.
pub(crate) fn standing(kept: Option<&Kept>, now: DateTime<Utc>) -> Standing {
    let items = kept.map(|kept| kept.items.as_slice()).unwrap_or_default();
    let entries = items.iter().filter(|item| item.kind == ItemKind::Entry);
    let acts: Vec<Made> = entries
        .filter_map(|item| {
            let entry = Entry::parse(&item.bytes).ok()?;
            match &entry.content {
                Contents::Act(content) => content.made(entry.hash).ok(),
                Contents::Record(_) => None,
            }
        })
        .collect();
    Standing::of(&acts, now)
}

/// The two organisations' acts about one person, and who asks.
#[derive(Debug)]
pub(super) struct Between<'a> {
    /// Who asks.
    pub(super) user: &'a User,
    /// What stands at the asker's organisation.
    pub(super) here: &'a Standing,
    /// What stands at the organisation that answers for the documents.
    pub(super) there: &'a Standing,
}

impl Between<'_> {
    /// What the policies want to know of a document of theirs.
    ///
    /// Whether the asker takes part in the care is asked on the tablet, as for the own organisation's
    /// records. Who cannot decide (lag 2022:913, 2 kap. 6 §) is known to both: the giver's assessment
    /// makes the document available, the asker's lets it be read. Where only the asker has assessed, and the
    /// giver has not informed either, nothing is available.
    pub(super) fn circumstances(&self, header: &Header) -> Circumstances {
        let available = self.there.is_informed_of_sharing() || is_unable(self.there);
        let inner = header.unit().is_some_and(|unit| {
            let blocks = self.there.blocks.iter();
            let mut inner = blocks.filter(|block| block.bound == Bound::Inner);
            inner.any(|block| block.unit == Some(unit))
        });
        // An objection blocks at once (2 kap. 3 §), and in danger it is told whose it is (3 kap. 5 §).
        let outer = self.there.blocks_others();
        Circumstances {
            relation: Relation::Care,
            block: match (outer, inner) {
                (true, _) => Block::Outer,
                // Towards another organisation it binds as an outer one does.
                (false, true) => Block::Inner,
                (false, false) => Block::None,
            },
            sharing: if !self.there.objections.is_empty() {
                Sharing::Objected
            } else if available {
                Sharing::Open
            } else {
                Sharing::NotInformed
            },
            consent: match self.here.consents_to(header.organisation(), header.class()) {
                true => Consent::Given,
                false => Consent::None,
            },
            capacity: match available && is_unable(self.here) {
                true => Capacity::Unable,
                false => Capacity::Able,
            },
            emergency: self.emergency(header),
            protected: false,
        }
    }

    /// Whether the asker has said that there is danger, and it stands.
    pub(super) fn is_in_danger(&self) -> bool {
        let mut openings = self.here.emergencies_of(self.user.id, Bound::Outer);
        openings.next().is_some()
    }

    fn emergency(&self, header: &Header) -> Emergency {
        let here = self.here;
        match here.emergency(Bound::Outer, self.user.id, header.unit(), header.id()) {
            None => Emergency::None,
            Some(Step::Units) => Emergency::Units,
            Some(Step::Entries) => Emergency::Entries,
        }
    }
}

/// Whether somebody has assessed, in full, that the person cannot decide.
pub(super) fn is_unable(standing: &Standing) -> bool {
    standing.capacity.as_ref().is_some_and(|found| !found.able)
}
