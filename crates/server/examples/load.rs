//! A small load on a server that runs already, for the figures in deploy/scale.md.
//!
//! Reads one-time codes, one a line, and enrols a tablet with each; then all of them sync at once,
//! first with nothing new, then with one new change each time. Prints one JSON object per part.
//! What the server itself costs is read beside it, from its process's CPU time.

use chrono::{TimeZone, Utc};
use ed25519_dalek::{Signer as _, SigningKey};
use hemrond_documents::{Actor, Document, Edit};
use hemrond_domain::{
    ids::{PersonId, VisitId},
    record::Header,
};
use hemrond_protocol::{
    ENROL_PATH, Item, ItemKind, NONCE_PATH, PushDocument, SYNC_PATH, SyncRequest, SyncResponse,
    VERSION, encoding,
    enrolment::{EnrolRequest, EnrolResponse, device_id},
    limits,
    signature::{self, Nonce, Target},
};
use std::{convert::Infallible, error::Error, io::BufRead, time::Instant};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How often each tablet syncs in a part: within what a device may ask at once, so that nothing is
/// measured but syncs.
const IDLE_SYNCS: usize = 200;
const PUSHES: usize = 30;

/// Signs each request with the nonce that the last answer brought.
struct Line {
    http: reqwest::Client,
    url: String,
    key: SigningKey,
    nonce: Nonce,
}

fn nonce_of(response: &reqwest::Response) -> Outcome<Nonce> {
    let value = response.headers().get(signature::NONCE).ok_or("no nonce")?;
    Ok(Nonce::read(value.to_str()?)?)
}

impl Line {
    async fn new(url: &str, key: SigningKey) -> Outcome<Self> {
        let http = reqwest::Client::new();
        let response = http.get(format!("{url}{NONCE_PATH}")).send().await?;
        Ok(Self {
            http,
            url: url.to_owned(),
            key,
            nonce: nonce_of(&response)?,
        })
    }

    async fn post(&mut self, path: &str, body: Vec<u8>) -> Outcome<reqwest::Response> {
        let device = device_id(self.key.verifying_key().as_bytes());
        let target = Target {
            method: "POST",
            path,
            query: None,
        };
        let signed = signature::sign(&target, &body, device, &self.nonce, |base| {
            Ok::<_, Infallible>(self.key.sign(base).to_bytes())
        })?;
        let mut request = self.http.post(format!("{}{path}", self.url)).body(body);
        for (name, value) in signed.headers() {
            request = request.header(name, value);
        }
        let response = request.send().await?;
        self.nonce = nonce_of(&response)?;
        Ok(response)
    }
}

struct Tablet {
    line: Line,
    request: SyncRequest,
    document: Document,
}

impl Tablet {
    async fn enrol(url: &str, code: String, number: u8) -> Outcome<Self> {
        let key = SigningKey::from_bytes(&[number; 32]);
        let request = EnrolRequest {
            user: None,
            sealed_key: None,
            code,
            tablet: "load".to_owned(),
            public_key: hex::encode(key.verifying_key().as_bytes()),
        };
        let mut line = Line::new(url, key).await?;
        let body = serde_json::to_vec(&request)?;
        let response = line.post(ENROL_PATH, body).await?.error_for_status()?;
        let enrolled: EnrolResponse = serde_json::from_slice(&response.bytes().await?)?;
        let user = &enrolled.user;
        // Drawn from the device's id, so that a second run writes elsewhere.
        let drawn = *enrolled.device.as_bytes();
        let header = Header::visit(
            user.organisation,
            user.unit,
            PersonId::from_bytes(drawn),
            VisitId::from_bytes(drawn),
        );
        let document = Document::create(&header, Actor::from_random(drawn))?;
        let request = SyncRequest {
            protocol: VERSION,
            epoch: None,
            cursor: 0,
            push: Vec::new(),
            wanted: Vec::new(),
            digest: None,
            page_bytes: limits::PAGE_BYTES,
            app: "load".to_owned(),
            run: None,
            log: None,
            packing: None,
        };
        Ok(Self {
            line,
            request,
            document,
        })
    }

    /// One sync; none if the server asks for a slower pace.
    async fn sync(&mut self) -> Outcome<Option<SyncResponse>> {
        let body = encoding::encode(&self.request)?;
        let response = self.line.post(SYNC_PATH, body).await?;
        if response.status().as_u16() == 429 {
            return Ok(None);
        }
        let body = response.error_for_status()?.bytes().await?;
        let response: SyncResponse = encoding::decode_response(&body)?;
        self.request.epoch = Some(response.epoch);
        self.request.cursor = response.cursor;
        Ok(Some(response))
    }

    fn write(&mut self, number: usize) -> Outcome<()> {
        let at = Utc.with_ymd_and_hms(2026, 11, 3, 9, 0, 0).single();
        let edit = Edit::set("reason", format!("Yrsel {number}"));
        let changes = self.document.edit(at.unwrap_or_default(), &[edit])?;
        let items = changes.into_iter().map(|change| Item {
            kind: ItemKind::Change,
            bytes: change.bytes,
            author: None,
        });
        self.request.push = vec![PushDocument {
            header: self.document.header().into(),
            items: items.collect(),
        }];
        Ok(())
    }

    /// Syncs its part; how often it was answered.
    async fn work(mut self, writing: bool) -> Outcome<(Self, usize)> {
        let mut answered = 0;
        let syncs = if writing { PUSHES } else { IDLE_SYNCS };
        for _ in 0..syncs {
            if writing && self.request.push.is_empty() {
                self.write(answered)?;
            }
            if self.sync().await?.is_some() {
                self.request.push.clear();
                answered += 1;
            }
        }
        Ok((self, answered))
    }
}

async fn part(what: &str, tablets: Vec<Tablet>, writing: bool) -> Outcome<Vec<Tablet>> {
    let begun = Instant::now();
    let count = tablets.len();
    let working: Vec<_> = tablets
        .into_iter()
        .map(|tablet| tokio::spawn(tablet.work(writing)))
        .collect();
    let mut tablets = Vec::new();
    let mut answered = 0;
    for working in working {
        let (tablet, its) = working.await??;
        tablets.push(tablet);
        answered += its;
    }
    let seconds = begun.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss)] // Some thousands.
    let per_second = answered as f64 / seconds;
    println!(
        "{{\"what\":\"{what}\",\"tablets\":{count},\"answered\":{answered},\
         \"seconds\":{seconds:.2},\"per_second\":{per_second:.0}}}"
    );
    Ok(tablets)
}

#[tokio::main]
async fn main() -> Outcome<()> {
    // Fails only if it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = std::env::args().nth(1).ok_or("give the server's address")?;
    let mut tablets = Vec::new();
    for (number, code) in (1..).zip(std::io::stdin().lock().lines()) {
        let mut tablet = Tablet::enrol(&url, code?, number).await?;
        while tablet.sync().await?.is_none_or(|answer| answer.more) {}
        tablets.push(tablet);
    }
    println!("{{\"what\":\"ready\"}}");
    let tablets = part("nothing new", tablets, false).await?;
    part("one new change", tablets, true).await?;
    Ok(())
}
