//! One sync from the tablet's side, as a state machine without I/O.
//!
//! The driver loops: [`Session::ask`] says what the session needs from the store, the driver
//! gathers it, [`Session::request`] makes the message, the driver carries it there and back, and
//! [`Session::answer`] turns the response into [`Taken`]: what to write to disk in one transaction.
//! Only what `Taken` says is ever acknowledged, and a position is only handed out once everything
//! before it is in hand, so the driver may be cut at any point and begin anew.

use crate::{acceptance::Reason, fallback::Fallback, log::LogSession};
use hemrond_domain::record::DocumentId;
use hemrond_protocol::{
    Author, Bucket, Delivery, DigestAnswer, DocumentDigest, Epoch, ItemHash, LogCheckpoint,
    LogPush, Logged, Outcome, PushDocument, SyncRequest, SyncResponse, VERSION, WireId, limits,
    packing::Packing,
};

/// Where a tablet stands in a server's feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// The epoch last completed; none before the first sync.
    pub epoch: Option<Epoch>,
    /// Everything up to here that the tablet may see is on its disk.
    pub cursor: u64,
}

/// One unsent item's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemName {
    /// Its document.
    pub document: DocumentId,
    /// Its hash.
    pub hash: ItemHash,
}

/// What the session needs from the store before the next request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Unsent items, the most urgent first, within the limits of a push.
    pub push: bool,
    /// The digests of all buckets.
    pub buckets: bool,
    /// The digests of all documents in these buckets.
    pub documents: Vec<u8>,
}

/// What the driver gathered.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Unsent items as they travel.
    pub push: Vec<PushDocument>,
    /// The names of the same items, in the same shape.
    pub names: Vec<Vec<ItemName>>,
    /// Whether more unsent items are waiting than fitted.
    pub push_more: bool,
    /// Documents to get first, such as today's visits.
    pub wanted: Vec<DocumentId>,
    /// Asked with [`Ask::buckets`].
    pub buckets: Vec<Bucket>,
    /// Asked with [`Ask::documents`].
    pub documents: Vec<DocumentDigest>,
    /// The next records of the access log, with every request; none where there is no log.
    pub log: Option<LogPush>,
    /// Whether more records are waiting than fitted.
    pub log_more: bool,
}

/// What one answer gives: to be written in one transaction before the session goes on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taken {
    /// Items that are on the server's disk.
    pub acknowledged: Vec<ItemName>,
    /// Items that the server will not take, and its code.
    pub refused: Vec<(ItemName, String)>,
    /// Items that the server did not come to reading: they stay unsent, and go again in a smaller push.
    pub unread: Vec<ItemName>,
    /// Items that may be new here.
    pub deliveries: Vec<Delivery>,
    /// Who stands behind the delivered changes' actors.
    pub authors: Vec<Author>,
    /// Documents that this tablet may no longer hold.
    pub gone: Vec<DocumentId>,
    /// Whether the server was restored, and may lack what it once acknowledged: what goes is then
    /// given back first.
    pub recovery: Option<Recovery>,
    /// Documents to compare with the store, item by item: answer with [`Session::compared`].
    pub compare: Vec<Compare>,
    /// The new position; none while the fallback is under way.
    pub position: Option<Position>,
    /// About how many feed positions are left.
    pub remaining: u64,
    /// Whether to ask again at once.
    pub again: bool,
    /// How far the server has the access log on its disk.
    pub logged: Option<Logged>,
    /// The server's word about its log, and the epoch in which it was given: to be compared with
    /// what is remembered.
    pub checkpoint: Option<(Epoch, LogCheckpoint)>,
}

/// How far a tablet is with a server that was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// It has just said so. What was withdrawn earlier, and is still here, may be lacking too.
    Begins,
    /// Everything is being compared.
    UnderWay,
}

/// A document as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compare {
    /// Which.
    pub document: DocumentId,
    /// The items on the server; empty where it has forgotten, or never had, the document.
    pub held: Vec<ItemHash>,
}

/// An answer that no honest server gives. Nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A protocol that this version does not speak.
    #[error("the server speaks protocol {found}, this app speaks {VERSION}")]
    Protocol {
        /// The server's version.
        found: u16,
    },
    /// Verdicts that do not fit the push.
    #[error("the server's verdicts do not fit what was sent")]
    Verdicts,
    /// A cursor that goes back, or a feed that never ends.
    #[error("the server's feed does not move forward")]
    NoProgress,
    /// A digest answer to another question, or none to the one that was asked.
    #[error("the server did not answer the question that was asked")]
    Digest,
    /// More of the access log acknowledged than was sent.
    #[error("the server acknowledges more of the access log than it was given")]
    Log,
    /// An epoch that is another in every answer.
    #[error("the server says again and again that it was restored")]
    Epochs,
}

/// How many answers in a row may neither take nor move anything before the session gives up on the
/// server.
const MAX_IDLE_ROUNDS: u32 = 8;

/// How many pages in a row may move the cursor and bring nothing. An honest server crosses long
/// stretches that concern others, tens of thousands of positions at a time.
const MAX_BARREN_PAGES: u32 = 1_000;

/// How often a server may be restored in the course of one session.
const MAX_EPOCHS: u32 = 3;

/// The highest position that a store can keep.
const MAX_CURSOR: u64 = i64::MAX as u64;

/// One sync under way.
#[derive(Debug)]
pub struct Session {
    position: Position,
    page_bytes: u32,
    app: String,
    run: Option<WireId>,
    fallback: Option<Fallback>,
    sent: Vec<Vec<ItemName>>,
    push_more: bool,
    wanted_sent: usize,
    idle_rounds: u32,
    barren_pages: u32,
    epochs: u32,
    log: LogSession,
}

impl Session {
    /// Begins where the tablet stands. With `check`, everything is compared with the server even
    /// though the epochs agree.
    #[must_use]
    pub fn new(position: Position, app: &str, check: bool) -> Self {
        Self {
            position,
            page_bytes: limits::PAGE_BYTES,
            app: app.to_owned(),
            run: None,
            fallback: check.then(Fallback::new),
            sent: Vec::new(),
            push_more: false,
            wanted_sent: 0,
            idle_rounds: 0,
            barren_pages: 0,
            epochs: 0,
            log: LogSession::default(),
        }
    }

    /// Says in which run of the app this is.
    #[must_use]
    pub const fn in_run(mut self, run: WireId) -> Self {
        self.run = Some(run);
        self
    }

    /// What the next request needs.
    #[must_use]
    pub fn ask(&self) -> Ask {
        match &self.fallback {
            None => Ask {
                push: true,
                buckets: false,
                documents: Vec::new(),
            },
            Some(fallback) => Ask {
                push: fallback.is_fetching(),
                buckets: fallback.asks_buckets(),
                documents: fallback.asks_documents(),
            },
        }
    }

    /// Makes the next request and remembers what it carries.
    pub fn request(&mut self, gathered: Gathered) -> SyncRequest {
        let mut wanted: Vec<WireId> = Vec::new();
        let mut digest = None;
        if let Some(fallback) = &mut self.fallback {
            digest = fallback.query(gathered.buckets, gathered.documents);
            wanted.extend(fallback.wanted().map(WireId::from));
        }
        if digest.is_none() {
            let room = limits::MAX_WANTED.saturating_sub(wanted.len());
            wanted.extend(
                gathered
                    .wanted
                    .iter()
                    .take(room)
                    .map(|id| WireId::from(*id)),
            );
        }
        self.wanted_sent = wanted.len();
        self.push_more = gathered.push_more;
        self.sent = gathered.names;
        self.log.sends(gathered.log.as_ref(), gathered.log_more);
        SyncRequest {
            protocol: VERSION,
            epoch: self.position.epoch,
            cursor: self.position.cursor,
            push: gathered.push,
            wanted,
            digest,
            page_bytes: self.page_bytes,
            app: self.app.clone(),
            run: self.run,
            log: gathered.log,
            packing: Some(Packing::read()),
            elsewhere: None,
            looked: None,
        }
    }

    /// Takes the answer to the last request.
    ///
    /// # Errors
    /// When the answer is none that an honest server gives. The session is over then.
    pub fn answer(&mut self, mut response: SyncResponse) -> Result<Taken, Violation> {
        if response.protocol != VERSION {
            return Err(Violation::Protocol {
                found: response.protocol,
            });
        }
        let mut taken = Taken {
            remaining: response.remaining,
            ..Taken::default()
        };
        self.read_verdicts(&response, &mut taken)?;
        let log = self.log.answered(response.logged.take())?;
        taken.logged = log.logged;
        taken.checkpoint = response
            .checkpoint
            .take()
            .filter(|_| log.asked)
            .map(|checkpoint| (response.epoch, checkpoint));
        taken.deliveries = response.deliveries;
        taken.authors = response.authors;
        taken.gone = response
            .gone
            .iter()
            .map(|id| DocumentId::from(*id))
            .collect();
        if self
            .position
            .epoch
            .is_some_and(|epoch| epoch != response.epoch)
        {
            // Another life of the server: nothing is known of what it holds, so everything is
            // compared. The epoch is kept in memory only, until the comparison is through.
            self.position = Position {
                epoch: Some(response.epoch),
                cursor: self.position.cursor,
            };
            self.fallback = Some(Fallback::new());
            taken.recovery = Some(Recovery::Begins);
            // What was refused may build on what this server forgot. It stays unsent, goes again
            // after that was given back, and is refused then if it must be.
            taken.refused.clear();
            taken.again = true;
            self.epochs += 1;
            return if self.epochs > MAX_EPOCHS {
                Err(Violation::Epochs)
            } else {
                Ok(taken)
            };
        }
        self.position.epoch = Some(response.epoch);
        if self.epochs > 0 && self.fallback.is_some() {
            taken.recovery = Some(Recovery::UnderWay);
        }
        match response.digest {
            Some(answer) => self.read_digest(answer, &mut taken)?,
            None => self.read_page(response.cursor, response.more, log.moved, &mut taken)?,
        }
        taken.again |= log.again;
        Ok(taken)
    }

    fn read_verdicts(
        &mut self,
        response: &SyncResponse,
        taken: &mut Taken,
    ) -> Result<(), Violation> {
        let sent = std::mem::take(&mut self.sent);
        if sent.len() != response.verdicts.len() {
            return Err(Violation::Verdicts);
        }
        for (names, verdicts) in sent.into_iter().zip(&response.verdicts) {
            if names.len() != verdicts.len() {
                return Err(Violation::Verdicts);
            }
            for (name, verdict) in names.into_iter().zip(verdicts) {
                match verdict {
                    Outcome::Accepted | Outcome::Known => taken.acknowledged.push(name),
                    Outcome::Refused(code) if leaves_waiting(code) => taken.unread.push(name),
                    Outcome::Refused(code) => taken.refused.push((name, code.clone())),
                }
            }
        }
        Ok(())
    }

    fn read_digest(&mut self, answer: DigestAnswer, taken: &mut Taken) -> Result<(), Violation> {
        let fallback = self.fallback.as_mut().ok_or(Violation::Digest)?;
        match answer {
            DigestAnswer::Buckets(differing, head) => {
                if head > MAX_CURSOR {
                    return Err(Violation::NoProgress);
                }
                fallback.buckets(differing)?;
                // What the feed brings after this point is not in the comparison; what it brought
                // before is.
                self.position.cursor = head;
            }
            DigestAnswer::Documents(held, missing) => {
                let asked = fallback.documents()?;
                let named = held.iter().map(|held| held.document);
                for WireId(id) in named.chain(missing.iter().copied()) {
                    if !asked.contains(&id[0]) {
                        return Err(Violation::Digest);
                    }
                }
                for document in held {
                    let (hashes, rest) = document.hashes.as_chunks::<32>();
                    if !rest.is_empty() {
                        return Err(Violation::Digest);
                    }
                    taken.compare.push(Compare {
                        document: document.document.into(),
                        held: hashes.to_vec(),
                    });
                }
                taken.compare.extend(missing.into_iter().map(|id| Compare {
                    document: id.into(),
                    held: Vec::new(),
                }));
            }
        }
        taken.again = true;
        Ok(())
    }

    fn read_page(
        &mut self,
        cursor: u64,
        more: bool,
        logged: bool,
        taken: &mut Taken,
    ) -> Result<(), Violation> {
        if cursor < self.position.cursor || cursor > MAX_CURSOR {
            return Err(Violation::NoProgress);
        }
        let answered = logged || !taken.acknowledged.is_empty() || !taken.refused.is_empty();
        let brought = answered || !taken.deliveries.is_empty() || !taken.gone.is_empty();
        let mut moved = cursor > self.position.cursor || answered;
        self.position.cursor = cursor;
        let mut fetching = false;
        if let Some(fallback) = &mut self.fallback {
            if !fallback.is_fetching() {
                return Err(Violation::Digest);
            }
            // Whether they came or may not be had: there are fewer to ask for.
            moved |= fallback.has_more();
            fallback.fetched(self.wanted_sent);
            fetching = fallback.has_more();
            if !fetching {
                self.fallback = None;
            }
        }
        // While the comparison's documents are still under way, the old position stays on disk: a
        // tablet that is cut now compares again.
        taken.position = (!fetching).then_some(self.position);
        // A push of which nothing was read is worth another try only later.
        let push_more = if taken.unread.is_empty() {
            self.push_more
        } else {
            answered
        };
        taken.again = more || fetching || push_more;
        self.count_round(moved || !taken.again, brought)
    }

    fn count_round(&mut self, moved: bool, brought: bool) -> Result<(), Violation> {
        self.idle_rounds = if moved { 0 } else { self.idle_rounds + 1 };
        self.barren_pages = if brought { 0 } else { self.barren_pages + 1 };
        if self.idle_rounds > MAX_IDLE_ROUNDS || self.barren_pages > MAX_BARREN_PAGES {
            Err(Violation::NoProgress)
        } else {
            Ok(())
        }
    }

    /// Tells what the store holds of a document to compare; `own` leaves out what the server has
    /// refused. `withdrawn` is whether the tablet keeps it only until what is unsent has gone: if
    /// the server offers it, the right to it has come back, and it is asked for even though nothing
    /// of it is lacking. Answers which items the server lacks: they are to be queued again.
    pub fn compared(
        &mut self,
        compare: &Compare,
        own: &[ItemHash],
        withdrawn: bool,
    ) -> Vec<ItemName> {
        let lacks_some = compare.held.iter().any(|hash| !own.contains(hash));
        let returns = withdrawn && !compare.held.is_empty();
        if (lacks_some || returns)
            && let Some(fallback) = &mut self.fallback
        {
            fallback.want(compare.document);
        }
        own.iter()
            .filter(|hash| !compare.held.contains(hash))
            .map(|hash| ItemName {
                document: compare.document,
                hash: *hash,
            })
            .collect()
    }

    /// Where the session stands now, for waiting for news.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }
}

/// Whether a server says with this code that it did not come to reading the item.
fn leaves_waiting(code: &str) -> bool {
    Reason::of_code(code).is_some_and(Reason::leaves_waiting)
}
