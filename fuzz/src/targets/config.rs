//! What administrators configure a server with, what browsers send its pages, and what an identity
//! provider says.

use super::now;
use crate::{parts, sample};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use hemrond_server::{
    admin::PageAddress,
    environment::Clock,
    foreign::{cookies, form, is_certificate, is_sealing_key},
    sign_in::card::{CardConfig, Cards},
};
use std::sync::LazyLock;

/// The first byte says which file, header or form it is.
pub(super) fn config(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    match first {
        0 => {
            let mut parts = parts(rest);
            let chain = parts.next().unwrap_or_default();
            let _ = is_certificate(chain, parts.next().unwrap_or_default());
        }
        1 => {
            let _ = is_sealing_key(&text);
        }
        2 => {
            for secure in [false, true] {
                let read = cookies(rest, secure);
                assert!(read.is_none_or(|read| read.len() == 5));
            }
        }
        3 => {
            let read = now(form(rest));
            assert!(read.is_some(), "a form that is here waits for nothing");
        }
        4 => {
            let mut parts = parts(rest).map(|it| String::from_utf8_lossy(it).into_owned());
            let mut next = || parts.next().unwrap_or_default();
            let config = CardConfig {
                issuer: next(),
                client_id: next(),
                client_secret: None,
                claim: next(),
                levels: vec![next()],
                back: next(),
            };
            let fits = config.try_out().is_ok();
            // Whichever letters it is written in.
            let scheme = config.issuer.get(..4).unwrap_or_default();
            assert!(!fits || scheme.eq_ignore_ascii_case("http"));
        }
        _ => {
            if let Ok(address) = text.parse::<PageAddress>() {
                assert!(address.card_back().starts_with("http"));
            }
        }
    }
}

/// What the provider is called, and what it must say.
static CARDS: LazyLock<Option<Cards>> = LazyLock::new(|| {
    hemrond_server::foreign::prepare_tls();
    let config = CardConfig {
        issuer: "https://id.example.se".to_owned(),
        client_id: "hemrond".to_owned(),
        client_secret: None,
        claim: "employeeHsaId".to_owned(),
        levels: vec!["loa3".to_owned()],
        back: "https://hemrond.example.se/admin/card/back".to_owned(),
    };
    Cards::new(config).ok()
});

/// A moment in which the seeds' tokens are good.
struct Then;

impl Clock for Then {
    fn now(&self) -> DateTime<Utc> {
        sample::minute(0)
    }
}

/// A provider's description and keys, then a token's header and claims, which are signed with the key of
/// Eva's tablet, or the token as it came.
pub(super) fn card(bytes: &[u8]) {
    let Some(cards) = &*CARDS else { return };
    let parts: Vec<&[u8]> = parts(bytes).collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    let token = match parts.len() {
        3 => String::from_utf8_lossy(part(2)).into_owned(),
        _ => signed(part(2), part(3)),
    };
    let named = |nonce| cards.named_by(part(0), part(1), &token, nonce, &Then);
    if let Ok(name) = named("nonce") {
        assert!(!name.trim().is_empty());
        // It was said to whoever asked, and to nobody else.
        assert!(named("another").is_err());
    }
}

fn signed(header: &[u8], claims: &[u8]) -> String {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let said = format!("{}.{}", text(header), text(claims));
    let signature = sample::sign_request(said.as_bytes());
    format!("{said}.{}", text(&signature))
}
