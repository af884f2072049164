//! Opening a tablet's folder.

use hemrond_companion::{
    Door, Knows,
    api::Language,
    door::World,
    environment::{SystemClock, SystemRandomness},
    sync::http::HttpTransport,
};
use hemrond_vault::FileKeystore;
use std::{path::Path, sync::Arc};

/// Where this tablet's half of the keys lies: a stand-in for a platform's keystore.
const KEYS: &str = "keystore";

/// Opens the tablet's door, or says in Swedish and English why it cannot be opened. Nobody is in
/// yet. With `background`, whoever comes in syncs by itself. Its server's certificate may also be of
/// the authority in a file.
pub(crate) async fn open(
    folder: &Path,
    background: bool,
    authority: Option<&Path>,
) -> Result<Arc<Door>, String> {
    let told = |problem: hemrond_companion::failure::Problem| {
        let swedish = problem.clone().told(Language::Sv).message;
        let english = problem.clone().told(Language::En).message;
        format!("{swedish} / {english} ({})", problem.code)
    };
    let transport = HttpTransport::trusting(authority).map_err(|error| error.to_string())?;
    let world = World {
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        transport: Arc::new(transport),
        keystore: Arc::new(FileKeystore::new(&folder.join(KEYS))),
        knows: Knows::Everything,
        background,
    };
    let door = Door::open(folder, world).await.map_err(told)?;
    door.watch();
    Ok(door)
}
