//! The whole story, from the first offline edit to the late one, between real processes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{Town, ids};
use serde_json::{Value, json};

fn notes(page: &Value) -> Vec<&str> {
    page["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| note["text"].as_str().unwrap())
        .collect()
}

#[test]
fn a_visit_from_two_offline_nurses_to_the_doctors_answer_and_a_late_edit() {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    let mut omar = town.tablet_of("Omar Haddad");
    let mut stina = town.tablet_of("Stina Ek");
    let mut berg = town.tablet_of("Anna Berg");

    // The morning: Eva plans the visit, and everybody's tablet has it.
    eva.sync();
    let place = eva.plan_astrid();
    eva.sync();
    for tablet in [&mut omar, &mut stina, &mut berg] {
        tablet.sync();
    }
    let round = omar.ok("round", json!({}));
    assert_eq!(round["rows"][0]["person"]["name"], "Astrid Svensson");
    assert_eq!(round["rows"][0]["reason"], "Yrsel");

    // No coverage in the kitchen. Eva and Omar write in the same visit, also in the same field.
    town.line.cut();
    let document = &place.document;
    eva.set(
        document,
        &[("cfs.level", json!(6)), ("falls.vision", json!(true))],
    );
    eva.write(document, "note", "Astrid var trött.");
    omar.set(
        document,
        &[("cfs.level", json!(5)), ("weight_kg", json!(61.5))],
    );
    // Astrid has said that the team may be told.
    let receivers =
        stina.ok("person", json!({ "person": place.person }))["tellings"]["receivers"].clone();
    let units: Vec<&Value> = receivers
        .as_array()
        .unwrap()
        .iter()
        .map(|receiver| &receiver["unit"])
        .collect();
    stina.ok(
        "begin_telling",
        json!({ "person": place.person, "to": units, "basis": "consent_osl101" }),
    );
    stina.ok(
        "observe",
        json!({
            "person": place.person,
            "tiles": [
                { "what": "gait", "degree": "worse" },
                { "what": "food_drink", "degree": "worse" },
            ],
            "words": "Ostadig, åt lite",
        }),
    );
    for tablet in [&mut eva, &mut omar, &mut stina] {
        assert_eq!(tablet.fails("sync_now", json!({})), "transport.unreachable");
    }
    assert_eq!(eva.visit(&place.visit)["whereabouts"]["is"], "only_here");

    // Coverage again, in any order.
    town.line.mend();
    eva.sync();
    omar.sync();
    stina.sync();
    let status = eva.sync();
    assert_eq!(status["waiting"], 0);
    assert_eq!(status["disagreements"], 1);

    // Both answers are shown to both, with who and when. What only one wrote is simply there.
    for tablet in [&mut eva, &mut omar] {
        tablet.sync();
        let page = tablet.visit(&place.visit);
        let found = page["disagreements"].as_array().unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["field"], "cfs.level");
        let mut answers: Vec<(i64, &str)> = found[0]["candidates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|candidate| {
                assert!(candidate["at"].as_str().unwrap().ends_with('Z'));
                (
                    candidate["value"].as_i64().unwrap(),
                    candidate["by"]["name"].as_str().unwrap(),
                )
            })
            .collect();
        answers.sort_unstable();
        assert_eq!(answers, [(5, "Omar Haddad"), (6, "Eva Lind")]);
        assert_eq!(page["fields"]["falls.vision"], true);
        assert_eq!(page["fields"]["weight_kg"], 61.5);
        assert_eq!(
            page["fields"].get("cfs.level"),
            None,
            "a disputed answer is no answer"
        );
        assert_eq!(
            page["sign_obstacles"],
            json!(["sign.obstacle.disagreement"])
        );
    }
    assert_eq!(
        eva.fails("sign", json!({ "visit": place.visit })),
        "sign.obstacle"
    );

    // Eva sees what Stina saw.
    let person = eva.ok("person", json!({ "person": place.person }));
    assert_eq!(person["observations"][0]["words"], "Ostadig, åt lite");
    assert_eq!(person["observations"][0]["by"]["name"], "Stina Ek");
    assert_eq!(person["flags"][0]["code"], "flag.worse_observation");

    // They talk, and Eva chooses. Then she signs.
    eva.ok(
        "settle",
        json!({ "document": document, "field": "cfs.level", "value": 6 }),
    );
    let page = eva.ok("sign", json!({ "visit": place.visit }));
    assert_eq!(page["disagreements"], json!([]));
    assert_eq!(page["settlements"][0]["chosen"], "6");
    assert_eq!(page["settlements"][0]["others"][0]["value"], "5");
    assert_eq!(
        page["settlements"][0]["others"][0]["by"]["name"],
        "Omar Haddad"
    );
    assert_eq!(page["signatures"][0]["by"]["name"], "Eva Lind");
    assert_eq!(page["signatures"][0]["fields"]["cfs.level"], 6);
    eva.sync();

    // Omar is offline again and does not know that the visit is signed.
    town.line.cut();
    omar.set(document, &[("falls.hearing", json!(true))]);
    town.line.mend();

    // Dr Berg reads everything, and adds a note.
    berg.sync();
    let page = berg.visit(&place.visit);
    assert_eq!(page["texts"]["note"], "Astrid var trött.");
    assert_eq!(page["fields"]["cfs.level"], 6);
    assert_eq!(page["signatures"][0]["by"]["name"], "Eva Lind");
    assert_eq!(page["additions"], json!([]));
    let person = berg.ok("person", json!({ "person": place.person }));
    assert_eq!(person["observations"][0]["words"], "Ostadig, åt lite");
    let page = berg.ok(
        "add_note",
        json!({ "visit": place.visit, "kind": "order", "text": "Ta blodtryck stående." }),
    );
    assert_eq!(page["whereabouts"]["is"], "only_here");
    berg.sync();
    assert_eq!(berg.visit(&place.visit)["whereabouts"]["is"], "on_server");

    // Eva sees that Dr Berg has read it, and the order, both in her inbox and in the visit.
    eva.sync();
    let inbox = eva.ok("inbox", json!({}));
    let order = &inbox["items"].as_array().unwrap()[0];
    assert_eq!(
        (&order["why"], &order["by"]["name"]),
        (&json!("order"), &json!("Anna Berg"))
    );
    let page = eva.visit(&place.visit);
    assert_eq!(notes(&page), ["Ta blodtryck stående."]);
    assert_eq!(page["notes"][0]["new"], true);
    assert_eq!(page["seen"][0]["by"]["name"], "Anna Berg");

    // Omar's late edit comes: it is kept, and shown as what it is, an unsigned addition.
    omar.sync();
    eva.sync();
    berg.sync();
    for tablet in [&mut eva, &mut omar, &mut berg] {
        let page = tablet.visit(&place.visit);
        let additions = page["additions"].as_array().unwrap();
        assert_eq!(ids(&page["additions"], "field"), ["falls.hearing"]);
        assert_eq!(additions[0]["by"]["name"], "Omar Haddad");
        assert_eq!(additions[0]["after"], true);
        assert_eq!(page["signatures"].as_array().unwrap().len(), 1);
        assert_eq!(page["signatures"][0]["fields"].get("falls.hearing"), None);
    }
    let inbox = eva.ok("inbox", json!({}));
    assert!(ids(&inbox["items"], "why").contains(&"addition".to_owned()));

    // Nothing is left anywhere, and nobody was refused anything.
    for tablet in [&mut eva, &mut omar, &mut stina, &mut berg] {
        let status = tablet.sync();
        assert_eq!(
            (&status["waiting"], &status["refused"]),
            (&json!(0), &json!(0))
        );
    }
    // Stina, who is not health staff, holds nothing of the visit.
    assert_eq!(
        stina.fails("visit", json!({ "visit": place.visit })),
        "visit.unknown"
    );
}

#[test]
fn eva_is_told_when_a_colleague_has_seen_all_of_her_visit() {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    let mut berg = town.tablet_of("Anna Berg");
    eva.sync();
    let place = eva.plan_astrid();
    eva.write(&place.document, "note", "Svullna ben.");
    assert_eq!(eva.visit(&place.visit)["whereabouts"]["is"], "only_here");
    eva.sync();
    assert_eq!(eva.visit(&place.visit)["whereabouts"]["is"], "on_server");

    // Opening a page is not yet saying that one has seen it.
    berg.sync();
    berg.visit(&place.visit);
    berg.sync();
    eva.sync();
    assert_eq!(eva.visit(&place.visit)["whereabouts"]["is"], "on_server");

    berg.ok("mark_seen", json!({ "visit": place.visit }));
    berg.sync();
    eva.sync();
    let seen = eva.visit(&place.visit)["whereabouts"].clone();
    assert_eq!(
        (&seen["is"], &seen["by"]),
        (&json!("seen"), &json!("Anna Berg"))
    );

    // What she writes after that is not seen, and nobody claims so.
    eva.write(&place.document, "note", "Svullna ben. Vikt 62 kg.");
    assert_eq!(eva.visit(&place.visit)["whereabouts"]["is"], "only_here");
    eva.sync();
    assert_eq!(eva.visit(&place.visit)["whereabouts"]["is"], "on_server");
}
