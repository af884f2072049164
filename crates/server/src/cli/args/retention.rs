//! What can be typed about keeping and destroying records.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use hemrond_domain::{ids::PersonId, record::DocumentClass};

/// Options of `purge`.
#[derive(Debug, Args)]
pub struct PurgeArgs {
    /// Only say what is due and what is held back.
    #[arg(long, conflicts_with = "before")]
    pub dry_run: bool,
    /// Destroy what has had no entry since this day. Refused as a whole where some of it must still
    /// be kept.
    #[arg(long)]
    pub before: Option<NaiveDate>,
    /// Only one class: identity, health or social.
    #[arg(long, value_parser = destroyable_class)]
    pub class: Option<DocumentClass>,
    /// Say what was ever destroyed.
    #[arg(long, conflicts_with_all = ["before", "dry_run", "class"])]
    pub list: bool,
}

fn destroyable_class(name: &str) -> Result<DocumentClass, String> {
    [
        DocumentClass::Identity,
        DocumentClass::Health,
        DocumentClass::Social,
    ]
    .into_iter()
    .find(|class| class.as_str() == name)
    .ok_or_else(|| "give identity, health or social".to_owned())
}

/// What to do with holds.
#[derive(Debug, Subcommand)]
pub enum HoldCommand {
    /// Hold a person's record back, and print the hold's id.
    #[command(
        after_help = "Example:\n  hemrond-server hold add --person 0f3c… --why \"dnr 2026-114, HSAN\""
    )]
    Add {
        /// The person's id, as `purge --dry-run` shows it.
        #[arg(long)]
        person: PersonId,
        /// The decision or its number. Write no care data here.
        #[arg(long)]
        why: String,
    },
    /// End a hold; it stays listed.
    #[command(after_help = "Example:\n  hemrond-server hold remove --id 9a11…")]
    Remove {
        /// The hold's id, as `hold list` shows it.
        #[arg(long)]
        id: String,
    },
    /// List them, also those that are over.
    #[command(after_help = "Example:\n  hemrond-server hold list")]
    List,
}
