//! One long day, told to every storage at once: whatever is asked, all answer the same.
//!
//! The day is drawn from a seed. Tablets write, send again, send rubbish and what builds on nothing,
//! give back what others wrote, and ask for pages of any size from anywhere; roles change and
//! recoveries begin and end meanwhile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use hemrond_documents::{Actor, Edit};
use hemrond_domain::{
    ids::{DeviceId, UserId},
    law::{Act, ActId, Bound, DangerLift, Step, Voice},
    people::{Role, User},
    record::{DocumentId, Header},
};
use hemrond_policy::Principal;
use hemrond_protocol::{Author, Epoch, Item, ItemKind, SyncRequest, WireId};
use hemrond_server::{
    environment::Clock as _,
    exchange::{asker, exchange},
    state::Server,
    storage::{NewDevice, Organisation, RoleChange, Unit},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{collections::BTreeMap, fmt::Debug, sync::Arc, time::Duration};
use support::{
    Backend, HEMTJANST, KOMMUN, OFFICE, Place, TEAM, Tablet, TestClock, person, process, visit,
};

/// How much happens in a day.
const STEPS: usize = 150;

/// The same server on each storage.
struct Towns {
    servers: Vec<Server>,
    clock: Arc<TestClock>,
    _places: Vec<Place>,
}

impl Towns {
    async fn new(tablets: &[Tablet]) -> Self {
        let clock = Arc::new(TestClock::new());
        let mut towns = Self {
            servers: Vec::new(),
            clock: clock.clone(),
            _places: Vec::new(),
        };
        for backend in [Backend::Sqlite, Backend::Postgres, Backend::Memory] {
            let place = Place::new(backend);
            let server = process(place.open().await, clock.clone());
            people(&server, tablets).await;
            towns.servers.push(server);
            towns._places.push(place);
        }
        towns
    }

    /// Asks every storage the same, and gives the answer that they agree on.
    async fn agree<T: Debug>(&self, what: &str, ask: impl AsyncFn(&Server) -> T) -> T {
        let mut answers = Vec::new();
        for server in &self.servers {
            answers.push(ask(server).await);
        }
        let last = answers.pop().unwrap();
        for other in &answers {
            assert_eq!(format!("{other:?}"), format!("{last:?}"), "{what}");
        }
        last
    }
}

async fn people(server: &Server, tablets: &[Tablet]) {
    let storage = &server.storage;
    let organisation = Organisation {
        id: KOMMUN,
        name: "Hemrond kommun".to_owned(),
    };
    storage.add_organisation(&organisation).await.unwrap();
    for (id, name) in [(TEAM, "Teamet"), (HEMTJANST, "Norr"), (OFFICE, "Kontoret")] {
        let unit = Unit {
            id,
            organisation: KOMMUN,
            name: name.to_owned(),
            kind: "other".to_owned(),
            phone: String::new(),
        };
        storage.add_unit(&unit).await.unwrap();
    }
    for tablet in tablets {
        storage.add_user(&tablet.user).await.unwrap();
        let device = NewDevice {
            only_for: None,
            id: tablet.device,
            name: "Surfplatta".to_owned(),
            public_key: *tablet.key.verifying_key().as_bytes(),
        };
        storage
            .add_device(tablet.user.id, &device, 0)
            .await
            .unwrap();
    }
}

fn tablets() -> Vec<Tablet> {
    // Their HTTP is never used here, and asks for it all the same. Fails only if it is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let staff = [
        ("Eva Lind", Role::Nurse, TEAM),
        ("Omar Haddad", Role::Nurse, TEAM),
        ("Stina Ek", Role::Hemtjanst, HEMTJANST),
        ("Lena Holm", Role::Assessor, OFFICE),
    ];
    let tablet = |(number, (name, role, unit)): (u8, (&str, Role, _))| Tablet {
        url: String::new(),
        http: reqwest::Client::new(),
        device: DeviceId::from_stored([100 + number; 16]),
        user: User {
            id: UserId::from_stored([50 + number; 16]),
            name: name.to_owned(),
            role,
            organisation: KOMMUN,
            unit,
        },
        key: SigningKey::from_bytes(&[number + 1; 32]),
        epoch: None,
        cursor: 0,
        actor: Actor::from_random([150 + number; 16]),
        documents: BTreeMap::new(),
        outbox: Vec::new(),
        wanted: Vec::new(),
        verdicts: Vec::new(),
    };
    (0..).zip(staff).map(tablet).collect()
}

fn some_header(dice: &mut StdRng) -> Header {
    match dice.random_range(0..8) {
        0 => person(),
        1 => Header::directory(KOMMUN),
        number => visit(number),
    }
}

/// A legal act about Astrid; sometimes one that its maker may not make.
fn act(dice: &mut StdRng, tablet: &mut Tablet, blocks: &mut Vec<ActId>, now: DateTime<Utc>) {
    let unit = [TEAM, OFFICE][dice.random_range(0..2)];
    let known = (!blocks.is_empty()).then(|| blocks[dice.random_range(0..blocks.len())]);
    let act = match (dice.random_range(0..4), known) {
        (0, Some(block)) => Act::BlockLifted {
            block,
            how: DangerLift::Consent,
        },
        (1, _) => Act::EmergencyOpened {
            bound: Bound::Inner,
            step: Step::Entries,
            danger: "Medvetslös".to_owned(),
            units: vec![unit],
            documents: Vec::new(),
            until: now + TimeDelta::milliseconds(dice.random_range(1..60)),
        },
        (2, _) => Act::EmergencyOpened {
            bound: Bound::Inner,
            step: Step::Entries,
            danger: "Medvetslös".to_owned(),
            units: Vec::new(),
            documents: vec![visit(dice.random_range(2..8)).id()],
            until: now + TimeDelta::hours(2),
        },
        _ => Act::BlockSet {
            bound: Bound::Inner,
            unit: Some(unit),
            voice: Voice::Person,
        },
    };
    let id = tablet.act(&act, now);
    if matches!(act, Act::BlockSet { .. }) {
        blocks.push(id);
    }
}

/// What a tablet sends next; sometimes not what an honest one would.
fn request(dice: &mut StdRng, tablet: &mut Tablet, all: &[Item], head: u64) -> SyncRequest {
    for _ in 0..dice.random_range(0..4) {
        let header = some_header(dice);
        let edit = match header.kind() {
            hemrond_domain::record::DocumentKind::Visit => "reason",
            hemrond_domain::record::DocumentKind::Person => "given_name",
            _ => "name",
        };
        tablet.write(
            &header,
            &[Edit::set(edit, dice.random_range(0..50).to_string())],
        );
    }
    let mut request = tablet.request();
    if let Some(item) = request
        .push
        .first_mut()
        .and_then(|push| push.items.first_mut())
    {
        match dice.random_range(0..12) {
            0 => item.bytes.truncate(20),
            1 => item.bytes.push(0),
            // A signed entry that is none.
            2 => item.kind = ItemKind::Entry,
            _ => {}
        }
    }
    if dice.random_ratio(1, 6)
        && let Some(push) = request.push.last_mut()
    {
        // What builds on this is left without a ground.
        push.items.remove(0);
    }
    if dice.random_ratio(1, 5) && !all.is_empty() {
        // Somebody else's, given back under a name.
        let item = all[dice.random_range(0..all.len())].clone();
        if let Some(push) = request.push.first_mut() {
            push.items.insert(0, item);
        }
    }
    // One in three is not heard of, and sends the same again next time.
    if dice.random_ratio(2, 3) {
        tablet.outbox.clear();
    }
    request.cursor = match dice.random_range(0..3) {
        0 => dice.random_range(0..=head + 1),
        _ => tablet.cursor,
    };
    request.page_bytes = [1, 150, 400, 1 << 20][dice.random_range(0..4)];
    let wanted = (0..dice.random_range(0..3)).map(|_| WireId::from(some_header(dice).id()));
    request.wanted = wanted.collect();
    request
}

async fn change_role(dice: &mut StdRng, towns: &Towns, tablet: &Tablet) {
    let (role, unit) = [
        (Role::Nurse, TEAM),
        (Role::Nurse, OFFICE),
        (Role::Hemtjanst, HEMTJANST),
        (Role::Assessor, OFFICE),
    ][dice.random_range(0..4)];
    // Now and then it was worked out for a state that is past.
    let late = i64::from(dice.random_ratio(1, 4));
    let done = async |server: &Server| {
        let account = server.storage.user(tablet.user.id).await.unwrap().unwrap();
        let before = Principal::from(&account.user);
        let after = Principal {
            role,
            unit,
            ..before
        };
        let change = RoleChange {
            user: tablet.user.id,
            access_version: account.access_version - late,
            role,
            unit,
            before: server.policy.readable(&before),
            after: server.policy.readable(&after),
        };
        server.storage.change_role(&change).await.is_ok()
    };
    towns.agree("a change of role", done).await;
}

/// Everything that can be asked without asking for a page.
async fn look_around(towns: &Towns, tablet: &Tablet, after: u64) {
    let named: Vec<DocumentId> = (0..9)
        .map(visit)
        .chain([person()])
        .map(|h| h.id())
        .collect();
    towns
        .agree("a look around", async |server| {
            let storage = &server.storage;
            let account = storage.user(tablet.user.id).await.unwrap().unwrap();
            let device = storage.devices_by_id(&[tablet.device]).await.unwrap();
            let asker = asker(server, &device[0], &account);
            let mut withheld = storage.withheld(&asker, &named).await.unwrap();
            withheld.sort_unstable();
            let mut stale = asker.clone();
            stale.access_version -= 1;
            let stale = storage.news(&stale, after).await.unwrap_err().to_string();
            let news = storage.news(&asker, after).await.unwrap();
            let (published, head) = storage.published(after, 10_000).await.unwrap();
            let concerned = published.iter().any(|one| one.concerns(&asker));
            // What wakes a tablet knows of no blocks: it may wake one for nothing, never too few.
            assert_eq!(head, news.1);
            assert!(concerned || !news.0, "both ways of asking agree");
            (
                storage.digests(&asker).await.unwrap(),
                storage.hashes(&named).await.unwrap(),
                storage.changes(&named).await.unwrap(),
                storage.document(named[3]).await.unwrap(),
                storage.refused(tablet.device).await.unwrap(),
                (news, published),
                storage.life().await.unwrap(),
                (account, device, withheld, stale),
                (
                    storage.users().await.unwrap(),
                    storage.units().await.unwrap(),
                ),
            )
        })
        .await;
}

async fn a_day(seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut tablets = tablets();
    let towns = Towns::new(&tablets).await;
    let mut all: Vec<Item> = Vec::new();
    let mut blocks = Vec::new();
    let (mut taken, mut refused, mut acts) = (0, 0, 0);
    for _ in 0..STEPS {
        towns
            .clock
            .forward(Duration::from_millis(dice.random_range(0..2)));
        let who = dice.random_range(0..tablets.len());
        let head = towns.servers[0].storage.life().await.unwrap().head;
        match dice.random_range(0..20) {
            0 => change_role(&mut dice, &towns, &tablets[who]).await,
            1 => {
                let epoch = Epoch([dice.random(); 16]);
                let begin =
                    async |server: &Server| server.storage.begin_recovery(epoch).await.is_ok();
                towns.agree("a recovery", begin).await;
            }
            2 => {
                let end = async |server: &Server| server.storage.end_recovery().await.is_ok();
                towns.agree("a recovery's end", end).await;
            }
            3 | 4 => look_around(&towns, &tablets[who], dice.random_range(0..=head + 1)).await,
            _ => {
                if dice.random_ratio(1, 3) {
                    act(&mut dice, &mut tablets[who], &mut blocks, towns.clock.now());
                    acts += 1;
                }
                let request = request(&mut dice, &mut tablets[who], &all, head);
                let tablet = &tablets[who];
                let (answer, tally) = towns
                    .agree("a sync", async |server| {
                        let storage = &server.storage;
                        let account = storage.user(tablet.user.id).await.unwrap().unwrap();
                        let device = storage.devices_by_id(&[tablet.device]).await.unwrap();
                        exchange(server, &device[0], account, request.clone())
                            .await
                            .unwrap()
                    })
                    .await;
                taken += tally.accepted;
                refused += tally.refused;
                let author = Author {
                    actor: WireId(*tablet.actor.as_bytes()),
                    user: tablet.user.id.into(),
                    device: tablet.device.into(),
                };
                let sent = request.push.iter().flat_map(|push| push.items.clone());
                all.extend(sent.map(|item| Item {
                    author: Some(author.clone()),
                    ..item
                }));
                // Only a cursor of its own is one to go on from.
                if request.cursor == tablet.cursor {
                    tablets[who].cursor = answer.cursor;
                }
                tablets[who].epoch = Some(answer.epoch);
                if tally.refused > 0 && dice.random_ratio(1, 2) {
                    // Nothing builds on what was refused: it starts afresh, under a new name.
                    tablets[who].documents.clear();
                    tablets[who].outbox.clear();
                    tablets[who].actor = Actor::from_random(dice.random());
                }
            }
        }
    }
    assert!(
        taken > 25 && refused > 25 && acts > 25,
        "{taken} taken, {refused} refused, {acts} acts"
    );
}

#[tokio::test]
async fn every_storage_answers_alike_all_day() {
    for seed in 1..=2 {
        a_day(seed).await;
    }
}
