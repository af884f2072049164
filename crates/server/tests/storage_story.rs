//! Stories of the database, told on every storage: order, durability, several processes, the fallback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_documents::Edit;
use hemrond_domain::{
    ids::UserId,
    people::{Role, User},
    record::{DocumentId, Header},
};
use hemrond_policy::{Policy, Principal};
use hemrond_protocol::{
    Author, Bucket, Delivery, DigestAnswer, DigestQuery, DocumentDigest, Epoch, ItemHash, Outcome,
    PushDocument, SyncRequest,
    digest::{combine, mix},
};
use hemrond_server::{
    exchange::asker,
    storage::{
        Address, PageQuery, Records, RoleChange, StorageError, Upkeep,
        memory::{Memory, Open},
    },
};
use sqlx::{Connection, PgConnection};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use support::{Backend, HEMTJANST, KOMMUN, Place, Tablet, TestClock, Town, person, visit};

on_every_storage!(
    many_tablets_write_at_once_and_the_feed_has_no_gap,
    two_processes_on_one_database_tell_each_other,
    a_lost_tablet_finds_what_it_lacks_by_digests,
    what_may_not_be_read_any_more_is_gone_in_the_fallback,
    a_restored_server_takes_back_what_it_forgot,
    after_a_recovery_tablets_are_told_the_roles_that_stand,
    a_change_of_role_under_way_voids_the_page,
    what_was_refused_is_kept_and_bounded,
    what_was_refused_and_comes_again_by_itself_reaches_its_sender,
    a_backup_is_a_whole_database,
);

/// What the tablet holds, digested as the fallback wants it.
fn digests(tablet: &Tablet) -> Vec<DocumentDigest> {
    let mut digests = Vec::new();
    for (id, document) in &tablet.documents {
        let given = hemrond_documents::Document::create(document.header(), document.actor());
        let given = given.unwrap();
        let mut digest = [0; 32];
        for change in document.changes() {
            if !given.contains(&change.hash) {
                mix(&mut digest, *id, &change.hash);
            }
        }
        digests.push(DocumentDigest {
            document: (*id).into(),
            digest,
        });
    }
    digests
}

fn buckets(digests: &[DocumentDigest]) -> Vec<Bucket> {
    let mut buckets: BTreeMap<u8, [u8; 32]> = BTreeMap::new();
    for document in digests {
        combine(
            buckets.entry(document.document.0[0]).or_default(),
            &document.digest,
        );
    }
    buckets
        .into_iter()
        .map(|(first, digest)| Bucket { first, digest })
        .collect()
}

/// Runs the fallback: what the server holds of each document that differs, what it lacks, what is
/// gone, and the feed position of the comparison.
struct Compared {
    differing: BTreeMap<DocumentId, Vec<ItemHash>>,
    missing: Vec<DocumentId>,
    gone: Vec<DocumentId>,
    head: u64,
}

async fn compare(tablet: &Tablet) -> Compared {
    let held = digests(tablet);
    let query = DigestQuery::Buckets(buckets(&held));
    let request = SyncRequest {
        digest: Some(query),
        push: vec![],
        ..tablet.request()
    };
    let answer = tablet.send(&request).await.unwrap();
    assert!(
        answer.deliveries.is_empty(),
        "the feed waits for the comparison"
    );
    let Some(DigestAnswer::Buckets(differing, head)) = answer.digest else {
        panic!("{:?}", answer.digest)
    };
    let held = held
        .into_iter()
        .filter(|d| differing.contains(&d.document.0[0]))
        .collect();
    let query = DigestQuery::Documents(differing, held);
    let request = SyncRequest {
        digest: Some(query),
        push: vec![],
        ..tablet.request()
    };
    let answer = tablet.send(&request).await.unwrap();
    let Some(DigestAnswer::Documents(differing, missing)) = answer.digest else {
        panic!("{:?}", answer.digest)
    };
    Compared {
        differing: differing
            .into_iter()
            .map(|held| {
                (
                    held.document.into(),
                    held.hashes.as_chunks::<32>().0.to_vec(),
                )
            })
            .collect(),
        missing: missing.into_iter().map(DocumentId::from).collect(),
        gone: answer.gone.into_iter().map(DocumentId::from).collect(),
        head,
    }
}

async fn many_tablets_write_at_once_and_the_feed_has_no_gap(backend: Backend) {
    let town = Town::new(backend).await;
    let start = town.storage.life().await.unwrap().head;
    let mut writers = Vec::new();
    for number in 0..6 {
        let mut eva = town.tablet("Eva").await;
        writers.push(tokio::spawn(async move {
            for round in 0..5 {
                eva.write(&visit(number * 10 + round), &[Edit::set("reason", "Yrsel")]);
                eva.write(
                    &visit(200),
                    &[Edit::set("reason", format!("Fall {number} {round}"))],
                );
                let answer = eva.send(&eva.request()).await.unwrap();
                let all = answer.verdicts.iter().flatten();
                assert!(all.into_iter().all(|verdict| *verdict == Outcome::Accepted));
                eva.outbox.clear();
            }
        }));
    }
    // Omar reads all the while; what he has seen at the end is everything.
    let mut omar = town.tablet("Omar").await;
    while writers.iter().any(|writer| !writer.is_finished()) {
        omar.sync().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    omar.sync().await;
    assert_eq!(town.storage.life().await.unwrap().head, start + 60);
    assert_eq!(omar.documents.len(), 1 + 30 + 1);
    assert_eq!(omar.documents[&visit(200).id()].content().fields.len(), 1);
    let compared = compare(&omar).await;
    assert!(compared.differing.is_empty() && compared.missing.is_empty());
}

async fn two_processes_on_one_database_tell_each_other(backend: Backend) {
    let town = Town::new(backend).await;
    let second = town.place.open().await;
    let clock = Arc::new(TestClock::new());
    let folder = Place::new(Backend::Sqlite);
    let other = Town::around(folder, second, clock, Duration::from_secs(25)).await;
    let mut eva = town.tablet("Eva").await;
    let mut omar = town.tablet("Omar").await;
    omar.sync().await;
    omar.url.clone_from(&other.url);
    let wait = tokio::spawn({
        let omar = omar.clone();
        async move { omar.news(omar.cursor).await }
    });
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    assert_eq!(wait.await.unwrap().status(), 200);
    omar.sync().await;
    assert_eq!(omar.field(&visit(1), "reason").as_deref(), Some("Yrsel"));
}

async fn a_lost_tablet_finds_what_it_lacks_by_digests(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    for number in 1..8 {
        eva.write(&visit(number), &[Edit::set("reason", "Yrsel")]);
    }
    eva.sync().await;
    let whole = compare(&eva).await;
    assert!(whole.differing.is_empty() && whole.missing.is_empty() && whole.gone.is_empty());
    assert_eq!(whole.head, town.storage.life().await.unwrap().head);

    // Her tablet's disk was restored from yesterday: one visit is gone, one is older, and one has
    // never reached the server.
    let mut restored = eva.clone();
    restored.documents.remove(&visit(1).id());
    eva.write(&visit(2), &[Edit::set("reason", "Fall")]);
    eva.sync().await;
    restored.write(&visit(100), &[Edit::set("reason", "Sår")]);
    restored.outbox.clear();
    let compared = compare(&restored).await;
    let found: Vec<_> = compared.differing.keys().copied().collect();
    let mut expected = vec![visit(1).id(), visit(2).id()];
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(compared.differing[&visit(2).id()].len(), 2);
    assert_eq!(compared.missing, [visit(100).id()]);
    // What she pushed herself comes back when it is asked for by name.
    restored.wanted = found;
    restored.sync().await;
    assert_eq!(
        restored.field(&visit(1), "reason").as_deref(),
        Some("Yrsel")
    );
    assert_eq!(restored.field(&visit(2), "reason").as_deref(), Some("Fall"));
}

async fn what_may_not_be_read_any_more_is_gone_in_the_fallback(backend: Backend) {
    let town = Town::new(backend).await;
    let mut omar = town.tablet("Omar").await;
    omar.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    omar.write(&person(), &[Edit::set("given_name", "Astrid")]);
    omar.sync().await;
    town.set_role("Omar", Role::Hemtjanst, HEMTJANST).await;
    let compared = compare(&omar).await;
    assert_eq!(compared.gone, [visit(1).id()]);
    assert!(
        compared.missing.is_empty(),
        "it exists; it is only not his to hold"
    );
}

async fn a_restored_server_takes_back_what_it_forgot(backend: Backend) {
    let town = Town::new(backend).await;
    let mut omar = town.tablet("Omar").await;
    omar.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    let omars = omar.request().push;
    // Eva holds Omar's change from the life that this database has forgotten.
    let mut eva = town.tablet("Eva").await;
    let PushDocument { header, items } = omars[0].clone();
    eva.deliver(&Delivery { header, items });
    let mut given_back = omars.clone();
    given_back[0].items[0].author = Some(Author {
        actor: hemrond_protocol::WireId(*omar.actor.as_bytes()),
        user: omar.user.id.into(),
        device: omar.device.into(),
    });
    let request = SyncRequest {
        push: given_back,
        ..eva.request()
    };
    let answer = eva.send(&request).await.unwrap();
    assert_eq!(
        answer.verdicts,
        [[Outcome::Refused("item.not_author".to_owned())]]
    );

    let before = town.storage.life().await.unwrap();
    town.storage.begin_recovery(Epoch([77; 16])).await.unwrap();
    let answer = eva.send(&request).await.unwrap();
    assert_eq!(answer.verdicts, [[Outcome::Accepted]]);
    assert_ne!(answer.epoch, before.epoch);
    town.storage.end_recovery().await.unwrap();
    assert!(!town.storage.life().await.unwrap().recovering);

    // It is Omar's as before: he may go on, and Eva learns who wrote it.
    omar.write(&visit(1), &[Edit::set("reason", "Fall")]);
    omar.sync().await;
    assert_eq!(omar.verdicts, [Outcome::Known, Outcome::Accepted]);
    eva.epoch = None;
    let answers = eva.sync().await;
    let authors: Vec<_> = answers.iter().flat_map(|answer| &answer.authors).collect();
    assert!(
        authors
            .iter()
            .any(|author| author.user == omar.user.id.into())
    );
}

/// Eva's change to home help came after the backup. Her colleagues' tablets have given the directory
/// back that tells of it; her account knows nothing of it.
async fn after_a_recovery_tablets_are_told_the_roles_that_stand(backend: Backend) {
    let town = Town::new(backend).await;
    let mut anna = town.tablet("Anna").await;
    let eva = town.user("Eva").await;
    town.set_role("Eva", Role::Hemtjanst, HEMTJANST).await;
    anna.sync().await;
    let told = |anna: &Tablet| {
        let content = anna.documents[&Header::directory(KOMMUN).id()].content();
        let row = &content.rows["staff"][&eva.id.to_string()];
        (format!("{:?}", row["role"]), format!("{:?}", row["unit"]))
    };
    assert!(told(&anna).0.contains("hemtjanst"), "{:?}", told(&anna));

    let account = town.storage.user(eva.id).await.unwrap().unwrap();
    let readable = town.server.policy.readable(&Principal::from(&eva));
    let forgotten = RoleChange {
        user: eva.id,
        access_version: account.access_version,
        role: eva.role,
        unit: eva.unit,
        before: readable.clone(),
        after: readable,
    };
    town.storage.change_role(&forgotten).await.unwrap();
    // The server was ended between the account and its row in the directory.
    let half = User {
        id: UserId::from_bytes([99; 16]),
        name: "Nils Ek".to_owned(),
        ..eva.clone()
    };
    town.storage.add_user(&half).await.unwrap();
    town.storage.begin_recovery(Epoch([77; 16])).await.unwrap();
    town.administration().end_recovery().await.unwrap();
    assert!(!town.storage.life().await.unwrap().recovering);
    anna.epoch = None;
    anna.sync().await;
    let (role, unit) = told(&anna);
    assert!(role.contains("nurse"), "{role}");
    assert!(unit.contains(&eva.unit.to_string()), "{unit}");
    let directory = &anna.documents[&Header::directory(KOMMUN).id()];
    assert!(
        directory.conflicts().is_empty(),
        "nothing is left to settle"
    );
    let nils = &directory.content().rows["staff"][&half.id.to_string()];
    assert!(format!("{:?}", nils["name"]).contains("Nils Ek"));
}

async fn a_change_of_role_under_way_voids_the_page(backend: Backend) {
    let town = Town::new(backend).await;
    let eva = town.tablet("Eva").await;
    let devices = town.storage.devices_by_id(&[eva.device]).await.unwrap();
    let account = town.storage.user(eva.user.id).await.unwrap().unwrap();
    let stale = asker(&town.server, &devices[0], &account);
    town.set_role("Eva", Role::Hemtjanst, HEMTJANST).await;
    let query = PageQuery {
        cursor: 0,
        page_bytes: 1000,
        wanted: vec![],
        feed: true,
    };
    let page = town.storage.page(&stale, &query).await;
    assert!(matches!(page, Err(StorageError::AccessChanged)), "{page:?}");
    let taken = town.storage.take_in(&stale, vec![], 0).await;
    assert!(
        matches!(taken, Err(StorageError::AccessChanged)),
        "{taken:?}"
    );
    // A sync that falls in between begins anew and is answered for the new role.
    let (answer, _) =
        hemrond_server::exchange::exchange(&town.server, &devices[0], account, eva.request())
            .await
            .unwrap();
    assert!(
        answer
            .deliveries
            .iter()
            .all(|delivery| delivery.header.kind != "visit")
    );
}

async fn what_was_refused_is_kept_and_bounded(backend: Backend) {
    let town = Town::new(backend).await;
    let mut stina = town.tablet("Stina").await;
    stina.write(&visit(1), &[Edit::set("reason", "Nyfiken")]);
    let request = stina.request();
    for _ in 0..3 {
        let answer = stina.send(&request).await.unwrap();
        assert_eq!(
            answer.verdicts,
            [[Outcome::Refused("policy.write".to_owned())]]
        );
    }
    let refused = town.storage.refused(stina.device).await.unwrap();
    assert_eq!(refused.len(), 1, "the same item is kept once");
    assert_eq!(refused[0].code, "policy.write");
    assert_eq!(refused[0].document, Some(visit(1).id()));
    assert_eq!(refused[0].bytes, request.push[0].items[0].bytes);

    // A flood pushes out the oldest and nobody else's.
    let mut lena = town.tablet("Lena").await;
    lena.write(&visit(2), &[Edit::set("reason", "Nyfiken")]);
    lena.sync().await;
    let mut flood = request.clone();
    let item = flood.push[0].items[0].clone();
    flood.push[0].items = (0..1_200_u32)
        .map(|number| {
            let mut item = item.clone();
            item.bytes.extend(number.to_le_bytes());
            item
        })
        .collect();
    town.clock.forward(Duration::from_secs(1));
    stina.send(&flood).await.unwrap();
    let refused = town.storage.refused(stina.device).await.unwrap();
    assert_eq!(refused.len(), 1_000);
    assert!(refused.iter().all(|kept| kept.bytes != item.bytes));
    assert_eq!(town.storage.refused(lena.device).await.unwrap().len(), 1);
}

/// Eva's push is refused while her account says home help. Her role is mended, and the old request comes
/// again, delayed on its way: its answer reaches nobody. Her tablet must not go on calling it refused.
async fn what_was_refused_and_comes_again_by_itself_reaches_its_sender(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    let (role, unit) = (eva.user.role, eva.user.unit);
    eva.sync().await;
    town.set_role("Eva", Role::Hemtjanst, HEMTJANST).await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    let request = eva.request();
    eva.sync().await;
    assert!(matches!(eva.verdicts[..], [Outcome::Refused(_)]));
    town.set_role("Eva", role, unit).await;
    eva.sync().await;

    let unheard = eva.send(&request).await.unwrap();
    assert_eq!(unheard.verdicts, [[Outcome::Accepted]]);
    let told = eva.sync().await;
    let mut delivered = told.iter().flat_map(|answer| &answer.deliveries);
    assert!(delivered.any(|delivery| {
        let header = Header::try_from(&delivery.header).unwrap();
        header.id() == visit(1).id() && !delivery.items.is_empty()
    }));
}

async fn a_backup_is_a_whole_database(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = town.tablet("Eva").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    let file = town.place.folder().join("backup");
    let unheard = || Box::new(|_| {});
    town.storage.backup(&file, unheard()).await.unwrap();
    let again = town.storage.backup(&file, unheard()).await;
    assert!(
        matches!(again, Err(StorageError::Backup(_))),
        "an earlier backup is not lost"
    );
    let life = town.storage.life().await.unwrap();
    match backend {
        Backend::Sqlite => {
            let address = format!("sqlite:{}", file.display()).parse().unwrap();
            let restored = hemrond_server::storage::open(&address, Epoch([1; 16]))
                .await
                .unwrap();
            assert_eq!(restored.life().await.unwrap(), life);
            let kept = restored.document(visit(1).id()).await.unwrap().unwrap();
            assert_eq!(
                kept,
                town.storage.document(visit(1).id()).await.unwrap().unwrap()
            );
        }
        Backend::Memory => {
            let snapshot = town.place.memory().backup_named(&file).unwrap();
            let restored = Memory::new(Epoch([1; 16]));
            restored.restore(&snapshot);
            let restored = restored.process(Arc::new(Open));
            assert_eq!(restored.life().await.unwrap(), life);
            let kept = restored.document(visit(1).id()).await.unwrap().unwrap();
            assert_eq!(
                kept,
                town.storage.document(visit(1).id()).await.unwrap().unwrap()
            );
        }
        Backend::Postgres => {
            let magic = std::fs::read(&file).unwrap();
            assert!(magic.starts_with(b"PGDMP"), "pg_dump's own format");
        }
    }
}

/// Another writer's transaction, paused before its commit, must hold up those after it: otherwise a
/// reader would step over the position that becomes visible late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_position_never_becomes_visible_before_a_smaller_one() {
    let town = Town::new(Backend::Postgres).await;
    let mut eva = town.tablet("Eva").await;
    let mut omar = town.tablet("Omar").await;
    eva.write(&visit(1), &[Edit::set("reason", "Yrsel")]);
    eva.sync().await;
    omar.sync().await;
    let before = omar.cursor;

    // A writer takes the next position, writes under it, and pauses.
    let Address::Postgres(url) = town.place.address() else {
        panic!("PostgreSQL")
    };
    let mut paused = PgConnection::connect(url).await.unwrap();
    sqlx::query("BEGIN").execute(&mut paused).await.unwrap();
    let (position,): (i64,) = sqlx::query_as("UPDATE feed_head SET last = last + 1 RETURNING last")
        .fetch_one(&mut paused)
        .await
        .unwrap();
    sqlx::query("INSERT INTO feed (seq, event, document_id, audience_id) VALUES ($1, 1, $2, $3)")
        .bind(position)
        .bind(visit(1).id().as_bytes().to_vec())
        .bind(omar.user.id.as_bytes().to_vec())
        .execute(&mut paused)
        .await
        .unwrap();
    assert_eq!(u64::try_from(position).unwrap(), before + 1);

    // Eva's next push comes to wait for the lock: PostgreSQL itself says so.
    eva.write(&visit(2), &[Edit::set("reason", "Fall")]);
    let sending = tokio::spawn(async move {
        eva.sync().await;
        eva
    });
    let mut witness = PgConnection::connect(url).await.unwrap();
    loop {
        let (waiting,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
             AND datname = current_database()",
        )
        .fetch_one(&mut witness)
        .await
        .unwrap();
        if waiting > 0 {
            break;
        }
        assert!(
            !sending.is_finished(),
            "a later writer overtook the paused one"
        );
        tokio::task::yield_now().await;
    }
    // Meanwhile nobody sees anything new, so nobody steps over anything.
    omar.sync().await;
    assert_eq!(omar.cursor, before);

    sqlx::query("COMMIT").execute(&mut paused).await.unwrap();
    let eva = sending.await.unwrap();
    assert_eq!(eva.verdicts, [Outcome::Accepted]);
    let answers = omar.sync().await;
    let documents: Vec<_> = answers
        .iter()
        .flat_map(|answer| &answer.deliveries)
        .map(|delivery| Header::try_from(&delivery.header).unwrap().id())
        .collect();
    assert_eq!(documents, [visit(1).id(), visit(2).id()], "both, in order");
    assert_eq!(omar.cursor, before + 2);
}

/// Whatever a cluster, a database or a role is set up with, what a tablet is told to be kept is on disk:
/// PostgreSQL notes itself under which word each item was committed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_setting_of_postgresql_has_a_push_acknowledged_before_it_is_durable() {
    let mut town = Town::new(Backend::Postgres).await;
    let Address::Postgres(url) = town.place.address() else {
        panic!("PostgreSQL")
    };
    let mut provider = PgConnection::connect(url).await.unwrap();
    for statement in [
        "CREATE TABLE committed_under (word text)",
        "CREATE FUNCTION note_word() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         INSERT INTO committed_under VALUES (current_setting('synchronous_commit')); \
         RETURN NULL; END $$",
        "CREATE TRIGGER note_word AFTER INSERT ON items \
         FOR EACH ROW EXECUTE FUNCTION note_word()",
    ] {
        sqlx::query(statement).execute(&mut provider).await.unwrap();
    }
    let (database,): (String,) = sqlx::query_as("SELECT current_database()")
        .fetch_one(&mut provider)
        .await
        .unwrap();
    let mut number = 0;
    // Of a standby this cluster has none, so nobody is waited for beside its own disk.
    for (configured, expected) in [
        ("off", "on"),
        ("local", "local"),
        ("remote_apply", "remote_apply"),
        ("on", "on"),
    ] {
        let text = format!("ALTER DATABASE {database} SET synchronous_commit TO {configured}");
        sqlx::query(sqlx::AssertSqlSafe(text))
            .execute(&mut provider)
            .await
            .unwrap();
        // What is set up holds for the connections of processes that start from now on.
        let storage = town.place.open().await;
        let next = Town::around(town.place, storage, town.clock.clone(), Duration::ZERO).await;
        town = next;
        let mut eva = town.tablet("Eva").await;
        number += 1;
        eva.write(&visit(number), &[Edit::set("reason", "Yrsel")]);
        eva.sync().await;
        assert_eq!(eva.verdicts, [Outcome::Accepted]);
        let words: Vec<(String,)> = sqlx::query_as("DELETE FROM committed_under RETURNING word")
            .fetch_all(&mut provider)
            .await
            .unwrap();
        assert_eq!(words, [(expected.to_owned(),)], "{configured}");
    }
}

/// No server process polls here: what wakes the second one is the database's own announcement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_itself_carries_the_news() {
    let town = Town::new(Backend::Postgres).await;
    let second = town.place.open().await;
    let mut head = second.head();
    let mut eva = town.tablet("Eva").await;
    for number in 1..4 {
        eva.write(&visit(number), &[Edit::set("reason", "Yrsel")]);
        eva.sync().await;
        let now = town.storage.life().await.unwrap().head;
        let told = head.wait_for(|known| *known >= now);
        // Only a broken listener meets this limit.
        tokio::time::timeout(Duration::from_secs(30), told)
            .await
            .unwrap()
            .unwrap();
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_answered_with_a_sentence() {
    let error = "mysql://server/db".parse::<Address>().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("give sqlite:PATH or postgres://"),
        "{error}"
    );
    let nowhere: Address = "sqlite:/nonexistent/folder/db".parse().unwrap();
    let error = match hemrond_server::storage::open(&nowhere, Epoch([1; 16])).await {
        Ok(_) => panic!("there is no such folder"),
        Err(error) => error,
    };
    assert!(error.to_string().contains("check that the path"), "{error}");
    let shown = format!(
        "{:?}",
        "postgres://eva:hemligt@db/x".parse::<Address>().unwrap()
    );
    assert!(
        !shown.contains("hemligt"),
        "an address may hold a password: {shown}"
    );
}

/// The policies and the tables agree for every role, or a page would leak.
#[tokio::test]
async fn every_role_gets_exactly_what_the_policies_allow() {
    let town = Town::new(Backend::Sqlite).await;
    let policy = Policy::load().unwrap();
    let mut eva = town.tablet("Eva").await;
    let mut stina = town.tablet("Stina").await;
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
    let written = [
        visit(1),
        person(),
        Header::round(KOMMUN, support::TEAM, day),
        Header::round(KOMMUN, HEMTJANST, day),
        support::observations(),
        Header::directory(KOMMUN),
        Header::told(KOMMUN, support::TEAM, support::ASTRID, day),
        Header::told(KOMMUN, support::OFFICE, support::ASTRID, day),
    ];
    let row = hemrond_domain::ids::RowId::from_bytes([5; 16]);
    eva.write(&written[0], &[Edit::set("reason", "Yrsel")]);
    eva.write(&written[1], &[Edit::set("given_name", "Astrid")]);
    eva.write(
        &written[2],
        &[Edit::add_row("visits", row, [("start", "08:00")])],
    );
    stina.write(
        &written[3],
        &[Edit::add_row("visits", row, [("start", "07:00")])],
    );
    stina.write(
        &written[4],
        &[Edit::add_row("entries", row, [("what", "pain")])],
    );
    for told in &written[6..] {
        let copied = Edit::add_row("entries", row, [("what", "pain")]);
        stina.write(told, &[copied]);
    }
    eva.sync().await;
    stina.sync().await;
    assert!(
        stina
            .verdicts
            .iter()
            .all(|verdict| *verdict == Outcome::Accepted)
    );
    for name in ["Eva", "Omar", "Anna", "Stina", "Lena", "Per"] {
        let mut tablet = town.tablet(name).await;
        tablet.sync().await;
        let who = hemrond_policy::Principal::from(&tablet.user);
        for header in &written {
            let may = policy
                .may(&who, hemrond_policy::Action::Read, &header.into())
                .allowed;
            assert_eq!(tablet.holds(header), may, "{name}, {:?}", header.kind());
        }
    }
}
