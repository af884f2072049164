//! Stories of the server's edges: enrolment, strangers, garbage, news, closing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use ed25519_dalek::SigningKey;
use hemrond_documents::Edit;
use hemrond_domain::{ids::DeviceId, people::Role, record::Header};
use hemrond_protocol::{
    CONTENT_TYPE, Item, ItemKind, Outcome, PushDocument, SYNC_PATH, SyncRequest, encoding,
    enrolment::EnrolResponse, limits,
};
use hemrond_server::{exchange::asker, newsroom::Look};
use std::time::Duration;
use support::{Backend, Place, TEAM, Tablet, TestClock, Town, observations, person, signed, visit};

/// The code of a refusal.
async fn refusal(response: reqwest::Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    let problem: hemrond_protocol::enrolment::Problem = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem.hemrond, "hemrond-1");
    assert!(
        problem.message.len() > 20,
        "a sentence: {}",
        problem.message
    );
    (status, problem.code)
}

fn enrol_error(result: Result<Tablet, (u16, hemrond_protocol::enrolment::Problem)>) -> String {
    match result {
        Ok(_) => panic!("the tablet was enrolled"),
        Err((_, problem)) => problem.code,
    }
}

#[tokio::test]
async fn a_code_enrols_one_tablet_once() {
    let town = Town::new(Backend::Sqlite).await;
    let code = town.code("Eva").await;
    let tablet = Tablet::enrol(&town.url, &code.to_lowercase())
        .await
        .unwrap();
    assert_eq!(tablet.user.name, "Eva Lind");
    assert_eq!(tablet.user.role, Role::Nurse);
    assert_eq!(
        enrol_error(Tablet::enrol(&town.url, &code).await),
        "enrol.code_used"
    );
    assert_eq!(
        enrol_error(Tablet::enrol(&town.url, "AAAA-AAAA").await),
        "enrol.code_unknown"
    );

    let late = town.code("Omar").await;
    town.clock.forward(Duration::from_secs(25 * 3600));
    assert_eq!(
        enrol_error(Tablet::enrol(&town.url, &late).await),
        "enrol.code_expired"
    );

    let closed = town.code("Stina").await;
    let stina = town.user("Stina").await.id;
    town.administration().deactivate(stina).await.unwrap();
    assert_eq!(
        enrol_error(Tablet::enrol(&town.url, &closed).await),
        "user.inactive"
    );
}

#[tokio::test]
async fn neither_the_code_nor_the_tablets_key_is_kept_anywhere() {
    let town = Town::new(Backend::Sqlite).await;
    let code = town.code("Eva").await;
    let tablet = Tablet::enrol(&town.url, &code).await.unwrap();
    let file = std::fs::read(town.place.folder().join("server.sqlite")).unwrap();
    let plain = code.replace('-', "");
    for secret in [
        tablet.key.as_bytes().as_slice(),
        hex::encode(tablet.key.as_bytes()).as_bytes(),
        code.as_bytes(),
        plain.as_bytes(),
    ] {
        assert!(!file.windows(secret.len()).any(|window| window == secret));
    }
}

#[tokio::test]
async fn codes_cannot_be_tried_for_ever() {
    let town = Town::new(Backend::Sqlite).await;
    let mut last = String::new();
    for _ in 0..40 {
        last = enrol_error(Tablet::enrol(&town.url, "AAAA-AAAA").await);
    }
    assert_eq!(last, "rate.limited");
    town.clock.forward(Duration::from_secs(60));
    let code = town.code("Eva").await;
    Tablet::enrol(&town.url, &code).await.unwrap();
}

#[tokio::test]
async fn strangers_and_the_shut_out_get_nothing() {
    let town = Town::new(Backend::Sqlite).await;
    let eva = town.tablet("Eva").await;
    let mut stranger = eva.clone();
    stranger.key = SigningKey::from_bytes(&[66; 32]);
    for (device, code) in [
        (eva.device, "request.signature"),
        (DeviceId::from_bytes([66; 16]), "device.unknown"),
    ] {
        stranger.device = device;
        let (status, problem) = stranger.send(&stranger.request()).await.unwrap_err();
        assert_eq!((status, problem.code.as_str()), (401, code));
        assert_eq!(
            refusal(stranger.news(0).await).await,
            (401, code.to_owned())
        );
    }
    town.storage.revoke_device(eva.device, 0).await.unwrap();
    let (status, problem) = eva.send(&eva.request()).await.unwrap_err();
    assert_eq!((status, problem.code.as_str()), (403, "device.revoked"));
    // Whoever has not her key does not hear it.
    stranger.device = eva.device;
    let (_, problem) = stranger.send(&stranger.request()).await.unwrap_err();
    assert_eq!(problem.code, "request.signature");

    let omar = town.tablet("Omar").await;
    town.administration()
        .deactivate(omar.user.id)
        .await
        .unwrap();
    let (status, problem) = omar.send(&omar.request()).await.unwrap_err();
    assert_eq!((status, problem.code.as_str()), (403, "user.inactive"));
}

#[tokio::test]
async fn garbage_is_refused_in_words() {
    let town = Town::new(Backend::Sqlite).await;
    let eva = town.tablet("Eva").await;
    let whole = encoding::encode(&eva.request()).unwrap();
    for (body, code) in [
        (Vec::new(), "request.malformed"),
        (b"hej".to_vec(), "request.malformed"),
        (whole[..whole.len() - 1].to_vec(), "request.malformed"),
        (encoding::encode(&"hej").unwrap(), "request.malformed"),
        (vec![0; limits::MAX_COMPRESSED + 1], "request.too_large"),
    ] {
        let (_, problem) = eva.send_body(body).await.unwrap_err();
        assert_eq!(problem.code, code);
    }
    let bomb = encoding::encode(&vec![0_u8; limits::MAX_DECOMPRESSED + 9]).unwrap();
    let (status, problem) = eva.send_body(bomb).await.unwrap_err();
    assert_eq!((status, problem.code.as_str()), (413, "request.too_large"));

    let old = SyncRequest {
        protocol: 99,
        ..eva.request()
    };
    let (status, problem) = eva.send(&old).await.unwrap_err();
    assert_eq!((status, problem.code.as_str()), (426, "request.protocol"));

    let many = vec![visit(1).id().into(); limits::MAX_WANTED + 1];
    let greedy = SyncRequest {
        wanted: many,
        ..eva.request()
    };
    assert_eq!(
        eva.send(&greedy).await.unwrap_err().1.code,
        "request.too_many"
    );

    for path in ["/", "/v1/sync", "/admin", "/metrics"] {
        let response = eva
            .http
            .get(format!("{}{path}", town.url))
            .send()
            .await
            .unwrap();
        assert_eq!(
            refusal(response).await,
            (404, "path.unknown".to_owned()),
            "{path}"
        );
    }
    let response = eva
        .http
        .post(format!("{}/v1/enrol", town.url))
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(response).await.1, "request.malformed");
    // After all that it goes on serving.
    eva.send(&eva.request()).await.unwrap();
}

#[tokio::test]
async fn a_newer_apps_documents_are_refused_and_kept_with_the_rest_taken() {
    let town = Town::new(Backend::Sqlite).await;
    let mut eva = town.tablet("Eva").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    let mut request = eva.request();
    let mut newer = request.push[0].clone();
    newer.header.kind = "sårkarta".to_owned();
    let mut malformed = request.push[0].clone();
    malformed.header.part = "inget besök".to_owned();
    request.push.insert(0, newer);
    request.push.insert(1, malformed);
    let answer = eva.send(&request).await.unwrap();
    assert_eq!(
        answer.verdicts,
        [
            [Outcome::Refused("kind.unknown".to_owned())],
            [Outcome::Refused("header.malformed".to_owned())],
            [Outcome::Accepted],
        ]
    );
}

#[tokio::test]
async fn broken_and_foreign_changes_are_refused_one_by_one() {
    let town = Town::new(Backend::Sqlite).await;
    let mut eva = town.tablet("Eva").await;
    let mut omar = town.tablet("Omar").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    let evas = eva.request().push[0].clone();

    // Omar's tablet sends Eva's change before she does: the actor becomes his, and she is told.
    let mut broken = evas.items[0].clone();
    broken.bytes[20] ^= 1;
    let mut entry = evas.items[0].clone();
    entry.kind = ItemKind::Entry;
    let mut large = evas.items[0].clone();
    large.bytes = vec![0; limits::MAX_ITEM_BYTES + 1];
    let push = PushDocument {
        header: evas.header.clone(),
        items: vec![broken, entry, large],
    };
    let answer = omar
        .send(&SyncRequest {
            push: vec![push],
            ..omar.request()
        })
        .await
        .unwrap();
    let codes: Vec<String> = answer.verdicts[0]
        .iter()
        .map(|verdict| match verdict {
            Outcome::Refused(code) => code.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        codes,
        ["change.malformed", "entry.malformed", "item.too_large"]
    );

    eva.sync().await;
    // Omar goes on under Eva's actor.
    omar.sync().await;
    omar.actor = eva.actor;
    let mut copy = eva.clone();
    copy.write(&visit(1), &[Edit::set("reason", "Något annat")]);
    omar.outbox = copy.outbox;
    omar.sync().await;
    assert_eq!(
        omar.verdicts,
        [Outcome::Refused("change.actor_taken".to_owned())]
    );
}

#[tokio::test]
async fn news_wake_who_waits_and_only_those_they_concern() {
    let town = Town::new(Backend::Sqlite).await;
    let mut eva = town.tablet("Eva").await;
    let mut omar = town.tablet("Omar").await;
    let mut stina = town.tablet("Stina").await;
    for tablet in [&mut eva, &mut omar, &mut stina] {
        tablet.sync().await;
    }
    let omars_wait = tokio::spawn({
        let omar = omar.clone();
        async move { omar.news(omar.cursor).await }
    });
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    let news = omars_wait.await.unwrap();
    assert_eq!(news.status(), 200);
    let head = town.storage.life().await.unwrap().head;
    assert_eq!(news.text().await.unwrap(), format!("{{\"head\":{head}}}"));

    let idle = town.server.closing.receiver_count();
    // Neither Eva, who wrote it, nor Stina, who may not read it, is woken; the server's end is
    // what answers them.
    let waits: Vec<_> = [&eva, &stina]
        .map(|tablet| {
            let tablet = tablet.clone();
            tokio::spawn(async move { tablet.news(tablet.cursor).await })
        })
        .into();
    // Each one that waits also waits for the server's end.
    while town.server.closing.receiver_count() < idle + 2 {
        tokio::task::yield_now().await;
    }
    town.close();
    for wait in waits {
        assert_eq!(wait.await.unwrap().status(), 204);
    }
}

#[tokio::test]
async fn stina_sleeps_through_what_is_not_hers_and_wakes_for_what_is() {
    let town = Town::new(Backend::Sqlite).await;
    let mut eva = town.tablet("Eva").await;
    let mut stina = town.tablet("Stina").await;
    eva.write(&person(), &[Edit::set("look_out_for", "Hund")]);
    eva.sync().await;
    stina.sync().await;
    let (storage, newsroom) = (&town.storage, &town.server.newsroom);
    let device = storage.devices_by_id(&[stina.device]).await.unwrap();
    let account = storage.user(stina.user.id).await.unwrap().unwrap();
    let asker = asker(&town.server, &device[0], &account);
    // Eva writes three visits; each moves the head, and none is for home help.
    let mut seen = stina.cursor;
    for number in 1..4 {
        eva.write(&visit(number), &[Edit::set("reason", "Yrsel")]);
        eva.sync().await;
        let head = storage.life().await.unwrap().head;
        let look = newsroom.look(storage.as_ref(), &asker, seen, head).await;
        assert_eq!(look.unwrap(), Look::Nothing(head));
        seen = head;
    }
    eva.write(&person(), &[Edit::set("look_out_for", "Hal trapp")]);
    eva.sync().await;
    let head = storage.life().await.unwrap().head;
    for from in [stina.cursor, seen] {
        let look = newsroom.look(storage.as_ref(), &asker, from, head).await;
        assert_eq!(look.unwrap(), Look::Concerned(head));
    }
    // Before what this process remembers only the database knows.
    let look = newsroom
        .look(storage.as_ref(), &asker, stina.cursor - 1, head)
        .await;
    assert_eq!(look.unwrap(), Look::TooLongAgo);
}

#[tokio::test]
async fn a_new_role_is_news() {
    let town = Town::new(Backend::Sqlite).await;
    let mut eva = town.tablet("Eva").await;
    let mut stina = town.tablet("Stina").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    stina.sync().await;
    let wait = tokio::spawn({
        let stina = stina.clone();
        async move { stina.news(stina.cursor).await }
    });
    town.set_role("Stina", Role::Nurse, TEAM).await;
    assert_eq!(wait.await.unwrap().status(), 200);
    stina.sync().await;
    assert!(stina.holds(&visit(1)));
}

#[tokio::test]
async fn a_quiet_feed_answers_when_the_wait_is_over() {
    let place = Place::new(Backend::Sqlite);
    let storage = place.open().await;
    let clock = std::sync::Arc::new(TestClock::new());
    let policy = hemrond_policy::Policy::load().unwrap();
    support::populate(storage.as_ref(), &policy, clock.as_ref()).await;
    let town = Town::around(place, storage, clock, Duration::from_millis(1)).await;
    let mut eva = town.tablet("Eva").await;
    eva.sync().await;
    assert_eq!(eva.news(eva.cursor).await.status(), 204);
    // A position that was never given out: the database was restored, so the tablet shall sync.
    assert_eq!(eva.news(eva.cursor + 100).await.status(), 200);
    let response = eva.asks_for_news("after=ig%C3%A5r").await;
    assert_eq!(
        refusal(response).await,
        (400, "request.malformed".to_owned())
    );
}

#[tokio::test]
async fn a_closing_server_finishes_what_it_has_begun() {
    let mut town = Town::new(Backend::Sqlite).await;
    let mut eva = town.tablet("Eva").await;
    for number in 1..40 {
        eva.write(&visit(number), &[Edit::set("reason", "Yrsel")]);
    }
    let request = eva.request();
    let before = town.server.metrics.render(0, 0);
    assert!(
        before.contains("hemrond_items_accepted_total 0"),
        "{before}"
    );
    let sending = tokio::spawn({
        let eva = eva.clone();
        let request = request.clone();
        async move { eva.send(&request).await }
    });
    // Once the request's own body is read, the server is told to stop.
    while town
        .storage
        .document(visit(1).id())
        .await
        .unwrap()
        .is_none()
    {
        tokio::task::yield_now().await;
    }
    town.close();
    let answer = sending.await.unwrap().unwrap();
    assert!(
        answer
            .verdicts
            .iter()
            .flatten()
            .all(|verdict| *verdict == Outcome::Accepted)
    );
    town.closed().await;
    // What it said is on disk.
    let storage = town.place.open().await;
    let named: Vec<_> = (1..40).map(|number| visit(number).id()).collect();
    assert_eq!(storage.changes(&named).await.unwrap().len(), 39);
    assert!(
        eva.http
            .get(format!("{}/healthz", town.url))
            .send()
            .await
            .is_err()
    );
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_browsers_heed() {
    let town = Town::new(Backend::Sqlite).await;
    let http = reqwest::Client::new();
    for path in ["/healthz", "/readyz", "/nothing", "/v1/sync", "/v1/news"] {
        let response = http
            .get(format!("{}{path}", town.url))
            .send()
            .await
            .unwrap();
        let header = |name| {
            response
                .headers()
                .get(name)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        let policy = header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ] {
            assert!(policy.contains(directive), "{policy}");
        }
        assert_eq!(header("x-request-id").len(), 16);
    }
}

/// It is no document, and only a signed request gets it; it is no larger than it must be.
#[tokio::test]
async fn an_answer_to_a_tablet_says_nothing_to_browsers_but_that_it_is_none() {
    let town = Town::new(Backend::Sqlite).await;
    let eva = town.tablet("Eva").await;
    let body = encoding::encode(&eva.request()).unwrap();
    let response = eva.signing().post(SYNC_PATH, body).await;
    let headers = response.headers();
    assert_eq!(headers["content-type"], CONTENT_TYPE);
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["cache-control"], "no-store");
    assert!(!headers.contains_key("content-security-policy"));
    assert!(!headers.contains_key("x-request-id"));
    // Refused, it is what anybody may come upon.
    let refused = eva.signing().post(SYNC_PATH, vec![0; 3]).await;
    assert!(refused.status().is_client_error());
    assert!(refused.headers().contains_key("content-security-policy"));
    assert!(refused.headers().contains_key("x-request-id"));
}

#[tokio::test]
async fn stinas_observation_reaches_lena_and_neither_eva_nor_per() {
    let town = Town::new(Backend::Sqlite).await;
    let mut stina = town.tablet("Stina").await;
    let row = hemrond_domain::ids::RowId::from_bytes([77; 16]);
    let edit = Edit::add_row("entries", row, [("what", "fall"), ("degree", "worse")]);
    stina.write(&observations(), &[edit]);
    stina.sync().await;
    assert_eq!(stina.verdicts, [Outcome::Accepted]);
    for (name, sees) in [("Eva", false), ("Lena", true), ("Per", false)] {
        let mut tablet = town.tablet(name).await;
        tablet.sync().await;
        assert_eq!(tablet.holds(&observations()), sees, "{name}");
    }
    // What Stina saw is Stina's to write, and to tell.
    let mut eva = town.tablet("Eva").await;
    eva.sync().await;
    let row = hemrond_domain::ids::RowId::from_bytes([78; 16]);
    let edit = Edit::add_row("entries", row, [("what", "pain"), ("degree", "worse")]);
    eva.write(&observations(), &[edit]);
    eva.sync().await;
    assert_eq!(eva.verdicts, [Outcome::Refused("policy.write".to_owned())]);
}

#[tokio::test]
async fn eva_signs_with_her_own_key_and_nobody_else_signs_for_her() {
    let town = Town::new(Backend::Sqlite).await;
    let mut eva = town.tablet("Eva").await;
    let omar = town.tablet("Omar").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.write(&visit(2), &[Edit::set("reason", "Fall")]);
    eva.sync().await;
    let document = &eva.documents[&visit(1).id()];
    let verdict = async |tablet: &Tablet, header: &Header, item: Item| {
        let push = vec![PushDocument {
            header: header.into(),
            items: vec![item],
        }];
        let request = SyncRequest {
            push,
            ..tablet.request()
        };
        tablet.send(&request).await.unwrap().verdicts[0][0].clone()
    };
    let refused = |code: &str| Outcome::Refused(code.to_owned());

    let genuine = signed(document, &eva, &eva.key);
    let forged = signed(document, &eva, &omar.key);
    assert_eq!(
        verdict(&eva, &visit(1), forged.clone()).await,
        refused("entry.signature")
    );
    assert_eq!(
        verdict(&omar, &visit(1), forged).await,
        refused("entry.author")
    );
    assert_eq!(
        verdict(&omar, &visit(1), genuine.clone()).await,
        refused("entry.author")
    );
    assert_eq!(
        verdict(&eva, &visit(2), genuine.clone()).await,
        refused("entry.document")
    );
    assert_eq!(
        verdict(&eva, &visit(1), genuine.clone()).await,
        Outcome::Accepted
    );
    assert_eq!(
        verdict(&eva, &visit(1), genuine.clone()).await,
        Outcome::Known
    );

    let mut answer = omar.send(&omar.request()).await.unwrap();
    answer
        .deliveries
        .retain(|delivery| delivery.header == (&visit(1)).into());
    assert_eq!(
        answer.deliveries[0].items.last().unwrap().bytes,
        genuine.bytes
    );
}

#[test]
fn an_enrolment_answer_is_marked_as_ours() {
    let json = include_str!("golden/enrol_response.json");
    let response: EnrolResponse = serde_json::from_str(json).unwrap();
    assert_eq!(
        serde_json::to_string_pretty(&response).unwrap(),
        json.trim()
    );
}

#[test]
fn every_refusal_has_a_sentence_in_both_languages() {
    type Texts = std::collections::BTreeMap<String, String>;
    let swedish: Texts =
        serde_json::from_str(include_str!("../../../texts/sv/refusals.json")).unwrap();
    let english: Texts =
        serde_json::from_str(include_str!("../../../texts/en/refusals.json")).unwrap();
    let codes: Vec<&str> = hemrond_sync::acceptance::Reason::ALL
        .iter()
        .map(|reason| reason.code())
        .collect();
    for texts in [&swedish, &english] {
        assert_eq!(texts.len(), codes.len());
        for code in &codes {
            // What happened and what to do: two sentences at least.
            assert!(
                texts[*code].matches(['.', ';']).count() >= 2,
                "{code}: {}",
                texts[*code]
            );
        }
    }
}
