//! What opens a slot, and what does not.

#![allow(clippy::unwrap_used)]

use hemrond_vault::{Cost, OpenError, Pin, Secret, Slot, note, rescue::RescueKey};
use proptest::prelude::*;
use std::{cell::Cell, sync::LazyLock};

/// Chance that a test can tell beforehand.
fn chance() -> impl Fn(&mut [u8]) {
    let next = Cell::new(0_u8);
    move |bytes: &mut [u8]| {
        for byte in bytes {
            next.set(next.get().wrapping_add(1));
            *byte = next.get();
        }
    }
}

fn pin(digits: &str) -> Pin {
    Pin::new(digits).unwrap()
}

const KEY: Secret = Secret::new([7; 32]);
const PLATFORM: Secret = Secret::new([9; 32]);

fn evas_slot() -> Slot {
    let cost = Cost::new(19_456, 2).unwrap();
    Slot::seal(&KEY, &pin("407306"), &PLATFORM, "eva", cost, &chance()).unwrap()
}

/// AC24: the key of Eva's database comes out with her PIN and this tablet's secret, and with
/// nothing less.
#[test]
fn a_slot_opens_with_pin_and_platform_secret_together_only() {
    let slot = evas_slot();
    let other = Secret::new([10; 32]);
    assert_eq!(slot.open(&pin("407306"), &PLATFORM, "eva"), Ok(KEY));
    for (digits, secret, owner) in [
        ("407307", &PLATFORM, "eva"),
        ("407306", &other, "eva"),
        ("407306", &PLATFORM, "omar"),
    ] {
        let opened = slot.open(&pin(digits), secret, owner);
        assert_eq!(opened, Err(OpenError::Wrong), "{digits} {owner}");
    }
}

#[test]
fn a_slot_survives_being_written_down_and_shows_nothing_of_the_key() {
    let text = serde_json::to_string(&evas_slot()).unwrap();
    let read: Slot = serde_json::from_str(&text).unwrap();
    assert_eq!(read.open(&pin("407306"), &PLATFORM, "eva"), Ok(KEY));
    assert!(!text.contains(&hex::encode([7; 32])), "{text}");
    assert!(!text.contains("407306"), "{text}");
    let dearer = text.replace("19456", "19457");
    assert_ne!(dearer, text);
    let changed: Slot = serde_json::from_str(&dearer).unwrap();
    let opened = changed.open(&pin("407306"), &PLATFORM, "eva");
    assert_eq!(opened, Err(OpenError::Wrong), "another cost");
}

#[test]
fn the_rescue_box_opens_with_the_servers_key_and_names_its_owner() {
    let server = RescueKey::draw(&chance());
    let kept = RescueKey::parse(&server.digits()).unwrap();
    let sealed = server.public().seal(&KEY, &[3; 16], &chance()).unwrap();
    assert_eq!(kept.open(&sealed).unwrap(), ([3; 16], KEY));
    let stranger = RescueKey::parse(&"5a".repeat(32)).unwrap();
    assert!(stranger.open(&sealed).is_err());
    for wrong in ["", "5a", "zz", &"5a".repeat(33)] {
        assert!(RescueKey::parse(wrong).is_err(), "{wrong}");
    }
    let printed = format!("{server:?}");
    assert_eq!(printed, "RescueKey(…)");
}

static SERVER: LazyLock<RescueKey> = LazyLock::new(|| RescueKey::parse(&"17".repeat(32)).unwrap());

proptest! {
    #[test]
    fn a_note_opens_as_it_was_and_after_any_change_not_at_all(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        at in any::<prop::sample::Index>(),
        flip in 1_u8..,
    ) {
        let sealed = note::seal(&KEY, "lease eva", &bytes, &chance()).unwrap();
        prop_assert_eq!(note::open(&KEY, "lease eva", &sealed), Some(bytes));
        prop_assert_eq!(note::open(&KEY, "lease omar", &sealed), None);
        prop_assert_eq!(note::open(&PLATFORM, "lease eva", &sealed), None);
        let mut changed = sealed.clone();
        let place = at.index(changed.len());
        changed[place] ^= flip;
        prop_assert_eq!(note::open(&KEY, "lease eva", &changed), None);
        prop_assert_eq!(note::open(&KEY, "lease eva", &sealed[..place]), None);
    }

    #[test]
    fn anything_may_be_brought_to_be_opened(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(SERVER.open(&bytes).is_err());
        prop_assert_eq!(note::open(&KEY, "lease eva", &bytes), None);
    }
}

proptest! {
    // Each case works on the curve, which takes long in a build for tests.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_changed_box_does_not_open(at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let mut sealed = SERVER.public().seal(&KEY, &[3; 16], &chance()).unwrap();
        let place = at.index(sealed.len());
        sealed[place] ^= flip;
        // The public half of the box may have bits that do not matter; what comes out is then the
        // same, never another key.
        if let Ok(opened) = SERVER.open(&sealed) {
            prop_assert_eq!(opened, ([3; 16], KEY));
        }
    }
}
