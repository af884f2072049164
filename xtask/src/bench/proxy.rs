//! A TCP proxy that counts what goes through: bytes each way, and requests.

use crate::error::Error;
use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
};

/// What every request's first line ends with, and nothing else that goes through does.
const REQUEST: &[u8] = b" HTTP/1.1\r\n";

/// What went through.
#[derive(Debug, Default)]
struct Counters {
    up: AtomicU64,
    down: AtomicU64,
    requests: AtomicU64,
}

/// What went through since it was last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traffic {
    /// Bytes from tablets to the server, HTTP's own included.
    pub(super) up: u64,
    /// Bytes from the server to tablets.
    pub(super) down: u64,
    pub(super) requests: u64,
}

/// A running proxy. Its threads end with this program.
#[derive(Debug)]
pub(super) struct Proxy {
    socket: SocketAddr,
    server: Arc<Mutex<Option<SocketAddr>>>,
    counters: Arc<Counters>,
}

impl Proxy {
    /// Starts one that leads nowhere yet.
    pub(super) fn start() -> Result<Self, Error> {
        let cannot = || Error::io("starting a counting proxy");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(cannot())?;
        let socket = listener.local_addr().map_err(cannot())?;
        let counters = Arc::new(Counters::default());
        let server = Arc::new(Mutex::new(None));
        let (counting, leading) = (Arc::clone(&counters), Arc::clone(&server));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = *leading.lock().unwrap_or_else(PoisonError::into_inner);
                // A connection that cannot be carried is closed, which the client notices.
                let _ = server.map(|server| carry(client, server, &counting));
            }
        });
        Ok(Self {
            socket,
            server,
            counters,
        })
    }

    /// Where clients reach it, whatever it leads to.
    pub(super) fn socket(&self) -> SocketAddr {
        self.socket
    }

    /// Puts it in front of a server, such as "http://127.0.0.1:8787".
    pub(super) fn lead_to(&self, server: &str) -> Result<(), Error> {
        let address = server.split("://").nth(1).unwrap_or(server);
        let address = address.trim_end_matches('/').parse();
        let address = address.map_err(|_| Error::Answer {
            what: "the server's address".to_owned(),
            answer: server.to_owned(),
        })?;
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(address);
        Ok(())
    }

    /// What went through since the last time.
    pub(super) fn take(&self) -> Traffic {
        Traffic {
            up: self.counters.up.swap(0, SeqCst),
            down: self.counters.down.swap(0, SeqCst),
            requests: self.counters.requests.swap(0, SeqCst),
        }
    }
}

fn carry(tablet: TcpStream, server: SocketAddr, counters: &Arc<Counters>) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    for stream in [&tablet, &server] {
        stream.set_nodelay(true)?;
    }
    let (tablet_too, server_too) = (tablet.try_clone()?, server.try_clone()?);
    let counted = Arc::clone(counters);
    thread::spawn(move || {
        let mut requests = Requests::default();
        pump(tablet, server, |bytes| {
            counted.up.fetch_add(bytes.len() as u64, SeqCst);
            counted.requests.fetch_add(requests.count(bytes), SeqCst);
        })
    });
    let counted = Arc::clone(counters);
    thread::spawn(move || {
        pump(server_too, tablet_too, |bytes| {
            counted.down.fetch_add(bytes.len() as u64, SeqCst);
        })
    });
    Ok(())
}

/// Carries one direction. Counts before it passes on, so that whoever got an answer finds it
/// counted.
fn pump(mut from: TcpStream, mut to: TcpStream, mut count: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let length = from.read(&mut buffer)?;
        let bytes = buffer.get(..length).unwrap_or_default();
        if bytes.is_empty() {
            return to.shutdown(Shutdown::Write);
        }
        count(bytes);
        to.write_all(bytes)?;
    }
}

/// Counts requests in a stream that comes in pieces.
#[derive(Debug, Default)]
struct Requests {
    /// How much of the mark the stream's end matches.
    matched: usize,
}

impl Requests {
    fn count(&mut self, bytes: &[u8]) -> u64 {
        let mut found = 0;
        for byte in bytes {
            // The mark's first byte stands nowhere else in it, so a mismatch can only begin anew.
            self.matched = match REQUEST.get(self.matched) {
                Some(expected) if expected == byte => self.matched + 1,
                _ => usize::from(REQUEST.first() == Some(byte)),
            };
            if self.matched == REQUEST.len() {
                found += 1;
                self.matched = 0;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{Proxy, Requests, Traffic};
    use std::{
        error::Error,
        io::{Read as _, Write as _},
        net::{Shutdown, TcpListener, TcpStream},
        thread,
    };

    #[test]
    fn requests_are_counted_wherever_the_stream_is_cut() {
        let stream =
            b"POST /v1/sync HTTP/1.1\r\nhost: a\r\n\r\n  HTTP/1.1 \r\nGET / HTTP/1.1\r\n\r\n";
        for cut in 0..=stream.len() {
            let (first, second) = stream.split_at(cut);
            let mut requests = Requests::default();
            assert_eq!(
                requests.count(first) + requests.count(second),
                2,
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn everything_goes_through_and_is_counted() -> Result<(), Box<dyn Error>> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = format!("http://{}", listener.local_addr()?);
        let answering = thread::spawn(move || -> std::io::Result<Vec<u8>> {
            let (mut stream, _) = listener.accept()?;
            let mut asked = Vec::new();
            stream.read_to_end(&mut asked)?;
            stream.write_all(b"well")?;
            Ok(asked)
        });
        let proxy = Proxy::start()?;
        proxy.lead_to(&server)?;
        let mut stream = TcpStream::connect(proxy.socket())?;
        stream.write_all(b"GET / HTTP/1.1\r\n")?;
        stream.shutdown(Shutdown::Write)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        assert_eq!(answer, "well");
        let asked = answering.join().map_err(|_| "the server fell over")??;
        assert_eq!(asked, b"GET / HTTP/1.1\r\n");
        let expected = Traffic {
            up: 16,
            down: 4,
            requests: 1,
        };
        assert_eq!(proxy.take(), expected);
        assert_eq!(proxy.take().up, 0, "counted anew");
        Ok(())
    }
}
