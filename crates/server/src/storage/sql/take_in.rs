//! Taking in a push: judge it against what is known, keep what is taken, publish it.

use super::{
    Connection, Db, StorageError, acts, convert,
    known::{self, State},
    move_head, numbers, page,
    pieces::pieces,
    refused,
};
use crate::storage::{
    Asker, PushedDocument, PushedItem, TakenIn,
    narrowing::{Effect, Sight, effects},
    paging::What,
};
use hemrond_domain::{
    ids::DeviceId,
    record::{DocumentId, Header},
};
use hemrond_protocol::digest::mix;
use hemrond_sync::acceptance::{Finding, Judge, Permission, Verdict};
use sqlx::QueryBuilder;
use std::collections::{BTreeMap, BTreeSet};

/// An item that was taken, with its place in the feed.
struct Taken<'a> {
    document: DocumentId,
    item: &'a PushedItem,
    hash: [u8; 32],
    run: [u8; 16],
    fed: u64,
}

/// Judges and keeps a push, in the transaction that holds the head's lock. Returns the new head.
pub(super) async fn take_in(
    connection: &mut Connection,
    asker: &Asker,
    documents: &[PushedDocument],
    before: u64,
    now: i64,
) -> Result<(TakenIn, u64), StorageError> {
    page::check_access(connection, asker).await?;
    let (recovering,): (i64,) = sqlx::query_as("SELECT recovering FROM meta")
        .fetch_one(&mut *connection)
        .await?;
    let mut states = known::load(connection, documents).await?;
    let actors = known::actors(connection, documents).await?;
    let mut judge = Judge::new(asker.claimant(), recovering == 1, actors);
    let mut narrowing = acts::load(connection, documents).await?;
    let sight = Sight::from(asker);
    let mut changed: Vec<Effect> = Vec::new();
    let mut said: Vec<(String, DocumentId)> = Vec::new();
    let mut blocked = Vec::new();
    let mut taken = Vec::new();
    let mut headers: BTreeMap<DocumentId, &Header> = BTreeMap::new();
    let mut verdicts = Vec::with_capacity(documents.len());
    let mut head = before;
    for document in documents {
        let of_document = match &document.header {
            Err(reason) => vec![Verdict::Refused(*reason); document.items.len()],
            Ok(header) => {
                let id = header.id();
                headers.insert(id, header);
                let state = states.entry(id).or_default();
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
                    blocked.push(id);
                }
                let refused = state.known.refused.clone();
                let of_document = judge.document(&offered, &mut state.known, permission);
                for (item, verdict) in document.items.iter().zip(&of_document) {
                    if *verdict == Verdict::Accepted
                        && let Some(hash) = hash_of(&item.offered.finding)
                    {
                        head += 1;
                        taken.push(Taken {
                            document: id,
                            item,
                            hash,
                            run: asker.brings(refused.contains(&hash)),
                            fed: head,
                        });
                        add(state, id, item, &hash);
                        said.extend(document.number.clone().map(|number| (number, id)));
                        // What is opened in this push is open for what follows in it.
                        for effect in effects(header, &item.offered.finding) {
                            narrowing.add(&effect);
                            changed.push(effect);
                        }
                    }
                }
                of_document
            }
        };
        verdicts.push(of_document);
    }
    if !taken.is_empty() {
        let touched: BTreeSet<DocumentId> = taken.iter().map(|item| item.document).collect();
        let touched: Vec<_> = touched
            .iter()
            .filter_map(|id| Some((*headers.get(id)?, states.get(id)?)))
            .collect();
        write_documents(connection, &touched).await?;
        write_items(connection, asker.device, &taken, now).await?;
        write_actors(connection, &judge).await?;
        write_feed(connection, &taken).await?;
        said.sort_unstable();
        said.dedup();
        numbers::keep(connection, &said).await?;
        acts::keep(connection, &changed).await?;
        head = acts::publish(connection, &changed, &narrowing, head).await?;
        move_head(connection, head).await?;
    }
    refused::keep(connection, asker, documents, &verdicts, now).await?;
    Ok((TakenIn { verdicts, blocked }, head))
}

fn hash_of(finding: &Finding) -> Option<[u8; 32]> {
    match finding {
        Finding::Change(change) => Some(change.hash),
        Finding::Entry(entry) => Some(entry.hash),
        Finding::Refused(..) => None,
    }
}

fn add(state: &mut State, document: DocumentId, item: &PushedItem, hash: &[u8; 32]) {
    mix(&mut state.digest, document, hash);
    state.item_count += 1;
    state.item_bytes += i64::try_from(item.bytes.len()).unwrap_or(i64::MAX);
}

async fn write_documents(
    connection: &mut Connection,
    touched: &[(&Header, &State)],
) -> Result<(), StorageError> {
    for some in pieces(touched) {
        let mut query = QueryBuilder::<Db>::new(
            "INSERT INTO documents (id, kind, organisation_id, unit_id, person_id, part, class, \
             digest, item_count, item_bytes) ",
        );
        query.push_values(some, |mut row, (header, state)| {
            row.push_bind(header.id().as_bytes().to_vec())
                .push_bind(header.kind().as_str())
                .push_bind(header.organisation().as_bytes().to_vec())
                .push_bind(header.unit().map(|unit| unit.as_bytes().to_vec()))
                .push_bind(header.person_id().map(|person| person.as_bytes().to_vec()))
                .push_bind(header.part().to_owned())
                .push_bind(header.class().as_str())
                .push_bind(state.digest.to_vec())
                .push_bind(state.item_count)
                .push_bind(state.item_bytes);
        });
        query.push(
            " ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, \
             item_count = excluded.item_count, item_bytes = excluded.item_bytes",
        );
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn write_items(
    connection: &mut Connection,
    device: DeviceId,
    taken: &[Taken<'_>],
    now: i64,
) -> Result<(), StorageError> {
    for some in pieces(taken) {
        let mut query = QueryBuilder::<Db>::new(
            "INSERT INTO items (document_id, hash, kind, bytes, actor, seq, max_op, device_id, \
             run, received_at, fed) ",
        );
        query.push_values(some, |mut row, taken| {
            let change = match &taken.item.offered.finding {
                Finding::Change(change) => Some(change),
                Finding::Entry(_) | Finding::Refused(..) => None,
            };
            row.push_bind(taken.document.as_bytes().to_vec())
                .push_bind(taken.hash.to_vec())
                .push_bind(taken.item.kind.number())
                .push_bind(taken.item.bytes.clone())
                .push_bind(change.map(|change| change.actor.to_vec()))
                .push_bind(change.map(|change| convert::number(change.seq)))
                .push_bind(change.map(|change| convert::number(change.max_op)))
                .push_bind(device.as_bytes().to_vec())
                .push_bind(taken.run.to_vec())
                .push_bind(now)
                .push_bind(convert::number(taken.fed));
        });
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn write_actors(connection: &mut Connection, judge: &Judge) -> Result<(), StorageError> {
    let registered: Vec<_> = judge.registered().iter().collect();
    for some in pieces(&registered) {
        let mut query = QueryBuilder::<Db>::new("INSERT INTO actors (actor, user_id, device_id) ");
        query.push_values(some, |mut row, (actor, claimant)| {
            row.push_bind(actor.to_vec())
                .push_bind(claimant.user.as_bytes().to_vec())
                .push_bind(claimant.device.as_bytes().to_vec());
        });
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn write_feed(connection: &mut Connection, taken: &[Taken<'_>]) -> Result<(), StorageError> {
    for some in pieces(taken) {
        let mut query =
            QueryBuilder::<Db>::new("INSERT INTO feed (seq, event, document_id, item_hash) ");
        query.push_values(some, |mut row, taken| {
            row.push_bind(convert::number(taken.fed))
                .push_bind(What::Item.number())
                .push_bind(taken.document.as_bytes().to_vec())
                .push_bind(taken.hash.to_vec());
        });
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}
