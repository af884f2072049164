//! Entries: frozen bytes, signatures, corrections.

use super::{exchange, minute, row, tablet, user};
use crate::{
    Document, Edit,
    entry::{Entry, EntryContent, EntryError, SignedEntry, Signer},
    history::differences,
};
use ed25519_dalek::{Signer as _, SigningKey};
use hemrond_domain::ids::DeviceId;

fn eva() -> Signer {
    Signer {
        author: user(1),
        author_name: "Eva Lind".to_owned(),
        device: DeviceId::from_bytes([5; 16]),
        signed_at: minute(30),
    }
}

fn written() -> Document {
    let mut document = tablet(1);
    document
        .edit(
            minute(1),
            &[
                Edit::set("cfs.level", 6),
                Edit::set("weight_kg", 61.5),
                Edit::set("cfs.terminal", false),
                Edit::text("note", "Astrid är trött."),
                Edit::add_row("drugs", row(1), [("name", "Furix \"40\"")]),
            ],
        )
        .unwrap();
    document
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn sign(content: &EntryContent) -> SignedEntry {
    SignedEntry::sign(content, |message| key().sign(message).to_bytes()).unwrap()
}

#[test]
fn what_is_signed_has_these_very_bytes() {
    let document = written();
    let content = EntryContent::of(&document, &document.heads(), eva(), None).unwrap();
    let signed = sign(&content);
    let text = String::from_utf8(signed.bytes.clone()).unwrap();
    assert_eq!(text, include_str!("golden/entry.json").trim_end());
    assert_eq!(
        signed.hash().to_string(),
        include_str!("golden/entry.sha256").trim_end()
    );
}

/// AC5: what is signed is fixed: whichever byte of it or of its signature changes, it is found.
#[test]
fn an_entry_is_read_back_and_verified() {
    let document = written();
    let content = EntryContent::of(&document, &document.heads(), eva(), None).unwrap();
    let signed = sign(&content);
    let container = signed.encode().unwrap();
    let entry = Entry::parse(&container).unwrap();
    let read = entry.record().unwrap();
    assert_eq!((read, &entry.signed), (&content, &signed));
    assert_eq!(read.heads().unwrap(), document.heads());
    assert_eq!(&read.header().unwrap(), document.header());
    entry.signed.verify(&key().verifying_key()).unwrap();

    let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
    assert_eq!(entry.signed.verify(&other), Err(EntryError::WrongSignature));
    for place in 0..container.len() {
        let mut changed = container.clone();
        changed[place] ^= 1;
        let sound = Entry::parse(&changed)
            .is_ok_and(|entry| entry.signed.verify(&key().verifying_key()).is_ok());
        assert!(!sound, "byte {place}");
        assert!(Entry::parse(&container[..place]).is_err(), "cut at {place}");
    }
}

/// AC2: Eva stays the author of what she signed; what Omar changes is his, and stands beside it.
#[test]
fn an_edit_after_the_signature_shows_as_an_addition_and_the_entry_stays() {
    let (mut eva_, mut omar) = (written(), tablet(2));
    let heads = eva_.heads();
    let before = EntryContent::of(&eva_, &heads, eva(), None).unwrap();
    // Omar writes without having seen it, and his edit comes after the signature.
    omar.edit(
        minute(2),
        &[Edit::set("reason", "Fall"), Edit::set("cfs.level", 7)],
    )
    .unwrap();
    exchange(&mut eva_, &mut omar);
    assert_eq!(
        EntryContent::of(&eva_, &heads, eva(), None).unwrap(),
        before
    );
    let added: Vec<_> = differences(&eva_, &heads)
        .unwrap()
        .into_iter()
        .map(|d| (d.field, d.actor[0]))
        .collect();
    assert_eq!(
        added,
        [("cfs.level".to_owned(), 2), ("reason".to_owned(), 2)]
    );
    // Nobody signs while answers differ.
    let refused = EntryContent::of(&eva_, &eva_.heads(), eva(), None);
    assert_eq!(refused, Err(EntryError::InConflict("cfs.level".to_owned())));
    // A correction names what it corrects.
    let conflict = eva_.conflict("cfs.level").unwrap();
    eva_.edit(minute(40), &[conflict.settle(Some(7.into()))])
        .unwrap();
    let hash = sign(&before).hash();
    let correction = EntryContent::of(&eva_, &eva_.heads(), eva(), Some(hash)).unwrap();
    let read = EntryContent::parse(&correction.to_bytes().unwrap()).unwrap();
    assert_eq!(read.corrects, Some(hash));
}

/// AC1: an entry is about one person, who is a part of its document's name.
#[test]
fn an_entry_cannot_be_moved_to_another_person_nor_name_two() {
    let document = written();
    let content = EntryContent::of(&document, &document.heads(), eva(), None).unwrap();
    let mut moved = content.clone();
    let other = hemrond_domain::ids::PersonId::from_bytes([0x77; 16]);
    assert_ne!(document.header().person_id(), Some(other));
    moved.header.insert("person".to_owned(), other.to_string());
    assert_eq!(
        EntryContent::parse(&moved.to_bytes().unwrap()),
        Err(EntryError::Malformed("the document's id"))
    );
    // A second person has no place in it.
    let mut two = content.clone();
    two.header.insert("person2".to_owned(), other.to_string());
    assert_eq!(
        EntryContent::parse(&two.to_bytes().unwrap()),
        Err(EntryError::Malformed("the header"))
    );
    let json = String::from_utf8(content.to_bytes().unwrap()).unwrap();
    let doubled = json.replacen(
        "\"signed_at\"",
        &format!("\"person\":\"{other}\",\"signed_at\""),
        1,
    );
    assert!(EntryContent::parse(doubled.as_bytes()).is_err());
}

/// AC3: there is no entry without the person, the author and the time.
#[test]
fn an_entry_without_person_author_or_time_is_none() {
    let document = written();
    let content = EntryContent::of(&document, &document.heads(), eva(), None).unwrap();
    let whole: serde_json::Value = serde_json::from_slice(&content.to_bytes().unwrap()).unwrap();
    assert!(EntryContent::parse(&serde_json::to_vec(&whole).unwrap()).is_ok());
    for key in [
        "author",
        "author_name",
        "device",
        "document",
        "signed_at",
        "header",
    ] {
        let mut without = whole.clone();
        without.as_object_mut().unwrap().remove(key).unwrap();
        let bytes = serde_json::to_vec(&without).unwrap();
        assert!(EntryContent::parse(&bytes).is_err(), "without {key}");
        let mut empty = whole.clone();
        empty[key] = serde_json::json!("");
        if key != "author_name" {
            let bytes = serde_json::to_vec(&empty).unwrap();
            assert!(EntryContent::parse(&bytes).is_err(), "with an empty {key}");
        }
    }
    let mut without = whole;
    let header = without["header"].as_object_mut().unwrap();
    header.remove("person").unwrap();
    let bytes = serde_json::to_vec(&without).unwrap();
    assert!(EntryContent::parse(&bytes).is_err(), "without a person");
}

#[test]
fn what_is_no_entry_is_refused() {
    let document = written();
    let content = EntryContent::of(&document, &document.heads(), eva(), None).unwrap();
    let parse = |content: &EntryContent| EntryContent::parse(&content.to_bytes().unwrap());
    assert_eq!(parse(&content).as_ref(), Ok(&content));
    let mut newer = content.clone();
    newer.format = "hemrond-entry-2".to_owned();
    assert_eq!(
        parse(&newer),
        Err(EntryError::UnknownFormat("hemrond-entry-2".to_owned()))
    );
    let mut other = content.clone();
    other
        .header
        .insert("part".to_owned(), "another visit".to_owned());
    assert!(parse(&other).is_err());
    let mut other = content.clone();
    other.heads.push("not a hash".to_owned());
    assert!(parse(&other).is_err());
    assert!(EntryContent::parse(b"{}").is_err());
    assert!(EntryContent::of(&document, &[[1; 32]], eva(), None).is_err());
}
