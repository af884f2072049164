//! A PostgreSQL server of the tests' own, in a temporary folder.
//!
//! It writes through to the disk as a real one does, is reached by a Unix socket in its own folder,
//! and ends with the test, however that ends: a shell holds it and stops it once its standard input
//! closes, which the system does even for a test that was killed.

use std::{
    io,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};
use tempfile::TempDir;

/// Why there is no PostgreSQL to test with.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// It is not installed.
    #[error(
        "PostgreSQL is not installed under /usr/lib/postgresql; install it (on Debian: apt-get \
         install postgresql), for these tests do not pass without it"
    )]
    NotInstalled,
    /// The tests run as root, which PostgreSQL refuses, and there is no other account for it.
    #[error("PostgreSQL does not run as root, and there is no account \"postgres\"; add one")]
    NoAccount,
    /// A step failed.
    #[error("PostgreSQL {step} failed: {why}")]
    Step {
        /// Which.
        step: &'static str,
        /// Its own words.
        why: String,
    },
    /// The system refused.
    #[error("the system refused to start PostgreSQL: {0}")]
    Io(#[from] io::Error),
}

/// A running PostgreSQL. It stops when the last holder lets go.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    bin: PathBuf,
    account: Option<(u32, u32)>,
    holder: Child,
    databases: AtomicU32,
}

/// Who has to give a password: members of a role that is made when it is needed.
const GUARDED: &str = "local all +guarded scram-sha-256\n";

/// The one that runs, shared by the tests of one process.
static RUNNING: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());

impl Cluster {
    /// The running one, or a new one.
    ///
    /// # Errors
    /// When PostgreSQL is missing or does not start. Then the test fails; it does not pass unseen.
    pub fn shared() -> Result<Arc<Self>, ClusterError> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cluster) = running.upgrade() {
            return Ok(cluster);
        }
        let cluster = Arc::new(Self::start()?);
        *running = Arc::downgrade(&cluster);
        Ok(cluster)
    }

    fn start() -> Result<Self, ClusterError> {
        let bin = newest_bin()?;
        let account = account()?;
        let folder = tempfile::Builder::new().prefix("hemrond-pg-").tempdir()?;
        if let Some((user, group)) = account {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group))?;
        }
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700))?;
        let data = folder.path().join("data");
        let mut initdb = Command::new(bin.join("initdb"));
        initdb
            .args([
                "--auth=trust",
                "--username=hemrond",
                "--encoding=UTF8",
                "--no-locale",
            ])
            // The empty cluster need not survive a power cut; what runs in it writes through.
            .arg("--no-sync")
            .arg("-D")
            .arg(&data);
        run(&mut initdb, folder.path(), account, "initdb")?;
        let hba = data.join("pg_hba.conf");
        let trusted = std::fs::read_to_string(&hba)?;
        std::fs::write(&hba, format!("{GUARDED}{trusted}"))?;
        let holder = hold(&bin, &data, folder.path(), account)?;
        let cluster = Self {
            folder,
            bin,
            account,
            holder,
            databases: AtomicU32::new(0),
        };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Makes an empty database and tells its address.
    ///
    /// # Errors
    /// When PostgreSQL refuses.
    pub fn database(&self) -> Result<String, ClusterError> {
        let name = self.next_name();
        let mut createdb = self.client("createdb");
        createdb.arg(&name);
        run(&mut createdb, self.folder.path(), self.account, "createdb")?;
        Ok(format!("postgres://hemrond@{}/{name}", self.socket()))
    }

    /// Makes an empty database of an account that has to give this password, and tells its address
    /// with it. The password is one without quotes.
    ///
    /// # Errors
    /// When PostgreSQL refuses.
    pub fn guarded_database(&self, password: &str) -> Result<String, ClusterError> {
        let name = self.next_name();
        let account = format!("{name}_owner");
        let statements = [
            "DO $$ BEGIN CREATE ROLE guarded NOLOGIN; \
             EXCEPTION WHEN duplicate_object THEN NULL; END $$"
                .to_owned(),
            format!("CREATE ROLE {account} LOGIN CREATEDB PASSWORD '{password}' IN ROLE guarded"),
            format!("CREATE DATABASE {name} OWNER {account}"),
        ];
        for statement in statements {
            let mut psql = self.client("psql");
            psql.args(["--no-psqlrc", "--dbname=postgres", "--command", &statement]);
            run(&mut psql, self.folder.path(), self.account, "psql")?;
        }
        let password: String = password
            .bytes()
            .map(|byte| match byte.is_ascii_alphanumeric() {
                true => char::from(byte).to_string(),
                false => format!("%{byte:02X}"),
            })
            .collect();
        let socket = self.socket();
        Ok(format!("postgres://{account}:{password}@{socket}/{name}"))
    }

    fn next_name(&self) -> String {
        format!("test{}", self.databases.fetch_add(1, Relaxed))
    }

    /// The folder with the socket, as an address holds it.
    fn socket(&self) -> String {
        self.folder.path().display().to_string().replace('/', "%2F")
    }

    /// One of PostgreSQL's programs, as the cluster's own account.
    fn client(&self, name: &str) -> Command {
        let mut client = Command::new(self.bin.join(name));
        client
            .arg("--host")
            .arg(self.folder.path())
            .arg("--username=hemrond");
        client
    }

    /// The folder with PostgreSQL's own programs.
    #[must_use]
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// Waits by asking: `pg_ctl` answers once connections are taken.
    fn wait_until_ready(&self) -> Result<(), ClusterError> {
        let socket = self.folder.path();
        for _ in 0..600 {
            let mut ask = Command::new(self.bin.join("pg_isready"));
            ask.arg("--quiet")
                .arg("--host")
                .arg(socket)
                .stdin(Stdio::null());
            if ask.status()?.success() {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(socket.join("log")).unwrap_or_default();
        Err(ClusterError::Step {
            step: "start",
            why: log,
        })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Closing its standard input is the sign to stop; then it is waited for.
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}

/// Starts PostgreSQL under a shell that stops it when our end of its standard input closes.
fn hold(
    bin: &Path,
    data: &Path,
    folder: &Path,
    account: Option<(u32, u32)>,
) -> Result<Child, ClusterError> {
    let script = r#"
        "$1/postgres" -D "$2" -k "$3" -c listen_addresses= -c fsync=on \
            -c synchronous_commit=on -c max_connections=200 >"$3/log" 2>&1 </dev/null &
        server=$!
        read -r _
        kill -INT "$server"
        wait "$server"
    "#;
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", script, "sh"])
        .arg(bin)
        .arg(data)
        .arg(folder)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // A group of its own, so that ctrl-c in a terminal does not kill the shell before its work.
    shell.process_group(0);
    as_account(&mut shell, account);
    Ok(shell.spawn()?)
}

fn run(
    command: &mut Command,
    folder: &Path,
    account: Option<(u32, u32)>,
    step: &'static str,
) -> Result<(), ClusterError> {
    as_account(command, account);
    let output = command.current_dir(folder).stdin(Stdio::null()).output()?;
    if output.status.success() {
        Ok(())
    } else {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(ClusterError::Step { step, why })
    }
}

fn as_account(command: &mut Command, account: Option<(u32, u32)>) {
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
}

/// The account to run under: none of its own unless the tests run as root.
fn account() -> Result<Option<(u32, u32)>, ClusterError> {
    let asked = Command::new("id").arg("-u").output()?;
    if String::from_utf8_lossy(&asked.stdout).trim() != "0" {
        return Ok(None);
    }
    let passwd = std::fs::read_to_string("/etc/passwd")?;
    let line = passwd.lines().find(|line| line.starts_with("postgres:"));
    let mut parts = line.ok_or(ClusterError::NoAccount)?.split(':').skip(2);
    let mut number = || parts.next().and_then(|part| part.parse::<u32>().ok());
    match (number(), number()) {
        (Some(user), Some(group)) => Ok(Some((user, group))),
        _ => Err(ClusterError::NoAccount),
    }
}

/// The programs of the newest installed version.
fn newest_bin() -> Result<PathBuf, ClusterError> {
    let versions =
        std::fs::read_dir("/usr/lib/postgresql").map_err(|_| ClusterError::NotInstalled)?;
    versions
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            bin.join("initdb").exists().then_some((version, bin))
        })
        .max()
        .map(|(_, bin)| bin)
        .ok_or(ClusterError::NotInstalled)
}
