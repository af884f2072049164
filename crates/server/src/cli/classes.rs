//! `hemrond-server classes`.

use super::{CommandError, args::ClassesArgs, say};
use crate::classes::{KindOfData, Reach, Rights, classes};
use hemrond_policy::Policy;
use serde_json::json;

/// Prints the classes of data. It reads no database and shows nobody's data.
pub(super) fn run(args: &ClassesArgs) -> Result<(), CommandError> {
    let all = classes(&Policy::load()?);
    if args.json {
        return say(json!(all));
    }
    for one in &all {
        say(format_args!("{} ({})", one.kind, one.class))?;
        say(format_args!("  read by law: {}", one.law.join("; ")))?;
        say(format_args!("  kept: {}", kept(one)))?;
        for rights in &one.rights {
            say(format_args!("  {}", line(rights)))?;
        }
    }
    Ok(())
}

fn kept(one: &KindOfData) -> String {
    match one.kept_years {
        None => "no clock; it is not destroyed by age".to_owned(),
        Some(kept) if kept.alone == kept.beside_health_record => {
            format!("{} years after the last entry", kept.alone)
        }
        Some(kept) => format!(
            "{} years after the last entry, {} beside a health care record",
            kept.alone, kept.beside_health_record
        ),
    }
}

fn line(rights: &Rights) -> String {
    let reach = |reach| match reach {
        Reach::Nothing => "nothing",
        Reach::OwnUnit => "own unit",
        Reach::All => "all",
    };
    let others = match rights.reads_others {
        true => "; reads other organisations' with information and consent",
        false => "",
    };
    format!(
        "{:<13}  reads {}, writes {}{others}",
        rights.role,
        reach(rights.reads),
        reach(rights.writes)
    )
}
