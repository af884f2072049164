//! The server's certificate: read from files, and read again when they change.

use hyper_util::rt::TokioIo;
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use sha2::{Digest, Sha256};
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// How often the files are looked at without being told that they changed.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("the file {file} cannot be read: {why}; check that it exists and is the server's")]
    File {
        /// Which.
        file: String,
        /// The system's words.
        why: io::Error,
    },
    /// A file holds no certificate or no key.
    #[error("the file {file} holds no {what} in PEM form; give the one that your authority issued")]
    Pem {
        /// Which.
        file: String,
        /// What was looked for.
        what: &'static str,
    },
    /// The key is another certificate's, or of a kind that is not spoken.
    #[error("the certificate and the key cannot be used together: {0}; give the two of one issue")]
    Pair(#[source] rustls::Error),
    /// The library would not start.
    #[error("TLS could not be started: {0}")]
    Start(#[source] rustls::Error),
}

/// A certificate that is shown to whoever connects.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    shown: Arc<Shown>,
    acceptor: TlsAcceptor,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tls({})", self.certificate.display())
    }
}

/// The certificate of the moment. Connections that are open keep the one that they began with.
struct Shown(RwLock<Pair>);

struct Pair {
    key: Arc<CertifiedKey>,
    /// Over both files, to see whether they changed.
    digest: [u8; 32],
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown")
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let pair = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&pair.key))
    }
}

impl Tls {
    /// Reads a chain of certificates and its key, both PEM.
    ///
    /// # Errors
    /// When a file cannot be read, or the two do not belong together.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let shown = Arc::new(Shown(RwLock::new(read(certificate, key, &provider)?)));
        // TLS 1.2 and 1.3: nothing older is built in.
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Start)?
            .with_no_client_auth()
            .with_cert_resolver(shown.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            shown,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }

    /// Reads the files again, and says whether they held something new. What is wrong with them
    /// leaves the former certificate in use.
    ///
    /// # Errors
    /// As for [`Tls::load`].
    pub fn reload(&self) -> Result<bool, TlsError> {
        let pair = read(&self.certificate, &self.key, &ring::default_provider())?;
        let mut shown = self.shown.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = shown.digest != pair.digest;
        *shown = pair;
        Ok(is_new)
    }

    /// Reads the files again at SIGHUP and once a minute, for as long as it is polled.
    pub async fn keep_fresh(&self) {
        let mut told = Told::new();
        loop {
            told.wait().await;
            match self.reload() {
                Ok(true) => tracing::info!("the certificate was exchanged"),
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(%error, "the former certificate goes on being shown");
                }
            }
        }
    }

    pub(super) async fn accept<S>(&self, stream: S) -> io::Result<TokioIo<TlsStream<S>>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.acceptor.accept(stream).await.map(TokioIo::new)
    }
}

fn read(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<Pair, TlsError> {
    let bytes = |path: &Path| {
        fs::read(path).map_err(|why| TlsError::File {
            file: path.display().to_string(),
            why,
        })
    };
    let none = |path: &Path, what| TlsError::Pem {
        file: path.display().to_string(),
        what,
    };
    let (chain_pem, key_pem) = (bytes(certificate)?, bytes(key)?);
    pair(&chain_pem, &key_pem, provider).map_err(|fault| match fault {
        Fault::NoCertificate => none(certificate, "certificate"),
        Fault::NoKey => none(key, "private key"),
        Fault::Pair(error) => TlsError::Pair(error),
    })
}

/// What is wrong with a certificate and a key.
enum Fault {
    NoCertificate,
    NoKey,
    Pair(rustls::Error),
}

/// Whether a chain of certificates and a key, both PEM, could be shown to whoever connects.
pub(crate) fn is_pair(chain_pem: &[u8], key_pem: &[u8]) -> bool {
    pair(chain_pem, key_pem, &ring::default_provider()).is_ok()
}

fn pair(chain_pem: &[u8], key_pem: &[u8], provider: &CryptoProvider) -> Result<Pair, Fault> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain_pem)
        .collect::<Result<_, _>>()
        .map_err(|_| Fault::NoCertificate)?;
    if chain.is_empty() {
        return Err(Fault::NoCertificate);
    }
    let private = PrivateKeyDer::from_pem_slice(key_pem).map_err(|_| Fault::NoKey)?;
    let digest = Sha256::new()
        .chain_update((chain_pem.len() as u64).to_be_bytes())
        .chain_update(chain_pem)
        .chain_update(key_pem)
        .finalize()
        .into();
    let key = CertifiedKey::from_der(chain, private, provider).map_err(Fault::Pair)?;
    Ok(Pair {
        key: Arc::new(key),
        digest,
    })
}

/// Waits for the signal, or for the next look.
struct Told {
    ticks: tokio::time::Interval,
    #[cfg(unix)]
    hangup: Option<tokio::signal::unix::Signal>,
}

impl Told {
    fn new() -> Self {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        Self {
            ticks,
            #[cfg(unix)]
            hangup: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn wait(&mut self) {
        #[cfg(unix)]
        if let Some(hangup) = &mut self.hangup {
            tokio::select! {
                _ = self.ticks.tick() => {}
                _ = hangup.recv() => {}
            }
            return;
        }
        self.ticks.tick().await;
    }
}
