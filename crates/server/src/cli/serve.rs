//! `hemrond-server serve`.

use super::{
    CommandError, World,
    args::{EnrolWith, Inspect, OidcArgs, PagesArgs, ServeArgs},
    rescue_key, say,
};
use crate::{
    admin::{AdminEvents, PageAddress, Pages},
    elsewhere,
    inspector::{
        InProcess, Inspector, Worker,
        worker::{Confinement, Patience, Program},
    },
    metrics::Metrics,
    newsroom::Newsroom,
    nonce::Nonces,
    rate::Rates,
    serve::{Door, Limits, PagesAt, Tls, Way, bind, serve_with, told_to_stop},
    sign_in::{
        Cost, Desk, SealingKey,
        card::{CardConfig, Cards},
    },
    state::{Server, Shared},
    storage::Storage,
    under_way::UnderWay,
};
use hemrond_policy::Policy;
use hemrond_protocol::limits::NEWS_WAIT_SECONDS;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    sync::Arc,
    time::Duration,
};
use tokio::sync::watch;

pub(super) async fn serve(
    storage: Arc<dyn Storage>,
    policy: Policy,
    world: World,
    args: &ServeArgs,
) -> Result<(), CommandError> {
    let way = way(args)?;
    let scheme = match &way {
        Way::Tls(_) => "https",
        Way::Plain | Way::Proxy => "http",
    };
    let tablets = bind(args.listen).await?;
    let address = tablets.local_addr()?;
    let operators = if args.no_admin {
        None
    } else {
        Some(bind(args.admin_listen.unwrap_or_else(|| beside(args.listen))).await?)
    };
    let key = args.pages.sign_in_key_file.as_deref();
    let key = key.map(SealingKey::read).transpose()?;
    let desk = key.map(|key| Arc::new(Desk::new(key, Cost::default(), world.chance.as_ref())));
    let sign_in_to_enrol = match args.enrol_with {
        EnrolWith::Code => None,
        EnrolWith::SignIn => Some(desk.clone().ok_or_else(nothing_to_sign_in_with)?),
    };
    let limits = Limits {
        connections: within_open_files(usize::try_from(args.max_connections).unwrap_or(usize::MAX)),
        ..Limits::default()
    };
    if !matches!(way, Way::Tls(_)) {
        ignore_hangups();
    }
    let door = Door::new(tablets, way.clone()).within(limits);
    let life = storage.life().await?;
    let rescue = args.rescue_key_file.as_deref();
    let rescue = rescue.map(rescue_key::read).transpose()?;
    if rescue.is_none() {
        tracing::warn!(
            "there is no rescue key: what is unsent on a tablet whose PIN is lost cannot be saved; \
             see 'hemrond-server rescue-key'"
        );
    }
    let server = Arc::new(Server {
        storage,
        policy,
        inspector: inspector(args.inspect, &world).await?,
        clock: world.clock,
        chance: world.chance,
        metrics: Metrics::default(),
        rates: Rates::default(),
        under_way: Arc::new(UnderWay::default()),
        nonces: Nonces::default(),
        newsroom: Newsroom::default(),
        news_wait: Duration::from_secs(NEWS_WAIT_SECONDS),
        rescue,
        sign_in_to_enrol,
        lease_seconds: args.lease_hours.saturating_mul(60 * 60),
        closing: watch::Sender::new(false),
    });
    list_from_before(server.clone());
    if let Some(operators) = &operators {
        tracing::info!(address = %operators.local_addr()?, "metrics are served");
    }
    let pages = pages(&server, desk, &args.pages, &way, limits).await?;
    tracing::info!(
        head = life.head,
        recovering = life.recovering,
        scheme,
        connections = limits.connections,
        "serving"
    );
    say(format_args!("listening on {scheme}://{address}"))?;
    if let Some((pages, _)) = &pages {
        say(format_args!("administration on {}", pages.address))?;
    }
    Ok(serve_with(server, door, operators, pages, told_to_stop()).await?)
}

/// Has other organisations find people whose documents came before there was a list of numbers. Nobody
/// waits for it: until a person is listed, others are told nothing of them.
fn list_from_before(server: Shared) {
    tokio::spawn(async move {
        match elsewhere::list_people(server.storage.as_ref()).await {
            Ok(0) => {}
            Ok(listed) => tracing::info!(listed, "people were listed by their national numbers"),
            Err(error) => tracing::warn!(%error, "people could not be listed by their numbers"),
        }
    });
}

fn nothing_to_sign_in_with() -> CommandError {
    CommandError::Refused(
        "--enrol-with sign-in needs the key that seals the secrets of one-time codes; give \
         --sign-in-key-file, which 'hemrond-server sign-in-key' makes"
            .to_owned(),
    )
}

/// The administrator's pages, if they are wanted.
async fn pages(
    server: &Shared,
    desk: Option<Arc<Desk>>,
    args: &PagesArgs,
    way: &Way,
    limits: Limits,
) -> Result<Option<PagesAt>, CommandError> {
    let (Some(address), Some(desk)) = (&args.pages, desk) else {
        return Ok(None);
    };
    let pages = Arc::new(Pages {
        server: server.clone(),
        desk,
        cards: cards(&args.oidc, address)?,
        tablets: args.tablets.as_ref().unwrap_or(address).clone(),
        address: address.clone(),
        log: Arc::new(AdminEvents(server.storage.clone())),
    });
    let own = match args.pages_listen {
        Some(listen) => {
            let way = pages_way(address, listen, way)?;
            Some(Door::new(bind(listen).await?, way).within(limits))
        }
        None => None,
    };
    Ok(Some((pages, own)))
}

/// How browsers come to a listener of the pages' own: as tablets do, but for pages that only this
/// machine asks for.
fn pages_way(address: &PageAddress, listen: SocketAddr, way: &Way) -> Result<Way, CommandError> {
    if address.is_secure() {
        return Ok(way.clone());
    }
    if !listen.ip().is_loopback() {
        return Err(CommandError::Refused(format!(
            "pages under http:// are for this machine alone, and {listen} is reached by others; \
             give --pages with https://, or another --pages-listen"
        )));
    }
    Ok(Way::Plain)
}

fn cards(args: &OidcArgs, address: &PageAddress) -> Result<Option<Cards>, CommandError> {
    let (Some(issuer), Some(client_id)) = (&args.oidc_issuer, &args.oidc_client_id) else {
        return Ok(None);
    };
    let client_secret = args
        .oidc_client_secret_file
        .as_deref()
        .map(std::fs::read_to_string)
        .transpose()?;
    // Speaking TLS needs a provider of its sums. It fails only where one was installed before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = CardConfig {
        issuer: issuer.clone(),
        client_id: client_id.clone(),
        client_secret: client_secret.map(|secret| secret.trim().to_owned()),
        claim: args.oidc_claim.clone(),
        levels: args.oidc_levels.clone(),
        back: address.card_back(),
    };
    Ok(Some(Cards::new(config)?))
}

/// How tablets come in. Other machines never do without TLS that somebody ends.
fn way(args: &ServeArgs) -> Result<Way, CommandError> {
    if let (Some(certificate), Some(key)) = (&args.tls_certificate, &args.tls_key) {
        return Ok(Way::Tls(Arc::new(Tls::load(certificate, key)?)));
    }
    if args.behind_proxy {
        return Ok(Way::Proxy);
    }
    let listeners = [
        Some(args.listen),
        args.admin_listen,
        args.pages.pages_listen,
    ];
    for address in listeners.into_iter().flatten() {
        if !address.ip().is_loopback() {
            return Err(CommandError::Refused(format!(
                "without TLS nobody but this machine is served, and {address} is reached by \
                 others; give --tls-certificate and --tls-key, or --behind-proxy where a proxy \
                 ends TLS and nobody else reaches this address"
            )));
        }
    }
    Ok(Way::Plain)
}

/// Goes on at SIGHUP, which has nothing to read again where there is no certificate; unheeded it
/// would end the process.
fn ignore_hangups() {
    #[cfg(unix)]
    if let Ok(mut hangup) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) {
        tokio::spawn(async move { while hangup.recv().await.is_some() {} });
    }
}

/// Files that the process needs besides connections: databases, pipes to workers, the log.
const OTHER_FILES: u64 = 128;

/// As many connections as were asked for, or as the system lets this process have open files: a
/// process that runs out of them cannot answer anybody.
fn within_open_files(wanted: usize) -> usize {
    #[cfg(unix)]
    if let Ok((files, _)) =
        nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE)
    {
        let possible = usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX);
        return wanted.min(possible.max(1));
    }
    wanted
}

/// How many processes read pushes at a time, at least and at most; what comes meanwhile waits.
const WORKERS: (usize, usize) = (3, 8);

/// One process more than there are processors, within these bounds: a long push leaves one to others.
fn workers() -> NonZeroUsize {
    let processors = std::thread::available_parallelism().map_or(WORKERS.0, NonZeroUsize::get);
    let (least, most) = WORKERS;
    NonZeroUsize::new(processors.saturating_add(1).clamp(least, most)).unwrap_or(NonZeroUsize::MIN)
}

async fn inspector(how: Inspect, world: &World) -> Result<Arc<dyn Inspector>, CommandError> {
    Ok(match how {
        Inspect::InProcess => Arc::new(InProcess),
        Inspect::Worker => {
            let program = Program::server(world.program.clone(), Confinement::default());
            Arc::new(Worker::start(program, workers(), Patience::default()).await?)
        }
    })
}

/// The next port on this machine; a free one where tablets get a free one.
fn beside(listen: SocketAddr) -> SocketAddr {
    let port = match listen.port() {
        0 => 0,
        port => port.checked_add(1).unwrap_or(0),
    };
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}
