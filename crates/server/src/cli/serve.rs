//! `hemrond-server serve`.

use super::{
    CommandError, World,
    args::{Inspect, ServeArgs},
    say,
};
use crate::{
    inspector::{
        InProcess, Inspector, Worker,
        worker::{Confinement, Patience, Program},
    },
    metrics::Metrics,
    newsroom::Newsroom,
    nonce::Nonces,
    rate::Rates,
    serve::{Door, Limits, Tls, Way, bind, serve as serve_until, told_to_stop},
    state::Server,
    storage::Storage,
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
    let limits = Limits {
        connections: within_open_files(usize::try_from(args.max_connections).unwrap_or(usize::MAX)),
        ..Limits::default()
    };
    if !matches!(way, Way::Tls(_)) {
        ignore_hangups();
    }
    let door = Door::new(tablets, way).within(limits);
    let life = storage.life().await?;
    let server = Arc::new(Server {
        storage,
        policy,
        inspector: inspector(args.inspect, &world).await?,
        clock: world.clock,
        chance: world.chance,
        metrics: Metrics::default(),
        rates: Rates::default(),
        nonces: Nonces::default(),
        newsroom: Newsroom::default(),
        news_wait: Duration::from_secs(NEWS_WAIT_SECONDS),
        closing: watch::Sender::new(false),
    });
    if let Some(operators) = &operators {
        tracing::info!(address = %operators.local_addr()?, "metrics are served");
    }
    tracing::info!(
        head = life.head,
        recovering = life.recovering,
        scheme,
        connections = limits.connections,
        "serving"
    );
    say(format_args!("listening on {scheme}://{address}"))?;
    Ok(serve_until(server, door, operators, told_to_stop()).await?)
}

/// How tablets come in. Other machines never do without TLS that somebody ends.
fn way(args: &ServeArgs) -> Result<Way, CommandError> {
    if let (Some(certificate), Some(key)) = (&args.tls_certificate, &args.tls_key) {
        return Ok(Way::Tls(Arc::new(Tls::load(certificate, key)?)));
    }
    if args.behind_proxy {
        return Ok(Way::Proxy);
    }
    for address in [Some(args.listen), args.admin_listen].into_iter().flatten() {
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

/// How many pushes are read at a time; the others wait.
const WORKERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

async fn inspector(how: Inspect, world: &World) -> Result<Arc<dyn Inspector>, CommandError> {
    Ok(match how {
        Inspect::InProcess => Arc::new(InProcess),
        Inspect::Worker => {
            let program = Program::server(world.program.clone(), Confinement::default());
            Arc::new(Worker::start(program, WORKERS, Patience::default()).await?)
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
