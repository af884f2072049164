//! Eva's tablet and a server that is broken or means harm: it costs her a sync, never her work.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_documents::{
    Actor, Document, Edit, Limits,
    entry::{EntryContent, EntryHash, SignedEntry, Signer},
    parse_chunk,
};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, VisitId},
    record::{DocumentKind, Header},
};
use hemrond_protocol::{
    Delivery, DigestAnswer, Elsewhere, Epoch, FoundElsewhere, GiverElsewhere, Item, ItemKind,
    OpenedElsewhere, Outcome, SyncResponse, WireHeader, WireId,
};
use serde_json::{Value, json};
use support::{Day, Tablet, Visit, Who, kommun, team};

/// A visit that Eva has planned, and its header.
async fn planned(eva: &Tablet) -> (Visit, Header) {
    let visit = eva.plan(&eva.astrid().await).await;
    let id = |id: &Value| id.as_str().unwrap().to_owned();
    let header = Header::visit(
        kommun(),
        team(),
        id(&visit.person).parse().unwrap(),
        id(&visit.id).parse().unwrap(),
    );
    assert_eq!(json!(header.id()), visit.document);
    (visit, header)
}

/// A colleague's change in a visit.
fn written(actor: u8, header: &Header, edit: Edit) -> Vec<u8> {
    let mut document = Document::create(header, Actor::from_random([actor; 16])).unwrap();
    let at = "2026-11-03T08:00:00Z".parse().unwrap();
    document.edit(at, &[edit]).unwrap()[0].bytes.clone()
}

/// The same change with another sequence number, and a checksum that fits.
fn renumbered(change: &[u8], seq: u8) -> Vec<u8> {
    // Type and a length of two bytes at most; one dependency; the author's 16 bytes.
    let length = if change[9] & 0x80 == 0 { 1 } else { 2 };
    let mut hashed = change[8..].to_vec();
    let place = 1 + length + 1 + 32 + 1 + 16;
    assert_eq!(hashed[place], 1, "the author's first change");
    hashed[place] = seq;
    // An entry's name is the SHA-256 of its bytes, which a change's checksum begins, too.
    let checksum = EntryHash::of(&hashed).0;
    [&change[..4], &checksum[..4], &hashed].concat()
}

/// What the sync page says cannot be shown, or not whole.
async fn set_aside(tablet: &Tablet) -> Vec<(Value, Value)> {
    let page = tablet.ok("sync_page", json!({})).await;
    let unshown = page["unshown"].as_array().unwrap();
    unshown
        .iter()
        .map(|one| (one["document"].clone(), one["reason"]["code"].clone()))
        .collect()
}

fn named(header: &Header, code: &str) -> (Value, Value) {
    (json!(header.id()), json!(code))
}

#[tokio::test]
async fn a_change_that_does_not_fit_is_set_aside_visibly_and_the_rest_is_shown() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let (visit, header) = planned(&eva).await;
    let skips = renumbered(&written(22, &header, Edit::set("cfs.cause", "Fall")), 9);
    assert!(parse_chunk(&skips, &Limits::STORED).is_ok());
    let wire = WireHeader::from(&header);
    day.exchange.feed(wire.clone(), skips, None);
    let good = written(21, &header, Edit::set("called_by", "Sonen"));
    day.exchange.feed(wire, good, None);
    assert_eq!(eva.sync().await["connection"], "online");
    assert_eq!(eva.visit(&visit.id).await["called_by"], "Sonen");
    let expected = [named(&header, "document.set_aside")];
    assert_eq!(set_aside(&eva).await, expected);

    // It says so after a start, and after the next edit too.
    let eva = eva.power_cut().await;
    assert_eq!(set_aside(&eva).await, expected);
    eva.set(&visit.document, &[("reason", json!("Yrsel och fall"))])
        .await;
    assert_eq!(eva.visit(&visit.id).await["reason"], "Yrsel och fall");
    assert_eq!(set_aside(&eva).await, expected);
}

#[tokio::test]
async fn what_is_no_item_of_the_document_is_left_out_visibly() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let (visit, header) = planned(&eva).await;
    let other = Header::visit(
        kommun(),
        team(),
        PersonId::from_bytes([4; 16]),
        VisitId::from_bytes([7; 16]),
    );
    let elsewhere = Document::create(&other, Actor::from_random([23; 16])).unwrap();
    let signer = Signer {
        author: Who::Omar.id(),
        author_name: "Omar Haddad".to_owned(),
        device: DeviceId::from_bytes([9; 16]),
        signed_at: "2026-11-03T08:00:00Z".parse().unwrap(),
    };
    let content = EntryContent::of(&elsewhere, &elsewhere.heads(), signer, None).unwrap();
    let foreign = SignedEntry::sign(&content, |_| [7; 64]).unwrap();
    let mut broken = written(22, &header, Edit::set("cfs.cause", "Fall"));
    broken[20] ^= 1;
    for (kind, bytes) in [
        (ItemKind::Change, broken),
        (ItemKind::Entry, foreign.encode().unwrap()),
        (ItemKind::Entry, b"no entry".to_vec()),
    ] {
        day.exchange
            .feed_item(WireHeader::from(&header), kind, bytes);
    }
    let good = written(21, &header, Edit::set("called_by", "Sonen"));
    day.exchange.feed(WireHeader::from(&header), good, None);
    assert_eq!(eva.sync().await["connection"], "online");
    let page = eva.visit(&visit.id).await;
    assert_eq!(page["called_by"], "Sonen");
    assert_eq!(page["signatures"], json!([]), "Omar signed another visit");
    assert_eq!(
        set_aside(&eva).await,
        [named(&header, "document.set_aside")]
    );
}

/// What a lie is called, and what it makes of an honest answer.
type Lie = (&'static str, fn(&mut SyncResponse));

/// Answers that no honest server gives.
const LIES: [Lie; 7] = [
    ("verdicts for nothing", |response| {
        response.verdicts.push(vec![Outcome::Accepted]);
    }),
    ("a cursor beyond all numbers", |response| {
        response.cursor = u64::MAX;
    }),
    ("a feed that stands still", |response| {
        response.cursor = 0;
        response.more = true;
    }),
    ("a feed without end and without anything", |response| {
        response.deliveries.clear();
        response.verdicts.iter_mut().for_each(Vec::clear);
        response.verdicts.clear();
        response.cursor += 1_000;
        response.more = true;
    }),
    ("an answer to no question", |response| {
        response.digest = Some(DigestAnswer::Buckets(vec![1, 2, 3], 0));
    }),
    ("another protocol", |response| response.protocol = 99),
    ("half a hash", |response| {
        response.digest = Some(DigestAnswer::Documents(
            vec![hemrond_protocol::HeldDocument {
                document: WireId([1; 16]),
                hashes: vec![1; 31],
            }],
            Vec::new(),
        ));
    }),
];

/// A new epoch in every answer.
fn restored_again(response: &mut SyncResponse) {
    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
    static EPOCH: AtomicU8 = AtomicU8::new(50);
    response.epoch = Epoch([EPOCH.fetch_add(1, Relaxed); 16]);
    response.digest = None;
}

#[tokio::test]
async fn whatever_a_server_says_evas_work_stays_and_goes_out_to_an_honest_one() {
    let day = Day::new();
    let omar = day.tablet(Who::Omar).await;
    let eva = day.tablet(Who::Eva).await;
    eva.sync().await;
    let astrid = eva.astrid().await;
    let lies = LIES.into_iter().chain([(
        "an epoch that never stays",
        restored_again as fn(&mut SyncResponse),
    )]);
    for (what, lie) in lies {
        day.exchange.spoil(Some(lie));
        let failed = eva.fails("sync_now", json!({})).await;
        assert_eq!(failed, "sync.violation", "{what}");
        assert!(
            eva.ok("person", json!({ "person": astrid }))
                .await
                .is_object()
        );
    }
    day.exchange.spoil(None);
    for body in [
        Vec::new(),
        b"<html>Log in to the hotel's network</html>".to_vec(),
        // A frame that unpacks to a gigabyte of zeros would begin so.
        vec![0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x88],
    ] {
        day.exchange.answer_with(Some(body));
        assert_eq!(eva.fails("sync_now", json!({})).await, "sync.violation");
    }
    day.exchange.answer_with(None);
    let status = eva.sync().await;
    assert_eq!(status["connection"], "online");
    assert_eq!(status["waiting"], 0);
    omar.sync().await;
    assert!(
        omar.ok("person", json!({ "person": astrid }))
            .await
            .is_object()
    );
}

/// What a server shows of others is shown only where it is what was asked for, and kept nowhere: another
/// document, another giver's, one of the own organisation, or one that is no such document is refused.
#[tokio::test]
async fn another_document_than_was_asked_for_is_not_shown_as_somebody_elses() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let (visit, _) = planned(&eva).await;
    let before = eva.ok("sync_page", json!({})).await["documents"].clone();
    let asked = |document: &Header| json!({ "person": visit.person, "document": document.id() });
    day.exchange.spoil(Some(|response| {
        response.elsewhere = Some(opened(&theirs(92)))
    }));
    let shown = eva.ok("elsewhere_open", asked(&theirs(92))).await;
    assert!(shown["lines"].to_string().contains("Lånad röst"), "{shown}");
    assert_eq!(shown["incomplete"], false);

    let their_person = || Header::person(REGION, PersonId::from_bytes([91; 16]));
    let own = || {
        let person = PersonId::from_bytes([91; 16]);
        Header::visit(kommun(), team(), person, VisitId::from_bytes([92; 16]))
    };
    let lies: [(&str, Header, Spoilt); 6] = [
        ("another document", theirs(93), |response| {
            response.elsewhere = Some(opened(&theirs(92)));
        }),
        ("another under its name", theirs(92), |response| {
            response.elsewhere = Some(spoilt(&theirs(92), |told| {
                told.delivery.header = WireHeader::from(&theirs(93));
            }));
        }),
        ("another giver's name", theirs(92), |response| {
            response.elsewhere = Some(spoilt(&theirs(92), |told| {
                told.what.giver.organisation = WireId([95; 16]);
            }));
        }),
        ("another kind's name", theirs(92), |response| {
            response.elsewhere = Some(spoilt(&theirs(92), |told| {
                told.what.kind = "observations".to_owned();
            }));
        }),
        ("the own organisation's", own(), |response| {
            let person = PersonId::from_bytes([91; 16]);
            let visit = VisitId::from_bytes([92; 16]);
            let header = Header::visit(kommun(), team(), person, visit);
            response.elsewhere = Some(opened(&header));
        }),
        ("who somebody is", their_person(), |response| {
            let header = Header::person(REGION, PersonId::from_bytes([91; 16]));
            response.elsewhere = Some(opened(&header));
        }),
    ];
    for (what, header, lie) in lies {
        day.exchange.spoil(Some(lie));
        let code = eva.fails("elsewhere_open", asked(&header)).await;
        assert_eq!(code, "document.unreadable", "{what}");
    }
    // Of what is no item of it, it is said that something is missing.
    day.exchange.spoil(Some(|response| {
        response.elsewhere = Some(spoilt(&theirs(92), |told| {
            told.delivery.items.push(Item {
                kind: ItemKind::Entry,
                bytes: b"hej".to_vec(),
                author: None,
            });
        }));
    }));
    let shown = eva.ok("elsewhere_open", asked(&theirs(92))).await;
    assert_eq!(shown["incomplete"], true);
    day.exchange
        .spoil(Some(|response| response.elsewhere = None));
    let code = eva.fails("elsewhere_open", asked(&theirs(92))).await;
    assert_eq!(code, "elsewhere.unanswered");
    day.exchange.spoil(None);
    let page = eva.ok("sync_page", json!({})).await;
    assert_eq!(page["documents"], before);
    assert!(!page.to_string().contains("Lånad röst"));
}

/// What a server does to its answer.
type Spoilt = fn(&mut SyncResponse);

const REGION: OrganisationId = OrganisationId::from_bytes([90; 16]);

/// A visit of the region's.
fn theirs(visit: u8) -> Header {
    let person = PersonId::from_bytes([91; 16]);
    Header::visit(REGION, team(), person, VisitId::from_bytes([visit; 16]))
}

/// An answer that opens a document as an honest server does.
fn opened(header: &Header) -> Elsewhere {
    spoilt(header, |_| {})
}

/// The same, with something wrong about it.
fn spoilt(header: &Header, spoil: fn(&mut OpenedElsewhere)) -> Elsewhere {
    let field = match header.kind() {
        DocumentKind::Person => "given_name",
        _ => "called_by",
    };
    let bytes = written(23, header, Edit::set(field, "Lånad röst"));
    let mut told = OpenedElsewhere {
        what: FoundElsewhere {
            document: WireId::from(header.id()),
            kind: header.kind().as_str().to_owned(),
            giver: GiverElsewhere {
                organisation: WireId(*header.organisation().as_bytes()),
                name: "Region Hemrond".to_owned(),
            },
            unit: None,
            last_ms: 0,
            readable: true,
        },
        delivery: Delivery {
            header: WireHeader::from(header),
            items: vec![Item {
                kind: ItemKind::Change,
                bytes,
                author: None,
            }],
        },
        basis: "sharing.health-consent".to_owned(),
    };
    spoil(&mut told);
    Elsewhere {
        opened: Some(told),
        ..Elsewhere::default()
    }
}
