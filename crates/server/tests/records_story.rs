//! Stories of records whose time has come, told on every storage: kept until then, and gone after it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use chrono::NaiveDate;
use hemrond_documents::{Document, Edit};
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    record::{DocumentClass, DocumentId, Header},
    retention::Standing,
};
use hemrond_protocol::{
    DigestAnswer, DigestQuery, DocumentDigest, Epoch, Item, ItemKind, Outcome, SyncRequest, WireId,
};
use hemrond_server::{
    environment::Clock,
    retention::{self, RetentionError, Wanted},
    storage::{Address, Hold, examine},
    verify::verify,
};
use sqlx::Connection;
use std::time::Duration;
use support::{ASTRID, Backend, KOMMUN, Town, observations, person, visit};

on_every_storage!(
    a_record_is_kept_for_its_years_and_destroyed_after_them,
    each_class_of_record_has_its_own_clock,
    a_tablet_that_still_holds_it_is_told_and_brings_nothing_back,
    what_is_held_back_stays_whatever_its_age,
    a_word_that_was_written_meanwhile_keeps_the_record,
);
mod in_files {
    use super::Backend;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite() {
        super::nothing_of_it_is_left_in_the_files(Backend::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        super::nothing_of_it_is_left_in_the_files(Backend::Postgres).await;
    }
}

/// Words that stand nowhere else.
const SECRET: &str = "Yrsel-Zq7vK2m";

/// Astrid's number, one of those that the tax agency has published for tests.
const NUMBER: &str = "191212121212";

const YEAR: Duration = Duration::from_secs(365 * 86_400 + 86_400 / 4);

fn days(number: u64) -> Duration {
    Duration::from_secs(number * 86_400)
}

fn wanted(town: &Town, class: Option<DocumentClass>) -> Wanted {
    Wanted {
        // Everything without an entry today.
        before: today(town),
        class,
    }
}

fn today(town: &Town) -> NaiveDate {
    town.clock.now().date_naive()
}

async fn purge(
    town: &Town,
    class: Option<DocumentClass>,
) -> Result<Vec<DocumentId>, RetentionError> {
    let wanted = wanted(town, class);
    let gone = retention::purge(town.storage.as_ref(), town.clock.as_ref(), wanted).await?;
    let mut gone: Vec<DocumentId> = gone.into_iter().map(|gone| gone.document).collect();
    gone.sort_unstable();
    Ok(gone)
}

fn ids(headers: &[Header]) -> Vec<DocumentId> {
    let mut ids: Vec<DocumentId> = headers.iter().map(Header::id).collect();
    ids.sort_unstable();
    ids
}

/// Eva writes about Astrid: who she is and two visits, one of them signed.
async fn a_record(town: &Town) -> support::Tablet {
    let mut eva = town.tablet("Eva").await;
    let astrid = [
        Edit::set("given_name", "Astrid"),
        Edit::set("identity", NUMBER),
        Edit::set("identity_kind", "personnummer"),
    ];
    eva.write(&person(), &astrid);
    eva.write(&visit(1), &[Edit::set("reason", SECRET)]);
    eva.write(&visit(2), &[Edit::set("reason", "Fall")]);
    eva.sync().await;
    eva.sign(&visit(1));
    eva.sync().await;
    eva
}

/// AC9: the purge refuses before ten years have passed since the last entry, and destroys after them.
async fn a_record_is_kept_for_its_years_and_destroyed_after_them(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = a_record(&town).await;
    let head = town.storage.life().await.unwrap().head;
    // One day short of ten years after the last word in the second visit.
    town.clock.forward(days(400));
    eva.write(&visit(2), &[Edit::set("called_by", "Dottern")]);
    eva.sync().await;
    town.clock.forward(YEAR * 10 - days(2));
    let refused = purge(&town, None).await.unwrap_err();
    let RetentionError::BeforeItsTime { documents, .. } = &refused else {
        panic!("{refused}")
    };
    assert_eq!(*documents, 3, "the whole record counts from its last entry");
    assert!(town.storage.destroyed().await.unwrap().is_empty());
    let kept = town.storage.document(visit(1).id()).await.unwrap().unwrap();
    assert!(!kept.items.is_empty());
    let region = OrganisationId::from_bytes([11; 16]);
    let listed = || town.storage.people_numbered(NUMBER, region, 10);
    assert_eq!(listed().await.unwrap(), [(KOMMUN, ASTRID)]);

    town.clock.forward(days(4));
    let gone = purge(&town, None).await.unwrap();
    assert_eq!(gone, ids(&[person(), visit(1), visit(2)]));
    for header in [person(), visit(1), visit(2)] {
        let kept = town.storage.document(header.id()).await.unwrap().unwrap();
        assert!(kept.items.is_empty(), "{}", header.kind());
    }
    // By her number nobody finds her any more.
    assert!(listed().await.unwrap().is_empty());
    let written_down = town.storage.destroyed().await.unwrap();
    assert_eq!(written_down.len(), 3);
    assert!(written_down.iter().all(|gone| gone.person == ASTRID
        && gone.items > 0
        && gone.destroyed_at == town.clock.now_ms()));
    assert!(town.storage.life().await.unwrap().head > head);
    // Again is harmless, and others' documents are whole.
    assert!(purge(&town, None).await.unwrap().is_empty());
    if backend != Backend::Memory {
        let survey = examine(town.place.address()).await.unwrap();
        let report = verify(survey.as_ref(), |_| {}).await.unwrap();
        assert_eq!(report.faults, []);
        assert_eq!(report.counts.destroyed, 3);
        assert!(report.counts.documents > 3, "the directory is there");
    }
    // A new tablet gets what there is, without a word of Astrid.
    let mut omar = town.tablet("Omar").await;
    omar.sync().await;
    assert!(!omar.holds(&visit(1)) && !omar.holds(&person()));
}

/// AC51, AC52: five years for the social file, ten for the health record, each by itself.
async fn each_class_of_record_has_its_own_clock(backend: Backend) {
    let town = Town::new(backend).await;
    let _eva = a_record(&town).await;
    let mut stina = town.tablet("Stina").await;
    let row = hemrond_domain::ids::RowId::from_bytes([3; 16]);
    let seen = Edit::add_row("entries", row, [("what", "fall"), ("degree", "worse")]);
    stina.write(&observations(), &[seen]);
    stina.sync().await;
    assert_eq!(stina.verdicts, [Outcome::Accepted]);
    town.clock.forward(YEAR * 5 - days(2));
    assert!(purge(&town, Some(DocumentClass::Social)).await.is_err());
    town.clock.forward(days(4));
    // Health is not due, so nothing goes where everything is asked for.
    assert!(purge(&town, None).await.is_err());
    let gone = purge(&town, Some(DocumentClass::Social)).await.unwrap();
    assert_eq!(gone, ids(&[observations()]));
    let lines = retention::survey(town.storage.as_ref(), town.clock.as_ref())
        .await
        .unwrap();
    assert_eq!(lines.len(), 3, "who she is, and her visits");
    assert!(
        lines
            .iter()
            .all(|line| matches!(line.standing, Standing::Kept(_)))
    );
    town.clock.forward(YEAR * 5);
    let gone = purge(&town, Some(DocumentClass::Health)).await.unwrap();
    assert_eq!(gone, ids(&[visit(1), visit(2)]));
}

/// AC9: nothing comes back from a tablet that was away, and it is told to let go.
async fn a_tablet_that_still_holds_it_is_told_and_brings_nothing_back(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = a_record(&town).await;
    let mut omar = town.tablet("Omar").await;
    omar.sync().await;
    assert!(omar.holds(&visit(1)));
    let before = eva.documents.clone();
    // Eva writes one more word, and her tablet lies in a drawer.
    eva.write(&visit(1), &[Edit::set("called_by", "Sonen")]);
    town.clock.forward(YEAR * 10 + days(2));
    assert_eq!(purge(&town, None).await.unwrap().len(), 3);
    // Stina may read no visit and is told all the same; her tablet makes nothing of it.
    let mut stina = town.tablet("Stina").await;
    stina.sync().await;
    assert!(
        stina
            .documents
            .values()
            .all(|document| { document.header().person_id() != Some(ASTRID) })
    );

    let answers = omar.sync().await;
    let gone: Vec<WireId> = answers
        .iter()
        .flat_map(|answer| answer.gone.clone())
        .collect();
    assert_eq!(gone.len(), 3);
    assert!(!omar.holds(&visit(1)) && !omar.holds(&visit(2)) && !omar.holds(&person()));

    eva.sync().await;
    let refused = Outcome::Refused("document.purged".to_owned());
    assert_eq!(eva.verdicts, std::slice::from_ref(&refused));
    assert!(!eva.holds(&visit(1)));
    // What was refused for this is known by its name alone.
    let kept = town.storage.refused(eva.device).await.unwrap();
    let of_visit: Vec<_> = kept
        .iter()
        .filter(|item| item.document == Some(visit(1).id()))
        .collect();
    assert_eq!(of_visit.len(), 1);
    assert!(of_visit[0].bytes.is_empty(), "no content is kept");

    // In a recovery everything is given back, and this is not taken either.
    town.storage.begin_recovery(Epoch([8; 16])).await.unwrap();
    eva.documents = before;
    eva.epoch = Some(Epoch([8; 16]));
    eva.cursor = 0;
    let held: Vec<DocumentDigest> = eva
        .documents
        .keys()
        .map(|id| DocumentDigest {
            document: (*id).into(),
            digest: [7; 32],
        })
        .collect();
    let buckets = held.iter().map(|held| held.document.0[0]).collect();
    let request = SyncRequest {
        digest: Some(DigestQuery::Documents(buckets, held)),
        push: vec![],
        ..eva.request()
    };
    let answer = eva.send(&request).await.unwrap();
    let Some(DigestAnswer::Documents(_, missing)) = answer.digest else {
        panic!("{:?}", answer.digest)
    };
    assert!(missing.is_empty(), "the server misses nothing of it");
    for header in [person(), visit(1), visit(2)] {
        assert!(
            answer.gone.contains(&header.id().into()),
            "{}",
            header.kind()
        );
        push_all(&mut eva, &header);
    }
    eva.sync().await;
    assert!(eva.verdicts.len() >= 3);
    assert!(eva.verdicts.iter().all(|verdict| *verdict == refused));
    let kept = town.storage.document(visit(1).id()).await.unwrap().unwrap();
    assert!(kept.items.is_empty());
}

/// Gives back everything that a tablet holds of a document.
fn push_all(tablet: &mut support::Tablet, header: &Header) {
    let document = &tablet.documents[&header.id()];
    let given = Document::create(header, document.actor()).unwrap();
    for change in document.changes() {
        if !given.contains(&change.hash) {
            let item = Item {
                kind: ItemKind::Change,
                bytes: change.bytes.clone(),
                author: None,
            };
            tablet.outbox.push((header.clone(), item));
        }
    }
}

/// AC51: a hold keeps a record beyond its time, until it ends.
async fn what_is_held_back_stays_whatever_its_age(backend: Backend) {
    let town = Town::new(backend).await;
    let _eva = a_record(&town).await;
    let hold = Hold {
        id: [5; 16],
        person: ASTRID,
        why: "dnr 2026-114".to_owned(),
        since: town.clock.now_ms(),
        ended: None,
    };
    town.storage.add_hold(&hold).await.unwrap();
    assert!(
        town.storage.add_hold(&hold).await.is_err(),
        "one hold, once"
    );
    let other = Hold {
        id: [6; 16],
        person: PersonId::from_bytes([99; 16]),
        ..hold.clone()
    };
    town.storage.add_hold(&other).await.unwrap();
    town.clock.forward(YEAR * 30);
    assert!(purge(&town, None).await.unwrap().is_empty());
    let lines = retention::survey(town.storage.as_ref(), town.clock.as_ref())
        .await
        .unwrap();
    assert_eq!(lines.len(), 3);
    assert!(
        lines
            .iter()
            .all(|line| matches!(line.standing, Standing::Held(_)))
    );
    let now = town.clock.now_ms();
    assert!(town.storage.end_hold(hold.id, now).await.unwrap());
    assert!(!town.storage.end_hold(hold.id, now).await.unwrap());
    assert!(!town.storage.end_hold([77; 16], now).await.unwrap());
    let listed = town.storage.holds().await.unwrap();
    assert_eq!(listed[0].ended, Some(now), "it stays listed");
    assert_eq!(listed[1].ended, None);
    assert_eq!(purge(&town, None).await.unwrap().len(), 3);
}

/// AC9: the rule is asked again under the lock, so that a new entry is never destroyed.
async fn a_word_that_was_written_meanwhile_keeps_the_record(backend: Backend) {
    let town = Town::new(backend).await;
    let mut eva = a_record(&town).await;
    town.clock.forward(YEAR * 10 + days(2));
    // Due by now; and then Eva, who has been away for long, writes about her after all.
    eva.write(&visit(2), &[Edit::set("called_by", "Dottern")]);
    eva.sync().await;
    let today = today(&town);
    let choose = |aged: &[hemrond_server::storage::Aged], holds: &[Hold]| {
        let lines = retention::standings(aged, holds, today);
        let due = lines
            .iter()
            .filter(|line| matches!(line.standing, Standing::Due(_)));
        due.map(|line| line.aged.document).collect::<Vec<_>>()
    };
    let destroyed = town
        .storage
        .destroy(&[ASTRID], &choose, town.clock.now_ms())
        .await
        .unwrap();
    assert_eq!(destroyed, [], "visit 1 is a part of the same record");
    // A day in the future is nobody's to ask for.
    let wanted = Wanted {
        before: today + chrono::Days::new(1),
        class: None,
    };
    let refused = retention::purge(town.storage.as_ref(), town.clock.as_ref(), wanted).await;
    assert!(matches!(refused, Err(RetentionError::InTheFuture { .. })));
}

/// What the database's own files hold, as bytes.
async fn files(town: &Town) -> Vec<u8> {
    match town.place.address() {
        Address::Sqlite(file) => {
            let mut bytes = std::fs::read(file).unwrap();
            for suffix in ["-wal", "-journal"] {
                let beside = format!("{}{suffix}", file.display());
                bytes.extend(std::fs::read(beside).unwrap_or_default());
            }
            bytes
        }
        Address::Postgres(url) => {
            let mut hand = sqlx::PgConnection::connect(url).await.unwrap();
            sqlx::query("CHECKPOINT").execute(&mut hand).await.unwrap();
            let mut bytes = Vec::new();
            for table in [
                "items",
                "refused_items",
                "feed",
                "documents",
                "person_numbers",
            ] {
                let (table,): (Vec<u8>,) = sqlx::query_as(
                    "SELECT pg_read_binary_file(pg_relation_filepath(to_regclass($1)))",
                )
                .bind(table)
                .fetch_one(&mut hand)
                .await
                .unwrap();
                bytes.extend(table);
            }
            bytes
        }
    }
}

fn stands(bytes: &[u8], words: &str) -> bool {
    bytes
        .windows(words.len())
        .any(|window| window == words.as_bytes())
}

/// After the purge the words are in no table and in no free page.
async fn nothing_of_it_is_left_in_the_files(backend: Backend) {
    let town = Town::new(backend).await;
    let _eva = a_record(&town).await;
    let mut stina = town.tablet("Stina").await;
    stina.write(&visit(2), &[Edit::set("called_by", "Nyfiken-Zq7vK2m")]);
    stina.sync().await;
    let before = files(&town).await;
    for words in [SECRET, "Nyfiken-Zq7vK2m", NUMBER] {
        assert!(stands(&before, words), "{words}");
    }
    town.clock.forward(YEAR * 10 + days(2));
    let wanted = wanted(&town, None);
    let gone = retention::purge(town.storage.as_ref(), town.clock.as_ref(), wanted)
        .await
        .unwrap();
    assert_eq!(gone.iter().map(|gone| gone.refused).sum::<u64>(), 1);
    // A list of numbers that was being made meanwhile brings nothing back.
    let late = [(NUMBER.to_owned(), person().id())];
    town.storage.list_numbers(&late).await.unwrap();
    town.storage.compact().await.unwrap();
    let after = files(&town).await;
    for words in [SECRET, "Nyfiken-Zq7vK2m", NUMBER] {
        assert!(!stands(&after, words), "{words}");
    }
    assert!(stands(&after, "Hemrond kommun") || backend == Backend::Postgres);
}
