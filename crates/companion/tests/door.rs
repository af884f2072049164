//! The door: PINs, several users on one tablet, locking, the lease, wiping and the way back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use chrono::Duration;
use hemrond_companion::{api::Event, sync::transport::TransportError};
use hemrond_protocol::enrolment::EnrolSignIn;
use hemrond_vault::{FileKeystore, Keystore, MemoryKeystore};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use support::{
    Day, Who,
    front::{Front, PIN, files, holds, open},
};

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// AC24: a copy of the whole folder holds no word about Astrid, and opens neither on another tablet
/// nor by trying.
#[tokio::test]
async fn a_copied_folder_is_unreadable_elsewhere() {
    let day = Day::new();
    let eva = Front::new(&day).await;
    eva.enrol(Who::Eva).await;
    let astrid = eva.astrid().await;
    eva.write(&astrid, "Trött och ostadig.").await.unwrap();
    eva.ok("lock", json!({})).await;
    let copy = tempfile::tempdir().unwrap();
    copy_folder(eva.folder.path(), copy.path());

    let stolen = files(copy.path());
    assert!(stolen.keys().any(|path| path.ends_with("tablet.db")));
    for (path, bytes) in &stolen {
        for word in [
            "Astrid",
            "Svensson",
            "191212121212",
            "Yrsel",
            "ostadig",
            "Björk",
        ] {
            assert!(!holds(bytes, word), "{word} is in {}", path.display());
        }
        let keys = [[0; 32], [9; 32]].map(hemrond_store::Key::new);
        for key in keys.iter().filter(|_| path.ends_with("tablet.db")) {
            assert!(hemrond_store::Store::open(path, key).await.is_err());
        }
    }
    // The right PIN on a tablet that does not have the other half.
    let elsewhere: Arc<dyn Keystore> = Arc::new(MemoryKeystore::default());
    let door = open(copy.path(), &eva.clock, &eva.exchange, &elsewhere, 8, false).await;
    let thief = Front {
        door: door.unwrap(),
        keystore: elsewhere,
        folder: Arc::new(copy),
        clock: Arc::clone(&eva.clock),
        exchange: Arc::clone(&eva.exchange),
        starts: 8,
    };
    assert_eq!(
        thief.unlock(Who::Eva, PIN).await.unwrap_err(),
        "door.key_lost"
    );
    // Another half, and the right PIN.
    let user = thief.user(Who::Eva).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    thief
        .keystore
        .put(&user, &hemrond_vault::Secret::new([1; 32]))
        .unwrap();
    assert_eq!(
        thief.unlock(Who::Eva, PIN).await.unwrap_err(),
        "door.wrong_pin"
    );
    // The tablet itself opens with the PIN, and with no other.
    assert_eq!(
        eva.unlock(Who::Eva, "407307").await.unwrap_err(),
        "door.wrong_pin"
    );
    eva.unlock(Who::Eva, PIN).await.unwrap();
    assert_eq!(eva.note(&astrid).await, "Trött och ostadig.");
}

/// AC24: a copy that Eva hands out is on her screen and on no disk, before she locks and after; and what
/// an earlier version wrote is gone when the door opens, of every user, before anybody is in.
#[tokio::test]
async fn a_copy_that_is_handed_out_leaves_nothing_readable_behind() {
    let day = Day::new();
    let eva = Front::new(&day).await;
    eva.enrol(Who::Eva).await;
    let astrid = eva.astrid().await;
    eva.write(&astrid, "Trött och ostadig.").await.unwrap();
    let args = json!({ "person": astrid.person, "to": "Dottern" });
    let copy = eva.ok("hand_out", args).await["copy"].to_string();
    assert!(copy.contains("Astrid Svensson") && copy.contains("ostadig"));
    let readable = |front: &Front| -> Vec<PathBuf> {
        let files = front.files().into_iter();
        let told = files.filter(|(_, bytes)| holds(bytes, "Astrid") || holds(bytes, "ostadig"));
        told.map(|(path, _)| path).collect()
    };
    assert_eq!(readable(&eva), Vec::<PathBuf>::new(), "while she is in");
    eva.ok("lock", json!({})).await;
    assert_eq!(readable(&eva), Vec::<PathBuf>::new(), "after lock");

    let id = eva.user(Who::Eva).await["id"].as_str().unwrap().to_owned();
    let root = eva.folder.path().to_owned();
    for home in [root.join("users").join(id), root.clone()] {
        assert!(home.is_dir(), "{}", home.display());
        fs::create_dir_all(home.join("handed-out")).unwrap();
        fs::write(home.join("handed-out/kopia.html"), "Astrid").unwrap();
    }
    assert_eq!(readable(&eva).len(), 2);
    let eva = eva.restart().await;
    assert_eq!(
        readable(&eva),
        Vec::<PathBuf>::new(),
        "before anybody is in"
    );
    eva.unlock(Who::Eva, PIN).await.unwrap();
    assert_eq!(eva.note(&astrid).await, "Trött och ostadig.");
}

#[tokio::test]
async fn two_users_of_one_tablet_see_only_their_own() {
    let day = Day::new();
    let tablet = Front::new(&day).await;
    tablet.enrol(Who::Eva).await;
    let astrid = tablet.astrid().await;
    tablet.enrol(Who::Stina).await;
    let found = tablet.ok("search", json!({ "text": "astrid" })).await;
    assert_eq!(found["people"], json!([]));
    let page = tablet
        .fails("visit", json!({ "visit": astrid.visit }))
        .await;
    assert_ne!(page, "door.locked");
    let places: Vec<PathBuf> = tablet
        .files()
        .into_keys()
        .filter(|path| path.ends_with("tablet.db"))
        .collect();
    assert_eq!(places.len(), 2);

    // Stina's PIN is not Eva's, although the digits are the same: the places are apart.
    let stina = tablet.user(Who::Stina).await["id"].clone();
    let args = json!({ "old": PIN, "new": "592817" });
    tablet.ok("change_pin", args).await;
    tablet.ok("lock", json!({})).await;
    let wrong = json!({ "user": stina, "pin": PIN });
    assert_eq!(tablet.fails("unlock", wrong).await, "door.wrong_pin");
    tablet.unlock(Who::Eva, PIN).await.unwrap();
    let found = tablet.ok("search", json!({ "text": "astrid" })).await;
    assert_eq!(found["people"][0]["name"], "Astrid Svensson");
    let door = tablet.unlock(Who::Stina, "592817").await.unwrap();
    assert_eq!(door["open"], stina, "to unlock is to switch");
}

#[tokio::test]
async fn a_locked_tablet_answers_nothing_about_anybody() {
    let day = Day::new();
    let eva = Front::new(&day).await;
    assert_eq!(eva.fails("round", json!({})).await, "enrol.needed");
    eva.enrol(Who::Eva).await;
    let astrid = eva.astrid().await;
    let mut news = eva.door.subscribe();
    eva.ok("lock", json!({})).await;
    let told = std::iter::from_fn(|| news.try_recv().ok());
    let locked = told.filter(|event| matches!(event, Event::Door { door } if door.open.is_none()));
    assert!(locked.count() > 0, "the screen is told");
    for (command, args) in [
        ("round", json!({})),
        ("search", json!({ "text": "astrid" })),
        ("person", json!({ "person": astrid.person })),
        ("visit", json!({ "visit": astrid.visit })),
        ("inbox", json!({})),
        ("sync_page", json!({})),
        ("sync_now", json!({})),
        ("export_unsent", json!({})),
        ("change_pin", json!({ "old": PIN, "new": "592817" })),
    ] {
        assert_eq!(eva.fails(command, args).await, "door.locked", "{command}");
    }
    let status = eva.ok("status", json!({})).await;
    assert_eq!(
        (&status["user"], &status["waiting"]),
        (&Value::Null, &json!(0))
    );
    // Nobody is in after a start either.
    let eva = eva.restart().await;
    assert_eq!(eva.fails("round", json!({})).await, "door.locked");
    eva.unlock(Who::Eva, PIN).await.unwrap();
    eva.ok("round", json!({})).await;
}

#[tokio::test]
async fn ten_wrong_pins_wipe_one_users_key_and_a_new_code_brings_everything_back() {
    let day = Day::new();
    day.exchange.rescues();
    let mut tablet = Front::new(&day).await;
    tablet.enrol(Who::Eva).await;
    let astrid = tablet.astrid().await;
    tablet.write(&astrid, "Trött och ostadig.").await.unwrap();
    tablet.enrol(Who::Omar).await;
    tablet.ok("lock", json!({})).await;

    assert_eq!(tablet.wrong_pins(Who::Eva, 3).await, "door.wrong_pin");
    // A battery pulled out gives no try and no second back.
    tablet = tablet.restart().await;
    let user = tablet.user(Who::Eva).await;
    assert_eq!(
        (&user["tries_left"], &user["wait_seconds"]),
        (&json!(7), &json!(15))
    );
    assert_eq!(tablet.unlock(Who::Eva, PIN).await.unwrap_err(), "door.wait");
    assert_eq!(tablet.wrong_pins(Who::Eva, 4).await, "door.wrong_pin_soon");
    assert_eq!(tablet.user(Who::Eva).await["tries_left"], 3);
    assert_eq!(tablet.user(Who::Omar).await["tries_left"], 10);
    assert_eq!(tablet.wrong_pins(Who::Eva, 3).await, "door.wiped");
    let user = tablet.user(Who::Eva).await;
    assert_eq!(
        (&user["state"], &user["rescuable"]),
        (&json!("wiped"), &json!(true))
    );
    assert_eq!(
        tablet.unlock(Who::Eva, PIN).await.unwrap_err(),
        "door.wiped"
    );
    assert_eq!(
        tablet.keystore.get(user["id"].as_str().unwrap()).unwrap(),
        None
    );
    // Omar's place is as it was.
    tablet.unlock(Who::Omar, PIN).await.unwrap();
    assert_eq!(
        tablet
            .fails("visit", json!({ "visit": astrid.visit }))
            .await,
        "visit.unknown"
    );

    let recover =
        |who: Who, pin: &str| json!({ "user": user["id"], "code": who.code(), "pin": pin });
    let other = tablet.fails("recover", recover(Who::Omar, "592817")).await;
    assert_eq!(
        other, "enrol.other_user",
        "somebody else's code opens nothing"
    );
    assert_eq!(
        tablet.fails("recover", recover(Who::Eva, "111111")).await,
        "door.pin_all_same"
    );
    tablet.exchange.fail([TransportError::Timeout]);
    assert_eq!(
        tablet.fails("recover", recover(Who::Eva, "592817")).await,
        "transport.timeout"
    );
    // Where the server wants to know who asks, the code alone gives no key back either.
    tablet.exchange.asks_who_enrols(EnrolSignIn {
        login: "eva.lind".to_owned(),
        password: "tre gula båtar".to_owned(),
        code: "123456".to_owned(),
    });
    assert_eq!(
        tablet.fails("recover", recover(Who::Eva, "592817")).await,
        "enrol.sign_in_needed"
    );
    let mut signed_in = recover(Who::Eva, "592817");
    signed_in["sign_in"] =
        json!({ "login": "eva.lind", "password": "tre gula båtar", "code": "123456" });
    let door = tablet.ok("recover", signed_in).await;
    assert_eq!(door["open"], user["id"]);
    assert_eq!(tablet.note(&astrid).await, "Trött och ostadig.");
    assert!(
        tablet.ok("status", json!({})).await["waiting"]
            .as_u64()
            .unwrap()
            > 0
    );
    let status = tablet.ok("sync_now", json!({})).await;
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(0))
    );
    tablet = tablet.restart().await;
    assert_eq!(
        tablet.unlock(Who::Eva, PIN).await.unwrap_err(),
        "door.wrong_pin"
    );
    tablet.unlock(Who::Eva, "592817").await.unwrap();
}

#[tokio::test]
async fn where_no_key_can_be_given_back_that_is_said_before_the_last_try() {
    let day = Day::new();
    let eva = Front::new(&day).await;
    eva.enrol(Who::Eva).await;
    eva.astrid().await;
    eva.ok("lock", json!({})).await;
    assert_eq!(eva.wrong_pins(Who::Eva, 6).await, "door.wrong_pin");
    assert_eq!(
        eva.wrong_pins(Who::Eva, 1).await,
        "door.wrong_pin_soon_lost"
    );
    assert_eq!(eva.wrong_pins(Who::Eva, 3).await, "door.wiped_lost");
    let user = eva.user(Who::Eva).await;
    assert_eq!(user["rescuable"], false);
    assert!(
        user["unsent"].as_u64().unwrap() > 0,
        "what was lost is counted: {user}"
    );
    let args = json!({ "user": user["id"], "code": Who::Eva.code(), "pin": PIN });
    assert_eq!(eva.fails("recover", args).await, "door.no_rescue");
    // The file is there still; only a person who has read the warning takes it away.
    let database = |path: &PathBuf| path.ends_with("tablet.db");
    assert!(eva.files().keys().any(database));
    let remove = |confirmed| json!({ "user": user["id"], "confirmed": confirmed });
    assert_eq!(
        eva.fails("remove_user", remove(false)).await,
        "door.unsent_lost"
    );
    eva.ok("remove_user", remove(true)).await;
    assert!(!eva.files().keys().any(database));
}

#[tokio::test]
async fn a_right_pin_forgets_the_wrong_ones_and_what_is_no_pin_costs_no_try() {
    let day = Day::new();
    let eva = Front::new(&day).await;
    eva.enrol(Who::Eva).await;
    eva.ok("lock", json!({})).await;
    assert_eq!(
        eva.unlock(Who::Eva, "4073").await.unwrap_err(),
        "door.pin_digits"
    );
    assert_eq!(eva.user(Who::Eva).await["tries_left"], 10);
    eva.wrong_pins(Who::Eva, 2).await;
    assert_eq!(eva.user(Who::Eva).await["tries_left"], 8);
    eva.unlock(Who::Eva, PIN).await.unwrap();
    assert_eq!(eva.user(Who::Eva).await["tries_left"], 10);
    let unknown = json!({ "user": "0".repeat(32), "pin": PIN });
    assert_eq!(eva.fails("unlock", unknown).await, "door.user_unknown");
}

#[tokio::test]
async fn who_unlocked_and_how_often_a_wrong_pin_was_typed_stands_in_the_log() {
    let day = Day::new();
    day.exchange.keep_log();
    let eva = Front::new(&day).await;
    eva.enrol(Who::Eva).await;
    eva.ok("lock", json!({})).await;
    eva.wrong_pins(Who::Eva, 2).await;
    eva.unlock(Who::Eva, PIN).await.unwrap();
    eva.ok("lock", json!({})).await;
    eva.unlock(Who::Eva, PIN).await.unwrap();
    eva.ok("sync_now", json!({})).await;
    let said: Vec<(String, Option<String>)> = day.exchange.log(|book| {
        let events = book.records.iter().map(|(_, bytes)| {
            let event = hemrond_audit::Record::decode(bytes).unwrap().event;
            assert_eq!(event.user, Who::Eva.id());
            (event.action.to_string(), event.reason)
        });
        events.collect()
    });
    let expected = [
        ("enrol", None),
        ("lock", None),
        ("login_failed", Some("2 wrong PIN")),
        ("unlock", None),
        ("lock", None),
        ("unlock", None),
    ];
    let expected = expected.map(|(action, reason)| (action.to_owned(), reason.map(str::to_owned)));
    assert_eq!(said, expected);
}

#[tokio::test]
async fn a_tablet_that_nobody_touches_locks_by_itself() {
    let day = Day::new();
    let eva = Front::new(&day).await;
    eva.enrol(Who::Eva).await;
    let astrid = eva.astrid().await;
    // She writes every four minutes, then says by touching that she reads.
    for words in ["Ett", "Ett och två"] {
        eva.later(Duration::minutes(4));
        eva.write(&astrid, words).await.unwrap();
    }
    eva.later(Duration::minutes(4));
    eva.ok("door_touch", json!({})).await;
    // What the page asks by itself keeps nothing open.
    for _ in 0..4 {
        eva.later(Duration::minutes(1));
        eva.ok("round", json!({})).await;
        eva.ok("visit", json!({ "visit": astrid.visit })).await;
        eva.ok("sync_now", json!({})).await;
    }
    eva.later(Duration::minutes(1));
    assert_eq!(eva.fails("round", json!({})).await, "door.locked");

    eva.unlock(Who::Eva, PIN).await.unwrap();
    let settings = |minutes| json!({ "language": "en", "theme": "light", "text_percent": 100, "lock_minutes": minutes });
    let status = eva.ok("set_settings", settings(200)).await;
    assert_eq!(
        status["settings"]["lock_minutes"], 30,
        "half an hour at most"
    );
    let mut news = eva.door.subscribe();
    eva.later(Duration::minutes(29));
    eva.door.tick().await;
    eva.ok("round", json!({})).await;
    eva.later(Duration::minutes(1));
    eva.door.tick().await;
    let told = std::iter::from_fn(|| news.try_recv().ok());
    let locked = told.filter(|event| matches!(event, Event::Door { door } if door.open.is_none()));
    assert_eq!(locked.count(), 1, "the screen is told without asking");
    assert_eq!(eva.fails("round", json!({})).await, "door.locked");
    // The lock page speaks the language of who was in last.
    assert_eq!(
        eva.ok("status", json!({})).await["settings"]["language"],
        "en"
    );
    eva.unlock(Who::Eva, PIN).await.unwrap();
    assert_eq!(eva.note(&astrid).await, "Ett och två");
}

/// AC23: airplane mode longer than the lease, and no patient data are shown, whatever the clock is
/// set to; contact brings them back, and what was typed until then is kept.
#[tokio::test]
async fn after_the_lease_nothing_is_readable_until_there_was_contact() {
    let day = Day::new();
    let mut eva = Front::new(&day).await;
    eva.enrol(Who::Eva).await;
    let astrid = eva.astrid().await;
    eva.ok("sync_now", json!({})).await;
    eva.exchange
        .spoil(Some(|answer| answer.lease_seconds = Some(8 * 3600)));
    eva.ok("sync_now", json!({})).await;
    for _ in 0..95 {
        eva.later(Duration::minutes(5) - Duration::seconds(1));
        eva.ok("door_touch", json!({})).await;
    }
    eva.ok("visit", json!({ "visit": astrid.visit })).await;
    eva.later(Duration::minutes(4));
    eva.ok("door_touch", json!({})).await;
    eva.later(Duration::minutes(4));
    eva.write(&astrid, "Skrivet när tiden gick ut.")
        .await
        .unwrap();
    for (command, args) in [
        ("round", json!({})),
        ("search", json!({ "text": "astrid" })),
        ("person", json!({ "person": astrid.person })),
        ("visit", json!({ "visit": astrid.visit })),
        ("inbox", json!({})),
        ("sync_page", json!({})),
        ("export_unsent", json!({})),
    ] {
        assert_eq!(
            eva.fails(command, args).await,
            "door.lease_over",
            "{command}"
        );
    }
    assert_eq!(eva.ok("door", json!({})).await["lease_over"], true);
    // Neither a clock that is set back nor a restart gives it back, and the PIN is needed first.
    eva.later(Duration::hours(-20));
    assert_eq!(eva.fails("round", json!({})).await, "door.lease_over");
    eva = eva.restart().await;
    assert_eq!(eva.fails("sync_now", json!({})).await, "door.locked");
    assert_eq!(
        eva.unlock(Who::Eva, "592817").await.unwrap_err(),
        "door.wrong_pin"
    );
    assert_eq!(
        eva.unlock(Who::Eva, PIN).await.unwrap_err(),
        "door.lease_over"
    );
    assert_eq!(eva.fails("round", json!({})).await, "door.lease_over");
    eva.exchange.fail([TransportError::Timeout]);
    assert_eq!(eva.fails("sync_now", json!({})).await, "transport.timeout");
    assert_eq!(eva.fails("round", json!({})).await, "door.lease_over");

    eva.ok("sync_now", json!({})).await;
    let door = eva.ok("door", json!({})).await;
    assert_eq!(door["lease_over"], false);
    assert_eq!(eva.note(&astrid).await, "Skrivet när tiden gick ut.");
}

/// AC23: an older copy of the slot's file or of the database does not bring an ended lease back.
#[tokio::test]
async fn an_older_copy_of_the_door_gives_no_lease_back() {
    let day = Day::new();
    let mut eva = Front::new(&day).await;
    eva.enrol(Who::Eva).await;
    let index = eva.folder.path().join("door.json");
    let fresh = fs::read(&index).unwrap();
    eva.later(Duration::hours(13));
    assert_eq!(eva.fails("round", json!({})).await, "door.locked");
    assert_eq!(
        eva.unlock(Who::Eva, PIN).await.unwrap_err(),
        "door.lease_over"
    );
    assert_ne!(fs::read(&index).unwrap(), fresh);
    fs::write(&index, &fresh).unwrap();
    eva.later(Duration::hours(-12));
    eva = eva.restart().await;
    assert_eq!(
        eva.unlock(Who::Eva, PIN).await.unwrap_err(),
        "door.lease_over"
    );
}

#[tokio::test]
async fn a_tablet_that_is_shut_out_erases_its_key_at_that_contact() {
    for (code, unsent) in [
        ("device.revoked", false),
        ("device.revoked", true),
        ("user.inactive", true),
    ] {
        let day = Day::new();
        day.exchange.rescues();
        day.exchange.keep_log();
        let mut eva = Front::new(&day).await;
        eva.enrol(Who::Eva).await;
        let astrid = eva.astrid().await;
        if !unsent {
            eva.ok("sync_now", json!({})).await;
        }
        let id = eva.user(Who::Eva).await["id"].clone();
        eva.exchange
            .fail([TransportError::Rejected(code.to_owned())]);
        assert_eq!(
            eva.fails("sync_now", json!({})).await,
            "door.revoked",
            "{code}"
        );
        let user = eva.user(Who::Eva).await;
        assert_eq!(user["state"], "revoked");
        assert_eq!(eva.keystore.get(id.as_str().unwrap()).unwrap(), None);
        assert_eq!(eva.fails("round", json!({})).await, "door.locked");
        assert_eq!(eva.unlock(Who::Eva, PIN).await.unwrap_err(), "door.revoked");
        let database = |path: &PathBuf| path.ends_with("tablet.db");
        assert_eq!(
            eva.files().keys().any(database),
            unsent,
            "kept only for what is unsent"
        );
        eva = eva.restart().await;
        assert_eq!(eva.unlock(Who::Eva, PIN).await.unwrap_err(), "door.revoked");
        if unsent {
            // The administrator lets her in again with a new code.
            let args = json!({ "user": id, "code": Who::Eva.code(), "pin": "592817" });
            eva.ok("recover", args).await;
            eva.ok("visit", json!({ "visit": astrid.visit })).await;
        }
    }
}

/// AC22: what the server refused has not reached it: a user is not taken from the tablet without a word
/// about it, nor is a copy good that was made before it was written.
#[tokio::test]
async fn what_was_refused_is_not_removed_without_a_copy_and_a_warning() {
    let day = Day::new();
    day.exchange.rescues();
    day.exchange.keep_log();
    let tablet = Front::new(&day).await;
    tablet.enrol(Who::Eva).await;
    let astrid = tablet.astrid().await;
    tablet.ok("sync_now", json!({})).await;
    let eva = tablet.user(Who::Eva).await["id"].clone();
    tablet.ok("export_user", json!({ "user": eva })).await;
    day.exchange.refuse(Some("document.purged"));
    tablet.write(&astrid, "Trött och ostadig.").await.unwrap();
    let status = tablet.ok("sync_now", json!({})).await;
    assert_eq!(status["waiting"], 0);
    assert!(status["refused"].as_u64().unwrap() > 0, "{status}");
    let remove = |confirmed: bool| json!({ "user": eva, "confirmed": confirmed });
    for confirmed in [false, true] {
        assert_eq!(
            tablet.fails("remove_user", remove(confirmed)).await,
            "door.unsent"
        );
    }
    tablet.clock.forward(chrono::Duration::seconds(1));
    let exported = tablet.ok("export_user", json!({ "user": eva })).await;
    assert!(exported["items"].as_u64().unwrap() > 0);
    tablet.ok("remove_user", remove(true)).await;
}

/// AC22: a user is not taken from a tablet while something of theirs is unsent, unless an encrypted
/// copy was made and the warning was read.
#[tokio::test]
async fn unsent_work_is_not_removed_without_a_copy_and_a_warning() {
    let day = Day::new();
    day.exchange.rescues();
    day.exchange.keep_log();
    let tablet = Front::new(&day).await;
    tablet.enrol(Who::Omar).await;
    tablet.enrol(Who::Eva).await;
    tablet.astrid().await;
    let eva = tablet.user(Who::Eva).await["id"].clone();
    let omar = tablet.user(Who::Omar).await["id"].clone();
    let remove = |user: &Value, confirmed: bool| json!({ "user": user, "confirmed": confirmed });
    // A colleague's place is not hers to remove, nor to copy.
    assert_eq!(
        tablet.fails("remove_user", remove(&omar, true)).await,
        "door.not_yours"
    );
    assert_eq!(
        tablet.fails("export_user", json!({ "user": omar })).await,
        "door.not_yours"
    );
    assert_eq!(
        tablet.fails("remove_user", remove(&eva, false)).await,
        "door.unsent"
    );
    assert_eq!(
        tablet.fails("remove_user", remove(&eva, true)).await,
        "door.unsent"
    );
    let exported = tablet.ok("export_user", json!({ "user": eva })).await;
    assert!(exported["items"].as_u64().unwrap() > 0);
    assert_eq!(
        tablet.fails("remove_user", remove(&eva, false)).await,
        "door.unsent"
    );
    tablet.ok("remove_user", remove(&eva, true)).await;
    let door = tablet.ok("door", json!({})).await;
    assert_eq!(door["users"].as_array().unwrap().len(), 1);
    assert_eq!(tablet.keystore.get(eva.as_str().unwrap()).unwrap(), None);
    assert!(
        !tablet
            .folder
            .path()
            .join("users")
            .join(eva.as_str().unwrap())
            .exists()
    );
    // The copy is whole, says nothing, and opens with what the server's key makes of its box.
    let copy = PathBuf::from(exported["path"].as_str().unwrap());
    for bytes in files(&copy).values() {
        assert!(!holds(bytes, "Astrid"));
    }
    let key: Value = serde_json::from_slice(&fs::read(copy.join("key.json")).unwrap()).unwrap();
    let sealed = hex::decode(key["sealed_key"].as_str().unwrap()).unwrap();
    let rescue = hemrond_vault::rescue::RescueKey::parse(&"17".repeat(32)).unwrap();
    let (owner, key) = rescue.open(&sealed).unwrap();
    assert_eq!(owner, *Who::Eva.id().as_bytes());
    let key = hemrond_store::Key::new(*key.as_bytes());
    let store = hemrond_store::Store::open(&copy.join("tablet.db"), &key)
        .await
        .unwrap();
    assert_eq!(
        u64::from(store.outbox_summary().await.unwrap().items),
        exported["items"].as_u64().unwrap()
    );

    // That Omar unlocked stands in his log, which must not be lost either.
    tablet.unlock(Who::Omar, PIN).await.unwrap();
    let lost = tablet.fails("remove_user", remove(&omar, true)).await;
    assert_eq!(lost, "door.unsent_log");
    // Where nothing is unsent, nothing is asked.
    tablet.ok("sync_now", json!({})).await;
    tablet.ok("remove_user", remove(&omar, false)).await;
    assert_eq!(tablet.ok("door", json!({})).await["users"], json!([]));
}

#[tokio::test]
async fn an_earlier_versions_tablet_gets_a_pin_and_keeps_everything() {
    let day = Day::new();
    let before = day.tablet(Who::Eva).await;
    let person = before.astrid().await;
    let visit = before.plan(&person).await;
    let folder = Arc::clone(&before.folder);
    drop(before);
    let file = folder.path().join("tablet.key");
    fs::write(&file, hex::encode([9; 32])).unwrap();

    let keystore: Arc<dyn Keystore> = Arc::new(MemoryKeystore::default());
    let door = open(
        folder.path(),
        &day.clock,
        &day.exchange,
        &keystore,
        7,
        false,
    )
    .await;
    let mut eva = Front {
        door: door.unwrap(),
        clock: Arc::clone(&day.clock),
        exchange: Arc::clone(&day.exchange),
        keystore,
        folder,
        starts: 7,
    };
    assert_eq!(eva.ok("door", json!({})).await["without_pin"], "Eva Lind");
    assert_eq!(eva.fails("round", json!({})).await, "door.locked");
    assert_eq!(
        eva.fails("choose_pin", json!({ "pin": "123456" })).await,
        "door.pin_run"
    );
    eva.ok("choose_pin", json!({ "pin": PIN })).await;
    assert!(!file.exists(), "the key lies open no longer");
    let page = eva.ok("visit", json!({ "visit": visit.id })).await;
    assert_eq!(page["reason"], "Yrsel");
    assert!(
        eva.ok("status", json!({})).await["waiting"]
            .as_u64()
            .unwrap()
            > 0
    );
    assert_eq!(
        eva.fails("choose_pin", json!({ "pin": "592817" })).await,
        "door.has_pin"
    );

    // The power is cut after the index was written and before the file was destroyed.
    fs::write(&file, hex::encode([9; 32])).unwrap();
    eva = eva.restart().await;
    assert!(!file.exists());
    eva.unlock(Who::Eva, PIN).await.unwrap();
    eva.ok("visit", json!({ "visit": visit.id })).await;
}

#[tokio::test]
async fn an_enrolment_that_fails_uses_no_code_and_leaves_nothing() {
    let day = Day::new();
    let keys = tempfile::tempdir().unwrap();
    let eva = Front::with(&day, Arc::new(FileKeystore::new(keys.path())), false).await;
    let enrol = |pin: &str, code: &str| json!({ "server": "http://127.0.0.1:1", "code": code, "tablet": "Väst 3", "pin": pin });
    let code = Who::Eva.code();
    for (pin, wrong) in [
        ("", "door.pin_digits"),
        ("123456", "door.pin_run"),
        ("777777", "door.pin_all_same"),
    ] {
        assert_eq!(eva.fails("enrol", enrol(pin, &code)).await, wrong);
    }
    assert_eq!(eva.exchange.enrolments(), 0);
    assert_eq!(
        eva.fails("enrol", enrol(PIN, "HEJ")).await,
        "enrol.code_unknown"
    );
    eva.exchange.fail([TransportError::Timeout]);
    assert_eq!(
        eva.fails("enrol", enrol(PIN, &code)).await,
        "transport.timeout"
    );
    assert_eq!(eva.files().len(), 0, "{:?}", eva.files().keys());
    assert_eq!(files(keys.path()).len(), 0);
    assert_eq!(eva.ok("door", json!({})).await["key_kept_in"], "file");
    eva.enrol(Who::Eva).await;

    // A user whom a power cut kept from their place is cleared away; one who has it is not.
    let half = eva.folder.path().join("users").join("ab".repeat(16));
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("unfinished"), "").unwrap();
    let unknown = eva.folder.path().join("users").join("cd".repeat(16));
    fs::create_dir_all(&unknown).unwrap();
    let eva = eva.restart().await;
    assert!(!half.exists());
    assert!(
        unknown.exists(),
        "what nobody marked is nobody's to clear away"
    );
    eva.unlock(Who::Eva, PIN).await.unwrap();
}

#[tokio::test]
async fn a_damaged_door_is_said_so_and_left_as_it_is() {
    let day = Day::new();
    let eva = Front::new(&day).await;
    eva.enrol(Who::Eva).await;
    let again = open(
        eva.folder.path(),
        &eva.clock,
        &eva.exchange,
        &eva.keystore,
        9,
        false,
    )
    .await;
    assert_eq!(again.err().unwrap().code, "store.in_use");
    let index = eva.folder.path().join("door.json");
    let whole = fs::read_to_string(&index).unwrap();
    drop(eva.door);
    let path = whole.replacen("\"id\": \"", "\"id\": \"../", 1);
    assert_ne!(path, whole);
    let cases = [
        (String::new(), "door.damaged"),
        (whole[..whole.len() / 2].to_owned(), "door.damaged"),
        (path, "door.damaged"),
        (
            whole.replacen("\"version\": 1", "\"version\": 2", 1),
            "store.newer_schema",
        ),
    ];
    for (text, code) in cases {
        fs::write(&index, &text).unwrap();
        let opened = open(
            eva.folder.path(),
            &eva.clock,
            &eva.exchange,
            &eva.keystore,
            9,
            false,
        )
        .await;
        assert_eq!(opened.err().unwrap().code, code, "{text}");
        assert_eq!(fs::read_to_string(&index).unwrap(), text);
    }
    fs::write(&index, &whole).unwrap();
    let opened = open(
        eva.folder.path(),
        &eva.clock,
        &eva.exchange,
        &eva.keystore,
        9,
        false,
    )
    .await;
    assert!(opened.is_ok());
}

#[tokio::test]
async fn what_is_unsent_at_locking_still_goes_and_the_database_is_closed_after() {
    let day = Day::new();
    let eva = Front::with(&day, Arc::new(MemoryKeystore::default()), true).await;
    eva.enrol(Who::Eva).await;
    let astrid = eva.astrid().await;
    eva.write(&astrid, "Sist före låset.").await.unwrap();
    eva.ok("lock", json!({})).await;
    assert_eq!(eva.fails("round", json!({})).await, "door.locked");
    // Polled: the background sync gathers in real time.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while eva.user(Who::Eva).await["unsent"] != 0 {
        assert!(std::time::Instant::now() < end, "it was never sent");
        tokio::task::yield_now().await;
    }
    let omar = day.tablet(Who::Omar).await;
    let page = omar.visit(&astrid.visit).await;
    assert_eq!(page["texts"]["note"], "Sist före låset.");
    eva.unlock(Who::Eva, PIN).await.unwrap();
    assert_eq!(eva.note(&astrid).await, "Sist före låset.");
}

#[tokio::test]
async fn who_comes_back_before_everything_is_sent_goes_on_in_the_same_database() {
    let day = Day::new();
    let eva = Front::with(&day, Arc::new(MemoryKeystore::default()), true).await;
    eva.enrol(Who::Eva).await;
    let astrid = eva.astrid().await;
    eva.ok("set_offline", json!({ "offline": true })).await;
    eva.write(&astrid, "Ett").await.unwrap();
    eva.ok("lock", json!({})).await;
    eva.later(Duration::minutes(2));
    eva.door.tick().await;
    eva.unlock(Who::Eva, PIN).await.unwrap();
    eva.write(&astrid, "Ett och två").await.unwrap();
    eva.ok("lock", json!({})).await;
    // After a few minutes it is closed, sent or not.
    eva.later(Duration::minutes(3));
    eva.door.tick().await;
    eva.unlock(Who::Eva, PIN).await.unwrap();
    assert_eq!(eva.note(&astrid).await, "Ett och två");
    eva.door.close().await.unwrap();
}
