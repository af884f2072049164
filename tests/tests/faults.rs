//! The line cut at every stage of a sync, doubled and held back: nothing is lost, nothing comes
//! twice, and the next sync goes on where it was.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{CuttableLine, Fate, Place, Tablet, Town, ask};
use serde_json::{Value, json};

/// Eva with a planned visit on the server, and Omar who has it.
fn eva_and_omar(town: &Town) -> (Tablet, Tablet, Place) {
    let mut eva = town.tablet_of("Eva Lind");
    let mut omar = town.tablet_of("Omar Haddad");
    eva.sync();
    let place = eva.plan_astrid();
    eva.sync();
    omar.sync();
    (eva, omar, place)
}

fn waiting(tablet: &mut Tablet) -> u64 {
    tablet.ok("status", json!({}))["waiting"].as_u64().unwrap()
}

/// Everything that ever stood in a field, oldest first.
fn history(tablet: &mut Tablet, document: &Value, field: &str) -> Vec<i64> {
    let told = tablet.ok("history", json!({ "document": document, "field": field }));
    let values = told["values"].as_array().unwrap().clone();
    values
        .iter()
        .map(|value| value["value"].as_i64().unwrap())
        .collect()
}

#[test]
fn a_sync_that_is_cut_at_any_stage_is_made_up_by_the_next() {
    let town = Town::new();
    let (mut eva, mut omar, place) = eva_and_omar(&town);
    // An answer with a verdict, to know how long one is.
    eva.set(&place.document, &[("cfs.badl", json!(0))]);
    eva.sync();
    let whole = town.line.syncs().last().unwrap().answer.len();

    let cuts = [
        1,
        12,
        whole / 4,
        whole / 2,
        whole - 40,
        whole - 2,
        whole - 1,
    ];
    let fates = [Fate::RequestLost, Fate::AnswerLost]
        .into_iter()
        .chain(cuts.into_iter().map(Fate::AnswerCutAt));
    let mut expected = vec![0];
    for (round, fate) in fates.enumerate() {
        let answer = i64::try_from(round % 5 + 1).unwrap();
        eva.set(&place.document, &[("cfs.badl", json!(answer))]);
        expected.push(answer);
        let before = waiting(&mut eva);
        assert_eq!(before, 1);
        town.line.plan([fate]);
        assert_eq!(
            eva.fails("sync_now", json!({})),
            "transport.unreachable",
            "{fate:?}"
        );
        // The tablet claims nothing that it was not told.
        assert_eq!(waiting(&mut eva), before, "{fate:?}");
        assert_eq!(
            eva.visit(&place.visit)["whereabouts"]["is"],
            "only_here",
            "{fate:?}"
        );
        let status = eva.sync();
        assert_eq!(
            (&status["waiting"], &status["refused"]),
            (&json!(0), &json!(0)),
            "{fate:?}"
        );
        omar.sync();
        assert_eq!(
            history(&mut omar, &place.document, "cfs.badl"),
            expected,
            "{fate:?}"
        );
    }
}

#[test]
fn what_colleagues_wrote_comes_once_however_often_the_answer_is_lost() {
    let town = Town::new();
    let (mut eva, mut omar, place) = eva_and_omar(&town);
    omar.ok(
        "add_note",
        json!({ "visit": place.visit, "kind": "note", "text": "Ring dottern." }),
    );
    omar.write(&place.document, "plan", "Ny tid på torsdag.");
    omar.sync();
    town.line
        .plan([Fate::AnswerLost, Fate::AnswerCutAt(300), Fate::RequestLost]);
    for _ in 0..3 {
        assert_eq!(eva.fails("sync_now", json!({})), "transport.unreachable");
        assert_eq!(eva.visit(&place.visit)["notes"], json!([]));
    }
    eva.sync();
    eva.sync();
    let page = eva.visit(&place.visit);
    assert_eq!(page["notes"].as_array().unwrap().len(), 1);
    assert_eq!(page["texts"]["plan"], "Ny tid på torsdag.");
}

/// The headers that make a request a signed one, and its body.
fn signed_parts(request: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let end = request
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8_lossy(&request[..end]).into_owned();
    let headers: Vec<(String, String)> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(name, _)| ["content-digest", "signature-input", "signature"].contains(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    assert_eq!(headers.len(), 3, "{head}");
    (headers, &request[end + 4..])
}

#[test]
fn a_doubled_and_a_replayed_request_change_nothing() {
    let town = Town::new();
    let (mut eva, mut omar, place) = eva_and_omar(&town);
    town.line.plan([Fate::Doubled]);
    eva.ok(
        "add_note",
        json!({ "visit": place.visit, "kind": "question", "text": "Ny dos?" }),
    );
    eva.set(&place.document, &[("cfs.level", json!(6))]);
    let status = eva.sync();
    assert_eq!(
        (&status["waiting"], &status["refused"]),
        (&json!(0), &json!(0))
    );
    omar.sync();
    omar.set(&place.document, &[("cfs.level", json!(7))]);
    omar.sync();

    // Somebody sends Eva's requests again, byte for byte, after Omar has gone on.
    for seen in town.line.syncs() {
        let (headers, body) = signed_parts(&seen.request);
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answered = ask(
            town.server.address().trim_start_matches("http://"),
            "POST /v1/sync",
            &headers,
            body,
        )
        .unwrap();
        // What Eva signed was taken once. Who sends it again hears nothing.
        let told: Value = serde_json::from_str(&answered.body).unwrap();
        assert_eq!(
            (answered.status, &told["code"]),
            (401, &json!("request.nonce"))
        );
    }
    for tablet in [&mut eva, &mut omar] {
        let status = tablet.sync();
        assert_eq!(
            (&status["waiting"], &status["refused"]),
            (&json!(0), &json!(0))
        );
        let page = tablet.visit(&place.visit);
        assert_eq!(page["notes"].as_array().unwrap().len(), 1);
        assert_eq!(page["disagreements"], json!([]));
        assert_eq!(page["fields"]["cfs.level"], 7);
        assert_eq!(history(tablet, &place.document, "cfs.level"), [6, 7]);
    }
}

#[test]
fn eva_writes_on_while_a_sync_hangs_and_nothing_of_it_is_claimed_as_sent() {
    let town = Town::new();
    let (mut eva, mut omar, place) = eva_and_omar(&town);
    let mut online = town.online_tablet_of("Eva Lind");
    hemrond_tests::until("the tablet has the visit", || {
        online.call("visit", json!({ "visit": place.visit })).ok()
    });
    town.line.plan([Fate::Held]);
    online.set(&place.document, &[("cfs.level", json!(4))]);
    town.line.wait_for_held(1);
    // The request with the first answer stands on the line. Eva writes on.
    online.set(&place.document, &[("weight_kg", json!(58))]);
    let page = online.visit(&place.visit);
    assert_eq!(page["fields"]["cfs.level"], 4);
    assert_eq!(page["fields"]["weight_kg"], 58.0);
    assert_eq!(page["whereabouts"]["changes"], 2);
    town.line.release();
    hemrond_tests::until("both answers are on the server", || {
        (online.visit(&place.visit)["whereabouts"]["is"] == "on_server").then_some(())
    });
    for tablet in [&mut eva, &mut omar] {
        tablet.sync();
        let page = tablet.visit(&place.visit);
        assert_eq!(page["fields"]["cfs.level"], 4);
        assert_eq!(page["fields"]["weight_kg"], 58.0);
    }
}

#[test]
fn a_tablet_without_power_in_the_middle_of_a_sync_goes_on_after_its_start() {
    let town = Town::new();
    let (mut eva, mut omar, place) = eva_and_omar(&town);
    omar.write(&place.document, "plan", "Ny tid på torsdag.");
    omar.sync();
    for fate in [Fate::Held, Fate::AnswerLost] {
        eva.ok(
            "add_note",
            json!({ "visit": place.visit, "kind": "note", "text": "Vid kaffet." }),
        );
        town.line.plan([fate]);
        if fate == Fate::Held {
            eva.begin("sync_now", json!({}));
            town.line.wait_for_held(1);
        } else {
            eva.fails("sync_now", json!({}));
        }
        eva.kill();
        // What stood on the line reaches the server all the same, with nobody to hear the answer.
        town.line.release();
        eva.start();
        let status = eva.sync();
        assert_eq!(
            (&status["waiting"], &status["refused"]),
            (&json!(0), &json!(0))
        );
    }
    omar.sync();
    for tablet in [&mut eva, &mut omar] {
        let page = tablet.visit(&place.visit);
        assert_eq!(page["notes"].as_array().unwrap().len(), 2);
        assert_eq!(page["texts"]["plan"], "Ny tid på torsdag.");
        assert_eq!(page["notes"][0]["by"]["name"], "Eva Lind");
    }
}

#[test]
fn a_server_without_power_in_the_middle_of_a_sync_has_what_it_said_it_has() {
    let mut town = Town::new();
    let (mut eva, mut omar, place) = eva_and_omar(&town);
    for answer in 1..=5 {
        eva.set(&place.document, &[("cfs.iadl", json!(answer))]);
        town.line.plan([Fate::AnswerLost]);
        eva.fails("sync_now", json!({}));
        eva.set(&place.document, &[("cfs.chronic", json!(answer))]);
        eva.sync();
        // "On the server" was said just now: the power goes at once.
        town.server.kill();
        assert_eq!(eva.visit(&place.visit)["whereabouts"]["is"], "on_server");
        assert_eq!(eva.fails("sync_now", json!({})), "transport.unreachable");
        town.restart_server();
        omar.sync();
        let page = omar.visit(&place.visit);
        assert_eq!(page["fields"]["cfs.iadl"], answer);
        assert_eq!(page["fields"]["cfs.chronic"], answer);
    }
}

#[test]
fn what_answers_at_the_address_is_no_server_of_ours() {
    let town = Town::new();
    let (mut eva, _, place) = eva_and_omar(&town);
    eva.write(&place.document, "note", "Skrivet på tåget.");
    // A train's network that wants a login answers everything with a page of its own.
    let train = Pages::new("200 OK", "text/html", "<html>Logga in</html>");
    town.line.leads_to(&train.address);
    assert_eq!(eva.fails("sync_now", json!({})), "transport.not_hemrond");
    let login = Pages::new(
        "302 Found\r\nlocation: http://127.0.0.1:9/",
        "text/html",
        "",
    );
    town.line.leads_to(&login.address);
    assert_eq!(eva.fails("sync_now", json!({})), "transport.not_hemrond");
    // Another service that also speaks JSON.
    let other = Pages::new(
        "404 Not Found",
        "application/json",
        r#"{"error":"no such path"}"#,
    );
    town.line.leads_to(&other.address);
    assert_eq!(eva.fails("sync_now", json!({})), "transport.not_hemrond");
    // Our content type around rubbish.
    let rubbish = Pages::new("200 OK", "application/vnd.hemrond.sync", "inte en synk");
    town.line.leads_to(&rubbish.address);
    assert_eq!(eva.fails("sync_now", json!({})), "sync.violation");
    // A proxy whose server is down.
    let proxy = Pages::new("502 Bad Gateway", "text/html", "<h1>Bad Gateway</h1>");
    town.line.leads_to(&proxy.address);
    assert_eq!(eva.fails("sync_now", json!({})), "transport.server_failed");
    // Nothing of all that touched what waits.
    assert_eq!(waiting(&mut eva), 1);
    town.line.leads_to(town.server.address());
    assert_eq!(eva.sync()["waiting"], 0);

    // The same where somebody types an address.
    let mut new = Tablet::new();
    let mut enrol = |server: &str| {
        new.fails(
            "enrol",
            json!({ "server": server, "code": "AAAA-AAAA", "tablet": "Ny" }),
        )
    };
    assert_eq!(enrol(&train.address), "transport.not_hemrond");
    assert_eq!(enrol("http://hemrond.example.se"), "transport.url");
    assert_eq!(enrol("hemrond"), "transport.url");
    assert_eq!(enrol(town.server.address()), "enrol.code_unknown");
    town.line.cut();
    assert_eq!(enrol(town.line.address()), "transport.unreachable");
}

#[test]
fn the_server_refuses_what_is_malformed_or_too_large_and_serves_on() {
    let town = Town::new();
    let (mut eva, _, place) = eva_and_omar(&town);
    let sent = town.line.syncs().last().unwrap().request.clone();
    let (signed, _) = signed_parts(&sent);
    let address = town
        .server
        .address()
        .trim_start_matches("http://")
        .to_owned();
    let sync = |headers: &[(String, String)], body: &[u8]| {
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answered = ask(&address, "POST /v1/sync", &headers, body).unwrap();
        let told: Value = serde_json::from_str(&answered.body).unwrap();
        assert_eq!(told["hemrond"], "hemrond-1", "{told}");
        (answered.status, told["code"].as_str().unwrap().to_owned())
    };
    // What Eva signed once is good for nothing else.
    for body in [b"hej".as_slice(), b""] {
        assert_eq!(sync(&signed, body), (401, "request.nonce".to_owned()));
    }
    // Who does not sign gets as far, with however much.
    let bearer = [("authorization".to_owned(), "Bearer nobody".to_owned())];
    for body in [b"hej".to_vec(), vec![0; (4 << 20) + 1]] {
        for headers in [&bearer[..], &[]] {
            assert_eq!(sync(headers, &body), (401, "request.unsigned".to_owned()));
        }
    }
    let enrol = ask(
        &address,
        "POST /v1/enrol",
        &[("content-type", "application/json")],
        b"{",
    )
    .unwrap();
    assert_eq!(enrol.status, 400);
    // It still serves.
    eva.set(&place.document, &[("cfs.level", json!(6))]);
    assert_eq!(eva.sync()["waiting"], 0);
}

/// A server that answers everything with one page.
struct Pages {
    address: String,
}

impl Pages {
    fn new(status: &'static str, kind: &'static str, page: &'static str) -> Self {
        use std::io::{BufReader, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                drop(hemrond_tests::Request::read(&mut reader));
                let length = page.len();
                drop(write!(
                    stream,
                    "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
                     connection: close\r\n\r\n{page}"
                ));
            }
        });
        Self { address }
    }
}

#[test]
fn the_line_does_what_the_tests_rest_on() {
    // A server that says how often it was asked.
    use std::io::{BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for (count, mut stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let request = hemrond_tests::Request::read(&mut reader).unwrap().unwrap();
            let said = format!("{count}:{}", request.body.len());
            let length = said.len();
            drop(write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{said}"
            ));
        }
    });
    let line = CuttableLine::to(&server);
    let address = line.address().trim_start_matches("http://").to_owned();
    let sync = || ask(&address, "POST /v1/sync", &[], b"hej").map(|answered| answered.body);
    assert_eq!(sync().unwrap(), "0:3");
    line.plan([
        Fate::RequestLost,
        Fate::AnswerLost,
        Fate::AnswerCutAt(9),
        Fate::Doubled,
    ]);
    assert!(sync().is_err(), "lost before the server");
    assert!(sync().is_err(), "lost after the server");
    assert!(sync().is_err(), "nine bytes are no status line");
    assert_eq!(
        sync().unwrap(),
        "4:3",
        "asked twice, and the second answer came"
    );
    line.cut();
    assert!(sync().is_err());
    line.mend();
    assert_eq!(sync().unwrap(), "5:3");
}
