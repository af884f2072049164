//! What several of the engine's stories need.

use hemrond_protocol::{
    DigestAnswer, DigestQuery, Epoch, Outcome, SyncRequest, SyncResponse, VERSION,
};

/// What an honest server with nothing new says.
pub(crate) fn nothing_new(request: &SyncRequest) -> SyncResponse {
    SyncResponse {
        protocol: VERSION,
        epoch: request.epoch.unwrap_or(Epoch([1; 16])),
        verdicts: request
            .push
            .iter()
            .map(|push| vec![Outcome::Accepted; push.items.len()])
            .collect(),
        deliveries: Vec::new(),
        authors: Vec::new(),
        gone: Vec::new(),
        cursor: request.cursor,
        more: false,
        remaining: 0,
        digest: request.digest.as_ref().map(|query| match query {
            DigestQuery::Buckets(_) => DigestAnswer::Buckets(Vec::new(), request.cursor),
            DigestQuery::Documents(..) => DigestAnswer::Documents(Vec::new(), Vec::new()),
        }),
        time_ms: 0,
        logged: None,
        checkpoint: None,
        lease_seconds: None,
        packing: None,
        elsewhere: None,
        looked: None,
    }
}
