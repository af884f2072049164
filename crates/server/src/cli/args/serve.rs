//! What `serve` and its workers are told.

use crate::admin::PageAddress;
use clap::{Args, ValueEnum};
use std::{net::SocketAddr, path::PathBuf};

/// Options of `inspect-worker`.
#[derive(Debug, Args)]
pub struct WorkerArgs {
    /// The memory that it may write to, in bytes.
    #[arg(long)]
    pub memory: u64,
}

/// Where pushes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Inspect {
    /// In processes of their own, under limits of memory and time; they may die and are replaced.
    Worker,
    /// Within the server: a little faster, but a crash or an endless read is the server's.
    InProcess,
}

/// With what a tablet is enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EnrolWith {
    /// With a one-time code alone: whoever draws codes could enrol a tablet as anybody.
    Code,
    /// With a one-time code, and the password and app's code of the person whom it is for. Needs
    /// --sign-in-key-file, and that everybody was invited to choose a password first.
    SignIn,
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where tablets reach the server; port 0 takes a free one. Other machines reach it with TLS
    /// only: its own, or a proxy's.
    #[arg(long, default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// The server's certificate with its chain, PEM. Read again at SIGHUP and when it changes.
    #[arg(
        long,
        env = "HEMROND_TLS_CERTIFICATE",
        value_name = "FILE",
        requires = "tls_key"
    )]
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's private key, PEM.
    #[arg(
        long,
        env = "HEMROND_TLS_KEY",
        value_name = "FILE",
        requires = "tls_certificate"
    )]
    pub tls_key: Option<PathBuf>,
    /// A proxy in front ends TLS, and nobody else reaches this address.
    #[arg(long, conflicts_with = "tls_certificate")]
    pub behind_proxy: bool,
    /// How many connections are open at once; who comes then tries again later.
    #[arg(long, default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,
    /// Where only this machine reaches /metrics and /readyz; the port after --listen's by default.
    #[arg(long)]
    pub admin_listen: Option<SocketAddr>,
    /// No second listener for /metrics.
    #[arg(long, conflicts_with = "admin_listen")]
    pub no_admin: bool,
    /// How many hours a tablet may be read after its last contact; then it shows nothing until the
    /// next.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=24 * 7))]
    pub lease_hours: u32,
    /// The file with the rescue key (see `rescue-key`). With it a tablet's wiped key can be given
    /// back for a one-time code; without it unsent work on a wiped tablet is lost.
    #[arg(long, env = "HEMROND_RESCUE_KEY_FILE", value_name = "FILE")]
    pub rescue_key_file: Option<PathBuf>,
    /// With what a tablet is enrolled, and a wiped key given back.
    #[arg(long, env = "HEMROND_ENROL_WITH", value_enum, default_value_t = EnrolWith::Code)]
    pub enrol_with: EnrolWith,
    /// Where pushes are read.
    #[arg(long, value_enum, default_value_t = Inspect::Worker)]
    pub inspect: Inspect,
    /// The administrator's pages.
    #[command(flatten)]
    pub pages: PagesArgs,
}

/// The administrator's pages: under /admin, if they are wanted.
#[derive(Debug, Args)]
pub struct PagesArgs {
    /// Serve the administrator's pages, which browsers reach under this address, such as
    /// https://hemrond.example.se. Needs --sign-in-key-file.
    #[arg(
        long,
        env = "HEMROND_PAGES",
        value_name = "ADDRESS",
        requires = "sign_in_key_file"
    )]
    pub pages: Option<PageAddress>,
    /// A listener of their own for the pages, instead of the tablets'.
    #[arg(long, env = "HEMROND_PAGES_LISTEN", requires = "pages")]
    pub pages_listen: Option<SocketAddr>,
    /// The address under which tablets reach the server, which the pages show beside a tablet's
    /// one-time code; that of the pages if not given.
    #[arg(
        long,
        env = "HEMROND_TABLETS",
        value_name = "ADDRESS",
        requires = "pages"
    )]
    pub tablets: Option<PageAddress>,
    /// The key that seals the secrets of one-time codes; see 'hemrond-server sign-in-key'.
    #[arg(long, env = "HEMROND_SIGN_IN_KEY_FILE", value_name = "FILE")]
    pub sign_in_key_file: Option<PathBuf>,
    /// Signing in with a card.
    #[command(flatten)]
    pub oidc: OidcArgs,
}

/// Signing in with a card, by an identity provider that speaks OpenID Connect.
#[derive(Debug, Args)]
pub struct OidcArgs {
    /// The provider's address, exactly as its tokens name it.
    #[arg(
        long,
        env = "HEMROND_OIDC_ISSUER",
        requires_all = ["pages", "oidc_client_id", "oidc_levels"]
    )]
    pub oidc_issuer: Option<String>,
    /// How the provider knows this server.
    #[arg(long, env = "HEMROND_OIDC_CLIENT_ID", requires = "oidc_issuer")]
    pub oidc_client_id: Option<String>,
    /// A file with the secret that proves it.
    #[arg(
        long,
        env = "HEMROND_OIDC_CLIENT_SECRET_FILE",
        value_name = "FILE",
        requires = "oidc_issuer"
    )]
    pub oidc_client_secret_file: Option<PathBuf>,
    /// The claim that names the person, as the administrator wrote it beside the account.
    #[arg(long, env = "HEMROND_OIDC_CLAIM", default_value = "employeeHsaId")]
    pub oidc_claim: String,
    /// A level of assurance (acr) that is good enough, such as
    /// http://id.sambi.se/loa/loa3; several are separated by spaces.
    #[arg(
        long,
        env = "HEMROND_OIDC_LEVELS",
        value_delimiter = ' ',
        requires = "oidc_issuer"
    )]
    pub oidc_levels: Vec<String>,
}
