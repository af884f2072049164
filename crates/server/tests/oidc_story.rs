//! Stories of signing in with a card, by a small conforming identity provider of the tests' own: a
//! real HTTP server on this machine that signs with Ed25519, and may be told to do one thing wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ed25519_dalek::{Signer, SigningKey};
use hemrond_audit::{Action, Record};
use hemrond_server::{
    environment::Clock,
    office::Office,
    sign_in::card::{CardConfig, CardError, Cards},
    storage::LogQuery,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use support::{Backend, Browser, CHEAP, Page, Pages, TestClock, Town, weigh};
use tokio::net::TcpListener;

const CLIENT: &str = "hemrond";
const SECRET: &str = "provets hemlighet";
const LOA3: &str = "http://id.sambi.se/loa/loa3";
const HSA: &str = "SE1111111116-PERDAHL";

/// What the provider does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    Nonce,
    Audience,
    MoreAudience,
    Issuer,
    Expired,
    Signature,
    Unsigned,
    LowLevel,
    NoLevel,
    NoClaim,
    OtherPerson,
    Denies,
    NamesAnother,
}

/// A code that was given out, with what it was asked for.
struct Given {
    nonce: String,
    challenge: String,
    redirect: String,
}

struct Provider {
    issuer: String,
    clock: Arc<TestClock>,
    fault: Mutex<Fault>,
    /// The key that signs now; the provider may turn to another.
    key: Mutex<(String, SigningKey)>,
    codes: Mutex<BTreeMap<String, Given>>,
    asked: Mutex<BTreeMap<String, String>>,
}

type Shared = Arc<Provider>;

impl Provider {
    async fn start(clock: Arc<TestClock>) -> Shared {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Arc::new(Self {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            clock,
            fault: Mutex::new(Fault::None),
            key: Mutex::new(("k1".to_owned(), SigningKey::from_bytes(&[1; 32]))),
            codes: Mutex::default(),
            asked: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    fn is(&self, fault: Fault) -> bool {
        *self.fault.lock().unwrap() == fault
    }

    fn sign(&self, claims: &Value) -> String {
        let (id, key) = self.key.lock().unwrap().clone();
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        if self.is(Fault::Unsigned) {
            return format!("{}.{}.", encode(&json!({"alg": "none"})), encode(claims));
        }
        let head = json!({"alg": "EdDSA", "kid": id, "typ": "JWT"});
        let signed = format!("{}.{}", encode(&head), encode(claims));
        let key = if self.is(Fault::Signature) {
            SigningKey::from_bytes(&[99; 32])
        } else {
            key
        };
        let signature = key.sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn describe(State(provider): State<Shared>) -> Json<Value> {
    let issuer = &provider.issuer;
    let named = if provider.is(Fault::NamesAnother) {
        "https://annan.example".to_owned()
    } else {
        issuer.clone()
    };
    Json(json!({
        "issuer": named,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "EdDSA"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(provider): State<Shared>) -> Json<Value> {
    let (id, key) = provider.key.lock().unwrap().clone();
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    Json(json!({"keys": [
        {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": id, "x": x},
    ]}))
}

/// The person holds their card against the reader at once.
async fn authorize(
    State(provider): State<Shared>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    provider.asked.lock().unwrap().clone_from(&asked);
    let fine = asked["client_id"] == CLIENT
        && asked["response_type"] == "code"
        && asked["code_challenge_method"] == "S256"
        && asked["scope"].split(' ').any(|scope| scope == "openid");
    if !fine {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let (back, state) = (&asked["redirect_uri"], &asked["state"]);
    if provider.is(Fault::Denies) {
        let to = format!("{back}?error=access_denied&state={state}");
        return Redirect::to(&to).into_response();
    }
    let code = format!("kod{}", provider.codes.lock().unwrap().len());
    let given = Given {
        nonce: asked["nonce"].clone(),
        challenge: asked["code_challenge"].clone(),
        redirect: back.clone(),
    };
    provider.codes.lock().unwrap().insert(code.clone(), given);
    let issuer = &provider.issuer;
    let to = format!("{back}?code={code}&state={state}&iss={issuer}");
    Redirect::to(&to).into_response()
}

async fn token(
    State(provider): State<Shared>,
    headers: HeaderMap,
    Form(sent): Form<BTreeMap<String, String>>,
) -> Response {
    let refused =
        |why: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": why}))).into_response();
    let basic = headers["authorization"].to_str().unwrap();
    let basic = basic.strip_prefix("Basic ").unwrap();
    let proof = String::from_utf8(STANDARD.decode(basic).unwrap()).unwrap();
    let escaped = SECRET.replace(' ', "+");
    if proof != format!("{CLIENT}:{escaped}") {
        return refused("invalid_client");
    }
    // A code is gone once it was shown.
    let Some(given) = provider.codes.lock().unwrap().remove(&sent["code"]) else {
        return refused("invalid_grant");
    };
    let verifier = Sha256::digest(sent["code_verifier"].as_bytes());
    if URL_SAFE_NO_PAD.encode(verifier) != given.challenge || sent["redirect_uri"] != given.redirect
    {
        return refused("invalid_grant");
    }
    let now = provider.clock.now_ms() / 1000;
    let mut claims = json!({
        "iss": provider.issuer, "sub": "person-1", "aud": CLIENT, "iat": now, "exp": now + 300,
        "nonce": given.nonce, "acr": LOA3, "employeeHsaId": HSA,
    });
    let fault = *provider.fault.lock().unwrap();
    match fault {
        Fault::Nonce => claims["nonce"] = json!("en annan"),
        Fault::Audience => claims["aud"] = json!("en annan"),
        Fault::MoreAudience => claims["aud"] = json!([CLIENT, "en annan"]),
        Fault::Issuer => claims["iss"] = json!("https://annan.example"),
        Fault::Expired => claims["exp"] = json!(now - 1),
        Fault::LowLevel => claims["acr"] = json!("http://id.sambi.se/loa/loa2"),
        Fault::NoLevel => drop(claims.as_object_mut().unwrap().remove("acr")),
        Fault::NoClaim => drop(claims.as_object_mut().unwrap().remove("employeeHsaId")),
        Fault::OtherPerson => claims["employeeHsaId"] = json!("SE1111111116-OKAND"),
        _ => {}
    }
    Json(json!({
        "access_token": "används inte", "token_type": "Bearer", "expires_in": 300,
        "id_token": provider.sign(&claims),
    }))
    .into_response()
}

fn config(issuer: &str, back: String) -> CardConfig {
    CardConfig {
        issuer: issuer.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: Some(SECRET.to_owned()),
        claim: "employeeHsaId".to_owned(),
        levels: vec![LOA3.to_owned(), "http://id.sambi.se/loa/loa4".to_owned()],
        back,
    }
}

/// A town whose administrator has a card.
struct Story {
    pages: Pages,
    provider: Shared,
}

impl Story {
    async fn new() -> Self {
        let town = Town::new(Backend::Sqlite).await;
        for role in hemrond_domain::people::Role::ALL {
            weigh(&town, role).await;
        }
        let provider = Provider::start(town.clock.clone()).await;
        let issuer = provider.issuer.clone();
        let cards = move |address: &hemrond_server::admin::PageAddress| {
            Some(Cards::new(config(&issuer, address.card_back())).unwrap())
        };
        let pages = Pages::open(town, CHEAP, cards).await;
        let story = Self { pages, provider };
        story.give_card("Per", HSA).await;
        story
    }

    async fn give_card(&self, name: &str, hsa: &str) {
        let town = &self.pages.town;
        let user = town.user(name).await.id;
        let account = town.storage.user(user).await.unwrap().unwrap();
        let administration = town.administration();
        let office = Office {
            administration: &administration,
            actor: None,
        };
        office.name_card(&account, hsa).await.unwrap();
    }

    fn fault(&self, fault: Fault) {
        *self.provider.fault.lock().unwrap() = fault;
    }

    /// To the provider, and the address that it sends the browser back to.
    async fn away(&self, browser: &mut Browser) -> String {
        let page = browser.get("/admin/card").await;
        assert_eq!(page.status, 303, "{}", page.text);
        let at_the_provider = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap()
            .get(page.location())
            .send()
            .await
            .unwrap();
        let back = at_the_provider.headers()["location"].to_str().unwrap();
        assert!(back.starts_with(&self.pages.origin), "{back}");
        back.to_owned()
    }

    /// What the access log says of those who did not come in.
    async fn failed(&self) -> Vec<String> {
        let query = LogQuery {
            most: 1_000,
            ..LogQuery::default()
        };
        let entries = self.pages.town.storage.log_entries(query).await.unwrap();
        entries
            .iter()
            .map(|entry| Record::decode(&entry.bytes).unwrap().event)
            .filter(|event| event.action == Action::LoginFailed)
            .map(|event| event.reason.unwrap())
            .collect()
    }

    async fn sign_in(&self, browser: &mut Browser) -> Page {
        let back = self.away(browser).await;
        let page = browser.get(&back).await;
        browser.follow(page).await
    }
}

#[tokio::test]
async fn per_signs_in_with_his_card() {
    let story = Story::new().await;
    let mut browser = story.pages.browser();
    let page = browser.get("/admin/sign-in").await;
    assert!(page.has("Logga in med kort"));
    let page = story.sign_in(&mut browser).await;
    assert!(page.has("<h1>Användare</h1>"), "{}", page.text);
    assert!(!browser.cookies.contains_key("hemrond-way"));
    let asked = story.provider.asked.lock().unwrap().clone();
    assert!(asked["acr_values"].contains(LOA3));
    assert_eq!(story.pages.acts().await, ["card_named", "signed_in"]);
}

/// OpenID Connect Core 1.0, 3.1.3.7; RFC 9207; HSLF-FS 2016:40 3:15 for the level.
#[tokio::test]
async fn no_word_is_taken_that_is_not_as_it_must_be() {
    let story = Story::new().await;
    for fault in [
        Fault::Nonce,
        Fault::Audience,
        Fault::MoreAudience,
        Fault::Issuer,
        Fault::Expired,
        Fault::Signature,
        Fault::Unsigned,
        Fault::LowLevel,
        Fault::NoLevel,
        Fault::NoClaim,
        Fault::OtherPerson,
        Fault::Denies,
    ] {
        let mut browser = story.pages.browser();
        story.fault(fault);
        let page = story.sign_in(&mut browser).await;
        assert_eq!(page.status, 403, "{fault:?}: {}", page.text);
        assert!(page.has("role=\"alert\""), "{fault:?}");
        assert!(
            !browser.cookies.contains_key("hemrond-session"),
            "{fault:?}"
        );
        story.fault(Fault::None);
        let page = story.sign_in(&mut browser).await;
        assert_eq!(page.status, 200, "{fault:?}, and then without");
    }
}

#[tokio::test]
async fn a_way_back_belongs_to_one_browser_one_provider_and_ten_minutes() {
    let story = Story::new().await;
    let mut browser = story.pages.browser();
    let back = story.away(&mut browser).await;
    let mut other = story.pages.browser();
    assert_eq!(
        other.get(&back).await.status,
        403,
        "somebody else's browser"
    );
    story.away(&mut other).await;
    assert_eq!(other.get(&back).await.status, 403, "somebody else's way");

    let state = back
        .split("state=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let forged = back.replace(state, "hittepa");
    assert_eq!(browser.get(&forged).await.status, 403);
    assert_eq!(browser.get(&back).await.status, 403, "a way is gone once");

    let back = story.away(&mut browser).await;
    let mixed = back.replace(
        &format!("iss={}", story.provider.issuer),
        "iss=http://annan.example",
    );
    assert_ne!(mixed, back);
    assert_eq!(browser.get(&mixed).await.status, 403, "mixed up");

    let back = story.away(&mut browser).await;
    story.pages.town.clock.forward(Duration::from_secs(601));
    assert_eq!(browser.get(&back).await.status, 403, "ten minutes");

    let back = story.away(&mut browser).await;
    let kept = browser.cookies.clone();
    assert_eq!(browser.get(&back).await.location(), "/admin/users");
    let mut thief = story.pages.browser();
    thief.cookies = kept;
    let page = thief.get(&back).await;
    assert_eq!(page.status, 403, "a code is taken once, whoever brings it");
    assert!(page.has("godtogs inte"), "{}", page.text);
}

#[tokio::test]
async fn a_card_opens_only_for_an_open_administrator() {
    let story = Story::new().await;
    story.give_card("Per", "").await;
    story.give_card("Eva", HSA).await;
    let mut browser = story.pages.browser();
    let page = story.sign_in(&mut browser).await;
    assert!(page.has("för administratörer"), "Eva is a nurse");
    story.give_card("Eva", "").await;
    story.give_card("Per", HSA).await;
    let per = story.pages.town.user("Per").await.id;
    let administration = story.pages.town.administration();
    administration.deactivate(per).await.unwrap();
    let page = story.sign_in(&mut browser).await;
    assert_eq!(page.status, 403);
    assert!(page.has("något öppet konto"), "{}", page.text);
    assert!(!browser.cookies.contains_key("hemrond-session"));
    assert_eq!(story.failed().await, ["sign_in_failed card_unknown"]);
}

/// AC20: whoever comes back from nowhere stands in the log, and fills no disk with it.
#[tokio::test]
async fn who_fails_by_card_is_logged_and_only_so_often() {
    let story = Story::new().await;
    story.fault(Fault::Denies);
    let mut browser = story.pages.browser();
    assert_eq!(story.sign_in(&mut browser).await.status, 403);
    story.fault(Fault::Nonce);
    assert_eq!(story.sign_in(&mut browser).await.status, 403);
    let failed = story.failed().await;
    let expected = [
        "sign_in_failed card_broken_off",
        "sign_in_failed card_refused",
    ];
    assert_eq!(failed, expected);
    for _ in 0..60 {
        let page = browser.get("/admin/card/back?code=x&state=y").await;
        assert_eq!(page.status, 403);
    }
    let failed = story.failed().await;
    assert_eq!(failed.len(), 50);
    assert_eq!(failed[49], "sign_in_failed card_not_ours");
    story.pages.town.clock.forward(Duration::from_secs(60));
    browser.get("/admin/card/back").await;
    assert_eq!(story.failed().await.len(), 51);
}

#[tokio::test]
async fn a_provider_that_turns_to_another_key_is_understood() {
    let story = Story::new().await;
    let mut browser = story.pages.browser();
    assert_eq!(story.sign_in(&mut browser).await.status, 200);
    *story.provider.key.lock().unwrap() = ("k2".to_owned(), SigningKey::from_bytes(&[2; 32]));
    story.pages.town.clock.forward(Duration::from_secs(120));
    assert_eq!(story.sign_in(&mut browser).await.status, 200);
}

#[tokio::test]
async fn a_provider_that_names_another_or_is_away_lets_nobody_in() {
    let story = Story::new().await;
    story.fault(Fault::NamesAnother);
    let mut browser = story.pages.browser();
    let page = browser.get("/admin/card").await;
    assert_eq!(page.status, 502);
    assert!(
        page.has("svarar inte") && page.has("Lösenord"),
        "{}",
        page.text
    );
    story.fault(Fault::None);
    assert_eq!(story.sign_in(&mut browser).await.status, 200);
}

#[test]
fn a_configuration_that_cannot_be_safe_is_refused() {
    let good = config(
        "https://idp.example",
        "https://h.example/admin/card/back".to_owned(),
    );
    // Fails only if another test has done it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Cards::new(good.clone()).unwrap();
    for bad in [
        CardConfig {
            issuer: "http://idp.example".to_owned(),
            ..good.clone()
        },
        CardConfig {
            issuer: "idp".to_owned(),
            ..good.clone()
        },
        CardConfig {
            levels: vec![],
            ..good.clone()
        },
        CardConfig {
            levels: vec![" ".to_owned()],
            ..good.clone()
        },
        CardConfig {
            claim: String::new(),
            ..good.clone()
        },
        CardConfig {
            client_id: String::new(),
            ..good.clone()
        },
    ] {
        let refused = Cards::new(bad);
        assert!(matches!(refused, Err(CardError::Config(_))));
    }
}
