//! What lies beside a tablet's databases: the door's file, the keys' slots, notes, leases and counts.

use crate::{parts, sample};
use hemrond_companion::foreign::{door as door_file, is_lease_over, listed, news, tries};
use hemrond_vault::{
    Secret, Slot, note,
    rescue::{RescueKey, RescuePublicKey},
};

/// How long a box is that was sealed for a server: a key and a tag around version, owner and key.
const BOX: usize = 32 + 16 + 1 + 16 + 32;

/// The first byte says which file it is.
pub(super) fn door(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let now = sample::minute(0);
    match first {
        0 => {
            let _ = door_file(rest);
        }
        1 => {
            // Who has no lease reads nothing, and no lease goes on for ever.
            assert!(is_lease_over(
                rest,
                chrono::DateTime::<chrono::Utc>::MAX_UTC
            ));
            let _ = is_lease_over(rest, now);
            let _ = is_lease_over(rest, chrono::DateTime::<chrono::Utc>::MIN_UTC);
        }
        2 => {
            let (left, seconds) = tries(rest, now);
            assert!(left <= 10 && seconds <= 900);
            assert!(tries(rest, sample::minute(16)).1 == 0 || left == 0 || seconds > 0);
        }
        3 => slot(rest),
        4 => sealed(rest),
        5 => {
            let text = String::from_utf8_lossy(rest);
            let _ = RescuePublicKey::parse(&text);
            let _ = RescueKey::parse(&text);
            let opened = RescueKey::draw(&seven).open(rest);
            assert!(opened.is_err() || rest.len() == BOX);
        }
        6 => {
            let _ = news(rest);
        }
        _ => {
            let _ = listed(&String::from_utf8_lossy(rest));
        }
    }
}

/// A slot is written as it was read. Opening it costs too much to be tried here.
fn slot(bytes: &[u8]) {
    if let Ok(slot) = serde_json::from_slice::<Slot>(bytes) {
        let written = serde_json::to_vec(&slot);
        let again = written.and_then(|bytes| serde_json::from_slice::<Slot>(&bytes));
        assert_eq!(again.ok(), Some(slot));
    }
}

/// A note as it lies there, and one that is sealed first: it opens under its own label only.
fn sealed(bytes: &[u8]) {
    let mut parts = parts(bytes);
    let label = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let text = parts.next().unwrap_or_default();
    let key = Secret::new([21; 32]);
    assert!(note::open(&key, &label, text).is_none());
    let sealed = note::seal(&key, &label, text, &seven);
    let opened = sealed.as_deref().map(|it| note::open(&key, &label, it));
    assert_eq!(opened, Some(Some(text.to_vec())));
    let other = format!("{label}.");
    assert!(sealed.is_some_and(|it| note::open(&key, &other, &it).is_none()));
}

/// Chance that draws sevens.
fn seven(bytes: &mut [u8]) {
    bytes.fill(7);
}
