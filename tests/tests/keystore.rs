//! This tablet's half of the keys with the system's own keystore: a real GNOME Keyring.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{SystemKeyring, Tablet, Town};
use serde_json::Value;
use std::{ffi::OsStr, fs, process::Command};

/// What lies in the tablet's folder of keys: names and contents.
fn files_of_keys(tablet: &Tablet) -> Vec<(String, String)> {
    let entries = fs::read_dir(tablet.folder().join("keystore")).unwrap();
    let entries = entries.map(|entry| entry.unwrap().path());
    let told = |name: &OsStr| name.to_string_lossy().into_owned();
    entries
        .map(|path| {
            (
                told(path.extension().unwrap_or_default()),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

fn where_the_key_is(tablet: &mut Tablet) -> Value {
    tablet.ok("door", Value::Null)["key_kept_in"].clone()
}

/// Eva's tablet at a desktop, with a visit of Astrid's that was never sent.
fn evas_tablet_at(town: &Town, keyring: &SystemKeyring) -> (Tablet, Value) {
    let mut eva = Tablet::new();
    eva.close();
    eva.keep_keys_with(keyring);
    eva.start();
    let mut eva = town.enrolled("Eva Lind", eva);
    eva.sync();
    let place = eva.plan_astrid();
    eva.write(&place.document, "note", "Sover bättre");
    (eva, place.visit)
}

/// AC24: a tablet's copied folder opens for nobody, the PIN known or not.
#[test]
fn the_systems_keystore_has_the_half_that_the_folder_lacks() {
    let town = Town::new();
    let keyring = SystemKeyring::new();
    let (mut eva, visit) = evas_tablet_at(&town, &keyring);
    assert_eq!(where_the_key_is(&mut eva), "keystore");
    let marks = [("platform".to_owned(), String::new())];
    assert_eq!(files_of_keys(&eva), marks, "no secret lies in the folder");
    assert!(fs::metadata(keyring.file()).unwrap().len() > 0);
    eva.kill();
    eva.start();
    assert_eq!(eva.visit(&visit)["texts"]["note"], "Sover bättre");
    eva.close();

    // Whoever copied the folder has another desktop, and saw Eva type her PIN.
    let mut copy = Tablet::new();
    copy.close();
    let copied = Command::new("cp")
        .args(["-a", "--"])
        .arg(eva.folder().join("."))
        .arg(copy.folder())
        .status();
    assert!(copied.unwrap().success());
    let elsewhere = SystemKeyring::new();
    copy.keep_keys_with(&elsewhere);
    copy.start();
    assert_eq!(copy.try_unlock().unwrap_err().code, "door.key_lost");
}

#[test]
fn a_keystore_that_does_not_answer_is_told_and_nothing_is_lost() {
    let town = Town::new();
    let mut keyring = SystemKeyring::new();
    let (mut eva, visit) = evas_tablet_at(&town, &keyring);
    eva.ok("lock", Value::Null);
    keyring.stop();
    // While it runs, and after a start too.
    assert_eq!(eva.try_unlock().unwrap_err().code, "door.keystore");
    eva.close();
    eva.start_locked();
    for _ in 0..12 {
        // No PIN was wrong: no try is counted, and nothing is wiped.
        assert_eq!(eva.try_unlock().unwrap_err().code, "door.keystore");
    }
    assert_eq!(where_the_key_is(&mut eva), "file");
    keyring.start();
    eva.unlock();
    assert_eq!(where_the_key_is(&mut eva), "keystore");
    assert_eq!(eva.visit(&visit)["texts"]["note"], "Sover bättre");
    assert_eq!(eva.sync()["waiting"], 0);
}

#[test]
fn a_key_from_before_moves_to_the_keystore() {
    let town = Town::new();
    let keyring = SystemKeyring::new();
    let mut eva = town.tablet_of("Eva Lind");
    eva.sync();
    let place = eva.plan_astrid();
    eva.write(&place.document, "note", "Sover bättre");
    eva.close();
    let before = files_of_keys(&eva);
    assert_eq!(before.len(), 1);
    assert_eq!(before[0].1.len(), 64, "a secret in a file");
    eva.keep_keys_with(&keyring);
    eva.start();
    assert_eq!(
        files_of_keys(&eva),
        [("platform".to_owned(), String::new())]
    );
    assert_eq!(eva.visit(&place.visit)["texts"]["note"], "Sover bättre");
    eva.close();
    eva.start();
    assert_eq!(where_the_key_is(&mut eva), "keystore");
}
