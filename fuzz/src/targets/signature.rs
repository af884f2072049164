//! The headers of a signed request, and the nonce of an answer.

use crate::{parts, sample};
use hemrond_protocol::signature::{Claim, Nonce, Target, content_digest, is_digest_of};
use hemrond_server::nonce::drawn_at;

/// `Signature-Input`, `Signature`, `Content-Digest` and `Hemrond-Nonce`, then path, query and body.
pub(super) fn signature(bytes: &[u8]) {
    let parts: Vec<&[u8]> = parts(bytes).collect();
    let text = |at: usize| {
        let part = parts.get(at).copied().unwrap_or_default();
        String::from_utf8_lossy(part).into_owned()
    };
    if let Ok(nonce) = Nonce::read(&text(3)) {
        assert_eq!(Nonce::read(nonce.as_str()).as_ref(), Ok(&nonce));
        let _ = drawn_at(&[0; 32], &nonce);
    }
    let body = text(6);
    let digest = content_digest(body.as_bytes());
    assert!(is_digest_of(&digest, body.as_bytes()));
    let sent = text(2);
    // Whatever else it says, it is the body's by one algorithm only.
    if is_digest_of(&sent, body.as_bytes()) {
        assert!(!is_digest_of(&sent, format!("{body}.").as_bytes()));
    }
    let Ok(claim) = Claim::read(&text(0), &text(1)) else {
        return;
    };
    assert_eq!(
        Nonce::read(claim.nonce().as_str()).as_ref(),
        Ok(claim.nonce())
    );
    let (path, query) = (text(4), text(5));
    let target = Target {
        method: "POST",
        path: &path,
        query: Some(&query),
    };
    // What fits with Eva's key fits for what she asked only.
    let fits = claim.verify(&target, &sent, &sample::public_key()).is_ok();
    assert!(claim.verify(&target, &sent, &[0; 32]).is_err());
    if fits {
        let other = Target {
            method: "GET",
            ..target
        };
        assert!(claim.verify(&other, &sent, &sample::public_key()).is_err());
    }
}
