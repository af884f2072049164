//! Stories of keys that are given back, and of the time for which tablets may be read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use ed25519_dalek::SigningKey;
use hemrond_audit::Record;
use hemrond_domain::ids::UserId;
use hemrond_protocol::encoding;
use hemrond_server::storage::LogQuery;
use hemrond_vault::{
    Secret,
    rescue::{RescueKey, RescuePublicKey},
};
use rand::RngCore as _;
use support::{Backend, Tablet, Town, rescue_key};

on_every_storage!(
    a_sealed_key_comes_back_for_its_users_code_and_for_nobody_elses,
    what_was_not_sealed_for_this_server_uses_no_code,
    every_answer_lends_time,
);

fn chance(bytes: &mut [u8]) {
    rand::rng().fill_bytes(bytes);
}

fn key() -> SigningKey {
    SigningKey::from_bytes(Secret::draw(&chance).as_bytes())
}

/// Eva's database key, sealed as her tablet seals it.
fn sealed(public: &str, owner: UserId, key: &Secret) -> String {
    let public = RescuePublicKey::parse(public).unwrap();
    hex::encode(public.seal(key, owner.as_bytes(), &chance).unwrap())
}

async fn a_sealed_key_comes_back_for_its_users_code_and_for_nobody_elses(backend: Backend) {
    let town = Town::new(backend).await;
    let code = town.code("Eva Lind").await;
    let (eva, told) = Tablet::rescue(&town.url, &code, key(), None, None)
        .await
        .unwrap();
    assert_eq!(told.opened_key, None);
    let public = told.rescue_key.unwrap();
    let database = Secret::draw(&chance);
    let sealed = sealed(&public, eva.user.id, &database);

    // Omar has Eva's tablet in his hands, and a code of his own.
    let omars = town.code("Omar Haddad").await;
    for user in [None, Some(eva.user.id)] {
        let taken = Tablet::rescue(&town.url, &omars, key(), user, Some(sealed.clone())).await;
        let (status, problem) = taken.err().unwrap();
        assert_eq!((status, problem.code.as_str()), (409, "enrol.other_user"));
    }
    let omar = Tablet::enrol(&town.url, &omars).await.unwrap();
    let of_omar = Some(omar.user.id);
    let omars = town.code("Omar Haddad").await;
    let taken = Tablet::rescue(&town.url, &omars, key(), of_omar, Some(sealed.clone())).await;
    assert_eq!(taken.err().unwrap().1.code, "enrol.other_user");

    let code = town.code("Eva Lind").await;
    let (again, told) = Tablet::rescue(&town.url, &code, key(), None, Some(sealed.clone()))
        .await
        .unwrap();
    assert_eq!(again.user, eva.user);
    assert_eq!(told.opened_key, Some(hex::encode(database.as_bytes())));
    // That she got it stands in the log, and nobody else did.
    let query = LogQuery {
        most: 1_000,
        ..LogQuery::default()
    };
    let entries = town.storage.log_entries(query).await.unwrap();
    let events = entries
        .iter()
        .map(|entry| Record::decode(&entry.bytes).unwrap().event);
    let given: Vec<UserId> = events
        .filter(|event| event.reason.as_deref() == Some("database key given back"))
        .map(|event| event.user)
        .collect();
    assert_eq!(given, [eva.user.id]);
    // The code is used with that.
    let twice = Tablet::rescue(&town.url, &code, key(), None, Some(sealed)).await;
    assert_eq!(twice.err().unwrap().1.code, "enrol.code_used");
}

async fn what_was_not_sealed_for_this_server_uses_no_code(backend: Backend) {
    let town = Town::new(backend).await;
    let code = town.code("Eva Lind").await;
    let eva = town.user("Eva Lind").await.id;
    let other = RescueKey::draw(&chance).public().to_string();
    let database = Secret::draw(&chance);
    let own = sealed(&rescue_key().public().to_string(), eva, &database);
    for wrong in [
        sealed(&other, eva, &database),
        own[..own.len() - 2].to_owned(),
        "hej".to_owned(),
        String::new(),
    ] {
        let taken = Tablet::rescue(&town.url, &code, key(), None, Some(wrong)).await;
        let (status, problem) = taken.err().unwrap();
        assert_eq!((status, problem.code.as_str()), (409, "enrol.sealed_key"));
        assert!(
            problem.message.contains("rescue key"),
            "{}",
            problem.message
        );
    }
    let (_, told) = Tablet::rescue(&town.url, &code, key(), None, Some(own))
        .await
        .unwrap();
    assert_eq!(told.opened_key, Some(hex::encode(database.as_bytes())));
}

/// AC23: each answer says for how long the tablet may be read from then on.
async fn every_answer_lends_time(backend: Backend) {
    let town = Town::new(backend).await;
    let eva = town.tablet("Eva Lind").await;
    let (device, account) = town
        .storage
        .device_with_account(eva.device)
        .await
        .unwrap()
        .unwrap();
    let (answer, _) =
        hemrond_server::exchange::exchange(&town.server, &device, account, eva.request())
            .await
            .unwrap();
    assert_eq!(answer.lease_seconds, Some(12 * 60 * 60));
    // It survives the way, and an answer without it is one of an older server.
    let body = encoding::encode(&answer).unwrap();
    let read: hemrond_protocol::SyncResponse = encoding::decode_response(&body).unwrap();
    assert_eq!(read.lease_seconds, answer.lease_seconds);
}
