//! Ctrl-C and SIGTERM.

use std::io;

use crate::host::Interrupter;

/// Interrupts a host at every signal, as long as the answer lives.
///
/// # Errors
///
/// When the system gives no signals to this process.
pub(super) fn heed(interrupter: Interrupter) -> io::Result<Heeding> {
    let mut signals = Signals::new()?;
    Ok(Heeding(tokio::spawn(async move {
        loop {
            signals.next().await;
            let times = interrupter.interrupt();
            tracing::warn!(
                times,
                "asked to stop: what is under way is finished; once more to leave"
            );
        }
    })))
}

/// Ends the heeding when it is dropped.
pub(super) struct Heeding(tokio::task::JoinHandle<()>);

impl Drop for Heeding {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
