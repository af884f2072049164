//! The app shell: one window, one command, one event stream. Everything else is the companion's.

mod arguments;
mod bridge;
mod tablet;

use arguments::Arguments;
use std::process::ExitCode;
use tablet::Tablet;
use tauri::{Manager as _, RunEvent, WebviewUrl, WebviewWindowBuilder};

/// Starts the app on a desktop, with its command line.
#[must_use]
pub fn start() -> ExitCode {
    run(Arguments::from_command_line())
}

/// Starts the app on a phone or tablet, where there is no command line.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn start_mobile() {
    let _ = run(Arguments::default());
}

fn run(arguments: Arguments) -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("HEMROND_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    let app = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![bridge::call, bridge::painted])
        .setup(move |app| {
            let folder = match &arguments.folder {
                Some(folder) => folder.clone(),
                None => app.path().app_data_dir()?,
            };
            app.manage(bridge::Paint::new(arguments.report_paint));
            let (authority, keeper) = (arguments.ca.as_deref(), arguments.keystore);
            app.manage(Tablet::open(app.handle(), &folder, authority, keeper));
            let page = if arguments.blank {
                "blank.html"
            } else {
                "index.html"
            };
            let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::App(page.into()));
            #[cfg(desktop)]
            let window = window
                .title("Hemrond")
                .inner_size(arguments.size.0, arguments.size.1)
                .min_inner_size(600.0, 600.0);
            window.build()?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| {
                if matches!(event, RunEvent::Exit) {
                    app.state::<Tablet>().close();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("hemrond: the window could not be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
