//! The exchange's access log: a server's end in memory, which can forget and lie.

use ed25519_dalek::SigningKey;
use hemrond_audit::{
    Record,
    checkpoint::Checkpoint,
    leaf_of,
    tree::{self, Hash, Node},
};
use hemrond_domain::ids::DeviceId;
use hemrond_protocol::{LogCheckpoint, LogPush, Logged};
use std::collections::BTreeMap;

/// What the exchange has of everybody's access logs.
#[derive(Debug, Default)]
pub(crate) struct LogBook {
    pub(crate) records: Vec<(DeviceId, Vec<u8>)>,
    /// How many requests came with records.
    pub(crate) carried: usize,
}

impl LogBook {
    pub(crate) fn take(&mut self, from: DeviceId, push: &LogPush) -> Logged {
        let holds = |hash: &[u8; 32]| {
            self.records
                .iter()
                .any(|(_, bytes)| Record::hash_of(bytes) == *hash)
        };
        let mut logged = Logged {
            seq: push.after,
            hash: push.after_hash,
            lacking: false,
            broken: false,
        };
        if push.after > 0 && !push.oldest && !holds(&push.after_hash) {
            let last = self.records.iter().rfind(|(device, _)| *device == from);
            logged.lacking = true;
            (logged.seq, logged.hash) = last.map_or((0, [0; 32]), |(_, bytes)| {
                (Record::decode(bytes).unwrap().seq, Record::hash_of(bytes))
            });
            return logged;
        }
        self.carried += usize::from(!push.records.is_empty());
        for record in &push.records {
            logged.seq += 1;
            logged.hash = Record::hash_of(&record.0);
            if !self.records.iter().any(|(_, bytes)| *bytes == record.0) {
                self.records.push((from, record.0.clone()));
            }
        }
        logged
    }

    fn nodes(&self) -> BTreeMap<Node, Hash> {
        let mut nodes = BTreeMap::new();
        for (size, (device, bytes)) in (0..).zip(&self.records) {
            let known = nodes.clone();
            let mut look = |node: Node| known.get(&node).copied();
            nodes.extend(tree::append(&mut look, size, leaf_of(bytes, *device, 0)).unwrap());
        }
        nodes
    }

    pub(crate) fn checkpoint(&self, known: u64, signer: u8) -> LogCheckpoint {
        let nodes = self.nodes();
        let mut look = |node: Node| nodes.get(&node).copied();
        let size = self.records.len() as u64;
        let key = SigningKey::from_bytes(&[signer; 32]);
        let checkpoint = Checkpoint {
            size,
            root: tree::root(&mut look, size).unwrap(),
            at_ms: 0,
        };
        LogCheckpoint {
            note: checkpoint.sign(&key),
            key: key.verifying_key().to_bytes(),
            proof: tree::consistency(&mut look, known, size).unwrap().concat(),
        }
    }
}
