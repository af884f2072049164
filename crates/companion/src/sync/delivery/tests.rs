//! However many threads read a page, the same is written in the same order.

use super::*;
use chrono::{TimeZone, Utc};
use hemrond_documents::Edit;
use hemrond_domain::ids::{OrganisationId, PersonId, UnitId, VisitId};
use proptest::prelude::*;

/// How a visit is delivered.
#[derive(Debug, Clone, Copy)]
enum How {
    /// In one piece.
    Whole,
    /// Twice: because it was wanted, and by the feed.
    Twice,
    /// Its newer half alone, which waits for the older.
    NewerHalf,
    /// With an item that is none.
    Spoilt,
}

fn visit(number: u8) -> Header {
    Header::visit(
        OrganisationId::from_bytes([1; 16]),
        UnitId::from_bytes([2; 16]),
        PersonId::from_bytes([number; 16]),
        VisitId::from_bytes([number; 16]),
    )
}

/// The answers that Eva wrote in a visit, one change each.
fn written(header: &Header, answers: u8) -> Vec<Item> {
    let at = Utc.with_ymd_and_hms(2026, 11, 3, 9, 0, 0).unwrap();
    let mut document = Document::create(header, Actor::from_random([9; 16])).unwrap();
    for answer in 0..answers {
        let edit = Edit::set("reason", format!("Yrsel {answer}"));
        document.edit(at, &[edit]).unwrap();
    }
    let changes = document.changes().into_iter();
    changes
        .map(|change| Item {
            kind: ItemKind::Change,
            bytes: change.bytes,
            author: None,
        })
        .collect()
}

fn page(visits: &[(How, u8)]) -> Vec<Delivery> {
    let mut page = Vec::new();
    let mut again = Vec::new();
    for ((how, answers), number) in visits.iter().zip(1..) {
        let header = visit(number);
        let mut items = written(&header, *answers);
        match how {
            How::Whole => {}
            How::Twice => again.push(Delivery {
                header: (&header).into(),
                items: items.clone(),
            }),
            How::NewerHalf => {
                items.drain(..items.len() / 2);
            }
            How::Spoilt => {
                if let Some(first) = items.first_mut() {
                    first.bytes.truncate(7);
                }
            }
        }
        page.push(Delivery {
            header: (&header).into(),
            items,
        });
    }
    page.extend(again);
    page
}

/// What is written of a page that so many threads read, in words, and what is in memory then.
fn read(page: &[Delivery], threads: usize) -> (Vec<String>, Vec<DocumentId>, Vec<DocumentId>) {
    let mut jobs: BTreeMap<DocumentId, Job<'_>> = BTreeMap::new();
    for (place, delivery) in page.iter().enumerate() {
        let header = raw_header(&delivery.header).header().unwrap();
        let job = jobs.entry(header.id()).or_insert_with(|| Job {
            start: Start::Nothing(header),
            deliveries: Vec::new(),
        });
        job.deliveries.push((place, delivery));
    }
    let knowledge = Knowledge {
        actor: Actor::from_random([7; 16]),
        knows: Knows::Everything,
        user: None,
        authors: &HashMap::new(),
    };
    let readers = Readers { threads, many: 0 };
    let done = read_all(jobs.into_values().collect(), &knowledge, readers).unwrap();
    let delivered = Delivered::of(done, BTreeMap::new());
    (
        delivered
            .commits
            .iter()
            .map(|commit| format!("{commit:?}"))
            .collect(),
        delivered.opened.into_keys().collect(),
        delivered.broken,
    )
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![
        Just(How::Whole),
        Just(How::Twice),
        Just(How::NewerHalf),
        Just(How::Spoilt),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn four_threads_write_what_one_writes_and_in_the_same_order(
        visits in prop::collection::vec((how(), 1..6_u8), 1..12)
    ) {
        let page = page(&visits);
        let one = read(&page, 1);
        prop_assert_eq!(one.0.len(), page.len(), "every delivery is written");
        prop_assert_eq!(&read(&page, 4), &one);
        prop_assert_eq!(&read(&page, 3), &one);
    }
}
