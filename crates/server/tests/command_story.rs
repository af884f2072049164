//! Stories of the command line: the real program, in its own process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_documents::Edit;
use hemrond_domain::{
    identity::Identity,
    ids::{DeviceId, VisitId},
    record::{DocumentKind, Header},
};
use hemrond_policy::{Policy, Principal};
use hemrond_protocol::Epoch;
use hemrond_server::storage::{self, Asker, Digested};
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
};
use support::Tablet;
use tempfile::TempDir;

const TODAY: &str = "2026-11-22";

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hemrond-server"));
    command
        .current_dir(folder)
        .env("HEMROND_DATABASE", "sqlite:server.sqlite")
        .env_remove("HEMROND_LOG")
        .stdin(Stdio::null());
    command
}

/// Runs a command that is to succeed, and gives what it said.
fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = program(folder).args(arguments).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}{error}");
    said
}

/// Runs a command that is to fail, and gives its sentence.
fn fail(folder: &Path, arguments: &[&str]) -> String {
    let output = program(folder).args(arguments).output().unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A server in its own process. It is stopped when the test ends, however it ends.
struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start(folder: &Path) -> Self {
        Self::with(program(folder).stderr(Stdio::piped()))
    }

    fn with(program: &mut Command) -> Self {
        let mut child = program
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .unwrap()
            .to_owned();
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { child, url }
    }

    /// Tells it to stop as a service manager does, and gives its log.
    fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(
            self.child.wait().unwrap().success(),
            "it stops in good order"
        );
        let mut log = String::new();
        if let Some(mut pipe) = self.child.stderr.take() {
            pipe.read_to_string(&mut log).unwrap();
        }
        log
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn codes(folder: &Path) -> serde_json::Map<String, serde_json::Value> {
    let said = run(folder, &["seed", "--print-codes", "--today", TODAY]);
    serde_json::from_str(&said).unwrap()
}

async fn enrolled(
    url: &str,
    codes: &serde_json::Map<String, serde_json::Value>,
    who: &str,
) -> Tablet {
    let code = codes[who].as_str().unwrap();
    let answer = Tablet::enrol_anywhere(url, code).await;
    answer.unwrap()
}

#[tokio::test]
async fn from_nothing_to_a_days_work_and_no_name_in_the_log() {
    let folder = TempDir::new().unwrap();
    let codes = codes(folder.path());
    let serving = Serving::start(folder.path());
    let mut eva = enrolled(&serving.url, &codes, "eva").await;
    let mut stina = enrolled(&serving.url, &codes, "stina").await;
    eva.sync().await;
    stina.sync().await;
    let round = eva.documents.values().find(|document| {
        document.header().kind() == DocumentKind::Round
            && document.header().unit() == Some(eva.user.unit)
    });
    let visits = &round.unwrap().content().rows["visits"];
    assert_eq!(visits.len(), 10);
    let persons: Vec<Header> = eva
        .documents
        .values()
        .map(|document| document.header().clone())
        .filter(|header| header.kind() == DocumentKind::Person)
        .collect();
    assert_eq!(persons.len(), 15);
    // Home help's observations stay with home help, and what the team was told of them is here.
    let kinds = |kind| {
        let all = eva.documents.values();
        all.filter(|document| document.header().kind() == kind)
            .count()
    };
    assert_eq!(kinds(DocumentKind::Observations), 0);
    assert!(kinds(DocumentKind::Told) > 0);

    let visit = Header::visit(
        eva.user.organisation,
        eva.user.unit,
        persons[0].person_id().unwrap(),
        VisitId::from_bytes([1; 16]),
    );
    eva.write(&visit, &[Edit::set("reason", "Hemligheten i köket")]);
    stina.write(&visit, &[Edit::set("reason", "Nyfikenheten")]);
    eva.sync().await;
    stina.sync().await;
    let wrong = Tablet::enrol_anywhere(&serving.url, "AAAA-AAAA").await;
    assert!(wrong.is_err());

    // Other processes work on the same database meanwhile.
    run(folder.path(), &["backup", "--to", "copy.sqlite"]);
    let list = run(folder.path(), &["devices", "list"]);
    assert!(list.contains("Eva Lind: Surfplatta, last seen"), "{list}");
    run(
        folder.path(),
        &["users", "set-role", "--user", "stina", "--role", "nurse"],
    );
    stina.sync().await;
    assert!(
        stina.holds(&visit),
        "the running server gives what the new role may read"
    );
    let list = run(folder.path(), &["users", "list"]);
    assert!(
        list.contains("nurse          Stina Ek, Hemtjänst Norr"),
        "{list}"
    );
    run(
        folder.path(),
        &["devices", "revoke", "--device", &stina.device.to_string()],
    );
    assert_eq!(
        stina.send(&stina.request()).await.unwrap_err().1.code,
        "device.revoked"
    );

    let log = serving.stop();
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let synced = lines
        .iter()
        .filter(|line| line["path"] == "/v1/sync" && line["status"] == 200);
    assert!(synced.count() >= 5, "{log}");
    let device = eva.device.to_string();
    assert!(
        lines
            .iter()
            .any(|line| line["device"] == device.as_str() && line["accepted"] == 1)
    );
    assert!(log.contains("policy.write"));
    let mut unwanted: Vec<String> = [
        "Eva",
        "Stina",
        "Lind",
        "Hemligheten",
        "Nyfikenheten",
        "AAAA",
    ]
    .map(str::to_owned)
    .into();
    unwanted.push(hex::encode(eva.key.to_bytes()));
    for header in &persons {
        let content = eva.documents[&header.id()].content();
        for field in ["given_name", "family_name", "identity", "address.street"] {
            unwanted.extend(content.fields.get(field).map(ToString::to_string));
        }
    }
    for word in unwanted {
        assert!(!log.contains(&word), "the log holds \"{word}\"");
    }
}

/// Even a log of everything tells nobody's secret and nothing of a record.
#[tokio::test]
async fn the_most_talkative_log_holds_no_code_no_key_and_no_record() {
    let folder = TempDir::new().unwrap();
    let codes = codes(folder.path());
    let log = folder.path().join("log");
    let serving = Serving::with(
        program(folder.path())
            .env("HEMROND_LOG", "trace")
            // Into a file: a pipe that nobody empties would hold up the server.
            .stderr(std::fs::File::create(&log).unwrap()),
    );
    let mut eva = enrolled(&serving.url, &codes, "eva").await;
    eva.sync().await;
    let wrong = Tablet::enrol_anywhere(&serving.url, "ZZ99-ZZ99").await;
    assert!(wrong.is_err());
    let person = eva
        .documents
        .values()
        .find(|document| document.header().kind() == DocumentKind::Person)
        .unwrap();
    let content = person.content();
    let visit = Header::visit(
        eva.user.organisation,
        eva.user.unit,
        person.header().person_id().unwrap(),
        VisitId::from_bytes([1; 16]),
    );
    eva.write(&visit, &[Edit::set("reason", "Hemligheten i köket")]);
    eva.sync().await;
    serving.stop();

    let log = std::fs::read_to_string(log).unwrap();
    let talkative = ["DEBUG", "TRACE"].map(|level| format!("\"level\":\"{level}\""));
    assert!(talkative.iter().any(|level| log.contains(level)), "{log}");
    assert!(log.contains("/v1/sync"));
    let mut secrets: Vec<String> = vec!["Hemligheten".to_owned()];
    secrets.push(hex::encode(eva.key.to_bytes()));
    for code in codes
        .values()
        .map(|code| code.as_str().unwrap())
        .chain(["ZZ99-ZZ99"])
    {
        secrets.extend([code.to_owned(), code.replace('-', "")]);
    }
    for field in ["given_name", "family_name", "identity"] {
        secrets.push(content.fields[field].to_string());
    }
    assert!(secrets.iter().all(|secret| secret.len() > 3), "{secrets:?}");
    for secret in secrets {
        let found = log.lines().find(|line| line.contains(&secret));
        assert_eq!(found, None, "the log holds \"{secret}\"");
    }
}

#[tokio::test]
async fn the_sample_data_is_about_nobody() {
    let folder = TempDir::new().unwrap();
    let codes = codes(folder.path());
    let serving = Serving::start(folder.path());
    let mut anna = enrolled(&serving.url, &codes, "anna").await;
    anna.sync().await;
    let today: chrono::NaiveDate = TODAY.parse().unwrap();
    let mut levels = 0;
    for document in anna.documents.values() {
        let content = document.content();
        assert!(content.unreadable.is_empty());
        match document.header().kind() {
            DocumentKind::Person => {
                let identity = content.fields["identity"].to_string();
                let read = Identity::parse(&identity, today).unwrap();
                let kind = serde_json::to_value(read.kind).unwrap();
                assert_eq!(kind, content.fields["identity_kind"].to_string().as_str());
                let protected = content.fields["protected"].to_string() != "none";
                assert_eq!(protected, !content.fields.contains_key("address.street"));
                let relatives = content.rows["contacts"]
                    .values()
                    .filter(|contact| contact["relation"].to_string() == "relative");
                assert!(!protected || relatives.count() == 0);
            }
            DocumentKind::Visit => levels += usize::from(content.fields.contains_key("cfs.level")),
            _ => {}
        }
        let text = serde_json::to_string(&content).unwrap();
        for number in text.split('"').filter(|text| is_phone(text)) {
            assert!(is_fictional(number), "{number} may be somebody's");
        }
    }
    assert!(levels >= 30, "{levels} skattningar to draw");
    serving.stop();
}

fn is_phone(text: &str) -> bool {
    text.starts_with('0')
        && text.len() >= 9
        && text.contains('-')
        && text.chars().all(|c| c.is_ascii_digit() || c == '-')
}

/// The ranges that the numbering plan keeps for fiction.
fn is_fictional(number: &str) -> bool {
    let digits = number.replace('-', "");
    let within =
        |from: &str, to: &str| digits.len() == from.len() && *from <= *digits && *digits <= *to;
    within("0701740605", "0701740699")
        || within("0846500400", "0846500499")
        || within("0313900600", "0313900699")
}

/// What a doctor may read of the sample data, by document; the directory's author is drawn anew.
async fn digests(folder: &TempDir) -> Vec<Digested> {
    run(
        folder.path(),
        &["seed", "--today", TODAY, "--persons", "3", "--visits", "5"],
    );
    let file = folder.path().join("server.sqlite");
    let address = format!("sqlite:{}", file.display()).parse().unwrap();
    let storage = storage::open(&address, Epoch([1; 16])).await.unwrap();
    let users = storage.users().await.unwrap();
    let anna = users
        .into_iter()
        .find(|account| account.user.name == "Anna Berg")
        .unwrap();
    let asker = Asker {
        run: [0; 16],
        user: anna.user.id,
        device: DeviceId::from_bytes([1; 16]),
        access_version: anna.access_version,
        readable: Policy::load()
            .unwrap()
            .readable(&Principal::from(&anna.user)),
        now: 0,
    };
    let directory = Header::directory(anna.user.organisation).id();
    let (all, _) = storage.digests(&asker).await.unwrap();
    all.into_iter()
        .filter(|digested| digested.document != directory)
        .collect()
}

#[tokio::test]
async fn the_same_day_gives_the_same_data() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let first = digests(&one).await;
    assert!(first.len() > 60, "{} documents", first.len());
    assert_eq!(first, digests(&two).await);
    let again = fail(one.path(), &["seed"]);
    assert!(
        again.contains("sample data goes into an empty one"),
        "{again}"
    );
}

#[test]
fn every_command_helps_with_an_example() {
    let folder = TempDir::new().unwrap();
    for command in [
        &["serve"] as &[&str],
        &["enrol"],
        &["organisations", "add"],
        &["organisations", "list"],
        &["units", "add"],
        &["units", "list"],
        &["users", "add"],
        &["users", "list"],
        &["users", "set-role"],
        &["users", "invite"],
        &["users", "reset"],
        &["users", "deactivate"],
        &["roles", "analyse"],
        &["roles", "list"],
        &["sign-in-key"],
        &["devices", "list"],
        &["devices", "revoke"],
        &["backup"],
        &["restore"],
        &["verify"],
        &["recovery", "begin"],
        &["recovery", "end"],
        &["seed"],
        &["classes"],
    ] {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let help = run(folder.path(), &arguments);
        assert!(help.contains("Example"), "{command:?}: {help}");
        assert!(
            help.contains(&format!("hemrond-server {}", command.join(" "))),
            "{help}"
        );
    }
}

#[test]
fn an_administrator_sets_up_a_unit_by_hand_and_is_told_what_went_wrong() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let error = fail(
        at,
        &["units", "add", "--name", "Teamet", "--kind", "mobile_team"],
    );
    assert!(
        error.contains("add one with 'hemrond-server organisations add'"),
        "{error}"
    );
    run(at, &["organisations", "add", "--name", "Kommunen"]);
    run(
        at,
        &["units", "add", "--name", "Teamet", "--kind", "mobile_team"],
    );
    let eva = [
        "users", "add", "--name", "Eva Lind", "--role", "nurse", "--unit", "Teamet",
    ];
    let error = fail(at, &eva);
    assert!(error.contains("no needs-and-risk analysis yet"), "{error}");
    let analysed = |day| {
        [
            "roles",
            "analyse",
            "--role",
            "nurse",
            "--analysis",
            "BRA-2026-1",
            "--decided-by",
            "Maria Nyberg",
            "--decided-on",
            day,
        ]
    };
    let error = fail(at, &analysed("2999-01-01"));
    assert!(error.contains("is to come"), "{error}");
    run(at, &analysed("2026-10-01"));
    let roles = run(at, &["roles", "list"]);
    assert!(
        roles.contains("BRA-2026-1, Maria Nyberg, 2026-10-01"),
        "{roles}"
    );
    assert!(roles.contains("no analysis yet"), "{roles}");
    run(at, &eva);
    run(
        at,
        &[
            "users", "add", "--name", "Eva Roos", "--role", "nurse", "--unit", "Teamet",
        ],
    );
    let error = fail(at, &["enrol", "--user", "Eva"]);
    assert!(
        error.contains("2 of them are called \"Eva\"; give the id"),
        "{error}"
    );
    let error = fail(at, &["enrol", "--user", "Maja"]);
    assert!(error.contains("there is no account \"Maja\""), "{error}");
    let code = run(at, &["enrol", "--user", "eva l"]);
    assert_eq!(code.trim().len(), 9, "{code}");
    let invited = run(at, &["users", "invite", "--user", "eva l"]);
    assert!(invited.starts_with("eva.lind  "), "{invited}");
    let again = run(at, &["users", "reset", "--user", "eva l"]);
    assert!(again.starts_with("eva.lind  ") && again != invited);
    let error = fail(
        at,
        &[
            "users", "invite", "--user", "Eva Roos", "--login", "Eva.Lind",
        ],
    );
    assert!(error.contains("already; choose another"), "{error}");
    run(at, &["sign-in-key", "--to", "key"]);
    let error = fail(at, &["sign-in-key", "--to", "key"]);
    assert!(error.contains("an existing one is kept"), "{error}");
    let error = fail(at, &["serve", "--pages", "http://hemrond.example.se"]);
    assert!(error.contains("is no address"), "{error}");
    let error = fail(at, &["serve", "--pages", "https://hemrond.example.se"]);
    assert!(error.contains("--sign-in-key-file"), "{error}");
    run(at, &["users", "deactivate", "--user", "Eva Lind"]);
    let error = fail(at, &["enrol", "--user", "Eva Lind"]);
    assert!(error.contains("closed"), "{error}");
    let error = fail(
        at,
        &[
            "users", "add", "--name", "X", "--role", "chef", "--unit", "Teamet",
        ],
    );
    assert!(error.contains("is not a role"), "{error}");
    run(at, &["recovery", "begin"]);
    run(at, &["recovery", "end"]);
    let error = fail(at, &["--database-file", "none", "users", "list"]);
    assert!(error.contains("the file none"), "{error}");
    std::fs::write(at.join("address"), "sqlite:server.sqlite\n").unwrap();
    let list = run(at, &["--database-file", "address", "users", "list"]);
    assert!(
        list.contains("Eva Roos") && list.contains("Eva Lind, Teamet  (closed)"),
        "{list}"
    );
    assert!(
        !list.contains("Hemrond"),
        "the server's own account is nobody's to manage"
    );
}

/// AC9: the program says what is due, refuses a day that has not come, and keeps holds.
#[test]
fn nothing_is_purged_before_its_time_and_holds_are_listed() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    run(folder, &["seed", "--today", TODAY]);
    let said = run(folder, &["purge", "--dry-run"]);
    assert!(
        said.contains("0 documents are due, 0 are held back") && said.contains("must be kept"),
        "{said}"
    );
    let said = run(folder, &["purge"]);
    assert!(said.contains("nothing was destroyed"), "{said}");
    let said = fail(folder, &["purge", "--before", "2999-01-01"]);
    assert!(said.contains("has not come yet"), "{said}");
    let said = fail(
        folder,
        &["purge", "--class", "staff", "--before", "2000-01-01"],
    );
    assert!(said.contains("identity, health or social"), "{said}");
    let said = run(folder, &["purge", "--before", "2000-01-01"]);
    assert!(said.contains("destroyed 0 documents"), "{said}");
    assert_eq!(run(folder, &["purge", "--list"]), "");

    let person = "00000000-0000-4000-8000-000000000001";
    let hold = ["hold", "add", "--person", person, "--why"];
    let said = fail(folder, &[&hold[..], &[" "]].concat());
    assert!(said.contains("say why"), "{said}");
    let id = run(folder, &[&hold[..], &["dnr 2026-114"]].concat());
    let id = id.trim();
    let listed = run(folder, &["hold", "list"]);
    assert!(
        listed.contains(id) && listed.contains(person) && listed.contains("dnr 2026-114"),
        "{listed}"
    );
    assert!(!listed.contains("ended"), "{listed}");
    run(folder, &["hold", "remove", "--id", id]);
    assert!(run(folder, &["hold", "list"]).contains("ended"));
    let said = fail(folder, &["hold", "remove", "--id", id]);
    assert!(said.contains("hold list"), "{said}");
}
