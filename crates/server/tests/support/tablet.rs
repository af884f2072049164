//! A tablet as the server sees it: key, documents, outbox, cursor.

use super::KOMMUN;
use chrono::{DateTime, TimeZone, Utc};
use ed25519_dalek::{Signer, SigningKey};
use hemrond_documents::{
    Actor, Document, Edit,
    entry::{self, ActContent, ActSigner, EntryContent, SignedEntry},
};
use hemrond_domain::{
    ids::{DeviceId, UserId},
    law::{Act, ActId},
    people::User,
    record::{DocumentId, Header},
};
use hemrond_protocol::{
    Delivery, ENROL_PATH, Epoch, Item, ItemKind, NEWS_PATH, NONCE_PATH, Outcome, PushDocument,
    SYNC_PATH, SyncRequest, SyncResponse, VERSION, WireId, encoding,
    enrolment::{EnrolRequest, EnrolResponse, EnrolSignIn, Problem, device_id},
    limits,
    signature::{self, Nonce, Signed, Target},
};
use rand::RngCore;
use std::collections::BTreeMap;

/// What came back: an answer, or a status and a problem.
pub type Answer<T> = Result<T, (u16, Problem)>;

#[derive(Clone)]
pub struct Tablet {
    pub url: String,
    pub http: reqwest::Client,
    pub device: DeviceId,
    pub user: User,
    pub key: SigningKey,
    pub epoch: Option<Epoch>,
    pub cursor: u64,
    pub actor: Actor,
    pub documents: BTreeMap<DocumentId, Document>,
    pub outbox: Vec<(Header, Item)>,
    pub wanted: Vec<DocumentId>,
    /// The verdicts of the last sync that pushed.
    pub verdicts: Vec<Outcome>,
}

impl Tablet {
    /// Enrols in the town.
    pub async fn enrol(url: &str, code: &str) -> Answer<Self> {
        let tablet = Self::enrol_anywhere(url, code).await?;
        assert_eq!(tablet.user.organisation, KOMMUN);
        Ok(tablet)
    }

    pub async fn enrol_anywhere(url: &str, code: &str) -> Answer<Self> {
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        Self::enrol_with(url, code, SigningKey::from_bytes(&seed), None).await
    }

    /// Enrols with a key, for whoever the code is for or for one account only.
    pub async fn enrol_with(
        url: &str,
        code: &str,
        key: SigningKey,
        user: Option<UserId>,
    ) -> Answer<Self> {
        let (tablet, _) = Self::rescue(url, code, key, user, None).await?;
        Ok(tablet)
    }

    /// The same, with a sealed database key; beside the tablet the whole answer.
    pub async fn rescue(
        url: &str,
        code: &str,
        key: SigningKey,
        user: Option<UserId>,
        sealed_key: Option<String>,
    ) -> Answer<(Self, EnrolResponse)> {
        let request = EnrolRequest {
            user,
            sealed_key,
            sign_in: None,
            code: code.to_owned(),
            tablet: "Surfplatta".to_owned(),
            public_key: hex::encode(key.verifying_key().as_bytes()),
        };
        Self::ask_to_enrol(url, key, &request).await
    }

    /// Enrols with what a person signs in with, besides the code.
    pub async fn enrol_signed_in(url: &str, code: &str, sign_in: EnrolSignIn) -> Answer<Self> {
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        let key = SigningKey::from_bytes(&seed);
        let request = EnrolRequest {
            user: None,
            sealed_key: None,
            sign_in: Some(sign_in),
            code: code.to_owned(),
            tablet: "Surfplatta".to_owned(),
            public_key: hex::encode(key.verifying_key().as_bytes()),
        };
        let (tablet, _) = Self::ask_to_enrol(url, key, &request).await?;
        Ok(tablet)
    }

    async fn ask_to_enrol(
        url: &str,
        key: SigningKey,
        request: &EnrolRequest,
    ) -> Answer<(Self, EnrolResponse)> {
        let public_key = *key.verifying_key().as_bytes();
        let signer = Signing {
            http: reqwest::Client::new(),
            url: url.to_owned(),
            device: device_id(&public_key),
            key: key.clone(),
        };
        let body = serde_json::to_vec(request).unwrap();
        let response = signer.post(ENROL_PATH, body).await;
        let http = signer.http;
        let body = read(response).await?;
        let enrolled: EnrolResponse = serde_json::from_slice(&body).unwrap();
        let told = enrolled.clone();
        let tablet = Self {
            url: url.to_owned(),
            http,
            device: enrolled.device,
            user: enrolled.user,
            key,
            epoch: None,
            cursor: 0,
            actor: new_actor(),
            documents: BTreeMap::new(),
            outbox: Vec::new(),
            wanted: Vec::new(),
            verdicts: Vec::new(),
        };
        Ok((tablet, told))
    }

    /// Writes in a document, on this tablet only.
    pub fn write(&mut self, header: &Header, edits: &[Edit]) {
        let at = Utc.with_ymd_and_hms(2026, 11, 3, 9, 0, 0).unwrap();
        let actor = self.actor;
        let document = self
            .documents
            .entry(header.id())
            .or_insert_with(|| Document::create(header, actor).unwrap());
        for change in document.edit(at, edits).unwrap() {
            let item = Item {
                kind: ItemKind::Change,
                bytes: change.bytes,
                author: None,
            };
            self.outbox.push((header.clone(), item));
        }
    }

    /// Signs a document as it is on this tablet.
    pub fn sign(&mut self, header: &Header) {
        let item = signed(&self.documents[&header.id()], self, &self.key);
        self.outbox.push((header.clone(), item));
    }

    /// Makes a legal act about Astrid, on this tablet only.
    pub fn act(&mut self, act: &Act, made_at: DateTime<Utc>) -> ActId {
        self.act_in(Header::acts(KOMMUN, super::ASTRID), act, made_at)
    }

    /// Makes a legal act in an acts document, on this tablet only.
    pub fn act_in(&mut self, header: Header, act: &Act, made_at: DateTime<Utc>) -> ActId {
        let signer = ActSigner {
            author: self.user.id,
            author_name: self.user.name.clone(),
            device: self.device,
            role: self.user.role,
            unit: self.user.unit,
            made_at,
        };
        let content = ActContent::of(&header, act, signer).unwrap();
        let signed = SignedEntry::sign_act(&content, |message| self.key.sign(message).to_bytes());
        let signed = signed.unwrap();
        let item = Item {
            kind: ItemKind::Entry,
            bytes: signed.encode().unwrap(),
            author: None,
        };
        self.outbox.push((header, item));
        ActId(signed.hash().0)
    }

    /// The next request.
    pub fn request(&self) -> SyncRequest {
        let mut push: Vec<PushDocument> = Vec::new();
        for (header, item) in &self.outbox {
            let header = header.into();
            match push.iter_mut().find(|document| document.header == header) {
                Some(document) => document.items.push(item.clone()),
                None => push.push(PushDocument {
                    header,
                    items: vec![item.clone()],
                }),
            }
        }
        SyncRequest {
            protocol: VERSION,
            epoch: self.epoch,
            cursor: self.cursor,
            push,
            wanted: self.wanted.iter().map(|id| WireId::from(*id)).collect(),
            digest: None,
            page_bytes: limits::PAGE_BYTES,
            app: "test".to_owned(),
            run: None,
            log: None,
            packing: None,
            elsewhere: None,
            looked: None,
        }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: &SyncRequest) -> Answer<SyncResponse> {
        self.send_body(encoding::encode(request).unwrap()).await
    }

    pub async fn send_body(&self, body: Vec<u8>) -> Answer<SyncResponse> {
        let body = read(self.signing().post(SYNC_PATH, body).await).await?;
        Ok(encoding::decode_response(&body).unwrap())
    }

    /// Syncs until the feed's end. The outbox is emptied, whatever the verdicts.
    pub async fn sync(&mut self) -> Vec<SyncResponse> {
        let mut answers = Vec::new();
        loop {
            let response = self.send(&self.request()).await.unwrap();
            if !self.outbox.is_empty() {
                self.verdicts = response.verdicts.iter().flatten().cloned().collect();
                self.outbox.clear();
            }
            let more = response.more;
            self.take(&response);
            answers.push(response);
            if !more {
                return answers;
            }
        }
    }

    /// Takes an answer in.
    pub fn take(&mut self, response: &SyncResponse) {
        for gone in &response.gone {
            self.documents.remove(&DocumentId::from(*gone));
        }
        for delivery in &response.deliveries {
            self.deliver(delivery);
        }
        if self.epoch.is_none_or(|epoch| epoch == response.epoch) {
            self.epoch = Some(response.epoch);
            self.cursor = response.cursor;
        }
    }

    /// Takes the items of one document in.
    pub fn deliver(&mut self, delivery: &Delivery) {
        let header = Header::try_from(&delivery.header).unwrap();
        let actor = self.actor;
        let document = self
            .documents
            .entry(header.id())
            .or_insert_with(|| Document::create(&header, actor).unwrap());
        let changes = delivery
            .items
            .iter()
            .filter(|item| item.kind == ItemKind::Change);
        let applied = document
            .apply(changes.map(|item| item.bytes.clone()))
            .unwrap();
        assert!(
            applied.waiting.is_empty(),
            "items come after those that they build on"
        );
    }

    /// A field as this tablet has it.
    pub fn field(&self, header: &Header, field: &str) -> Option<String> {
        let content = self.documents.get(&header.id())?.content();
        content.fields.get(field).map(ToString::to_string)
    }

    pub fn holds(&self, header: &Header) -> bool {
        self.documents.contains_key(&header.id())
    }

    /// Waits for news, as the app does.
    pub async fn news(&self, after: u64) -> reqwest::Response {
        self.asks_for_news(&format!("after={after}")).await
    }

    pub async fn asks_for_news(&self, query: &str) -> reqwest::Response {
        let signing = self.signing();
        let nonce = signing.nonce().await;
        let target = Target {
            method: "GET",
            path: NEWS_PATH,
            query: Some(query),
        };
        let request = signing.request(&target, Vec::new(), &nonce);
        request.send().await.unwrap()
    }

    /// What signs this tablet's requests.
    pub fn signing(&self) -> Signing {
        Signing {
            http: self.http.clone(),
            url: self.url.clone(),
            device: self.device,
            key: self.key.clone(),
        }
    }
}

/// Signs requests as a tablet does.
#[derive(Clone)]
pub struct Signing {
    pub http: reqwest::Client,
    pub url: String,
    pub device: DeviceId,
    pub key: SigningKey,
}

impl Signing {
    /// A nonce of the server's.
    pub async fn nonce(&self) -> Nonce {
        let request = self.http.get(format!("{}{NONCE_PATH}", self.url));
        nonce_of(&request.send().await.unwrap())
    }

    /// The headers that make a request this tablet's.
    pub fn sign(&self, target: &Target<'_>, body: &[u8], nonce: &Nonce) -> Signed {
        signature::sign(target, body, self.device, nonce, |base| {
            Ok::<_, std::convert::Infallible>(self.key.sign(base).to_bytes())
        })
        .unwrap()
    }

    /// A signed request that was not sent yet.
    pub fn request(
        &self,
        target: &Target<'_>,
        body: Vec<u8>,
        nonce: &Nonce,
    ) -> reqwest::RequestBuilder {
        let signed = self.sign(target, &body, nonce);
        self.request_with(target, body, &signed)
    }

    /// A request with these headers, whatever they were made for.
    pub fn request_with(
        &self,
        target: &Target<'_>,
        body: Vec<u8>,
        signed: &Signed,
    ) -> reqwest::RequestBuilder {
        let query = target.query.map(|query| format!("?{query}"));
        let url = format!("{}{}{}", self.url, target.path, query.unwrap_or_default());
        let mut request = self.http.request(target.method.parse().unwrap(), url);
        for (name, value) in signed.headers() {
            request = request.header(name, value);
        }
        request.body(body)
    }

    /// Posts a body with a nonce of its own.
    pub async fn post(&self, path: &str, body: Vec<u8>) -> reqwest::Response {
        let nonce = self.nonce().await;
        let target = Target {
            method: "POST",
            path,
            query: None,
        };
        let request = self.request(&target, body, &nonce);
        request.send().await.unwrap()
    }
}

/// The nonce that an answer brings.
pub fn nonce_of(response: &reqwest::Response) -> Nonce {
    let value = response.headers().get(signature::NONCE).expect("a nonce");
    Nonce::read(value.to_str().unwrap()).unwrap()
}

/// An entry over everything that the document says, as somebody's tablet would sign it.
pub fn signed(document: &Document, signer: &Tablet, key: &SigningKey) -> Item {
    let who = entry::Signer {
        author: signer.user.id,
        author_name: signer.user.name.clone(),
        device: signer.device,
        signed_at: Utc.with_ymd_and_hms(2026, 11, 3, 10, 0, 0).unwrap(),
    };
    let content = EntryContent::of(document, &document.heads(), who, None).unwrap();
    let entry = SignedEntry::sign(&content, |message| key.sign(message).to_bytes()).unwrap();
    Item {
        kind: ItemKind::Entry,
        bytes: entry.encode().unwrap(),
        author: None,
    }
}

pub fn new_actor() -> Actor {
    let mut bytes = [0; 16];
    rand::rng().fill_bytes(&mut bytes);
    Actor::from_random(bytes)
}

pub async fn read(response: reqwest::Response) -> Answer<Vec<u8>> {
    let status = response.status();
    let body = response.bytes().await.unwrap();
    if status.is_success() {
        Ok(body.to_vec())
    } else {
        let problem = serde_json::from_slice(&body)
            .unwrap_or_else(|_| panic!("{status}: {}", String::from_utf8_lossy(&body)));
        Err((status.as_u16(), problem))
    }
}
