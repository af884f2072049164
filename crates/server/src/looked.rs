//! Who has looked at a person's data, on every tablet of the organisation and from outside, for those in
//! the person's care who show it to them (patientdatalagen 8 kap. 5 §; lag 2022:913, 4 kap. 5 §).
//!
//! It is told with contact and kept nowhere. That somebody asked stands in the log when it is told.

use crate::{
    elsewhere::standing,
    review::{self, Names},
    state::Server,
    storage::{Account, StorageError},
};
use hemrond_audit::{Action as Logged, Event, SERVER};
use hemrond_domain::{ids::PersonId, law::Bound, people::User, record::Header};
use hemrond_policy::{Action, Block, Circumstances, Principal, Resource};
use hemrond_protocol::{Look, Looked, WireId};

/// How many looks one answer tells, the newest.
const MOST: usize = 500;

/// Answers who has looked.
///
/// # Errors
/// When the database fails.
pub(crate) async fn told(
    server: &Server,
    account: &Account,
    person: PersonId,
) -> Result<Looked, StorageError> {
    let user = &account.user;
    let storage = server.storage.as_ref();
    if !may(server, user, person).await? {
        note(server, user, Logged::Denied, person).await?;
        return Ok(Looked {
            refused: true,
            looks: Vec::new(),
        });
    }
    let events = review::about(storage, person).await?;
    let names = Names::read(storage).await?;
    note(server, user, Logged::Read, person).await?;
    // An id of somebody else's person leads to nothing.
    let own = events.iter().rev().map(|said| &said.event);
    let own = own.filter(|event| event.organisation == user.organisation);
    let newest = own.take(MOST);
    Ok(Looked {
        refused: false,
        looks: newest.map(|event| look(&names, user, event)).collect(),
    })
}

/// Whether the policies let somebody see who has looked. Whether they take part in the care is asked
/// on the tablet, as for the record itself.
async fn may(server: &Server, user: &User, person: PersonId) -> Result<bool, StorageError> {
    let acts = Header::acts(user.organisation, person);
    let acts = server.storage.document(acts.id()).await?;
    let standing = standing(acts.as_ref(), server.clock.now());
    // Lines of a unit that is blocked off from the asker's would tell what the block hides.
    let mut inner = standing.blocks.iter();
    let is_blocked =
        inner.any(|block| block.bound == Bound::Inner && block.unit != Some(user.unit));
    let circumstances = Circumstances {
        block: if is_blocked {
            Block::Inner
        } else {
            Block::None
        },
        ..Circumstances::ordinary()
    };
    let header = Header::person(user.organisation, person);
    let (who, what) = (Principal::from(user), Resource::from(&header));
    let decision = server
        .policy
        .may_in(&who, Action::ReadLog, &what, &circumstances);
    Ok(decision.allowed)
}

fn look(names: &Names, asker: &User, event: &Event) -> Look {
    let own = asker.organisation;
    Look {
        at_ms: event.at_ms,
        user: WireId::from(event.user),
        name: names.staff(event, own).map(str::to_owned),
        role: event.role.clone(),
        unit: names.unit_seen_from(event, own),
        action: event.action.as_str().to_owned(),
        kind: event.kind.clone(),
    }
}

async fn note(
    server: &Server,
    user: &User,
    action: Logged,
    person: PersonId,
) -> Result<(), StorageError> {
    let now = server.clock.now_ms();
    let event = Event {
        action,
        user: user.id,
        role: user.role.as_str().to_owned(),
        unit: user.unit,
        organisation: user.organisation,
        device: SERVER,
        person: Some(person),
        kind: Some("access_log".to_owned()),
        document: None,
        reason: None,
        basis: None,
        at_ms: now,
    };
    server.storage.log_own(event, now).await
}
