//! The way between a tablet and the server, and what happens on it.

use crate::{
    chance::Chance,
    gate::{Gatekeeper, Order},
    letters::{Letter, Letters},
    plant::{Bug, taken_for_granted},
    site::{Answer, Parcel, Pending, Reply, Site, lock, lost},
    steps::NetworkFault,
    struck::Struck,
};
use async_trait::async_trait;
use hemrond_companion::sync::transport::{Access, STALE_NONCE, Transport, TransportError};
use hemrond_domain::{ids::DeviceId, record::Header};
use hemrond_policy::Resource;
use hemrond_protocol::{
    ENROL_PATH, Epoch, SYNC_PATH, SyncRequest, SyncResponse, encoding,
    enrolment::{EnrolRequest, EnrolResponse},
    signature::{Nonce, Target},
};
use hemrond_server::storage::{Accounts as _, Records as _};
use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
};

/// How often a request may be seen to wait before its tablet gives up.
const PATIENCE: usize = 400;

/// How many bytes of items a page aims at here.
const SMALL_PAGE: u32 = 1_200;

/// What all tablets' ways share.
pub struct Air {
    /// Where they lead.
    pub site: Arc<Site>,
    /// Old requests, to come again.
    pub sent: Mutex<Letters>,
    /// What struck on the way, and elsewhere.
    pub struck: Struck,
    /// Every answer that told somebody what they may not see.
    pub leaks: Mutex<Vec<String>>,
    chance: Mutex<Chance>,
    last_answer: Mutex<Option<Vec<u8>>>,
    first_epoch: Mutex<Option<Epoch>>,
}

impl Air {
    /// Ways to this server.
    #[must_use]
    pub fn new(site: Arc<Site>, mut chance: Chance) -> Self {
        Self {
            site,
            sent: Mutex::new(Letters::new(Chance::new(chance.word()))),
            struck: Struck::default(),
            leaks: Mutex::new(Vec::new()),
            chance: Mutex::new(chance),
            last_answer: Mutex::new(None),
            first_epoch: Mutex::new(None),
        }
    }

    fn remember(&self, device: DeviceId, parcel: &Parcel) {
        lock(&self.sent).keep(Letter {
            parcel: parcel.clone(),
            device,
            at: self.site.time.milliseconds(),
        });
    }

    /// Looks whether the answer tells this tablet only what its user may see. `still` is whether
    /// nothing else moved since it was made: only then are blocks and openings still those that it
    /// went by.
    pub(crate) async fn look_for_leaks(&self, device: DeviceId, answer: &[u8], still: bool) {
        let Ok(response) = encoding::decode_response::<SyncResponse>(answer) else {
            return;
        };
        let Ok(Some((device, account))) = self.site.database.device_with_account(device).await
        else {
            return;
        };
        if device.revoked_at.is_some() || !account.active {
            lock(&self.leaks).push(format!(
                "{} was answered after it was shut out",
                device.name
            ));
        }
        let asker = self.site.asker(&account, device.id);
        let mut sent = Vec::new();
        for delivery in &response.deliveries {
            let header = Header::try_from(&delivery.header);
            sent.extend(header.as_ref().ok().map(Header::id));
            if !header.is_ok_and(|header| asker.readable.includes(&Resource::from(&header))) {
                lock(&self.leaks).push(format!(
                    "{} was sent a document of the kind {} that its user may not read",
                    device.name, delivery.header.kind
                ));
            }
        }
        if !still {
            return;
        }
        for blocked in self
            .site
            .database
            .withheld(&asker, &sent)
            .await
            .into_iter()
            .flatten()
        {
            lock(&self.leaks).push(format!(
                "{} was sent a document that is blocked off from its user ({blocked})",
                device.name
            ));
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
    Answered(Reply),
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
    /// What the last answer brought.
    nonce: Mutex<Option<Nonce>>,
    /// What happens to the next requests in turn.
    pub faults: Mutex<VecDeque<Option<NetworkFault>>>,
    /// At which gates others move, while several are under way.
    pub together: Mutex<Order>,
}

impl Wire {
    /// A tablet's way, which leads to this process where it is free.
    #[must_use]
    pub fn new(air: Arc<Air>, place: usize) -> Self {
        Self {
            air,
            place,
            nonce: Mutex::new(None),
            faults: Mutex::new(VecDeque::new()),
            together: Mutex::new(Order::Open),
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
            if let Poll::Ready(reply) = request.as_mut().poll(context) {
                return Poll::Ready(Carried::Answered(reply));
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

    async fn exchange(&self, access: &Access, sent: &[u8], fault: Option<NetworkFault>) -> Answer {
        let place = self.site().occupy(self.place);
        let answer = self.exchange_at(place, access, sent, fault).await;
        self.site().leave(place);
        answer
    }

    /// As the tablet's HTTP client does: signed with the last nonce, and once more with a fresh one.
    async fn exchange_at(
        &self,
        place: usize,
        access: &Access,
        sent: &[u8],
        fault: Option<NetworkFault>,
    ) -> Answer {
        let request = encoding::decode::<SyncRequest>(sent).ok();
        let body = self.as_sent(request.as_ref(), sent);
        let known = lock(&self.nonce).clone();
        let nonce = match known {
            // So that what happens on the way happens to a request that the server takes.
            Some(nonce) if fault.is_none() => nonce,
            _ => self.fetch_nonce(place).await?,
        };
        let parcel = sealed(access, SYNC_PATH, body.clone(), &nonce)?;
        if fault == Some(NetworkFault::Doubled) {
            self.air.struck.fault();
            // The first answer comes to nobody.
            let _ = self.hand_over(place, access.device, &parcel, None).await;
        }
        let mut carried = self.hand_over(place, access.device, &parcel, fault).await;
        if let Carried::Answered(reply) = &carried
            && reply.answer == Err(TransportError::Rejected(STALE_NONCE.to_owned()))
            && let Some(fresh) = &reply.nonce
        {
            let parcel = sealed(access, SYNC_PATH, body, fresh)?;
            carried = self.hand_over(place, access.device, &parcel, fault).await;
        }
        let early = self.site().bug == Some(Bug::AcknowledgedBeforeCommit);
        match carried {
            Carried::Answered(reply) => {
                if reply.nonce.is_some() && fault != Some(NetworkFault::AnswerLost) {
                    *lock(&self.nonce) = reply.nonce;
                }
                let bytes = match (self.site().bug, &request) {
                    (Some(bug), Some(request)) => {
                        self.air.spoil(bug, place, request, reply.answer?)
                    }
                    _ => reply.answer?,
                };
                let still = *lock(&self.together) == Order::Open;
                self.air.look_for_leaks(access.device, &bytes, still).await;
                Ok(bytes)
            }
            Carried::Died if early => self.granted(sent).ok_or_else(lost),
            Carried::Died => Err(lost()),
            Carried::Paused | Carried::GaveUp => Err(TransportError::Timeout),
        }
    }

    /// What a tablet's request becomes before it is signed.
    fn as_sent(&self, request: Option<&SyncRequest>, sent: &[u8]) -> Vec<u8> {
        let Some(request) = request else {
            return sent.to_vec();
        };
        let mut request = request.clone();
        // So that there are full ones.
        request.page_bytes = SMALL_PAGE;
        if let Some(bug) = self.site().bug {
            bug.request(&mut request);
        }
        encoding::encode(&request).unwrap_or_else(|_| sent.to_vec())
    }

    /// A request that does not arrive now. Somebody has it, and may hand it over later.
    async fn delay(&self, access: &Access, sent: &[u8]) {
        let request = encoding::decode::<SyncRequest>(sent).ok();
        let body = self.as_sent(request.as_ref(), sent);
        let place = self.site().occupy(self.place);
        if let Ok(nonce) = self.fetch_nonce(place).await
            && let Ok(parcel) = sealed(access, SYNC_PATH, body, &nonce)
        {
            self.air.remember(access.device, &parcel);
        }
        self.site().leave(place);
    }

    async fn fetch_nonce(&self, place: usize) -> Result<Nonce, TransportError> {
        let reply = self.site().nonce(place).await;
        reply.answer?;
        reply.nonce.ok_or(TransportError::NotHemrond)
    }

    /// Puts a request on the way to a process.
    async fn hand_over(
        &self,
        place: usize,
        device: DeviceId,
        parcel: &Parcel,
        fault: Option<NetworkFault>,
    ) -> Carried {
        let Some(gate) = self.site().gate(place) else {
            return Carried::Died;
        };
        let together = *lock(&self.together);
        let (order, stopped) = match fault {
            Some(NetworkFault::ServerDies(gates)) => (Order::At(gates), Stopped::Dies),
            Some(NetworkFault::ServerPauses(gates)) => (Order::At(gates), Stopped::Pauses),
            _ => (together, Stopped::Waits),
        };
        let early = self.site().bug == Some(Bug::AcknowledgedBeforeCommit);
        gate.order(match stopped {
            Stopped::Dies if early => Order::BeforeCommit,
            _ => order,
        });
        self.air.remember(device, parcel);
        let mut parcel = parcel.clone();
        if let Some(NetworkFault::RequestCut(part)) = fault {
            parcel.body.truncate(part_of(parcel.body.len(), part));
            self.air.struck.fault();
        }
        let pending = self.site().post(place, SYNC_PATH, parcel);
        let carried = self.carry(place, &gate, pending, stopped).await;
        // A gate that the request never reached stopped nobody.
        let was_stopped = matches!(carried, Carried::Died | Carried::Paused);
        self.air
            .struck
            .fault_if(was_stopped && stopped != Stopped::Waits);
        carried
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

/// A request that its tablet has signed.
fn sealed(
    access: &Access,
    path: &str,
    body: Vec<u8>,
    nonce: &Nonce,
) -> Result<Parcel, TransportError> {
    let target = Target {
        method: "POST",
        path,
        query: None,
    };
    let signed = access.sign(&target, &body, nonce)?;
    Ok(Parcel { signed, body })
}

#[async_trait]
impl Transport for Wire {
    async fn enrol(
        &self,
        access: &Access,
        request: &EnrolRequest,
    ) -> Result<EnrolResponse, TransportError> {
        let body = serde_json::to_vec(request).map_err(|_| lost())?;
        let place = self.site().occupy(self.place);
        let enrolled = async {
            let nonce = self.fetch_nonce(place).await?;
            let parcel = sealed(access, ENROL_PATH, body, &nonce)?;
            self.site().post(place, ENROL_PATH, parcel).await.answer
        };
        let answer = enrolled.await;
        self.site().leave(place);
        serde_json::from_slice(&answer?).map_err(|_| TransportError::NotHemrond)
    }

    async fn sync(&self, access: &Access, body: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        let fault = lock(&self.faults).pop_front().flatten();
        match fault {
            Some(NetworkFault::RequestLost) => {
                self.air.struck.fault();
                self.delay(access, &body).await;
                self.unanswered(&body, lost())
            }
            Some(NetworkFault::RequestCut(_)) => {
                // The server must refuse it; the tablet never hears.
                let _ = self.exchange(access, &body, fault).await;
                self.unanswered(&body, lost())
            }
            Some(NetworkFault::AnswerLost) => {
                let answer = self.exchange(access, &body, fault).await;
                self.air.struck.fault_if(answer.is_ok());
                self.unanswered(&body, TransportError::Timeout)
            }
            Some(NetworkFault::AnswerCut(part)) => {
                let answer = self.exchange(access, &body, fault).await?;
                self.air.struck.fault();
                Ok(self.cut(answer, part))
            }
            Some(
                NetworkFault::Doubled | NetworkFault::ServerDies(_) | NetworkFault::ServerPauses(_),
            )
            | None => self.exchange(access, &body, fault).await,
        }
    }

    async fn news(&self, _: &Access, _: u64) -> Result<Option<u64>, TransportError> {
        Err(lost())
    }
}
