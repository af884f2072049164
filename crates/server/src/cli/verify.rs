//! `hemrond-server verify`.

use super::{CommandError, World, args::VerifyArgs, say};
use crate::{
    environment::draw_id,
    storage::{self, Address},
    verify::{Progress, Report, verify},
};

/// How often a long check says how far it has come, in milliseconds.
const TELL_EVERY_MS: i64 = 1_000;

pub(super) async fn run(
    address: &Address,
    world: &World,
    args: &VerifyArgs,
) -> Result<(), CommandError> {
    let (place, survey) = match &args.backup {
        None => (format!("{address:?}"), storage::examine(address).await?),
        Some(file) => {
            let mark = draw_id(world.chance.as_ref());
            let unpacked = storage::examine_backup(address, file, mark).await?;
            let report = check(unpacked.survey(), world).await;
            unpacked.remove().await?;
            return tell(&file.display().to_string(), &report?);
        }
    };
    tell(&place, &check(survey.as_ref(), world).await?)
}

async fn check(survey: &dyn storage::Survey, world: &World) -> Result<Report, CommandError> {
    let mut told_at = world.clock.now_ms();
    let report = verify(survey, |progress| {
        let now = world.clock.now_ms();
        if now.saturating_sub(told_at) >= TELL_EVERY_MS {
            told_at = now;
            tell_progress(progress);
        }
    });
    Ok(report.await?)
}

/// For whoever waits: not among what a script reads.
fn tell_progress(Progress { what, done, all }: Progress) {
    eprintln!("checked {done} of {all} {what}");
}

fn tell(place: &str, report: &Report) -> Result<(), CommandError> {
    for fault in &report.faults {
        say(fault)?;
    }
    if report.more > 0 {
        say(format_args!("and {} more", report.more))?;
    }
    for hint in &report.hints {
        say(format_args!("to look at: {hint}"))?;
    }
    if report.more_hints > 0 {
        say(format_args!("and {} more to look at", report.more_hints))?;
    }
    say(format_args!("checked {place}: {}", report.counts))?;
    match report.faults.len() + report.more {
        0 => say("nothing is wrong"),
        1 => Err(CommandError::Refused("1 thing is wrong".to_owned())),
        several => Err(CommandError::Refused(format!("{several} things are wrong"))),
    }
}
