//! What home help tells health care. The exchange of these stories gives everybody everything: what a nurse does not
//! see here, her tablet keeps from her by itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use chrono::Duration;
use hemrond_documents::{Actor, Document, Edit, schema::Knows};
use hemrond_domain::{
    ids::{PersonId, RowId},
    record::Header,
};
use hemrond_protocol::WireHeader;
use serde_json::{Value, json};
use support::*;

/// Eva of the mobile team, Karin of the rehabilitation unit and Stina of home help, who all know Astrid.
struct Town {
    day: Day,
    eva: Tablet,
    karin: Tablet,
    stina: Tablet,
    astrid: Value,
}

async fn town() -> Town {
    let day = Day::new();
    let eva = day.tablet(Who::Eva).await;
    let karin = day.tablet(Who::Karin).await;
    let stina = day.tablet(Who::Stina).await;
    let astrid = eva.astrid().await;
    eva.sync().await;
    // Before anything is written about Astrid, so that nobody is asked for a relation.
    karin.sync().await;
    let planned = json!({ "person": astrid, "acute": false, "reason": "Gångträning" });
    karin.ok("plan_visit", planned).await;
    karin.sync().await;
    eva.sync().await;
    eva.plan(&astrid).await;
    eva.sync().await;
    stina.sync().await;
    karin.sync().await;
    Town {
        day,
        eva,
        karin,
        stina,
        astrid,
    }
}

impl Town {
    fn of_astrid(&self) -> Value {
        json!({ "person": self.astrid })
    }

    async fn observe(&self, degree: &str, words: &str) -> Value {
        self.stina.later();
        let tile = json!({ "what": "gait", "degree": degree });
        let seen = json!({ "person": self.astrid, "tiles": [tile], "words": words });
        self.stina.ok("observe", seen).await
    }

    async fn begin(&self, basis: &str, observation: &Value) -> Value {
        self.stina.later();
        let args = json!({
            "person": self.astrid, "to": [team()], "basis": basis, "observation": observation,
        });
        self.stina.ok("begin_telling", args).await
    }

    async fn sync(&self) {
        self.stina.sync().await;
        self.eva.sync().await;
        self.karin.sync().await;
    }

    async fn words_on(&self, tablet: &Tablet) -> Vec<String> {
        let page = tablet.ok("person", self.of_astrid()).await;
        all(&page["observations"], "words")
    }

    /// How many documents of a kind a tablet's store holds.
    async fn kept(store: &hemrond_store::Store, kind: &str) -> usize {
        let held = store.all_documents().await.unwrap();
        held.iter()
            .filter(|(_, header)| header.kind == kind)
            .count()
    }
}

/// AC52: what was told nobody stays in the social documentation: no list, flag, page or inbox of health care has it.
#[tokio::test]
async fn what_was_not_told_stays_with_home_help() {
    let town = town().await;
    let logged = town.observe("much_worse", "Ramlade i hallen").await;
    assert_eq!(logged["told"], json!([]));
    town.sync().await;
    let page = town.stina.ok("person", town.of_astrid()).await;
    assert_eq!(page["observations"][0]["words"], "Ramlade i hallen");
    assert_eq!(page["observations"][0]["told"], json!([]));
    assert_eq!(page["tellings"]["tellings"], json!([]));
    for tablet in [&town.eva, &town.karin] {
        for (command, args) in [
            ("person", town.of_astrid()),
            ("inbox", json!({})),
            ("round", json!({})),
            ("search", json!({ "text": "Ramlade" })),
        ] {
            let answer = tablet.ok(command, args).await.to_string();
            assert!(!answer.contains("Ramlade"), "{command}: {answer}");
            assert!(!answer.contains("much_worse"), "{command}: {answer}");
        }
        let page = tablet.ok("person", town.of_astrid()).await;
        assert_eq!(page["observations"], json!([]));
        assert_eq!(
            page["tellings"],
            Value::Null,
            "health care tells itself nothing"
        );
    }
}

/// AC52, AC60: one observation is told by an act of its own, with source and basis, to one unit.
#[tokio::test]
async fn one_observation_is_told_and_the_rest_is_not() {
    let town = town().await;
    town.observe("worse", "Åt halva lunchen").await;
    let observed = town.observe("worse", "Vinglig").await;
    let told = |row: &Value| json!({ "person": town.astrid, "observation": row, "to": team(), "basis": "consent_osl101" });
    town.stina.later();
    town.stina.ok("disclose", told(&observed["row"])).await;
    // Again is harmless.
    town.stina.ok("disclose", told(&observed["row"])).await;
    let nothing = json!("11111111-1111-4111-8111-111111111111");
    assert_eq!(
        town.stina.fails("disclose", told(&nothing)).await,
        "observation.unknown"
    );
    let mut without = told(&observed["row"]);
    without.as_object_mut().unwrap().remove("basis");
    assert_eq!(
        town.stina.fails("disclose", without).await,
        "command.unreadable",
        "never a default"
    );
    let mut home = told(&observed["row"]);
    home["to"] = json!(home_help());
    assert_eq!(town.stina.fails("disclose", home).await, "telling.unit");
    town.sync().await;
    // The nurse sees what was told, from where, to whom, by whom and why it may be.
    let page = town.eva.ok("person", town.of_astrid()).await;
    assert_eq!(all(&page["observations"], "words"), ["Vinglig"]);
    let seen = &page["observations"][0];
    assert_eq!(seen["row"], observed["row"]);
    assert_eq!(seen["by"]["name"], "Stina Ek");
    assert!(seen["source"].is_string(), "{seen}");
    assert_eq!(seen["told"].as_array().unwrap().len(), 1);
    assert_eq!(seen["told"][0]["to"], "Mobila teamet");
    assert_eq!(seen["told"][0]["basis"], "consent_osl101");
    assert_eq!(seen["told"][0]["by"]["name"], "Stina Ek");
    assert_eq!(page["flags"][0]["code"], "flag.worse_observation");
    let inbox = town.eva.ok("inbox", json!({})).await["items"].clone();
    assert_eq!(inbox, json!([]), "she has just read it");
    // The rehabilitation unit was not told.
    assert_eq!(town.words_on(&town.karin).await, [] as [String; 0]);
    let id: PersonId = town.astrid.as_str().unwrap().parse().unwrap();
    let store = town.stina.into_store().await;
    let acts = store.acts_of(id).await.unwrap();
    assert_eq!(acts.len(), 1);
    assert!(
        acts[0].made_json.contains("consent_osl101"),
        "{}",
        acts[0].made_json
    );
    for kind in ["observations", "told", "acts"] {
        assert_eq!(
            Town::kept(&store, kind).await,
            1,
            "three documents of three classes"
        );
    }
}

/// AC60: what the person once said yes to holds for what is seen later: three taps, and each is told by an act of its own.
#[tokio::test]
async fn a_telling_holds_until_it_is_ended() {
    let town = town().await;
    let first = town.observe("worse", "Före").await;
    town.begin("consent_osl101", &Value::Null).await;
    let page = town.stina.ok("person", town.of_astrid()).await;
    let stands = &page["tellings"]["tellings"];
    assert_eq!(stands[0]["to"], "Mobila teamet");
    assert_eq!(stands[0]["basis"], "consent_osl101");
    assert_eq!(stands[0]["by"]["name"], "Stina Ek");
    assert_eq!(
        page["observations"][0]["told"],
        json!([]),
        "what was seen before was not asked about"
    );
    let second = town.observe("much_worse", "Andra").await;
    assert_eq!(second["told"][0]["to"], "Mobila teamet");
    town.observe("worse", "Tredje").await;
    town.sync().await;
    let inbox = town.eva.ok("inbox", json!({})).await["items"].clone();
    assert_eq!(all(&inbox, "why"), ["observation", "observation"]);
    assert_eq!(town.words_on(&town.eva).await, ["Tredje", "Andra"]);
    assert_eq!(town.words_on(&town.karin).await, [] as [String; 0]);
    // The older one is told by one tap more, and is news though it is old.
    town.day.clock.forward(Duration::days(5));
    town.begin("consent_osl101", &first["row"]).await;
    town.sync().await;
    assert_eq!(
        all(&town.eva.ok("inbox", json!({})).await["items"], "text").len(),
        1
    );
    assert_eq!(town.words_on(&town.eva).await, ["Tredje", "Andra", "Före"]);
    // Ended, also by whoever the person says it to.
    town.eva.later();
    town.eva.ok("end_telling", town.of_astrid()).await;
    town.eva.sync().await;
    town.stina.sync().await;
    let fourth = town.observe("worse", "Fjärde").await;
    assert_eq!(fourth["told"], json!([]));
    town.sync().await;
    assert_eq!(
        town.words_on(&town.eva).await.len(),
        3,
        "what was told stays told"
    );
    // One act for each telling and each disclosure, and one for the end.
    let id: PersonId = town.astrid.as_str().unwrap().parse().unwrap();
    let store = town.stina.into_store().await;
    let kinds: Vec<String> = store
        .acts_of(id)
        .await
        .unwrap()
        .into_iter()
        .map(|act| act.kind)
        .collect();
    let count = |kind: &str| kinds.iter().filter(|one| *one == kind).count();
    assert_eq!(
        (
            count("telling_begun"),
            count("disclosed"),
            count("telling_ended")
        ),
        (1, 3, 1)
    );
}

/// AC60: only on a basis that social care has, and only by social care.
#[tokio::test]
async fn nobody_tells_without_a_basis_that_holds() {
    let town = town().await;
    let observed = town.observe("much_worse", "Vaknar inte riktigt").await;
    let args = |basis: &str| json!({ "person": town.astrid, "to": [team()], "basis": basis });
    for basis in ["same_giver", "osl2511", "svod31", "svod32", "svod36"] {
        assert_eq!(
            town.stina.fails("begin_telling", args(basis)).await,
            "telling.basis",
            "{basis}"
        );
    }
    assert_eq!(
        town.stina.fails("begin_telling", args("svod33")).await,
        "telling.not_assessed"
    );
    let nobody = json!({ "person": town.astrid, "to": [], "basis": "duty" });
    assert_eq!(
        town.stina.fails("begin_telling", nobody).await,
        "telling.unit"
    );
    let evas = town
        .eva
        .fails("begin_telling", args("consent_osl101"))
        .await;
    assert_eq!(evas, "act.role");
    // Danger is a reason for what was just seen, and for nothing after it.
    let page = town.stina.ok("person", town.of_astrid()).await;
    assert_eq!(
        page["tellings"]["always"],
        json!(["consent_osl101", "duty"])
    );
    assert_eq!(
        page["tellings"]["once"],
        json!(["svod36", "consent_osl101", "duty"])
    );
    let danger = json!({ "person": town.astrid, "observation": observed["row"], "to": team(), "basis": "svod36" });
    assert_eq!(
        town.eva.fails("disclose", danger.clone()).await,
        "observation.unknown"
    );
    town.stina.ok("disclose", danger).await;
    assert_eq!(town.observe("worse", "Efter").await["told"], json!([]));
    // Assessed, the person who cannot decide may be told about.
    let assessed = json!({
        "person": town.astrid, "able": false, "explored": "Samtal med dottern",
        "attitude": "Har alltid velat att alla vet", "unopposed": "Inget tyder på det",
    });
    town.eva.ok("assess_capacity", assessed).await;
    town.eva.sync().await;
    town.stina.sync().await;
    town.begin("svod33", &Value::Null).await;
    assert_eq!(
        town.observe("worse", "Sedan").await["told"][0]["basis"],
        "svod33"
    );
    town.sync().await;
    assert_eq!(
        town.words_on(&town.eva).await,
        ["Sedan", "Vaknar inte riktigt"]
    );
}

/// AC60: consent that is taken back takes with it what rests on it.
#[tokio::test]
async fn a_consent_that_is_taken_back_ends_what_rests_on_it() {
    let town = town().await;
    town.begin("consent_osl101", &Value::Null).await;
    town.stina.later();
    town.stina.ok("withdraw_consent", town.of_astrid()).await;
    assert_eq!(town.observe("worse", "Vinglig").await["told"], json!([]));
}

/// What was told and then taken back is told as taken back, and stays readable.
#[tokio::test]
async fn who_was_told_is_told_that_it_was_a_mistake() {
    let town = town().await;
    let told = town.observe("much_worse", "Fel person").await;
    town.begin("consent_osl101", &told["row"]).await;
    town.sync().await;
    town.stina.later();
    let retract = json!({ "person": town.astrid, "row": told["row"] });
    town.stina.ok("retract_observation", retract).await;
    town.sync().await;
    let page = town.eva.ok("person", town.of_astrid()).await;
    assert_eq!(page["observations"][0]["retracted"], true);
    assert_eq!(page["observations"][0]["words"], "Fel person");
    assert_eq!(page["flags"], json!([]));
    let told_again =
        json!({ "person": town.astrid, "observation": told["row"], "to": team(), "basis": "duty" });
    assert_eq!(
        town.stina.fails("disclose", told_again).await,
        "observation.unknown"
    );
}

/// A colleague of Stina's tells the same, without contact: the nurse reads it once.
#[tokio::test]
async fn what_two_have_told_is_read_once() {
    let town = town().await;
    let observed = town.observe("worse", "Vinglig").await;
    town.begin("duty", &observed["row"]).await;
    town.stina.sync().await;
    let id: PersonId = town.astrid.as_str().unwrap().parse().unwrap();
    let header = Header::told(kommun(), team(), id, town.stina.today());
    let mut hers = Document::create(&header, Actor::from_random([88; 16])).unwrap();
    let told = Edit::add_row(
        "entries",
        RowId::from_bytes([89; 16]),
        [
            ("act", observed["row"].as_str().unwrap()),
            ("at", observed["at"].as_str().unwrap()),
            ("what", "gait"),
            ("degree", "worse"),
            ("words", "Vinglig"),
            ("source.row", observed["row"].as_str().unwrap()),
            ("basis", "duty"),
            ("told_at", observed["at"].as_str().unwrap()),
        ],
    );
    let at = "2026-11-03T08:40:00Z".parse().unwrap();
    for change in hers.edit(at, &[told]).unwrap() {
        let header = WireHeader::from(&header);
        town.day.exchange.feed(header, change.bytes, None);
    }
    town.eva.sync().await;
    let page = town.eva.ok("person", town.of_astrid()).await;
    assert_eq!(all(&page["observations"], "words"), ["Vinglig"]);
    let seen = &page["observations"][0];
    assert_eq!(seen["tiles"].as_array().unwrap().len(), 1);
    assert_eq!(
        seen["told"].as_array().unwrap().len(),
        2,
        "both have told it"
    );
}

/// What was seen is kept and told through a power cut, and after an update its lists are made anew.
#[tokio::test]
async fn what_was_told_survives_a_power_cut_and_a_rebuild() {
    let mut town = town().await;
    town.begin("consent_osl101", &Value::Null).await;
    town.observe("worse", "Vinglig").await;
    town.stina = town.stina.power_cut().await;
    let page = town.stina.ok("person", town.of_astrid()).await;
    assert_eq!(page["observations"][0]["told"][0]["to"], "Mobila teamet");
    town.sync().await;
    town.eva = town.eva.restart_knowing(Knows::UpTo(1)).await;
    assert_eq!(town.words_on(&town.eva).await, ["Vinglig"]);
    town.eva.ok("rebuild", json!({})).await;
    assert_eq!(town.words_on(&town.eva).await, ["Vinglig"]);
}
