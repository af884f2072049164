//! What is asked of the access log.

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use hemrond_domain::ids::PersonId;

/// What to do with the access log. Everything but `verify` is itself logged.
#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Check the chains, the tree and the checkpoints, and list what does not hold together.
    #[command(after_help = "Example:\n  hemrond-server log verify")]
    Verify,
    /// Print who has looked at a person's data: times, units and acts, no names of staff.
    #[command(after_help = "Example:\n  hemrond-server log extract --person \
        28282828-2828-4828-a828-282828282828 --asked-by \"Registrator Maj Ek\"")]
    Extract {
        /// The person's id.
        #[arg(long)]
        person: PersonId,
        /// Who makes the extract, for the log.
        #[arg(long)]
        asked_by: String,
        /// The extract's language.
        #[arg(long, value_enum, default_value_t = ExtractLanguage::Sv)]
        language: ExtractLanguage,
    },
    /// Draw a random sample of an organisation's entries for its review and print it; with --finding,
    /// keep the result of reviewing it.
    #[command(
        after_help = "Examples:\n  hemrond-server log sample --count 20 --reviewer \"Per Dahl\"\n  \
        hemrond-server log sample --places \"4 17 230\" --reviewer \"Per Dahl\" \
        --finding \"Alla hade en vårdrelation\""
    )]
    Sample {
        /// How many entries to draw.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        count: u32,
        /// Who reviews.
        #[arg(long)]
        reviewer: String,
        /// What the review of these places found.
        #[arg(long, requires = "places")]
        finding: Option<String>,
        /// The places that were drawn before and have been reviewed now.
        #[arg(long, requires = "finding")]
        places: Option<String>,
        /// Whose entries; may be left out where there is one organisation.
        #[arg(long)]
        organisation: Option<String>,
    },
    /// List the reviews that were made.
    #[command(after_help = "Example:\n  hemrond-server log reviews")]
    Reviews,
    /// Print entries as FHIR R4 AuditEvent resources, one a line.
    #[command(after_help = "Example:\n  hemrond-server log export --fhir --asked-by \"Per Dahl\"")]
    Export {
        /// In FHIR's form, which is the only one.
        #[arg(long, required = true)]
        fhir: bool,
        /// Who makes the export, for the log.
        #[arg(long)]
        asked_by: String,
        /// From this place of the log on.
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// Destroy entries older than a day. Refuses those younger than five years.
    #[command(
        after_help = "Example:\n  hemrond-server log purge --before 2021-01-01 \
        --asked-by \"Per Dahl\""
    )]
    Purge {
        /// The day before which entries are destroyed.
        #[arg(long)]
        before: NaiveDate,
        /// Who destroys them, for the log.
        #[arg(long)]
        asked_by: String,
    },
}

/// The languages of an extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExtractLanguage {
    /// Svenska.
    Sv,
    /// English.
    En,
}
