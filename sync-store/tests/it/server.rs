//! A PostgreSQL server of the tests' own, from the installed binaries; or the one of `DATABASE_URL`.
//!
//! Where neither is there, the tests say so loudly and pass; `REQUIRE_POSTGRES=1` turns that into a failure.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use tempfile::TempDir;

/// A running server; it ends with this value, and with the process.
pub(crate) struct Server {
    folder: TempDir,
    binaries: PathBuf,
    keeper: Mutex<Child>,
}

impl Server {
    /// Starts a server with a new cluster; `None` where no binaries are installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_in(tempfile::Builder::new().prefix("pg").tempdir().unwrap())
    }

    /// As [`Server::start`], in a folder of the caller's.
    pub(crate) fn start_in(folder: TempDir) -> Option<Self> {
        let binaries = binaries()?;
        if as_root() {
            run(Command::new("chown").arg(user()).arg(folder.path()));
        }
        let initdb = [
            "--auth=trust",
            "--username=tester",
            "--encoding=UTF8",
            "--no-instructions",
            "--no-sync",
            "--pgdata",
        ];
        run(as_user(&binaries.join("initdb")).args(initdb).arg(folder.path().join("data")));
        let server = Self { keeper: Mutex::new(keep(&binaries, folder.path())), binaries, folder };
        server.wait();
        Some(server)
    }

    /// Its address, for a schema.
    pub(crate) fn url(&self, schema: &str) -> String {
        let host = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://tester@{host}/postgres?schema={schema}")
    }

    /// The folder of its sockets.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Stops the server at once, as a crash would, and starts it again.
    pub(crate) fn crash_and_restart(&self) {
        self.stop("immediate");
        self.start_again();
    }

    /// Starts it after it was stopped.
    pub(crate) fn start_again(&self) {
        *self.keeper.lock().unwrap() = keep(&self.binaries, self.folder.path());
        self.wait();
    }

    /// Stops it.
    pub(crate) fn stop(&self, mode: &str) {
        let data = self.folder.path().join("data");
        let mut keeper = self.keeper.lock().unwrap();
        keeper.stdin.as_mut().unwrap().write_all(b"stays\n").unwrap();
        let stop = ["stop", "--wait", "--silent", "--mode", mode, "--pgdata"];
        run(as_user(&self.binaries.join("pg_ctl")).args(stop).arg(data));
        keeper.wait().unwrap();
    }

    fn wait(&self) {
        for _ in 0..300 {
            let host = self.folder.path().display().to_string();
            let ready = Command::new(self.binaries.join("pg_isready"))
                .args(["--quiet", "--host", &host])
                .status();
            if ready.unwrap().success() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("the server did not start: {log}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let keeper = self.keeper.get_mut().unwrap();
        drop(keeper.stdin.take());
        let _ = keeper.wait();
    }
}

/// The server as the child of a shell that ends it, and removes its folder, when the shell's own input ends: with the
/// tests' process, however that ends. A line on its input lets go of both.
fn keep(binaries: &Path, folder: &Path) -> Child {
    let script = r#"exec 3<&0
        "$0" -D "$1/data" -k "$1" -c listen_addresses= -c log_min_messages=warning >>"$1/log" 2>&1 3<&- &
        server=$!
        (read -r _ <&3 && exit; kill -QUIT $server; sleep 1; rm -rf "$1") 2>/dev/null &
        wait $server"#;
    as_user(Path::new("/bin/sh"))
        .arg("-c")
        .arg(script)
        .arg(binaries.join("postgres"))
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn binaries() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.splice(0..0, std::env::split_paths(&path));
    found.into_iter().rev().find(|folder| folder.join("initdb").exists())
}

/// PostgreSQL refuses to run as root.
fn as_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

fn user() -> &'static str {
    let known = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    if known.lines().any(|line| line.starts_with("postgres:")) { "postgres" } else { "nobody" }
}

fn as_user(program: &Path) -> Command {
    if !as_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", user(), "--"]).arg(program);
    command
}

fn run(command: &mut Command) {
    let output = command.current_dir("/").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {told}");
}

/// The address of an empty schema on the server that all tests share; `None` without PostgreSQL.
pub(crate) fn empty_schema() -> Option<String> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    static SCHEMAS: AtomicU32 = AtomicU32::new(0);
    let schema = format!("s{}_{}", std::process::id(), SCHEMAS.fetch_add(1, Ordering::Relaxed));
    if let Ok(url) = std::env::var("DATABASE_URL") {
        let sign = if url.contains('?') { '&' } else { '?' };
        return Some(format!("{url}{sign}schema={schema}"));
    }
    let server = SERVER.get_or_init(Server::start);
    found(server.as_ref()).map(|server| server.url(&schema))
}

/// Says so when there is no server.
pub(crate) fn found<T>(server: Option<T>) -> Option<T> {
    if server.is_none() {
        assert!(
            std::env::var_os("REQUIRE_POSTGRES").is_none(),
            "no PostgreSQL: neither DATABASE_URL nor initdb"
        );
        let mut error = std::io::stderr();
        writeln!(error, "\n*** skipped: no PostgreSQL (neither DATABASE_URL nor initdb) ***")
            .unwrap();
    }
    server
}
