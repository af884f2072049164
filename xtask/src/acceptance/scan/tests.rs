//! The scanner, on files such as the project has.

use super::{Found, Named, rust, script};

fn named(numbers: &[u16], name: &str, ends: &str) -> Named {
    Named {
        numbers: numbers.to_vec(),
        name: name.to_owned(),
        ends: ends.to_owned(),
    }
}

fn found(tests: &[Named], faults: &[&str]) -> Found {
    Found {
        tests: tests.to_vec(),
        faults: faults.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_rust_test_is_found_by_the_first_line_of_its_comment() {
    let text = "
/// AC13: a block on Eva's unit hides at once.
/// AC99 is not the first line.
#[tokio::test(flavor = \"multi_thread\", worker_threads = 2)]
async fn a_block_hides() {}

    /// AC61, AC62: nothing tells where she lives.
    #[test]
    fn nothing_tells() {}

/// AC2 and AC8: both.
#[test]
#[allow(
    clippy::panic
)]
fn both() {}

/// ACE inhibitors are no criterion.
#[test]
fn medicine() {}
";
    let tests = [
        named(&[13], "a_block_hides", ""),
        named(&[61, 62], "nothing_tells", ""),
        named(&[2, 8], "both", ""),
    ];
    assert_eq!(rust(text), found(&tests, &[]));
}

#[test]
fn a_story_that_a_suite_lists_is_a_test() {
    let text = "
on_every_storage!(
    stina_gets_no_visit,
);

/// AC11: Stina reads no visit.
async fn stina_gets_no_visit(backend: Backend) {}

/// AC12: nobody calls this.
async fn a_helper(backend: Backend) {}
";
    let faults = ["/// AC12: nobody calls this."];
    assert_eq!(
        rust(text),
        found(&[named(&[11], "stina_gets_no_visit", "")], &faults)
    );
}

#[test]
fn a_rust_test_is_found_by_its_name() {
    let text = "
#[test]
fn ac61_ac62_nothing_tells() {}

/// AC24: and by both.
#[test]
fn ac24_the_copy_is_unreadable() {}

fn ac5_a_helper() {}

#[test]
fn accounts_are_closed() {}
";
    let tests = [
        named(&[61, 62], "ac61_ac62_nothing_tells", ""),
        named(&[24], "ac24_the_copy_is_unreadable", ""),
    ];
    assert_eq!(rust(text), found(&tests, &[]));
}

#[test]
fn what_names_a_criterion_and_is_no_test_is_told() {
    let text = "
/// AC13 without a colon
#[test]
fn a() {}

/// AC14: on a type.
struct Block;
";
    let faults = ["/// AC13 without a colon", "/// AC14: on a type."];
    assert_eq!(rust(text), found(&[], &faults));
}

#[test]
fn a_story_in_a_browser_is_found_by_the_comment_above_it() {
    let text = "
// AC66: everybody can use it.
for (const screen of SCREENS) {
  test(`${screen.name} can be used by everybody`, async () => {});
}

// AC66, AC26: by keys.
test('Eva visits by keys alone', async () => {});

// AC1: no story follows
const one = 1;
";
    let tests = [
        named(&[66], "", " can be used by everybody"),
        named(&[66, 26], "Eva visits by keys alone", ""),
    ];
    let faults = ["// AC1: no story follows"];
    assert_eq!(script(text), found(&tests, &faults));
}
