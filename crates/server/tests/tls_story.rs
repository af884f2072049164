//! Stories of an organisation that has its own certificate authority, and no proxy.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use ed25519_dalek::SigningKey;
use hemrond_companion::sync::{
    http::{ClientError, HttpTransport},
    transport::{Access, Transport, TransportError},
};
use hemrond_protocol::enrolment::{EnrolRequest, device_id};
use hemrond_server::serve::{Tls, TlsError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long a test waits for what must come.
const DEADLINE: Duration = Duration::from_secs(60);

/// The region's own authority, in a folder.
struct Region {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Region {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let region = Self {
            folder: tempfile::tempdir().unwrap(),
            issuer,
        };
        fs::write(region.at("ca.pem"), region.issuer.pem()).unwrap();
        region
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Issues a certificate for this machine in place of the former, and gives it.
    fn issue(&self) -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let params = CertificateParams::new(names).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        fs::write(self.at("key.pem"), key.serialize_pem()).unwrap();
        fs::write(self.at("server.pem"), certificate.pem()).unwrap();
        CertificateDer::from_pem_slice(certificate.pem().as_bytes()).unwrap()
    }

    fn load(&self) -> Result<Tls, TlsError> {
        Tls::load(&self.at("server.pem"), &self.at("key.pem"))
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hemrond-server"));
        command
            .current_dir(self.folder.path())
            .env("HEMROND_DATABASE", "sqlite:server.sqlite")
            .env_remove("HEMROND_LOG")
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn make_sign_in_key(&self) {
        let key = ["sign-in-key", "--to", "sign-in-key"];
        assert!(self.program(&key).status().unwrap().success());
    }

    /// What the program says to these arguments when it will not serve.
    fn refused(&self, arguments: &[&str]) -> String {
        let mut command = self.program(arguments);
        let output = command.stderr(Stdio::piped()).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn serve(&self) -> Serving {
        self.serve_with(&[])
    }

    fn serve_with(&self, arguments: &[&str]) -> Serving {
        let mut child = self
            .program(&["serve", "--listen", "127.0.0.1:0", "--no-admin"])
            .args(["--inspect", "in-process"])
            .args(arguments)
            .args(["--tls-certificate", "server.pem", "--tls-key", "key.pem"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("listening on https://").unwrap();
        Serving {
            address: address.to_owned(),
            child,
        }
    }
}

/// Asks for the administrator's pages under an address.
fn pages(address: &str) -> [&str; 4] {
    ["--pages", address, "--sign-in-key-file", "sign-in-key"]
}

/// A server in its own process, which ends with the test.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Says that the certificate changed, as a renewal's hook does.
    fn hang_up(&self) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-HUP", &id]).status().unwrap();
        assert!(told.success());
    }

    /// The certificate that it shows now.
    fn shown(&self, region: &Region) -> CertificateDer<'static> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(region.issuer.der().clone()).unwrap();
        let config = rustls::ClientConfig::builder_with_provider(
            rustls::crypto::ring::default_provider().into(),
        )
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
        let name = "localhost".try_into().unwrap();
        let mut client = rustls::ClientConnection::new(config.into(), name).unwrap();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        while client.is_handshaking() {
            client.complete_io(&mut stream).unwrap();
        }
        client.peer_certificates().unwrap()[0].clone().into_owned()
    }

    /// What comes back for some bytes, until the server closes.
    fn answer(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        // A connection that is reset has been closed as well.
        let _ = stream.read_to_end(&mut answer);
        answer
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The key of a tablet that no server knows.
fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn nobody() -> EnrolRequest {
    EnrolRequest {
        user: None,
        sealed_key: None,
        sign_in: None,
        code: "AAAA-AAAA".to_owned(),
        tablet: "Surfplatta".to_owned(),
        public_key: hex::encode(key().verifying_key().as_bytes()),
    }
}

fn access(url: &str) -> Access {
    Access {
        server: url.to_owned(),
        device: device_id(key().verifying_key().as_bytes()),
        signer: Arc::new(key()),
    }
}

#[tokio::test]
async fn evas_tablet_speaks_to_a_server_whose_authority_it_was_given_and_to_no_other() {
    let region = Region::new();
    region.issue();
    let serving = region.serve();
    let url = serving.url();

    let trusting = HttpTransport::trusting(Some(&region.at("ca.pem"))).unwrap();
    let refused = trusting.enrol(&access(&url), &nobody()).await.unwrap_err();
    let known = |code: &str| code.starts_with("enrol.");
    assert!(
        matches!(&refused, TransportError::Rejected(code) if known(code)),
        "the server itself answers: {refused:?}"
    );
    assert_eq!(
        trusting.sync(&access(&url), Vec::new()).await,
        Err(TransportError::Rejected("device.unknown".to_owned()))
    );

    // Without the region's authority it is nobody's server, and neither is it with another's.
    let other = Region::new();
    for transport in [
        HttpTransport::new().ok(),
        HttpTransport::trusting(Some(&other.at("ca.pem"))).ok(),
    ] {
        // A machine without any authority of its own makes no client at all.
        let Some(transport) = transport else { continue };
        let lost = transport.enrol(&access(&url), &nobody()).await.unwrap_err();
        assert!(matches!(lost, TransportError::Unreachable(_)), "{lost:?}");
    }
    assert!(HttpTransport::trusting(Some(&other.at("ca.pem"))).is_ok());
}

#[test]
fn a_file_without_an_authority_is_not_taken_for_one() {
    let region = Region::new();
    fs::write(region.at("empty.pem"), "").unwrap();
    region.issue();
    let told = |name: &str| HttpTransport::trusting(Some(&region.at(name))).err();
    assert!(matches!(
        told("not-there.pem"),
        Some(ClientError::Authority { .. })
    ));
    for name in ["empty.pem", "key.pem"] {
        assert!(
            matches!(told(name), Some(ClientError::NoAuthority { .. })),
            "{name}"
        );
    }
}

#[tokio::test]
async fn answers_over_tls_say_that_there_is_no_other_way() {
    let region = Region::new();
    region.issue();
    region.make_sign_in_key();
    let serving = region.serve_with(&pages("https://localhost"));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let authority = reqwest::Certificate::from_pem(region.issuer.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([authority])
        .build()
        .unwrap();
    for (path, status) in [
        ("/healthz", 200),
        ("/v1/sync", 404),
        ("/nowhere", 404),
        ("/admin/sign-in", 200),
    ] {
        let answer = client
            .get(format!("{}{path}", serving.url()))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(
            answer.headers()["strict-transport-security"],
            "max-age=31536000",
            "{path}"
        );
    }
}

#[test]
fn what_speaks_no_tls_or_an_old_one_gets_nothing() {
    let region = Region::new();
    region.issue();
    let serving = region.serve();
    let plain = serving.answer(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let text = String::from_utf8_lossy(&plain);
    assert!(!text.contains("HTTP") && !text.contains("up"), "{text}");

    // A greeting in TLS 1.1: version 3.2, a random of nulls, one cipher, no compression.
    let mut hello = vec![22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2];
    hello.extend([0; 32]);
    hello.extend([0, 0, 2, 0, 0x2f, 1, 0]);
    let answer = serving.answer(&hello);
    assert_eq!(
        answer.first(),
        Some(&21),
        "an alert and no greeting: {answer:?}"
    );
}

#[test]
fn a_renewed_certificate_is_shown_without_a_restart_and_a_broken_one_never() {
    let region = Region::new();
    let first = region.issue();
    let serving = region.serve();
    assert_eq!(serving.shown(&region), first);

    let second = region.issue();
    assert_ne!(second, first);
    serving.hang_up();
    let begin = Instant::now();
    while serving.shown(&region) != second {
        assert!(begin.elapsed() < DEADLINE, "it goes on showing the former");
    }
}

#[test]
fn what_cannot_be_used_leaves_the_former_certificate_in_use() {
    let region = Region::new();
    region.issue();
    let tls = region.load().unwrap();
    assert!(!tls.reload().unwrap(), "nothing has changed");

    // Half of a renewal: the key is already the next one's.
    let old = fs::read(region.at("server.pem")).unwrap();
    region.issue();
    let new = fs::read(region.at("server.pem")).unwrap();
    fs::write(region.at("server.pem"), old).unwrap();
    assert!(matches!(tls.reload(), Err(TlsError::Pair(_))));
    fs::write(region.at("server.pem"), "cut").unwrap();
    assert!(matches!(tls.reload(), Err(TlsError::Pem { .. })));
    fs::remove_file(region.at("server.pem")).unwrap();
    assert!(matches!(tls.reload(), Err(TlsError::File { .. })));

    fs::write(region.at("server.pem"), new).unwrap();
    assert!(tls.reload().unwrap(), "the rest has come");
    assert!(!tls.reload().unwrap());
}

#[test]
fn other_machines_are_served_with_tls_only() {
    let region = Region::new();
    region.issue();
    region.make_sign_in_key();
    for arguments in [
        ["--listen", "0.0.0.0:0"],
        ["--listen", "[::]:0"],
        ["--admin-listen", "0.0.0.0:0"],
        ["--pages-listen", "0.0.0.0:0"],
    ] {
        let said =
            region.refused(&[&["serve"], &pages("https://h.example")[..], &arguments].concat());
        assert!(
            said.contains("--tls-certificate") && said.contains("--behind-proxy"),
            "{said}"
        );
    }
    // Pages without TLS are for this machine, whatever stands in front of the tablets' door.
    let open = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--behind-proxy",
        "--no-admin",
    ];
    let listen = ["--pages-listen", "0.0.0.0:0"];
    let said = region.refused(&[&open[..], &pages("http://localhost"), &listen].concat());
    assert!(said.contains("for this machine alone"), "{said}");
    for (certificate, key, words) in [
        ("server.pem", "nowhere.pem", "nowhere.pem cannot be read"),
        ("key.pem", "key.pem", "holds no certificate"),
        ("server.pem", "server.pem", "holds no private key"),
        ("ca.pem", "key.pem", "cannot be used together"),
    ] {
        let said = region.refused(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--tls-certificate",
            certificate,
            "--tls-key",
            key,
        ]);
        assert!(said.contains(words), "{certificate}, {key}: {said}");
    }
    let half = region.refused(&["serve", "--tls-key", "key.pem"]);
    assert!(half.contains("--tls-certificate"), "{half}");
    let password = region.refused(&["--database", "postgres://eva:hemligt@db/x", "users", "list"]);
    assert!(password.contains("--database-file"), "{password}");
    assert!(!password.contains("hemligt"), "{password}");
}
