//! Killed in the middle of anything, and nothing that was said to be saved is lost. The long form
//! is `cargo xtask kills`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::kills::{Database, kills};

#[test]
fn whoever_is_killed_whenever_every_saved_note_reaches_everybody() {
    nothing_is_lost_on(Database::Sqlite);
}

#[test]
fn nor_is_anything_lost_where_two_processes_serve_one_postgres() {
    nothing_is_lost_on(Database::Postgres);
}

fn nothing_is_lost_on(database: Database) {
    let tally = kills(database, 20, 7, |_| {});
    assert_eq!(tally.kills, 20);
    assert!(tally.edits >= 40, "{tally:?}");
    assert_eq!(tally.lost, [""; 0]);
    assert_eq!(tally.control.len(), 3, "{tally:?}");
}
