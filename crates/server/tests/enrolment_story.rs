//! Stories of tablets that are enrolled again: with the same key they are the same tablet.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Backend, Tablet, Town};

on_every_storage!(
    a_tablet_with_its_old_key_is_the_same_tablet,
    anothers_code_is_refused_and_may_still_be_used,
    a_key_that_was_shut_out_or_is_anothers_is_taken,
);

/// Eva's server was put back to a backup that is older than her enrolment.
async fn a_tablet_with_its_old_key_is_the_same_tablet(backend: Backend) {
    let town = Town::new(backend).await;
    let before = town.tablet("Eva Lind").await;
    let devices = town.server.storage.devices().await.unwrap().len();
    let code = town.code("Eva Lind").await;
    let user = Some(before.user.id);
    let after = Tablet::enrol_with(&town.url, &code, before.key.clone(), user)
        .await
        .unwrap();
    assert_eq!(after.device, before.device);
    let storage = &town.server.storage;
    let found = storage.device_with_account(before.device).await.unwrap();
    let (device, account) = found.unwrap();
    assert_eq!(device.public_key, *before.key.verifying_key().as_bytes());
    assert_eq!(account.user.name, "Eva Lind");
    assert_eq!(storage.devices().await.unwrap().len(), devices);
}

async fn anothers_code_is_refused_and_may_still_be_used(backend: Backend) {
    let town = Town::new(backend).await;
    let eva = town.tablet("Eva Lind").await;
    let omars = town.code("Omar Haddad").await;
    let user = Some(eva.user.id);
    let (status, problem) = Tablet::enrol_with(&town.url, &omars, eva.key.clone(), user)
        .await
        .err()
        .unwrap();
    assert_eq!((status, problem.code.as_str()), (409, "enrol.other_user"));
    let omar = Tablet::enrol(&town.url, &omars).await.unwrap();
    assert_eq!(omar.user.name, "Omar Haddad");
}

async fn a_key_that_was_shut_out_or_is_anothers_is_taken(backend: Backend) {
    let town = Town::new(backend).await;
    let eva = town.tablet("Eva Lind").await;
    let omars = town.code("Omar Haddad").await;
    let (status, problem) = Tablet::enrol_with(&town.url, &omars, eva.key.clone(), None)
        .await
        .err()
        .unwrap();
    assert_eq!((status, problem.code.as_str()), (409, "enrol.key_taken"));

    let now = 1_800_000_000_000;
    let storage = &town.server.storage;
    assert!(storage.revoke_device(eva.device, now).await.unwrap());
    let code = town.code("Eva Lind").await;
    let (status, problem) = Tablet::enrol_with(&town.url, &code, eva.key.clone(), None)
        .await
        .err()
        .unwrap();
    assert_eq!((status, problem.code.as_str()), (409, "enrol.key_taken"));
    // With another key the same code is good.
    let again = Tablet::enrol(&town.url, &code).await.unwrap();
    assert_ne!(again.device, eva.device);
}
