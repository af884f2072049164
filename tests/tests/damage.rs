//! Files that are damaged, locked or not ours: said in a sentence, and left as they are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{Failure, Output, Tablet, Town};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Every file of a folder but the lock, which is no data.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                fs::read(entry.path()),
            )
        })
        .filter(|(name, _)| !name.contains("lock"))
        .map(|(name, bytes)| (name, bytes.unwrap()))
        .collect()
}

/// The program ended with one sentence in both languages and the code, without a panic.
fn told(output: &Output, code: &str, swedish: &str) {
    assert!(!output.success, "{}", output.out);
    let sentence = output
        .err
        .lines()
        .find(|line| line.starts_with("hemrond-tablet: "));
    let sentence = sentence.unwrap_or_else(|| panic!("no sentence: {}", output.err));
    assert!(sentence.ends_with(&format!("({code})")), "{sentence}");
    assert!(
        sentence.contains(swedish) && sentence.contains(" / "),
        "{sentence}"
    );
    assert!(!output.err.contains("panicked"), "{}", output.err);
    assert_eq!(output.out, "");
}

fn evas_closed_tablet() -> (Town, Tablet, hemrond_tests::Place) {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    eva.sync();
    let place = eva.plan_astrid();
    eva.close();
    (town, eva, place)
}

#[test]
fn a_second_process_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let (_town, mut eva, place) = evas_closed_tablet();
    eva.start();
    eva.write(&place.document, "note", "Ett");
    told(&eva.open_again(), "store.in_use", "redan öppen");
    eva.write(&place.document, "note", "Ett och två");
    eva.kill();
    eva.start();
    assert_eq!(eva.visit(&place.visit)["texts"]["note"], "Ett och två");
}

/// The tablet says in a sentence why it does not open for its user, and stays as it is.
fn stays_shut(eva: &mut Tablet, what: &str) -> String {
    let home = eva.database().parent().unwrap().to_owned();
    let before = files(&home);
    eva.start_locked();
    let failure = eva.try_unlock().unwrap_err();
    assert!(failure.message.contains(' '), "{what}: {failure:?}");
    eva.close();
    assert_eq!(
        files(&home).get("tablet.db"),
        before.get("tablet.db"),
        "{what}"
    );
    failure.code
}

#[test]
fn without_the_tablets_half_of_the_key_nothing_opens_and_nothing_changes() {
    let (_town, mut eva, place) = evas_closed_tablet();
    let mut halves = fs::read_dir(eva.folder().join("keystore")).unwrap();
    let half = halves.next().unwrap().unwrap().path();
    let right = fs::read(&half).unwrap();
    for wrong in ["00".repeat(32), "ff".repeat(32)] {
        fs::write(&half, &wrong).unwrap();
        assert_eq!(stays_shut(&mut eva, &wrong), "door.wrong_pin");
    }
    for unreadable in [&b"hej"[..], b"", &[0xff; 64], &right[..63]] {
        fs::write(&half, unreadable).unwrap();
        assert_eq!(stays_shut(&mut eva, "unreadable"), "door.keystore");
    }
    // Without it, no new one is made for an existing database.
    fs::remove_file(&half).unwrap();
    assert_eq!(stays_shut(&mut eva, "removed"), "door.key_lost");
    assert!(!half.exists());
    fs::write(&half, right).unwrap();
    eva.start();
    assert_eq!(eva.visit(&place.visit)["reason"], "Yrsel");
}

#[test]
fn a_damaged_database_is_left_for_those_who_can_rescue_it() {
    let (_town, mut eva, place) = evas_closed_tablet();
    let whole = fs::read(eva.database()).unwrap();
    let mut first_page = whole.clone();
    first_page[100..200].fill(0);
    let cases: [(&str, Vec<u8>, &[&str]); 4] = [
        ("the first page", first_page, &["store.wrong_key"]),
        ("cut to nothing", Vec::new(), &["store.corrupted"]),
        (
            "another file",
            b"Det h\xc3\xa4r \xc3\xa4r en inkopslista.".repeat(200),
            &["store.wrong_key"],
        ),
        (
            "cut to a half",
            whole[..whole.len() / 2 / 4096 * 4096].to_vec(),
            &["store.corrupted", "store.wrong_key"],
        ),
    ];
    for (what, bytes, codes) in cases {
        fs::write(eva.database(), &bytes).unwrap();
        let code = stays_shut(&mut eva, what);
        assert!(codes.contains(&code.as_str()), "{what}: {code}");
    }
    fs::write(eva.database(), whole).unwrap();
    eva.start();
    assert_eq!(eva.visit(&place.visit)["reason"], "Yrsel");
}

#[test]
fn a_damaged_list_of_users_is_said_so_and_left_as_it_is() {
    let (_town, mut eva, place) = evas_closed_tablet();
    let index = eva.folder().join("door.json");
    let whole = fs::read(&index).unwrap();
    for bytes in [&b""[..], b"hej", &whole[..whole.len() / 2]] {
        fs::write(&index, bytes).unwrap();
        told(&eva.open_again(), "door.damaged", "ontakta supporten");
        assert_eq!(fs::read(&index).unwrap(), bytes);
    }
    fs::write(&index, whole).unwrap();
    eva.start();
    assert_eq!(eva.visit(&place.visit)["reason"], "Yrsel");
}

#[test]
fn a_folder_that_cannot_be_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("en-fil");
    fs::write(&file, "hej").unwrap();
    let output = hemrond_tests::run_with_input(
        "hemrond-tablet",
        ["stdio".as_ref(), "--folder".as_ref(), file.as_os_str()],
        "",
    );
    told(&output, "store.io", "");
}

#[test]
fn a_line_that_is_no_command_is_answered_and_the_tablet_goes_on() {
    let mut tablet = Tablet::new();
    for line in [
        "hej",
        "{}",
        "[]",
        "{\"command\": 7}",
        "{\"command\": \"finns_inte\"}",
        "{\"command\": \"search\"}",
        "{\"command\": \"search\", \"args\": {\"text\": 7}}",
        "{\"command\": \"visit\", \"args\": {\"visit\": \"hej\"}}",
        "\u{0}\u{1}",
    ] {
        let answer = tablet.line(line);
        assert_eq!(
            answer["error"]["code"], "command.unreadable",
            "{line}: {answer}"
        );
    }
    // A very long one too.
    let long = format!(
        "{{\"command\": \"search\", \"args\": {{\"text\": \"{}\"}}}}",
        "å".repeat(1 << 20)
    );
    assert_eq!(tablet.line(&long)["error"]["code"], "enrol.needed");
    let answer = tablet.line("{\"command\": \"status\", \"id\": {\"min\": 7}}");
    assert_eq!(answer["id"], json!({ "min": 7 }));
    assert_eq!(answer["ok"]["user"], json!(null));
    let answer = tablet.line("{\"command\": \"round\", \"args\": {}, \"id\": 8}");
    assert_eq!(
        (&answer["id"], &answer["error"]["code"]),
        (&json!(8), &json!("enrol.needed"))
    );
}

/// Nothing could be kept, and it is said what to do.
fn says_that_the_disk_is_full(failure: &Failure) {
    assert_eq!(failure.code, "store.disk_full", "{failure:?}");
    assert!(failure.message.contains("Frigör utrymme"), "{failure:?}");
}

/// Eva's tablet, on a disk that is soon full.
fn on_a_small_disk(town: &Town) -> Tablet {
    let mut eva = Tablet::on_a_disk_of(16 << 20);
    let code = town.server.code_for("Eva Lind");
    let server = town.line.address();
    eva.ok(
        "enrol",
        json!({ "server": server, "code": code, "tablet": "Evas" }),
    );
    eva.sync();
    eva
}

/// Pictures, or whatever fills a tablet, up to the last byte.
fn fill(tablet: &Tablet) -> PathBuf {
    let pictures = tablet.on_its_disk("bilder");
    let mut filling = fs::File::create(&pictures).unwrap();
    for size in [1 << 16, 1 << 12, 1] {
        while std::io::Write::write_all(&mut filling, &vec![7; size]).is_ok() {}
    }
    pictures
}

/// AC22: whoever has the tablet can fill its disk. One that is shut out loses its half of the key all the same.
#[test]
fn a_full_disk_keeps_no_key_of_a_tablet_that_is_shut_out() {
    let town = Town::new();
    let mut eva = on_a_small_disk(&town);
    let place = eva.plan_astrid();
    eva.write(&place.document, "note", "Före.");
    town.server.shut_out("Evas");
    let pictures = fill(&eva);
    let said = eva.call("sync_now", json!({})).unwrap_err();
    let halves = fs::read_dir(eva.on_its_disk("keystore")).unwrap();
    assert_eq!(halves.count(), 0, "{said:?}");
    assert_eq!(eva.ok("door", json!({}))["open"], json!(null));
    assert!(eva.try_unlock().is_err());
    fs::remove_file(pictures).unwrap();
    assert!(eva.try_unlock().is_err());
}

#[test]
fn a_full_disk_is_said_and_what_was_saved_stays_and_the_same_answer_fits_once_there_is_room() {
    let town = Town::new();
    let mut eva = on_a_small_disk(&town);
    let place = eva.plan_astrid();
    eva.write(&place.document, "note", "Före.");
    let pictures = fill(&eva);

    // She writes on until something does not fit any more; that is said, and nothing else is.
    let mut kept = "Före.".to_owned();
    let mut written = String::new();
    for number in 0..500 {
        written = format!("{number}. {}", "Ostadig på benen. ".repeat(300));
        let edit = json!({ "edit": "text", "field": "note", "value": written });
        let args = json!({ "document": place.document, "edits": [edit] });
        match eva.call("edit", args) {
            Ok(_) => kept.clone_from(&written),
            Err(failure) => {
                says_that_the_disk_is_full(&failure);
                break;
            }
        }
    }
    assert_ne!(kept, written, "the disk was never full");
    // Whatever is shown must be written down first, and there is room kept for that: she goes on
    // reading, all day.
    for _ in 0..20 {
        for (command, args) in [
            ("round", json!({})),
            ("person", json!({ "person": place.person })),
            ("search", json!({ "text": "astrid" })),
            ("inbox", json!({})),
            ("sync_page", json!({})),
        ] {
            eva.ok(command, args);
        }
        assert_eq!(eva.visit(&place.visit)["texts"]["note"], kept.as_str());
    }
    assert_eq!(eva.ok("status", json!({}))["storage_full"], true);
    // What the looks left over of it may hold a few words more. Then it is said again.
    let note = json!({ "visit": place.visit, "kind": "note", "text": "Hej. ".repeat(700) });
    let mut notes = 0;
    let refused = loop {
        match eva.call("add_note", note.clone()) {
            Ok(_) => notes += 1,
            Err(failure) => break failure,
        }
        assert!(notes < 500, "the disk was never full");
    };
    says_that_the_disk_is_full(&refused);
    let waiting = eva.ok("status", json!({}))["waiting"].clone();
    says_that_the_disk_is_full(&eva.call("add_note", note.clone()).unwrap_err());
    assert_eq!(eva.ok("status", json!({}))["waiting"], waiting);

    // Room again: what was answered as kept is there and nothing is half there; the same answer is
    // saved with the same tap, and everything reaches the server.
    fs::remove_file(&pictures).unwrap();
    assert_eq!(eva.visit(&place.visit)["texts"]["note"], kept.as_str());
    eva.write(&place.document, "note", &written);
    eva.ok("add_note", note);
    let status = eva.sync();
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(eva.ok("status", json!({}))["storage_full"], false);
    let mut omar = town.tablet_of("Omar Haddad");
    omar.sync();
    let page = omar.visit(&place.visit);
    assert_eq!(page["texts"]["note"], written.as_str());
    assert_eq!(page["notes"].as_array().unwrap().len(), notes + 1);
}
