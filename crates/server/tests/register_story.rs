//! What may go to a quality register, by the real program (PDL 7:2-3).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use hemrond_documents::Edit;
use hemrond_domain::law::{Act, ActId, Information, Told};
use hemrond_server::environment::Clock as _;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use support::{Backend, Tablet, Town, person, visit};

/// Astrid's number: a published test number.
const NUMBER: &str = "191212121212";

/// The program's lines for one November day, and whether it ended well.
fn report(town: &Town, more: &[&str]) -> (Vec<Value>, String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_hemrond-server"))
        .env("HEMROND_DATABASE", town.place.text())
        .env_remove("HEMROND_DATABASE_FILE")
        .stdin(Stdio::null())
        .args(["register", "--asked-by", "Per Dahl"])
        .args(more)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines = said.lines().map(|line| serde_json::from_str(line).unwrap());
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    (lines.collect(), complaint, output.status.success())
}

const NOVEMBER: [&str; 4] = ["--from", "2026-11-01", "--until", "2026-11-30"];

/// Astrid, whose risk of falling Eva has assessed and signed.
async fn town() -> (Town, Tablet) {
    let town = Town::new(Backend::Sqlite).await;
    let mut eva = town.tablet("Eva").await;
    eva.write(
        &person(),
        &[
            Edit::set("given_name", "Astrid"),
            Edit::set("identity", NUMBER),
            Edit::set("identity_kind", "personnummer"),
        ],
    );
    let mut answers = vec![
        Edit::set("falls.cognition", "oriented"),
        Edit::set("falls.gait", "unsafe"),
        Edit::set("started_at", "2026-11-03T09:00:00Z"),
    ];
    for (key, yes) in [
        ("previous_falls", true),
        ("sedatives", true),
        ("diuretics", false),
        ("antihypertensives", false),
        ("antiparkinson", false),
        ("antidepressants", false),
        ("vision", true),
        ("hearing", false),
        ("limbs", false),
    ] {
        answers.push(Edit::set(&format!("falls.{key}"), yes));
    }
    eva.write(&visit(1), &answers);
    eva.sign(&visit(1));
    // Nothing that is unsigned is anybody's word.
    eva.write(&visit(2), &answers);
    eva.sync().await;
    (town, eva)
}

async fn act(town: &Town, eva: &mut Tablet, act: Act) -> ActId {
    town.clock.forward(std::time::Duration::from_secs(1));
    let made = eva.act(&act, town.clock.now());
    eva.sync().await;
    made
}

async fn tell(town: &Town, eva: &mut Tablet) {
    let told = Act::InformationGiven {
        what: Information::QualityRegisters,
        told: Told::Person,
    };
    act(town, eva, told).await;
}

/// AC18: Astrid, whom nobody told of the register, is not reported; told, she is; once she has said no
/// she is not, and the register is named what to erase; when she changes her mind she is again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_opt_out_keeps_astrid_from_the_register_and_asks_it_to_erase_her() {
    let (town, mut eva) = town().await;
    let (lines, complaint, well) = report(&town, &NOVEMBER);
    assert!(well, "{complaint}");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["reported"], 0);
    assert_eq!(lines[0]["people_kept_back"], json!({ "not_informed": 1 }));

    tell(&town, &mut eva).await;
    let (lines, complaint, _) = report(&town, &NOVEMBER);
    assert_eq!(lines.len(), 2, "{lines:?} {complaint}");
    let told = &lines[0]["report"];
    assert_eq!(told["identity"], NUMBER);
    assert_eq!(told["assessed_on"], "2026-11-03");
    assert_eq!(told["result"]["score"], 4);
    assert_eq!(told["result"]["high"], true);
    assert_eq!(told["visit"], visit(1).id().to_string());
    let (lines, ..) = report(&town, &["--from", "2026-12-01", "--until", "2026-12-31"]);
    assert_eq!(lines[0]["reported"], 0, "only the days that were asked for");

    let no = act(
        &town,
        &mut eva,
        Act::RegistersDeclined { told: Told::Person },
    )
    .await;
    let (lines, ..) = report(&town, &NOVEMBER);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(lines[0]["erase"]["identity"], NUMBER);
    assert!(lines[0].get("report").is_none());
    assert_eq!(lines[1]["people_kept_back"], json!({ "declined": 1 }));
    assert_eq!(lines[1]["to_erase"], 1);

    let declines = vec![no];
    act(&town, &mut eva, Act::RegistersAllowed { declines }).await;
    let (lines, ..) = report(&town, &NOVEMBER);
    assert_eq!(lines[0]["report"]["identity"], NUMBER);
}

/// AC18: whoever said no before anything was reported leaves nothing for the register to erase, and
/// their number is not told. AC61: a protected identity is not reported either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_declined_from_the_start_or_is_protected_is_not_named() {
    let (town, mut eva) = town().await;
    tell(&town, &mut eva).await;
    let no = act(
        &town,
        &mut eva,
        Act::RegistersDeclined { told: Told::Person },
    )
    .await;
    let (lines, ..) = report(&town, &NOVEMBER);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["to_erase"], 0);
    assert!(!lines[0].to_string().contains(NUMBER));

    let declines = vec![no];
    act(&town, &mut eva, Act::RegistersAllowed { declines }).await;
    let marked = Edit::set("protected", "sekretessmarkering");
    eva.write(&person(), &[marked]);
    eva.sync().await;
    let (lines, ..) = report(&town, &NOVEMBER);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["people_kept_back"], json!({ "protected": 1 }));
}

/// AC6: what left for the register stands in Astrid's extract of the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_in_the_extract_of_whom_it_tells() {
    let (town, mut eva) = town().await;
    tell(&town, &mut eva).await;
    report(&town, &NOVEMBER);
    let output = Command::new(env!("CARGO_BIN_EXE_hemrond-server"))
        .env("HEMROND_DATABASE", town.place.text())
        .env_remove("HEMROND_DATABASE_FILE")
        .args(["log", "extract", "--asked-by", "Maj Ek", "--person"])
        .arg(support::ASTRID.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("(rapport till kvalitetsregister)"), "{said}");
}
