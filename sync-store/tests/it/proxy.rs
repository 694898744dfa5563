//! Between a client and a PostgreSQL server: hosts that vanish, and answers that are lost.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

/// What the server says when it has committed (postgresql.org/docs/current/protocol-message-formats.html).
const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";

/// A proxy in front of a server; its connections end with it.
pub(crate) struct Proxy {
    folder: TempDir,
    orders: Arc<Orders>,
}

#[derive(Default)]
struct Orders {
    /// Nothing passes any more, and no connection is closed: as if a host or the network between had vanished.
    silent: AtomicBool,
    /// The next answer to COMMIT is lost.
    lose_commit: AtomicBool,
    /// An answer was lost.
    lost: AtomicBool,
    /// A lost answer is followed by silence, instead of the end of the connection.
    vanish: AtomicBool,
}

impl Proxy {
    /// Starts a proxy in front of the server whose sockets are in this folder.
    pub(crate) fn start(server: PathBuf) -> Self {
        let folder = tempfile::Builder::new().prefix("px").tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let orders = Arc::new(Orders::default());
        let accepted = Arc::clone(&orders);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(server.join(".s.PGSQL.5432")).await.unwrap();
                tokio::spawn(between(client, server, Arc::clone(&accepted)));
            }
        });
        Self { folder, orders }
    }

    /// The address of a schema behind it.
    pub(crate) fn url(&self, schema: &str) -> String {
        let host = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://tester@{host}/postgres?schema={schema}")
    }

    /// Nothing passes any more.
    pub(crate) fn fall_silent(&self) {
        self.orders.silent.store(true, Ordering::SeqCst);
    }

    /// The next transaction is committed by the server and its answer lost: with the connection, or, where the host
    /// vanishes, with everything after it.
    pub(crate) fn lose_next_commit(&self, vanish: bool) {
        self.orders.vanish.store(vanish, Ordering::SeqCst);
        self.orders.lose_commit.store(true, Ordering::SeqCst);
    }

    /// Whether the answer was lost.
    pub(crate) fn has_lost(&self) -> bool {
        self.orders.lost.load(Ordering::SeqCst)
    }

    /// Lets everything pass again, on new connections.
    pub(crate) fn pass_again(&self) {
        self.orders.silent.store(false, Ordering::SeqCst);
    }
}

async fn between(client: UnixStream, server: UnixStream, orders: Arc<Orders>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pass(from_client, to_server, &orders, false) => {}
        () = pass(from_server, to_client, &orders, true) => {}
    }
}

/// Passes bytes on until one side ends.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    orders: &Orders,
    answers: bool,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else { return };
        if orders.silent.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let bytes = &buffer[..read];
        let committed = bytes.windows(COMMITTED.len()).any(|window| window == COMMITTED);
        if answers && committed && orders.lose_commit.swap(false, Ordering::SeqCst) {
            orders.lost.store(true, Ordering::SeqCst);
            if !orders.vanish.load(Ordering::SeqCst) {
                return;
            }
            orders.silent.store(true, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}

/// Waits until something is so.
pub(crate) async fn until(mut so: impl AsyncFnMut() -> bool) {
    for _ in 0..400 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it never became so");
}
