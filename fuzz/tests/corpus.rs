//! Every kept input goes through its target: seeds, and what once was a fault.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use hemrond_audit::checkpoint::Checkpoint;
use hemrond_companion::foreign::{door, is_lease_over, listed, news, tries};
use hemrond_documents::entry::ActContent;
use hemrond_fuzz::{ALL, corpus, open, parts, sample, seal, word_of};
use hemrond_protocol::packing::unpack;
use hemrond_server::{
    environment::Clock,
    foreign::{cookies, is_certificate, is_sealing_key, prepare_tls},
    sign_in::card::{CardConfig, Cards},
};
use std::panic::catch_unwind;

fn seed(target: &str, name: &str) -> Vec<u8> {
    std::fs::read(corpus::seeds(target).join(name)).unwrap()
}

#[test]
fn no_target_fails_on_a_kept_input() {
    let mut failed = Vec::new();
    for target in ALL {
        let seeds = corpus::files(&corpus::seeds(target.name)).unwrap();
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        let faults = corpus::files(&corpus::faults(target.name)).unwrap();
        for (path, bytes) in seeds.iter().chain(&faults) {
            if catch_unwind(|| (target.run)(bytes)).is_err() {
                failed.push(path.clone());
            }
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn every_kept_input_belongs_to_a_target_and_all_are_small() {
    let mut total = 0;
    for kept in ["corpus", "faults"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(kept);
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().into_string().unwrap();
            assert!(ALL.iter().any(|target| target.name == name), "{name}");
            let files = corpus::files(&entry.path()).unwrap();
            total += files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        }
    }
    assert!(total < 1 << 20, "{total} bytes");
}

#[test]
fn a_change_that_is_opened_and_sealed_again_is_the_same() {
    for change in sample::morning() {
        assert_eq!(seal(open(&change.bytes).unwrap()), change.bytes);
    }
}

#[test]
fn eva_writes_in_a_document_of_every_kind_that_holds_changes() {
    let written = sample::headers().map(|header| sample::written(&header).len());
    // Acts are entries.
    assert_eq!(written, [3, 1, 1, 1, 1, 5, 0]);
}

#[test]
fn an_input_may_end_in_the_midst_of_a_part() {
    let pieces: Vec<&[u8]> = parts(&[0, 2, 7, 8, 0, 9, 1]).collect();
    assert_eq!(pieces, [&[7, 8][..], &[1]]);
    assert_eq!(parts(&[0]).count(), 0);
}

/// A seed that is turned away at the door would show a fuzzer nothing of what is behind it.
#[test]
fn the_seeds_of_packed_items_acts_and_words_are_read() {
    for name in ["morning", "twice"] {
        let seed = seed("packed", name);
        let items = unpack(parts(&seed).next().unwrap(), 1 << 20).unwrap();
        assert!(items.iter().all(|document| !document.items.is_empty()));
    }
    for (path, bytes) in corpus::files(&corpus::seeds("act")).unwrap() {
        for piece in parts(&bytes) {
            let read = ActContent::parse(piece).unwrap();
            assert!(read.act().is_some(), "{}", path.display());
        }
    }
    for (path, bytes) in corpus::files(&corpus::seeds("word")).unwrap() {
        let (how, text) = parts(&bytes).next().unwrap().split_first().unwrap();
        let text = std::str::from_utf8(text).unwrap();
        let key = sample::log_key();
        let note = if *how == 0 {
            word_of(text, &key)
        } else {
            text.to_owned()
        };
        let read = Checkpoint::open(&note, &key.verifying_key());
        assert!(read.is_ok(), "{}", path.display());
    }
}

#[test]
fn the_seeds_of_files_beside_a_tablet_are_read() {
    let file = |name: &str| seed("door", name).split_off(1);
    let now = sample::minute(16);
    assert_eq!(door(&file("index")).unwrap(), 1);
    assert!(!is_lease_over(&file("lease"), now));
    assert!(is_lease_over(&file("lease"), sample::minute(61)));
    assert_eq!(tries(&file("tries"), sample::minute(15)), (6, 30));
    assert_eq!(news(&file("news")), Some(42));
    let text = |name| String::from_utf8(file(name)).unwrap();
    assert_eq!(listed(&text("candidates")), (1, 0));
    assert_eq!(listed(&text("contacts")), (0, 1));
}

#[test]
fn the_seeds_of_a_servers_configuration_are_read() {
    let file = |name: &str| seed("config", name).split_off(1);
    let certificate = file("certificate");
    let pair: Vec<&[u8]> = parts(&certificate).collect();
    assert!(is_certificate(pair[0], pair[1]));
    assert!(is_sealing_key(
        &String::from_utf8(file("sealing-key")).unwrap()
    ));
    let read = cookies(&file("cookies"), true).unwrap();
    assert_eq!(read[0].as_deref(), Some("abc"));
}

/// A moment in which the seeds' tokens are good.
struct Then;

impl Clock for Then {
    fn now(&self) -> DateTime<Utc> {
        sample::minute(0)
    }
}

#[test]
fn the_seed_of_a_providers_word_names_eva() {
    prepare_tls();
    let cards = Cards::new(CardConfig {
        issuer: "https://id.example.se".to_owned(),
        client_id: "hemrond".to_owned(),
        client_secret: None,
        claim: "employeeHsaId".to_owned(),
        levels: vec!["loa3".to_owned()],
        back: "https://hemrond.example.se/admin/card/back".to_owned(),
    });
    let seed = seed("card", "token");
    let parts: Vec<&[u8]> = parts(&seed).collect();
    let said = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(parts[2]),
        URL_SAFE_NO_PAD.encode(parts[3])
    );
    let signature = URL_SAFE_NO_PAD.encode(sample::sign_request(said.as_bytes()));
    let token = format!("{said}.{signature}");
    let named = |nonce| {
        let cards = cards.as_ref().unwrap();
        cards.named_by(parts[0], parts[1], &token, nonce, &Then)
    };
    assert_eq!(named("nonce").unwrap(), "SE2321000016-eva");
    assert!(named("another").is_err());
}
