//! Comparing with the server what a tablet holds, document by document.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    record::{DocumentId, Header},
};
use hemrond_protocol::{DigestAnswer, Epoch, HeldDocument, SyncRequest, SyncResponse, WireId};
use hemrond_sync::{Compare, Gathered, Position, Session};
use support::nothing_new;

const ITEM: [u8; 32] = [7; 32];

fn astrid() -> DocumentId {
    let organisation = OrganisationId::from_bytes([1; 16]);
    Header::person(organisation, PersonId::from_bytes([40; 16])).id()
}

fn answer(request: &SyncRequest, digest: DigestAnswer) -> SyncResponse {
    SyncResponse {
        digest: Some(digest),
        ..nothing_new(request)
    }
}

/// Begins a comparison that has come to Astrid's document, of which the server holds this much.
fn up_to_astrid(held: Option<[u8; 32]>) -> (Session, Compare) {
    let position = Position {
        epoch: Some(Epoch([1; 16])),
        cursor: 41,
    };
    let mut session = Session::new(position, "test", true);
    let request = session.request(Gathered::default());
    let first = astrid().as_bytes()[0];
    session
        .answer(answer(&request, DigestAnswer::Buckets(vec![first], 41)))
        .unwrap();
    let request = session.request(Gathered::default());
    let documents = match held {
        Some(hash) => DigestAnswer::Documents(
            vec![HeldDocument {
                document: astrid().into(),
                hashes: hash.to_vec(),
            }],
            Vec::new(),
        ),
        None => DigestAnswer::Documents(Vec::new(), vec![astrid().into()]),
    };
    let taken = session.answer(answer(&request, documents)).unwrap();
    let compare = taken.compare.into_iter().next().unwrap();
    (session, compare)
}

/// What the tablet asks for next.
fn wanted(session: &mut Session) -> Vec<WireId> {
    session.request(Gathered::default()).wanted
}

#[test]
fn what_is_the_same_on_both_sides_is_not_asked_for() {
    let (mut session, compare) = up_to_astrid(Some(ITEM));
    assert_eq!(session.compared(&compare, &[ITEM], false), []);
    assert_eq!(wanted(&mut session), []);
}

#[test]
fn what_the_tablet_lacks_is_asked_for_and_what_the_server_lacks_is_queued() {
    let (mut session, compare) = up_to_astrid(Some(ITEM));
    let queued = session.compared(&compare, &[[8; 32]], false);
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0].hash, [8; 32]);
    assert_eq!(wanted(&mut session), [WireId::from(astrid())]);
}

/// Lars lost his right to a visit while something of it was unsent, so that his tablet kept it out
/// of sight. The right came back before the last of it was sent.
#[test]
fn a_withdrawn_document_that_may_be_read_again_is_asked_for_though_nothing_of_it_is_lacking() {
    let (mut session, compare) = up_to_astrid(Some(ITEM));
    assert_eq!(session.compared(&compare, &[ITEM], true), []);
    assert_eq!(wanted(&mut session), [WireId::from(astrid())]);

    let (mut session, compare) = up_to_astrid(None);
    let queued = session.compared(&compare, &[ITEM], true);
    assert_eq!(queued.len(), 1);
    assert_eq!(wanted(&mut session), [], "it may still not be read");
}
