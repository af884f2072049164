//! A server that means harm, or is broken: it can end a tablet's sync, and nothing more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    record::{DocumentId, Header},
};
use hemrond_protocol::{
    Delivery, DigestAnswer, Epoch, HeldDocument, Outcome, SyncRequest, SyncResponse, WireHeader,
    WireId,
};
use hemrond_sync::{Gathered, ItemName, Position, Session, Violation};
use support::nothing_new;

/// More rounds than any honest sync of these stories takes.
const ROUNDS: usize = 3_000;

fn astrid() -> Header {
    Header::person(
        OrganisationId::from_bytes([1; 16]),
        PersonId::from_bytes([40; 16]),
    )
}

/// Eva's tablet syncs with a server that answers as `server` says, until one of them ends it. Tells
/// how many rounds it took.
fn sync(
    check: bool,
    mut server: impl FnMut(usize, &SyncRequest) -> SyncResponse,
) -> (usize, Result<(), Violation>) {
    let position = Position {
        epoch: Some(Epoch([1; 16])),
        cursor: 41,
    };
    let mut session = Session::new(position, "test", check);
    for round in 0..ROUNDS {
        let request = session.request(Gathered::default());
        match session.answer(server(round, &request)) {
            Err(violation) => return (round + 1, Err(violation)),
            Ok(taken) if !taken.again => return (round + 1, Ok(())),
            Ok(taken) => {
                for compare in &taken.compare {
                    session.compared(compare, &[], false);
                }
            }
        }
    }
    panic!("still syncing after {ROUNDS} rounds");
}

fn violation(check: bool, server: impl FnMut(usize, &SyncRequest) -> SyncResponse) -> Violation {
    sync(check, server).1.expect_err("no honest answer")
}

#[test]
fn an_honest_server_is_no_violation() {
    assert_eq!(sync(false, |_, request| nothing_new(request)), (1, Ok(())));
    assert_eq!(sync(true, |_, request| nothing_new(request)), (2, Ok(())));
}

#[test]
fn verdicts_that_do_not_fit_the_push_are_none() {
    let header = WireHeader::from(&astrid());
    for verdicts in [
        vec![],
        vec![vec![]],
        vec![vec![Outcome::Accepted; 2]],
        vec![vec![Outcome::Accepted], vec![Outcome::Accepted]],
    ] {
        let mut session = Session::new(Position::default(), "test", false);
        let name = ItemName {
            document: astrid().id(),
            hash: [7; 32],
        };
        let request = session.request(Gathered {
            push: vec![hemrond_protocol::PushDocument {
                header: header.clone(),
                items: vec![hemrond_protocol::Item {
                    kind: hemrond_protocol::ItemKind::Change,
                    bytes: vec![1],
                    author: None,
                }],
            }],
            names: vec![vec![name]],
            ..Gathered::default()
        });
        let mut response = nothing_new(&request);
        response.verdicts = verdicts;
        assert_eq!(session.answer(response), Err(Violation::Verdicts));
    }
}

/// What is unread stays unsent; where something else was read the rest goes on at once, and where nothing
/// was it waits for another time.
#[test]
fn a_server_that_reads_nothing_ends_the_session_and_no_item() {
    let unread = Outcome::Refused("item.unread".to_owned());
    let no = Outcome::Refused("policy.write".to_owned());
    for (verdicts, push_more, again) in [
        ([unread.clone(), unread.clone()], false, false),
        ([unread.clone(), unread.clone()], true, false),
        ([Outcome::Accepted, unread.clone()], false, true),
        ([no, unread.clone()], false, true),
        ([Outcome::Accepted, Outcome::Known], false, false),
    ] {
        let mut session = Session::new(Position::default(), "test", false);
        let name = |hash| ItemName {
            document: astrid().id(),
            hash: [hash; 32],
        };
        let request = session.request(Gathered {
            names: vec![vec![name(1), name(2)]],
            push_more,
            ..Gathered::default()
        });
        let mut response = nothing_new(&request);
        response.verdicts = vec![verdicts.to_vec()];
        let taken = session.answer(response).unwrap();
        let expected = (1..)
            .zip(&verdicts)
            .filter(|(_, verdict)| **verdict == unread);
        let expected: Vec<ItemName> = expected.map(|(hash, _)| name(hash)).collect();
        assert_eq!(taken.unread, expected);
        assert!(taken.refused.iter().all(|(_, code)| code != "item.unread"));
        assert_eq!(taken.again, again, "{verdicts:?}");
    }
}

#[test]
fn a_cursor_never_goes_back_nor_beyond_what_can_be_kept() {
    for cursor in [0, 40, u64::MAX, i64::MAX as u64 + 1] {
        let server = |_: usize, request: &SyncRequest| SyncResponse {
            cursor,
            ..nothing_new(request)
        };
        assert_eq!(violation(false, server), Violation::NoProgress, "{cursor}");
    }
    let beyond = |_: usize, request: &SyncRequest| SyncResponse {
        digest: Some(DigestAnswer::Buckets(Vec::new(), u64::MAX)),
        ..nothing_new(request)
    };
    assert_eq!(violation(true, beyond), Violation::NoProgress);
}

#[test]
fn a_feed_that_stands_still_ends_though_it_sends_the_same_again_and_again() {
    let delivery = Delivery {
        header: WireHeader::from(&astrid()),
        items: Vec::new(),
    };
    let again = |_: usize, request: &SyncRequest| SyncResponse {
        deliveries: vec![delivery.clone()],
        more: true,
        ..nothing_new(request)
    };
    assert_eq!(violation(false, again), Violation::NoProgress);
}

#[test]
fn a_feed_of_empty_pages_ends() {
    let empty = |_: usize, request: &SyncRequest| SyncResponse {
        cursor: request.cursor + 1,
        more: true,
        ..nothing_new(request)
    };
    assert_eq!(violation(false, empty), Violation::NoProgress);
}

#[test]
fn a_long_stretch_that_concerns_others_is_crossed() {
    // Fifty million positions of a region, a stretch at a time.
    let stretches = |round: usize, request: &SyncRequest| SyncResponse {
        cursor: request.cursor + 50_000,
        more: round < 900,
        ..nothing_new(request)
    };
    assert_eq!(sync(false, stretches), (901, Ok(())));
}

#[test]
fn a_server_that_is_restored_with_every_answer_is_given_up() {
    // Whatever it says of the comparison in between.
    for between in 1..4 {
        let restored = |round: usize, request: &SyncRequest| {
            let mut response = nothing_new(request);
            if round.is_multiple_of(between) {
                response.epoch = Epoch([u8::try_from(round % 200).unwrap() + 2; 16]);
                response.digest = None;
            } else if response.digest.is_none() {
                response.cursor += 1;
                response.more = true;
            }
            response
        };
        assert_eq!(violation(false, restored), Violation::Epochs, "{between}");
    }
}

#[test]
fn a_question_gets_its_answer_or_the_sync_ends() {
    let ignored = |_: usize, request: &SyncRequest| SyncResponse {
        digest: None,
        ..nothing_new(request)
    };
    assert_eq!(violation(true, ignored), Violation::Digest);
    let unasked = |_: usize, request: &SyncRequest| SyncResponse {
        digest: Some(DigestAnswer::Buckets(vec![1], 41)),
        ..nothing_new(request)
    };
    assert_eq!(violation(false, unasked), Violation::Digest);
    let same_again = |_: usize, request: &SyncRequest| SyncResponse {
        digest: Some(DigestAnswer::Buckets(vec![1], 41)),
        ..nothing_new(request)
    };
    assert_eq!(violation(true, same_again), Violation::Digest);
}

#[test]
fn buckets_named_a_million_times_are_asked_about_once() {
    let (rounds, ended) = sync(true, |_, request| {
        let mut response = nothing_new(request);
        if let Some(DigestAnswer::Buckets(differing, _)) = &mut response.digest {
            *differing = (0..=255).cycle().take(1_000_000).collect();
        }
        response
    });
    assert_eq!(ended, Ok(()));
    // The buckets, eight questions of 32 each, and the page.
    assert_eq!(rounds, 10);
}

#[test]
fn a_comparison_is_about_the_buckets_that_were_asked_about() {
    let elsewhere = DocumentId::from_bytes([9; 16]);
    let held = DigestAnswer::Documents(
        vec![HeldDocument {
            document: elsewhere.into(),
            hashes: vec![0; 32],
        }],
        Vec::new(),
    );
    let missing = DigestAnswer::Documents(Vec::new(), vec![WireId([9; 16])]);
    let half_a_hash = DigestAnswer::Documents(
        vec![HeldDocument {
            document: WireId([1; 16]),
            hashes: vec![0; 33],
        }],
        Vec::new(),
    );
    for answer in [held, missing, half_a_hash] {
        let server = |round: usize, request: &SyncRequest| SyncResponse {
            digest: Some(match round {
                0 => DigestAnswer::Buckets(vec![1], 41),
                _ => answer.clone(),
            }),
            ..nothing_new(request)
        };
        assert_eq!(violation(true, server), Violation::Digest);
    }
}

#[test]
fn documents_that_are_promised_and_never_come_are_asked_for_once() {
    let promised = |round: usize, request: &SyncRequest| {
        let mut response = nothing_new(request);
        match (&mut response.digest, round) {
            (Some(DigestAnswer::Buckets(differing, _)), _) => differing.push(1),
            (Some(DigestAnswer::Documents(held, _)), _) => {
                held.extend((0..=u16::MAX).map(|number| {
                    let [high, low] = number.to_be_bytes();
                    let mut id = [1; 16];
                    id[1] = high;
                    id[2] = low;
                    HeldDocument {
                        document: WireId(id),
                        hashes: vec![0; 32],
                    }
                }));
            }
            _ => {}
        }
        response
    };
    let (rounds, ended) = sync(true, promised);
    assert_eq!(ended, Ok(()));
    // Two questions, and the promised ones by five hundred.
    assert_eq!(rounds, 2 + 65_536_usize.div_ceil(500));
}
