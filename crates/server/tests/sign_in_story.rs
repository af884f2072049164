//! Stories of signing in with a password and a one-time code, and of what every storage keeps of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_domain::people::Role;
use hemrond_server::{
    environment::{Clock, SystemChance},
    rate::Rates,
    sign_in::{Attempt, Authenticator, Cost, Desk, SignInError, code_at, session},
    storage::{
        Account, AdminEvent, Chosen, Invitation, RoleAnalysis, Second, Storage, StorageError,
    },
};
use std::{sync::Arc, time::Duration};
use support::{Backend, CHEAP, KOMMUN, PASSWORD, Pages, TEAM, Town, key};

on_every_storage!(
    an_invitation_is_used_once_and_in_time,
    each_code_lets_in_once,
    a_name_belongs_to_one_person,
    a_session_ends_with_the_account_the_role_and_the_hour,
    what_was_done_is_kept_in_order_and_apart,
    a_reset_ends_everything_that_let_in,
);

async fn per(town: &Town) -> Account {
    let id = town.user("Per").await.id;
    town.storage.user(id).await.unwrap().unwrap()
}

fn invitation(account: &Account, code: u8, login: Option<&str>, reset: bool) -> Invitation {
    Invitation {
        user: account.user.id,
        login: login.map(str::to_owned),
        code_sha256: [code; 32],
        expires_at: 1_000,
        reset,
    }
}

fn chosen(code: u8, now: i64) -> Chosen {
    Chosen {
        code_sha256: [code; 32],
        password: format!("hash {code}"),
        totp: vec![code],
        step: 7,
        recovery: vec![[code; 32], [code + 100; 32]],
        now,
    }
}

async fn an_invitation_is_used_once_and_in_time(backend: Backend) {
    let town = Town::new(backend).await;
    let (storage, per) = (&town.storage, per(&town).await);
    let first = invitation(&per, 1, Some("per.dahl"), false);
    storage.invite(&first).await.unwrap();
    assert_eq!(storage.sign_in_by_setup([9; 32]).await.unwrap(), None);
    let (sign_in, account) = storage.sign_in_by_setup([1; 32]).await.unwrap().unwrap();
    assert_eq!(account, per);
    assert_eq!(sign_in.login.as_deref(), Some("per.dahl"));
    assert_eq!(sign_in.setup_expires_at, Some(1_000));
    assert_eq!(sign_in.password, None);

    assert!(!storage.choose(&chosen(1, 1_001)).await.unwrap(), "late");
    assert!(!storage.choose(&chosen(9, 500)).await.unwrap(), "unknown");
    storage
        .invite(&invitation(&per, 2, None, false))
        .await
        .unwrap();
    assert!(
        !storage.choose(&chosen(1, 500)).await.unwrap(),
        "a newer invitation ends the older"
    );
    assert!(storage.choose(&chosen(2, 1_000)).await.unwrap());
    assert!(!storage.choose(&chosen(2, 1_000)).await.unwrap(), "again");

    let found = storage.sign_in_by_login("per.dahl").await.unwrap();
    let (sign_in, _) = found.unwrap();
    assert_eq!(sign_in.password.as_deref(), Some("hash 2"));
    assert_eq!(sign_in.totp, Some(vec![2]));
    assert_eq!((sign_in.last_step, sign_in.setup_expires_at), (7, None));
    assert_eq!(storage.recovery_left(per.user.id).await.unwrap(), 2);
    assert_eq!(storage.sign_ins().await.unwrap(), [sign_in]);
}

async fn each_code_lets_in_once(backend: Backend) {
    let town = Town::new(backend).await;
    let (storage, per) = (&town.storage, per(&town).await);
    let user = per.user.id;
    let use_second = async |second| storage.use_second(user, second, 5).await.unwrap();
    assert!(!use_second(Second::Step(8)).await, "there is no sign-in");
    let first = invitation(&per, 1, Some("per.dahl"), false);
    storage.invite(&first).await.unwrap();
    storage.choose(&chosen(1, 0)).await.unwrap();
    for now in 1..=4 {
        assert!(storage.begin_try(user, now - 1, now).await.unwrap());
    }
    // Of two that come at once, the second finds that it was not alone.
    assert!(!storage.begin_try(user, 3, 9).await.unwrap());
    let failures = async || {
        let all = storage.sign_ins().await.unwrap();
        (all[0].failures, all[0].failed_at)
    };
    assert_eq!(failures().await, (4, 4));
    assert!(!use_second(Second::Step(7)).await, "the enrolling code");
    assert_eq!(failures().await.0, 4);
    assert!(use_second(Second::Step(8)).await);
    assert_eq!(failures().await.0, 0);
    assert!(!use_second(Second::Step(8)).await, "again");
    assert!(!use_second(Second::Step(6)).await, "an older one");
    assert!(use_second(Second::Recovery([1; 32])).await);
    assert!(!use_second(Second::Recovery([1; 32])).await, "again");
    assert!(!use_second(Second::Recovery([55; 32])).await);
    let eva = town.user("Eva").await.id;
    let hers = storage.use_second(eva, Second::Recovery([101; 32]), 5);
    assert!(!hers.await.unwrap(), "somebody else's code");
    assert_eq!(storage.recovery_left(user).await.unwrap(), 1);

    storage.rehash(user, "hash 9", "hash 10").await.unwrap();
    storage.rehash(user, "hash 1", "hash 11").await.unwrap();
    let all = storage.sign_ins().await.unwrap();
    assert_eq!(all[0].password.as_deref(), Some("hash 11"));
}

async fn a_name_belongs_to_one_person(backend: Backend) {
    let town = Town::new(backend).await;
    let (storage, per) = (&town.storage, per(&town).await);
    let eva = town.user("Eva").await.id;
    let eva = storage.user(eva).await.unwrap().unwrap();
    let first = invitation(&per, 1, Some("per.dahl"), false);
    storage.invite(&first).await.unwrap();
    let hers = invitation(&eva, 2, Some("per.dahl"), false);
    let taken = storage.invite(&hers);
    assert!(matches!(taken.await, Err(StorageError::Constraint(_))));
    let hsa = "SE1111111116-1A2B";
    let external = async |account: &Account, name: Option<&str>| {
        let named = storage.set_external_id(account.user.id, name);
        named.await
    };
    external(&per, Some(hsa)).await.unwrap();
    let (_, found) = storage.sign_in_by_external_id(hsa).await.unwrap().unwrap();
    assert_eq!(found, per);
    let taken = external(&eva, Some(hsa)).await;
    assert!(matches!(taken, Err(StorageError::Constraint(_))));
    external(&per, None).await.unwrap();
    external(&eva, Some(hsa)).await.unwrap();
    let (_, found) = storage.sign_in_by_external_id(hsa).await.unwrap().unwrap();
    assert_eq!(found, eva);
    // Two without a name do not share one.
    external(&eva, None).await.unwrap();
    external(&per, None).await.unwrap();
}

/// HSLF-FS 2016:40 4:2: authorisation follows the role, so a session ends when it changes.
async fn a_session_ends_with_the_account_the_role_and_the_hour(backend: Backend) {
    let town = Town::new(backend).await;
    let (storage, clock) = (town.storage.as_ref(), town.clock.as_ref());
    let begin = async |account: &Account| {
        let means = session::Means::Password;
        session::begin(storage, clock, &SystemChance, account, means)
            .await
            .unwrap()
    };
    let find = async |token: &str| session::find(storage, clock, token).await.unwrap();
    let admin = per(&town).await;

    let token = begin(&admin).await;
    let (kept, account) = find(&token).await.unwrap();
    assert_eq!((kept.user, &account), (admin.user.id, &admin));
    assert_eq!(find("inte en nyckel").await, None);
    // Used every ten minutes it goes on, but not beyond a shift.
    for _ in 0..47 {
        town.clock.forward(Duration::from_secs(600));
        assert!(find(&token).await.is_some());
    }
    town.clock.forward(Duration::from_secs(600));
    assert_eq!(find(&token).await, None, "eight hours");

    let token = begin(&admin).await;
    town.clock.forward(Duration::from_secs(15 * 60));
    assert_eq!(find(&token).await, None, "fifteen minutes unused");

    let token = begin(&admin).await;
    town.set_role("Per", Role::Administrator, TEAM).await;
    assert_eq!(find(&token).await, None, "another unit");
    let admin = per(&town).await;
    let token = begin(&admin).await;
    town.administration()
        .deactivate(admin.user.id)
        .await
        .unwrap();
    assert_eq!(find(&token).await, None, "the account is closed");

    let eva = town.user("Eva").await.id;
    let eva = storage.user(eva).await.unwrap().unwrap();
    let token = begin(&eva).await;
    let hash = hemrond_server::credential::token_hash(&token).unwrap();
    storage.end_session(hash).await.unwrap();
    assert_eq!(find(&token).await, None, "signed out");
}

async fn what_was_done_is_kept_in_order_and_apart(backend: Backend) {
    let town = Town::new(backend).await;
    let storage = &town.storage;
    let other = hemrond_domain::ids::OrganisationId::from_bytes([77; 16]);
    town.administration()
        .add_organisation(other, "Annan kommun")
        .await
        .unwrap();
    for (number, organisation) in [(1, KOMMUN), (2, other), (3, KOMMUN), (4, KOMMUN)] {
        let event = AdminEvent {
            organisation,
            at: number,
            actor: None,
            act: "invited".to_owned(),
            target: format!("mål {number}"),
        };
        storage.add_admin_event(&event).await.unwrap();
    }
    let events = storage.admin_events(KOMMUN, None, 2).await.unwrap();
    let targets: Vec<&str> = events.iter().map(|(_, one)| one.target.as_str()).collect();
    assert_eq!(targets, ["mål 4", "mål 3"]);
    let older = storage.admin_events(KOMMUN, Some(events[1].0), 2).await;
    let older = older.unwrap();
    assert_eq!(older.len(), 1);
    assert_eq!(older[0].1.target, "mål 1");

    let mut analysis = RoleAnalysis {
        organisation: KOMMUN,
        role: Role::Nurse,
        analysis: "BRA-1".to_owned(),
        decided_by: "Maria Nyberg".to_owned(),
        decided_on: chrono::NaiveDate::from_ymd_opt(2026, 10, 1).unwrap(),
    };
    storage.set_role_analysis(&analysis).await.unwrap();
    "BRA-2".clone_into(&mut analysis.analysis);
    storage.set_role_analysis(&analysis).await.unwrap();
    assert_eq!(storage.role_analyses(KOMMUN).await.unwrap(), [analysis]);
    assert_eq!(storage.role_analyses(other).await.unwrap(), []);
}

async fn a_reset_ends_everything_that_let_in(backend: Backend) {
    let town = Town::new(backend).await;
    let (storage, per) = (&town.storage, per(&town).await);
    let first = invitation(&per, 1, Some("per.dahl"), false);
    storage.invite(&first).await.unwrap();
    storage.choose(&chosen(1, 0)).await.unwrap();
    let (clock, means) = (town.clock.as_ref(), session::Means::Password);
    let token = session::begin(storage.as_ref(), clock, &SystemChance, &per, means);
    let token = token.await.unwrap();
    let reset = invitation(&per, 3, None, true);
    storage.invite(&reset).await.unwrap();
    let found = session::find(storage.as_ref(), clock, &token).await;
    assert_eq!(found.unwrap(), None);
    let (sign_in, _) = storage.sign_in_by_login("per.dahl").await.unwrap().unwrap();
    assert_eq!((sign_in.password, sign_in.totp), (None, None));
    assert_eq!(storage.recovery_left(per.user.id).await.unwrap(), 0);
    assert!(storage.choose(&chosen(3, 0)).await.unwrap());
}

/// A desk in a town, without pages.
struct AtTheDesk {
    town: Town,
    desk: Desk,
    rates: Rates,
}

impl AtTheDesk {
    async fn new(cost: Cost) -> (Self, Authenticator) {
        let pages = Pages::plain(Town::new(Backend::Memory).await).await;
        let (_, app, _) = pages.first("Per").await;
        let desk = Desk::new(key(), cost, &SystemChance);
        let town = pages.town;
        let rates = Rates::default();
        (Self { town, desk, rates }, app)
    }

    async fn check(
        &self,
        login: &str,
        password: &str,
        second: &str,
        known_browser: Option<&str>,
    ) -> Result<Account, SignInError> {
        let server = &self.town.server;
        let attempt = Attempt {
            login,
            password,
            second,
            known_browser,
        };
        let clock = self.town.clock.as_ref();
        self.desk
            .check(
                &self.town.storage,
                clock,
                &server.chance,
                &self.rates,
                attempt,
            )
            .await
    }

    /// What the app shows a minute later.
    fn later(&self, app: &Authenticator) -> String {
        self.town.clock.forward(Duration::from_secs(60));
        code_at(app, self.town.clock.now_ms()).unwrap()
    }
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let (desk, app) = AtTheDesk::new(CHEAP).await;
    let code = desk.later(&app);
    for (login, password, second) in [
        ("ingen.alls", PASSWORD, code.as_str()),
        ("per.dahl", "fel lösenord här", &code),
        ("per.dahl", PASSWORD, "000000"),
        ("per.dahl", PASSWORD, ""),
        ("", "", ""),
    ] {
        let answer = desk.check(login, password, second, None).await.unwrap_err();
        assert!(
            matches!(answer, SignInError::Wrong(_)),
            "{login} {password}"
        );
        let words = "name, password or code is wrong, or there were too many tries; wait a little";
        assert_eq!(answer.to_string(), words);
    }
    let code = desk.later(&app);
    let account = desk.check(" Per.DAHL ", PASSWORD, &code, None).await;
    assert_eq!(account.unwrap().user.name, "Per Dahl");
    let again = desk.check("per.dahl", PASSWORD, &code, None).await;
    assert!(again.is_err(), "each code lets in once");
}

#[tokio::test]
async fn wrong_tries_make_wait_longer_and_never_for_good() {
    let (desk, app) = AtTheDesk::new(CHEAP).await;
    for _ in 0..12 {
        desk.town.clock.forward(Duration::from_secs(600));
        let wrong = desk.check("per.dahl", "fel lösenord här", "000000", None);
        wrong.await.unwrap_err();
    }
    // Twelve tries: five minutes. Asking meanwhile does not make it longer.
    for _ in 0..4 {
        let code = desk.later(&app);
        let waiting = desk.check("per.dahl", PASSWORD, &code, None).await;
        assert!(matches!(waiting, Err(SignInError::Wrong(_))));
    }
    // In a browser where Per was signed in before he need not wait for what strangers did.
    let per = desk.town.user("Per").await.id;
    let known = desk
        .desk
        .known(per, desk.town.clock.now_ms(), &SystemChance);
    let eva = desk.town.user("Eva").await.id;
    let hers = desk
        .desk
        .known(eva, desk.town.clock.now_ms(), &SystemChance);
    let code = code_at(&app, desk.town.clock.now_ms()).unwrap();
    for stranger in [None, Some(hers.as_str()), Some("hittepå")] {
        let waiting = desk.check("per.dahl", PASSWORD, &code, stranger).await;
        assert!(waiting.is_err(), "{stranger:?}");
    }
    let own = desk.check("per.dahl", PASSWORD, &code, Some(&known)).await;
    own.unwrap();

    for _ in 0..12 {
        desk.town.clock.forward(Duration::from_secs(600));
        let wrong = desk.check("per.dahl", "fel lösenord här", "000000", None);
        wrong.await.unwrap_err();
    }
    desk.town.clock.forward(Duration::from_secs(240));
    let code = desk.later(&app);
    let waited = desk.check("per.dahl", PASSWORD, &code, None).await;
    waited.unwrap();
}

#[tokio::test]
async fn everybody_together_is_slowed_down() {
    let (desk, _) = AtTheDesk::new(CHEAP).await;
    let mut last = None;
    for number in 0..31 {
        let login = format!("namn{number}");
        last = desk.check(&login, "gissning", "000000", None).await.err();
    }
    assert!(matches!(last, Some(SignInError::TooOften)));
}

#[tokio::test]
async fn a_password_is_hashed_anew_when_hashing_becomes_dearer() {
    let dearer = Cost {
        memory_kib: 128,
        passes: 2,
        lanes: 1,
    };
    let (desk, app) = AtTheDesk::new(dearer).await;
    let phc = async || {
        let all = desk.town.storage.sign_ins().await.unwrap();
        all[0].password.clone().unwrap()
    };
    assert!(phc().await.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    let code = desk.later(&app);
    desk.check("per.dahl", PASSWORD, &code, None).await.unwrap();
    assert!(phc().await.starts_with("$argon2id$v=19$m=128,t=2,p=1$"));
    let code = desk.later(&app);
    desk.check("per.dahl", PASSWORD, &code, None).await.unwrap();
}

#[tokio::test]
async fn the_secret_of_the_codes_is_sealed_and_another_key_is_named() {
    let (desk, app) = AtTheDesk::new(CHEAP).await;
    let all = desk.town.storage.sign_ins().await.unwrap();
    let sealed = all[0].totp.clone().unwrap();
    let secret = app.as_bytes();
    assert!(!sealed.windows(secret.len()).any(|part| part == secret));
    let stranger = hemrond_server::sign_in::SealingKey::draw(&SystemChance);
    let code = desk.later(&app);
    let desk = AtTheDesk {
        desk: Desk::new(stranger, CHEAP, &SystemChance),
        ..desk
    };
    let answer = desk.check("per.dahl", PASSWORD, &code, None).await;
    assert!(matches!(answer, Err(SignInError::OtherKey)));
}

/// The cost that is the default, once in full.
#[tokio::test]
async fn the_default_cost_is_what_the_law_and_owasp_ask_for() {
    let town = Town::new(Backend::Memory).await;
    let pages = Pages::open(town, Cost::default(), |_| None).await;
    let (login, app, codes) = pages.first("Per").await;
    let storage: &Arc<dyn Storage> = &pages.town.storage;
    let phc = storage.sign_ins().await.unwrap()[0].password.clone();
    let phc = phc.unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    let mut browser = pages.browser();
    let shown = pages.shown(&app);
    let page = browser.sign_in(&login, PASSWORD, &shown).await;
    assert_eq!(page.status, 200);
    assert_eq!(codes.len(), 8);
}
