//! A client's WebSocket. samod's own is hidden inside it, can send no ping, tells no error, and waits with small
//! messages for more to send, as Node.js does not.

use crate::Result;
use axum::body::Bytes;
use futures_channel::mpsc::{SendError, UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::{
    SinkExt as _, StreamExt as _,
    future::{BoxFuture, ready},
};
use samod::{DialError, Dialer, Transport, Url};
use std::{
    future::Future,
    io,
    sync::{Mutex, PoisonError},
};
use tokio_tungstenite::{connect_async_with_config, tungstenite::Message};

/// What is said when a connection ends that was needed.
const LOST: &str = "The connection to the server was lost.";

/// What we keep of a WebSocket whose messages are samod's.
pub(crate) struct Socket {
    out: UnboundedSender<Message>,
    /// Ends with the connection.
    pongs: UnboundedReceiver<()>,
}

/// Hands an open connection to samod, once.
pub(crate) struct Once {
    url: Url,
    transport: Mutex<Option<Transport>>,
}

pub(crate) async fn connect(address: &str) -> Result<(Once, Socket)> {
    let url = Url::parse(address)?;
    let (stream, _) = connect_async_with_config(address, None, true).await?;
    let (sink, messages) = stream.split();
    let (out, queue) = unbounded();
    tokio::spawn(queue.map(Ok).forward(sink));
    let (heard, pongs) = unbounded();
    let messages = messages.filter_map(move |message| {
        ready(match message {
            Ok(Message::Binary(bytes)) => Some(Ok(bytes.to_vec())),
            Ok(Message::Pong(_)) => {
                // Nobody hears it once the connection was given up.
                let _ = heard.unbounded_send(());
                None
            }
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
    });
    let binary = |bytes: Vec<u8>| ready(Ok::<_, SendError>(Message::binary(bytes)));
    let transport = Transport::new(messages, out.clone().with(binary));
    let once = Once {
        url,
        transport: Mutex::new(Some(transport)),
    };
    Ok((once, Socket { out, pongs }))
}

impl Socket {
    /// Waits until the server has sent all that it had to send when this began: with the first pong it has begun on
    /// that, and with the second it is through.
    pub(crate) async fn round_trips(&mut self) -> Result<()> {
        for _ in 0..2 {
            self.out
                .unbounded_send(Message::Ping(Bytes::new()))
                .map_err(|_| LOST)?;
            self.pongs.next().await.ok_or(LOST)?;
        }
        Ok(())
    }

    /// Does what would wait forever once the connection is lost.
    pub(crate) async fn unless_lost<T>(&mut self, work: impl Future<Output = T>) -> Result<T> {
        tokio::select! {
            done = work => Ok(done),
            () = ended(&mut self.pongs) => Err(LOST.into()),
        }
    }

    /// Waits until nothing is sent or received any more.
    pub(crate) async fn closed(self) {
        let Self { out, mut pongs } = self;
        // What is left to send goes out, and the socket closes, once nobody can give it more.
        drop(out);
        ended(&mut pongs).await;
    }
}

async fn ended(pongs: &mut UnboundedReceiver<()>) {
    while pongs.next().await.is_some() {}
}

impl Dialer for Once {
    type Error = io::Error;

    fn url(&self) -> Url {
        self.url.clone()
    }

    fn connect(&self) -> BoxFuture<'static, std::result::Result<Transport, DialError<io::Error>>> {
        let transport = self
            .transport
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let again = || DialError::PermanentFailure(io::Error::other(LOST));
        Box::pin(ready(transport.ok_or_else(again)))
    }
}
