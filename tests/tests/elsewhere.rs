//! What one organisation reads of another's records, with a real server and real tablets: informed and
//! consented to, logged on both sides, and kept nowhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{Tablet, Town};
use serde_json::{Value, json};

const ASTRID: &str = "191212121212";

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
        extract.contains("Mobila teamet"),
        "no names of staff: {extract}"
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
