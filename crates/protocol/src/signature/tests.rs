//! The profile's tests.
#![allow(clippy::unwrap_used)]

use super::*;
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use hemrond_domain::ids::DeviceId;
use proptest::prelude::*;
use std::convert::Infallible;

const EVAS: DeviceId = DeviceId::from_bytes([12; 16]);

fn evas_key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn nonce(text: &str) -> Nonce {
    Nonce::read(text).unwrap()
}

fn sync() -> Target<'static> {
    Target {
        method: "POST",
        path: "/v1/sync",
        query: None,
    }
}

fn signed(target: &Target<'_>, body: &[u8]) -> Signed {
    sign(target, body, EVAS, &nonce("n-1"), |base| {
        Ok::<_, Infallible>(evas_key().sign(base).to_bytes())
    })
    .unwrap()
}

fn check(signed: &Signed, target: &Target<'_>, body: &[u8]) -> Result<Claim, SignatureError> {
    let claim = Claim::read(&signed.signature_input, &signed.signature)?;
    claim.verify(
        target,
        &signed.content_digest,
        evas_key().verifying_key().as_bytes(),
    )?;
    if is_digest_of(&signed.content_digest, body) {
        Ok(claim)
    } else {
        Err(SignatureError::Mismatch)
    }
}

/// RFC 9421, B.2.6: the signature with Ed25519, and its key from B.1.4.
#[test]
fn the_rfcs_own_example_comes_out_to_the_byte() {
    let base = base(
        [
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("@method", "POST"),
            ("@path", "/foo"),
            ("@authority", "example.com"),
            ("content-type", "application/json"),
            ("content-length", "18"),
        ],
        "(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")\
         ;created=1618884473;keyid=\"test-key-ed25519\"",
    );
    assert_eq!(
        base,
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\
         \"@authority\": example.com\n\"content-type\": application/json\n\"content-length\": 18\n\
         \"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \
         \"content-length\");created=1618884473;keyid=\"test-key-ed25519\""
    );
    // The last 32 bytes of each of the keys' DER forms.
    let last = |der: &str| -> [u8; 32] {
        let der = STANDARD.decode(der).unwrap();
        der[der.len() - 32..].try_into().unwrap()
    };
    let private = last("MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF");
    let public = last("MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=");
    let key = SigningKey::from_bytes(&private);
    assert_eq!(key.verifying_key().as_bytes(), &public);
    let signature = STANDARD
        .decode(
            "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
        )
        .unwrap();
    assert_eq!(key.sign(base.as_bytes()).to_bytes().as_slice(), signature);
    let signature = Signature::from_slice(&signature).unwrap();
    let key = key.verifying_key();
    assert!(key.verify_strict(base.as_bytes(), &signature).is_ok());
}

/// RFC 9530, appendix D: the SHA-256 of `{"hello": "world"}` with a line end.
#[test]
fn the_digest_is_the_standards() {
    let standard = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
    let body = b"{\"hello\": \"world\"}\n";
    assert_eq!(content_digest(body), standard);
    assert!(is_digest_of(standard, body));
    // Another algorithm beside it is passed over, and none instead of it is taken.
    assert!(is_digest_of(&format!("sha-512=:AAAA:, {standard}"), body));
    assert!(!is_digest_of("sha-512=:AAAA:", body));
    for broken in ["", "sha-256", "sha-256=RK", "sha-256=(:RK:)", "sha-256=::"] {
        assert!(!is_digest_of(broken, body), "{broken}");
    }
}

#[test]
fn what_eva_signed_is_hers_and_says_so() {
    let signed = signed(&sync(), b"body");
    assert_eq!(
        signed.signature_input,
        format!(
            "hemrond=(\"@method\" \"@path\" \"@query\" \"content-digest\");keyid=\"{EVAS}\"\
             ;alg=\"ed25519\";nonce=\"n-1\";tag=\"hemrond\""
        )
    );
    let claim = check(&signed, &sync(), b"body").unwrap();
    assert_eq!((claim.device(), claim.nonce().as_str()), (EVAS, "n-1"));
}

#[test]
fn a_signature_is_worth_nothing_for_anything_else() {
    let signed = signed(&sync(), b"body");
    for target in [
        Target {
            method: "PUT",
            ..sync()
        },
        Target {
            path: "/v1/news",
            ..sync()
        },
        Target {
            query: Some("after=1"),
            ..sync()
        },
        Target {
            path: "/v1/sync\n\"@query\": ?",
            ..sync()
        },
    ] {
        assert_eq!(
            check(&signed, &target, b"body"),
            Err(SignatureError::Mismatch)
        );
    }
    assert!(check(&signed, &sync(), b"another").is_err());
    // Nor with another nonce, another tablet's name or another body's digest.
    for (from, to) in [("n-1", "n-2"), ("0c0c0c0c", "0d0d0d0d")] {
        let mut changed = signed.clone();
        changed.signature_input = changed.signature_input.replace(from, to);
        assert_ne!(changed, signed);
        assert_eq!(
            check(&changed, &sync(), b"body"),
            Err(SignatureError::Mismatch)
        );
    }
    let mut changed = signed.clone();
    changed.content_digest = content_digest(b"another");
    assert!(check(&changed, &sync(), b"another").is_err());
    // Another key.
    let claim = Claim::read(&signed.signature_input, &signed.signature).unwrap();
    let omars = SigningKey::from_bytes(&[2; 32]).verifying_key();
    for key in [omars.as_bytes(), &[0; 32], &[255; 32]] {
        assert_eq!(
            claim.verify(&sync(), &signed.content_digest, key),
            Err(SignatureError::Mismatch)
        );
    }
}

#[test]
fn only_the_agreed_form_is_read() {
    let good = signed(&sync(), b"");
    let read = |from: &str, to: &str| {
        let input = good.signature_input.replacen(from, to, 1);
        assert_ne!(input, good.signature_input, "{from}");
        Claim::read(&input, &good.signature).map(|_| ())
    };
    for (from, to) in [
        (" \"@query\"", ""),
        ("\"@method\" \"@path\"", "\"@path\" \"@method\""),
        ("\"@path\"", "\"@path\";req"),
        ("\"@path\"", "path"),
        ("\"@method\"", "\"@method\" \"@method\""),
    ] {
        assert_eq!(read(from, to), Err(SignatureError::Covered), "{to}");
    }
    for (from, to) in [
        ("ed25519", "hmac-sha256"),
        (";tag=\"hemrond\"", ""),
        (";tag=\"hemrond\"", ";tag=\"other\""),
        (";nonce=\"n-1\"", ""),
        ("\"n-1\"", "\"n 1\""),
        ("\"n-1\"", "7"),
        ("keyid=\"", "keyid=\"x"),
        (";tag", ";expires=1;tag"),
        (";tag", ";created=\"now\";tag"),
    ] {
        assert_eq!(read(from, to), Err(SignatureError::Parameters), "{to}");
    }
    assert_eq!(read("hemrond=(", "other=("), Err(SignatureError::Malformed));
    assert_eq!(
        read("hemrond=(", "hemrond=(("),
        Err(SignatureError::Malformed)
    );
    let long = format!("{}, a={}", good.signature_input, "1".repeat(1024));
    assert_eq!(
        Claim::read(&long, &good.signature),
        Err(SignatureError::TooLong)
    );
    for signature in ["", "hemrond", "hemrond=:AAAA:", "hemrond=1", "other=:AAAA:"] {
        assert_eq!(
            Claim::read(&good.signature_input, signature),
            Err(SignatureError::Malformed),
            "{signature}"
        );
    }
    // What others put beside ours does not matter, nor does a wrong clock's time.
    let beside = Signed {
        signature_input: format!("proxy=(\"@method\");keyid=\"p\", {}", good.signature_input),
        signature: format!("proxy=:AAAA:, {}", good.signature),
        ..good.clone()
    };
    assert!(check(&beside, &sync(), b"").is_ok());
    assert_eq!(read(";tag", ";created=1;tag"), Ok(()));
}

proptest! {
    // Each case signs several times, without optimisation.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_signed_verifies_whatever_is_asked(
        path in "/[a-z0-9/%-]{0,30}", query in proptest::option::of("[ -~&&[^#]]{0,30}"), body: Vec<u8>
    ) {
        let target = Target { method: "GET", path: &path, query: query.as_deref() };
        let signed = signed(&target, &body);
        prop_assert!(check(&signed, &target, &body).is_ok());
    }

    #[test]
    fn one_changed_byte_is_found(at: usize, bit in 0..7_u32) {
        let signed = signed(&sync(), b"body");
        for header in 0..3 {
            let mut changed = signed.clone();
            let text = match header {
                0 => &mut changed.content_digest,
                1 => &mut changed.signature_input,
                _ => &mut changed.signature,
            };
            let mut bytes = text.clone().into_bytes();
            let place = at % bytes.len();
            bytes[place] ^= 1 << bit;
            *text = String::from_utf8(bytes).unwrap();
            // Base64 leaves a few bits open, and is the same signature then.
            if let Ok(claim) = check(&changed, &sync(), b"body") {
                prop_assert_eq!(header, 2);
                let original = Claim::read(&signed.signature_input, &signed.signature).unwrap();
                prop_assert_eq!(claim, original);
            }
        }
    }

    #[test]
    fn headers_may_hold_anything(input: String, signature: String, digest: String) {
        let _ = Claim::read(&input, &signature);
        let _ = Claim::read(&format!("hemrond=({input})"), &format!("hemrond=:{signature}:"));
        let _ = is_digest_of(&digest, b"");
        let _ = Nonce::read(&input);
    }
}
