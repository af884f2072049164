//! A real window of the app, driven as a person would: by what stands on the screen.

use crate::{
    Told,
    stage::{Stage, program},
};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hemrond_tests::PIN;
use serde_json::json;
use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long a step may take before the story says that it did not hold.
const PATIENCE: Duration = Duration::from_secs(30);

/// One window and the driver behind it.
pub(crate) struct Window {
    who: String,
    client: Client,
    driver: Child,
}

impl Window {
    /// Opens a person's tablet in a window.
    pub(crate) async fn open(stage: &Stage, who: &str) -> Told<Self> {
        let port = free_port()?;
        let driver = Command::new("WebKitWebDriver")
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("DISPLAY", stage.display())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                format!("WebKitWebDriver cannot be started ({error}); install webkit2gtk-driver")
            })?;
        let mut options = serde_json::Map::new();
        options.insert(
            "webkitgtk:browserOptions".to_owned(),
            json!({
                "binary": program("hemrond")?,
                "args": ["--folder", stage.tablet(who), "--size", "1280x800", "--keystore", "files"],
            }),
        );
        let address = format!("http://127.0.0.1:{port}");
        let begun = Instant::now();
        let client = loop {
            match ClientBuilder::new(hyper_util_connector())
                .capabilities(options.clone())
                .connect(&address)
                .await
            {
                Ok(client) => break client,
                // The driver needs a moment until it listens.
                Err(_) if begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(format!("{who}'s window did not open: {error}")),
            }
        };
        let window = Self {
            who: who.to_owned(),
            client,
            driver,
        };
        // The first page shows itself; an address given earlier would be taken over by it.
        window.see("main h1").await?;
        Ok(window)
    }

    /// Opens a person's tablet in a window, and they type their PIN.
    pub(crate) async fn open_unlocked(stage: &Stage, who: &str) -> Told<Self> {
        let window = Self::open(stage, who).await?;
        window.write("[data-testid=lock-pin]", PIN).await?;
        window.tap("[data-testid=lock-submit]").await?;
        window.see("[data-testid=status-line]").await?;
        Ok(window)
    }

    fn said(&self, what: &str, error: impl std::fmt::Display) -> String {
        format!("{}'s window, {what}: {error}", self.who)
    }

    /// Waits until an element is there.
    pub(crate) async fn see(&self, selector: &str) -> Told<Element> {
        self.client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(selector))
            .await
            .map_err(|error| self.said(selector, error))
    }

    /// Waits until an element is there, scrolls to it as a person would, and taps it.
    pub(crate) async fn tap(&self, selector: &str) -> Told<()> {
        let begun = Instant::now();
        loop {
            match self.try_tap(selector).await {
                Ok(_) => return Ok(()),
                // The page may have drawn the element anew, or moved it, between look and tap.
                Err(_) if begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn try_tap(&self, selector: &str) -> Told<Element> {
        self.show(selector).await?;
        let element = self.see(selector).await?;
        let tapped = element.click().await;
        tapped.map_err(|error| self.said(selector, format!("{error:?}")))?;
        Ok(element)
    }

    /// Taps a field and types into it.
    pub(crate) async fn write(&self, selector: &str, text: &str) -> Told<()> {
        self.tap(selector).await?;
        let element = self.see(selector).await?;
        let typed = element.send_keys(text).await;
        typed.map_err(|error| self.said(selector, format!("{error:?}")))
    }

    /// Goes to one of the interface's own addresses, as a link would.
    pub(crate) async fn go(&self, hash: &str) -> Told<()> {
        self.client
            .execute("window.location.hash = arguments[0]", vec![json!(hash)])
            .await
            .map(|_| ())
            .map_err(|error| self.said(hash, error))
    }

    /// Waits until a script's expression holds in the page.
    pub(crate) async fn until(&self, what: &str, expression: &str) -> Told<()> {
        let script = format!("return Boolean({expression})");
        let begun = Instant::now();
        loop {
            let held = self
                .client
                .execute(&script, vec![])
                .await
                .map_err(|error| self.said(what, error))?;
            if held == json!(true) {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                let text = self.text("main").await.unwrap_or_default();
                let short: String = text.chars().take(1_500).collect();
                return Err(self.said(
                    what,
                    format!("did not come to hold; the page says: {short}"),
                ));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until an element says something.
    pub(crate) async fn reads(&self, selector: &str, words: &str) -> Told<()> {
        let expression = format!(
            "[...document.querySelectorAll({selector})].some((e) => e.innerText.includes({words}))",
            selector = json!(selector),
            words = json!(words)
        );
        self.until(&format!("{selector} says \"{words}\""), &expression)
            .await
    }

    pub(crate) async fn text(&self, selector: &str) -> Told<String> {
        let element = self.see(selector).await?;
        element
            .text()
            .await
            .map_err(|error| self.said(selector, error))
    }

    /// Brings an element into the middle of the window, so that a picture shows it.
    pub(crate) async fn show(&self, selector: &str) -> Told<()> {
        self.see(selector).await?;
        let script = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center', behavior: 'instant' })";
        self.client
            .execute(script, vec![json!(selector)])
            .await
            .map(|_| ())
            .map_err(|error| self.said(selector, error))
    }

    /// Photographs the window.
    pub(crate) async fn picture(&self, stage: &Stage, name: &str) -> Told<()> {
        let png = self
            .client
            .screenshot()
            .await
            .map_err(|error| self.said(name, error))?;
        let path = stage.pictures().join(format!("{name}.png"));
        std::fs::write(path, png).map_err(|error| error.to_string())
    }

    /// The battery dies: the app is ended without a word.
    pub(crate) fn kill(mut self) {
        for process in children_of(self.driver.id()) {
            let _ = Command::new("kill")
                .args(["-9", &process.to_string()])
                .status();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }

    /// Closes the window as a person would.
    pub(crate) async fn close(mut self) {
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn hyper_util_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}

fn free_port() -> Told<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|error| error.to_string())
}

/// The processes that a process has started.
fn children_of(parent: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|process| {
            let status = std::fs::read_to_string(format!("/proc/{process}/stat"));
            // "pid (name) state parent …": the name may hold spaces, so the reading starts behind it.
            status.ok().and_then(|text| {
                let rest = text.rsplit_once(") ")?.1.to_owned();
                rest.split_whitespace().nth(1)?.parse::<u32>().ok()
            }) == Some(parent)
        })
        .collect()
}
