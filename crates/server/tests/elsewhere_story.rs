//! Stories of what one organisation may see of another's records (lag 2022:913), told on every storage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use hemrond_audit::{Action, Event, Head, Record};
use hemrond_documents::Edit;
use hemrond_domain::{
    ids::{OrganisationId, PersonId, RowId, UnitId, UserId, VisitId},
    law::{Act, Bound, Givers, Information, Step, Told, Voice},
    people::{Role, User},
    record::{DocumentClass, Header},
};
use hemrond_protocol::{AskElsewhere, Elsewhere, Looked, WireId};
use hemrond_server::{
    environment::Clock as _,
    storage::{LogGiven, LogQuery, Unit},
};
use std::time::Duration;
use support::{ASTRID, Backend, HEMTJANST, KOMMUN, TEAM, Tablet, Town, person};

on_every_storage!(
    eva_reads_the_regions_visit_with_information_and_consent,
    nothing_is_told_before_the_person_is_informed_or_after_they_say_no,
    home_help_sees_that_something_exists_and_not_what,
    in_danger_eva_sees_who_has_blocked_and_opens_what_is_not,
    for_somebody_who_cannot_decide_both_sides_have_assessed,
    only_a_number_that_names_one_person_in_the_country_counts,
    of_somebody_protected_no_unit_is_named_before_it_is_read,
    eva_shows_astrid_who_has_looked_on_every_tablet,
);

const REGION: OrganisationId = OrganisationId::from_bytes([11; 16]);
const OMSORG: OrganisationId = OrganisationId::from_bytes([12; 16]);
const CLINIC: UnitId = UnitId::from_bytes([13; 16]);
const HOME_HELP: UnitId = UnitId::from_bytes([14; 16]);
/// Astrid, as the region and the care company know her.
const AT_REGION: PersonId = PersonId::from_bytes([41; 16]);
const AT_OMSORG: PersonId = PersonId::from_bytes([42; 16]);
const NUMBER: &str = "191212121212";

fn clinic_visit() -> Header {
    Header::visit(REGION, CLINIC, AT_REGION, VisitId::from_bytes([7; 16]))
}

fn their_observations() -> Header {
    let day = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
    Header::observations(OMSORG, AT_OMSORG, day)
}

/// The municipality's Eva and Stina, the region's doctor Ingrid, and Rut of a care company, each with what
/// their organisation wrote about Astrid.
struct Neighbours {
    town: Town,
    eva: Tablet,
    stina: Tablet,
    ingrid: Tablet,
    rut: Tablet,
}

impl Neighbours {
    async fn new(backend: Backend) -> Self {
        let town = Town::new(backend).await;
        for (organisation, name, unit, of_unit, kind) in [
            (REGION, "Region Hemrond", CLINIC, "Närakuten", "mobile_team"),
            (
                OMSORG,
                "Omsorg i Hemrond AB",
                HOME_HELP,
                "Team Söder",
                "hemtjanst",
            ),
        ] {
            let office = town.administration();
            office.add_organisation(organisation, name).await.unwrap();
            let unit = Unit {
                id: unit,
                organisation,
                name: of_unit.to_owned(),
                kind: kind.to_owned(),
                phone: String::new(),
            };
            office.add_unit(&unit).await.unwrap();
        }
        for (number, name, role, organisation, unit) in [
            (70, "Ingrid Sand", Role::Doctor, REGION, CLINIC),
            (71, "Rut Kvist", Role::Hemtjanst, OMSORG, HOME_HELP),
            (72, "Lars Lund", Role::Assessor, OMSORG, HOME_HELP),
        ] {
            let user = User {
                id: UserId::from_bytes([number; 16]),
                name: name.to_owned(),
                role,
                organisation,
                unit,
            };
            town.administration().add_user(&user, "").await.unwrap();
        }
        let mut eva = town.tablet("Eva").await;
        let stina = town.tablet("Stina").await;
        let mut ingrid = stranger(&town, "Ingrid").await;
        let mut rut = stranger(&town, "Rut").await;
        let mut lars = stranger(&town, "Lars").await;
        eva.write(&person(), &number(NUMBER, "personnummer"));
        ingrid.write(
            &Header::person(REGION, AT_REGION),
            &number(NUMBER, "personnummer"),
        );
        ingrid.write(&clinic_visit(), &[Edit::set("reason", "Lunginflammation")]);
        lars.write(
            &Header::person(OMSORG, AT_OMSORG),
            &number(NUMBER, "personnummer"),
        );
        let seen = Edit::add_row("entries", RowId::from_bytes([5; 16]), [("what", "sleep")]);
        rut.write(&their_observations(), &[seen]);
        for tablet in [&mut eva, &mut ingrid, &mut lars, &mut rut] {
            tablet.sync().await;
            assert!(support_accepted(tablet), "{:?}", tablet.verdicts);
        }
        Self {
            town,
            eva,
            stina,
            ingrid,
            rut,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.town.clock.now()
    }

    /// The region informs Astrid about sharing.
    async fn inform(&mut self) {
        let told = Act::InformationGiven {
            what: Information::Sharing,
            told: Told::Person,
        };
        let now = self.now();
        act_of(
            &mut self.ingrid,
            Header::acts(REGION, AT_REGION),
            &told,
            now,
        )
        .await;
        act_of(&mut self.rut, Header::acts(OMSORG, AT_OMSORG), &told, now).await;
    }

    /// Astrid lets the municipality read what others have.
    async fn consent(&mut self) {
        let now = self.now();
        let yes = Act::ConsentGiven {
            givers: Givers(Vec::new()),
            classes: vec![DocumentClass::Health, DocumentClass::Social],
            from: now - TimeDelta::hours(1),
            until: now + TimeDelta::days(30),
        };
        act_of(&mut self.eva, Header::acts(KOMMUN, ASTRID), &yes, now).await;
    }

    /// What the log says that somebody read or was refused of an organisation's, by kind.
    async fn looks(&self, organisation: OrganisationId) -> Vec<(String, String, Option<String>)> {
        let query = LogQuery {
            most: 1_000,
            ..LogQuery::default()
        };
        let entries = self.town.storage.log_entries(query).await.unwrap();
        let events = entries
            .iter()
            .map(|entry| Record::decode(&entry.bytes).unwrap().event);
        events
            .filter(|event| event.organisation == organisation)
            .filter(|event| ["read", "denied", "emergency"].contains(&event.action.as_str()))
            .map(|event| {
                (
                    event.action.to_string(),
                    event.kind.unwrap_or_default(),
                    event.basis,
                )
            })
            .collect()
    }
}

fn number(number: &str, kind: &str) -> [Edit; 2] {
    [
        Edit::set("identity", number),
        Edit::set("identity_kind", kind),
    ]
}

fn support_accepted(tablet: &Tablet) -> bool {
    let accepted = hemrond_protocol::Outcome::Accepted;
    !tablet.verdicts.is_empty() && tablet.verdicts.iter().all(|one| *one == accepted)
}

async fn stranger(town: &Town, name: &str) -> Tablet {
    let code = town.code(name).await;
    Tablet::enrol_anywhere(&town.url, &code).await.unwrap()
}

async fn act_of(tablet: &mut Tablet, header: Header, act: &Act, at: DateTime<Utc>) {
    tablet.act_in(header, act, at);
    tablet.sync().await;
    assert!(support_accepted(tablet), "{:?}", tablet.verdicts);
}

async fn ask(tablet: &Tablet, document: Option<&Header>) -> Elsewhere {
    let mut request = tablet.request();
    request.elsewhere = Some(AskElsewhere {
        person: WireId::from(ASTRID),
        document: document.map(|header| WireId::from(header.id())),
    });
    let answer = tablet.send(&request).await.unwrap();
    assert!(answer.deliveries.is_empty() && answer.cursor == tablet.cursor);
    answer.elsewhere.unwrap()
}

/// AC33, AC35, AC42: Eva learns that there is something, then with Astrid's consent what and whose, and
/// reads it; the region's log says who read and by which paragraph; her tablet is sent nothing to keep.
async fn eva_reads_the_regions_visit_with_information_and_consent(backend: Backend) {
    let mut all = Neighbours::new(backend).await;
    all.inform().await;
    let before = ask(&all.eva, None).await;
    assert!(before.exists);
    assert!(before.found.is_empty(), "neither whose nor what");
    assert_eq!(before.why_not.as_deref(), Some("policy.no_consent"));
    assert_eq!(ask(&all.eva, Some(&clinic_visit())).await.opened, None);

    all.consent().await;
    let told = ask(&all.eva, None).await;
    let [visit] = told.found.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(visit.giver.name, "Region Hemrond");
    assert_eq!(visit.unit.as_deref(), Some("Närakuten"));
    assert!(visit.readable);
    let opened = ask(&all.eva, Some(&clinic_visit())).await.opened.unwrap();
    assert_eq!(opened.basis, "sharing.health-consent");
    let mut reader = all.eva.clone();
    reader.deliver(&opened.delivery);
    let reason = reader.field(&clinic_visit(), "reason");
    assert_eq!(reason.as_deref(), Some("Lunginflammation"));
    // The care company's observations are for omsorgsgivare.
    assert_eq!(
        ask(&all.eva, Some(&their_observations())).await.opened,
        None
    );

    let line = |action: &str, kind: &str, basis: Option<&str>| {
        (action.to_owned(), kind.to_owned(), basis.map(str::to_owned))
    };
    let looks = all.looks(REGION).await;
    let basis = Some("sharing.health-consent");
    let expected = [
        line("read", "elsewhere", None),
        line("denied", "visit", None),
        line("read", "elsewhere", None),
        line("read", "visit", basis),
    ];
    assert_eq!(looks, expected);
    // AC44: what others wrote is not among what her tablet is sent and keeps.
    all.eva.sync().await;
    all.eva.wanted = vec![clinic_visit().id()];
    all.eva.sync().await;
    assert!(!all.eva.holds(&clinic_visit()));
}

/// AC31, AC32: before anybody has informed Astrid there is nothing; an objection and an outer block
/// sound the same, and work at once, also against consent.
async fn nothing_is_told_before_the_person_is_informed_or_after_they_say_no(backend: Backend) {
    let mut all = Neighbours::new(backend).await;
    all.consent().await;
    let nothing = Elsewhere::default();
    assert_eq!(ask(&all.eva, None).await, nothing);
    all.inform().await;
    assert!(ask(&all.eva, None).await.exists);
    let now = all.now();
    let region = || Header::acts(REGION, AT_REGION);
    let company = Header::acts(OMSORG, AT_OMSORG);
    let no = Act::Objected {
        voice: Voice::Person,
    };
    act_of(&mut all.ingrid, region(), &no, now).await;
    let outer = Act::BlockSet {
        bound: Bound::Outer,
        unit: None,
        voice: Voice::Person,
    };
    act_of(&mut all.rut, company, &outer, now).await;
    assert_eq!(ask(&all.eva, None).await, nothing);
    assert_eq!(ask(&all.eva, Some(&clinic_visit())).await, nothing);
    assert_eq!(ask(&all.stina, None).await, nothing);
    // In danger an objection shows whose it is, as any block does (3 kap. 5 §), and opens to nobody.
    let danger = Act::EmergencyOpened {
        bound: Bound::Outer,
        step: Step::Units,
        danger: "Medvetslös".to_owned(),
        units: Vec::new(),
        documents: Vec::new(),
        until: now + TimeDelta::hours(1),
    };
    act_of(&mut all.eva, Header::acts(KOMMUN, ASTRID), &danger, now).await;
    let told = ask(&all.eva, None).await;
    let named: Vec<&str> = told
        .blocked_at
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(named, ["Region Hemrond"]);
    assert!(told.found.is_empty(), "{told:?}");
}

/// AC36, AC38, AC41: home help learns that there is something, never what the region wrote, whatever
/// Astrid consents to, and reads another omsorgsgivare's observations with her consent.
async fn home_help_sees_that_something_exists_and_not_what(backend: Backend) {
    let mut all = Neighbours::new(backend).await;
    all.inform().await;
    let told = ask(&all.stina, None).await;
    assert!(told.exists && told.found.is_empty());
    all.consent().await;
    let told = ask(&all.stina, None).await;
    let [observations] = told.found.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(observations.kind, "observations");
    assert_eq!(observations.giver.name, "Omsorg i Hemrond AB");
    assert_eq!(ask(&all.stina, Some(&clinic_visit())).await.opened, None);
    let opened = ask(&all.stina, Some(&their_observations())).await.opened;
    assert_eq!(opened.unwrap().basis, "sharing.social-consent");
}

/// AC39, AC40: in danger Eva, who could not ask, sees what the region has, chooses and opens it; the block
/// that Astrid has set there shows by name and opens to nobody.
async fn in_danger_eva_sees_who_has_blocked_and_opens_what_is_not(backend: Backend) {
    let mut all = Neighbours::new(backend).await;
    all.inform().await;
    let now = all.now();
    let opening = |step, documents, now: DateTime<Utc>| Act::EmergencyOpened {
        bound: Bound::Outer,
        step,
        danger: "Medvetslös, okända läkemedel".to_owned(),
        units: Vec::new(),
        documents,
        until: now + TimeDelta::hours(if step == Step::Units { 1 } else { 2 }),
    };
    let acts = || Header::acts(KOMMUN, ASTRID);
    act_of(
        &mut all.eva,
        acts(),
        &opening(Step::Units, Vec::new(), now),
        now,
    )
    .await;
    let told = ask(&all.eva, None).await;
    let [visit] = told.found.as_slice() else {
        panic!("{told:?}");
    };
    assert!(!visit.readable, "named, to be chosen");
    assert_eq!(ask(&all.eva, Some(&clinic_visit())).await.opened, None);
    let chosen = vec![clinic_visit().id()];
    act_of(
        &mut all.eva,
        acts(),
        &opening(Step::Entries, chosen, now),
        now,
    )
    .await;
    let opened = ask(&all.eva, Some(&clinic_visit())).await.opened.unwrap();
    assert_eq!(opened.basis, "sharing.health-danger");
    let line = |action: &str, kind: &str, basis: Option<&str>| {
        (action.to_owned(), kind.to_owned(), basis.map(str::to_owned))
    };
    let expected = [
        line("emergency", "elsewhere", None),
        line("denied", "visit", None),
        line("emergency", "visit", Some("sharing.health-danger")),
    ];
    assert_eq!(all.looks(REGION).await, expected);

    // Omar, her colleague, has said nothing of danger: for him nothing is named and nothing is open.
    let omar = all.town.tablet("Omar").await;
    assert!(ask(&omar, None).await.found.is_empty());
    assert_eq!(ask(&omar, Some(&clinic_visit())).await.opened, None);
    // An hour on the statement has run out, and what was chosen is still open; then that ends too.
    all.town.clock.forward(Duration::from_secs(61 * 60));
    let named = ask(&all.eva, None).await.found;
    assert!(named.iter().all(|one| one.readable), "{named:?}");
    assert!(ask(&all.eva, Some(&clinic_visit())).await.opened.is_some());
    all.town.clock.forward(Duration::from_secs(60 * 60));
    assert!(ask(&all.eva, None).await.found.is_empty());
    assert_eq!(ask(&all.eva, Some(&clinic_visit())).await.opened, None);
    let now = all.now();
    act_of(
        &mut all.eva,
        acts(),
        &opening(Step::Units, Vec::new(), now),
        now,
    )
    .await;

    let outer = Act::BlockSet {
        bound: Bound::Outer,
        unit: None,
        voice: Voice::Person,
    };
    act_of(
        &mut all.ingrid,
        Header::acts(REGION, AT_REGION),
        &outer,
        now,
    )
    .await;
    assert_eq!(ask(&all.eva, Some(&clinic_visit())).await.opened, None);
    let told = ask(&all.eva, None).await;
    assert!(told.found.is_empty(), "{told:?}");
    let blocked: Vec<&str> = told
        .blocked_at
        .iter()
        .map(|giver| giver.name.as_str())
        .collect();
    assert_eq!(blocked, ["Region Hemrond"]);
}

/// AC34, AC37: for Astrid, who cannot decide, what the region has is there once the region has assessed
/// that, and read once the municipality has.
async fn for_somebody_who_cannot_decide_both_sides_have_assessed(backend: Backend) {
    let mut all = Neighbours::new(backend).await;
    let now = all.now();
    let unable = Act::CapacityAssessed {
        able: false,
        explored: "Samtal med dottern".to_owned(),
        attitude: "Har alltid velat att vården talas vid".to_owned(),
        unopposed: "Inget talar emot".to_owned(),
    };
    act_of(&mut all.eva, Header::acts(KOMMUN, ASTRID), &unable, now).await;
    assert_eq!(ask(&all.eva, None).await, Elsewhere::default());
    act_of(
        &mut all.ingrid,
        Header::acts(REGION, AT_REGION),
        &unable,
        now,
    )
    .await;
    let opened = ask(&all.eva, Some(&clinic_visit())).await.opened.unwrap();
    assert_eq!(opened.basis, "sharing.health-unable");
    assert!(ask(&all.stina, None).await.found.is_empty(), "AC38");
}

/// Somebody else's local reserve number, or a number that was corrected, leads to nobody.
async fn only_a_number_that_names_one_person_in_the_country_counts(backend: Backend) {
    let mut all = Neighbours::new(backend).await;
    all.inform().await;
    all.consent().await;
    assert!(ask(&all.eva, None).await.exists);
    let there = Header::person(REGION, AT_REGION);
    all.ingrid
        .write(&there, &number("190104132386", "personnummer"));
    all.ingrid.sync().await;
    assert!(
        ask(&all.eva, None).await.found.is_empty(),
        "corrected there"
    );
    all.ingrid
        .write(&there, &number("19121212TFA1", "vgr_reserve"));
    all.ingrid.sync().await;
    all.eva
        .write(&person(), &number("19121212TFA1", "vgr_reserve"));
    all.eva.sync().await;
    assert_eq!(ask(&all.eva, None).await, Elsewhere::default());
}

/// AC61: of Astrid, whose identity is protected at home or at the region, the giver is named and not which of
/// its units she goes to; who reads what the unit wrote sees whose it is. Without a mark nothing is kept back.
async fn of_somebody_protected_no_unit_is_named_before_it_is_read(backend: Backend) {
    let mut all = Neighbours::new(backend).await;
    all.inform().await;
    all.consent().await;
    let unit = |told: &Elsewhere| {
        let [visit] = told.found.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!(visit.giver.name, "Region Hemrond");
        visit.unit.clone()
    };
    let protected = |mark: &str| [Edit::set("protected", mark)];
    let there = Header::person(REGION, AT_REGION);
    for (at_home, at_region, named) in [
        ("none", "none", Some("Närakuten")),
        ("sekretessmarkering", "none", None),
        ("none", "skyddad_folkbokforing", None),
    ] {
        all.eva.write(&person(), &protected(at_home));
        all.eva.sync().await;
        all.ingrid.write(&there, &protected(at_region));
        all.ingrid.sync().await;
        let told = ask(&all.eva, None).await;
        assert_eq!(unit(&told).as_deref(), named, "{at_home}, {at_region}");
        let opened = ask(&all.eva, Some(&clinic_visit())).await.opened.unwrap();
        assert_eq!(opened.what.unit.as_deref(), Some("Närakuten"));
    }
}

async fn who_looked(tablet: &Tablet, person: PersonId) -> Looked {
    let mut request = tablet.request();
    request.looked = Some(WireId::from(person));
    let answer = tablet.send(&request).await.unwrap();
    assert!(answer.deliveries.is_empty() && answer.cursor == tablet.cursor);
    answer.looked.unwrap()
}

/// AC16, AC42: Astrid asks Eva who has looked. The server tells what every tablet sent and what others
/// opened: by name at home, by unit from outside. Home help is not told, nobody is told of another
/// organisation's person, and each question stands in the log. Behind a block nothing is told.
async fn eva_shows_astrid_who_has_looked_on_every_tablet(backend: Backend) {
    let mut all = Neighbours::new(backend).await;
    let omar = all.town.tablet("Omar").await;
    let event = Event {
        action: Action::Read,
        user: omar.user.id,
        role: "nurse".to_owned(),
        unit: TEAM,
        organisation: KOMMUN,
        device: omar.device,
        person: Some(ASTRID),
        kind: Some("visit".to_owned()),
        document: None,
        reason: None,
        basis: None,
        at_ms: all.now().timestamp_millis() - 60_000,
    };
    let (bytes, _) = Head::default().next(event).unwrap();
    let given = LogGiven {
        sender: omar.device,
        user: omar.user.id,
        organisation: KOMMUN,
        after: Head::default(),
        records: vec![bytes],
        oldest: false,
    };
    let now_ms = all.town.clock.now_ms();
    all.town.storage.take_log(&given, now_ms).await.unwrap();
    // Eva looks at what the region has.
    all.inform().await;
    all.consent().await;
    ask(&all.eva, None).await;

    let told = who_looked(&all.eva, ASTRID).await;
    assert!(!told.refused);
    let lines: Vec<_> = told
        .looks
        .iter()
        .map(|look| {
            (
                look.name.as_deref(),
                look.unit.as_deref(),
                look.action.as_str(),
            )
        })
        .collect();
    let omars = (Some("Omar Haddad"), Some("Mobila teamet"), "read");
    assert_eq!(lines, [omars]);
    assert_eq!(told.looks[0].kind.as_deref(), Some("visit"));

    // What Eva's question shows at the region is the region's to tell: there she is a unit from outside.
    let told = who_looked(&all.ingrid, AT_REGION).await;
    let [look] = told.looks.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!((look.name.as_deref(), look.role.as_str()), (None, "nurse"));
    assert_eq!(look.unit.as_deref(), Some("Mobila teamet, Hemrond kommun"));
    assert_eq!(who_looked(&all.eva, AT_REGION).await.looks, []);

    // Eva's question before stands in the log, and newest first.
    let told = who_looked(&all.eva, ASTRID).await;
    let lines: Vec<_> = told
        .looks
        .iter()
        .map(|look| (look.name.as_deref(), look.kind.as_deref()))
        .collect();
    let expected = [
        (Some("Eva Lind"), Some("access_log")),
        (Some("Omar Haddad"), Some("visit")),
    ];
    assert_eq!(lines, expected);

    let told = who_looked(&all.stina, ASTRID).await;
    assert!(told.refused && told.looks.is_empty());
    let denied = ("denied".to_owned(), "access_log".to_owned(), None);
    assert!(all.looks(KOMMUN).await.contains(&denied));

    // Astrid blocks Eva's unit. Eva still sees who has looked; Omar, who works elsewhere by now, does not.
    all.town.set_role("Omar", Role::Nurse, HEMTJANST).await;
    assert!(!who_looked(&omar, ASTRID).await.refused);
    let block = Act::BlockSet {
        bound: Bound::Inner,
        unit: Some(TEAM),
        voice: Voice::Person,
    };
    let now = all.now();
    act_of(&mut all.eva, Header::acts(KOMMUN, ASTRID), &block, now).await;
    assert!(!who_looked(&all.eva, ASTRID).await.refused);
    let told = who_looked(&omar, ASTRID).await;
    assert!(told.refused && told.looks.is_empty());
}
