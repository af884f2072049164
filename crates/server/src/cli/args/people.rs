//! What administration is told: organisations, units, accounts, roles and tablets.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use hemrond_domain::people::Role;

/// Options of `enrol`.
#[derive(Debug, Args)]
pub struct EnrolArgs {
    /// Whose tablet: a name, the beginning of one, or an id.
    #[arg(long)]
    pub user: String,
    /// How long the code can be used.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=24 * 31))]
    pub valid_hours: u32,
}

/// What to do with organisations.
#[derive(Debug, Subcommand)]
pub enum OrganisationsCommand {
    /// Add one and print its id.
    #[command(
        after_help = "Example:\n  hemrond-server organisations add --name \"Hemrond kommun\""
    )]
    Add {
        /// What people call it.
        #[arg(long)]
        name: String,
    },
    /// List them.
    #[command(after_help = "Example:\n  hemrond-server organisations list")]
    List,
}

/// What to do with units.
#[derive(Debug, Subcommand)]
pub enum UnitsCommand {
    /// Add one and print its id.
    #[command(
        after_help = "Example:\n  hemrond-server units add --name \"Mobila teamet\" \
        --kind mobile_team --phone 08-46500400"
    )]
    Add {
        /// What people call it.
        #[arg(long)]
        name: String,
        /// mobile_team, health_centre, hemtjanst, municipality_office or other.
        #[arg(long, value_parser = crate::directory::UNIT_KINDS)]
        kind: String,
        /// The number that colleagues ring.
        #[arg(long, default_value = "")]
        phone: String,
        /// Whose it is: a name or an id; not needed while there is only one organisation.
        #[arg(long)]
        organisation: Option<String>,
    },
    /// List them.
    #[command(after_help = "Example:\n  hemrond-server units list")]
    List,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Add one and print its id.
    #[command(
        after_help = "Example:\n  hemrond-server users add --name \"Eva Lind\" --role nurse \
        --unit \"Mobila teamet\""
    )]
    Add {
        /// The name that colleagues read.
        #[arg(long)]
        name: String,
        /// nurse, doctor, hemtjanst, assessor or administrator.
        #[arg(long)]
        role: Role,
        /// Where they work: a name or an id.
        #[arg(long)]
        unit: String,
        /// Their direct number.
        #[arg(long, default_value = "")]
        phone: String,
    },
    /// List them.
    #[command(after_help = "Example:\n  hemrond-server users list")]
    List,
    /// Give an account another role or unit. Its tablets get and lose documents accordingly.
    #[command(
        after_help = "Example:\n  hemrond-server users set-role --user \"Stina Ek\" \
        --role assessor --unit Biståndsenheten"
    )]
    SetRole {
        /// Whose: a name, the beginning of one, or an id.
        #[arg(long)]
        user: String,
        /// nurse, doctor, hemtjanst, assessor or administrator.
        #[arg(long)]
        role: Role,
        /// The new unit: a name or an id; the same as before if not given.
        #[arg(long)]
        unit: Option<String>,
    },
    /// Print a sign-in name and a one-time code with which a person chooses a password.
    #[command(after_help = "Example:\n  hemrond-server users invite --user \"Per Dahl\"")]
    Invite {
        /// Whose: a name, the beginning of one, or an id.
        #[arg(long)]
        user: String,
        /// The name to sign in with; made of the person's own if not given.
        #[arg(long)]
        login: Option<String>,
    },
    /// End what a person signs in with, such as a lost telephone, and invite them again.
    #[command(after_help = "Example:\n  hemrond-server users reset --user \"Per Dahl\"")]
    Reset {
        /// Whose: a name, the beginning of one, or an id.
        #[arg(long)]
        user: String,
    },
    /// Close an account and shut out its tablets. What it wrote stays.
    #[command(after_help = "Example:\n  hemrond-server users deactivate --user \"Stina Ek\"")]
    Deactivate {
        /// Whose: a name, the beginning of one, or an id.
        #[arg(long)]
        user: String,
    },
}

/// What to do with roles.
#[derive(Debug, Subcommand)]
pub enum RolesCommand {
    /// Say which needs-and-risk analysis stands behind a role. No account gets a role without one.
    #[command(
        after_help = "Example:\n  hemrond-server roles analyse --role nurse --analysis BRA-2026-1 \
        --decided-by \"Verksamhetschef Maria Nyberg\" --decided-on 2026-10-01"
    )]
    Analyse {
        /// nurse, doctor, hemtjanst, assessor or administrator; may be given several times.
        #[arg(long, required = true)]
        role: Vec<Role>,
        /// The analysis by the organisation's own number.
        #[arg(long)]
        analysis: String,
        /// Who decided.
        #[arg(long)]
        decided_by: String,
        /// When: a date that is not to come.
        #[arg(long)]
        decided_on: NaiveDate,
        /// Whose roles: a name or an id; not needed while there is only one organisation.
        #[arg(long)]
        organisation: Option<String>,
    },
    /// List them.
    #[command(after_help = "Example:\n  hemrond-server roles list")]
    List {
        /// Whose roles: a name or an id; not needed while there is only one organisation.
        #[arg(long)]
        organisation: Option<String>,
    },
}

/// What to do with tablets.
#[derive(Debug, Subcommand)]
pub enum DevicesCommand {
    /// List them.
    #[command(after_help = "Example:\n  hemrond-server devices list")]
    List,
    /// Shut one out, such as one that was lost.
    #[command(after_help = "Example:\n  hemrond-server devices revoke --device \
        0f3c…")]
    Revoke {
        /// The tablet's id, as `devices list` shows it.
        #[arg(long)]
        device: String,
    },
}
