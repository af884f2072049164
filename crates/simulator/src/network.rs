//! The way between a tablet and the server, and what happens on it.

use crate::{
    chance::Chance,
    gate::{Gatekeeper, Order},
    plant::{Bug, taken_for_granted},
    site::{Answer, Pending, Site, lock, lost},
    steps::NetworkFault,
};
use async_trait::async_trait;
use hemrond_companion::sync::transport::{Access, Transport, TransportError};
use hemrond_domain::record::Header;
use hemrond_policy::{Principal, Resource};
use hemrond_protocol::{
    ENROL_PATH, Epoch, SYNC_PATH, SyncRequest, SyncResponse, encoding,
    enrolment::{EnrolRequest, EnrolResponse},
};
use hemrond_server::{credential::hash_of, storage::Accounts as _};
use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

/// How often a request may be seen to wait before its tablet gives up.
const PATIENCE: usize = 400;

/// How many old requests are kept, to come again.
const KEPT: usize = 60;

/// How many bytes of items a page aims at here.
const SMALL_PAGE: u32 = 1_200;

/// A request as it was sent: by whom, and what.
pub type Sent = (String, Vec<u8>);

/// What all tablets' ways share.
pub struct Air {
    /// Where they lead.
    pub site: Arc<Site>,
    /// Old requests.
    pub sent: Mutex<VecDeque<Sent>>,
    /// Every answer that told somebody what they may not see.
    pub leaks: Mutex<Vec<String>>,
    chance: Mutex<Chance>,
    last_answer: Mutex<Option<Vec<u8>>>,
    first_epoch: Mutex<Option<Epoch>>,
}

impl Air {
    /// Ways to this server.
    #[must_use]
    pub fn new(site: Arc<Site>, chance: Chance) -> Self {
        Self {
            site,
            sent: Mutex::new(VecDeque::new()),
            leaks: Mutex::new(Vec::new()),
            chance: Mutex::new(chance),
            last_answer: Mutex::new(None),
            first_epoch: Mutex::new(None),
        }
    }

    fn remember(&self, credential: &str, body: &[u8]) {
        let mut sent = lock(&self.sent);
        if sent.len() >= KEPT {
            sent.pop_front();
        }
        sent.push_back((credential.to_owned(), body.to_vec()));
    }

    /// Looks whether the answer tells this tablet only what its user may see.
    async fn look_for_leaks(&self, credential: &str, answer: &[u8]) {
        let Ok(response) = encoding::decode_response::<SyncResponse>(answer) else {
            return;
        };
        let Some(hash) = hash_of(credential) else {
            return;
        };
        let Ok(Some((device, account))) = self.site.database.device_by_credential(hash).await
        else {
            return;
        };
        if device.revoked_at.is_some() || !account.active {
            lock(&self.leaks).push(format!(
                "{} was answered after it was shut out",
                device.name
            ));
        }
        let readable = self.site.policy.readable(&Principal::from(&account.user));
        for delivery in &response.deliveries {
            let header = Header::try_from(&delivery.header);
            if !header.is_ok_and(|header| readable.includes(&Resource::from(&header))) {
                lock(&self.leaks).push(format!(
                    "{} was sent a document of the kind {} that its user may not read",
                    device.name, delivery.header.kind
                ));
            }
        }
    }

    /// What planted bugs make of an answer.
    fn spoil(&self, bug: Bug, place: usize, sent: &SyncRequest, bytes: Vec<u8>) -> Vec<u8> {
        let Ok(mut response) = encoding::decode_response::<SyncResponse>(&bytes) else {
            return bytes;
        };
        let first = *lock(&self.first_epoch).get_or_insert(response.epoch);
        if bug == Bug::StaleEpochInOneProcess && place == 0 {
            response.epoch = first;
        }
        if bug == Bug::AnswerOfAnother
            && lock(&self.chance).one_in(6)
            && let Some(other) = lock(&self.last_answer).replace(bytes.clone())
        {
            return other;
        }
        let other = lock(&self.last_answer).replace(bytes.clone());
        if bug == Bug::RightsIgnored
            && let Some(other) = other
            && let Ok(other) = encoding::decode_response::<SyncResponse>(&other)
        {
            response.deliveries.extend(other.deliveries);
            response.authors.extend(other.authors);
        }
        bug.answer(sent, &mut response);
        encoding::encode(&response).unwrap_or(bytes)
    }
}

/// How carrying a request ended.
enum Carried {
    Answered(Answer),
    Died,
    Paused,
    GaveUp,
}

/// What a process does when it is stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stopped {
    Waits,
    Dies,
    Pauses,
}

/// One tablet's way to the server.
pub struct Wire {
    air: Arc<Air>,
    place: usize,
    /// What happens to the next requests in turn.
    pub faults: Mutex<VecDeque<Option<NetworkFault>>>,
    /// Whether others move whenever this one is at a gate.
    pub together: AtomicBool,
}

impl Wire {
    /// A tablet's way, which leads to this process where it is free.
    #[must_use]
    pub fn new(air: Arc<Air>, place: usize) -> Self {
        Self {
            air,
            place,
            faults: Mutex::new(VecDeque::new()),
            together: AtomicBool::new(false),
        }
    }

    fn site(&self) -> &Site {
        &self.air.site
    }

    async fn carry(
        &self,
        place: usize,
        gate: &Arc<Gatekeeper>,
        pending: Pending,
        stopped: Stopped,
    ) -> Carried {
        let mut pending = Some(pending);
        let mut waited = 0;
        let carried = poll_fn(|context| {
            let Some(request) = pending.as_mut() else {
                return Poll::Ready(Carried::Died);
            };
            if let Poll::Ready(answer) = request.as_mut().poll(context) {
                return Poll::Ready(Carried::Answered(answer));
            }
            if !self.site().stop.take() {
                return Poll::Pending;
            }
            waited += 1;
            match stopped {
                Stopped::Waits if waited < PATIENCE => {
                    // The driver is to see it, too.
                    self.site().stop.raise();
                    Poll::Pending
                }
                Stopped::Waits => {
                    pending = None;
                    Poll::Ready(Carried::GaveUp)
                }
                Stopped::Dies => {
                    pending = None;
                    Poll::Ready(Carried::Died)
                }
                Stopped::Pauses => {
                    let Some(request) = pending.take() else {
                        return Poll::Ready(Carried::Died);
                    };
                    if self.site().pause(place, Arc::clone(gate), request) {
                        Poll::Ready(Carried::Paused)
                    } else {
                        Poll::Ready(Carried::Died)
                    }
                }
            }
        })
        .await;
        if !matches!(carried, Carried::Paused) {
            gate.over();
        }
        carried
    }

    async fn exchange(&self, credential: &str, sent: &[u8], fault: Option<NetworkFault>) -> Answer {
        let place = self.site().occupy(self.place);
        let answer = self.exchange_at(place, credential, sent, fault).await;
        self.site().leave(place);
        answer
    }

    async fn exchange_at(
        &self,
        place: usize,
        credential: &str,
        sent: &[u8],
        fault: Option<NetworkFault>,
    ) -> Answer {
        let Some(gate) = self.site().gate(place) else {
            return Err(lost());
        };
        let together = self.together.load(Ordering::SeqCst);
        let (order, stopped) = match fault {
            Some(NetworkFault::ServerDies(gates)) => (Order::At(gates), Stopped::Dies),
            Some(NetworkFault::ServerPauses(gates)) => (Order::At(gates), Stopped::Pauses),
            _ if together => (Order::Each, Stopped::Waits),
            _ => (Order::Open, Stopped::Waits),
        };
        let early = self.site().bug == Some(Bug::AcknowledgedBeforeCommit);
        let order = match stopped {
            Stopped::Dies if early => Order::BeforeCommit,
            _ => order,
        };
        gate.order(order);
        let request = encoding::decode::<SyncRequest>(sent).ok();
        let mut body = sent.to_vec();
        if let Some(request) = &request {
            let mut sent = request.clone();
            // So that there are full ones.
            sent.page_bytes = SMALL_PAGE;
            if let Some(bug) = self.site().bug {
                bug.request(&mut sent);
            }
            body = encoding::encode(&sent).unwrap_or(body);
        }
        let pending = self.site().post(place, SYNC_PATH, credential, body);
        match self.carry(place, &gate, pending, stopped).await {
            Carried::Answered(Ok(bytes)) => {
                let bytes = match (self.site().bug, &request) {
                    (Some(bug), Some(request)) => self.air.spoil(bug, place, request, bytes),
                    _ => bytes,
                };
                self.air.look_for_leaks(credential, &bytes).await;
                Ok(bytes)
            }
            Carried::Answered(refused) => refused,
            Carried::Died if early => self.granted(sent).ok_or_else(lost),
            Carried::Died => Err(lost()),
            Carried::Paused | Carried::GaveUp => Err(TransportError::Timeout),
        }
    }

    /// The answer of a server that took everything, for planted bugs.
    fn granted(&self, sent: &[u8]) -> Option<Vec<u8>> {
        let request = encoding::decode::<SyncRequest>(sent).ok()?;
        let epoch = request.epoch.unwrap_or(Epoch([0; 16]));
        encoding::encode(&taken_for_granted(&request, epoch)).ok()
    }

    fn unanswered(&self, sent: &[u8], error: TransportError) -> Answer {
        if self.site().bug == Some(Bug::TimeoutCountsAsSent)
            && let Some(answer) = self.granted(sent)
        {
            return Ok(answer);
        }
        Err(error)
    }

    /// An answer of which only the beginning came.
    fn cut(&self, mut answer: Vec<u8>, part: u16) -> Vec<u8> {
        if self.site().bug == Some(Bug::CursorBeforeItems)
            && let Ok(mut response) = encoding::decode_response::<SyncResponse>(&answer)
        {
            response.deliveries.clear();
            return encoding::encode(&response).unwrap_or(answer);
        }
        answer.truncate(part_of(answer.len(), part));
        answer
    }
}

fn part_of(length: usize, part: u16) -> usize {
    length * usize::from(part) / 1000
}

#[async_trait]
impl Transport for Wire {
    async fn enrol(
        &self,
        _server: &str,
        request: &EnrolRequest,
    ) -> Result<EnrolResponse, TransportError> {
        let body = serde_json::to_vec(request).map_err(|_| lost())?;
        let place = self.site().occupy(self.place);
        let answer = self.site().post(place, ENROL_PATH, "", body).await;
        self.site().leave(place);
        let answer = answer?;
        serde_json::from_slice(&answer).map_err(|_| TransportError::NotHemrond)
    }

    async fn sync(&self, access: &Access, body: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let credential = access.credential.as_str();
        self.air.remember(credential, &body);
        let fault = lock(&self.faults).pop_front().flatten();
        match fault {
            Some(NetworkFault::RequestLost) => self.unanswered(&body, lost()),
            Some(NetworkFault::RequestCut(part)) => {
                let beginning = &body[..part_of(body.len(), part)];
                // The server must refuse it; the tablet never hears.
                let _ = self.exchange(credential, beginning, None).await;
                self.unanswered(&body, lost())
            }
            Some(NetworkFault::AnswerLost) => {
                let _ = self.exchange(credential, &body, None).await;
                self.unanswered(&body, TransportError::Timeout)
            }
            Some(NetworkFault::AnswerCut(part)) => {
                let answer = self.exchange(credential, &body, None).await?;
                Ok(self.cut(answer, part))
            }
            Some(NetworkFault::Doubled) => {
                let _ = self.exchange(credential, &body, None).await;
                self.exchange(credential, &body, None).await
            }
            Some(NetworkFault::ServerDies(_) | NetworkFault::ServerPauses(_)) | None => {
                self.exchange(credential, &body, fault).await
            }
        }
    }

    async fn news(&self, _: &Access, _: u64) -> Result<Option<u64>, TransportError> {
        Err(lost())
    }
}
