//! Stories of the administrator's pages: a real server, a client that keeps cookies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_audit::{Action, Event, Head, Record, SERVER};
use hemrond_documents::Edit;
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    people::{Role, User},
    record::Header,
};
use hemrond_server::{
    office::{Office, OfficeError},
    storage::{LogGiven, LogQuery, Unit},
};
use std::time::Duration;
use support::{
    ASTRID, Backend, Browser, HEMTJANST, KOMMUN, OFFICE, PASSWORD, Page, Pages, TEAM, Tablet, Town,
    person,
};

async fn pages() -> Pages {
    Pages::plain(Town::new(Backend::Sqlite).await).await
}

/// Sends a form and follows where that leads, which is to be a page.
async fn done(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let sent = browser.post(path, fields).await;
    let page = browser.follow(sent).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    page
}

#[tokio::test]
async fn per_chooses_a_password_signs_in_and_out() {
    let pages = pages().await;
    let (login, code) = pages.invite("Per").await;
    assert_eq!(login, "per.dahl");
    let mut browser = pages.browser();
    let page = browser.get(&format!("/admin/first?code={code}")).await;
    assert_eq!(page.hidden_value("code"), code);
    let page = browser
        .post("/admin/first", &[("code", &code.to_lowercase())])
        .await;
    assert!(page.has("Välkommen, Per Dahl"), "{}", page.text);
    assert!(page.has("<svg"), "the picture for the app");
    let app = support::app_on(&page);
    let offer = page.hidden("offer");

    // What can be mended is mended on the page, and the app keeps its secret.
    for (password, again, shown, words) in [
        ("kort", "kort", "", "för kort"),
        ("lösenord2026", "lösenord2026", "", "hör till de första"),
        (PASSWORD, "något helt annat", "", "olika"),
        (PASSWORD, PASSWORD, "000000", "inte den som appen visar"),
    ] {
        let fields = [
            ("code", code.as_str()),
            ("offer", offer.as_str()),
            ("password", password),
            ("again", again),
            ("shown", shown),
        ];
        let page = browser.post("/admin/first/choose", &fields).await;
        assert_eq!(page.status, 422, "{words}");
        assert!(page.has(words), "{words}: {}", page.text);
        assert_eq!(support::app_on(&page), app);
        assert!(
            !page.has(&format!("value=\"{password}")),
            "a password is never sent back"
        );
    }
    let shown = pages.shown(&app);
    let fields = [
        ("code", code.as_str()),
        ("offer", offer.as_str()),
        ("password", PASSWORD),
        ("again", PASSWORD),
        ("shown", shown.as_str()),
    ];
    let page = browser.post("/admin/first/choose", &fields).await;
    assert!(page.has("Nu kan du logga in"), "{}", page.text);
    let again = browser.post("/admin/first", &[("code", &code)]).await;
    assert!(again.has("går inte att använda"), "a code is used once");

    let wrong = browser.sign_in(&login, PASSWORD, &shown).await;
    assert!(wrong.has("stämmer inte"), "the enrolling code was used");
    assert_eq!(wrong.status, 403);
    let shown = pages.shown(&app);
    let page = browser.sign_in(&login, PASSWORD, &shown).await;
    assert!(page.has("<h1>Användare</h1>") && page.has("Eva Lind"));
    let page = browser.post("/admin/sign-out", &[]).await;
    let page = browser.follow(page).await;
    assert!(page.has("Engångskod"), "{}", page.text);
    assert_eq!(browser.get("/admin/users").await.status, 303);
    let acts = pages.acts().await;
    let expected = [
        "invited",
        "password_chosen",
        "sign_in_failed",
        "signed_in",
        "signed_out",
    ];
    assert_eq!(acts, expected);
}

/// What administration wrote into the server's own chain of the access log, oldest first.
async fn logged(town: &Town) -> Vec<Event> {
    let query = LogQuery {
        most: 1_000,
        ..LogQuery::default()
    };
    let entries = town.storage.log_entries(query).await.unwrap();
    entries
        .iter()
        .filter(|entry| entry.sender == SERVER)
        .map(|entry| Record::decode(&entry.bytes).unwrap().event)
        .filter(|event| event.kind.as_deref() == Some("server"))
        .collect()
}

#[tokio::test]
async fn the_access_log_says_who_signed_in_and_what_they_did() {
    let pages = pages().await;
    let before = logged(&pages.town).await.len();
    let per = pages.town.user("Per").await;
    let (login, app, _) = pages.first("Per").await;
    let mut browser = pages.browser();
    browser.sign_in(&login, PASSWORD, "000000").await;
    pages.town.clock.forward(Duration::from_secs(60));
    let shown = pages.shown(&app);
    assert_eq!(browser.sign_in(&login, PASSWORD, &shown).await.status, 200);
    browser.get("/admin/units").await;
    let fields = [
        ("name", "Nattpatrullen"),
        ("kind", "hemtjanst"),
        ("phone", ""),
    ];
    done(&mut browser, "/admin/units", &fields).await;

    let events = logged(&pages.town).await.split_off(before);
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            let reason = event.reason.as_deref().unwrap_or_default();
            let act = reason.split(' ').next().unwrap_or_default();
            let is_per = event.user == per.id && event.unit == per.unit;
            (event.action.as_str(), act, event.role.as_str(), is_per)
        })
        .collect();
    let expected = [
        ("administer", "invited", "operator", false),
        ("administer", "password_chosen", "administrator", true),
        ("login_failed", "sign_in_failed", "stranger", false),
        ("login", "signed_in", "administrator", true),
        ("administer", "unit_added", "administrator", true),
    ];
    assert_eq!(told, expected);
    let failed = events[2].reason.as_deref().unwrap();
    assert!(failed.ends_with(&per.id.to_string()), "whose account");
}

/// AC20: a try under a name that nobody has stands in the log, and what was typed does not: it may be a
/// password in the wrong field.
#[tokio::test]
async fn a_try_under_an_unknown_name_is_logged_without_what_was_typed() {
    let pages = pages().await;
    let before = logged(&pages.town).await.len();
    let typed = "hemligt-losenord-i-fel-ruta";
    let page = pages.browser().sign_in(typed, PASSWORD, "000000").await;
    assert_eq!(page.status, 403);
    let events = logged(&pages.town).await.split_off(before);
    let [event] = events.as_slice() else {
        panic!("one line: {events:?}");
    };
    let reason = event.reason.as_deref().unwrap();
    assert_eq!(
        (event.action.as_str(), event.role.as_str(), reason),
        (
            "login_failed",
            "stranger",
            "sign_in_failed name_not_weighed"
        )
    );
    assert_eq!(event.user.as_bytes(), &[0; 16]);
}

#[tokio::test]
async fn a_recovery_code_opens_once() {
    let pages = pages().await;
    let (login, _, codes) = pages.first("Per").await;
    let mut browser = pages.browser();
    let page = browser
        .sign_in(&login, PASSWORD, &codes[0].to_lowercase())
        .await;
    assert_eq!(page.status, 200);
    let mut other = pages.browser();
    assert_eq!(other.sign_in(&login, PASSWORD, &codes[0]).await.status, 403);
    let page = other.sign_in(&login, PASSWORD, &codes[1]).await;
    assert_eq!(page.status, 200);
    let per = pages.town.user("Per").await.id;
    let page = other.get(&format!("/admin/users/{per}")).await;
    assert!(page.has("Reservkoder kvar: 6."), "{}", page.text);
}

/// AC12: a nurse with a password of her own gets none of the administrator's pages.
#[tokio::test]
async fn nobody_but_an_administrator_comes_in() {
    let pages = pages().await;
    let (login, app, _) = pages.first("Eva").await;
    let mut browser = pages.browser();
    let shown = pages.shown(&app);
    let page = browser.sign_in(&login, PASSWORD, &shown).await;
    assert_eq!(page.status, 403);
    assert!(page.has("för administratörer"), "{}", page.text);
    assert!(!browser.cookies.contains_key("hemrond-session"));
    for path in [
        "/admin/users",
        "/admin/users/new",
        "/admin/devices",
        "/admin/units",
        "/admin/roles",
        "/admin/log",
        "/admin/review",
        "/admin/extract",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.location(), "/admin/sign-in", "{path}");
        assert!(!page.has("Eva"), "{path}");
    }
    assert_eq!(pages.acts().await.last().unwrap(), "turned_away");
}

#[tokio::test]
async fn a_session_is_worth_nothing_once_the_role_is_another() {
    let pages = pages().await;
    let mut browser = pages.administrator().await;
    assert_eq!(browser.get("/admin/users").await.status, 200);
    pages.town.set_role("Per", Role::Assessor, OFFICE).await;
    let page = browser.get("/admin/users").await;
    assert_eq!(page.location(), "/admin/sign-in");
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let pages = pages().await;
    let mut browser = pages.administrator().await;
    let eva = pages.town.user("Eva").await.id;
    let close = format!("/admin/users/{eva}/close");
    let bare = browser.post_bare(&close, &[]).await;
    assert_eq!(bare.status, 403);
    let guessed = browser.post_bare(&close, &[("form", "gissning")]).await;
    assert_eq!(guessed.status, 403);
    assert!(guessed.has("Inget är ändrat"), "{}", guessed.text);
    let token = browser.get("/admin/users").await.hidden("form");
    let foreign = reqwest::Client::new()
        .post(format!("{}{close}", pages.origin))
        .header("origin", "https://elak.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(support::encoded(&[("form", &token)]));
    assert_eq!(browser.send(foreign).await.status, 403);
    let mut stranger = pages.browser();
    let fields = [("login", "per.dahl"), ("password", PASSWORD), ("code", "1")];
    let blind = stranger.post_bare("/admin/sign-in", &fields).await;
    assert_eq!(blind.status, 403, "the form of the sign-in too");
    let account = pages.town.storage.user(eva).await.unwrap().unwrap();
    assert!(account.active);
}

#[tokio::test]
async fn every_page_is_locked_down() {
    let pages = pages().await;
    let mut browser = pages.administrator().await;
    for path in [
        "/admin/users",
        "/admin/users/new",
        "/admin/devices",
        "/admin/units",
        "/admin/roles",
        "/admin/log",
        "/admin/review",
        "/admin/extract",
        "/admin/sign-in",
        "/admin/first",
        "/admin/nowhere",
    ] {
        let page = browser.get(path).await;
        let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert!(!page.has("<script") && !page.has(" style="), "{path}");
        // What a screen reader goes by: language, landmarks, one heading, labels for fields.
        assert!(page.has("<html lang=\"sv\">"), "{path}");
        assert!(page.has("<main") && page.has("<header"), "{path}");
        assert_eq!(page.text.matches("<h1>").count(), 1, "{path}");
        let fields = page.text.matches("class=\"input\"").count();
        assert_eq!(page.text.matches("<label for=").count(), fields, "{path}");
    }
    let page = browser.get("/admin/nowhere").await;
    assert_eq!(page.status, 404);
    for line in pages
        .browser()
        .get("/admin/sign-in")
        .await
        .headers
        .get_all("set-cookie")
    {
        let line = line.to_str().unwrap();
        assert!(
            line.contains("HttpOnly") && line.contains("SameSite=Lax"),
            "{line}"
        );
    }
}

/// AC19: no role without an analysis, each role shows its number, and nobody gets one without.
#[tokio::test]
async fn a_role_shows_its_analysis_and_what_it_may_do() {
    let town = Town::new(Backend::Sqlite).await;
    let administration = town.administration();
    let office = Office {
        administration: &administration,
        actor: None,
    };
    let user = User {
        name: "Karin Ny".to_owned(),
        ..town.user("Eva").await
    };
    let refused = office.hire(&user, "").await;
    assert!(matches!(refused, Err(OfficeError::NoAnalysis(Role::Nurse))));
    let eva = town.storage.user(user.id).await.unwrap().unwrap();
    let refused = office.change_role(&eva, Role::Doctor, TEAM).await;
    assert!(matches!(
        refused,
        Err(OfficeError::NoAnalysis(Role::Doctor))
    ));

    let pages = Pages::without_analyses(town).await;
    let mut browser = pages.administrator().await;
    let page = browser.get("/admin/roles").await;
    assert_eq!(page.text.matches("analys saknas").count(), Role::ALL.len());
    let page = browser.get("/admin/users/new").await;
    assert!(page.has("inga konton kan läggas till"), "{}", page.text);

    browser.get("/admin/roles").await;
    for (number, day) in [
        ("", "2026-10-01"),
        ("BRA-7", "2027-01-01"),
        ("BRA-7", "i går"),
    ] {
        let fields = [
            ("nurse-analysis", number),
            ("nurse-decided_by", "Maria Nyberg"),
            ("nurse-decided_on", day),
        ];
        let page = browser.post("/admin/roles/nurse", &fields).await;
        assert_eq!(page.status, 422, "{number} {day}");
    }
    let fields = [
        ("nurse-analysis", "BRA-2026-7"),
        ("nurse-decided_by", "Maria Nyberg"),
        ("nurse-decided_on", "2026-10-01"),
    ];
    let page = done(&mut browser, "/admin/roles/nurse", &fields).await;
    for words in ["BRA-2026-7", "Maria Nyberg", "2026-10-01"] {
        assert!(page.has(words), "{words}");
    }
    let missing = page.text.matches("analys saknas").count();
    assert_eq!(missing, Role::ALL.len() - 1);

    // What the role may do is what the policy says: the nurse reads visits, the administrator none.
    let rights = |role: &str| {
        let section = page.between(&format!("id=\"role-{role}\""), "</section>");
        let (_, row) = section.split_once("Besök</th>").unwrap();
        let cells: Vec<&str> = row.split("<td>").skip(1).take(2).collect();
        let word = |cell: &str| cell.split('<').next().unwrap().to_owned();
        (word(cells[0]), word(cells[1]))
    };
    let word = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(rights("nurse"), word("ja", "ja"));
    assert_eq!(rights("administrator"), word("nej", "nej"));

    let team = TEAM.to_string();
    let team = team.as_str();
    browser.get("/admin/users/new").await;
    let nurse = [("name", "Karin Ny"), ("role", "nurse"), ("unit", team)];
    let page = done(&mut browser, "/admin/users/new", &nurse).await;
    assert!(page.has("Karin Ny") && page.has("Användaren är tillagd"));
    let doctor = [("name", "Karl Ny"), ("role", "doctor"), ("unit", team)];
    let page = browser.post("/admin/users/new", &doctor).await;
    assert_eq!(page.status, 422);
    assert!(page.has("saknar behovs- och riskanalys"), "{}", page.text);
    let users = pages.town.storage.users().await.unwrap();
    assert!(users.iter().any(|account| account.user.name == "Karin Ny"));
    assert!(!users.iter().any(|account| account.user.name == "Karl Ny"));
}

#[tokio::test]
async fn an_account_lives_from_its_first_day_to_its_last() {
    let pages = pages().await;
    let mut browser = pages.administrator().await;
    browser.get("/admin/units").await;
    let unit = [
        ("name", "Hemtjänst Söder"),
        ("kind", "hemtjanst"),
        ("phone", "08-46500421"),
    ];
    let page = done(&mut browser, "/admin/units", &unit).await;
    assert!(page.has("Hemtjänst Söder") && page.has("08-46500421"));
    let page = browser.get("/admin/users/new").await;
    let (before, _) = page.text.split_once(">Hemtjänst Söder<").unwrap();
    let south = before.rsplit("value=\"").next().unwrap();
    let south = south.split('"').next().unwrap().to_owned();
    let fields = [
        ("name", "Sara <b>Ny</b>"),
        ("role", "hemtjanst"),
        ("unit", south.as_str()),
    ];
    let page = done(&mut browser, "/admin/users/new", &fields).await;
    assert!(page.has("Sara &lt;b&gt;Ny") && !page.has("<b>Ny"));
    let sara = pages.town.user("Sara").await;
    let at = |act: &str| format!("/admin/users/{}{act}", sara.id);

    let page = done(&mut browser, &at("/tablet"), &[]).await;
    let code = page.between("<p class=\"code\">", "</p>");
    let tablet = Tablet::enrol(&pages.town.url, &code).await.unwrap();
    assert_eq!(tablet.user.id, sara.id);

    let office = OFFICE.to_string();
    let fields = [("role", "assessor"), ("unit", office.as_str())];
    browser.get(&at("")).await;
    let page = done(&mut browser, &at("/role"), &fields).await;
    assert!(page.has("Roll och enhet är sparade"));
    let account = pages.town.storage.user(sara.id).await.unwrap().unwrap();
    assert_eq!(
        (account.user.role, account.user.unit),
        (Role::Assessor, OFFICE)
    );

    let page = done(&mut browser, &at("/invite"), &[]).await;
    let first = page.between("<p class=\"code\">", "</p>");
    assert!(
        page.has("sara.b.ny.b"),
        "the name to sign in with: {}",
        page.text
    );
    let page = browser.get("/admin/users").await;
    assert!(page.has("Inbjuden"));
    let mut own = pages.browser();
    own.get("/admin/first").await;
    let page = own.post("/admin/first", &[("code", &first)]).await;
    assert_eq!(page.status, 200);
    pages.town.clock.forward(Duration::from_secs(73 * 3600));
    let page = own.post("/admin/first", &[("code", &first)]).await;
    assert_eq!(page.status, 403, "three days");

    let mut browser = pages.again("per.dahl", &mut browser).await;
    let page = browser.get(&at("/close")).await;
    assert!(page.has("Stänga kontot"), "it is asked first");
    let page = done(&mut browser, &at("/close"), &[]).await;
    assert!(page.has("Kontot är stängt"));
    let refused = browser.post(&at("/tablet"), &[]).await;
    assert_eq!(refused.status, 422);
    let page = browser.get("/admin/devices").await;
    assert!(page.has("Avstängd"), "its tablet with it");
    let page = browser.get("/admin/log").await;
    for words in [
        "Stängde konto",
        "Ändrade roll",
        "Gav engångskod",
        "Lade till enhet",
    ] {
        assert!(page.has(words), "{words}");
    }
    assert!(page.has("Per Dahl"), "who did it");
    assert_eq!(pages.acts().await.last().unwrap(), "log_read");
}

#[tokio::test]
async fn a_lost_tablet_is_shut_out() {
    let pages = pages().await;
    let tablet = pages.town.tablet("Eva").await;
    let mut browser = pages.administrator().await;
    let page = browser.get("/admin/devices").await;
    assert!(page.has("Eva Lind") && page.has("Aldrig"), "{}", page.text);
    let path = format!("/admin/devices/{}/shut-out", tablet.device);
    let page = browser.get(&path).await;
    assert!(page.has("Det går inte att ångra"), "it is asked first");
    let page = done(&mut browser, &path, &[]).await;
    assert!(page.has("Surfplattan är avstängd"));
    let (_, refused) = tablet.send(&tablet.request()).await.unwrap_err();
    assert_eq!(refused.code, "device.revoked");
    let missing = browser.post("/admin/devices/nothing/shut-out", &[]).await;
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn another_organisation_is_out_of_reach() {
    let pages = pages().await;
    let administration = pages.town.administration();
    let other = hemrond_domain::ids::OrganisationId::from_bytes([77; 16]);
    administration
        .add_organisation(other, "Grannkommunen")
        .await
        .unwrap();
    let unit = Unit {
        id: hemrond_domain::ids::UnitId::from_bytes([78; 16]),
        organisation: other,
        name: "Grannteamet".to_owned(),
        kind: "other".to_owned(),
        phone: String::new(),
    };
    administration.add_unit(&unit).await.unwrap();
    let neighbour = User {
        id: hemrond_domain::ids::UserId::from_bytes([79; 16]),
        name: "Nils Granne".to_owned(),
        role: Role::Nurse,
        organisation: other,
        unit: unit.id,
    };
    administration.add_user(&neighbour, "").await.unwrap();
    let code = pages.town.code("Nils").await;
    let enrolled = Tablet::enrol_anywhere(&pages.town.url, &code).await;
    let tablet = enrolled.unwrap();
    let mut browser = pages.administrator().await;
    for path in [
        "/admin/users",
        "/admin/devices",
        "/admin/units",
        "/admin/users/new",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200);
        assert!(!page.has("Nils") && !page.has("Grannteamet"), "{path}");
    }
    let at = format!("/admin/users/{}", neighbour.id);
    assert_eq!(browser.get(&at).await.status, 404);
    browser.get("/admin/users").await;
    for act in ["close", "role", "invite", "reset", "tablet", "card"] {
        let page = browser.post(&format!("{at}/{act}"), &[]).await;
        assert_eq!(page.status, 404, "{act}");
    }
    let out = format!("/admin/devices/{}/shut-out", tablet.device);
    assert_eq!(browser.post(&out, &[]).await.status, 404);
    // Nor can one's own people be sent there.
    let eva = pages.town.user("Eva").await.id;
    let theirs = unit.id.to_string();
    let fields = [("role", "nurse"), ("unit", theirs.as_str())];
    let page = browser
        .post(&format!("/admin/users/{eva}/role"), &fields)
        .await;
    assert_eq!(page.status, 422);
    let account = pages
        .town
        .storage
        .user(neighbour.id)
        .await
        .unwrap()
        .unwrap();
    assert!(account.active);
}

#[tokio::test]
async fn nobody_locks_themselves_out() {
    let pages = pages().await;
    let mut browser = pages.administrator().await;
    let per = pages.town.user("Per").await.id;
    browser.get("/admin/users").await;
    let unit = HEMTJANST.to_string();
    let fields = [("role", "nurse"), ("unit", unit.as_str())];
    for (act, fields) in [
        ("close", &fields[..0]),
        ("reset", &fields[..0]),
        ("role", &fields[..]),
    ] {
        let page = browser
            .post(&format!("/admin/users/{per}/{act}"), fields)
            .await;
        assert_eq!(page.status, 422, "{act}");
        assert!(page.has("ditt eget konto"), "{act}");
    }
    assert_eq!(browser.get("/admin/users").await.status, 200);
}

#[tokio::test]
async fn the_pages_speak_english_too() {
    let pages = pages().await;
    let mut browser = pages.browser();
    browser.language = "en-GB,en;q=0.9";
    let page = browser.get("/admin/sign-in").await;
    assert!(page.has("<html lang=\"en\">") && page.has("One-time code"));
    let page = browser.get("/admin/language/sv?back=/admin/first").await;
    assert_eq!(page.location(), "/admin/first");
    let page = browser.follow(page).await;
    assert!(page.has("Första inloggningen"), "the choice is kept");
    for elsewhere in ["https://elak.example", "//elak.example", "/admin/%0d%0ax"] {
        let page = browser
            .get(&format!("/admin/language/en?back={elsewhere}"))
            .await;
        assert_eq!(page.location(), "/admin", "{elsewhere}");
    }
}

/// Karin, whose identity is protected.
const KARIN: PersonId = PersonId::from_bytes([43; 16]);
const NUMBER: &str = "191212121212";

/// Pages in a town in which Eva has opened Astrid's page three times, Karin's once, and somebody of the
/// region something of the region's.
async fn looked_at() -> Pages {
    let pages = pages().await;
    let town = &pages.town;
    let mut eva = town.tablet("Eva").await;
    let named = |given, family, number: &str| {
        vec![
            Edit::set("given_name", given),
            Edit::set("family_name", family),
            Edit::set("identity", number),
            Edit::set("identity_kind", "personnummer"),
        ]
    };
    eva.write(&person(), &named("Astrid", "Ek", NUMBER));
    let mut karin = named("Karin", "Alm", "194408139089");
    karin.push(Edit::set("protected", "sekretessmarkering"));
    eva.write(&Header::person(KOMMUN, KARIN), &karin);
    eva.sync().await;
    let region = OrganisationId::from_bytes([11; 16]);
    let looks = [
        (ASTRID, KOMMUN),
        (ASTRID, KOMMUN),
        (ASTRID, KOMMUN),
        (KARIN, KOMMUN),
        (PersonId::from_bytes([44; 16]), region),
    ];
    let mut head = Head::default();
    let mut records = Vec::new();
    for (minute, (person, organisation)) in (0..).zip(looks) {
        let event = Event {
            action: Action::Read,
            user: eva.user.id,
            role: "nurse".to_owned(),
            unit: TEAM,
            organisation,
            device: eva.device,
            person: Some(person),
            kind: Some("visit".to_owned()),
            document: None,
            reason: (organisation != KOMMUN).then(|| "regionens".to_owned()),
            basis: None,
            at_ms: 1_793_000_000_000 + minute * 60_000,
        };
        let (bytes, next) = head.next(event).unwrap();
        records.push(bytes);
        head = next;
    }
    let given = LogGiven {
        sender: eva.device,
        user: eva.user.id,
        organisation: eva.user.organisation,
        after: Head::default(),
        records,
        oldest: false,
    };
    let taken = town.storage.take_log(&given, 1_793_000_600_000).await;
    assert_eq!(taken.unwrap().added, looks.len());
    pages
}

/// What was written about the log itself: action, who, the person, and the reason's first word.
async fn about_the_log(town: &Town) -> Vec<(String, Event)> {
    let query = LogQuery {
        most: 1_000,
        ..LogQuery::default()
    };
    let entries = town.storage.log_entries(query).await.unwrap();
    let events = entries
        .iter()
        .map(|entry| Record::decode(&entry.bytes).unwrap().event);
    events
        .filter(|event| event.kind.as_deref() == Some("access_log"))
        .map(|event| {
            let reason = event.reason.clone().unwrap_or_default();
            let act = reason.split(' ').next().unwrap_or_default().to_owned();
            (act, event)
        })
        .collect()
}

/// AC12, AC21: Per draws a random sample of his own organisation's entries, sees who looked at whom and
/// nothing of the record, and what he found is kept with his name. Both are in the access log.
#[tokio::test]
async fn per_reviews_a_random_sample_on_his_page() {
    let pages = looked_at().await;
    let mut browser = pages.administrator().await;
    let page = browser.get("/admin/review").await;
    assert!(page.has("Ingen granskning är sparad än"), "{}", page.text);
    let page = browser.post("/admin/review/draw", &[("count", "50")]).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(page.text.matches("har läst (hembesök)").count(), 4);
    assert!(page.has("Eva Lind, Mobila teamet<"));
    assert_eq!(page.text.matches("Astrid Ek").count(), 3, "{}", page.text);
    // A protected identity is not told, no number is, and nothing of the region's is drawn.
    assert!(page.has("skyddad identitet"));
    for words in ["Karin", NUMBER, "1944", "regionens"] {
        assert!(!page.has(words), "{words}: {}", page.text);
    }
    let places = page.hidden("places");
    let empty = [("places", places.as_str()), ("finding", "  ")];
    let page = browser.post("/admin/review", &empty).await;
    assert_eq!(page.status, 422);
    assert!(page.has("Skriv vad du fann") && page.has("Astrid Ek"));
    let finding = "Alla hade en vårdrelation <b>";
    let fields = [("places", places.as_str()), ("finding", finding)];
    let page = done(&mut browser, "/admin/review", &fields).await;
    assert!(page.has("Granskningen är sparad") && page.has("Per Dahl"));
    assert!(page.has("Alla hade en vårdrelation &lt;b&gt;"));

    let kept = pages.town.storage.reviews().await.unwrap();
    let per = pages.town.user("Per").await;
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].reviewer.as_str(), kept[0].finding.as_str()),
        ("Per Dahl", finding)
    );
    let logged = about_the_log(&pages.town).await;
    let acts: Vec<&str> = logged.iter().map(|(act, _)| act.as_str()).collect();
    assert_eq!(acts, ["review_drawn", "review_kept"]);
    for (_, event) in &logged {
        assert_eq!((&event.action, event.user), (&Action::Review, per.id));
        assert_eq!(event.organisation, KOMMUN);
    }
    // The log names the review, and its content by a hash.
    let reason = logged[1].1.reason.as_deref().unwrap();
    assert!(reason.contains(&hex::encode(kept[0].id)), "{reason}");
    assert_eq!(reason.len(), "review_kept ".len() + 32 + 1 + 64);
}

/// AC21: places of another organisation's, and such as were not drawn, are not taken for a review.
#[tokio::test]
async fn a_review_is_of_what_the_organisation_may_see() {
    let pages = looked_at().await;
    let query = LogQuery {
        person: Some(PersonId::from_bytes([44; 16])),
        most: 10,
        ..LogQuery::default()
    };
    let theirs = pages.town.storage.log_entries(query).await.unwrap();
    let theirs = theirs[0].index.to_string();
    let mut browser = pages.administrator().await;
    browser.get("/admin/review").await;
    // Nor are those that somebody picks by themselves, of the own organisation too.
    for places in ["0", "1", theirs.as_str(), "99999", "", "x"] {
        let fields = [("places", places), ("finding", "Inget")];
        let page = browser.post("/admin/review", &fields).await;
        assert_eq!(page.status, 403, "{places}");
    }
    let page = browser.post("/admin/review/draw", &[("count", "51")]).await;
    assert_eq!(page.status, 403);
    assert!(pages.town.storage.reviews().await.unwrap().is_empty());
}

/// AC16: Astrid asks who has looked; Per finds her by her number and prints times, units and acts, no
/// names of staff. The extract is itself logged, about her, and stands in the next.
#[tokio::test]
async fn per_makes_the_extract_for_astrid() {
    let pages = looked_at().await;
    let mut browser = pages.administrator().await;
    browser.get("/admin/extract").await;
    for (number, words) in [
        ("19121212-1213", "går inte att läsa"),
        ("200001052380", "Ingen i er organisation"),
    ] {
        let page = browser.post("/admin/extract", &[("number", number)]).await;
        assert_eq!(page.status, 422, "{number}");
        assert!(page.has(words), "{number}: {}", page.text);
    }
    assert!(about_the_log(&pages.town).await.is_empty());
    let asked = [("number", "19121212-1212")];
    let page = browser.post("/admin/extract", &asked).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.has("Utdrag ur åtkomstloggen") && page.has("Gäller 191212121212"));
    assert_eq!(page.text.matches("har läst (hembesök)").count(), 3);
    assert!(page.has("Mobila teamet, Hemrond kommun"));
    assert!(page.has("har gjort ett utdrag ur loggen"), "this extract");
    assert!(!page.has("Eva") && !page.has("Astrid") && !page.has("regionens"));

    let text = browser.post("/admin/extract/text", &asked).await;
    let header = |name: &str| text.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"loggutdrag.txt\""
    );
    let line = "Mobila teamet, Hemrond kommun: har läst (hembesök)";
    assert_eq!(text.text.matches(line).count(), 3, "{}", text.text);
    assert!(
        text.has("2026-10-26") && text.has("+01:00"),
        "{}",
        text.text
    );
    assert_eq!(
        text.text.matches("har gjort ett utdrag ur loggen").count(),
        2
    );
    assert!(!text.has("Eva") && !text.has("<"), "{}", text.text);

    let per = pages.town.user("Per").await.id;
    let logged = about_the_log(&pages.town).await;
    assert_eq!(logged.len(), 2);
    for (act, event) in logged {
        assert_eq!(
            (act.as_str(), &event.action),
            ("extract_made", &Action::Extract)
        );
        assert_eq!((event.user, event.person), (per, Some(ASTRID)));
    }
}
