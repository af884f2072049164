//! The tablet's door in the app: opened once, closed at the end.

use hemrond_companion::{
    Door, Knows,
    api::{Failure, Language},
    door::World,
    environment::{SystemClock, SystemRandomness},
    failure::Problem,
    sync::http::HttpTransport,
};
use hemrond_keyring::Keeper;
use std::{path::Path, sync::Arc};
use tauri::{AppHandle, Emitter as _, async_runtime};
use tokio::sync::broadcast::error::RecvError;

/// The name of the one event stream that the page listens to.
const EVENTS: &str = "hemrond";

/// The opened tablet, or why it could not be opened: the page shows that in words.
pub(crate) struct Tablet {
    door: Result<Arc<Door>, Failure>,
}

impl Tablet {
    /// Opens it. The server's certificate may also be of the authority in a file.
    pub(crate) fn open(
        app: &AppHandle,
        folder: &Path,
        authority: Option<&Path>,
        keeper: Keeper,
    ) -> Self {
        let opened = async_runtime::block_on(async {
            let door = open(folder, authority, keeper).await?;
            door.watch();
            Ok(door)
        });
        Self {
            door: match opened {
                Ok(door) => {
                    forward(app.clone(), &door);
                    Ok(door)
                }
                Err(problem) => {
                    let problem: Problem = problem;
                    tracing::error!(code = %problem.code, "the tablet could not be opened");
                    Err(problem.told(Language::Sv))
                }
            },
        }
    }

    pub(crate) fn door(&self) -> Result<Arc<Door>, Failure> {
        self.door.clone()
    }

    /// Stops the background sync and forgets the keys. Every change is on disk already.
    pub(crate) fn close(&self) {
        if let Ok(door) = &self.door
            && let Err(problem) = async_runtime::block_on(door.close())
        {
            tracing::warn!(code = %problem.code, "the tablet did not close well");
        }
    }
}

async fn open(
    folder: &Path,
    authority: Option<&Path>,
    keeper: Keeper,
) -> Result<Arc<Door>, Problem> {
    let transport = HttpTransport::trusting(authority)
        .map_err(|error| Problem::new("transport.authority").with("detail", error))?;
    let world = World {
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        transport: Arc::new(transport),
        keystore: keeper.keystore(folder),
        knows: Knows::Everything,
        background: true,
    };
    Door::open(folder, world).await
}

/// Hands the tablet's news to the page.
fn forward(app: AppHandle, door: &Door) {
    let mut news = door.subscribe();
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
