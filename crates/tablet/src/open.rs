//! Opening a tablet's folder.

use clap::Args;
use hemrond_companion::{
    Door, Knows,
    api::Language,
    door::World,
    environment::{SystemClock, SystemRandomness},
    sync::http::HttpTransport,
};
use hemrond_keyring::Keeper;
use std::{path::PathBuf, sync::Arc};

/// Which tablet is opened, and with what around it.
#[derive(Debug, Args)]
pub(crate) struct Opening {
    /// Where the tablet keeps its encrypted database.
    #[arg(long)]
    folder: PathBuf,
    /// A certificate authority of your own organisation's, PEM, trusted besides the system's.
    #[arg(long, env = "HEMROND_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
    /// What keeps this tablet's half of the keys: "files", or "platform" for this system's own
    /// keystore, as the app does.
    #[arg(long, default_value = "files")]
    keystore: Keeper,
}

/// Opens the tablet's door, or says in Swedish and English why it cannot be opened. Nobody is in
/// yet. With `background`, whoever comes in syncs by itself.
pub(crate) async fn open(opening: &Opening, background: bool) -> Result<Arc<Door>, String> {
    let told = |problem: hemrond_companion::failure::Problem| {
        let swedish = problem.clone().told(Language::Sv).message;
        let english = problem.clone().told(Language::En).message;
        format!("{swedish} / {english} ({})", problem.code)
    };
    let transport =
        HttpTransport::trusting(opening.ca.as_deref()).map_err(|error| error.to_string())?;
    let world = World {
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        transport: Arc::new(transport),
        keystore: opening.keystore.keystore(&opening.folder),
        knows: Knows::Everything,
        background,
    };
    let door = Door::open(&opening.folder, world).await.map_err(told)?;
    door.watch();
    Ok(door)
}
