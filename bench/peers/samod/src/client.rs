//! samod with its documents in files, and a WebSocket to a sync server.

use crate::{
    Result, fields,
    files::Files,
    lines,
    socket::{self, Once, Socket},
};
use automerge::Automerge;
use futures_util::future::{join_all, try_join_all};
use samod::{AutomergeUrl, BackoffConfig, ConnectionId, Dialer, DialerHandle, DocHandle, Repo};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long a server may take to let a client in.
const TO_CONNECT: Duration = Duration::from_secs(120);

/// What is said when it does not.
const NO_ANSWER: &str = "The server does not answer.";

/// What a client is asked.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Deed {
    Make { documents: Vec<Draft> },
    Edit { edits: Vec<Edit> },
    Push { ids: Vec<String> },
    Pull { ids: Vec<String> },
    Read { id: String },
    Disconnect,
}

#[derive(Deserialize)]
struct Draft {
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
struct Edit {
    id: String,
    sets: Vec<(String, Value)>,
}

struct Client {
    repo: Repo,
    files: Files,
    address: String,
    connection: Option<Connection>,
}

struct Connection {
    dialer: DialerHandle<<Once as Dialer>::Error>,
    id: ConnectionId,
    socket: Socket,
}

pub(crate) async fn answer(folder: &Path, address: String) -> Result<()> {
    let files = Files::new(folder);
    let repo = Repo::build_tokio().with_storage(files.clone()).load().await;
    let mut client = Client {
        repo: repo.clone(),
        files,
        address,
        connection: None,
    };
    lines::answer_all(async |deed| client.answer(deed).await).await?;
    repo.stop().await;
    Ok(())
}

impl Client {
    async fn answer(&mut self, deed: Deed) -> Result<Value> {
        match deed {
            Deed::Make { documents } => return self.make(documents).await,
            Deed::Edit { edits } => self.edit(edits).await?,
            Deed::Push { ids } => self.push(&ids).await?,
            Deed::Pull { ids } => self.pull(&ids).await?,
            Deed::Read { id } => {
                let document = find(&self.repo, &id).await?;
                let fields = document.with_document(|document| fields::read(document))?;
                return Ok(json!({"fields": fields}));
            }
            Deed::Disconnect => self.disconnect().await,
        }
        Ok(json!({}))
    }

    async fn make(&self, drafts: Vec<Draft>) -> Result<Value> {
        let making = drafts.iter().map(async |draft| {
            let mut document = Automerge::new();
            fields::set(&mut document, &draft.fields)?;
            Result::Ok(self.repo.create(document).await?)
        });
        let made = try_join_all(making).await?;
        self.hold(&made).await?;
        let ids: Vec<_> = made
            .iter()
            .map(|document| document.url().to_string())
            .collect();
        Ok(json!({"ids": ids}))
    }

    async fn edit(&self, edits: Vec<Edit>) -> Result<()> {
        let documents = find_all(&self.repo, edits.iter().map(|edit| &edit.id)).await?;
        for (document, edit) in documents.iter().zip(&edits) {
            for (field, value) in &edit.sets {
                document.with_document(|document| fields::set(document, [(field, value)]))?;
            }
        }
        self.hold(&documents).await
    }

    async fn push(&mut self, ids: &[String]) -> Result<()> {
        self.connect().await?;
        let Some(Connection { id, socket, .. }) = &mut self.connection else {
            return Err(NO_ANSWER.into());
        };
        let work = async {
            let documents = find_all(&self.repo, ids).await?;
            join_all(
                documents
                    .iter()
                    .map(|document| document.they_have_our_changes(*id)),
            )
            .await;
            Ok(())
        };
        socket.unless_lost(work).await?
    }

    async fn pull(&mut self, ids: &[String]) -> Result<()> {
        self.connect().await?;
        let Some(Connection { id, socket, .. }) = &mut self.connection else {
            return Err(NO_ANSWER.into());
        };
        // The server sends new changes by itself as they come, but it cannot be asked whether there are any.
        socket.round_trips().await?;
        let work = async {
            let documents = find_all(&self.repo, ids).await?;
            for document in &documents {
                // What has come for a document waits in a queue of its own, and this is answered after it.
                document.with_document_async(|_| ()).await?;
                document.we_have_their_changes(*id).await;
            }
            Result::Ok(documents)
        };
        let documents = socket.unless_lost(work).await??;
        self.hold(&documents).await
    }

    async fn connect(&mut self) -> Result<()> {
        if !self
            .connection
            .as_ref()
            .is_some_and(|connection| connection.dialer.is_connected())
        {
            self.disconnect().await;
            let connecting = timeout(TO_CONNECT, socket::connect(&self.address));
            let (once, socket) = connecting.await.map_err(|_| NO_ANSWER)??;
            // A client connects when it is asked to, and not again by itself.
            let backoff = BackoffConfig {
                max_retries: Some(0),
                ..BackoffConfig::default()
            };
            let dialer = self.repo.dial(backoff, Arc::new(once))?;
            let established = timeout(TO_CONNECT, dialer.established()).await;
            let (Ok(Ok(_)), Some(id)) = (established, dialer.connection_id()) else {
                dialer.close();
                return Err(NO_ANSWER.into());
            };
            self.connection = Some(Connection { dialer, id, socket });
        }
        Ok(())
    }

    async fn disconnect(&mut self) {
        if let Some(Connection { dialer, socket, .. }) = self.connection.take() {
            dialer.close();
            socket.closed().await;
        }
    }

    async fn hold(&self, documents: &[DocHandle]) -> Result<()> {
        for document in documents {
            self.files.hold(document).await?;
        }
        Ok(())
    }
}

async fn find(repo: &Repo, id: &str) -> Result<DocHandle> {
    let url: AutomergeUrl = id.parse()?;
    let found = repo.find(url.document_id().clone()).await?;
    Ok(found.ok_or_else(|| format!("{id} is neither here nor at the server."))?)
}

async fn find_all(repo: &Repo, ids: impl IntoIterator<Item = &String>) -> Result<Vec<DocHandle>> {
    try_join_all(ids.into_iter().map(|id| find(repo, id))).await
}
