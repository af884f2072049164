//! Taking in a push: judge it against what is known, lay out what is taken, publish it at once.

use super::state::{ChangeColumns, Fed, Refused, State, Stored};
use crate::storage::{
    Asker, PushedDocument, PushedItem, StorageError,
    narrowing::{Effect, Narrowing, Sight, effects},
    paging::What,
    records::{REFUSED_KEPT, keeps_bytes},
};
use hemrond_domain::{
    ids::DeviceId,
    record::{DocumentClass, DocumentId, Header},
};
use hemrond_protocol::ItemHash;
use hemrond_sync::acceptance::{
    ActorId, ChangeClaims, Claimant, Finding, Judge, Known, LastChange, Permission, Reason, Verdict,
};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What a push will change, laid out and not yet done.
pub(super) struct Layout {
    /// Per document, in the order of the push, a verdict for every item.
    pub(super) verdicts: Vec<Vec<Verdict>>,
    /// Documents of the push that are blocked off from the sender.
    pub(super) blocked: Vec<DocumentId>,
    items: Vec<(Header, ItemHash, Stored)>,
    actors: BTreeMap<ActorId, Claimant>,
    refused: Vec<((DeviceId, [u8; 32]), Refused)>,
    effects: Vec<Effect>,
    narrowing: Arc<Narrowing>,
    numbers: BTreeSet<(String, DocumentId)>,
}

/// Judges a push, and gives what it takes the positions after `before`.
pub(super) fn lay_out(
    state: &State,
    asker: &Asker,
    documents: &[PushedDocument],
    before: u64,
    now: i64,
) -> Result<Layout, StorageError> {
    state.check_access(asker.user, asker.access_version)?;
    let mut known = known(state, documents);
    let mut judge = Judge::new(asker.claimant(), state.recovering, actors(state, documents));
    let mut narrowing = Arc::clone(&state.narrowing);
    let sight = Sight::from(asker);
    let mut changed: Vec<Effect> = Vec::new();
    let mut blocked = Vec::new();
    let mut items = Vec::new();
    let mut numbers = BTreeSet::new();
    let mut refused = Vec::new();
    let mut verdicts = Vec::with_capacity(documents.len());
    let mut position = before;
    for document in documents {
        let of_document = match &document.header {
            Err(reason) => vec![Verdict::Refused(*reason); document.items.len()],
            Ok(header) => {
                let offered: Vec<_> = document
                    .items
                    .iter()
                    .map(|item| narrowing.offered(&item.offered))
                    .collect();
                let permission = Permission {
                    blocked: narrowing.blocks_off(header, sight.unit),
                    ..document.permission
                };
                if narrowing.hides(header, &sight) {
                    blocked.push(header.id());
                }
                let known = known.entry(header.id()).or_default();
                let refused = known.refused.clone();
                let verdicts = judge.document(&offered, known, permission);
                for (item, verdict) in document.items.iter().zip(&verdicts) {
                    if *verdict == Verdict::Accepted
                        && let Some(hash) = hash_of(&item.offered.finding)
                    {
                        position += 1;
                        let run = asker.brings(refused.contains(&hash));
                        let stored = stored(item, asker.device, run, position, now);
                        items.push((header.clone(), hash, stored));
                        let said = document.number.clone();
                        numbers.extend(said.map(|number| (number, header.id())));
                        // What is opened in this push is open for what follows in it.
                        for effect in effects(header, &item.offered.finding) {
                            Arc::make_mut(&mut narrowing).add(&effect);
                            changed.push(effect);
                        }
                    }
                }
                verdicts
            }
        };
        let id = document.header.as_ref().ok().map(Header::id);
        for (item, verdict) in document.items.iter().zip(&of_document) {
            if let Verdict::Refused(reason) = verdict
                && !reason.leaves_waiting()
            {
                refused.push(keep(asker, id, item, *reason, now));
            }
        }
        verdicts.push(of_document);
    }
    Ok(Layout {
        verdicts,
        blocked,
        items,
        actors: judge.registered().clone(),
        refused,
        effects: changed,
        narrowing,
        numbers,
    })
}

/// Does what was laid out. Returns the feed's new head.
pub(super) fn apply(state: &mut State, layout: Layout) -> u64 {
    for (header, hash, item) in layout.items {
        state.add(&header, hash, item);
    }
    if !layout.effects.is_empty() {
        state.narrowing = layout.narrowing;
        reconsider(state, &layout.effects);
    }
    if !layout.numbers.is_empty() {
        Arc::make_mut(&mut state.numbers).extend(layout.numbers);
    }
    if !layout.actors.is_empty() {
        Arc::make_mut(&mut state.actors).extend(layout.actors);
    }
    let senders: BTreeSet<DeviceId> = layout
        .refused
        .iter()
        .map(|((device, _), _)| *device)
        .collect();
    for (name, new) in layout.refused {
        let table = Arc::make_mut(&mut state.refused);
        match table.get_mut(&name) {
            Some(kept) => {
                kept.code = new.code;
                kept.document = new.document;
                kept.refused_at = new.refused_at;
            }
            None => {
                table.insert(name, new);
            }
        }
    }
    for device in senders {
        forget_oldest(state, device);
    }
    state.head
}

/// Publishes that the documents which these effects reach are to be considered anew.
fn reconsider(state: &mut State, effects: &[Effect]) {
    for effect in effects {
        let (organisation, person, unit, of, audience) = match effect {
            Effect::Opening(opening) => (
                opening.organisation,
                opening.person,
                opening.unit,
                opening.document,
                Some(opening.user),
            ),
            Effect::Block(_) | Effect::Lift(_) => {
                let block = match effect {
                    Effect::Block(block) => Some(block),
                    Effect::Lift(lift) => state.narrowing.block(lift.block),
                    Effect::Opening(_) => None,
                };
                // A lift that comes before its block: the block's own event says what is so.
                let Some(block) = block else { continue };
                let unit = Some(block.unit);
                (block.organisation, block.person, unit, None, None)
            }
        };
        let reached: Vec<DocumentId> = state
            .documents
            .iter()
            .filter(|(id, document)| {
                let header = &document.header;
                header.class() == DocumentClass::Health
                    && header.person_id() == Some(person)
                    && header.organisation() == organisation
                    && (unit.is_none() || header.unit() == unit)
                    && of.is_none_or(|of| of == **id)
                    // What was destroyed is gone for everybody.
                    && !state.destroyed.contains_key(id)
            })
            .map(|(id, _)| *id)
            .collect();
        for document in reached {
            let fed = Fed {
                what: What::Reconsider,
                document,
                item: None,
                audience,
            };
            state.publish(state.head + 1, fed);
        }
    }
}

/// What the judge must know of every document in the push.
fn known(state: &State, documents: &[PushedDocument]) -> BTreeMap<DocumentId, Known> {
    let mut all: BTreeMap<DocumentId, Known> = BTreeMap::new();
    for document in documents {
        let Ok(header) = &document.header else {
            continue;
        };
        let known = all
            .entry(header.id())
            .or_insert_with(|| held(state, header.id()));
        known
            .given
            .extend(document.given.iter().map(|(hash, op)| (*hash, *op)));
        let given = document.given.values().copied();
        known.max_op = given.fold(known.max_op, u64::max);
        known.purged = state.destroyed.contains_key(&header.id());
    }
    for refused in state.refused.values() {
        if let (Some(document), Some(hash)) = (refused.document, refused.hash)
            && let Some(known) = all.get_mut(&document)
            // Taken later after all, or from somebody who could vouch for it.
            && !known.held.contains_key(&hash)
        {
            known.refused.insert(hash);
        }
    }
    all
}

fn held(state: &State, id: DocumentId) -> Known {
    let mut known = Known::default();
    let Some(document) = state.documents.get(&id) else {
        return known;
    };
    for (hash, item) in &document.items {
        let max_op = item.change.map_or(0, |change| change.max_op);
        known.held.insert(*hash, max_op);
        known.max_op = known.max_op.max(max_op);
        if let Some(change) = item.change {
            let last: &mut LastChange = known.last.entry(change.actor).or_default();
            last.seq = last.seq.max(change.seq);
            last.max_op = last.max_op.max(change.max_op);
        }
    }
    known
}

/// Who is registered for the actors of the push.
fn actors(state: &State, documents: &[PushedDocument]) -> BTreeMap<ActorId, Claimant> {
    documents
        .iter()
        .flat_map(|document| &document.items)
        .filter_map(|item| {
            let actor = change_of(&item.offered.finding)?.actor;
            Some((actor, *state.actors.get(&actor)?))
        })
        .collect()
}

fn change_of(finding: &Finding) -> Option<&ChangeClaims> {
    match finding {
        Finding::Change(change) => Some(change),
        Finding::Entry(_) | Finding::Refused(..) => None,
    }
}

fn hash_of(finding: &Finding) -> Option<ItemHash> {
    match finding {
        Finding::Change(change) => Some(change.hash),
        Finding::Entry(entry) => Some(entry.hash),
        Finding::Refused(_, hash) => *hash,
    }
}

fn stored(item: &PushedItem, device: DeviceId, run: [u8; 16], fed: u64, now: i64) -> Stored {
    Stored {
        kind: item.kind,
        bytes: item.bytes.as_slice().into(),
        change: change_of(&item.offered.finding).map(|change| ChangeColumns {
            actor: change.actor,
            seq: change.seq,
            max_op: change.max_op,
        }),
        device,
        run,
        received_at: now,
        fed,
    }
}

fn keep(
    asker: &Asker,
    document: Option<DocumentId>,
    item: &PushedItem,
    reason: Reason,
    now: i64,
) -> ((DeviceId, [u8; 32]), Refused) {
    let name = (asker.device, Sha256::digest(&item.bytes).into());
    let bytes: &[u8] = if keeps_bytes(item, reason) {
        &item.bytes
    } else {
        &[]
    };
    let refused = Refused {
        document,
        hash: hash_of(&item.offered.finding),
        code: reason.code(),
        bytes: bytes.into(),
        refused_at: now,
    };
    (name, refused)
}

fn forget_oldest(state: &mut State, device: DeviceId) {
    let mut names = newest_first(state, device);
    if names.len() > REFUSED_KEPT {
        let table = Arc::make_mut(&mut state.refused);
        for name in names.drain(REFUSED_KEPT..) {
            table.remove(&(device, name));
        }
    }
}

/// The names of what a device sent and was refused, newest first.
pub(super) fn newest_first(state: &State, device: DeviceId) -> Vec<[u8; 32]> {
    let of_device = (device, [0; 32])..=(device, [0xff; 32]);
    let mut found: Vec<(i64, [u8; 32])> = state
        .refused
        .range(of_device)
        .map(|((_, name), refused)| (refused.refused_at, *name))
        .collect();
    found.sort_by(|(a_at, a), (b_at, b)| b_at.cmp(a_at).then(a.cmp(b)));
    found.into_iter().map(|(_, name)| name).collect()
}
