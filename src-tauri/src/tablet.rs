//! The companion in the app: opened once, synced in the background, closed at the end.

use hemrond_companion::{
    Companion, Environment, Knows,
    api::{Failure, KeyPlace, Language},
    environment::{SystemClock, SystemRandomness},
    failure::Problem,
    keys,
    sync::{Runner, http::HttpTransport},
};
use std::{
    path::Path,
    sync::{Arc, Mutex},
};
use tauri::{AppHandle, Emitter as _, async_runtime};
use tokio::sync::broadcast::error::RecvError;

/// The name of the one event stream that the page listens to.
const EVENTS: &str = "hemrond";

/// The opened tablet, or why it could not be opened: the page shows that in words.
pub(crate) struct Tablet {
    companion: Result<Arc<Companion>, Failure>,
    runner: Mutex<Option<Runner>>,
}

impl Tablet {
    /// Opens it. The server's certificate may also be of the authority in a file.
    pub(crate) fn open(app: &AppHandle, folder: &Path, authority: Option<&Path>) -> Self {
        match async_runtime::block_on(open(folder, authority)) {
            Ok(companion) => {
                let companion = Arc::new(companion);
                let runner =
                    async_runtime::block_on(async { Runner::start(Arc::clone(&companion)) });
                forward(app.clone(), &companion);
                Self {
                    companion: Ok(companion),
                    runner: Mutex::new(Some(runner)),
                }
            }
            Err(problem) => {
                tracing::error!(code = %problem.code, "the tablet could not be opened");
                Self {
                    companion: Err(problem.told(Language::Sv)),
                    runner: Mutex::new(None),
                }
            }
        }
    }

    pub(crate) fn companion(&self) -> Result<Arc<Companion>, Failure> {
        self.companion.clone()
    }

    /// Stops the background sync. The database needs no goodbye: every change is on disk already.
    pub(crate) fn close(&self) {
        let runner = self.runner.lock().ok().and_then(|mut runner| runner.take());
        if let Some(runner) = runner {
            async_runtime::block_on(runner.stop());
        }
    }
}

async fn open(folder: &Path, authority: Option<&Path>) -> Result<Companion, Problem> {
    let key = keys::from_file(folder, &SystemRandomness)?;
    let transport = HttpTransport::trusting(authority)
        .map_err(|error| Problem::new("transport.authority").with("detail", error))?;
    let environment = Environment {
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        transport: Arc::new(transport),
        key_kept_in: KeyPlace::File,
        knows: Knows::Everything,
    };
    Companion::open(folder, &key, environment).await
}

/// Hands the companion's news to the page.
fn forward(app: AppHandle, companion: &Companion) {
    let mut news = companion.subscribe();
    async_runtime::spawn(async move {
        loop {
            match news.recv().await {
                Ok(event) => {
                    // A page that is not there yet asks for everything when it comes.
                    let _ = app.emit(EVENTS, event);
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
}
