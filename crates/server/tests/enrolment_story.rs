//! Stories of tablets that are enrolled again: with the same key they are the same tablet.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_protocol::enrolment::EnrolSignIn;
use hemrond_server::storage::LogQuery;
use std::time::Duration;
use support::{Backend, PASSWORD, Pages, Tablet, Town};

on_every_storage!(
    a_tablet_with_its_old_key_is_the_same_tablet,
    anothers_code_is_refused_and_may_still_be_used,
    a_key_that_was_shut_out_or_is_anothers_is_taken,
    who_draws_codes_does_not_become_a_nurse,
    wrong_tries_at_enrolment_make_wait_and_are_kept,
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

/// What Eva types, where the app shows this.
fn typed(login: &str, password: &str, code: &str) -> EnrolSignIn {
    EnrolSignIn {
        login: login.to_owned(),
        password: password.to_owned(),
        code: code.to_owned(),
    }
}

fn refused(answer: Result<Tablet, (u16, hemrond_protocol::enrolment::Problem)>) -> (u16, String) {
    let (status, problem) = answer.err().unwrap();
    (status, problem.code)
}

/// AC19: Per, who draws the codes, enrols a tablet as nobody but himself.
async fn who_draws_codes_does_not_become_a_nurse(backend: Backend) {
    let pages = Pages::plain(Town::asking_who_enrols(backend).await).await;
    let (eva, evas_app, _) = pages.first("Eva").await;
    let (per, pers_app, _) = pages.first("Per").await;
    let url = pages.town.url.clone();
    let code = pages.town.code("Eva").await;
    let before = pages.town.storage.devices().await.unwrap().len();
    let needed = (403, "enrol.sign_in_needed".to_owned());
    let wrong = (403, "enrol.sign_in_wrong".to_owned());
    let anothers = (409, "enrol.other_user".to_owned());

    // The code alone, his own name, and her name without what she knows and has.
    assert_eq!(refused(Tablet::enrol(&url, &code).await), needed);
    let own = typed(&per, PASSWORD, &pages.shown(&pers_app));
    assert_eq!(
        refused(Tablet::enrol_signed_in(&url, &code, own).await),
        anothers
    );
    let with_his_app = typed(&eva, PASSWORD, &pages.shown(&pers_app));
    assert_eq!(
        refused(Tablet::enrol_signed_in(&url, &code, with_his_app).await),
        wrong
    );
    // Omar was never invited: until he is, nobody enrols for him.
    let omars = pages.town.code("Omar").await;
    let nobodys = typed("omar.haddad", PASSWORD, &pages.shown(&evas_app));
    assert_eq!(
        refused(Tablet::enrol_signed_in(&url, &omars, nobodys).await),
        wrong
    );
    let after = pages.town.storage.devices().await.unwrap().len();
    assert_eq!(after, before, "nobody has a tablet");

    // The code is still good for Eva herself; her app's code is good once.
    let shown = pages.shown(&evas_app);
    let herself = typed(&eva, PASSWORD, &shown);
    let tablet = Tablet::enrol_signed_in(&url, &code, herself.clone()).await;
    assert_eq!(tablet.unwrap().user.name, "Eva Lind");
    let second = pages.town.code("Eva").await;
    assert_eq!(
        refused(Tablet::enrol_signed_in(&url, &second, herself).await),
        wrong
    );
    let acts = pages.acts().await;
    let enrolling = acts.iter().filter(|act| act.starts_with("sign"));
    let enrolling: Vec<&str> = enrolling.map(String::as_str).collect();
    assert_eq!(
        enrolling,
        ["signed_in", "sign_in_failed", "signed_in", "sign_in_failed"]
    );
}

/// AC19: guessing at enrolment is guessing at the pages: the same waits, and it stands in the log.
async fn wrong_tries_at_enrolment_make_wait_and_are_kept(backend: Backend) {
    let pages = Pages::plain(Town::asking_who_enrols(backend).await).await;
    let (eva, app, _) = pages.first("Eva").await;
    let town = &pages.town;
    let code = town.code("Eva").await;
    let wrong = (403, "enrol.sign_in_wrong".to_owned());
    for _ in 0..5 {
        let guess = typed(&eva, "tre gula bilar i hamnen", "000000");
        assert_eq!(
            refused(Tablet::enrol_signed_in(&town.url, &code, guess).await),
            wrong
        );
    }
    let found = town.storage.sign_in_by_login(&eva).await.unwrap();
    assert_eq!(
        found.unwrap().0.failures,
        3,
        "those after it were not weighed"
    );
    // What is right is not let in before its time, neither here nor at the pages.
    let shown = hemrond_server::sign_in::code_at(&app, pages.now()).unwrap();
    let right = typed(&eva, PASSWORD, &shown);
    assert_eq!(
        refused(Tablet::enrol_signed_in(&town.url, &code, right).await),
        wrong
    );
    let page = pages.browser().sign_in(&eva, PASSWORD, &shown).await;
    assert_eq!(page.status, 403);

    let user = town.user("Eva").await.id;
    let failed = pages.acts().await;
    let failed = failed.iter().filter(|act| *act == "sign_in_failed").count();
    // Those that waited stand among strangers: one who knows a name fills no organisation's log.
    assert_eq!(failed, 3);
    let query = LogQuery {
        from: 0,
        person: None,
        most: 1000,
    };
    let entries = town.storage.log_entries(query).await.unwrap();
    let said = format!("sign_in_failed {user}");
    let logged = entries.iter().filter(|entry| {
        let bytes = &entry.bytes;
        bytes
            .windows(said.len())
            .any(|part| part == said.as_bytes())
    });
    assert_eq!(logged.count(), 3, "in the access log too");

    town.clock.forward(Duration::from_secs(60));
    let right = typed(&eva, PASSWORD, &pages.shown(&app));
    let tablet = Tablet::enrol_signed_in(&town.url, &code, right).await;
    assert_eq!(tablet.unwrap().user.name, "Eva Lind");
}
