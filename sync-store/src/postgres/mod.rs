//! What PostgreSQL does its own way: a schema of a database, and a lease by the database's clock.

mod error;
mod lease;
mod place;
mod schema;
mod session;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use sync_core::ports::{Epoch, StoreError, StoreErrorKind};

use self::{
    lease::Lease,
    session::{Readers, Session, Settings},
};
use crate::database::{
    Backend, Dialect, Lasting, Store, moment,
    sql::{Sql, Value},
};

/// How long a connection is waited for.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The state in a schema of a PostgreSQL database.
///
/// Any number of processes on any machines may read it. One writes: the owner of the lease, a row that only the database's
/// clock ends, renewed by a task of its own; a second is told so (`lease_held`) with the owner and the moment at which the
/// lease ends if it is not renewed. Every writing call checks the epoch in its own transaction.
///
/// Commits are on the database's disk before a call answers (`synchronous_commit = on`), unless the server itself was told
/// not to care (`fsync = off`), which is refused.
pub type PostgresStore = Store<Postgres>;

/// How a [`PostgresStore`] is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// How long the right to write lasts after the last renewal: so long another process waits after this one died. Longer
    /// than the time-out of a document in SAP plus a minute; renewed at each tenth of it. Five minutes at first.
    pub lease: Duration,
    /// How long one answer of the server is waited for; what gets none is `store_unavailable`. The server waits two thirds
    /// of it for a lock, and ends a session that fell silent inside a transaction after one third: so long a host that
    /// lost its power or its network can keep others from writing. One minute at first.
    pub patience: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self { lease: Duration::from_secs(300), patience: Duration::from_secs(60) }
    }
}

/// The schema of a [`PostgresStore`].
#[derive(Debug)]
pub struct Postgres {
    place: String,
    settings: Settings,
    readers: Readers,
    /// Who asks for the lease: told to people, and different for each handle.
    owner: String,
    options: PostgresOptions,
}

impl Store<Postgres> {
    /// Opens the state in a database, or creates it: `postgres://user@host/database?schema=contractor`. The database must
    /// exist; the schema (`procore_b1` where none is named) and its tables are made. A password is best given by the
    /// variable `PGPASSWORD` or the file `~/.pgpass`. Must be called inside a Tokio runtime with time enabled.
    ///
    /// # Errors
    ///
    /// `store_unusable` when the address is none, the schema is newer than this program or another program's, or the server
    /// does not write to its disk. `lease_held` when the schema is older and another process writes. `store_unavailable`
    /// when it cannot be reached.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, PostgresOptions::default()).await
    }

    /// How an address is named in messages: without user and password. Nothing is asked of the database.
    ///
    /// # Errors
    ///
    /// `store_unusable` when the address is none.
    pub fn place_of(url: &str) -> Result<String, StoreError> {
        Ok(place::of(url)?.name)
    }

    /// Whether the schema of an address holds a store; nothing is made.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn exists(url: &str) -> Result<bool, StoreError> {
        let place::Place { connect, name, schema } = place::of(url)?;
        let settings = Settings::of(connect, PostgresOptions::default().patience);
        schema::exists(&name, &settings, &schema).await
    }

    /// As [`open`](Self::open), with options.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_with(url: &str, options: PostgresOptions) -> Result<Self, StoreError> {
        let place::Place { connect, name, schema } = place::of(url)?;
        let settings = Settings::of(connect, options.patience);
        let mut session = schema::session(&name, &settings).await?;
        let owner = lease::owner(&mut session).await;
        let owner = owner.map_err(|error| error::failed(&name, "opening the store", &error))?;
        let readers = settings.readers();
        let backend = Postgres { place: name, settings, readers, owner, options };
        schema::bring_up(&backend, &mut session, &schema).await?;
        Ok(Self::over(Arc::new(backend), session))
    }
}

impl Backend for Postgres {
    type Connection = Session;
    type Readers = Readers;
    type Lease = Lease;

    const ACTS_SINCE: i64 = 3;
    const DIALECT: Dialect = Dialect {
        begin: "BEGIN",
        // The row cannot be taken over before the transaction ends.
        epoch: "SELECT epoch FROM writer WHERE id = 1 FOR SHARE",
        records: "SELECT snapshot FROM record
                  WHERE key IN (SELECT json_array_elements_text($1::json))",
        families: "SELECT snapshot FROM record
                   WHERE project = $1 AND family IN (SELECT json_array_elements_text($2::json))",
        snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        migrated_at:
            "SELECT to_char(installed_on AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS at
                      FROM _sqlx_migrations WHERE version = $1",
        shared_time: Some(
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS now",
        ),
        audit_tail: "SELECT COALESCE((SELECT MAX(number) FROM audit), 0) AS number,
                         (SELECT hash FROM audit ORDER BY number DESC LIMIT 1) AS hash,
                         (SELECT MAX(number) FROM cycle) AS cycle,
                         to_char(clock_timestamp() AT TIME ZONE 'UTC',
                             'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') AS now",
    };

    fn place(&self) -> String {
        self.place.clone()
    }

    async fn connect(&self) -> Result<Session, sqlx::Error> {
        self.settings.writing().await
    }

    async fn connect_reading(&self) -> Result<Session, sqlx::Error> {
        self.settings.reading().await
    }

    async fn disconnect(&self, session: Session) -> Result<(), sqlx::Error> {
        session.close().await
    }

    async fn acquire(
        &self,
        session: &mut Session,
        held: Option<Lease>,
        now: DateTime<Utc>,
    ) -> Result<(Epoch, Lease), StoreError> {
        drop(held);
        Lease::take(self, session, Some(&moment(now))).await
    }

    async fn release(&self, session: Option<&mut Session>, epoch: Epoch) -> Result<(), StoreError> {
        let broken = |error: sqlx::Error| self.failed("giving the lease back", &error);
        let statement = "UPDATE writer SET owner = NULL, expires_at = NULL
                         WHERE id = 1 AND epoch = $1 AND owner = $2";
        let values = [Value::Integer(epoch.0), Value::Text(&self.owner)];
        let released = match session {
            Some(session) => session.execute(statement, &values).await,
            None => self.connect().await.map_err(broken)?.execute(statement, &values).await,
        };
        released.map(drop).map_err(broken)
    }

    async fn lasts(&self, session: &mut Session) -> Result<Option<Lasting>, sqlx::Error> {
        lease::lasts(session).await.map(Some)
    }

    fn readers(&self) -> &Readers {
        &self.readers
    }

    fn kind(error: &sqlx::Error) -> StoreErrorKind {
        error::kind(error)
    }
}
