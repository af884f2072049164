//! Stories of too many, too slow and too often.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_protocol::{
    ENROL_PATH, SYNC_PATH,
    enrolment::{EnrolRequest, Problem},
};
use hemrond_server::serve::{Door, Limits, Way, serve};
use std::{
    future::pending,
    net::SocketAddr,
    time::{Duration, Instant},
};
use support::{Backend, Tablet, Town};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
};

/// How long a test waits for what must come.
const DEADLINE: Duration = Duration::from_secs(60);

const ALIVE: &str = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// One more door to a town's server, with limits of its own.
async fn door(town: &Town, limits: Limits, way: Way) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let door = Door::new(listener, way).within(limits);
    tokio::spawn(serve(town.server.clone(), door, None, pending()));
    address
}

/// Asks on a connection; none where it was closed instead of answered.
async fn ask(stream: &mut TcpStream, request: &str) -> Option<String> {
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while !String::from_utf8_lossy(&answer).contains("\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => answer.extend_from_slice(&piece[..read]),
        }
    }
    Some(String::from_utf8_lossy(&answer).into_owned())
}

/// What comes until the server closes the connection by itself.
async fn until_closed(mut stream: TcpStream) -> String {
    let mut rest = Vec::new();
    // A connection that is reset has been closed as well.
    let read = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut rest)).await;
    assert!(read.is_ok(), "it stays open");
    String::from_utf8_lossy(&rest).into_owned()
}

#[tokio::test]
async fn who_finds_no_place_is_turned_away_and_let_in_once_somebody_has_gone() {
    let town = Town::new(Backend::Sqlite).await;
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let address = door(&town, limits, Way::Plain).await;
    let mut eva = TcpStream::connect(address).await.unwrap();
    let mut omar = TcpStream::connect(address).await.unwrap();
    assert!(ask(&mut eva, ALIVE).await.is_some());
    assert!(ask(&mut omar, ALIVE).await.is_some());
    let mut stina = TcpStream::connect(address).await.unwrap();
    assert_eq!(ask(&mut stina, ALIVE).await, None, "there are two already");
    assert!(ask(&mut eva, ALIVE).await.is_some(), "who is in stays in");
    let counted = town.server.metrics.render(0, 0);
    assert!(
        counted.contains("hemrond_connections_turned_away_total 1"),
        "{counted}"
    );

    drop(omar);
    let begin = Instant::now();
    loop {
        let mut stina = TcpStream::connect(address).await.unwrap();
        if ask(&mut stina, ALIVE).await.is_some() {
            break;
        }
        assert!(begin.elapsed() < DEADLINE, "the place was not given on");
    }
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_half_a_head_is_closed() {
    let town = Town::new(Backend::Sqlite).await;
    let limits = Limits {
        head: Duration::from_millis(100),
        ..Limits::default()
    };
    let address = door(&town, limits, Way::Plain).await;
    for begun in [
        "",
        "GET /healthz HTT",
        "GET /healthz HTTP/1.1\r\nhost: x\r\n",
    ] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        let told = until_closed(stream).await;
        assert!(!told.contains("200 OK"), "{begun:?}: {told}");
    }
    // One that was answered and then stays silent too.
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert!(ask(&mut stream, ALIVE).await.is_some());
    until_closed(stream).await;
}

#[tokio::test]
async fn a_body_that_does_not_come_ends_in_a_sentence() {
    let town = Town::new(Backend::Sqlite).await;
    let limits = Limits {
        request: Duration::from_millis(100),
        ..Limits::default()
    };
    let address = door(&town, limits, Way::Plain).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let begun = "POST /v1/enrol HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
        connection: close\r\ncontent-length: 100\r\n\r\n{\"code\":";
    stream.write_all(begun.as_bytes()).await.unwrap();
    let answer = until_closed(stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let problem: Problem = serde_json::from_str(body).unwrap();
    assert_eq!(problem.code, "request.slow");
    assert!(problem.message.contains("nothing is lost"));
}

#[tokio::test]
async fn who_takes_in_no_answer_is_let_go() {
    let town = Town::new(Backend::Sqlite).await;
    let limits = Limits {
        standstill: Duration::from_millis(100),
        ..Limits::default()
    };
    let address = door(&town, limits, Way::Plain).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    // Questions without end, and nobody reads what comes back.
    let questions = ALIVE.repeat(100);
    let asking = async { while stream.write_all(questions.as_bytes()).await.is_ok() {} };
    let let_go = tokio::time::timeout(DEADLINE, asking).await;
    assert!(let_go.is_ok(), "it stays open");
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_again() {
    let town = Town::new(Backend::Sqlite).await;
    let eva = town.tablet("Eva").await;
    let wait = |answer: &reqwest::Response| {
        let value = answer.headers().get("retry-after").cloned();
        value.map(|value| value.to_str().unwrap().parse::<u32>().unwrap())
    };
    // The clock stands still, so that nothing is given back meanwhile.
    let mut last = None;
    for _ in 0..300 {
        let answer = eva.signing().post(SYNC_PATH, Vec::new()).await;
        last = Some((answer.status().as_u16(), wait(&answer)));
    }
    assert_eq!(last, Some((429, Some(5))));

    let guess = EnrolRequest {
        user: None,
        sealed_key: None,
        sign_in: None,
        code: "AAAA-AAAA".to_owned(),
        tablet: "Surfplatta".to_owned(),
        public_key: hex::encode(eva.key.verifying_key().as_bytes()),
    };
    let guess = serde_json::to_vec(&guess).unwrap();
    let mut last = None;
    for _ in 0..40 {
        let answer = eva.signing().post(ENROL_PATH, guess.clone()).await;
        last = Some((answer.status().as_u16(), wait(&answer)));
    }
    assert_eq!(last, Some((429, Some(5))));

    // As it says, and one can go on.
    town.clock.forward(Duration::from_secs(5));
    let code = town.code("Omar").await;
    assert!(Tablet::enrol(&town.url, &code).await.is_ok());
    assert!(eva.send(&eva.request()).await.is_ok());
}

#[tokio::test]
async fn behind_a_proxy_browsers_are_told_to_come_with_tls_only() {
    let town = Town::new(Backend::Sqlite).await;
    let header = "strict-transport-security: max-age=31536000";
    for (way, expected) in [(Way::Proxy, true), (Way::Plain, false)] {
        let address = door(&town, Limits::default(), way).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let answer = ask(&mut stream, ALIVE).await.unwrap();
        assert_eq!(answer.contains(header), expected, "{answer}");
    }
}
