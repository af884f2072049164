//! A line to the server that tests can cut anywhere, and that does nothing by chance.

use crate::{DEADLINE, http::Request};
use std::{
    collections::VecDeque,
    io::{BufReader, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// What becomes of one sync on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It comes through.
    Passes,
    /// The request never reaches the server.
    RequestLost,
    /// The server answers, and nothing of the answer comes back.
    AnswerLost,
    /// So many bytes of the answer come back, headers included, and then the line is cut.
    AnswerCutAt(usize),
    /// All of the answer comes back but so many bytes at its end, and then the line is cut.
    AnswerShortBy(usize),
    /// The server gets the same request twice; the answer to the second comes back.
    Doubled,
    /// The request waits on the line until [`CuttableLine::release`].
    Held,
}

/// A request that came over the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What was asked for, such as "/v1/sync".
    pub path: String,
    /// What became of it.
    pub fate: Fate,
    /// The request's bytes.
    pub request: Vec<u8>,
    /// The answer's bytes, where the server answered.
    pub answer: Vec<u8>,
}

#[derive(Debug, Default)]
struct Inner {
    to: String,
    cut: bool,
    plan: VecDeque<Fate>,
    held: usize,
    released: usize,
    seen: Vec<Seen>,
    open: Vec<TcpStream>,
}

#[derive(Debug, Default)]
struct Shared {
    inner: Mutex<Inner>,
    moved: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A line from tablets to a server.
#[derive(Debug)]
pub struct CuttableLine {
    address: String,
    shared: Arc<Shared>,
}

impl CuttableLine {
    /// Lays a line to a server's address.
    ///
    /// # Panics
    /// When this machine has no free port.
    #[must_use]
    pub fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared::default());
        shared.lock().to = host(server);
        let held = Arc::clone(&shared);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&held);
                std::thread::spawn(move || carry(&shared, stream));
            }
        });
        Self { address, shared }
    }

    /// Where tablets find it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Leads to another address from now on.
    pub fn leads_to(&self, server: &str) {
        self.shared.lock().to = host(server);
    }

    /// Cuts everything, and keeps it cut.
    pub fn cut(&self) {
        let mut inner = self.shared.lock();
        inner.cut = true;
        for stream in inner.open.drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
        self.shared.moved.notify_all();
    }

    /// Mends the line.
    pub fn mend(&self) {
        self.shared.lock().cut = false;
    }

    /// What becomes of the next syncs, one after the other; after these, all pass.
    pub fn plan(&self, fates: impl IntoIterator<Item = Fate>) {
        self.shared.lock().plan.extend(fates);
    }

    /// Waits until so many syncs stand on the line and wait.
    ///
    /// # Panics
    /// When they do not come.
    pub fn wait_for_held(&self, count: usize) {
        let end = Instant::now() + DEADLINE;
        let mut inner = self.shared.lock();
        while inner.held < count {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no request came to be held");
            inner = self
                .shared
                .moved
                .wait_timeout(inner, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Lets everything go on that waits.
    pub fn release(&self) {
        let mut inner = self.shared.lock();
        inner.released = inner.held;
        self.shared.moved.notify_all();
    }

    /// The syncs so far.
    #[must_use]
    pub fn syncs(&self) -> Vec<Seen> {
        let inner = self.shared.lock();
        inner
            .seen
            .iter()
            .filter(|seen| seen.path == "/v1/sync")
            .cloned()
            .collect()
    }

    /// How many requests so far asked for a path, such as "/v1/news", with whatever behind it.
    #[must_use]
    pub fn count(&self, path: &str) -> usize {
        self.shared
            .lock()
            .seen
            .iter()
            .filter(|seen| seen.path.starts_with(path))
            .count()
    }
}

fn host(address: &str) -> String {
    address
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned()
}

fn carry(shared: &Shared, client: TcpStream) {
    {
        let mut inner = shared.lock();
        if inner.cut {
            return;
        }
        inner.open.extend(client.try_clone());
    }
    // A cut line is no failure of the test's: whoever asked is told by its own end of the line.
    drop(try_carry(shared, &client));
    drop(client.shutdown(Shutdown::Both));
}

fn try_carry(shared: &Shared, client: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(client);
    let Some(request) = Request::read(&mut reader)? else {
        return Ok(());
    };
    let is_sync = request.path() == "/v1/sync";
    let (fate, to, place) = {
        let mut inner = shared.lock();
        let fate = if is_sync {
            inner.plan.pop_front()
        } else {
            None
        };
        let fate = fate.unwrap_or(Fate::Passes);
        inner.seen.push(Seen {
            path: request.path().to_owned(),
            fate,
            request: request.closing(),
            answer: Vec::new(),
        });
        (fate, inner.to.clone(), inner.seen.len() - 1)
    };
    if fate == Fate::RequestLost {
        return Ok(());
    }
    if fate == Fate::Held && !wait(shared) {
        return Ok(());
    }
    let mut answer = once(shared, &to, &request)?;
    if fate == Fate::Doubled {
        answer = once(shared, &to, &request)?;
    }
    if let Some(seen) = shared.lock().seen.get_mut(place) {
        seen.answer.clone_from(&answer);
    }
    let through = match fate {
        Fate::AnswerLost => 0,
        Fate::AnswerCutAt(bytes) => bytes.min(answer.len()),
        Fate::AnswerShortBy(bytes) => answer.len().saturating_sub(bytes),
        _ => answer.len(),
    };
    let mut client = client;
    client.write_all(answer.get(..through).unwrap_or_default())
}

/// Waits until the held requests are released; false where the line was cut meanwhile.
fn wait(shared: &Shared) -> bool {
    let mut inner = shared.lock();
    inner.held += 1;
    let mine = inner.held;
    shared.moved.notify_all();
    while inner.released < mine && !inner.cut {
        inner = shared
            .moved
            .wait(inner)
            .unwrap_or_else(PoisonError::into_inner);
    }
    !inner.cut
}

/// Carries a request there, and its whole answer back.
fn once(shared: &Shared, to: &str, request: &Request) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(to)?;
    shared.lock().open.extend(server.try_clone());
    server.write_all(&request.closing())?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}
