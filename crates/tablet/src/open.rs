//! Opening a tablet's folder.

use hemrond_companion::{
    Companion, Environment, Knows,
    api::{KeyPlace, Language},
    environment::{SystemClock, SystemRandomness},
    keys,
    sync::http::HttpTransport,
};
use std::{path::Path, sync::Arc};

/// Opens the tablet, or says in Swedish and English why it cannot be opened. Its server's
/// certificate may also be of the authority in a file.
pub(crate) async fn open(folder: &Path, authority: Option<&Path>) -> Result<Companion, String> {
    let told = |problem: hemrond_companion::failure::Problem| {
        let swedish = problem.clone().told(Language::Sv).message;
        let english = problem.clone().told(Language::En).message;
        format!("{swedish} / {english} ({})", problem.code)
    };
    let key = keys::from_file(folder, &SystemRandomness).map_err(told)?;
    let transport = HttpTransport::trusting(authority).map_err(|error| error.to_string())?;
    let environment = Environment {
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        transport: Arc::new(transport),
        key_kept_in: KeyPlace::File,
        knows: Knows::Everything,
    };
    Companion::open(folder, &key, environment)
        .await
        .map_err(told)
}
