//! Drawing a random sample among one organisation's entries.

use super::{Placed, STEP, at};
use crate::{
    environment::Chance,
    storage::{LogQuery, Storage, StorageError},
};
use hemrond_audit::draw;
use hemrond_domain::ids::OrganisationId;
use std::collections::BTreeSet;

/// How many places are looked up by chance before the whole log is read for an organisation that has
/// little in it. A log of no more entries is read at once.
const TRIES: u64 = 2_000;

/// Draws entries of an organisation, each set of so many as likely as any other; all of them where
/// there are no more. By place.
///
/// # Errors
/// When the database fails.
pub(crate) async fn sample(
    storage: &dyn Storage,
    chance: &dyn Chance,
    organisation: OrganisationId,
    count: u32,
) -> Result<Vec<Placed>, StorageError> {
    let tree = storage.log_tree(0).await?;
    // What was destroyed after its time cannot be reviewed any more.
    let first = tree.destroyed_below;
    let population = tree.size.saturating_sub(first);
    let mut tried = BTreeSet::new();
    let mut found = Vec::new();
    // The places come in no order, so that the first of them are drawn as fairly as all.
    while population > TRIES && (tried.len() as u64) < TRIES && found.len() < count as usize {
        for place in draw(population, 1, || number(chance)) {
            let place = first + place;
            if tried.insert(place) {
                found.extend(at(storage, organisation, &[place]).await?);
            }
        }
    }
    if found.len() < count as usize {
        let own = places(storage, organisation, first, tree.size).await?;
        let chosen = draw(own.len() as u64, u64::from(count), || number(chance));
        let chosen = chosen
            .into_iter()
            .filter_map(|one| usize::try_from(one).ok());
        let chosen: Vec<u64> = chosen.filter_map(|one| own.get(one).copied()).collect();
        found = at(storage, organisation, &chosen).await?;
    }
    found.sort_by_key(|one| one.place);
    Ok(found)
}

/// The places of all entries of an organisation.
async fn places(
    storage: &dyn Storage,
    organisation: OrganisationId,
    first: u64,
    end: u64,
) -> Result<Vec<u64>, StorageError> {
    let mut own = Vec::new();
    let mut query = LogQuery {
        from: first,
        person: None,
        most: STEP,
    };
    loop {
        let entries = storage.log_entries(query).await?;
        let Some(last) = entries.last() else { break };
        query.from = last.index + 1;
        let placed = entries.iter().filter_map(Placed::of);
        let here = placed.filter(|one| one.event.organisation == organisation && one.place < end);
        own.extend(here.map(|one| one.place));
        if query.from >= end {
            break;
        }
    }
    Ok(own)
}

fn number(chance: &dyn Chance) -> u64 {
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
