//! `hemrond-server purge` and `hemrond-server hold`.

use super::{
    CommandError,
    args::{HoldCommand, PurgeArgs},
    say,
};
use crate::{
    directory::Administration,
    environment::draw_id,
    retention::{self, Line, Wanted, day_of},
    storage::{Destroyed, Hold},
};
use chrono::{DateTime, SecondsFormat, Utc};
use hemrond_domain::{ids::PersonId, retention::Standing};

pub(super) async fn purge(
    administration: &Administration<'_>,
    args: &PurgeArgs,
) -> Result<(), CommandError> {
    let storage = administration.storage;
    if args.list {
        for gone in storage.destroyed().await? {
            say(told(&gone))?;
        }
        return Ok(());
    }
    let Some(before) = args.before else {
        return dry_run(administration, args).await;
    };
    let wanted = Wanted {
        before,
        class: args.class,
    };
    let destroyed = retention::purge(storage, administration.clock, wanted).await?;
    for gone in &destroyed {
        say(told(gone))?;
    }
    // Also where nothing was due: an earlier run may have been cut short before this.
    storage.compact().await.map_err(|error| {
        CommandError::Refused(format!(
            "{} documents are destroyed, and the database's files may still hold what they said: \
             {error}; run the same command again when nobody is working",
            destroyed.len()
        ))
    })?;
    say(format_args!(
        "destroyed {} documents; backups from before hold them until they are destroyed too",
        destroyed.len()
    ))
}

async fn dry_run(
    administration: &Administration<'_>,
    args: &PurgeArgs,
) -> Result<(), CommandError> {
    let lines = retention::survey(administration.storage, administration.clock).await?;
    let asked = lines.iter().filter(|line| {
        args.class
            .is_none_or(|class| line.aged.kind.class() == class)
    });
    let (mut due, mut held, mut kept) = (0u64, 0u64, 0u64);
    for line in asked {
        match line.standing {
            Standing::Due(clock) => {
                due += 1;
                say(format_args!(
                    "due   {}, destroyable from {}",
                    named(line),
                    clock.destroyable_from
                ))?;
            }
            Standing::Held(_) => {
                held += 1;
                say(format_args!("held  {}", named(line)))?;
            }
            Standing::Kept(_) | Standing::NoClock => kept += 1,
        }
    }
    say(format_args!(
        "{due} documents are due, {held} are held back, {kept} must be kept; nothing was destroyed"
    ))
}

fn named(line: &Line) -> String {
    let aged = &line.aged;
    format!(
        "{}  {}  person {}, last entry {}",
        aged.document,
        aged.kind,
        aged.person,
        day_of(aged.last_entry)
    )
}

fn told(gone: &Destroyed) -> String {
    format!(
        "{}  destroyed {}  {}  person {}, last entry {}, {} items of {} bytes, {} refused",
        gone.document,
        moment(gone.destroyed_at),
        gone.kind,
        gone.person,
        day_of(gone.last_entry),
        gone.items,
        gone.bytes,
        gone.refused
    )
}

pub(super) async fn hold(
    administration: &Administration<'_>,
    command: HoldCommand,
) -> Result<(), CommandError> {
    let storage = administration.storage;
    let now = administration.clock.now_ms();
    match command {
        HoldCommand::Add { person, why } => {
            if why.trim().is_empty() {
                return Err(CommandError::Refused(
                    "say why with --why: the decision or its number".to_owned(),
                ));
            }
            let hold = Hold {
                id: draw_id(administration.chance),
                person,
                why: why.trim().to_owned(),
                since: now,
                ended: None,
            };
            storage.add_hold(&hold).await?;
            say(hex::encode(hold.id))
        }
        HoldCommand::Remove { id } => {
            let mut wanted = [0; 16];
            let known = hex::decode_to_slice(&id, &mut wanted).is_ok()
                && storage.end_hold(wanted, now).await?;
            if !known {
                return Err(CommandError::Refused(format!(
                    "no hold \"{id}\" is in force; list them with 'hemrond-server hold list'"
                )));
            }
            say("the hold is over; the record's own clock counts again")
        }
        HoldCommand::List => {
            for hold in storage.holds().await? {
                say(listed(&hold))?;
            }
            Ok(())
        }
    }
}

fn listed(hold: &Hold) -> String {
    let ended = hold
        .ended
        .map(|ended| format!(", ended {}", moment(ended)))
        .unwrap_or_default();
    let person: PersonId = hold.person;
    format!(
        "{}  person {person}, since {}{ended}: {}",
        hex::encode(hold.id),
        moment(hold.since),
        hold.why
    )
}

fn moment(at: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(at).map_or_else(
        || at.to_string(),
        |at| at.to_rfc3339_opts(SecondsFormat::Secs, true),
    )
}
