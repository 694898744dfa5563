//! A session of the server, and how long either side waits for the other.
//!
//! Without limits a host that vanished would hold its locks until the server's system gives its connection up, two hours
//! later by default, and a server that vanished would be waited for as long.

use std::{fmt, time::Duration};

use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
};

use super::CONNECT_TIMEOUT;
use crate::database::sql::{Wrapped, sql_of, within};

/// Reading calls at one time; the others wait for a free connection.
const READERS_MAX: u32 = 4;

/// How sessions are made.
#[derive(Clone)]
pub(super) struct Settings {
    connect: PgConnectOptions,
    patience: Duration,
}

impl Settings {
    /// Sessions that the server ends a third of `patience` after their host fell silent inside a transaction, and that
    /// wait for a lock longer than that, so that what a lost host held is free before others give up.
    pub(super) fn of(connect: PgConnectOptions, patience: Duration) -> Self {
        let ms = |time: Duration| time.as_millis().max(1).to_string();
        let connect = connect.options([
            ("idle_in_transaction_session_timeout", ms(patience / 3)),
            ("lock_timeout", ms(patience * 2 / 3)),
            // A host that vanished while the server read from it counts as inside a statement: only TCP can tell.
            ("tcp_keepalives_idle", "30".to_owned()),
            ("tcp_keepalives_interval", "10".to_owned()),
            ("tcp_keepalives_count", "3".to_owned()),
        ]);
        Self { connect, patience }
    }

    /// A session that waits so long for each answer.
    pub(super) async fn connect(&self, patience: Duration) -> Result<Session, sqlx::Error> {
        let connecting = PgConnection::connect_with(&self.connect);
        let connection = within(Some(CONNECT_TIMEOUT.min(patience)), connecting).await?;
        Ok(Session { connection, patience })
    }

    /// A session that writes.
    pub(super) async fn writing(&self) -> Result<Session, sqlx::Error> {
        self.connect(self.patience).await
    }

    /// A session that reads everything: the server may sort before it answers.
    pub(super) async fn reading(&self) -> Result<Session, sqlx::Error> {
        self.connect(self.patience * 10).await
    }

    /// Connections that read beside the writer.
    pub(super) fn readers(&self) -> Readers {
        let connect = self.connect.clone().options([("default_transaction_read_only", "on")]);
        let pool = PgPoolOptions::new()
            .max_connections(READERS_MAX)
            .acquire_timeout(CONNECT_TIMEOUT.min(self.patience))
            .connect_lazy_with(connect);
        Readers { pool, patience: self.patience }
    }
}

/// The address may carry a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("patience", &self.patience).finish_non_exhaustive()
    }
}

/// A session.
pub struct Session {
    connection: PgConnection,
    patience: Duration,
}

impl Session {
    /// Ends it properly.
    pub(super) async fn close(self) -> Result<(), sqlx::Error> {
        within(Some(CONNECT_TIMEOUT), self.connection.close()).await
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("patience", &self.patience).finish_non_exhaustive()
    }
}

impl Wrapped for Session {
    type Raw = PgConnection;

    fn raw(&self) -> &PgConnection {
        &self.connection
    }

    fn raw_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    fn patience(&self) -> Option<Duration> {
        Some(self.patience)
    }
}

/// Connections that read.
#[derive(Debug)]
pub struct Readers {
    pool: PgPool,
    patience: Duration,
}

impl Wrapped for Readers {
    type Raw = PgPool;

    fn raw(&self) -> &PgPool {
        &self.pool
    }

    fn raw_mut(&mut self) -> &mut PgPool {
        &mut self.pool
    }

    fn patience(&self) -> Option<Duration> {
        Some(self.patience)
    }
}

sql_of!(Session, Readers, PgRow);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nothing_shows_the_password() {
        let url = "postgres://joe:canary@db.example/state";
        let settings = Settings::of(url.parse().unwrap(), Duration::from_secs(60));
        assert!(settings.connect.get_options().unwrap().contains("lock_timeout=40000"));
        assert!(!format!("{settings:?}").contains("canary"));
    }

    #[tokio::test]
    async fn nor_do_the_readers() {
        let url = "postgres://joe:canary@db.example/state";
        let settings = Settings::of(url.parse().unwrap(), Duration::from_secs(60));
        assert!(!format!("{:?}", settings.readers()).contains("canary"));
    }
}
