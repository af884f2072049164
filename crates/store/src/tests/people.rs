//! People in lists and search.

use super::support::*;
use crate::*;
use hemrond_domain::{ids::PersonId, record::Header};

async fn with_person(row: PersonRow, header: &Header) -> Result<Tablet, StoreError> {
    let tablet = Tablet::new().await;
    let models = ReadModels {
        person: Some(row),
        ..ReadModels::default()
    };
    tablet
        .store
        .commit(commit(vec![with_models(header, models)]))
        .await?;
    Ok(tablet)
}

#[tokio::test]
async fn astrid_is_found_as_she_was_written() {
    let row = person_row(&astrid(), ASTRID, "Öberg");
    let tablet = with_person(row.clone(), &astrid())
        .await
        .unwrap()
        .restart()
        .await;
    let store = &tablet.store;
    assert_eq!(store.person(ASTRID).await.unwrap(), Some(row.clone()));
    assert_eq!(
        store.people_by_ids(&[ASTRID, ASTRID]).await.unwrap(),
        std::slice::from_ref(&row)
    );
    assert_eq!(store.find_identity("193801019876").await.unwrap(), [row]);
    assert_eq!(store.find_identity("19380101").await.unwrap(), []);
    let index = PersonIndexRow {
        person: ASTRID,
        name: "Astrid Öberg".into(),
        folded: "astrid öberg".into(),
        identity: Some("193801019876".into()),
    };
    assert_eq!(store.people_index().await.unwrap(), [index]);
    assert_eq!(
        store.person(PersonId::from_bytes([99; 16])).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn someone_without_a_name_is_listed_all_the_same() {
    let row = PersonRow {
        given_name: None,
        family_name: None,
        identity: None,
        folded: String::new(),
        ..person_row(&astrid(), ASTRID, "")
    };
    let tablet = with_person(row, &astrid()).await.unwrap();
    let index = tablet.store.people_index().await.unwrap();
    assert_eq!((index[0].name.as_str(), &index[0].identity), ("", &None));
}

#[tokio::test]
async fn a_name_may_hold_any_character_and_search_still_finds_its_neighbours() {
    let tablet = Tablet::new().await;
    let names = [
        "7,2,;Å",
        "",
        "\u{1f}\u{1e}",
        "Eriksson;0,0,0;",
        "\u{1f475}🏽",
        "NUL\0inside",
    ];
    let documents = names.iter().zip(10..).map(|(family_name, number)| {
        let person = PersonId::from_bytes([number; 16]);
        let header = Header::person(REGION, person);
        let row = PersonRow {
            given_name: None,
            identity: (number % 2 == 0).then(|| format!("{number},{number};")),
            ..person_row(&header, person, family_name)
        };
        with_models(
            &header,
            ReadModels {
                person: Some(row),
                ..ReadModels::default()
            },
        )
    });
    tablet
        .store
        .commit(commit(documents.collect()))
        .await
        .unwrap();
    let mut index = tablet.store.people_index().await.unwrap();
    index.sort_by_key(|row| row.person);
    assert_eq!(
        index
            .iter()
            .map(|row| row.name.as_str())
            .collect::<Vec<_>>(),
        names
    );
    assert_eq!(index[4].folded, format!("astrid {}", names[4]));
    assert_eq!(index[0].identity.as_deref(), Some("10,10;"));
    assert_eq!(index[1].identity, None);
}

/// AC61: no list on the tablet's disk can hold them.
#[tokio::test]
async fn no_list_can_hold_a_way_to_a_protected_persons_door() {
    let bare = PersonRow {
        protected: "skyddad_folkbokforing".into(),
        street: None,
        postcode: None,
        city: None,
        entry: None,
        phone: None,
        contacts_json: None,
        ..person_row(&astrid(), ASTRID, "Svensson")
    };
    with_person(bare.clone(), &astrid()).await.unwrap();
    let empty = PersonRow {
        contacts_json: Some("[]".into()),
        ..bare.clone()
    };
    with_person(empty, &astrid()).await.unwrap();
    let some = || Some("x".to_owned());
    for leaking in [
        PersonRow {
            street: some(),
            ..bare.clone()
        },
        PersonRow {
            postcode: some(),
            ..bare.clone()
        },
        PersonRow {
            city: some(),
            ..bare.clone()
        },
        PersonRow {
            entry: some(),
            ..bare.clone()
        },
        PersonRow {
            phone: some(),
            ..bare.clone()
        },
        PersonRow {
            contacts_json: Some("[{}]".into()),
            ..bare.clone()
        },
        PersonRow {
            street: some(),
            protected: "of a newer version".into(),
            ..bare.clone()
        },
    ] {
        let error = with_person(leaking, &astrid())
            .await
            .err()
            .expect("it must be refused");
        assert_eq!(error.code(), "store.invalid");
    }
}

/// AC62: an address that is taken out of the lists is overwritten in the file, not only forgotten.
#[tokio::test]
async fn what_is_taken_out_is_overwritten() {
    let tablet = Tablet::new().await;
    let mut reading = tablet.store.read().await.unwrap();
    let statement = "PRAGMA secure_delete";
    let on: Option<u32> = crate::sql::scalar(&mut reading, statement, crate::sql::nothing())
        .await
        .unwrap();
    assert_eq!(on, Some(1));
}
