//! In which form a request travels: packed, where the server is known to unpack.
//!
//! What the server's last answer said is kept over restarts, since the first request of a run is
//! often the largest. It is doubted as soon as a packed request is not taken, and then the plain
//! form goes, which every server reads.

use super::transport::TransportError;
use crate::{failure::Outcome, tablet::Companion};
use hemrond_protocol::{
    SyncRequest,
    encoding::{self, EncodeError},
};
use std::sync::atomic::Ordering;

const META: &str = "server_unpacks";
const YES: &str = "yes";
const NO: &str = "no";

impl Companion {
    /// Reads what the server's last answer in an earlier run said.
    pub(crate) async fn recall_form(&self) -> Outcome<()> {
        let unpacks = self.store.meta_get(META).await?.as_deref() == Some(YES);
        self.server_unpacks.store(unpacks, Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn written(&self, request: SyncRequest) -> Result<Vec<u8>, EncodeError> {
        if self.server_unpacks.load(Ordering::Relaxed) {
            encoding::encode_packed(request)
        } else {
            encoding::encode(&request)
        }
    }

    /// Keeps what an answer says.
    pub(super) async fn note_form(&self, unpacks: bool) -> Outcome<()> {
        if self.server_unpacks.swap(unpacks, Ordering::Relaxed) != unpacks {
            let word = if unpacks { YES } else { NO };
            self.store.meta_set(META, word).await?;
        }
        Ok(())
    }

    /// A server that was put back to an older version may not read what this one sends.
    pub(super) fn doubt_form(&self, error: &TransportError) {
        if matches!(
            error,
            TransportError::Rejected(_) | TransportError::Failed(_)
        ) {
            self.server_unpacks.store(false, Ordering::Relaxed);
        }
    }
}
