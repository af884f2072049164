//! Blocks, emergencies, consent and relations on tablets. The exchange of these stories gives everybody
//! everything and takes nothing away: what is hidden here, the tablet hides by itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use chrono::Duration;
use serde_json::{Value, json};
use support::*;

/// Eva's visit to Astrid, which Karin of the rehabilitation unit has too; both on Karin's own unit's
/// round, so that nobody is asked for a relation.
struct Town {
    day: Day,
    eva: Tablet,
    karin: Tablet,
    visit: Visit,
}

async fn town() -> Town {
    let day = Day::new();
    let (eva, karin) = (day.tablet(Who::Eva).await, day.tablet(Who::Karin).await);
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.set(
        &visit.document,
        &[("cfs.level", json!(6)), ("weight_kg", json!(61.5))],
    )
    .await;
    let note = json!({ "visit": visit.id, "kind": "note", "text": "Ramlade i natt" });
    eva.ok("add_note", note).await;
    eva.sync().await;
    karin.sync().await;
    let planned = json!({ "person": astrid, "acute": false, "reason": "Gångträning" });
    karin.ok("plan_visit", planned).await;
    karin.sync().await;
    eva.sync().await;
    Town {
        day,
        eva,
        karin,
        visit,
    }
}

impl Town {
    fn of_astrid(&self) -> Value {
        json!({ "person": self.visit.person })
    }

    async fn block(&self) -> Value {
        let args = json!({ "person": self.visit.person, "bound": "inner", "voice": "person" });
        let state = self.eva.ok("block", args).await;
        self.eva.sync().await;
        state["blocks"][0]["act"].clone()
    }
}

/// Everything that a tablet shows of Astrid, as one text.
async fn shown(tablet: &Tablet, person: &Value) -> String {
    let mut shown = String::new();
    for (command, args) in [
        ("person", json!({ "person": person })),
        ("search", json!({ "text": "astrid" })),
        ("round", json!({})),
        ("inbox", json!({})),
        ("sync_page", json!({})),
    ] {
        shown.push_str(&tablet.ok(command, args).await.to_string());
    }
    shown
}

/// AC13: a block set on Eva's unit hides the visit from Karin's tablet at her next sync, from every
/// page and list, before anything is shown; Eva's own unit goes on; the page says only that
/// something is blocked.
#[tokio::test]
async fn a_block_hides_from_every_page_before_the_next_is_shown() {
    let town = town().await;
    let astrid = &town.visit.person;
    let before = shown(&town.karin, astrid).await;
    for told in [
        "Ramlade i natt",
        "61.5",
        "\"level\":6",
        town.visit.id.as_str().unwrap(),
    ] {
        assert!(before.contains(told), "{told} is there before");
    }
    town.block().await;
    town.karin.sync().await;
    let after = shown(&town.karin, astrid).await;
    for hidden in [
        "Ramlade i natt",
        "61.5",
        "\"level\":6",
        town.visit.id.as_str().unwrap(),
    ] {
        assert!(!after.contains(hidden), "{hidden} is hidden: {after}");
    }
    let page = town.karin.ok("person", town.of_astrid()).await;
    assert_eq!(page["blocked"], true);
    assert!(!after.contains("Mobila teamet"), "which unit is not told");
    assert_eq!(
        page["visits"].as_array().unwrap().len(),
        1,
        "her own visit stays"
    );
    // Neither by name.
    let document = &town.visit.document;
    let field = json!({ "document": document, "field": "cfs.level" });
    let note = json!({ "visit": town.visit.id, "kind": "note", "text": "Hej" });
    for (command, args) in [
        ("visit", town.visit.args()),
        ("history", field),
        ("add_note", note),
        ("sign", town.visit.args()),
        ("mark_seen", town.visit.args()),
    ] {
        assert_eq!(
            town.karin.fails(command, args).await,
            "policy.blocked",
            "{command}"
        );
    }
    let edit = json!([{ "edit": "set", "field": "cfs.level", "value": 3 }]);
    let refused = town.karin.edit(document, edit).await;
    assert_eq!(refused.unwrap_err(), "policy.blocked");
    // Eva notices nothing.
    let page = town.eva.ok("person", town.of_astrid()).await;
    assert_eq!(
        (&page["blocked"], &page["cfs"][0]["level"]),
        (&json!(false), &json!(6))
    );
}

/// AC13: an offline tablet hides what its own next start finds, and a rebuild of the lists, or a
/// change that comes for a hidden visit, brings nothing back.
#[tokio::test]
async fn what_is_hidden_stays_hidden_whatever_comes() {
    let town = town().await;
    town.block().await;
    town.karin.sync().await;
    town.eva
        .set(&town.visit.document, &[("weight_kg", json!(59.0))])
        .await;
    town.eva.sync().await;
    let karin = town.karin;
    karin.sync().await;
    karin.ok("rebuild", json!({})).await;
    let karin = karin.power_cut().await;
    let after = shown(&karin, &town.visit.person).await;
    for hidden in ["Ramlade i natt", "61.5", "\"weight\":59", "\"kg\":59"] {
        assert!(!after.contains(hidden), "{hidden} is hidden");
    }
}

/// A block that is lifted by its own unit brings everything back, to the letter.
#[tokio::test]
async fn a_lift_brings_everything_back() {
    let town = town().await;
    let before = town.karin.ok("visit", town.visit.args()).await;
    let block = town.block().await;
    town.karin.sync().await;
    let lift = json!({ "person": town.visit.person, "block": block, "how": "consent" });
    assert_eq!(
        town.karin.fails("lift_block", lift.clone()).await,
        "act.other_unit"
    );
    let state = town.eva.ok("lift_block", lift.clone()).await;
    assert_eq!(state["blocks"], json!([]));
    assert_eq!(town.eva.fails("lift_block", lift).await, "block.unknown");
    town.eva.sync().await;
    town.karin.sync().await;
    let after = town.karin.ok("visit", town.visit.args()).await;
    for part in ["fields", "texts", "notes", "cfs", "state"] {
        assert_eq!(after[part], before[part], "{part}");
    }
    assert_eq!(
        town.karin.ok("person", town.of_astrid()).await["blocked"],
        false
    );
}

/// AC14: step 1 asks for a reason and names units only, step 2 opens what was chosen, for a time;
/// offline the end counts too, and a clock that is put back opens nothing again.
#[tokio::test]
async fn an_emergency_opens_in_two_steps_and_ends_by_itself() {
    let town = town().await;
    town.block().await;
    town.karin.sync().await;
    let person = &town.visit.person;
    let units = json!([team()]);
    let open = |hours: u32| json!({ "person": person, "units": units, "reason": "Medvetslös", "hours": hours });
    let karin = &town.karin;
    assert_eq!(
        karin.fails("emergency_open", open(2)).await,
        "emergency.first_step"
    );
    let silent = json!({ "person": person, "reason": " " });
    assert_eq!(
        karin.fails("emergency_units", silent).await,
        "act.incomplete"
    );
    let asked = json!({ "person": person, "reason": "Medvetslös" });
    let found = karin.ok("emergency_units", asked).await;
    assert_eq!(all(&found["units"], "name"), ["Mobila teamet"]);
    assert_eq!(found["units"][0]["phone"], "+46313900600");
    assert_eq!(
        karin.fails("visit", town.visit.args()).await,
        "policy.blocked",
        "step 1 opens none"
    );
    assert_eq!(karin.fails("emergency_open", open(25)).await, "act.period");
    let strange =
        json!({ "person": person, "units": [home_help()], "reason": "Medvetslös", "hours": 1 });
    assert_eq!(
        karin.fails("emergency_open", strange).await,
        "emergency.units"
    );

    karin.later();
    let opened = karin.ok("emergency_open", open(2)).await;
    assert_eq!(opened["visits"], json!([town.visit.id]));
    assert_eq!(opened["missing"], json!([]));
    let visit = karin.ok("visit", town.visit.args()).await;
    assert_eq!(visit["fields"]["weight_kg"], 61.5);
    // Until when, and that it is for reading only, stands on both pages as long as it lasts.
    let page = karin.ok("person", town.of_astrid()).await;
    for told in [
        &opened["until"],
        &page["emergency_until"],
        &visit["emergency_until"],
    ] {
        assert!(told.is_string(), "{told}");
        assert_eq!(told, &opened["until"]);
    }
    assert_eq!(visit["read_only"], true);
    // For reading only.
    let edit = json!([{ "edit": "set", "field": "weight_kg", "value": 60 }]);
    let refused = karin.edit(&town.visit.document, edit).await;
    assert_eq!(refused.unwrap_err(), "policy.blocked");
    let state = karin.ok("access_state", town.of_astrid()).await;
    assert_eq!(all(&state["emergencies"], "step"), ["units", "entries"]);
    // Nobody else's tablet opens by it.
    karin.sync().await;
    let state = town.eva.ok("access_state", town.of_astrid()).await;
    assert_eq!(state["emergencies"], json!([]));
    let page = town.eva.ok("person", town.of_astrid()).await;
    assert_eq!(page["emergency_until"], Value::Null, "Eva opened nothing");

    town.day.clock.forward(Duration::hours(2));
    let after = shown(karin, person).await;
    assert!(!after.contains("Ramlade i natt"), "it is over, offline too");
    let page = karin.ok("person", town.of_astrid()).await;
    assert_eq!(page["emergency_until"], Value::Null);
    town.day.clock.forward(Duration::hours(-1));
    assert_eq!(
        karin.fails("visit", town.visit.args()).await,
        "policy.blocked"
    );
}

/// AC14, AC40: what is not on the tablet is said to be missing, with the number to ring; and home
/// help is not offered what it may not do.
#[tokio::test]
async fn what_an_emergency_cannot_show_here_is_said_honestly() {
    let town = town().await;
    town.block().await;
    let berg = town.day.tablet(Who::Berg).await;
    let state = berg.ok("access_state", town.of_astrid()).await;
    assert_eq!(
        state["blocked_elsewhere"], false,
        "the doctor works in the unit itself"
    );
    let stina = town.day.tablet(Who::Stina).await;
    let state = stina.ok("access_state", town.of_astrid()).await;
    assert_eq!(
        (
            &state["blocked_elsewhere"],
            &state["may"]["emergency"],
            &state["may"]["block"]
        ),
        (&json!(false), &json!(false), &json!(false))
    );
    let block = json!({ "person": town.visit.person, "bound": "inner", "voice": "person" });
    assert_eq!(stina.fails("block", block).await, "act.role");
    let asked = json!({ "person": town.visit.person, "reason": "Medvetslös" });
    assert_eq!(
        stina.fails("emergency_units", asked.clone()).await,
        "policy.forbidden"
    );
    assert_eq!(
        berg.fails("emergency_units", asked).await,
        "emergency.nothing"
    );
}

/// AC10: who takes no part in the care is asked for a reason before Astrid opens, and it is kept as an
/// act for its time; who takes part is asked nothing.
#[tokio::test]
async fn a_stranger_is_asked_why() {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let astrid = eva.astrid().await;
    let visit = eva.plan(&astrid).await;
    eva.sync().await;
    let karin = day.tablet(Who::Karin).await;
    let berg = day.tablet(Who::Berg).await;
    let of_astrid = json!({ "person": astrid });
    berg.ok("person", of_astrid.clone()).await;
    for (command, args) in [
        ("person", of_astrid.clone()),
        ("visit", visit.args()),
        (
            "history",
            json!({ "document": visit.document, "field": "reason" }),
        ),
    ] {
        assert_eq!(
            karin.fails(command, args).await,
            "policy.relation_needed",
            "{command}"
        );
    }
    // The refusal says whose page it is, so that the question can be asked there.
    let refused = karin.companion.call_json("visit", visit.args()).await;
    let whose = refused.unwrap_err().params["person"].clone();
    assert_eq!(json!(whose), astrid);
    let printed = karin.fails("print_sheet", of_astrid.clone()).await;
    assert_eq!(printed, "policy.relation_needed");
    let declare = |words: &str, days: u32| json!({ "person": astrid, "reason": "asked", "words": words, "days": days });
    assert_eq!(
        karin.fails("declare_relation", declare(" ", 7)).await,
        "act.incomplete"
    );
    assert_eq!(
        karin
            .fails("declare_relation", declare("Konsult", 365))
            .await,
        "act.period"
    );
    let state = karin
        .ok("declare_relation", declare("Eva bad om råd", 7))
        .await;
    assert!(state["relation_until"].is_string());
    karin.ok("person", of_astrid.clone()).await;
    karin.ok("visit", visit.args()).await;
    // It is an act that others can see was made, and it ends.
    day.clock.forward(Duration::days(31));
    assert_eq!(
        karin.fails("person", of_astrid).await,
        "policy.relation_needed"
    );
}

/// AC17, AC31, AC32, AC34, AC35: information, objection, consent and capacity, each kept through a
/// power cut and told to colleagues, each taken back by an act of its own.
#[tokio::test]
async fn what_astrid_decides_is_kept_and_shared() {
    let town = town().await;
    let person = town.visit.person.clone();
    let eva = town.eva;
    let with = |mut args: Value| {
        args["person"] = person.clone();
        args
    };
    let informed = json!({ "what": "sharing", "told": "person" });
    eva.ok("inform", with(informed)).await;
    assert_eq!(
        eva.fails("object", with(json!({ "voice": "guardian" })))
            .await,
        "act.guardian"
    );
    let state = eva.ok("object", with(json!({ "voice": "person" }))).await;
    let objection = state["objections"][0]["act"].clone();
    let until = "2027-11-03T08:00:00Z";
    let consent = json!({ "givers": [], "classes": ["health"], "until": until });
    eva.ok("consent", with(consent.clone())).await;
    let empty = json!({ "givers": [], "classes": [], "until": until });
    assert_eq!(eva.fails("consent", with(empty)).await, "act.incomplete");
    let half = json!({ "able": false, "explored": "Samtal", "attitude": "", "unopposed": "Nej" });
    assert_eq!(
        eva.fails("assess_capacity", with(half)).await,
        "act.incomplete"
    );
    let whole = json!({ "able": false, "explored": "Samtal med dottern", "attitude": "Positiv", "unopposed": "Inget tyder på det" });
    eva.ok("assess_capacity", with(whole)).await;

    let eva = eva.power_cut().await;
    eva.sync().await;
    town.karin.sync().await;
    for tablet in [&eva, &town.karin] {
        let state = tablet.ok("access_state", town_person(&person)).await;
        assert_eq!(all(&state["informed"], "what"), ["sharing"]);
        assert_eq!(state["objections"][0]["act"], objection);
        assert_eq!(state["consents"][0]["classes"], json!(["health"]));
        assert_eq!(state["consents"][0]["by"]["name"], "Eva Lind");
        assert_eq!(state["capacity"]["able"], false);
    }
    town.day.clock.forward(Duration::minutes(1));
    town.karin
        .ok("withdraw_consent", town_person(&person))
        .await;
    let back = json!({ "objection": objection });
    let state = town.karin.ok("withdraw_objection", with(back)).await;
    assert_eq!(
        (&state["consents"], &state["objections"]),
        (&json!([]), &json!([]))
    );
    town.karin.sync().await;
    eva.sync().await;
    let state = eva.ok("access_state", town_person(&person)).await;
    assert_eq!(
        (&state["consents"], &state["objections"]),
        (&json!([]), &json!([]))
    );
}

fn town_person(person: &Value) -> Value {
    json!({ "person": person })
}

/// AC15: who receives help of the social services is no question that a search answers, though what
/// home help told stands on this tablet.
#[tokio::test]
async fn a_search_finds_people_by_who_they_are_never_by_the_help_they_get() {
    let town = town().await;
    let stina = town.day.tablet(Who::Stina).await;
    let tile = json!({ "what": "gait", "degree": "worse" });
    let person = &town.visit.person;
    let seen = json!({ "person": person, "tiles": [tile], "words": "Vinglig" });
    let observed = stina.ok("observe", seen).await;
    let told = json!({ "person": person, "observation": observed["row"], "to": team(), "basis": "consent_osl101" });
    stina.ok("disclose", told).await;
    stina.sync().await;
    town.eva.sync().await;
    let page = town.eva.ok("person", town.of_astrid()).await;
    assert_eq!(page["observations"][0]["words"], "Vinglig");
    for text in [
        "hemtjänst",
        "hemtjänstbeslut",
        "bistånd",
        "Hemtjänst Norr",
        "Vinglig",
        "observations",
        "Stina Ek",
    ] {
        let found = town.eva.ok("search", json!({ "text": text })).await;
        assert_eq!(found["people"], json!([]), "{text}");
    }
    let found = town.eva.ok("search", json!({ "text": "astrid" })).await;
    assert_eq!(found["people"].as_array().unwrap().len(), 1);
}

/// AC52, AC60: a home-help observation that reaches the nurse is an act of its own, with its legal
/// basis; it never becomes a part of the health record.
#[tokio::test]
async fn an_observation_that_is_told_carries_its_legal_basis() {
    let town = town().await;
    let stina = town.day.tablet(Who::Stina).await;
    let tile = json!({ "what": "gait", "degree": "worse" });
    let person = &town.visit.person;
    let observed = stina
        .ok(
            "observe",
            json!({ "person": person, "tiles": [tile], "words": "Vinglig" }),
        )
        .await;
    let told = |row: &Value| json!({ "person": person, "observation": row, "to": team(), "basis": "consent_osl101" });
    stina.ok("disclose", told(&observed["row"])).await;
    let nothing = json!("11111111-1111-4111-8111-111111111111");
    assert_eq!(
        stina.fails("disclose", told(&nothing)).await,
        "observation.unknown"
    );
    let mut without = told(&observed["row"]);
    without.as_object_mut().unwrap().remove("basis");
    assert_eq!(
        stina.fails("disclose", without).await,
        "command.unreadable",
        "never a default"
    );
    stina.sync().await;
    // The nurse sees with the observation whom it was told to, and why it may be.
    town.eva.sync().await;
    let page = town.eva.ok("person", town.of_astrid()).await;
    let seen = &page["observations"][0];
    assert_eq!(seen["words"], "Vinglig");
    assert_eq!(seen["told"].as_array().unwrap().len(), 1);
    assert_eq!(seen["told"][0]["to"], "Mobila teamet");
    assert_eq!(seen["told"][0]["basis"], "consent_osl101");
    assert_eq!(seen["told"][0]["by"]["name"], "Stina Ek");
    let store = stina.into_store().await;
    let id: hemrond_domain::ids::PersonId = person.as_str().unwrap().parse().unwrap();
    let acts = store.acts_of(id).await.unwrap();
    assert_eq!(acts.len(), 1);
    assert!(
        acts[0].made_json.contains("consent_osl101"),
        "{}",
        acts[0].made_json
    );
    let held = store.all_documents().await.unwrap();
    let kinds = |kind: &str| {
        held.iter()
            .filter(|(_, header)| header.kind == kind)
            .count()
    };
    assert_eq!(
        (kinds("observations"), kinds("acts")),
        (1, 1),
        "two documents of two classes"
    );
}
