//! Tablets and a model server over a link that loses requests and answers, with a server that is
//! now and then restored from an older backup. Whatever happens, once the link holds everything
//! that any tablet ever wrote is everywhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    record::{DocumentId, Header},
};
use hemrond_protocol::{
    Bucket, Delivery, DigestAnswer, DigestQuery, DocumentDigest, Epoch, HeldDocument, Item,
    ItemHash, ItemKind, Outcome, PushDocument, SyncRequest, SyncResponse, VERSION, WireHeader,
    WireId,
};
use hemrond_sync::{Gathered, ItemName, Position, Session};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Small enough that pages, pushes and the fallback all take several rounds.
const PAGE: usize = 3;

type Items = BTreeSet<(DocumentId, ItemHash)>;

fn header(document: u8) -> Header {
    Header::person(
        OrganisationId::from_bytes([1; 16]),
        PersonId::from_bytes([document; 16]),
    )
}

fn digest(items: &Items) -> BTreeMap<DocumentId, [u8; 32]> {
    let mut digests: BTreeMap<DocumentId, [u8; 32]> = BTreeMap::new();
    for (document, hash) in items {
        let entry = digests.entry(*document).or_default();
        for (index, byte) in hash.iter().enumerate() {
            // Any mixing that differs between documents will do for the model.
            entry[index] ^= byte ^ document.as_bytes()[index % 16];
        }
    }
    digests
}

fn buckets(items: &Items) -> BTreeMap<u8, [u8; 32]> {
    let mut buckets: BTreeMap<u8, [u8; 32]> = BTreeMap::new();
    for (document, digest) in digest(items) {
        let entry = buckets.entry(document.as_bytes()[0]).or_default();
        for (index, byte) in digest.iter().enumerate() {
            entry[index] ^= byte;
        }
    }
    buckets
}

#[derive(Clone, Default)]
struct Server {
    epoch: u8,
    feed: Vec<(u8, ItemHash)>,
}

impl Server {
    fn items(&self) -> Items {
        self.feed
            .iter()
            .map(|(document, hash)| (header(*document).id(), *hash))
            .collect()
    }

    fn deliveries(rows: &[(u8, ItemHash)]) -> Vec<Delivery> {
        rows.iter()
            .map(|(document, hash)| Delivery {
                header: WireHeader::from(&header(*document)),
                items: vec![Item {
                    kind: ItemKind::Change,
                    bytes: hash.to_vec(),
                    author: None,
                }],
            })
            .collect()
    }

    fn sync(&mut self, request: &SyncRequest) -> SyncResponse {
        let mut verdicts = Vec::new();
        for push in &request.push {
            let header: Header = (&push.header).try_into().unwrap();
            let document = header.person_id().unwrap().as_bytes()[0];
            verdicts.push(
                push.items
                    .iter()
                    .map(|item| {
                        let hash: ItemHash = item.bytes.as_slice().try_into().unwrap();
                        if self.items().contains(&(header.id(), hash)) {
                            Outcome::Known
                        } else {
                            self.feed.push((document, hash));
                            Outcome::Accepted
                        }
                    })
                    .collect(),
            );
        }
        let head = self.feed.len() as u64;
        let mut response = SyncResponse {
            protocol: VERSION,
            epoch: Epoch([self.epoch; 16]),
            verdicts,
            deliveries: Vec::new(),
            authors: Vec::new(),
            gone: Vec::new(),
            cursor: request.cursor,
            more: false,
            remaining: 0,
            digest: None,
            time_ms: 0,
            logged: None,
            checkpoint: None,
            lease_seconds: None,
            packing: None,
            elsewhere: None,
            looked: None,
        };
        if request.epoch.is_some_and(|epoch| epoch != response.epoch) {
            return response;
        }
        match &request.digest {
            Some(DigestQuery::Buckets(theirs)) => {
                let theirs: BTreeMap<u8, [u8; 32]> = theirs
                    .iter()
                    .map(|bucket| (bucket.first, bucket.digest))
                    .collect();
                let ours = buckets(&self.items());
                let differing = (0..=255)
                    .filter(|first| {
                        ours.get(first).copied().unwrap_or_default()
                            != theirs.get(first).copied().unwrap_or_default()
                    })
                    .collect();
                response.digest = Some(DigestAnswer::Buckets(differing, head));
            }
            Some(DigestQuery::Documents(asked, theirs)) => {
                let items = self.items();
                let ours = digest(&items);
                let theirs: BTreeMap<DocumentId, [u8; 32]> = theirs
                    .iter()
                    .map(|d| (d.document.into(), d.digest))
                    .collect();
                let held = ours
                    .iter()
                    .filter(|(id, digest)| {
                        asked.contains(&id.as_bytes()[0]) && theirs.get(id) != Some(digest)
                    })
                    .map(|(id, _)| HeldDocument {
                        document: WireId::from(*id),
                        hashes: items
                            .iter()
                            .filter(|(of, _)| of == id)
                            .flat_map(|(_, h)| *h)
                            .collect(),
                    })
                    .collect();
                let missing = theirs
                    .keys()
                    .filter(|id| !ours.contains_key(id))
                    .map(|id| (*id).into())
                    .collect();
                response.digest = Some(DigestAnswer::Documents(held, missing));
            }
            None => {
                for wanted in &request.wanted {
                    let rows: Vec<_> = self
                        .feed
                        .iter()
                        .filter(|(document, _)| header(*document).id() == DocumentId::from(*wanted))
                        .copied()
                        .collect();
                    response.deliveries.extend(Self::deliveries(&rows));
                }
                // A cursor beyond the feed cannot be: it would be another epoch's.
                let from = usize::try_from(request.cursor)
                    .unwrap()
                    .min(self.feed.len());
                let to = (from + PAGE).min(self.feed.len());
                response
                    .deliveries
                    .extend(Self::deliveries(&self.feed[from..to]));
                response.cursor = to as u64;
                response.more = to < self.feed.len();
                response.remaining = (self.feed.len() - to) as u64;
            }
        }
        response
    }
}

#[derive(Clone, Default)]
struct Tablet {
    position: Position,
    items: BTreeMap<(u8, ItemHash), ()>,
    outbox: Vec<(u8, ItemHash)>,
}

impl Tablet {
    fn held(&self) -> Items {
        self.items
            .keys()
            .map(|(document, hash)| (header(*document).id(), *hash))
            .collect()
    }

    fn write(&mut self, document: u8, hash: ItemHash) {
        self.items.insert((document, hash), ());
        self.outbox.push((document, hash));
    }

    fn gather(&self, session: &Session) -> Gathered {
        let ask = session.ask();
        let mut gathered = Gathered::default();
        if ask.push {
            for (document, hash) in self.outbox.iter().take(PAGE) {
                let header = header(*document);
                gathered.push.push(PushDocument {
                    header: WireHeader::from(&header),
                    items: vec![Item {
                        kind: ItemKind::Change,
                        bytes: hash.to_vec(),
                        author: None,
                    }],
                });
                gathered.names.push(vec![ItemName {
                    document: header.id(),
                    hash: *hash,
                }]);
            }
            gathered.push_more = self.outbox.len() > PAGE;
        }
        if ask.buckets {
            gathered.buckets = buckets(&self.held())
                .into_iter()
                .map(|(first, digest)| Bucket { first, digest })
                .collect();
        }
        gathered.documents = digest(&self.held())
            .into_iter()
            .filter(|(id, _)| ask.documents.contains(&id.as_bytes()[0]))
            .map(|(id, digest)| DocumentDigest {
                document: id.into(),
                digest,
            })
            .collect();
        gathered
    }

    /// One sync that loses the request or the answer of the rounds named in `faults`.
    fn sync(&mut self, server: &mut Server, check: bool, faults: &[(usize, bool)]) {
        let mut session = Session::new(self.position, "test", check);
        for round in 0..500 {
            let gathered = self.gather(&session);
            let request = session.request(gathered);
            let fault = faults.iter().find(|(at, _)| *at == round);
            if matches!(fault, Some((_, true))) {
                return;
            }
            let response = server.sync(&request);
            if fault.is_some() {
                return;
            }
            let taken = session.answer(response).expect("an honest server");
            for name in &taken.acknowledged {
                self.outbox.retain(|(document, hash)| {
                    (header(*document).id(), *hash) != (name.document, name.hash)
                });
            }
            for delivery in &taken.deliveries {
                let header: Header = (&delivery.header).try_into().unwrap();
                let document = header.person_id().unwrap().as_bytes()[0];
                for item in &delivery.items {
                    let hash: ItemHash = item.bytes.as_slice().try_into().unwrap();
                    self.items.insert((document, hash), ());
                }
            }
            for compare in &taken.compare {
                let own: Vec<ItemHash> = self
                    .held()
                    .into_iter()
                    .filter(|(id, _)| *id == compare.document)
                    .map(|(_, hash)| hash)
                    .collect();
                for name in session.compared(compare, &own, false) {
                    let item = self
                        .items
                        .keys()
                        .find(|(d, hash)| (header(*d).id(), *hash) == (name.document, name.hash))
                        .copied()
                        .unwrap();
                    if !self.outbox.contains(&item) {
                        self.outbox.push(item);
                    }
                }
            }
            if let Some(position) = taken.position {
                self.position = position;
            }
            if !taken.again {
                return;
            }
        }
        panic!("a sync did not end in 500 rounds");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Write {
        tablet: usize,
        document: u8,
    },
    Sync {
        tablet: usize,
        check: bool,
        faults: Vec<(usize, bool)>,
    },
    Backup,
    RestoreServer,
    CopyTablet {
        tablet: usize,
    },
    RestoreTablet {
        tablet: usize,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let tablet = 0..3_usize;
    prop::collection::vec(
        prop_oneof![
            6 => (tablet.clone(), 1..6_u8).prop_map(|(tablet, document)| Step::Write { tablet, document }),
            6 => (tablet.clone(), any::<bool>(), prop::collection::vec((0..8_usize, any::<bool>()), 0..2))
                .prop_map(|(tablet, check, faults)| Step::Sync { tablet, check, faults }),
            1 => Just(Step::Backup),
            1 => Just(Step::RestoreServer),
            1 => tablet.clone().prop_map(|tablet| Step::CopyTablet { tablet }),
            1 => tablet.prop_map(|tablet| Step::RestoreTablet { tablet }),
        ],
        1..60,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn everything_held_anywhere_ends_up_everywhere(steps in steps()) {
        let mut server = Server::default();
        let mut backup = server.clone();
        let mut tablets = vec![Tablet::default(); 3];
        let mut copies = tablets.clone();
        let mut next: u64 = 0;
        let mut epoch = 0;
        for step in steps {
            match step {
                Step::Write { tablet, document } => {
                    next += 1;
                    let mut hash = [0; 32];
                    hash[..8].copy_from_slice(&next.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
                    tablets[tablet].write(document, hash);
                }
                Step::Sync { tablet, check, faults } => tablets[tablet].sync(&mut server, check, &faults),
                Step::Backup => backup = server.clone(),
                Step::RestoreServer => {
                    epoch += 1;
                    server = backup.clone();
                    server.epoch = epoch;
                    backup.epoch = epoch;
                }
                Step::CopyTablet { tablet } => copies[tablet] = tablets[tablet].clone(),
                Step::RestoreTablet { tablet } => tablets[tablet] = copies[tablet].clone(),
            }
        }
        let mut all = server.items();
        for tablet in &tablets {
            all.extend(tablet.held());
        }
        // The link holds now. Each start of a tablet begins with a check.
        for _ in 0..2 {
            for tablet in &mut tablets {
                tablet.sync(&mut server, true, &[]);
            }
        }
        prop_assert_eq!(&server.items(), &all);
        for tablet in &tablets {
            prop_assert_eq!(&tablet.held(), &all);
            prop_assert!(tablet.outbox.is_empty());
        }
    }
}

#[test]
fn nothing_new_is_one_small_request_whatever_the_caseload() {
    let mut server = Server::default();
    let mut eva = Tablet::default();
    for document in 1..200 {
        eva.write(document, [document; 32]);
    }
    eva.sync(&mut server, false, &[]);
    let mut session = Session::new(eva.position, "test", false);
    let request = session.request(eva.gather(&session));
    assert!(hemrond_protocol::encoding::encode(&request).unwrap().len() < 100);
    let taken = session.answer(server.sync(&request)).unwrap();
    assert!(!taken.again);
}
