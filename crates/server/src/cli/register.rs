//! `hemrond-server register`.

use super::{CommandError, args::RegisterArgs, logged, say, target};
use crate::{
    directory::Administration,
    register::{self, LOG_KIND, Report, Wanted},
};
use chrono::SecondsFormat;
use hemrond_audit::Action;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The register's name in what is printed.
const SENIOR_ALERT: &str = "senior_alert";

pub(super) async fn run(
    administration: &Administration<'_>,
    args: &RegisterArgs,
) -> Result<(), CommandError> {
    if args.until < args.from {
        return Err(CommandError::Refused(format!(
            "{} is before {}; give the first day with --from and the last with --until",
            args.until, args.from
        )));
    }
    let organisation = target::organisation(administration, args.organisation.as_deref()).await?;
    let wanted = Wanted {
        organisation: organisation.id,
        from: args.from,
        until: args.until,
    };
    let report = register::report(administration, wanted).await?;
    log(administration, &report, &args.asked_by).await?;
    print(&report)
}

/// Every person who is told of gets a record, before anything is told.
async fn log(
    administration: &Administration<'_>,
    report: &Report,
    asked_by: &str,
) -> Result<(), CommandError> {
    let reported = report.reported.iter().map(|one| one.person);
    let erased = report.erasures.iter().map(|one| one.person);
    let people: BTreeSet<_> = reported.chain(erased).collect();
    for person in people {
        logged::write(
            administration,
            Action::Export,
            Some(person),
            LOG_KIND,
            asked_by,
        )
        .await?;
    }
    Ok(())
}

fn print(report: &Report) -> Result<(), CommandError> {
    for one in &report.reported {
        say(json!({ "register": SENIOR_ALERT, "report": one }))?;
    }
    for one in &report.erasures {
        let declined = one.declined_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        say(json!({
            "register": SENIOR_ALERT,
            "erase": { "person": one.person, "identity": one.identity, "declined_at": declined },
        }))?;
    }
    let kept = report.kept.iter();
    let kept: Map<String, Value> = kept
        .map(|(why, people)| (why.name().to_owned(), json!(people)))
        .collect();
    say(json!({
        "register": SENIOR_ALERT,
        "reported": report.reported.len(),
        "to_erase": report.erasures.len(),
        "people_kept_back": kept,
        "incomplete": report.incomplete,
    }))
}
