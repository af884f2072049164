//! A tablet that is nothing but its requests.

use crate::Outcome;
use chrono::{TimeZone as _, Utc};
use ed25519_dalek::{Signer as _, SigningKey};
use hemrond_documents::{Actor, Document, Edit};
use hemrond_domain::{
    ids::{PersonId, VisitId},
    record::Header,
};
use hemrond_protocol::{
    ENROL_PATH, Item, ItemKind, NEWS_PATH, NONCE_PATH, PushDocument, SYNC_PATH, SyncRequest,
    SyncResponse, VERSION, WireId, encoding,
    enrolment::{EnrolRequest, EnrolResponse, device_id},
    limits,
    packing::Packing,
    signature::{self, Nonce, Target},
};
use reqwest::RequestBuilder;
use std::convert::Infallible;

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
        let request = self.http.post(format!("{}{path}", self.url));
        let target = Target {
            method: "POST",
            path,
            query: None,
        };
        self.send(&target, request, body).await
    }

    async fn get(&mut self, path: &str, query: &str) -> Outcome<reqwest::Response> {
        let request = self.http.get(format!("{}{path}?{query}", self.url));
        let target = Target {
            method: "GET",
            path,
            query: Some(query),
        };
        self.send(&target, request, Vec::new()).await
    }

    async fn send(
        &mut self,
        target: &Target<'_>,
        request: RequestBuilder,
        body: Vec<u8>,
    ) -> Outcome<reqwest::Response> {
        let device = device_id(self.key.verifying_key().as_bytes());
        let signed = signature::sign(target, &body, device, &self.nonce, |base| {
            Ok::<_, Infallible>(self.key.sign(base).to_bytes())
        })?;
        let mut request = request.body(body);
        for (name, value) in signed.headers() {
            request = request.header(name, value);
        }
        let response = request.send().await?;
        self.nonce = nonce_of(&response)?;
        Ok(response)
    }
}

pub(crate) struct Tablet {
    line: Line,
    request: SyncRequest,
    documents: Vec<Document>,
}

impl Tablet {
    /// Enrols a tablet that has this many visits of its own.
    pub(crate) async fn enrol(url: &str, code: String, number: u32, visits: u8) -> Outcome<Self> {
        // Whoever only brings something is not held up by what others wrote.
        let page_bytes = if visits > 1 { 1 } else { limits::PAGE_BYTES };
        let mut seed = [0; 32];
        for (place, byte) in seed.iter_mut().zip(number.to_le_bytes().iter().cycle()) {
            *place = *byte;
        }
        let key = SigningKey::from_bytes(&seed);
        let request = EnrolRequest {
            user: None,
            sealed_key: None,
            sign_in: None,
            code,
            tablet: "load".to_owned(),
            public_key: hex::encode(key.verifying_key().as_bytes()),
        };
        let mut line = Line::new(url, key).await?;
        let body = serde_json::to_vec(&request)?;
        let response = line.post(ENROL_PATH, body).await?.error_for_status()?;
        let enrolled: EnrolResponse = serde_json::from_slice(&response.bytes().await?)?;
        let user = &enrolled.user;
        let mut documents = Vec::new();
        for visit in 0..visits {
            // Drawn from the device's id, so that a second run writes elsewhere.
            let mut drawn = *enrolled.device.as_bytes();
            if let Some(last) = drawn.last_mut() {
                *last = visit;
            }
            let header = Header::visit(
                user.organisation,
                user.unit,
                PersonId::from_bytes(drawn),
                VisitId::from_bytes(drawn),
            );
            documents.push(Document::create(&header, Actor::from_random(drawn))?);
        }
        let request = SyncRequest {
            protocol: VERSION,
            epoch: None,
            cursor: 0,
            push: Vec::new(),
            wanted: Vec::new(),
            digest: None,
            page_bytes,
            app: "load".to_owned(),
            // What it sent itself is not sent back to it.
            run: Some(WireId(*enrolled.device.as_bytes())),
            log: None,
            packing: Some(Packing::read()),
            elsewhere: None,
            looked: None,
        };
        Ok(Self {
            line,
            request,
            documents,
        })
    }

    /// One sync; none if the server asks for a slower pace.
    pub(crate) async fn sync(&mut self) -> Outcome<Option<SyncResponse>> {
        let body = encoding::encode_packed(self.request.clone())?;
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

    /// Waits for news until there is some or the server has nothing to say.
    pub(crate) async fn news(&mut self) -> Outcome<()> {
        let query = format!("after={}", self.request.cursor);
        let response = self.line.get(NEWS_PATH, &query).await?;
        response.error_for_status()?;
        Ok(())
    }

    /// A change in each of its visits, to be pushed with the next sync.
    pub(crate) fn write(&mut self, number: usize) -> Outcome<()> {
        let at = Utc.with_ymd_and_hms(2026, 11, 3, 9, 0, 0).single();
        let edit = [Edit::set("reason", format!("Yrsel {number}"))];
        self.request.push.clear();
        for document in &mut self.documents {
            let changes = document.edit(at.unwrap_or_default(), &edit)?;
            let items = changes.into_iter().map(|change| Item {
                kind: ItemKind::Change,
                bytes: change.bytes,
                author: None,
            });
            self.request.push.push(PushDocument {
                header: document.header().into(),
                items: items.collect(),
            });
        }
        Ok(())
    }

    /// Whether something is to be pushed.
    pub(crate) const fn is_waiting(&self) -> bool {
        !self.request.push.is_empty()
    }

    /// What was pushed is on the server.
    pub(crate) fn is_taken(&mut self) {
        self.request.push.clear();
    }
}
