//! Every kept input goes through its target: seeds, and what once was a fault.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_fuzz::{ALL, corpus, open, parts, sample, seal};
use std::panic::catch_unwind;

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
fn eva_writes_in_a_document_of_every_kind() {
    let written = sample::headers().map(|header| sample::written(&header).len());
    assert_eq!(written, [3, 1, 1, 1, 5]);
}

#[test]
fn an_input_may_end_in_the_midst_of_a_part() {
    let pieces: Vec<&[u8]> = parts(&[0, 2, 7, 8, 0, 9, 1]).collect();
    assert_eq!(pieces, [&[7, 8][..], &[1]]);
    assert_eq!(parts(&[0]).count(), 0);
}
