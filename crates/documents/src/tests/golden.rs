//! Bytes that must never change, because every stored document begins with them.

use super::headers;
use crate::{genesis, is_given, migrations};
use std::fmt::Write;

#[test]
fn every_kind_begins_with_the_same_bytes_for_ever() {
    let mut found = String::new();
    for header in headers() {
        let first = genesis(&header).unwrap();
        writeln!(
            found,
            "{} {} {}",
            header.kind(),
            first.bytes.len(),
            hex::encode(first.hash)
        )
        .unwrap();
        for migration in migrations(&header).unwrap() {
            let hash = hex::encode(migration.hash);
            writeln!(found, "{} {} {hash}", header.kind(), migration.bytes.len()).unwrap();
            assert!(is_given(&header, &migration.bytes).unwrap());
        }
        assert!(is_given(&header, &first.bytes).unwrap());
    }
    assert_eq!(found, include_str!("golden/genesis.txt"));
}
