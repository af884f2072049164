//! Seeds of what travels in messages: packed items and records, what other organisations have, acts.

use super::{author, items, write};
use hemrond_audit::{
    Record,
    checkpoint::Checkpoint,
    leaf_of,
    tree::{Hash, Node, append, consistency, root},
};
use hemrond_domain::{
    ids::{OrganisationId, UnitId},
    law::{Act, ActId, Bound, Givers, Information, Step, Told, Voice},
    record::DocumentClass,
};
use hemrond_fuzz::{join, open, sample};
use hemrond_protocol::{
    AskElsewhere, Delivery, Elsewhere, Epoch, FoundElsewhere, GiverElsewhere, LogCheckpoint,
    LogPush, LogRecord, Logged, Look, Looked, OpenedElsewhere, PushDocument, SyncRequest,
    SyncResponse, VERSION, WireHeader, WireId, encoding,
    packing::{Packing, pack},
};
use minicbor::bytes::ByteVec;
use std::{collections::BTreeMap, error::Error};

type Done = Result<(), Box<dyn Error>>;

pub(super) fn write_all() -> Done {
    messages()?;
    logs()?;
    acts()?;
    elsewhere()
}

/// Eva's morning with its log, packed as her tablet sends it, and a whole answer.
fn messages() -> Done {
    let request = request();
    let plain = minicbor::to_vec(&request)?;
    write("request", "whole", &plain)?;
    let packed = zstd::decode_all(encoding::encode_packed(request)?.as_slice())?;
    write("request", "packed", &packed)?;
    let sent: SyncRequest = minicbor::decode(&packed)?;
    let (_, items, records) = streams(sent.packing.as_ref())?;
    write("packed", "morning", &join([&**items, &**records]))?;
    // A document that comes twice, with others between, and an entry.
    let parcels = [
        sample::visit(),
        sample::headers()[0].clone(),
        sample::visit(),
    ];
    let parcels = parcels.iter().map(|header| {
        let written = sample::written(header);
        let mut items = super::items(&written);
        items
            .iter_mut()
            .for_each(|item| item.author = Some(author()));
        hemrond_protocol::packing::Parcel {
            header: WireHeader::from(header),
            items,
        }
    });
    let twice = pack(&parcels.collect::<Vec<_>>())?;
    write("packed", "twice", &join([twice.as_slice()]))?;
    let response = response()?;
    write("response", "whole", &minicbor::to_vec(&response)?)?;
    let packed = zstd::decode_all(encoding::encode_packed(response)?.as_slice())?;
    write("response", "packed", &packed)
}

fn streams(packing: Option<&Packing>) -> Result<(bool, ByteVec, ByteVec), Box<dyn Error>> {
    Ok(minicbor::decode(&minicbor::to_vec(packing)?)?)
}

fn request() -> SyncRequest {
    SyncRequest {
        protocol: VERSION,
        epoch: Some(Epoch([1; 16])),
        cursor: 41,
        push: vec![PushDocument {
            header: WireHeader::from(&sample::visit()),
            items: items(sample::morning()),
        }],
        wanted: Vec::new(),
        digest: None,
        page_bytes: 1 << 20,
        app: "0.1.0".to_owned(),
        run: Some(WireId([6; 16])),
        log: Some(LogPush {
            after: 0,
            after_hash: [0; 32],
            records: sample::log().into_iter().map(LogRecord).collect(),
            oldest: true,
            known_size: 3,
            known_root: [4; 32],
            no_hurry: false,
        }),
        packing: Some(Packing::read()),
        elsewhere: Some(AskElsewhere {
            person: WireId([40; 16]),
            document: Some(sample::visit().id().into()),
        }),
        looked: Some(WireId([40; 16])),
    }
}

fn response() -> Result<SyncResponse, Box<dyn Error>> {
    let log = sample::log();
    let last = log.last().map(|record| Record::hash_of(record));
    Ok(SyncResponse {
        protocol: VERSION,
        epoch: Epoch([1; 16]),
        verdicts: Vec::new(),
        deliveries: vec![Delivery {
            header: WireHeader::from(&sample::visit()),
            items: items(sample::morning()),
        }],
        authors: vec![author()],
        gone: Vec::new(),
        cursor: 47,
        more: false,
        remaining: 0,
        digest: None,
        time_ms: 1_793_700_000_000,
        logged: Some(Logged {
            seq: log.len() as u64,
            hash: last.unwrap_or_default(),
            lacking: false,
            broken: true,
        }),
        checkpoint: Some(LogCheckpoint {
            note: said(4, [5; 32]).sign(&sample::log_key()),
            key: sample::log_key().verifying_key().to_bytes(),
            proof: vec![5; 64],
        }),
        lease_seconds: Some(43_200),
        packing: Some(Packing::read()),
        elsewhere: Some(answer()?),
        looked: Some(Looked {
            refused: false,
            looks: vec![Look {
                at_ms: 1_793_700_000_000,
                user: sample::EVA.into(),
                name: Some("Eva Lind".to_owned()),
                role: "nurse".to_owned(),
                unit: Some("Mobila teamet".to_owned()),
                action: "read".to_owned(),
                kind: Some("visit".to_owned()),
            }],
        }),
    })
}

fn said(size: u64, root: Hash) -> Checkpoint {
    Checkpoint {
        size,
        root,
        at_ms: 1_793_700_000_000,
    }
}

/// A morning's log, and the server's word about what it had before and after.
fn logs() -> Done {
    let log = sample::log();
    for (name, how) in [("anew", 0), ("as-it-came", 1)] {
        let pieces: Vec<Vec<u8>> = log.iter().map(|it| [&[how], &**it].concat()).collect();
        let pieces = join(pieces.iter().map(Vec::as_slice));
        for first in [0, 1, 2, 5] {
            let bytes = [vec![first], pieces.clone()].concat();
            write("log", &format!("{name}-{first}"), &bytes)?;
        }
    }
    let mut nodes: BTreeMap<Node, Hash> = BTreeMap::new();
    let mut roots = vec![root(&mut |_| None, 0).map_err(missing)?];
    for (size, record) in (0_u64..).zip(log.iter().chain(&log).chain(&log)) {
        let leaf = leaf_of(record, sample::TABLET, size.cast_signed());
        let grown = append(&mut |node| nodes.get(&node).copied(), size, leaf).map_err(missing)?;
        nodes.extend(grown);
        roots.push(root(&mut |node| nodes.get(&node).copied(), size + 1).map_err(missing)?);
    }
    for (old, new) in [(0, 4), (3, 3), (3, 7), (4, 11), (5, 12), (8, 9)] {
        let proof =
            consistency(&mut |node| nodes.get(&node).copied(), old, new).map_err(missing)?;
        let root_of = |size: u64| roots.get(usize::try_from(size).unwrap_or_default());
        let (Some(before), Some(after)) = (root_of(old), root_of(new)) else {
            continue;
        };
        let note = said(new, *after).sign(&sample::log_key());
        let text = note.split("\n\n").next().unwrap_or_default();
        let sizes = [old.to_be_bytes(), new.to_be_bytes(), [0; 8], [0; 8]].concat();
        let how = if new == 7 {
            [&[1], note.as_bytes()]
        } else {
            [&[0], text.as_bytes()]
        };
        let note = match new {
            7 => how.concat(),
            _ => [how.concat(), b"\n".to_vec()].concat(),
        };
        let proof = proof.concat();
        let pieces = [&*note, &*sizes, before, after, &*proof];
        write("word", &format!("{old}-{new}"), &join(pieces))?;
    }
    Ok(())
}

fn missing(missing: hemrond_audit::tree::Missing) -> String {
    format!("{missing:?}")
}

/// Acts that build on each other, alone and together.
fn acts() -> Done {
    let until = sample::minute(600);
    let all = [
        Act::InformationGiven {
            what: Information::Sharing,
            told: Told::Person,
        },
        Act::ConsentGiven {
            givers: Givers(vec![OrganisationId::from_bytes([9; 16])]),
            classes: vec![DocumentClass::Health],
            from: sample::minute(0),
            until,
        },
        Act::BlockSet {
            bound: Bound::Inner,
            unit: Some(UnitId::from_bytes([2; 16])),
            voice: Voice::Person,
        },
        Act::EmergencyOpened {
            bound: Bound::Outer,
            step: Step::Entries,
            danger: "Medvetslös".to_owned(),
            units: Vec::new(),
            documents: vec![sample::visit().id()],
            until,
        },
        Act::RegistersDeclined { told: Told::Person },
        Act::ConsentWithdrawn {
            consents: vec![ActId([7; 32])],
        },
    ];
    let bytes = all.iter().map(sample::act).collect::<Result<Vec<_>, _>>()?;
    for (act, bytes) in all.iter().zip(&bytes) {
        write("act", act.kind(), &join([bytes.as_slice()]))?;
        write("entry", act.kind(), bytes)?;
    }
    let several = join(bytes.iter().take(4).map(Vec::as_slice));
    write("act", "several", &several)?;
    let items: Vec<Vec<u8>> = bytes.iter().map(|it| [&[1], &**it].concat()).collect();
    let items = join(items.iter().take(3).map(Vec::as_slice));
    write("reader", "acts", &[vec![128], items].concat())
}

/// The visit and the observations, as another organisation's.
fn elsewhere() -> Done {
    for (number, header) in sample::headers().iter().enumerate() {
        let changes = sample::written(header);
        let mut pieces: Vec<Vec<u8>> = changes
            .iter()
            .filter_map(|change| Some([&[0], open(&change.bytes)?].concat()))
            .collect();
        if *header == sample::visit() {
            pieces.push([vec![1], sample::entry()?].concat());
        }
        let items = join(pieces.iter().map(Vec::as_slice));
        let bytes = [vec![u8::try_from(number)?], items].concat();
        write("elsewhere", &header.kind().to_string(), &bytes)?;
    }
    let whole = [vec![255], minicbor::to_vec(answer()?)?].concat();
    write("elsewhere", "answer", &whole)
}

fn answer() -> Result<Elsewhere, Box<dyn Error>> {
    let header = sample::visit();
    let giver = GiverElsewhere {
        organisation: header.organisation().into(),
        name: "Region Norr".to_owned(),
    };
    let what = FoundElsewhere {
        document: header.id().into(),
        kind: header.kind().to_string(),
        giver: giver.clone(),
        unit: Some("Hemsjukvård Norr".to_owned()),
        last_ms: sample::minute(40).timestamp_millis(),
        readable: true,
    };
    Ok(Elsewhere {
        exists: true,
        why_not: Some("elsewhere.consent".to_owned()),
        found: vec![what.clone()],
        more: true,
        blocked_at: vec![giver],
        opened: Some(OpenedElsewhere {
            what,
            delivery: Delivery {
                header: WireHeader::from(&header),
                items: items(sample::morning()),
            },
            basis: "consent".to_owned(),
        }),
    })
}
