//! Beginning, and the people: adding, finding, protecting them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_companion::sync::transport::TransportError;
use hemrond_protocol::enrolment::EnrolSignIn;
use serde_json::{Value, json};
use support::*;

#[tokio::test]
async fn a_tablet_from_its_box_says_what_it_needs_and_nothing_else_works() {
    let tablet = Day::new().new_tablet(Who::Eva).await;
    let status = tablet.ok("status", json!({})).await;
    assert_eq!(
        (&status["user"], &status["connection"]),
        (&json!(null), &json!("unknown"))
    );
    assert_eq!(
        (&status["waiting"], &status["today"]),
        (&json!(0), &json!("2026-11-03"))
    );
    let nobody = json!("11111111-1111-4111-8111-111111111111");
    for (command, args) in [
        ("round", json!({})),
        ("search", json!({ "text": "astrid" })),
        ("add_person", person("Astrid", "Svensson", "191212121212")),
        ("person", json!({ "person": nobody })),
        ("check_identity", json!({ "value": "191212121212" })),
        ("inbox", json!({})),
        ("sync_now", json!({})),
        ("export_unsent", json!({})),
        ("plan_visit", json!({ "person": nobody, "acute": false })),
    ] {
        assert_eq!(
            tablet.fails(command, args).await,
            "enrol.needed",
            "{command}"
        );
    }
    // What helps before the enrolment works.
    let settings = json!({ "language": "en", "theme": "sun", "text_percent": 500 });
    let status = tablet.ok("set_settings", settings).await;
    assert_eq!(
        status["settings"]["text_percent"], 200,
        "larger than the layout is made for"
    );
    let failure = tablet
        .companion
        .call_json("round", json!({}))
        .await
        .unwrap_err();
    assert!(
        failure.message.starts_with("This tablet is not enrolled"),
        "{}",
        failure.message
    );
    assert_eq!(tablet.ok("sync_page", json!({})).await["documents"], 0);
    let tablet = tablet.restart().await;
    assert_eq!(
        tablet.ok("status", json!({})).await["settings"]["theme"],
        "sun"
    );
}

/// AC19: where the server wants to know who enrols, the tablet says so, and sends what was typed as it is.
#[tokio::test]
async fn eva_is_asked_who_she_is_and_enrols() {
    let day = Day::new();
    day.exchange.asks_who_enrols(EnrolSignIn {
        login: "eva.lind".to_owned(),
        password: " tre gula båtar ".to_owned(),
        code: "123456".to_owned(),
    });
    let tablet = day.new_tablet(Who::Eva).await;
    let enrol = |sign_in: Value| {
        let server = "http://127.0.0.1:1";
        json!({ "server": server, "code": "KOD-11", "tablet": "Evas", "sign_in": sign_in })
    };
    let older = json!({ "server": "http://127.0.0.1:1", "code": "KOD-11", "tablet": "Evas" });
    for asked in [older, enrol(Value::Null)] {
        let failure = tablet.companion.call_json("enrol", asked).await;
        let failure = failure.unwrap_err();
        assert_eq!(failure.code, "enrol.sign_in_needed");
        assert!(failure.message.contains("lösenord"), "{}", failure.message);
    }
    let typed =
        |password: &str| json!({ "login": " eva.lind ", "password": password, "code": "123456 " });
    assert_eq!(
        tablet.fails("enrol", enrol(typed("tre gula båtar"))).await,
        "enrol.sign_in_wrong"
    );
    assert_eq!(tablet.ok("status", json!({})).await["user"], Value::Null);
    // A password is what it is, with its spaces.
    let status = tablet.ok("enrol", enrol(typed(" tre gula båtar "))).await;
    assert_eq!(status["user"]["name"], "Eva Lind");
}

#[tokio::test]
async fn eva_enrols_once_and_is_told_why_it_did_not_work_before() {
    let day = Day::new();
    let tablet = day.new_tablet(Who::Eva).await;
    let enrol = |code: &str, name: &str| json!({ "server": "http://127.0.0.1:1", "code": code, "tablet": name });
    assert_eq!(
        tablet.fails("enrol", enrol("FEL", "Evas")).await,
        "enrol.code_unknown"
    );
    assert_eq!(
        tablet.fails("enrol", enrol("KOD-11", " ")).await,
        "enrol.tablet_name"
    );
    assert_eq!(
        tablet
            .fails("enrol", enrol("KOD-11", &"å".repeat(61)))
            .await,
        "enrol.tablet_name"
    );
    for (fault, code) in [
        (
            TransportError::Unreachable("no route".to_owned()),
            "transport.unreachable",
        ),
        (TransportError::Timeout, "transport.timeout"),
        (TransportError::NotHemrond, "transport.not_hemrond"),
        (TransportError::Busy, "transport.busy"),
        (TransportError::Failed(500), "transport.server_failed"),
        (TransportError::Address("hej".to_owned()), "transport.url"),
        (
            TransportError::Rejected("enrol.code_expired".to_owned()),
            "enrol.code_expired",
        ),
        (
            TransportError::Rejected("enrol.code_used".to_owned()),
            "enrol.code_used",
        ),
        (
            TransportError::Rejected("user.inactive".to_owned()),
            "transport.rejected",
        ),
    ] {
        day.exchange.fail([fault]);
        assert_eq!(tablet.fails("enrol", enrol("KOD-11", "Evas")).await, code);
        assert_eq!(tablet.ok("status", json!({})).await["user"], Value::Null);
    }
    let status = tablet.ok("enrol", enrol(" KOD-11 ", "Evas")).await;
    assert_eq!(status["user"]["name"], "Eva Lind");
    assert_eq!(
        status["may"],
        json!({
            "rounds": true, "health": true, "observe": false, "add_person": true,
        })
    );
    assert_eq!(
        tablet.fails("enrol", enrol("KOD-12", "Evas")).await,
        "enrol.already"
    );
    // It lasts without a sync in between.
    let tablet = tablet.power_cut().await;
    let status = tablet.ok("status", json!({})).await;
    assert_eq!(
        (&status["user"]["name"], &status["tablet"]),
        (&json!("Eva Lind"), &json!("Evas"))
    );
}

#[tokio::test]
async fn a_server_that_was_restored_lets_eva_in_again_with_a_new_code() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    eva.astrid().await;
    let waiting = eva.ok("status", json!({})).await["waiting"].clone();
    day.exchange
        .fail([TransportError::Rejected("device.unknown".to_owned())]);
    assert_eq!(eva.fails("sync_now", json!({})).await, "device.unknown");
    let enrol =
        |code: &str| json!({ "server": "https://hemrond.example", "code": code, "tablet": "Evas" });
    // What waits is Eva's to send, nobody else's.
    assert_eq!(
        eva.fails("enrol", enrol("KOD-12")).await,
        "enrol.other_user"
    );
    let status = eva.ok("enrol", enrol("KOD-11")).await;
    assert_eq!(status["waiting"], waiting);
    let status = eva.sync().await;
    assert_eq!(
        (&status["connection"], &status["waiting"]),
        (&json!("online"), &json!(0))
    );
    // The door is shut again.
    assert_eq!(eva.fails("enrol", enrol("KOD-11")).await, "enrol.already");
}

#[tokio::test]
async fn a_number_is_checked_before_a_person_is_added() {
    let eva = Day::new().tablet(Who::Eva).await;
    let check = |value: &str| json!({ "value": value });
    let good = eva.ok("check_identity", check("121212+1212")).await;
    assert_eq!(
        (&good["display"], &good["age"]),
        (&json!("19121212-1212"), &json!(113))
    );
    assert_eq!(good["problem"], Value::Null);
    let wrong = eva.ok("check_identity", check("19121212-1213")).await;
    assert_eq!(wrong["identity"], Value::Null);
    assert!(
        wrong["problem"]["message"].as_str().unwrap().contains(' '),
        "{wrong}"
    );

    for (given, family, identity, expected) in [
        ("", "Svensson", "191212121212", "person.name"),
        ("Astrid", "  ", "191212121212", "person.name"),
        (
            "Astrid",
            "Svensson",
            "191212121213",
            wrong["problem"]["code"].as_str().unwrap(),
        ),
    ] {
        assert_eq!(
            eva.fails("add_person", person(given, family, identity))
                .await,
            expected
        );
    }
    let mut phone = person("Astrid", "Svensson", "191212121212");
    phone["phone"] = json!("ring mig");
    assert!(eva.fails("add_person", phone).await.starts_with("phone."));
    assert_eq!(
        eva.ok("sync_page", json!({})).await["status"]["waiting"],
        0,
        "nothing was added"
    );

    let astrid = eva.astrid().await;
    let page = eva.ok("person", json!({ "person": astrid })).await;
    assert_eq!(page["brief"]["identity"], "19121212-1212");
    assert_eq!(page["brief"]["address"], "Björkvägen 3, 433 30 Partille");
    assert_eq!(page["details"]["phone"], "070-174 06 10");
    assert_eq!(page["whereabouts"]["is"], "only_here");
    // Whoever has no number can be added too.
    let unknown = json!({
        "given_name": "Okänd", "family_name": "Kvinna", "identity": "", "protected": "none",
        "despite_duplicates": false,
    });
    let unknown = eva.ok("add_person", unknown).await["person"].clone();
    let page = eva.ok("person", json!({ "person": unknown })).await;
    assert_eq!(
        (&page["brief"]["age"], &page["brief"]["identity"]),
        (&json!(null), &json!(null))
    );
}

#[tokio::test]
async fn a_likely_duplicate_is_shown_first_and_can_be_confirmed_as_another_person() {
    let eva = Day::new().tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let check = json!({
        "value": "191212121212", "given_name": "Anna", "family_name": "Karlsson",
    });
    let found = eva.ok("check_identity", check).await["duplicates"].clone();
    assert_eq!(
        (&found[0]["person"]["id"], &found[0]["same_number"]),
        (&astrid, &json!(true))
    );
    let check = json!({ "value": "", "given_name": "astrid", "family_name": "svenson" });
    let found = eva.ok("check_identity", check).await["duplicates"].clone();
    assert_eq!(
        (&found[0]["person"]["id"], &found[0]["same_number"]),
        (&astrid, &json!(false))
    );

    let mut again = person("Astrid", "Svensson", "189001019802");
    assert_eq!(
        eva.fails("add_person", again.clone()).await,
        "person.duplicate"
    );
    again["despite_duplicates"] = json!(true);
    let other = eva.ok("add_person", again).await["person"].clone();
    assert_ne!(other, astrid);
    let found = eva.ok("search", json!({ "text": "Astrid Sv" })).await;
    assert_eq!(found["people"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn eva_finds_people_also_those_added_and_renamed_a_moment_ago() {
    let eva = Day::new().tablet(Who::Eva).await;
    let find = async |text: &str| {
        let found = eva.ok("search", json!({ "text": text })).await;
        all(&found["people"], "name")
    };
    assert_eq!(find("astrid").await, [""; 0]);
    let astrid = eva.astrid().await;
    eva.add_person("Åke", "Öström", "194408139089").await;
    assert_eq!(find("astrid").await, ["Astrid Svensson"]);
    assert_eq!(find("ake ost").await, ["Åke Öström"]);
    assert_eq!(find("440813").await, ["Åke Öström"]);
    let document = eva.ok("person", json!({ "person": astrid })).await["document"].clone();
    eva.set(&document, &[("family_name", json!("Wahlgren"))])
        .await;
    assert_eq!(find("wahlgren").await, ["Astrid Wahlgren"]);
    assert_eq!(find("svensson").await, [""; 0]);
    assert_eq!(find("").await, [""; 0]);
}

/// AC63: the two fixed contacts come first on the person's page, each with a number to ring.
#[tokio::test]
async fn contacts_and_details_are_edited_with_numbers_in_one_spelling() {
    let eva = Day::new().tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let document = eva.ok("person", json!({ "person": astrid })).await["document"].clone();
    let contact = |number: u8, name: &str, relation: &str, phone: &str| {
        json!({
            "edit": "add_row", "collection": "contacts",
            "row": hemrond_domain::ids::RowId::from_bytes([number; 16]),
            "values": { "name": name, "relation": relation, "phone": phone, "direct": true },
        })
    };
    let edits = json!([
        contact(1, "Karin Svensson", "relative", "070 174 06 11"),
        contact(3, "Anna Berg", "fast_lakarkontakt", "070-1740614"),
        contact(2, "Eva Lind", "fast_vardkontakt", "+46701740612"),
        { "edit": "set", "field": "phone", "value": "070-174 06 13" },
        { "edit": "set", "field": "look_out_for", "value": "Ilsken katt" },
    ]);
    eva.edit(&document, edits).await.unwrap();
    let page = eva.ok("person", json!({ "person": astrid })).await;
    assert_eq!(
        all(&page["contacts"], "name"),
        ["Eva Lind", "Anna Berg", "Karin Svensson"]
    );
    assert_eq!(
        all(&page["contacts"], "phone"),
        ["070-174 06 12", "070-174 06 14", "070-174 06 11"]
    );
    assert_eq!(page["contacts"][0]["phone_link"], "tel:+46701740612");
    assert_eq!(page["details"]["phone"], "070-174 06 13");
    assert_eq!(page["details"]["look_out_for"], "Ilsken katt");
    let wrong = json!([{ "edit": "set", "field": "phone", "value": "hej" }]);
    assert!(
        eva.edit(&document, wrong)
            .await
            .unwrap_err()
            .starts_with("phone.")
    );
    // All or none: the good edit beside a bad one is not made either.
    let both = json!([
        { "edit": "set", "field": "listed_at", "value": "Partille vårdcentral" },
        { "edit": "set", "field": "finns_inte", "value": 1 },
    ]);
    assert_eq!(eva.edit(&document, both).await.unwrap_err(), "edit.refused");
    let page = eva.ok("person", json!({ "person": astrid })).await;
    assert_eq!(page["details"]["listed_at"], Value::Null);
}

/// AC61: no answer of the tablet tells a protected person's address, number or relatives.
#[tokio::test]
async fn nothing_tells_where_a_protected_person_lives() {
    const SECRETS: [&str; 8] = [
        "Hemligvägen",
        "Gömstad",
        "43377",
        "1740677",
        "174 06 77",
        "174067",
        "174 06 7",
        "Syster Hemlig",
    ];
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let omar = day.tablet(Who::Omar).await;
    let mut wanted = person("Vera", "Skyddad", "194001079120");
    for (field, value) in [
        ("protected", "skyddad_folkbokforing"),
        ("street", "Hemligvägen 7"),
        ("postcode", "43377"),
        ("city", "Gömstad"),
        ("phone", "070-1740677"),
        ("entry", "Hemligvägens port"),
    ] {
        wanted[field] = json!(value);
    }
    let vera = eva.ok("add_person", wanted).await["person"].clone();
    let visit = eva.plan(&vera).await;
    let document = eva.ok("person", json!({ "person": vera })).await["document"].clone();
    let contact = json!([{
        "edit": "add_row", "collection": "contacts",
        "row": hemrond_domain::ids::RowId::from_bytes([1; 16]),
        "values": { "name": "Syster Hemlig", "relation": "relative", "phone": "070-1740677" },
    }]);
    eva.edit(&document, contact).await.unwrap();
    eva.write(&visit.document, "note", "Trött").await;
    eva.sync().await;
    omar.sync().await;
    // Two disagree on the number: that list of answers would tell both.
    eva.set(
        &document,
        &[
            ("phone", json!("070-1740676")),
            ("address.city", json!("Gömstad 2")),
        ],
    )
    .await;
    omar.set(
        &document,
        &[
            ("phone", json!("070-1740678")),
            ("address.city", json!("Gömstad 3")),
        ],
    )
    .await;
    omar.sync().await;
    eva.sync().await;

    let mut answers = Vec::new();
    for (command, args) in visit.pages("vera", "194001079120", &vera) {
        answers.push((command, eva.ok(command, args).await.to_string()));
    }
    for field in [
        "address.street",
        "address.entry",
        "phone",
        "contacts/x/phone",
        "identity",
    ] {
        let args = json!({ "document": document, "field": field });
        assert_eq!(
            eva.fails("history", args).await,
            "person.protected",
            "{field}"
        );
    }
    let mut again = person("Vera", "Skyddad", "194001079120");
    again["despite_duplicates"] = json!(false);
    let failure = eva
        .companion
        .call_json("add_person", again)
        .await
        .unwrap_err();
    answers.push(("add_person", format!("{failure:?}")));
    for (command, answer) in &answers {
        for secret in SECRETS {
            assert!(
                !answer.contains(secret),
                "{command} tells {secret}: {answer}"
            );
        }
    }
    let (_, page) = &answers[5];
    let page: Value = serde_json::from_str(page).unwrap();
    assert_eq!(page["brief"]["name"], "Vera Skyddad");
    assert_eq!(
        (&page["brief"]["identity"], &page["brief"]["address"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(page["flags"][0]["code"], "flag.protected");
    assert_eq!(page["disagreements"], json!([]));
    // Her name is no secret, and who it was that wrote it neither.
    let told = eva
        .ok(
            "history",
            json!({ "document": document, "field": "given_name" }),
        )
        .await;
    assert_eq!(told["values"][0]["by"]["name"], "Eva Lind");

    // While colleagues disagree on the protection itself, it holds.
    eva.set(&document, &[("protected", json!("none"))]).await;
    omar.set(&document, &[("protected", json!("sekretessmarkering"))])
        .await;
    omar.sync().await;
    eva.sync().await;
    let page = eva.ok("person", json!({ "person": vera })).await;
    assert_eq!(page["brief"]["protected"], "skyddad_folkbokforing");
    assert_eq!(page["disagreements"][0]["field"], "protected");
    assert!(!page.to_string().contains("Hemligvägen"));
    // Once it is lifted, everything is there.
    eva.ok(
        "settle",
        json!({ "document": document, "field": "protected", "value": "none" }),
    )
    .await;
    let page = eva.ok("person", json!({ "person": vera })).await;
    assert_eq!(page["details"]["street"], "Hemligvägen 7");
    assert_eq!(page["contacts"][0]["name"], "Syster Hemlig");
    let mut fields = all(&page["disagreements"], "field");
    fields.sort();
    assert_eq!(fields, ["address.city", "phone"]);
}

/// AC11: nor does the tablet show one that it holds.
#[tokio::test]
async fn stina_of_home_help_sees_the_person_and_no_health_record() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let stina = day.tablet(Who::Stina).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.set(
        &visit.document,
        &[("cfs.level", json!(6)), ("falls.vision", json!(true))],
    )
    .await;
    eva.ok(
        "add_note",
        json!({ "visit": visit.id, "kind": "question", "text": "Ny dos?" }),
    )
    .await;
    eva.sync().await;
    // The exchange gives everything to everybody; the tablet's own policy must hold as well.
    stina.sync().await;
    assert_eq!(
        stina.ok("status", json!({})).await["may"],
        json!({
            "rounds": true, "health": false, "observe": true, "add_person": false,
        })
    );
    let page = stina.ok("person", json!({ "person": astrid })).await;
    assert_eq!(page["brief"]["name"], "Astrid Svensson");
    assert_eq!(
        page["may"],
        json!({
            "edit": false, "read_visits": false, "visit": false, "read_observations": true,
            "observe": true, "see_log": false,
        })
    );
    for list in [
        "visits",
        "notes",
        "cfs",
        "weights",
        "drugs",
        "medication_flags",
        "flags",
    ] {
        assert_eq!(page[list], json!([]), "{list}");
    }
    assert_eq!(
        (&page["brief"]["cfs"], &page["falls"]),
        (&json!(null), &json!(null))
    );
    let found = stina.ok("search", json!({ "text": "astrid" })).await;
    assert_eq!(found["people"][0]["cfs"], Value::Null);
    assert_eq!(stina.ok("inbox", json!({})).await["items"], json!([]));
    let document = &visit.document;
    for (command, args) in [
        ("visit", visit.args()),
        ("sign", visit.args()),
        ("mark_seen", visit.args()),
        (
            "add_note",
            json!({ "visit": visit.id, "kind": "note", "text": "Hej" }),
        ),
        (
            "set_visit_state",
            json!({ "visit": visit.id, "state": "done" }),
        ),
        ("unchanged", json!({ "visit": visit.id, "section": "cfs" })),
        (
            "history",
            json!({ "document": document, "field": "cfs.level" }),
        ),
        (
            "edit",
            json!({ "document": document, "edits": [
            { "edit": "set", "field": "cfs.level", "value": 1 },
        ] }),
        ),
        ("add_person", person("Ny", "Person", "")),
    ] {
        assert_eq!(
            stina.fails(command, args).await,
            "policy.forbidden",
            "{command}"
        );
    }
    let person_document = page["document"].clone();
    let edit = json!([{ "edit": "set", "field": "phone", "value": "070-1740612" }]);
    assert_eq!(
        stina.edit(&person_document, edit).await.unwrap_err(),
        "policy.forbidden"
    );
    assert_eq!(stina.ok("status", json!({})).await["waiting"], 0);
    // She plans her own unit's round, and begins no health record with that.
    stina
        .ok(
            "plan_visit",
            json!({ "person": astrid, "acute": false, "start": "9.30" }),
        )
        .await;
    let waiting = stina.ok("sync_page", json!({})).await["waiting"].clone();
    assert_eq!(all(&waiting, "kind"), ["round"]);
    let round = stina.ok("round", json!({})).await;
    assert_eq!(
        (&round["team_name"], &round["rows"][0]["start"]),
        (&json!("Hemtjänsten Öster"), &json!("09:30"))
    );
    // And the nurse does not write home help's observations.
    let observe = json!({ "person": astrid, "tiles": [{ "what": "fall", "degree": "worse" }] });
    assert_eq!(eva.fails("observe", observe).await, "policy.forbidden");
}
