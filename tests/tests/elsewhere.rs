//! What one organisation reads of another's records, with a real server and real tablets: informed and
//! consented to, logged on both sides, and kept nowhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{Tablet, Town};
use serde_json::{Value, json};

const ASTRID: &str = "191212121212";

/// A local reserve number: the published example of its region.
const LOCAL: &str = "19930829X802";

/// Adds the region with its clinic and a doctor there.
fn region(town: &Town) -> Tablet {
    let there = |words: &[&str]| {
        let whose = ["--organisation", "Region Hemrond"];
        town.server.command(&[words, &whose].concat());
    };
    town.server
        .command(&["organisations", "add", "--name", "Region Hemrond"]);
    let analysis = [
        "--analysis",
        "BRA-R-1",
        "--decided-by",
        "Ulf Wall",
        "--decided-on",
        "2026-10-01",
    ];
    there(&[&["roles", "analyse", "--role", "doctor"][..], &analysis].concat());
    there(&[
        "units",
        "add",
        "--name",
        "Närakuten",
        "--kind",
        "mobile_team",
    ]);
    let ingrid = [
        "--name",
        "Ingrid Sand",
        "--role",
        "doctor",
        "--unit",
        "Närakuten",
    ];
    town.server
        .command(&[&["users", "add"][..], &ingrid].concat());
    town.tablet_of("Ingrid Sand")
}

/// Everything that a tablet shows of somebody's own record, as one text.
fn answers(tablet: &mut Tablet, person: &Value) -> String {
    let mut all = String::new();
    for (command, args) in [
        ("person", json!({ "person": person })),
        ("search", json!({ "text": "astrid" })),
        ("inbox", json!({})),
        ("sync_page", json!({})),
        ("round", json!({})),
    ] {
        all.push_str(&tablet.ok(command, args).to_string());
    }
    all
}

/// AC33, AC35, AC42, AC43, AC44: Eva is told that there is something; with Astrid's consent she reads
/// the clinic's visit with its signature; when Astrid takes the consent back it is closed at once, and
/// nothing of it is left on Eva's tablet.
#[test]
fn eva_reads_what_the_clinic_wrote_while_astrid_consents_and_keeps_nothing() {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    let mut ingrid = region(&town);
    let astrid = eva.add_person("Astrid", "Svensson", ASTRID);
    eva.sync();
    let at_clinic = ingrid.add_person("Astrid", "Svensson", ASTRID);
    let place = ingrid.plan(&at_clinic, "Feber");
    ingrid.write(
        &place.document,
        "note",
        "Lunginflammation, antibiotika insatt.",
    );
    ingrid.ok("sign", json!({ "visit": place.visit }));
    ingrid.sync();

    let of_astrid = json!({ "person": astrid });
    let told = eva.ok("elsewhere", of_astrid.clone());
    assert_eq!(
        (&told["exists"], &told["found"]),
        (&json!(false), &json!([]))
    );
    let told = json!({ "person": at_clinic, "what": "sharing", "told": "person" });
    ingrid.ok("inform", told);
    ingrid.sync();
    let told = eva.ok("elsewhere", of_astrid.clone());
    assert_eq!(
        (&told["exists"], &told["found"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(told["why_not"], "policy.no_consent");

    // Nobody syncs in between: the question itself brings the consent to the server first.
    let consent = json!({ "person": astrid, "givers": [], "classes": ["health"], "until": "2099-01-01T00:00:00Z" });
    eva.ok("consent", consent);
    let told = eva.ok("elsewhere", of_astrid.clone());
    let found = &told["found"][0];
    assert_eq!(found["giver"]["name"], "Region Hemrond");
    assert_eq!(found["unit"], "Närakuten");
    let open = json!({ "person": astrid, "document": found["document"] });
    let page = eva.ok("elsewhere_open", open.clone());
    assert_eq!(page["basis"], "sharing.health-consent");
    let lines = page["lines"].to_string();
    assert!(lines.contains("Lunginflammation"), "{lines}");
    assert!(lines.contains("Signerat av Ingrid Sand"), "{lines}");

    eva.ok("withdraw_consent", of_astrid.clone());
    assert_eq!(eva.fails("elsewhere_open", open), "policy.elsewhere");
    eva.sync();
    let left = answers(&mut eva, &astrid);
    assert!(
        !left.contains("Lunginflammation") && !left.contains("Närakuten"),
        "{left}"
    );

    // Eva's own log tells of it, and so does the region's extract about Astrid.
    let looked = eva.ok("who_looked", of_astrid)["looks"].to_string();
    assert!(
        looked.contains("elsewhere") && looked.contains("denied"),
        "{looked}"
    );
    eva.sync();
    let person = at_clinic.as_str().unwrap();
    let extract =
        town.server
            .command(&["log", "extract", "--person", person, "--asked-by", "Astrid"]);
    assert!(
        extract.contains("Mobila teamet, Hemrond kommun: "),
        "whose staff, and no names: {extract}"
    );
    let said = town.server.command(&["verify"]);
    assert!(said.ends_with("nothing is wrong"), "{said}");
}

/// Where there is no contact, that is said, and nothing is made up.
#[test]
fn without_contact_eva_is_told_that_nobody_was_asked() {
    let mut town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    let astrid = eva.add_person("Astrid", "Svensson", ASTRID);
    eva.sync();
    town.server.kill();
    let failed = eva.fails("elsewhere", json!({ "person": astrid }));
    assert_eq!(failed, "elsewhere.no_contact");
}

/// 3 kap. 1 § asks for a relation of whoever looks: Omar, who works where Eva does and has never met
/// Astrid, says first why he needs it. A number that counts in one region only leads to nobody.
#[test]
fn who_takes_no_part_in_astrids_care_says_why_before_others_are_asked() {
    let town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    let mut omar = town.tablet_of("Omar Haddad");
    let astrid = eva.add_person("Astrid", "Svensson", ASTRID);
    let unknown = eva.add_person("Okänd", "Man", LOCAL);
    eva.sync();
    omar.sync();
    let of_astrid = json!({ "person": astrid });
    // Of the own record nothing is asked while there is none.
    omar.ok("person", of_astrid.clone());
    assert_eq!(
        omar.fails("elsewhere", of_astrid.clone()),
        "policy.relation_needed"
    );
    let why = json!({ "person": astrid, "reason": "asked", "words": "Jourar i natt", "days": 1 });
    omar.ok("declare_relation", why);
    omar.ok("elsewhere", of_astrid);
    assert_eq!(
        eva.fails("elsewhere", json!({ "person": unknown })),
        "elsewhere.no_number"
    );
}

/// AC39, AC40: in danger, in two steps and with contact. Without the first the second opens nothing;
/// without contact neither is made; and neither says anything of the own record.
#[test]
fn in_danger_eva_says_so_first_and_opens_nothing_of_her_own_record_by_it() {
    let mut town = Town::new();
    let mut eva = town.tablet_of("Eva Lind");
    let mut ingrid = region(&town);
    let astrid = eva.add_person("Astrid", "Svensson", ASTRID);
    eva.sync();
    let at_clinic = ingrid.add_person("Astrid", "Svensson", ASTRID);
    let place = ingrid.plan(&at_clinic, "Feber");
    ingrid.write(&place.document, "note", "Lunginflammation.");
    ingrid.ok(
        "inform",
        json!({ "person": at_clinic, "what": "sharing", "told": "person" }),
    );
    ingrid.sync();

    let of_astrid = json!({ "person": astrid });
    let choose = json!({
        "person": astrid, "documents": [place.document], "reason": "Medvetslös", "hours": 8,
    });
    assert_eq!(
        eva.fails("elsewhere_choose", choose.clone()),
        "elsewhere.first_step"
    );
    let danger = json!({ "person": astrid, "reason": "Medvetslös, okända läkemedel" });
    let told = eva.ok("elsewhere_danger", danger.clone());
    assert_eq!(told["found"][0]["readable"], false);
    assert!(told["danger_until"].is_string());
    let told = eva.ok("elsewhere_choose", choose);
    assert_eq!(told["found"][0]["readable"], true);
    let open = json!({ "person": astrid, "document": place.document });
    let page = eva.ok("elsewhere_open", open);
    assert_eq!(page["basis"], "sharing.health-danger");

    // Both are openings between organisations; the own record says nothing of them.
    let state = eva.ok("access_state", of_astrid.clone());
    let bounds: Vec<&str> = state["emergencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|open| open["bound"].as_str().unwrap())
        .collect();
    assert_eq!(bounds, ["outer", "outer"]);
    assert_eq!(
        eva.ok("person", of_astrid.clone())["emergency_until"],
        json!(null)
    );

    // Nobody can be reached: no third opening is made, which nobody could use.
    town.server.kill();
    assert_eq!(
        eva.fails("elsewhere_danger", danger),
        "elsewhere.no_contact"
    );
    let state = eva.ok("access_state", of_astrid);
    assert_eq!(state["emergencies"].as_array().unwrap().len(), 2);
}
