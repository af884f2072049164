//! A tablet's life with its server: the first sync, news, roles, a lost tablet, a restored server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{Fate, Server, Tablet, Town, ids, until};
use serde_json::{Value, json};

#[test]
fn a_new_tablet_gets_todays_round_first_and_says_how_much_is_left() {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    eva.sync();
    // A long history, more than one page of the feed, and a small round today.
    let old = eva.add_person("Karl-Erik", "Wahlgren", "193012299263");
    let mut last = Value::Null;
    for number in 0..210 {
        let day = format!("2026-01-{:02}", number % 28 + 1);
        let planned = eva.ok(
            "plan_visit",
            json!({ "person": old, "acute": false, "day": day }),
        );
        let document = eva.visit(&planned["visit"])["document"].clone();
        eva.set(&document, &long_notes(number));
        last = planned["visit"].clone();
    }
    eva.sync();
    let astrid = eva.plan_astrid();
    eva.sync();

    let mut omar = town.online_tablet_of_held("Omar Haddad");
    // The first two answers come; the third request waits on the line.
    town.line.wait_for_held(1);
    let round = omar.ok("round", json!({}));
    assert_eq!(
        ids(&round["rows"], "visit"),
        [astrid.visit.as_str().unwrap()]
    );
    assert_eq!(omar.visit(&astrid.visit)["reason"], "Yrsel");
    let status = omar.ok("status", json!({}));
    assert_eq!(status["connection"], "syncing");
    assert!(status["progress"]["left"].as_u64().unwrap() > 0, "{status}");
    assert_eq!(
        omar.fails("visit", json!({ "visit": last })),
        "visit.unknown"
    );

    town.line.release();
    until("the rest has come", || {
        omar.call("visit", json!({ "visit": last })).ok()
    });
    until("the progress is over", || {
        let status = omar.ok("status", json!({}));
        (status["progress"].is_null() && status["connection"] == "online").then_some(())
    });
}

/// A note beside every item of the checklist, each as long as it may be.
fn long_notes(number: usize) -> Vec<(&'static str, Value)> {
    const FIELDS: [&str; 23] = [
        "med.list_source.note",
        "med.use.note",
        "med.discrepancies.note",
        "med.duplicates.note",
        "med.otc.note",
        "med.asked_forms.note",
        "med.storage.note",
        "med.dosett.note",
        "med.swallowing.note",
        "med.inhalation.note",
        "med.ability.note",
        "med.side_effects.note",
        "med.responsibility.note",
        "med.delegation.note",
        "med.signing_gaps.note",
        "med.controlled.note",
        "med.kidney.note",
        "med.review.note",
        "med.question.note",
        "med.deviation.note",
        "med.comment",
        "cfs.comment",
        "falls.comment",
    ];
    let note = |field: &str| -> String {
        format!("{field} vid besök {number}. ")
            .repeat(40)
            .chars()
            .take(450)
            .collect()
    };
    FIELDS
        .iter()
        .map(|field| (*field, json!(note(field))))
        .collect()
}

#[test]
fn news_reach_an_online_tablet_by_themselves() {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    eva.sync();
    let place = eva.plan_astrid();
    eva.sync();
    let mut berg = town.online_tablet_of("Anna Berg");
    until("the visit is on the doctor's tablet", || {
        berg.call("visit", json!({ "visit": place.visit })).ok()
    });
    eva.ok(
        "add_note",
        json!({ "visit": place.visit, "kind": "question", "text": "Höja dosen?" }),
    );
    eva.sync();
    until("the question is in the doctor's inbox", || {
        let inbox = berg.ok("inbox", json!({}));
        ids(&inbox["items"], "why")
            .contains(&"question".to_owned())
            .then_some(())
    });
    // Her answer goes by itself too.
    berg.ok(
        "add_note",
        json!({ "visit": place.visit, "kind": "answer", "text": "Ja, 20 mg." }),
    );
    until("the answer is on the server", || {
        let page = berg.visit(&place.visit);
        (page["whereabouts"]["is"] == "on_server").then_some(())
    });
    eva.sync();
    assert_eq!(eva.visit(&place.visit)["notes"][1]["text"], "Ja, 20 mg.");

    // The line is cut for a while; the tablet says so and comes back by itself.
    town.line.cut();
    until("the doctor is told that there is no contact", || {
        (berg.ok("status", json!({}))["connection"] == "offline").then_some(())
    });
    berg.ok(
        "add_note",
        json!({ "visit": place.visit, "kind": "note", "text": "Åter måndag." }),
    );
    assert_eq!(berg.visit(&place.visit)["whereabouts"]["is"], "only_here");
    town.line.mend();
    // As a person does who sees that there is coverage again.
    until("contact again", || berg.call("sync_now", json!({})).ok());
    eva.sync();
    assert_eq!(eva.visit(&place.visit)["notes"][2]["text"], "Åter måndag.");
}

#[test]
fn an_idle_online_tablet_does_not_ask_again_and_again() {
    let town = Town::new();
    let mut eva = town.online_tablet_of("Eva Lind");
    until("online", || {
        (eva.ok("status", json!({}))["connection"] == "online").then_some(())
    });
    until("it waits for news", || {
        (town.line.count("/v1/news") > 0).then_some(())
    });
    let before = (town.line.count("/v1/news"), town.line.count("/v1/sync"));
    // Many commands later it still hangs on the same question.
    for _ in 0..200 {
        eva.ok("round", json!({}));
    }
    let after = (town.line.count("/v1/news"), town.line.count("/v1/sync"));
    assert!(
        after.0 <= before.0 + 1 && after.1 <= before.1 + 1,
        "{before:?} {after:?}"
    );
}

#[test]
fn eva_chooses_to_be_offline_and_nothing_leaves_the_tablet() {
    let town = Town::new();
    let mut eva = town.online_tablet_of("Eva Lind");
    until("online", || {
        (eva.ok("status", json!({}))["connection"] == "online").then_some(())
    });
    eva.ok("set_offline", json!({ "offline": true }));
    let before = town.line.syncs().len();
    let place = eva.plan_astrid();
    assert_eq!(eva.fails("sync_now", json!({})), "sync.offline_by_choice");
    // The choice outlives a restart.
    eva.kill();
    eva.start();
    let status = eva.ok("status", json!({}));
    assert_eq!(
        (&status["connection"], &status["waiting"]),
        (&json!("offline"), &json!(3))
    );
    eva.set(&place.document, &[("cfs.level", json!(6))]);
    assert_eq!(town.line.syncs().len(), before);
    eva.ok("set_offline", json!({ "offline": false }));
    until("everything is sent", || {
        (eva.ok("status", json!({}))["waiting"] == 0).then_some(())
    });
}

/// The files in which a tablet keeps its half of the keys.
fn halves(tablet: &Tablet) -> usize {
    let kept = std::fs::read_dir(tablet.folder().join("keystore")).unwrap();
    kept.count()
}

#[test]
fn a_lost_tablet_is_shut_out_and_keeps_what_was_not_sent_where_nobody_reads_it() {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    eva.sync();
    let place = eva.plan_astrid();
    eva.sync();
    town.server.shut_out("Eva Linds surfplatta");
    eva.write(&place.document, "note", "Skrivet efteråt.");
    assert_eq!(halves(&eva), 1);
    let database = eva.database();
    assert_eq!(eva.fails("sync_now", json!({})), "door.revoked");
    assert_eq!(halves(&eva), 0, "the key is erased at that contact");
    let door = eva.ok("door", json!({}));
    let user = &door["users"][0];
    assert_eq!(
        (&user["state"], &user["unsent"], &door["open"]),
        (&json!("revoked"), &json!(1), &json!(null))
    );
    let visit = json!({ "visit": place.visit });
    assert_eq!(eva.fails("visit", visit), "door.locked");
    eva.close();
    eva.start_locked();
    assert_eq!(eva.try_unlock().unwrap_err().code, "door.revoked");
    let kept = std::fs::read(database).unwrap();
    let words = "Skrivet".as_bytes();
    assert!(
        !kept.windows(words.len()).any(|found| found == words),
        "what is kept is encrypted"
    );

    // A closed account is shut out the same way; where nothing is unsent, nothing is kept.
    let mut omar = town.tablet_of("Omar Haddad");
    omar.sync();
    let database = omar.database();
    town.server
        .command(&["users", "deactivate", "--user", "Omar Haddad"]);
    assert_eq!(omar.fails("sync_now", json!({})), "door.revoked");
    assert!(!database.exists());
}

/// AC22: Eva's tablet is shut out while it holds a change of hers and a signature, both begun under the name
/// that the tablet had. With a new code she goes on, the server takes both, and Omar reads them.
#[test]
fn what_was_unsent_on_a_tablet_that_was_shut_out_is_sent_after_all() {
    let mut server = Server::new();
    server.rescues();
    let town = Town::of(server);
    let mut eva = town.tablet_of("Eva Lind");
    eva.sync();
    let place = eva.plan_astrid();
    eva.write(&place.document, "note", "Trött i dag.");
    eva.sync();
    eva.write(&place.document, "note", "Trött i dag. Åt hälften.");
    eva.ok("sign", json!({ "visit": place.visit }));
    town.server.shut_out("Eva Linds surfplatta");
    assert_eq!(eva.fails("sync_now", json!({})), "door.revoked");
    let user = eva.ok("door", json!({}))["users"][0]["id"].clone();
    let code = town.server.code_for("Eva Lind");
    eva.ok(
        "recover",
        json!({ "user": user, "code": code, "pin": "592817" }),
    );
    let status = eva.ok("sync_now", json!({}));
    let refused = eva.ok("sync_page", json!({}))["refused"].clone();
    assert_eq!(refused, json!([]));
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(0)),
        "{status}"
    );
    let mut omar = town.tablet_of("Omar Haddad");
    omar.sync();
    let page = omar.visit(&place.visit);
    assert!(page.to_string().contains("Åt hälften."), "{page}");
    assert_eq!(page["signatures"].as_array().unwrap().len(), 1);
}

#[test]
fn a_new_role_brings_documents_and_takes_others_away() {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    let mut stina = town.tablet_of("Stina Ek");
    eva.sync();
    let place = eva.plan_astrid();
    eva.write(&place.document, "note", "Trött.");
    eva.sync();
    stina.sync();
    assert_eq!(
        stina.fails("visit", json!({ "visit": place.visit })),
        "visit.unknown"
    );
    assert_eq!(stina.ok("status", json!({}))["may"]["health"], false);

    // Stina has become a nurse of the team: what existed before comes to her.
    let nurse = ["users", "set-role", "--user", "Stina Ek", "--role", "nurse"];
    town.server
        .command(&[&nurse[..], &["--unit", "Mobila teamet"]].concat());
    let status = stina.sync();
    assert_eq!(status["user"]["role"], "nurse");
    assert_eq!(status["user"]["unit_name"], "Mobila teamet");
    assert_eq!(status["may"]["health"], true);
    assert_eq!(stina.visit(&place.visit)["texts"]["note"], "Trött.");
    assert_eq!(
        stina.ok("round", json!({}))["rows"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    stina.set(&place.document, &[("cfs.level", json!(5))]);
    stina.sync();
    eva.sync();
    assert_eq!(eva.visit(&place.visit)["fields"]["cfs.level"], 5);

    // She goes back, with something unsent: it is kept and told, and the rest leaves her tablet.
    stina.write(&place.document, "plan", "Väger sig på fredag.");
    let home = [
        "users",
        "set-role",
        "--user",
        "Stina Ek",
        "--role",
        "hemtjanst",
    ];
    town.server
        .command(&[&home[..], &["--unit", "Hemtjänsten Öster"]].concat());
    let status = stina.sync();
    assert_eq!(status["user"]["role"], "hemtjanst");
    assert_eq!(status["may"]["health"], false);
    let refused = stina.ok("sync_page", json!({}))["refused"].clone();
    assert_eq!(refused[0]["reason"]["code"], "policy.write", "{refused}");
    assert!(
        refused[0]["reason"]["message"]
            .as_str()
            .unwrap()
            .contains("kvar"),
        "{refused}"
    );
    assert!(
        ["visit.unknown", "policy.forbidden"].contains(
            &stina
                .fails("visit", json!({ "visit": place.visit }))
                .as_str()
        )
    );
    assert_eq!(
        stina.ok("person", json!({ "person": place.person }))["visits"],
        json!([])
    );
    // A start later it is the same.
    stina.close();
    stina.start();
    assert_eq!(stina.ok("status", json!({}))["user"]["role"], "hemtjanst");
    // And nobody else is touched.
    eva.sync();
    assert_eq!(eva.visit(&place.visit)["texts"]["note"], "Trött.");
}

#[test]
fn a_new_role_reaches_an_online_tablet_by_itself() {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    eva.sync();
    let place = eva.plan_astrid();
    eva.sync();
    let mut stina = town.online_tablet_of("Stina Ek");
    until("Stina has the person", || {
        stina.call("person", json!({ "person": place.person })).ok()
    });
    assert_eq!(
        stina.fails("visit", json!({ "visit": place.visit })),
        "visit.unknown"
    );
    let nurse = ["users", "set-role", "--user", "Stina Ek", "--role", "nurse"];
    town.server
        .command(&[&nurse[..], &["--unit", "Mobila teamet"]].concat());
    until("the visit has come", || {
        stina.call("visit", json!({ "visit": place.visit })).ok()
    });
    until("she is told so", || {
        (stina.ok("status", json!({}))["user"]["role"] == "nurse").then_some(())
    });
}

#[test]
fn an_online_tablet_finds_out_by_itself_that_the_server_was_restored() {
    let mut town = Town::new();
    let mut eva = town.online_tablet_of("Eva Lind");
    until("online", || {
        (eva.ok("status", json!({}))["connection"] == "online").then_some(())
    });
    let backup = town.server.folder().join("backup.sqlite");
    town.server
        .command(&["backup", "--to", backup.to_str().unwrap()]);
    let place = eva.plan_astrid();
    until("the visit is on the server", || {
        (eva.ok("status", json!({}))["waiting"] == 0).then_some(())
    });
    let asked = town.line.count("/v1/news");
    until("it waits for news", || {
        (town.line.count("/v1/news") >= asked).then_some(())
    });
    town.server.kill();
    town.server.restore(&backup);
    town.restart_server();
    // Omar's new tablet gets the visit, which only Eva's had.
    let mut omar = town.tablet_of("Omar Haddad");
    until("the visit was given back", || {
        omar.sync();
        omar.call("visit", json!({ "visit": place.visit })).ok()
    });
    let quiet = town.line.count("/v1/news");
    for _ in 0..100 {
        eva.ok("status", json!({}));
    }
    assert!(
        town.line.count("/v1/news") <= quiet + 2,
        "it asks for news in a circle"
    );
}

#[test]
fn a_tablet_restored_from_its_own_older_copy_goes_on() {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    eva.sync();
    let place = eva.plan_astrid();
    eva.sync();
    eva.close();
    let copy = std::fs::read(eva.database()).unwrap();
    eva.start();
    eva.set(&place.document, &[("cfs.level", json!(6))]);
    eva.sync();
    eva.close();
    // Yesterday's copy is put back: it has forgotten what it sent, and its place in the feed.
    std::fs::write(eva.database(), copy).unwrap();
    eva.start();
    assert_eq!(eva.visit(&place.visit)["fields"].get("cfs.level"), None);
    eva.set(&place.document, &[("weight_kg", json!(60))]);
    let status = eva.sync();
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(0))
    );
    let page = eva.visit(&place.visit);
    assert_eq!(page["fields"]["cfs.level"], 6);
    assert_eq!(page["fields"]["weight_kg"], 60.0);
    assert_eq!(page["changes"], json!([]), "nothing here is a colleague's");
}

/// For the first sync: two requests pass, and the next one waits.
trait Held {
    fn online_tablet_of_held(&self, name: &str) -> Tablet;
}

impl Held for Town {
    fn online_tablet_of_held(&self, name: &str) -> Tablet {
        let fates = [Fate::Passes, Fate::Passes, Fate::Held];
        self.line.plan(fates);
        let mut tablet = self.online_tablet_of(name);
        assert!(tablet.ok("status", json!({}))["user"].is_object());
        tablet
    }
}
