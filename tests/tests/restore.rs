//! A server that is restored from a backup, on both databases: tablets give back what it forgot.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{Server, Town};
use serde_json::json;

/// AC25: a backup is restored, and nothing that came after it is lost.
#[test]
fn tablets_give_back_what_a_restored_sqlite_server_has_forgotten() {
    tablets_give_back_what_a_restored_server_has_forgotten(Server::new());
}

/// AC25: the same with PostgreSQL.
#[test]
fn tablets_give_back_what_a_restored_postgresql_server_has_forgotten() {
    tablets_give_back_what_a_restored_server_has_forgotten(Server::on_postgres());
}

fn tablets_give_back_what_a_restored_server_has_forgotten(server: Server) {
    let mut town = Town::of(server);
    let mut eva = town.tablet_of("Eva Lind");
    let mut omar = town.tablet_of("Omar Haddad");
    eva.sync();
    let place = eva.plan_astrid();
    eva.sync();
    omar.sync();

    // The backup is made and looked at, and the day goes on.
    let backup = town.server.folder().join("backup");
    let file = backup.to_str().unwrap();
    town.server.command(&["backup", "--to", file]);
    town.server.command(&["verify", "--backup", file]);
    omar.set(&place.document, &[("cfs.level", json!(6))]);
    let page = omar.ok("sign", json!({ "visit": place.visit }));
    let signature = page["signatures"][0]["entry"].clone();
    assert!(signature.is_string(), "{page}");
    omar.sync();
    eva.sync();
    eva.write(&place.document, "note", "Efter säkerhetskopian.");
    let marta = eva.add_person("Märta", "Lindqvist", "190104132386");
    eva.sync();

    // Omar's tablet falls into the water; nobody but Eva has what he answered and signed. The
    // server's disk dies.
    omar.kill();
    drop(omar);
    town.server.kill();
    town.server.restore(&backup);
    town.restart_server();

    // What Eva wrote meanwhile goes with what she gives back.
    eva.ok(
        "add_note",
        json!({ "visit": place.visit, "kind": "note", "text": "Servern var borta." }),
    );
    let status = eva.sync();
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(eva.visit(&place.visit)["whereabouts"]["is"], "on_server");

    // A new tablet finds everything, and under the right names.
    let mut berg = town.tablet_of("Anna Berg");
    berg.sync();
    let page = berg.visit(&place.visit);
    assert_eq!(page["texts"]["note"], "Efter säkerhetskopian.");
    assert_eq!(page["fields"]["cfs.level"], 6);
    assert_eq!(page["signatures"][0]["entry"], signature);
    assert_eq!(page["notes"].as_array().unwrap().len(), 1);
    let told = berg.ok(
        "history",
        json!({ "document": place.document, "field": "cfs.level" }),
    );
    assert_eq!(told["values"][0]["by"]["name"], "Omar Haddad");
    let found = berg.ok("search", json!({ "text": "märta" }));
    assert_eq!(found["people"][0]["id"], marta);

    // What came back is whole, Omar's signature too.
    let said = town.server.command(&["verify"]);
    assert!(
        said.contains("1 signed entries") && said.ends_with("nothing is wrong"),
        "{said}"
    );
    town.server.command(&["recovery", "end"]);
    eva.set(&place.document, &[("cfs.badl", json!(1))]);
    eva.sync();
    berg.sync();
    assert_eq!(berg.visit(&place.visit)["fields"]["cfs.badl"], 1);
}

/// What a tablet was told is on the server, and the restored server neither has nor may take from
/// it, does not go with the right to it: it stands among what was refused, and can be sent again.
#[test]
fn what_was_written_under_a_forgotten_right_stays_in_sight_and_can_be_given_back() {
    let mut town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    let mut omar = town.tablet_of("Omar Haddad");
    eva.sync();
    let place = eva.plan_astrid();
    eva.sync();
    let omar_as = |town: &Town, role: &str, unit: &str| {
        let user = ["--user", "Omar Haddad", "--role", role, "--unit", unit];
        let words = [&["users", "set-role"][..], &user[..]].concat();
        town.server.command(&words);
    };
    omar_as(&town, "hemtjanst", "Hemtjänsten Öster");
    omar.sync();
    let backup = town.server.folder().join("backup");
    let file = backup.to_str().unwrap();
    town.server.command(&["backup", "--to", file]);

    // Omar is a nurse again, and writes; the server has it, and loses it.
    omar_as(&town, "nurse", "Mobila teamet");
    omar.sync();
    omar.write(&place.document, "note", "Efter säkerhetskopian.");
    assert_eq!(omar.sync()["waiting"], 0);
    town.server.kill();
    town.server.restore(&backup);
    town.restart_server();

    let status = omar.sync();
    assert_eq!(status["waiting"], 0, "{status}");
    assert!(status["refused"].as_u64().unwrap() > 0, "{status}");
    let gone = omar.fails("visit", json!({ "visit": place.visit }));
    assert_eq!(gone, "visit.unknown", "he may not read it");

    // The account is put right, and what was refused is sent again.
    omar_as(&town, "nurse", "Mobila teamet");
    omar.sync();
    let page = omar.ok("send_again", json!({ "document": place.document }));
    assert_eq!(page["refused"], json!([]));
    assert_eq!(omar.sync()["refused"], 0);
    eva.sync();
    assert_eq!(
        eva.visit(&place.visit)["texts"]["note"],
        "Efter säkerhetskopian."
    );
}
