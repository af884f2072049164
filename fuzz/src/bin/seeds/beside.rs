//! Seeds of what lies beside databases and servers: the door's files, configuration, a provider's word.

use super::write;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hemrond_fuzz::{corpus, join, sample};
use hemrond_vault::{Cost, Pin, Secret, Slot, rescue::RescueKey};
use serde_json::json;
use std::error::Error;

type Done = Result<(), Box<dyn Error>>;

pub(super) fn write_all() -> Done {
    door()?;
    feed()?;
    config()?;
    card()
}

/// Chance that draws sevens.
fn seven(bytes: &mut [u8]) {
    bytes.fill(7);
}

fn door() -> Done {
    let file =
        |first: u8, name: &str, bytes: &[u8]| write("door", name, &[&[first], bytes].concat());
    let key = Secret::new([21; 32]);
    let cost = Cost::new(19_456, 2)?;
    let pin = Pin::new("193755")?;
    let slot = Slot::seal(&key, &pin, &Secret::new([22; 32]), "eva", cost, &seven)?;
    let place = json!({
        "id": "0b".repeat(16),
        "name": "Eva Lind",
        "user": sample::EVA,
        "tablet": "Surfplatta",
        "server": "https://hemrond.example.se",
        "home": "own",
        "slot": slot,
        "rescue": "00ff",
        "lease": "00ff",
        "shut": {"why": "pins", "at": sample::minute(0)},
        "unsent": null,
        "exported": false,
    });
    let settings = json!({"language": "sv", "theme": "dark", "text_percent": 120});
    let index = json!({"version": 1, "settings": settings, "places": [place]});
    file(0, "index", &serde_json::to_vec(&index)?)?;
    let lease = json!({
        "until": sample::minute(60),
        "latest": sample::minute(1),
        "wall": sample::minute(2),
    });
    file(1, "lease", &serde_json::to_vec(&lease)?)?;
    let mut tries = vec![4];
    tries.extend(sample::minute(15).timestamp_millis().to_le_bytes());
    file(2, "tries", &tries)?;
    file(3, "slot", &serde_json::to_vec(&slot)?)?;
    file(4, "note", &join([b"lease eva".as_slice(), b"{}"]))?;
    let rescue = RescueKey::draw(&seven);
    let sealed = rescue.public().seal(&key, sample::EVA.as_bytes(), &seven)?;
    file(5, "rescue", &sealed)?;
    file(5, "rescue-key", rescue.digits().as_bytes())?;
    file(6, "news", b"{\"head\":42}")?;
    let candidates = json!([{
        "actor": "01".repeat(16), "at": sample::minute(3), "value": 5,
    }]);
    file(7, "candidates", &serde_json::to_vec(&candidates)?)?;
    let contacts = json!([{
        "row": "09090909-0909-4909-8909-090909090909",
        "name": "Kalle", "relation": "relative", "phone": "070-174 06 05", "direct": true,
    }]);
    file(7, "contacts", &serde_json::to_vec(&contacts)?)
}

/// A feed of three positions, and one with a hole.
fn feed() -> Done {
    let row = |seq: i64, event: u8, flags: u8| {
        let mut row = [seq.to_be_bytes(), seq.to_be_bytes()].concat();
        row.extend([event, flags]);
        row
    };
    let rows = [row(1, 0, 4 | 8), row(2, 1, 16), row(3, 4, 2)];
    for (name, head) in [("whole", 3_i64), ("short", 9)] {
        let bytes = [head.to_be_bytes().to_vec(), rows.concat()].concat();
        write("feed", name, &bytes)?;
    }
    let holed = [9_i64.to_be_bytes().to_vec(), row(1, 5, 0), row(8, 3, 2)].concat();
    write("feed", "holed", &holed)
}

fn config() -> Done {
    let file =
        |first: u8, name: &str, bytes: &[u8]| write("config", name, &[&[first], bytes].concat());
    // Another each time: the one that is there stays.
    if !corpus::seeds("config").join("certificate").exists() {
        let made = rcgen::generate_simple_self_signed(vec!["hemrond.example.se".to_owned()])?;
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        file(0, "certificate", &join([chain.as_bytes(), key.as_bytes()]))?;
    }
    file(1, "sealing-key", "0d".repeat(32).as_bytes())?;
    file(
        2,
        "cookies",
        b"__Host-hemrond-session=abc; hemrond-language=sv; x",
    )?;
    file(
        3,
        "form",
        b"form=abc&name=Eva+Lind&role=nurse&reason=%C3%A5",
    )?;
    let card = [
        "https://id.example.se",
        "hemrond",
        "employeeHsaId",
        "loa3",
        "https://hemrond.example.se/admin/card/back",
    ];
    file(4, "card", &join(card.map(str::as_bytes)))?;
    file(5, "address", b"https://hemrond.example.se")
}

/// What a provider says of itself, its key, and a good token.
fn card() -> Done {
    let at = sample::minute(0).timestamp();
    let description = json!({
        "issuer": "https://id.example.se",
        "authorization_endpoint": "https://id.example.se/authorize",
        "token_endpoint": "https://id.example.se/token",
        "jwks_uri": "https://id.example.se/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    });
    let keys = json!({"keys": [{
        "kty": "OKP", "crv": "Ed25519", "kid": "1", "use": "sig", "alg": "EdDSA",
        "x": URL_SAFE_NO_PAD.encode(sample::public_key()),
    }]});
    let header = json!({"alg": "EdDSA", "kid": "1"});
    let claims = json!({
        "iss": "https://id.example.se", "aud": ["hemrond"], "sub": "eva",
        "iat": at - 5, "exp": at + 600, "nonce": "nonce", "acr": "loa3",
        "employeeHsaId": "SE2321000016-eva",
    });
    let pieces = [&description, &keys, &header, &claims].map(ToString::to_string);
    write("card", "token", &join(pieces.iter().map(String::as_bytes)))?;
    let foreign = "eyJhbGciOiJub25lIn0.e30.";
    let pieces = [
        description.to_string(),
        keys.to_string(),
        foreign.to_owned(),
    ];
    write(
        "card",
        "unsigned",
        &join(pieces.iter().map(String::as_bytes)),
    )?;
    // What a provider may have beside it.
    let rsa = json!({"keys": [
        {"kty": "RSA", "kid": "2", "use": "sig", "alg": "RS256", "n": "sXch", "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "kid": "3", "use": "sig", "x": "AAAA", "y": "AAAA"},
    ]});
    let header = json!({"alg": "RS256", "kid": "2"});
    let pieces = [&description, &rsa, &header, &claims].map(ToString::to_string);
    write(
        "card",
        "other-keys",
        &join(pieces.iter().map(String::as_bytes)),
    )
}
