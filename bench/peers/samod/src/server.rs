//! samod as a sync server: it keeps what it is sent, and hands out what it is asked for by id.

use crate::{Result, files::Files, lines};
use axum::{Router, extract::WebSocketUpgrade, serve::ListenerExt as _};
use samod::{Repo, SearchState, ShareConfig, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{future::IntoFuture as _, path::Path};
use tokio::net::TcpListener;

/// What a server is asked.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Deed {
    Settle,
}

pub(crate) async fn serve(folder: &Path) -> Result<()> {
    let files = Files::new(folder);
    let repo = Repo::build_tokio()
        .with_storage(files.clone())
        .with_share_policy(ShareConfig::read_write().with_announce(false))
        .load()
        .await;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("ws://{}", listener.local_addr()?);
    let acceptor = repo.make_acceptor(Url::parse(&address)?)?;
    let app = Router::new().fallback(async |upgrade: WebSocketUpgrade| {
        upgrade.on_upgrade(async move |socket| {
            // It fails only where samod has stopped, and then this program ends.
            let _ = acceptor.accept_axum(socket, None);
        })
    });
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            eprintln!("A connection waits with small messages: {error}");
        }
    });
    tokio::spawn(axum::serve(listener, app).into_future());
    lines::print(&json!({"listening": address}))?;
    lines::answer_all(async |Deed::Settle| settle(&repo, &files).await).await?;
    repo.stop().await;
    Ok(())
}

async fn settle(repo: &Repo, files: &Files) -> Result<Value> {
    for document in files.documents() {
        if let (SearchState::Found(document), _) = repo.search(document)? {
            files.hold(&document).await?;
        }
    }
    Ok(json!({}))
}
