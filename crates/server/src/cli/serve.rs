//! `hemrond-server serve`.

use super::{
    CommandError, World,
    args::{Inspect, ServeArgs},
    rescue_key, say,
};
use crate::{
    inspector::{
        InProcess, Inspector, Worker,
        worker::{Confinement, Patience, Program},
    },
    metrics::Metrics,
    newsroom::Newsroom,
    rate::Rates,
    serve::{bind, serve as serve_until, told_to_stop},
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
    let tablets = bind(args.listen).await?;
    let operators = if args.no_admin {
        None
    } else {
        Some(bind(args.admin_listen.unwrap_or_else(|| beside(args.listen))).await?)
    };
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
        newsroom: Newsroom::default(),
        news_wait: Duration::from_secs(NEWS_WAIT_SECONDS),
        rescue,
        lease_seconds: args.lease_hours.saturating_mul(60 * 60),
        closing: watch::Sender::new(false),
    });
    if let Some(operators) = &operators {
        tracing::info!(address = %operators.local_addr()?, "metrics are served");
    }
    tracing::info!(head = life.head, recovering = life.recovering, "serving");
    say(format_args!(
        "listening on http://{}",
        tablets.local_addr()?
    ))?;
    Ok(serve_until(server, tablets, operators, told_to_stop()).await?)
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
