//! Acts as entries: fixed bytes, and what a newer version writes.

use super::{minute, user};
use crate::entry::{
    ActContent, ActSigner, Contents, Entry, EntryError, EntryHash, Fact, SignedEntry,
};
use ed25519_dalek::{Signer as _, SigningKey};
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId, UnitId, VisitId},
    law::{Act, ActId, Bound, Step, Voice},
    people::Role,
    record::Header,
};
use proptest::prelude::*;

const TEAM: UnitId = UnitId::from_bytes([2; 16]);

fn acts() -> Header {
    Header::acts(
        OrganisationId::from_bytes([1; 16]),
        PersonId::from_bytes([3; 16]),
    )
}

fn eva() -> ActSigner {
    ActSigner {
        author: user(1),
        author_name: "Eva Lind".to_owned(),
        device: DeviceId::from_bytes([5; 16]),
        role: Role::Nurse,
        unit: TEAM,
        made_at: minute(30),
    }
}

fn block() -> Act {
    Act::BlockSet {
        bound: Bound::Inner,
        unit: Some(TEAM),
        voice: Voice::Person,
    }
}

fn opening() -> Act {
    Act::EmergencyOpened {
        bound: Bound::Inner,
        step: Step::Entries,
        danger: "Medvetslös".to_owned(),
        units: vec![TEAM],
        documents: Vec::new(),
        until: minute(90),
    }
}

fn content(act: &Act) -> ActContent {
    ActContent::of(&acts(), act, eva()).unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn sign(content: &ActContent) -> SignedEntry {
    SignedEntry::sign_act(content, |message| key().sign(message).to_bytes()).unwrap()
}

#[test]
fn an_act_has_these_very_bytes_for_ever() {
    let signed = sign(&content(&block()));
    let text = String::from_utf8(signed.bytes.clone()).unwrap();
    assert_eq!(text, include_str!("golden/act.json").trim_end());
}

#[test]
fn an_act_is_read_back_as_an_act_and_verified() {
    for act in [block(), opening()] {
        let content = content(&act);
        let signed = sign(&content);
        let entry = Entry::parse(&signed.encode().unwrap()).unwrap();
        assert_eq!(entry.record(), None);
        assert_eq!(entry.content, Contents::Act(content.clone()));
        entry.signed.verify(&key().verifying_key()).unwrap();
        let made = content.made(entry.hash).unwrap();
        assert_eq!((made.id, made.act), (ActId(entry.hash.0), Some(act)));
        assert_eq!(
            (made.by, made.role, made.unit),
            (user(1), Role::Nurse, TEAM)
        );
        assert_eq!(made.at, minute(30));
    }
}

#[test]
fn a_signature_over_a_record_is_none_over_an_act() {
    let content = content(&block());
    let bytes = content.to_bytes().unwrap();
    let as_record = crate::entry::signing_message(crate::entry::FORMAT, EntryHash::of(&bytes));
    let signed = SignedEntry {
        bytes,
        signature: key().sign(&as_record).to_bytes(),
    };
    assert_eq!(
        signed.verify(&key().verifying_key()),
        Err(EntryError::WrongSignature)
    );
}

#[test]
fn what_a_newer_version_added_opens_nothing_but_a_block_still_blocks() {
    let read = |act: &Act| {
        let mut content = content(act);
        let added = Fact::Text("a limit that nobody knows yet".to_owned());
        content.act.insert("limit".to_owned(), added);
        ActContent::parse(&content.to_bytes().unwrap()).unwrap()
    };
    assert_eq!(read(&opening()).act(), None);
    assert_eq!(read(&block()).act(), Some(block()));
    let mut unknown = content(&block());
    let kind = Fact::Text("moved_abroad".to_owned());
    unknown.act.insert("kind".to_owned(), kind);
    let unknown = ActContent::parse(&unknown.to_bytes().unwrap()).unwrap();
    assert_eq!(unknown.kind(), Some("moved_abroad"));
    assert_eq!(unknown.made(EntryHash([1; 32])).unwrap().act, None);
}

#[test]
fn what_is_no_act_is_refused() {
    let parse = |content: &ActContent| ActContent::parse(&content.to_bytes().unwrap());
    let sound = content(&block());
    assert_eq!(parse(&sound).as_ref(), Ok(&sound));
    let visit = Header::visit(
        OrganisationId::from_bytes([1; 16]),
        TEAM,
        PersonId::from_bytes([3; 16]),
        VisitId::from_bytes([4; 16]),
    );
    assert!(ActContent::of(&visit, &block(), eva()).is_err());
    let mut elsewhere = sound.clone();
    elsewhere.document = visit.id();
    assert!(parse(&elsewhere).is_err());
    let mut nameless = sound.clone();
    nameless.act.remove("kind");
    assert!(parse(&nameless).is_err());
    let mut untimely = sound;
    untimely.made_at = "i går".to_owned();
    assert!(parse(&untimely).is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_fall(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ActContent::parse(&bytes);
        let _ = Contents::parse(&bytes);
    }

    #[test]
    fn a_changed_byte_is_no_sound_act(place in 0usize..600, flip in 1u8..) {
        let mut container = sign(&content(&opening())).encode().unwrap();
        let place = place % container.len();
        container[place] ^= flip;
        let sound = Entry::parse(&container)
            .is_ok_and(|entry| entry.signed.verify(&key().verifying_key()).is_ok());
        prop_assert!(!sound);
    }
}
