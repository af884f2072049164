//! One JSON command per line in, one JSON answer per line out, in order.

use crate::open::{Opening, open};
use hemrond_companion::api::{Command, Failure, Nothing};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

/// A command line. What `id` holds comes back with the answer.
#[derive(Debug, Deserialize)]
struct Line {
    command: String,
    #[serde(default)]
    args: Value,
    #[serde(default)]
    id: Value,
}

#[derive(Debug, Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Value::is_null")]
    id: Value,
    #[serde(flatten)]
    outcome: Told,
}

#[derive(Debug, Serialize)]
enum Told {
    #[serde(rename = "ok")]
    Ok(Value),
    #[serde(rename = "error")]
    Error(Failure),
}

pub(crate) async fn run(opening: &Opening, background: bool) -> Result<(), String> {
    let door = open(opening, background).await?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut out = tokio::io::stdout();
    while let Some(line) = lines.next_line().await.map_err(|error| error.to_string())? {
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Line>(&line) {
            Ok(line) => {
                let outcome = match door.call_json(&line.command, line.args).await {
                    Ok(value) => Told::Ok(value),
                    Err(failure) => Told::Error(failure),
                };
                Answer {
                    id: line.id,
                    outcome,
                }
            }
            Err(error) => Answer {
                id: Value::Null,
                outcome: Told::Error(unreadable(&error)),
            },
        };
        // Whoever writes lines is there, whatever the lines ask.
        let _ = door.call(Command::DoorTouch(Nothing {})).await;
        let mut text = serde_json::to_string(&answer).map_err(|error| error.to_string())?;
        text.push('\n');
        out.write_all(text.as_bytes())
            .await
            .map_err(|error| error.to_string())?;
        out.flush().await.map_err(|error| error.to_string())?;
    }
    door.close().await.map_err(|problem| problem.code)
}

fn unreadable(error: &serde_json::Error) -> Failure {
    hemrond_companion::failure::Problem::new("command.unreadable")
        .with("detail", error)
        .told(hemrond_companion::api::Language::Sv)
}
