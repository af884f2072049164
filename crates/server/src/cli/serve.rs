//! `hemrond-server serve`.

use super::{
    CommandError, World,
    args::{Inspect, OidcArgs, PagesArgs, ServeArgs},
    say,
};
use crate::{
    admin::{AdminEvents, PageAddress, Pages},
    inspector::{
        InProcess, Inspector, Worker,
        worker::{Confinement, Patience, Program},
    },
    metrics::Metrics,
    newsroom::Newsroom,
    rate::Rates,
    serve::{PagesAt, bind, serve_with, told_to_stop},
    sign_in::{
        Cost, Desk, SealingKey,
        card::{CardConfig, Cards},
    },
    state::{Server, Shared},
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
    let tablets = bind(args.listen).await?;
    let operators = if args.no_admin {
        None
    } else {
        Some(bind(args.admin_listen.unwrap_or_else(|| beside(args.listen))).await?)
    };
    let key = args.pages.sign_in_key_file.as_deref();
    let key = key.map(SealingKey::read).transpose()?;
    let life = storage.life().await?;
    let server = Arc::new(Server {
        storage,
        policy,
        inspector: inspector(args.inspect, &world).await?,
        clock: world.clock,
        chance: world.chance,
        metrics: Metrics::default(),
        rates: Rates::default(),
        newsroom: Newsroom::default(),
        news_wait: Duration::from_secs(NEWS_WAIT_SECONDS),
        closing: watch::Sender::new(false),
    });
    if let Some(operators) = &operators {
        tracing::info!(address = %operators.local_addr()?, "metrics are served");
    }
    let pages = pages(&server, key, &args.pages).await?;
    tracing::info!(head = life.head, recovering = life.recovering, "serving");
    say(format_args!(
        "listening on http://{}",
        tablets.local_addr()?
    ))?;
    if let Some((pages, _)) = &pages {
        say(format_args!("administration on {}", pages.address))?;
    }
    Ok(serve_with(server, tablets, operators, pages, told_to_stop()).await?)
}

/// The administrator's pages, if they are wanted.
async fn pages(
    server: &Shared,
    key: Option<SealingKey>,
    args: &PagesArgs,
) -> Result<Option<PagesAt>, CommandError> {
    let (Some(address), Some(key)) = (&args.pages, key) else {
        return Ok(None);
    };
    let pages = Arc::new(Pages {
        server: server.clone(),
        desk: Desk::new(key, Cost::default(), server.chance.as_ref()),
        cards: cards(&args.oidc, address)?,
        address: address.clone(),
        log: Arc::new(AdminEvents(server.storage.clone())),
    });
    let own = match args.pages_listen {
        Some(listen) => Some(bind(listen).await?),
        None => None,
    };
    Ok(Some((pages, own)))
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
