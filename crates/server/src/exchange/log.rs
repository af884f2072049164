//! The access log's part of a sync: first of all of it, so that what is shown is never better kept
//! than the trace of who looked.

use super::ExchangeError;
use crate::{
    metrics::add,
    state::Server,
    storage::{Account, Device, LogGiven},
};
use ed25519_dalek::SigningKey;
use hemrond_audit::{Head, checkpoint::Checkpoint};
use hemrond_protocol::{LogCheckpoint, LogPush, Logged};

/// How often a checkpoint is kept, beside those that tablets remember.
const KEEP_EVERY_MS: i64 = 60 * 60 * 1_000;

/// Takes in a tablet's records; on the server's disk when this returns.
pub(super) async fn take(
    server: &Server,
    device: &Device,
    account: &Account,
    push: &LogPush,
    now: i64,
) -> Result<Logged, ExchangeError> {
    let given = LogGiven {
        sender: device.id,
        user: account.user.id,
        organisation: account.user.organisation,
        after: Head {
            seq: push.after,
            hash: push.after_hash,
        },
        records: push.records.iter().map(|record| record.0.clone()).collect(),
        oldest: push.oldest,
    };
    let taken = server.storage.take_log(&given, now).await?;
    add(&server.metrics.log_records, taken.added);
    add(&server.metrics.log_findings, taken.found);
    if taken.found > 0 {
        tracing::error!(
            device = %device.id,
            found = taken.found,
            "a tablet's access log does not hold together; all of it is kept: run 'hemrond-server \
             log verify', and ask what happened to the tablet"
        );
    }
    Ok(Logged {
        seq: taken.last.seq,
        hash: taken.last.hash,
        lacking: taken.lacking,
        broken: taken.found > 0,
    })
}

/// The log's signed state, where it is another than the tablet knows. What has only grown can wait
/// where the tablet says so; whether it has only grown is what the tablet finds out then.
pub(super) async fn checkpoint(
    server: &Server,
    push: &LogPush,
    now: i64,
) -> Result<Option<LogCheckpoint>, ExchangeError> {
    let tree = server.storage.log_tree(push.known_size).await?;
    if (tree.size, tree.root) == (push.known_size, push.known_root) {
        return Ok(None);
    }
    if push.no_hurry && tree.size > push.known_size {
        return Ok(None);
    }
    let key = signing_key(server).await?;
    let note = Checkpoint {
        size: tree.size,
        root: tree.root,
        at_ms: now,
    }
    .sign(&key);
    let due = tree
        .checkpoint_at
        .is_none_or(|at| now.saturating_sub(at) >= KEEP_EVERY_MS);
    if due {
        server
            .storage
            .keep_checkpoint(tree.size, &note, now)
            .await?;
    }
    Ok(Some(LogCheckpoint {
        note,
        key: key.verifying_key().to_bytes(),
        proof: tree.proof.concat(),
    }))
}

async fn signing_key(server: &Server) -> Result<SigningKey, ExchangeError> {
    let mut fresh = [0; 32];
    server.chance.fill(&mut fresh);
    Ok(SigningKey::from_bytes(
        &server.storage.log_key(fresh).await?,
    ))
}
