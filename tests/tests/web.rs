//! The interface in a browser on this machine: for the one who opened the printed address alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_tests::{Answered, Output, Tablet, ask, program, run};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A browser's side of a tablet.
struct Web {
    _folder: TempDir,
    child: Child,
    address: String,
    token: String,
}

impl Web {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ui = folder.path().join("ui");
        fs::create_dir(&ui).unwrap();
        fs::write(ui.join("index.html"), "<title>Hemrond</title>").unwrap();
        fs::write(ui.join("app.js"), "export {};").unwrap();
        let mut child = Command::new(program("hemrond-tablet"))
            .args(["web", "--folder"])
            .arg(folder.path().join("tablet"))
            .arg("--ui")
            .arg(&ui)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let address = told["listening"]
            .as_str()
            .unwrap()
            .strip_prefix("http://")
            .unwrap()
            .to_owned();
        let open = told["open"].as_str().unwrap();
        let token = open.split_once("?token=").unwrap().1.to_owned();
        assert_eq!(token.len(), 64);
        Self {
            _folder: folder,
            child,
            address,
            token,
        }
    }

    fn ask(&self, first: &str, headers: &[(&str, &str)], body: &str) -> Answered {
        ask(&self.address, first, headers, body.as_bytes()).unwrap()
    }

    /// Opens the printed address and gives the session's cookie.
    fn enter(&self) -> String {
        let answered = self.ask(&format!("GET /?token={}", self.token), &[], "");
        assert_eq!(
            (answered.status, answered.headers["location"].as_str()),
            (303, "/")
        );
        let cookie = answered.headers["set-cookie"].clone();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        cookie.split(';').next().unwrap().to_owned()
    }

    fn call(&self, headers: &[(&str, &str)], command: &Value) -> Answered {
        let json = [("content-type", "application/json")];
        self.ask(
            "POST /api/call",
            &[&json, headers].concat(),
            &command.to_string(),
        )
    }

    fn stop(&mut self) {
        let told = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(told.success());
        assert!(
            self.child.wait().unwrap().success(),
            "it ends well when it is told to"
        );
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn the_printed_address_opens_one_browser_and_no_second_one() {
    let web = Web::new();
    // Nobody without the token: not the page, not a command, not the news.
    let status = json!({ "command": "status" });
    assert_eq!(web.ask("GET /", &[], "").status, 403);
    assert_eq!(web.call(&[], &status).status, 403);
    assert_eq!(web.ask("GET /api/events", &[], "").status, 403);
    assert_eq!(
        web.ask(&format!("GET /?token={}", "0".repeat(64)), &[], "")
            .status,
        403
    );
    assert_eq!(web.ask("GET /?token=", &[], "").status, 403);

    let cookie = web.enter();
    let again = web.ask(&format!("GET /?token={}", web.token), &[], "");
    assert_eq!(again.status, 403, "a token is good once");
    assert!(again.body.contains("redan använd"), "{}", again.body);
    assert_eq!(again.headers.get("set-cookie"), None);

    let page = web.ask("GET /", &[("cookie", &cookie)], "");
    assert_eq!(
        (page.status, page.body.as_str()),
        (200, "<title>Hemrond</title>")
    );
    let answer = web.call(&[("cookie", &cookie)], &status);
    assert_eq!(answer.status, 200);
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(answer["user"], Value::Null);
    let failure = web.call(
        &[("cookie", &cookie)],
        &json!({ "command": "round", "args": {} }),
    );
    assert_eq!(failure.status, 422);
    assert!(failure.body.contains("enrol.needed"), "{}", failure.body);
    let wrong = format!("hemrond_session={}", "0".repeat(64));
    assert_eq!(web.call(&[("cookie", &wrong)], &status).status, 403);
}

#[test]
fn other_pages_and_other_names_are_refused_even_with_the_cookie() {
    let web = Web::new();
    let cookie = web.enter();
    let status = json!({ "command": "status" });
    let own = format!("http://{}", web.address);
    let port = web.address.rsplit(':').next().unwrap().to_owned();
    let refused: [&[(&str, &str)]; 6] = [
        &[("cookie", &cookie), ("origin", "https://example.com")],
        &[("cookie", &cookie), ("origin", "null")],
        &[("cookie", &cookie), ("origin", "http://127.0.0.1:1")],
        &[("cookie", &cookie), ("host", "example.com")],
        &[("cookie", &cookie), ("host", "127.0.0.1.example.com")],
        &[("cookie", &cookie), ("host", "")],
    ];
    for headers in refused {
        assert_eq!(web.call(headers, &status).status, 403, "{headers:?}");
    }
    let localhost = format!("localhost:{port}");
    let taken: [&[(&str, &str)]; 3] = [
        &[("cookie", &cookie)],
        &[("cookie", &cookie), ("origin", &own)],
        &[("cookie", &cookie), ("host", &localhost)],
    ];
    for headers in taken {
        assert_eq!(web.call(headers, &status).status, 200, "{headers:?}");
    }
}

#[test]
fn every_answer_forbids_what_the_page_does_not_need() {
    let web = Web::new();
    let cookie = web.enter();
    let answers = [
        web.ask("GET /", &[("cookie", &cookie)], ""),
        web.ask("GET /app.js", &[], ""),
        web.ask("GET /", &[], ""),
        web.call(&[("cookie", &cookie)], &json!({ "command": "status" })),
        // A refusal says the same.
        web.ask("GET /", &[("host", "example.com")], ""),
    ];
    for answered in answers {
        let policy = &answered.headers["content-security-policy"];
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(
            !policy.contains("script-src") && !policy.contains("http"),
            "{policy}"
        );
        for directive in [
            "object-src 'none'",
            "frame-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(directive), "{policy}");
        }
        assert_eq!(answered.headers["x-frame-options"], "DENY");
        assert_eq!(
            answered.headers["cross-origin-opener-policy"],
            "same-origin"
        );
        assert_eq!(
            answered.headers["cross-origin-resource-policy"],
            "same-origin"
        );
        assert!(answered.headers["permissions-policy"].contains("camera=()"));
        assert_eq!(answered.headers["x-content-type-options"], "nosniff");
        assert_eq!(answered.headers["referrer-policy"], "no-referrer");
        assert_eq!(answered.headers["cache-control"], "no-store");
    }
    // Nothing above the interface's folder is served.
    for path in [
        "/../tablet/door.lock",
        "/%2e%2e/tablet/door.lock",
        "//etc/passwd",
    ] {
        let answered = web.ask(&format!("GET {path}"), &[("cookie", &cookie)], "");
        assert!(
            answered.status >= 400 || answered.body == "<title>Hemrond</title>",
            "{path}: {}",
            answered.body
        );
    }
}

#[test]
fn the_program_ends_when_it_is_told_to_also_while_a_browser_listens() {
    let mut web = Web::new();
    let cookie = web.enter();
    let mut events = TcpStream::connect(&web.address).unwrap();
    events
        .set_read_timeout(Some(hemrond_tests::DEADLINE))
        .unwrap();
    let head = format!(
        "GET /api/events HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\n\r\n",
        web.address
    );
    events.write_all(head.as_bytes()).unwrap();
    let mut lines = BufReader::new(events.try_clone().unwrap()).lines();
    let status = lines.by_ref().map_while(Result::ok).next().unwrap();
    assert!(status.ends_with("200 OK"), "{status}");
    assert!(
        lines
            .by_ref()
            .map_while(Result::ok)
            .any(|line| line.is_empty()),
        "the head's end"
    );
    web.stop();
    // The stream ended properly too, and the next start opens the same folder.
    let mut rest = Vec::new();
    events.read_to_end(&mut rest).unwrap();
}

#[test]
fn the_interface_is_not_shown_to_other_machines_and_not_without_itself() {
    let tablet = Tablet::new();
    let folder = tablet.folder().join("other");
    let folder = folder.to_str().unwrap();
    let web = |more: &[&str]| -> Output {
        let arguments = ["web", "--folder", folder]
            .into_iter()
            .chain(more.iter().copied());
        run("hemrond-tablet", arguments)
    };
    let open = web(&["--listen", "0.0.0.0:0", "--ui", "/"]);
    assert!(!open.success);
    assert!(open.err.contains("this machine only"), "{}", open.err);
    let missing = web(&["--ui", "/finns/inte"]);
    assert!(!missing.success);
    assert!(
        missing.err.contains("build the interface first"),
        "{}",
        missing.err
    );
}
