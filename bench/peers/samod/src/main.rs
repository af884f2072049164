//! samod as a server and as a client, as `../README.md` says what they are asked.

mod client;
mod fields;
mod files;
mod lines;
mod server;
mod socket;

use std::{env, error::Error, fs, path::PathBuf, process::ExitCode};

/// Whatever goes wrong is told as a sentence, so nobody here needs to know what kind it is.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let (mut folder, mut server) = (None, None);
    let mut words = env::args().skip(1);
    let what = words.next();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--folder" => folder = words.next().map(PathBuf::from),
            "--server" => server = words.next(),
            _ => return Err(format!("{word} is not known here.").into()),
        }
    }
    let folder = folder.ok_or("Give --folder FOLDER.")?;
    fs::create_dir_all(&folder)?;
    match what.as_deref() {
        Some("server") => server::serve(&folder).await,
        Some("client") => client::answer(&folder, server.ok_or("Give --server ADDRESS.")?).await,
        _ => Err("Say first whether this is the server or the client.".into()),
    }
}
