//! The world of a story: staff, tablets, a server, and the one time that passes for all.

use crate::{
    act::{self, Cases, Post},
    chains::RecordHash,
    chance::Chance,
    drive::{Hangs, Stop, to_the_end},
    network::{Air, Wire},
    plant::Bug,
    shared::pair,
    site::Site,
    steps::{Size, Step},
    tablet::Tablet,
    time::{ServerClock, TrueTime},
    witness::{Witness, Wrong},
};
use hemrond_companion::{
    Companion,
    api::{Command, Enrol, Failure, Nothing, Typed},
};
use hemrond_domain::{
    ids::{OrganisationId, UnitId, UserId},
    people::{Role, User},
};
use hemrond_server::{
    credential::code_hash,
    directory::Administration,
    environment::Clock as _,
    storage::{Accounts as _, Unit},
};
use hemrond_store::ItemName;
use std::{collections::BTreeSet, sync::Arc};

/// How much a run did and what it found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many tablet-days were lived.
    pub tablet_days: u64,
    /// How many items were said to be saved.
    pub edits: u64,
    /// How many faults struck.
    pub faults: u64,
    /// How many old requests the server took and judged.
    pub replays: u64,
    /// What went wrong, in order.
    pub findings: Vec<crate::witness::Finding>,
    /// A number that differs when two runs differ.
    pub fingerprint: u64,
}

/// What makes a world.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The seed of everything that is not a step.
    pub seed: u64,
    /// How many tablets and days.
    pub size: Size,
    /// A bug, to be found.
    pub bug: Option<Bug>,
}

/// The world.
pub struct World {
    pub(crate) setting: Setting,
    pub(crate) stop: Stop,
    pub(crate) time: Arc<TrueTime>,
    pub(crate) site: Arc<Site>,
    pub(crate) air: Arc<Air>,
    pub(crate) staff: Vec<User>,
    /// Every tablet that ever was.
    pub(crate) tablets: Vec<Tablet>,
    /// The tablet that each place has now.
    pub(crate) places: Vec<usize>,
    /// The two places whose users share one tablet.
    pub(crate) shared: Option<(usize, usize)>,
    pub(crate) cases: Cases,
    pub(crate) witness: Witness,
    /// Whether the server was ever restored.
    pub(crate) restored: bool,
    /// Whether a tablet ever went back to an older copy of itself.
    pub(crate) went_back: bool,
    /// Whether a tablet was ever enrolled again, under a new name.
    pub(crate) enrolled_again: bool,
    /// Records of access logs that the server held and forgot when it was restored.
    pub(crate) forgotten_log: BTreeSet<RecordHash>,
    /// What the server held when it was restored, which it may have forgotten.
    pub(crate) once_on_server: BTreeSet<ItemName>,
    pub(crate) marks: u64,
    pub(crate) codes: u64,
}

/// Why a story could not go on: the simulation's own ground gave way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Something waits for what never comes.
    #[error(transparent)]
    Hangs(#[from] Hangs),
    /// The beginning, in which nothing fails, failed.
    #[error("the story could not begin: {0}")]
    Beginning(String),
}

/// Runs a story.
///
/// # Errors
/// When the story cannot even begin.
pub fn run(setting: Setting, steps: &[Step]) -> Result<Outcome, Broken> {
    let mut world = World::begin(setting)?;
    for step in steps {
        world.perform(step);
        // One finding is enough: what follows from it tells nothing new.
        if world.witness.found_something() {
            break;
        }
    }
    // From here on everybody is looked at side by side.
    world.shared = None;
    if !world.witness.found_something() {
        world.heal();
    }
    if !world.witness.found_something() {
        world.judge();
    }
    Ok(Outcome {
        tablet_days: setting.size.tablet_days(),
        edits: u64::try_from(world.witness.count()).unwrap_or(0),
        faults: world.air.struck.faults(),
        replays: world.air.struck.replays(),
        fingerprint: world.fingerprint(),
        findings: world.witness.findings,
    })
}

impl World {
    /// Everybody enrols, the first people are known to all, and the first visit is planned.
    fn begin(setting: Setting) -> Result<Self, Broken> {
        let stop = Stop::default();
        let time = TrueTime::new();
        let site = Site::new(setting.seed, Arc::clone(&time), stop.clone(), setting.bug)
            .map_err(|error| Broken::Beginning(error.to_string()))?;
        let site = Arc::new(site);
        let air = Air::new(Arc::clone(&site), Chance::new(setting.seed ^ 0xa17));
        let mut world = Self {
            setting,
            stop,
            time,
            site,
            air: Arc::new(air),
            staff: Vec::new(),
            tablets: Vec::new(),
            places: Vec::new(),
            shared: None,
            cases: Cases::default(),
            witness: Witness::default(),
            restored: false,
            went_back: false,
            enrolled_again: false,
            forgotten_log: BTreeSet::new(),
            once_on_server: BTreeSet::new(),
            marks: 0,
            codes: 0,
        };
        world.employ()?;
        for place in 0..setting.size.tablets {
            let tablet = world.hand_out(place)?;
            world.places.push(tablet);
        }
        world.first_cases()?;
        world.shared = pair(setting.seed, world.places.len());
        world.share_clock();
        Ok(world)
    }

    fn employ(&mut self) -> Result<(), Broken> {
        let site = Arc::clone(&self.site);
        let clock = ServerClock(Arc::clone(&self.time));
        let administration = Administration {
            storage: &site.database,
            policy: &site.policy,
            clock: &clock,
            chance: site.randomness(),
        };
        let staff: Vec<User> = (0..self.setting.size.tablets).map(employee).collect();
        let hired = async {
            administration
                .add_organisation(KOMMUN, "Hemrond kommun")
                .await?;
            for (id, name, kind) in [
                (TEAM, "Mobila teamet", "mobile_team"),
                (OTHER_TEAM, "Mobila teamet Väst", "mobile_team"),
                (HOME_HELP, "Hemtjänsten Öster", "hemtjanst"),
            ] {
                let unit = Unit {
                    id,
                    organisation: KOMMUN,
                    name: name.to_owned(),
                    kind: kind.to_owned(),
                    phone: String::new(),
                };
                administration.add_unit(&unit).await?;
            }
            for user in &staff {
                administration.add_user(user, "").await?;
            }
            Ok::<(), hemrond_server::authoring::AuthoringError>(())
        };
        to_the_end(hired, &self.stop)?.map_err(|error| Broken::Beginning(error.to_string()))?;
        self.staff = staff;
        Ok(())
    }

    /// Gives the user of this place a new tablet, enrolled with a one-time code.
    pub(crate) fn hand_out(&mut self, place: usize) -> Result<usize, Broken> {
        let user = self
            .staff
            .get(place)
            .ok_or_else(|| Broken::Beginning("nobody works here".to_owned()))?
            .clone();
        let number = self.tablets.len();
        let wire = Arc::new(Wire::new(Arc::clone(&self.air), number));
        let seed = self.setting.seed ^ (u64::try_from(number).unwrap_or(0) << 40);
        let name = format!("tablet {number} of {}", user.name);
        let mut tablet = Tablet::new(
            name.clone(),
            user.id,
            seed,
            Arc::clone(&self.time),
            wire,
            self.setting.bug,
        );
        let companion = tablet
            .start(&self.stop)
            .map_err(|error| Broken::Beginning(error.to_string()))?
            .ok_or_else(|| Broken::Beginning("a new disk fails".to_owned()))?;
        self.enrol(&companion, user.id, &name)?
            .map_err(|failure| Broken::Beginning(failure.to_string()))?;
        self.tablets.push(tablet);
        Ok(number)
    }

    /// Enrols a tablet with a new code for this user.
    pub(crate) fn enrol(
        &mut self,
        companion: &Companion,
        user: UserId,
        name: &str,
    ) -> Result<Result<(), Failure>, Broken> {
        self.codes += 1;
        let code = format!("K{}", self.codes);
        let site = Arc::clone(&self.site);
        let now = ServerClock(Arc::clone(&self.time)).now_ms();
        let enrolled = async {
            site.database
                .add_code(code_hash(&code), user, now + 86_400_000)
                .await
                .map_err(|error| Broken::Beginning(error.to_string()))?;
            let enrol = Command::Enrol(Enrol {
                server: "https://hemrond.example".to_owned(),
                code: code.clone(),
                tablet: name.to_owned(),
                pin: Typed::default(),
                sign_in: None,
            });
            Ok(companion.call(enrol).await.map(|_| ()))
        };
        to_the_end(enrolled, &self.stop)?
    }

    fn first_cases(&mut self) -> Result<(), Broken> {
        for place in 0..self.places.len() {
            self.sync_quietly(place)?;
        }
        let first = self.running(0).ok_or_else(began_badly)?;
        let stop = self.stop.clone();
        for name in ["Testsson", "Provman"] {
            let person = to_the_end(act::add_person(&first, name), &stop)?
                .map_err(|failure| Broken::Beginning(failure.to_string()))?;
            self.cases.people.push(person);
        }
        let post = self.post(0);
        let person = *self.cases.people.first().ok_or_else(began_badly)?;
        let mut chance = Chance::new(self.setting.seed ^ 0xf1);
        let planned = to_the_end(act::plan(&first, post, person, &mut chance, "m0"), &stop)?
            .map_err(|failure| Broken::Beginning(failure.to_string()))?;
        self.cases.visits.extend(planned.visit);
        let first_tablet = self.places.first().copied().unwrap_or(0);
        let waiting = to_the_end(Tablet::waiting(&first), &stop)?.map_err(Broken::Beginning)?;
        let new = self.witness.kept(first_tablet, &waiting);
        self.remember_entries(&first, &new);
        for place in 0..self.places.len() {
            self.sync_quietly(place)?;
        }
        for place in 0..self.places.len() {
            self.look_at_queue(place);
        }
        Ok(())
    }

    fn sync_quietly(&mut self, place: usize) -> Result<(), Broken> {
        let companion = self.running(place).ok_or_else(began_badly)?;
        to_the_end(companion.call(Command::SyncNow(Nothing {})), &self.stop)?
            .map_err(|failure| Broken::Beginning(failure.to_string()))?;
        Ok(())
    }

    /// Where the user of this place works, by the story.
    pub(crate) fn post(&self, place: usize) -> Post {
        let user = self.staff.get(place);
        Post {
            role: user.map_or(Role::Nurse, |user| user.role),
            organisation: KOMMUN,
            unit: user.map_or(TEAM, |user| user.unit),
        }
    }

    /// The tablet of a place, running. None where it cannot start now; a start that fails for no
    /// reason is a finding.
    pub(crate) fn running(&mut self, place: usize) -> Option<Arc<Companion>> {
        self.make_way(place);
        let number = *self.places.get(place)?;
        let stop = self.stop.clone();
        let tablet = self.tablets.get_mut(number)?;
        match tablet.start(&stop) {
            Ok(companion) => companion,
            Err(error) => {
                let what = format!("{}: {error}", tablet.name);
                self.witness.find(Wrong::Lost, what);
                None
            }
        }
    }

    fn fingerprint(&self) -> u64 {
        // FNV-1a over everything that was said to be saved, in order.
        let mut print: u64 = 0xcbf2_9ce4_8422_2325;
        for saved in self.witness.saved() {
            for byte in saved.item.hash {
                print = (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        print
    }
}

fn began_badly() -> Broken {
    Broken::Beginning("a tablet does not run".to_owned())
}

/// The municipality.
const KOMMUN: OrganisationId = OrganisationId::from_bytes([1; 16]);
/// The mobile team.
pub(crate) const TEAM: UnitId = UnitId::from_bytes([2; 16]);
/// Another mobile team.
pub(crate) const OTHER_TEAM: UnitId = UnitId::from_bytes([3; 16]);
/// The home help.
pub(crate) const HOME_HELP: UnitId = UnitId::from_bytes([4; 16]);

/// Who works in this place: nurses, home help and doctors in turn.
fn employee(place: usize) -> User {
    let (name, role, unit) = match place % 5 {
        0 => ("Eva Lind", Role::Nurse, TEAM),
        1 => ("Stina Ek", Role::Hemtjanst, HOME_HELP),
        2 => ("Omar Haddad", Role::Nurse, TEAM),
        3 => ("Anna Berg", Role::Doctor, TEAM),
        _ => ("Lars Ohlsson", Role::Hemtjanst, HOME_HELP),
    };
    let number = u8::try_from(place).unwrap_or(u8::MAX);
    User {
        id: UserId::from_bytes([100_u8.saturating_add(number); 16]),
        name: format!("{name} {place}"),
        role,
        organisation: KOMMUN,
        unit,
    }
}
