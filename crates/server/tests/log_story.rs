//! Stories of the access log on the server, on every storage: what tablets give is kept in one tree,
//! whatever was done to it is found, and it can be read out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use ed25519_dalek::VerifyingKey;
use hemrond_audit::{
    Action, Event, Head, Record, SERVER,
    checkpoint::Checkpoint,
    tree::{continues, empty},
};
use hemrond_domain::ids::{OrganisationId, UnitId, UserId};
use hemrond_protocol::{LogPush, LogRecord, SyncRequest, SyncResponse};
use hemrond_server::{
    environment::Clock,
    storage::{FindingKind, LogQuery, LogReview, examine},
    verify::{access_log, verify},
};
use std::time::Duration;
use support::{ASTRID, Backend, KOMMUN, TEAM, Tablet, Town};

on_every_storage!(
    what_a_tablet_gives_is_kept_once_and_acknowledged,
    a_tablet_that_went_back_in_time_is_found_and_not_stopped,
    a_server_that_forgot_asks_for_what_it_lacks,
    each_gap_of_a_push_is_told_of,
    rubbish_is_kept_and_told_of,
    every_record_that_cannot_be_read_is_kept,
    a_look_in_a_colleagues_name_is_kept_and_told_of,
    the_signed_log_only_goes_on,
    the_servers_word_may_wait_unless_it_takes_something_back,
    the_servers_own_acts_are_a_chain_of_their_own,
    what_is_five_years_old_goes_and_the_tree_stays,
);

/// A tablet with a chain of its own.
struct Trace {
    tablet: Tablet,
    head: Head,
    records: Vec<Vec<u8>>,
    /// What the server has acknowledged.
    sent: Head,
    known: (u64, [u8; 32]),
}

impl Trace {
    fn of(tablet: Tablet) -> Self {
        Self {
            tablet,
            head: Head::default(),
            records: Vec::new(),
            sent: Head::default(),
            known: (0, empty()),
        }
    }

    /// Opens Astrid's page at a minute of the day.
    fn look(&mut self, minute: i64) {
        self.look_as(self.tablet.user.id, KOMMUN, minute);
    }

    /// The same, as the record says it.
    fn look_as(&mut self, user: UserId, organisation: OrganisationId, minute: i64) {
        let event = Event {
            action: Action::Read,
            user,
            role: "nurse".to_owned(),
            unit: TEAM,
            organisation,
            device: self.tablet.device,
            person: Some(ASTRID),
            kind: Some("person".to_owned()),
            document: None,
            reason: None,
            basis: None,
            at_ms: 1_793_000_000_000 + minute * 60_000,
        };
        let (bytes, head) = self.head.next(event).unwrap();
        self.records.push(bytes);
        self.head = head;
    }

    fn request(&self) -> SyncRequest {
        let records = self
            .records
            .iter()
            .skip(usize::try_from(self.sent.seq).unwrap());
        SyncRequest {
            log: Some(LogPush {
                no_hurry: false,
                after: self.sent.seq,
                after_hash: self.sent.hash,
                records: records.cloned().map(LogRecord).collect(),
                oldest: false,
                known_size: self.known.0,
                known_root: self.known.1,
            }),
            ..self.tablet.request()
        }
    }

    async fn sync(&mut self) -> SyncResponse {
        let response = self.tablet.send(&self.request()).await.unwrap();
        let logged = response.logged.clone().unwrap();
        if !logged.lacking {
            self.sent = Head {
                seq: logged.seq,
                hash: logged.hash,
            };
        }
        response
    }
}

async fn faults(town: &Town) -> usize {
    let mut faults = Vec::new();
    access_log::check(town.storage.as_ref(), &mut faults)
        .await
        .unwrap();
    faults.len()
}

/// AC20: records are on the server's disk before it says so, once, however often they are sent.
async fn what_a_tablet_gives_is_kept_once_and_acknowledged(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = Trace::of(town.tablet("Eva").await);
    let before = town.storage.log_tree(0).await.unwrap().size;
    for minute in 0..7 {
        eva.look(minute);
    }
    let first = eva.request();
    let response = eva.sync().await;
    let logged = response.logged.unwrap();
    assert_eq!((logged.seq, logged.hash), (7, eva.head.hash));
    assert!(!logged.lacking && !logged.broken);
    // The answer was lost, and the same is sent again with more.
    eva.tablet.send(&first).await.unwrap();
    eva.look(8);
    eva.sync().await;
    assert_eq!(town.storage.log_tree(0).await.unwrap().size, before + 8);
    let query = LogQuery {
        from: 0,
        person: Some(ASTRID),
        most: 100,
    };
    let entries = town.storage.log_entries(query).await.unwrap();
    assert_eq!(entries.len(), 8);
    let kept: Vec<_> = entries.iter().map(|entry| entry.bytes.clone()).collect();
    assert_eq!(kept, eva.records);
    assert!(
        entries
            .iter()
            .all(|entry| entry.received_at == town.clock.now_ms())
    );
    assert_eq!(town.storage.log_findings().await.unwrap(), vec![]);
    assert_eq!(faults(&town).await, 0);
}

/// AC20: a tablet that was put back to an older copy of itself writes a second history: the server
/// keeps both, says so, and goes on.
async fn a_tablet_that_went_back_in_time_is_found_and_not_stopped(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = Trace::of(town.tablet("Eva").await);
    for minute in 0..3 {
        eva.look(minute);
    }
    eva.sync().await;
    let copy = (eva.head, eva.records.clone(), eva.sent);
    eva.look(3);
    eva.look(4);
    eva.sync().await;
    (eva.head, eva.records, eva.sent) = copy;
    eva.look(10);
    let response = eva.sync().await;
    let logged = response.logged.unwrap();
    assert!(logged.broken && !logged.lacking);
    assert_eq!((logged.seq, logged.hash), (4, eva.head.hash));
    eva.look(11);
    eva.look(12);
    assert_eq!(eva.sync().await.logged.unwrap().seq, 6);
    let findings = town.storage.log_findings().await.unwrap();
    let kinds: Vec<_> = findings.iter().map(|one| (one.kind, one.seq)).collect();
    assert!(kinds.contains(&(FindingKind::Fork, 4)), "{kinds:?}");
    assert!(kinds.iter().all(|(kind, _)| *kind == FindingKind::Fork));
    assert!(findings.iter().all(|one| one.sender == eva.tablet.device));
    let query = LogQuery {
        from: 0,
        person: Some(ASTRID),
        most: 100,
    };
    assert_eq!(town.storage.log_entries(query).await.unwrap().len(), 8);
    assert_eq!(
        faults(&town).await,
        0,
        "what came broken is known, and nothing else is wrong"
    );
}

/// AC20: a server that lacks what comes before takes nothing and says from where; where the tablet
/// has nothing older either, it takes what there is and notes the gap.
async fn a_server_that_forgot_asks_for_what_it_lacks(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = Trace::of(town.tablet("Eva").await);
    for minute in 0..5 {
        eva.look(minute);
    }
    let whole = eva.request();
    // What this server's earlier life had acknowledged.
    eva.sent = Head {
        seq: 3,
        hash: Record::hash_of(&eva.records[2]),
    };
    let logged = eva.sync().await.logged.unwrap();
    assert!(logged.lacking);
    assert_eq!((logged.seq, logged.hash), (0, [0; 32]));
    let mut oldest = eva.request();
    oldest.log.as_mut().unwrap().oldest = true;
    let logged = eva.tablet.send(&oldest).await.unwrap().logged.unwrap();
    assert!(!logged.lacking && logged.broken);
    assert_eq!(logged.seq, 5);
    let findings = town.storage.log_findings().await.unwrap();
    assert_eq!((findings[0].kind, findings[0].seq), (FindingKind::Gap, 4));
    assert_eq!(findings.len(), 1);
    // The beginning turns up after all.
    let logged = eva.tablet.send(&whole).await.unwrap().logged.unwrap();
    assert!(!logged.broken);
    assert_eq!(faults(&town).await, 0);
}

/// AC20: each place in one push where something is missing is told of, so that the database as a whole is
/// found to be what is known of it.
async fn each_gap_of_a_push_is_told_of(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = Trace::of(town.tablet("Eva").await);
    for minute in 0..6 {
        eva.look(minute);
    }
    // The second and the fifth look are missing.
    eva.records.remove(4);
    eva.records.remove(1);
    assert!(eva.sync().await.logged.unwrap().broken);
    let findings = town.storage.log_findings().await.unwrap();
    let mut found: Vec<_> = findings.iter().map(|one| (one.kind, one.seq)).collect();
    found.sort_unstable();
    assert_eq!(found, [(FindingKind::Gap, 3), (FindingKind::Gap, 6)]);
    assert_eq!(faults(&town).await, 0);
}

/// AC20: what cannot be read, or names another device, is kept and told of, and nobody is stuck.
async fn rubbish_is_kept_and_told_of(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = Trace::of(town.tablet("Eva").await);
    eva.look(0);
    eva.records.push(b"inte en post".to_vec());
    let response = eva.sync().await;
    let logged = response.logged.unwrap();
    assert!(logged.broken);
    assert_eq!(logged.seq, 2);
    let mut omar = Trace::of(town.tablet("Omar").await);
    omar.records = vec![eva.records[0].clone(), {
        eva.records.pop();
        eva.look(1);
        eva.records[1].clone()
    }];
    omar.sync().await;
    let findings = town.storage.log_findings().await.unwrap();
    let mut kinds: Vec<_> = findings.iter().map(|one| one.kind).collect();
    kinds.sort_unstable();
    // Of the two that Omar's tablet gives the first is there already, as Eva's own.
    let expected = [
        FindingKind::Unreadable,
        FindingKind::Foreign,
        FindingKind::OtherUser,
    ];
    assert_eq!(kinds, expected);
    let unreadable = findings
        .iter()
        .find(|one| one.kind == FindingKind::Unreadable)
        .unwrap();
    assert_eq!(unreadable.bytes, b"inte en post");
    assert_eq!(faults(&town).await, 0);
}

/// AC20: all of a push is acknowledged, so all of it is kept: what cannot be read too, each of it.
async fn every_record_that_cannot_be_read_is_kept(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = Trace::of(town.tablet("Eva").await);
    let rubbish = [b"inte en post".to_vec(), b"inte heller".to_vec()];
    eva.look(0);
    eva.records.push(rubbish[0].clone());
    let first = eva.records[0].clone();
    eva.records.push(first);
    eva.records.push(rubbish[1].clone());
    eva.records.push(rubbish[1].clone());
    let request = eva.request();
    let logged = eva.tablet.send(&request).await.unwrap().logged.unwrap();
    assert!(logged.broken);
    assert_eq!(logged.seq, 5, "all of it is acknowledged");
    eva.tablet.send(&request).await.unwrap();
    let findings = town.storage.log_findings().await.unwrap();
    let unreadable = findings
        .into_iter()
        .filter(|finding| finding.kind == FindingKind::Unreadable);
    let mut kept: Vec<_> = unreadable.map(|one| one.bytes).collect();
    kept.sort();
    let mut rubbish = rubbish;
    rubbish.sort();
    assert_eq!(kept, rubbish);
}

/// AC20: a tablet is one account's. What it logs in a colleague's name, or another organisation's, is
/// kept and told of, each time; its own looks are not.
async fn a_look_in_a_colleagues_name_is_kept_and_told_of(backend: Backend) {
    let town = Town::new(backend).await;
    let omar = town.user("Omar").await.id;
    let mut eva = Trace::of(town.tablet("Eva").await);
    let own = eva.tablet.user.id;
    eva.look(0);
    assert!(!eva.sync().await.logged.unwrap().broken);
    eva.look_as(omar, KOMMUN, 1);
    eva.look(2);
    eva.look_as(omar, KOMMUN, 3);
    eva.look_as(own, OrganisationId::from_bytes([99; 16]), 4);
    let logged = eva.sync().await.logged.unwrap();
    assert!(logged.broken && !logged.lacking);
    assert_eq!((logged.seq, logged.hash), (5, eva.head.hash));
    let findings = town.storage.log_findings().await.unwrap();
    let told: Vec<_> = findings.iter().map(|one| (one.kind, one.seq)).collect();
    assert!(told.iter().all(|(kind, _)| *kind == FindingKind::OtherUser));
    let mut numbers: Vec<_> = told.iter().map(|(_, seq)| *seq).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 4, 5]);
    let query = LogQuery {
        from: 0,
        person: Some(ASTRID),
        most: 100,
    };
    assert_eq!(town.storage.log_entries(query).await.unwrap().len(), 5);
    assert_eq!(faults(&town).await, 0);
    if backend == Backend::Memory {
        return;
    }
    let survey = examine(town.place.address()).await.unwrap();
    let report = verify(survey.as_ref(), |_| {}).await.unwrap();
    assert_eq!(report.hints.len(), 3, "{:?}", report.hints);
}

/// AC20: every answer with something new carries a signed root and the proof that the log went on.
async fn the_signed_log_only_goes_on(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = Trace::of(town.tablet("Eva").await);
    let mut key = None;
    let mut grown = 0;
    for minute in 0..12 {
        eva.look(minute);
        if minute % 3 == 2 {
            eva.look(100 + minute);
        }
        let Some(given) = eva.sync().await.checkpoint else {
            panic!("something was new at minute {minute}");
        };
        assert_eq!(*key.get_or_insert(given.key), given.key);
        let opened =
            Checkpoint::open(&given.note, &VerifyingKey::from_bytes(&given.key).unwrap()).unwrap();
        let (proof, rest) = given.proof.as_chunks::<32>();
        assert!(rest.is_empty());
        let (size, root) = eva.known;
        assert!(
            continues((size, &root), (opened.size, &opened.root), proof),
            "{size} to {}",
            opened.size
        );
        grown += opened.size - size;
        eva.known = (opened.size, opened.root);
        town.clock.forward(Duration::from_secs(20 * 60));
    }
    assert!(grown >= 16, "{grown}");
    assert_eq!(eva.sync().await.checkpoint, None, "nothing is new");
    let kept = town.storage.checkpoints().await.unwrap();
    assert!((3..=6).contains(&kept.len()), "one an hour: {}", kept.len());
    assert_eq!(faults(&town).await, 0);
}

/// AC20: a tablet that logs nothing itself need not be told of what others log; a log that is not what
/// it knows is told at once.
async fn the_servers_word_may_wait_unless_it_takes_something_back(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = Trace::of(town.tablet("Eva").await);
    eva.look(1);
    let given = eva.sync().await.checkpoint.unwrap();
    let key = VerifyingKey::from_bytes(&given.key).unwrap();
    let known = Checkpoint::open(&given.note, &key).unwrap();
    eva.known = (known.size, known.root);
    let mut omar = Trace::of(town.tablet("Omar").await);
    omar.look(2);
    omar.sync().await;

    let patient = |known: (u64, [u8; 32])| {
        let mut request = eva.request();
        if let Some(log) = &mut request.log {
            (log.known_size, log.known_root, log.no_hurry) = (known.0, known.1, true);
        }
        request
    };
    let ask = async |known| eva.tablet.send(&patient(known)).await.unwrap().checkpoint;
    assert_eq!(ask(eva.known).await, None, "only grown");
    let size = town.storage.log_tree(0).await.unwrap().size;
    assert!(ask((size, [7; 32])).await.is_some(), "another log");
    assert!(ask((size + 5, [7; 32])).await.is_some(), "a shorter log");
    assert!(eva.sync().await.checkpoint.is_some(), "it is in a hurry");
}

/// AC12: reviews are kept with who reviewed and what was found, and the server's own acts are logged
/// in its own chain.
async fn the_servers_own_acts_are_a_chain_of_their_own(backend: Backend) {
    let town = Town::new(backend).await;
    // Two tablets were enrolled.
    town.tablet("Eva").await;
    town.tablet("Omar").await;
    let review = LogReview {
        id: [4; 16],
        made_at: town.clock.now_ms(),
        reviewer: "Per Dahl".to_owned(),
        drawn: vec![0, 1],
        finding: "Båda hade en vårdrelation".to_owned(),
    };
    town.storage.keep_review(&review).await.unwrap();
    assert_eq!(town.storage.reviews().await.unwrap(), vec![review]);
    let event = Event {
        action: Action::Review,
        user: UserId::from_stored([0; 16]),
        role: "operator".to_owned(),
        unit: UnitId::from_stored([0; 16]),
        organisation: OrganisationId::from_stored([0; 16]),
        device: SERVER,
        person: None,
        kind: None,
        document: None,
        reason: Some("Per Dahl".to_owned()),
        basis: None,
        at_ms: town.clock.now_ms(),
    };
    town.storage
        .log_own(event, town.clock.now_ms())
        .await
        .unwrap();
    let query = LogQuery {
        from: 0,
        person: None,
        most: 100,
    };
    let entries = town.storage.log_entries(query).await.unwrap();
    let own: Vec<_> = entries
        .iter()
        .filter(|entry| entry.sender == SERVER)
        .collect();
    let actions: Vec<_> = own
        .iter()
        .map(|entry| Record::decode(&entry.bytes).unwrap().event.action)
        .collect();
    assert_eq!(actions, [Action::Enrol, Action::Enrol, Action::Review]);
    let numbers: Vec<_> = own.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(faults(&town).await, 0);
}

/// AC20: entries older than five years may go; the tree, its proofs and the chains' ends stay.
async fn what_is_five_years_old_goes_and_the_tree_stays(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = Trace::of(town.tablet("Eva").await);
    for minute in 0..6 {
        eva.look(minute);
    }
    eva.sync().await;
    let before = town.storage.log_tree(0).await.unwrap();
    town.clock
        .forward(Duration::from_secs(6 * 366 * 24 * 3_600));
    let cutoff = town.clock.now_ms() - 1;
    eva.look(20);
    eva.sync().await;
    let gone = town.storage.purge_log(cutoff).await.unwrap();
    // Six looks and an enrolment, of which the enrolment is the end of the server's chain.
    assert_eq!(gone, 6);
    let after = town.storage.log_tree(before.size).await.unwrap();
    assert_eq!(after.size, before.size + 1);
    assert_eq!(after.destroyed_below, before.size);
    assert!(continues(
        (before.size, &before.root),
        (after.size, &after.root),
        &after.proof
    ));
    assert_eq!(faults(&town).await, 0);
    eva.look(21);
    assert_eq!(eva.sync().await.logged.unwrap().seq, 8);
    assert_eq!(faults(&town).await, 0);
}
