//! Stories of signed requests: what is stolen of one is worth nothing elsewhere, later or again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use ed25519_dalek::{Signer as _, SigningKey};
use hemrond_documents::Edit;
use hemrond_protocol::{
    Epoch, NEWS_PATH, Outcome, SYNC_PATH, encoding,
    enrolment::{EnrolRequest, device_id},
    signature::{Nonce, Signed, Target, content_digest},
};
use std::time::Duration;
use support::{Backend, Signing, Tablet, Town, nonce_of, process, read, visit};

on_every_storage!(
    two_processes_take_each_others_nonces,
    a_restored_server_gives_out_its_own_nonces,
);

const SYNC: Target<'static> = Target {
    method: "POST",
    path: SYNC_PATH,
    query: None,
};

/// Sends a request and says how it was answered: with its status, and its code if it was refused.
async fn answer(request: reqwest::RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    // Every answer brings what the next request is signed with.
    nonce_of(&response);
    match read(response).await {
        Ok(_) => (status, String::new()),
        Err((_, problem)) => {
            let sentence = problem.message;
            assert!(sentence.contains("; "), "what to do: {sentence}");
            (status, problem.code)
        }
    }
}

fn refused(code: &str) -> (u16, String) {
    (401, code.to_owned())
}

fn taken() -> (u16, String) {
    (200, String::new())
}

/// A sync of Eva's with nothing new.
fn body(eva: &Tablet) -> Vec<u8> {
    encoding::encode(&eva.request()).unwrap()
}

#[tokio::test]
async fn a_stolen_request_is_worth_nothing_for_anything_else() {
    let town = Town::new(Backend::Memory).await;
    let mut eva = town.tablet("Eva").await;
    let omar = town.tablet("Omar").await;
    let evas = eva.signing();
    let whole = body(&eva);
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    let other = body(&eva);
    let nonce = evas.nonce().await;
    let stolen = evas.sign(&SYNC, &whole, &nonce);
    // Another body, with the digest that was signed and with its own.
    let with = |body: &[u8], signed: &Signed| evas.request_with(&SYNC, body.to_vec(), signed);
    let own_digest = Signed {
        content_digest: content_digest(&other),
        ..stolen.clone()
    };
    assert_eq!(
        answer(with(&other, &own_digest)).await,
        refused("request.signature")
    );
    // Another path, method and query.
    let news = Target {
        method: "GET",
        path: NEWS_PATH,
        query: Some("after=0"),
    };
    for target in [
        news,
        Target {
            query: Some("after=1"),
            ..SYNC
        },
    ] {
        let request = evas.request_with(&target, whole.clone(), &stolen);
        assert_eq!(answer(request).await, refused("request.signature"));
    }
    let waits = evas.sign(&news, b"", &nonce);
    let longer = Target {
        query: Some("after=99"),
        ..news
    };
    let request = evas.request_with(&longer, Vec::new(), &waits);
    assert_eq!(answer(request).await, refused("request.signature"));
    // Another tablet's name, and another nonce.
    let input = &stolen.signature_input;
    let omars = input.replace(&eva.device.to_string(), &omar.device.to_string());
    let later = input.replace(nonce.as_str(), evas.nonce().await.as_str());
    for signature_input in [omars, later] {
        assert_ne!(signature_input, *input);
        let changed = Signed {
            signature_input,
            ..stolen.clone()
        };
        assert_eq!(
            answer(with(&whole, &changed)).await,
            refused("request.signature")
        );
    }
    // What Eva signed is still good for what she asked, and for once.
    assert_eq!(answer(with(&whole, &stolen)).await, taken());
    assert_eq!(
        answer(with(&other, &stolen)).await,
        refused("request.nonce")
    );
    assert!(
        town.storage
            .document(visit(1).id())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn another_body_under_evas_signature_is_not_read() {
    let town = Town::new(Backend::Memory).await;
    let mut eva = town.tablet("Eva").await;
    let evas = eva.signing();
    let stolen = evas.sign(&SYNC, &body(&eva), &evas.nonce().await);
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    let request = evas.request_with(&SYNC, body(&eva), &stolen);
    assert_eq!(answer(request).await, refused("request.signature"));
    assert!(
        town.storage
            .document(visit(1).id())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_stolen_nonce_is_worth_nothing() {
    let town = Town::new(Backend::Memory).await;
    let eva = town.tablet("Eva").await;
    let nonce = eva.signing().nonce().await;
    let thief = Signing {
        key: SigningKey::from_bytes(&[66; 32]),
        ..eva.signing()
    };
    let request = thief.request(&SYNC, body(&eva), &nonce);
    assert_eq!(answer(request).await, refused("request.signature"));
    // It is still Eva's to use: what was not signed by her does not count.
    let request = eva.signing().request(&SYNC, body(&eva), &nonce);
    assert_eq!(answer(request).await, taken());
}

#[tokio::test]
async fn a_nonce_that_nobody_gave_out_or_that_is_old_is_refused_with_a_fresh_one() {
    let town = Town::new(Backend::Memory).await;
    let eva = town.tablet("Eva").await;
    let evas = eva.signing();
    let made_up = Nonce::read(&"A".repeat(43)).unwrap();
    let request = evas.request(&SYNC, body(&eva), &made_up);
    assert_eq!(answer(request).await, refused("request.nonce"));

    let old = evas.nonce().await;
    town.clock.forward(Duration::from_secs(600));
    let request = evas.request(&SYNC, body(&eva), &old);
    assert_eq!(answer(request).await, taken());
    town.clock.forward(Duration::from_millis(1));
    let response = evas.request(&SYNC, body(&eva), &old).send().await.unwrap();
    let fresh = nonce_of(&response);
    assert_eq!(read(response).await.unwrap_err().1.code, "request.nonce");
    let request = evas.request(&SYNC, body(&eva), &fresh);
    assert_eq!(answer(request).await, taken());
}

#[tokio::test]
async fn the_same_request_again_gets_no_answer_and_changes_nothing() {
    let town = Town::new(Backend::Memory).await;
    let mut eva = town.tablet("Eva").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    let (evas, body) = (eva.signing(), body(&eva));
    let signed = evas.sign(&SYNC, &body, &evas.nonce().await);
    let again = || answer(evas.request_with(&SYNC, body.clone(), &signed));
    assert_eq!(again().await, taken());
    let head = town.storage.life().await.unwrap().head;
    for _ in 0..3 {
        assert_eq!(again().await, refused("request.nonce"));
    }
    town.clock.forward(Duration::from_secs(599));
    assert_eq!(again().await, refused("request.nonce"));
    town.clock.forward(Duration::from_secs(3600));
    assert_eq!(again().await, refused("request.nonce"));
    assert_eq!(town.storage.life().await.unwrap().head, head);
    // Eva, whose answer was lost, asks anew and hears that it is all there.
    eva.sync().await;
    assert_eq!(eva.verdicts, [Outcome::Known]);
}

#[tokio::test]
async fn a_tablet_whose_clock_is_wrong_by_ten_years_is_let_in() {
    let town = Town::new(Backend::Memory).await;
    let eva = town.tablet("Eva").await;
    let nonce = eva.signing().nonce().await;
    for created in [1_478_163_600_u64, 2_109_315_600] {
        // As another implementation of the standard would sign, with its own clock's time.
        let body = encoding::encode(&eva.request()).unwrap();
        let parameters = format!(
            "(\"@method\" \"@path\" \"@query\" \"content-digest\");created={created}\
             ;keyid=\"{}\";alg=\"ed25519\";nonce=\"{}\";tag=\"hemrond\"",
            eva.device,
            nonce.as_str()
        );
        let content_digest = content_digest(&body);
        let base = format!(
            "\"@method\": POST\n\"@path\": /v1/sync\n\"@query\": ?\n\
             \"content-digest\": {content_digest}\n\"@signature-params\": {parameters}"
        );
        let signature = base64(&eva.key.sign(base.as_bytes()).to_bytes());
        let signed = Signed {
            content_digest,
            signature_input: format!("hemrond={parameters}"),
            signature: format!("hemrond=:{signature}:"),
        };
        let request = eva.signing().request_with(&SYNC, body, &signed);
        assert_eq!(answer(request).await, taken(), "{created}");
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.encode(bytes)
}

#[tokio::test]
async fn who_does_not_sign_is_told_so_and_nothing_else() {
    let town = Town::new(Backend::Memory).await;
    let eva = town.tablet("Eva").await;
    let url = format!("{}{SYNC_PATH}", town.url);
    let good = eva
        .signing()
        .sign(&SYNC, &body(&eva), &eva.signing().nonce().await);
    let plain = || eva.http.post(&url).body(body(&eva));
    assert_eq!(answer(plain()).await, refused("request.unsigned"));
    // What let tablets in before.
    let bearer = plain().header("authorization", "Bearer bm90LWEta2V5");
    assert_eq!(answer(bearer).await, refused("request.unsigned"));
    for left_out in 0..3 {
        let mut request = plain();
        for (number, (name, value)) in good.headers().into_iter().enumerate() {
            if number != left_out {
                request = request.header(name, value);
            }
        }
        assert_eq!(answer(request).await, refused("request.unsigned"));
    }
    // A header that came twice is none: one reader could take the first, another the second.
    let mut request = plain();
    for (name, value) in good.headers() {
        request = request.header(name, value).header(name, value);
    }
    assert_eq!(answer(request).await, refused("request.unsigned"));
    for spoilt in ["", "hemrond=1", "hemrond=()", "(", "\u{1}"] {
        let request = plain()
            .header("content-digest", &good.content_digest)
            .header("signature-input", spoilt.replace('\u{1}', "\t"))
            .header("signature", &good.signature);
        assert_eq!(answer(request).await, refused("request.signature"));
    }
    let news = eva.http.get(format!("{}{NEWS_PATH}?after=0", town.url));
    assert_eq!(answer(news).await, refused("request.unsigned"));
}

#[tokio::test]
async fn nobody_enrols_a_key_that_is_not_theirs() {
    let town = Town::new(Backend::Memory).await;
    let code = town.code("Omar").await;
    let key = SigningKey::from_bytes(&[7; 32]);
    let thief = SigningKey::from_bytes(&[66; 32]);
    let public_key = *key.verifying_key().as_bytes();
    let body = serde_json::to_vec(&EnrolRequest {
        code: code.clone(),
        tablet: "Surfplatta".to_owned(),
        public_key: hex::encode(public_key),
        user: None,
        sealed_key: None,
        sign_in: None,
    })
    .unwrap();
    let thiefs = *thief.verifying_key().as_bytes();
    for (device, key) in [
        (device_id(&public_key), &thief),
        (device_id(&thiefs), &thief),
    ] {
        let signing = Signing {
            http: reqwest::Client::new(),
            url: town.url.clone(),
            device,
            key: key.clone(),
        };
        let response = signing.post("/v1/enrol", body.clone()).await;
        let (status, problem) = read(response).await.unwrap_err();
        assert_eq!((status, problem.code.as_str()), (401, "enrol.key_unproven"));
    }
    let plain = reqwest::Client::new()
        .post(format!("{}/v1/enrol", town.url))
        .body(body);
    assert_eq!(answer(plain).await, refused("enrol.key_unproven"));
    // The code may still be used by whom it was given to.
    let omar = Tablet::enrol(&town.url, &code).await.unwrap();
    assert_eq!(omar.user.name, "Omar Haddad");
}

async fn two_processes_take_each_others_nonces(backend: Backend) {
    let town = Town::new(backend).await;
    let eva = town.tablet("Eva").await;
    let evas = eva.signing();
    let second = process(town.place.open().await, town.clock.clone());
    let theirs = second.nonces.draw(&second).await.unwrap();
    let request = evas.request(&SYNC, body(&eva), &theirs);
    assert_eq!(answer(request).await, taken());
    let ours = evas.nonce().await;
    assert!(second.nonces.is_good(&second, &ours).await.unwrap());
}

async fn a_restored_server_gives_out_its_own_nonces(backend: Backend) {
    let town = Town::new(backend).await;
    let eva = town.tablet("Eva").await;
    let evas = eva.signing();
    let before = evas.nonce().await;
    let epoch = Epoch([77; 16]);
    town.storage.begin_recovery(epoch).await.unwrap();
    // A process that starts on it takes nothing that the life before gave out.
    let restored = process(town.place.open().await, town.clock.clone());
    assert!(!restored.nonces.is_good(&restored, &before).await.unwrap());
    // One that went on meanwhile learns of the new life by the first nonce that it does not know.
    let theirs = restored.nonces.draw(&restored).await.unwrap();
    let request = evas.request(&SYNC, body(&eva), &theirs);
    assert_eq!(answer(request).await, taken());
    let request = evas.request(&SYNC, body(&eva), &before);
    assert_eq!(answer(request).await, refused("request.nonce"));
    let ours = evas.nonce().await;
    assert!(restored.nonces.is_good(&restored, &ours).await.unwrap());
}
