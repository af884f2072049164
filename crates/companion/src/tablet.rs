//! The companion: one tablet's state and the parts that every use case shares.

use crate::{
    access_log::Looks,
    acts::Sight,
    api::{Connection, Event, KeyPlace, Progress, Settings},
    cache::Cache,
    enrolment::Enrolment,
    environment::{Clock, Randomness},
    failure::{Outcome, Problem},
    people::index::PeopleIndex,
    records::remove_copies,
    sync::transport::Transport,
};
use chrono::{DateTime, Utc};
pub use hemrond_documents::schema::Knows;
use hemrond_documents::{Actor, Hash};
use hemrond_domain::{
    ids::{DeviceId, PersonId, UnitId, UserId},
    people::Role,
    record::{DocumentId, Header},
};
use hemrond_policy::{Action, Decision, Policy, Reason, Resource};
use hemrond_store::{Key, Store};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
};
use tokio::sync::{Mutex, Notify, broadcast};

/// Everything that a companion gets from outside.
pub struct Environment {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub randomness: Arc<dyn Randomness>,
    /// The way to the server.
    pub transport: Arc<dyn Transport>,
    /// Where the database's key is kept, to be told to the user.
    pub key_kept_in: KeyPlace,
    /// How much of the documents' schemas this app knows: everything, unless it stands in for an
    /// earlier version beside newer ones.
    pub knows: Knows,
}

/// A tablet's companion: every command goes through it, whatever the face.
pub struct Companion {
    pub(crate) store: Store,
    pub(crate) policy: Policy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) randomness: Arc<dyn Randomness>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) key_kept_in: KeyPlace,
    pub(crate) folder: PathBuf,
    /// Drawn at the start: which run of the app this is.
    pub(crate) run: [u8; 16],
    pub(crate) state: Mutex<State>,
    /// Held through a sync, so that two never run at once.
    pub(crate) syncing: Mutex<()>,
    /// Whether the server's last answer said that it reads packed items.
    pub(crate) server_unpacks: AtomicBool,
    /// Whether everything was compared with the server since this start, and since something last
    /// asked for it.
    pub(crate) compared: AtomicBool,
    /// Whether this run has written into its log that the server finds it broken.
    pub(crate) told_broken: AtomicBool,
    /// How often the size of a push was halved since a sync last came through.
    pub(crate) halvings: AtomicU32,
    /// How often the faces were told that documents changed.
    pub(crate) announced: AtomicU64,
    pub(crate) events: broadcast::Sender<Event>,
    /// Wakes the background sync: something is to be sent, or the user asks.
    pub(crate) wake: Notify,
    /// Ends the wait after a failed try: the user asked, or the network is said to be back.
    pub(crate) asked: Notify,
    /// What the server's last answer allowed, until the door has taken note of it.
    pub(crate) granted: std::sync::Mutex<Option<Granted>>,
}

/// What is on a tablet only, and would be lost with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// Changes and signatures.
    pub items: u32,
    /// Records of the access log.
    pub log: u32,
}

/// How long the server lets this tablet be read without contact, said at an answer of its.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    /// When the answer came, by this tablet's clock.
    pub at: DateTime<Utc>,
    /// How many seconds; none where an older server did not say.
    pub seconds: Option<u32>,
}

/// What changes while the companion runs. Everything that must last is in the store.
pub(crate) struct State {
    pub(crate) enrolment: Option<Enrolment>,
    /// Drawn anew at every start and after every failed write; never stored.
    pub(crate) actor: Actor,
    pub(crate) knows: Knows,
    pub(crate) cache: Cache,
    pub(crate) authors: HashMap<[u8; 16], (UserId, DeviceId)>,
    /// Colleagues' names and roles, from the directory.
    pub(crate) staff: BTreeMap<UserId, (Option<String>, Option<Role>)>,
    pub(crate) units: BTreeMap<UnitId, String>,
    pub(crate) people: PeopleIndex,
    pub(crate) sight: Sight,
    pub(crate) settings: Settings,
    /// What the user had seen of a document when they opened it in this run.
    pub(crate) baselines: HashMap<DocumentId, Baseline>,
    /// Whom the last search found.
    pub(crate) found: BTreeSet<PersonId>,
    /// Of whom the answer that is being made shows something, for the access log: set by lists.
    pub(crate) shown: BTreeSet<PersonId>,
    /// What was looked at in this run, for the access log.
    pub(crate) looks: Looks,
    pub(crate) link: Link,
}

/// What the user had seen of a document before, and when they last looked.
#[derive(Debug, Clone)]
pub(crate) struct Baseline {
    /// None: never opened before.
    pub(crate) heads: Option<Vec<Hash>>,
    pub(crate) looked: DateTime<Utc>,
}

/// The connection as the user is told about it.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) connection: Connection,
    pub(crate) offline_by_choice: bool,
    pub(crate) last_contact: Option<DateTime<Utc>>,
    pub(crate) last_failure: Option<Problem>,
    pub(crate) next_try: Option<DateTime<Utc>>,
    pub(crate) progress: Option<Progress>,
}

impl Link {
    /// Whether the server said last that it has never heard of this tablet.
    pub(crate) fn is_unknown_to_server(&self) -> bool {
        self.connection == Connection::Rejected
            && self
                .last_failure
                .as_ref()
                .is_some_and(|failure| failure.code == "device.unknown")
    }
}

impl Companion {
    /// Opens the tablet in a folder, with the database's key.
    ///
    /// # Errors
    /// When the database cannot be opened: a wrong key, a damaged file, a newer version's file,
    /// another window that has it open. The file is left as it is.
    pub async fn open(folder: &Path, key: &Key, environment: Environment) -> Outcome<Self> {
        let store = Store::open(&folder.join("tablet.db"), key).await?;
        Self::open_with(store, folder, environment).await
    }

    /// Opens the tablet on a store that is open already, wherever it lies. The folder is for files
    /// that are given out.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn open_with(store: Store, folder: &Path, environment: Environment) -> Outcome<Self> {
        let policy = Policy::load().map_err(|_| Problem::new("policy.unreadable"))?;
        remove_copies(folder);
        let enrolment = Self::read_enrolment(&store).await?;
        let settings = Self::read_settings(&store).await?;
        let last_contact = store.sync_position().await?.last_contact;
        let offline_by_choice = Self::read_offline(&store).await?;
        let state = State {
            enrolment,
            actor: Actor::from_random(environment.randomness.id()),
            knows: environment.knows,
            cache: Cache::default(),
            authors: store
                .authors_all()
                .await?
                .into_iter()
                .map(|known| (known.actor, (known.user, known.device)))
                .collect(),
            staff: BTreeMap::new(),
            units: BTreeMap::new(),
            people: PeopleIndex::default(),
            sight: Sight::default(),
            settings,
            baselines: HashMap::new(),
            found: BTreeSet::new(),
            shown: BTreeSet::new(),
            looks: Looks::default(),
            link: Link {
                connection: if offline_by_choice {
                    Connection::Offline
                } else {
                    Connection::Unknown
                },
                offline_by_choice,
                last_contact,
                last_failure: offline_by_choice.then(|| Problem::new("sync.offline_by_choice")),
                next_try: None,
                progress: None,
            },
        };
        let run = environment.randomness.id();
        let companion = Self {
            run,
            store,
            policy,
            clock: environment.clock,
            randomness: environment.randomness,
            transport: environment.transport,
            key_kept_in: environment.key_kept_in,
            folder: folder.to_owned(),
            state: Mutex::new(state),
            syncing: Mutex::new(()),
            server_unpacks: AtomicBool::new(false),
            compared: AtomicBool::new(false),
            told_broken: AtomicBool::new(false),
            halvings: AtomicU32::new(0),
            announced: AtomicU64::new(0),
            events: broadcast::channel(256).0,
            wake: Notify::new(),
            asked: Notify::new(),
            granted: std::sync::Mutex::new(None),
        };
        companion.recall_form().await?;
        companion
            .refresh_directory(&mut *companion.state.lock().await)
            .await?;
        companion.rebuild_if_needed().await?;
        // A tablet whose disk is full opens all the same.
        if let Err(problem) = companion.try_refused_again().await {
            tracing::warn!(code = %problem.code, "what was refused is not tried again");
        }
        companion
            .look_around(&mut *companion.state.lock().await)
            .await?;
        Ok(companion)
    }

    /// The store underneath, for whoever checks the whole; people's commands go through
    /// [`Companion::call`].
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// News from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Writes what is left and closes the database.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn close(self) -> Outcome<()> {
        self.store.close().await?;
        Ok(())
    }

    /// The same for those who do not have it alone. Every later command is told that it is closed.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn shut(&self) -> Outcome<()> {
        self.store.close().await?;
        // What was read is forgotten with the store that it came from.
        let mut state = self.state.lock().await;
        state.cache.forget_all();
        state.people.forget();
        state.baselines.clear();
        Ok(())
    }

    /// What would be lost with this tablet now. Whatever else must reach the server before a key may
    /// be destroyed is to be counted here: what it refused has not reached it either, whether the user has
    /// laid it aside or not. That it was locked, and nothing since, is no reason to keep
    /// a user on it: nobody looked.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn unsent(&self) -> Outcome<Unsent> {
        let log = match self.store.log_summary().await?.unsent {
            1 if self.was_only_locked().await? => 0,
            unsent => unsent,
        };
        let standing = self.store.standing().await?;
        Ok(Unsent {
            items: standing.outbox.items + standing.refused + standing.laid_aside,
            log: u32::try_from(log).unwrap_or(u32::MAX),
        })
    }

    /// Whether nothing that the user wrote waits to be sent.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn has_sent_all(&self) -> Outcome<bool> {
        Ok(self.store.outbox_summary().await?.items == 0)
    }

    /// What the server's last answer allowed, once.
    #[must_use]
    pub fn take_granted(&self) -> Option<Granted> {
        let mut granted = self
            .granted
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        granted.take()
    }

    /// Why the server last would not have this tablet, by its code; none while it would.
    pub async fn refusal(&self) -> Option<String> {
        let state = self.state.lock().await;
        let failure = state.link.last_failure.as_ref()?;
        if state.link.connection != Connection::Rejected {
            return None;
        }
        let code = failure.params.get("code").unwrap_or(&failure.code);
        Some(code.clone())
    }

    /// What the user set.
    pub async fn settings(&self) -> Settings {
        self.state.lock().await.settings.clone()
    }

    /// Reads colleagues' and units' names anew, and what the user works as by now: a new role or
    /// unit counts on the tablet as soon as the server has said so.
    pub(crate) async fn refresh_directory(&self, state: &mut State) -> Outcome<()> {
        let staff = self.store.staff().await?;
        if let Some(enrolment) = &mut state.enrolment {
            let own = staff.iter().find(|row| row.user == enrolment.user.id);
            if let Some(role) = own.and_then(|row| row.role.as_deref()?.parse().ok()) {
                enrolment.user.role = role;
            }
            if let Some(unit) = own.and_then(|row| row.unit) {
                enrolment.user.unit = unit;
            }
        }
        state.staff = staff
            .into_iter()
            .map(|row| {
                let role = row.role.and_then(|role| role.parse().ok());
                (row.user, (row.name, role))
            })
            .collect();
        state.units = self
            .store
            .units()
            .await?
            .into_iter()
            .filter_map(|row| Some((row.unit, row.name?)))
            .collect();
        Ok(())
    }

    /// Refuses what the policy does not allow this user.
    pub(crate) fn check(&self, state: &State, action: Action, header: &Header) -> Outcome<()> {
        allowed(&self.decide(state, action, header)?, header)
    }

    pub(crate) fn may(&self, state: &State, action: Action, header: &Header) -> Outcome<bool> {
        Ok(self.decide(state, action, header)?.allowed)
    }

    /// The one place where this tablet asks the policies about a document: with what the person's
    /// acts say between it and the user, and with what [`Companion::ask_relations`] found.
    pub(crate) fn decide(
        &self,
        state: &State,
        action: Action,
        header: &Header,
    ) -> Outcome<Decision> {
        let enrolment = state.enrolled()?;
        let circumstances = state.sight.circumstances(&enrolment.user, header);
        Ok(self.policy.may_in(
            &enrolment.principal(),
            action,
            &Resource::from(header),
            &circumstances,
        ))
    }

    /// Draws another actor: what was written under the old one may no longer be here, and a place
    /// in an actor's sequence must never be given out twice. Documents in memory write under the
    /// actor that they were opened with, so none of them stays.
    pub(crate) fn change_actor(&self, state: &mut State) {
        state.actor = Actor::from_random(self.randomness.id());
        state.cache.forget_all();
    }

    /// Tells the faces that documents changed.
    pub(crate) fn announce(&self, documents: Vec<DocumentId>, by_others: bool) {
        if !documents.is_empty() {
            self.announced.fetch_add(1, Ordering::Relaxed);
            // Nobody listening is fine.
            let _ = self.events.send(Event::Changed {
                documents,
                by_others,
            });
        }
    }
}

impl State {
    /// The enrolment, or the problem that there is none yet.
    pub(crate) fn enrolled(&self) -> Outcome<&Enrolment> {
        self.enrolment
            .as_ref()
            .ok_or_else(|| Problem::new("enrol.needed"))
    }

    /// Who stands behind what is written on this tablet now.
    pub(crate) fn author(&self) -> Outcome<hemrond_store::Author> {
        let enrolment = self.enrolled()?;
        Ok(hemrond_store::Author {
            actor: *self.actor.as_bytes(),
            user: enrolment.user.id,
            device: enrolment.device,
        })
    }

    pub(crate) fn unit_name(&self, unit: UnitId) -> Option<String> {
        self.units.get(&unit).cloned()
    }

    pub(crate) fn user_of(&self, actor: &[u8; 16]) -> Option<UserId> {
        if actor == self.actor.as_bytes() {
            return self.enrolment.as_ref().map(|enrolment| enrolment.user.id);
        }
        self.authors.get(actor).map(|(user, _)| *user)
    }

    pub(crate) fn device_of(&self, actor: &[u8; 16]) -> Option<DeviceId> {
        if actor == self.actor.as_bytes() {
            return self.enrolment.as_ref().map(|enrolment| enrolment.device);
        }
        self.authors.get(actor).map(|(_, device)| *device)
    }
}

/// What a decision of the policies is to whoever asked.
pub(crate) fn allowed(decision: &Decision, header: &Header) -> Outcome<()> {
    match decision.reason {
        _ if decision.allowed => Ok(()),
        Some(Reason::BlockedInner) => Err(Problem::new("policy.blocked")),
        Some(Reason::RelationNeeded) => {
            let needed = Problem::new("policy.relation_needed");
            // Whose it is, so that the page can ask for the relation.
            Err(match header.person_id() {
                Some(person) => needed.with("person", person),
                None => needed,
            })
        }
        _ => Err(Problem::new("policy.forbidden").with("kind", header.kind())),
    }
}
