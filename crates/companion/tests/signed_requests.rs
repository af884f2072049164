//! Stories of the tablet's HTTP client against a server on the same machine that says what it is
//! told to say: every request is signed, and a nonce that is too old costs one more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use ed25519_dalek::SigningKey;
use hemrond_companion::{
    failure::Problem,
    sync::{
        http::HttpTransport,
        transport::{Access, Signer, Transport, TransportError},
    },
};
use hemrond_protocol::{
    enrolment::device_id,
    signature::{Claim, Target, is_digest_of},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What the server answers: a status, a nonce, a refusal's code.
type Told = (u16, Option<&'static str>, Option<&'static str>);

/// A request as it came.
#[derive(Debug, Clone)]
struct Came {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Came {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key == name);
        &found.unwrap_or_else(|| panic!("no {name}")).1
    }

    /// The nonce that it is signed with, after its signature was found to fit.
    fn nonce(&self) -> String {
        let claim = Claim::read(self.header("signature-input"), self.header("signature")).unwrap();
        let (path, query) = match self.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.target.as_str(), None),
        };
        let target = Target {
            method: &self.method,
            path,
            query,
        };
        let digest = self.header("content-digest");
        let key = evas_key().verifying_key();
        claim.verify(&target, digest, key.as_bytes()).unwrap();
        assert!(is_digest_of(digest, &self.body));
        assert_eq!(claim.device(), device_id(key.as_bytes()));
        claim.nonce().as_str().to_owned()
    }
}

/// A server that answers its requests in turn.
struct Server {
    address: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Server {
    async fn that_says(answers: &[Told]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let came = Arc::new(Mutex::new(Vec::new()));
        let mut answers: VecDeque<Told> = answers.iter().copied().collect();
        let seen = Arc::clone(&came);
        tokio::spawn(async move {
            while let Some((status, nonce, code)) = answers.pop_front() {
                let (mut line, _) = listener.accept().await.unwrap();
                let request = read(&mut line).await;
                seen.lock().unwrap().push(request);
                let body = code.map_or_else(String::new, |code| {
                    format!("{{\"hemrond\":\"hemrond-1\",\"code\":\"{code}\",\"message\":\"\"}}")
                });
                let nonce = nonce.map(|nonce| format!("hemrond-nonce: {nonce}\r\n"));
                let answer = format!(
                    "HTTP/1.1 {status} -\r\nconnection: close\r\n\
                     content-type: application/vnd.hemrond.sync\r\n{}content-length: {}\r\n\r\n{body}",
                    nonce.unwrap_or_default(),
                    body.len()
                );
                line.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { address, came }
    }

    fn access(&self) -> Access {
        let key = evas_key();
        Access {
            server: self.address.clone(),
            device: device_id(key.verifying_key().as_bytes()),
            signer: Arc::new(key),
        }
    }

    fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    /// What was asked for, in turn.
    fn targets(&self) -> Vec<String> {
        let came = self.came();
        came.into_iter().map(|came| came.target).collect()
    }
}

fn evas_key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

async fn read(line: &mut TcpStream) -> Came {
    let mut bytes = Vec::new();
    let end = loop {
        let mut more = [0; 4096];
        let count = line.read(&mut more).await.unwrap();
        assert!(count > 0, "the request ends in its head");
        bytes.extend_from_slice(&more[..count]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ').map(str::to_owned);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        let mut more = vec![0; length - body.len()];
        let count = line.read(&mut more).await.unwrap();
        assert!(count > 0, "the request ends in its body");
        body.extend_from_slice(&more[..count]);
    }
    Came {
        method: first.next().unwrap(),
        target: first.next().unwrap(),
        headers,
        body,
    }
}

const OLD: Option<&str> = Some("request.nonce");

#[tokio::test]
async fn a_sync_is_one_request_that_is_signed_with_what_the_last_answer_brought() {
    let server = Server::that_says(&[
        (204, Some("n-1"), None),
        (200, Some("n-2"), None),
        (200, Some("n-3"), None),
        (204, Some("n-4"), None),
    ])
    .await;
    let (http, access) = (HttpTransport::new().unwrap(), server.access());
    http.sync(&access, b"one".to_vec()).await.unwrap();
    http.sync(&access, b"two".to_vec()).await.unwrap();
    assert_eq!(http.news(&access, 41).await, Ok(None));
    // Only the very first asks for a nonce.
    assert_eq!(
        server.targets(),
        ["/v1/nonce", "/v1/sync", "/v1/sync", "/v1/news?after=41"]
    );
    let nonces: Vec<String> = server.came()[1..].iter().map(Came::nonce).collect();
    assert_eq!(nonces, ["n-1", "n-2", "n-3"]);
}

#[tokio::test]
async fn a_nonce_that_has_become_old_costs_one_more_request() {
    let server = Server::that_says(&[
        (204, Some("n-1"), None),
        (401, Some("n-2"), OLD),
        (200, Some("n-3"), None),
    ])
    .await;
    let (http, access) = (HttpTransport::new().unwrap(), server.access());
    http.sync(&access, b"one".to_vec()).await.unwrap();
    let came = server.came();
    assert_eq!(
        (came[1].nonce(), came[2].nonce()),
        ("n-1".into(), "n-2".into())
    );
    assert_eq!(came[1].body, came[2].body);
}

#[tokio::test]
async fn a_server_that_takes_no_nonce_of_its_own_is_not_asked_in_a_circle() {
    for second in [Some("n-3"), None] {
        let server = Server::that_says(&[
            (204, Some("n-1"), None),
            (401, Some("n-2"), OLD),
            (401, second, OLD),
        ])
        .await;
        let (http, access) = (HttpTransport::new().unwrap(), server.access());
        let failed = http.sync(&access, b"one".to_vec()).await;
        assert_eq!(failed, Err(TransportError::Busy));
        assert_eq!(server.came().len(), 3);
    }
    // Nor one that refuses and gives nothing instead.
    let server = Server::that_says(&[(204, Some("n-1"), None), (401, None, OLD)]).await;
    let (http, access) = (HttpTransport::new().unwrap(), server.access());
    let failed = http.sync(&access, b"one".to_vec()).await;
    assert_eq!(failed, Err(TransportError::Busy));
}

#[tokio::test]
async fn what_is_large_is_not_sent_only_to_be_refused() {
    let server = Server::that_says(&[
        (204, Some("n-1"), None),
        (200, Some("n-2"), None),
        (204, Some("n-3"), None),
        (200, Some("n-4"), None),
    ])
    .await;
    let (http, access) = (HttpTransport::new().unwrap(), server.access());
    for _ in 0..2 {
        http.sync(&access, vec![7; 100_000]).await.unwrap();
    }
    let paths = server.targets();
    assert_eq!(paths, ["/v1/nonce", "/v1/sync", "/v1/nonce", "/v1/sync"]);
    assert_eq!(server.came()[3].nonce(), "n-3");
}

#[tokio::test]
async fn what_gives_no_nonce_is_no_server_of_ours() {
    for (answers, error) in [
        ([(200, None, None)], TransportError::NotHemrond),
        ([(404, None, None)], TransportError::NotHemrond),
        ([(200, Some("n 1; x"), None)], TransportError::NotHemrond),
        ([(502, None, None)], TransportError::Failed(502)),
        ([(504, None, None)], TransportError::Timeout),
    ] {
        let server = Server::that_says(&answers).await;
        let (http, access) = (HttpTransport::new().unwrap(), server.access());
        assert_eq!(http.sync(&access, Vec::new()).await, Err(error));
        // Nothing was told to it.
        assert_eq!(server.targets(), ["/v1/nonce"]);
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_sends_nothing() {
    struct Locked;
    impl Signer for Locked {
        fn sign(&self, _: &[u8]) -> Result<[u8; 64], Problem> {
            Err(Problem::new("key.unreadable"))
        }
    }
    let server = Server::that_says(&[(204, Some("n-1"), None)]).await;
    let access = Access {
        signer: Arc::new(Locked),
        ..server.access()
    };
    let http = HttpTransport::new().unwrap();
    let failed = http.sync(&access, b"one".to_vec()).await.unwrap_err();
    assert_eq!(failed.problem().code, "key.unreadable");
    assert_eq!(server.targets(), ["/v1/nonce"]);
}
