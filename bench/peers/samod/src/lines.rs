//! The lines in which both are asked and answer.

use crate::Result;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{
    io::{self, Write as _},
    process, thread,
    time::Duration,
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// How long a question that is being answered may go on once nobody is there to hear.
const TO_END: Duration = Duration::from_secs(10);

/// Answers one line after the other until the input ends.
pub(crate) async fn answer_all<Deed: DeserializeOwned>(
    mut answer: impl AsyncFnMut(Deed) -> Result<Value>,
) -> Result<()> {
    let mut lines = input();
    while let Some(line) = lines.recv().await {
        let answer = match serde_json::from_str(&line) {
            Ok(deed) => answer(deed).await,
            Err(error) => Err(error.into()),
        };
        print(&match answer {
            Ok(answer) => json!({"ok": answer}),
            Err(error) => json!({"error": error.to_string()}),
        })?;
    }
    Ok(())
}

pub(crate) fn print(said: &Value) -> io::Result<()> {
    writeln!(io::stdout(), "{said}")
}

/// Reads in a thread of its own, as a read of the input cannot be given up.
fn input() -> UnboundedReceiver<String> {
    let (given, lines) = unbounded_channel();
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(io::Result::ok) {
            if given.send(line).is_err() {
                return;
            }
        }
        drop(given);
        thread::sleep(TO_END);
        process::exit(1);
    });
    lines
}
