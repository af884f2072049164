//! What the server's parts share.

use crate::{
    environment::{Chance, Clock},
    inspector::Inspector,
    metrics::Metrics,
    newsroom::Newsroom,
    nonce::Nonces,
    rate::Rates,
    sign_in::Desk,
    storage::Storage,
    under_way::UnderWay,
};
use hemrond_policy::Policy;
use hemrond_vault::rescue::RescueKey;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// What the server's parts share.
pub struct Server {
    /// Where everything is kept.
    pub storage: Arc<dyn Storage>,
    /// Who may do what.
    pub policy: Policy,
    /// Reads what strangers push.
    pub inspector: Arc<dyn Inspector>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws random bytes.
    pub chance: Arc<dyn Chance>,
    /// Counts.
    pub metrics: Metrics,
    /// Slows down who asks too often.
    pub rates: Rates,
    /// Bounds what is worked on at once.
    pub under_way: Arc<UnderWay>,
    /// What requests are signed with, besides the key.
    pub nonces: Nonces,
    /// What was published lately, for all who wait for news.
    pub newsroom: Newsroom,
    /// How long a request for news is held.
    pub news_wait: Duration,
    /// Opens the database keys that tablets sealed; none where this server gives none back.
    pub rescue: Option<RescueKey>,
    /// Weighs what an enrolment needs besides the one-time code: the person's own password and code. None
    /// where the one-time code alone is enough.
    pub sign_in_to_enrol: Option<Arc<Desk>>,
    /// How many seconds a tablet may be read after contact.
    pub lease_seconds: u32,
    /// True once the server is closing; who waits for news is answered then.
    pub closing: watch::Sender<bool>,
}

/// A shift: how many seconds a tablet may be read after contact, where nobody says otherwise.
pub const LEASE_SECONDS: u32 = 12 * 60 * 60;

/// The shared state, as handlers get it.
pub type Shared = Arc<Server>;
