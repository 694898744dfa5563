//! The right to write: a row that the database's clock ends, renewed by a task of its own.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{PgConnection, Row};
use sync_core::ports::{Epoch, StoreError, StoreErrorKind};
use tokio::{task::JoinHandle, time::Instant};

use super::{Postgres, place};
use crate::database::{
    Backend,
    sql::{Sql, Value},
};

/// Renewals in the time of one lease.
const RENEWALS: u32 = 10;

/// The lease of this process, renewed as long as the value lives.
#[derive(Debug)]
pub struct Lease {
    /// Until when it surely lasts, by the monotonic clock: counted from before the request that renewed it.
    until: Arc<Mutex<Instant>>,
    renewing: JoinHandle<()>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

/// Who asks: where from, as the database sees it, and which handle.
pub(super) async fn owner(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    let row = sqlx::query(
        "SELECT COALESCE(host(inet_client_addr()), 'local') || ' ' || gen_random_uuid()::text",
    )
    .fetch_one(connection)
    .await?;
    let seen: String = row.try_get(0)?;
    Ok(format!("process {} from {seen}", std::process::id()))
}

impl Lease {
    /// Takes the lease when it is free, has ended, or is this handle's own.
    pub(super) async fn take(
        backend: &Postgres,
        connection: &mut PgConnection,
        now: &str,
    ) -> Result<(Epoch, Self), StoreError> {
        let asked = Instant::now();
        let length = backend.options.lease;
        let statement = "UPDATE writer SET epoch = epoch + 1, acquired_at = $1, owner = $2,
                             expires_at = clock_timestamp() + $3 * interval '1 millisecond'
                         WHERE id = 1 AND (owner IS NULL OR owner = $2 OR expires_at <= clock_timestamp())
                         RETURNING epoch";
        let values =
            [Value::Text(now), Value::Text(&backend.owner), Value::Integer(millis(length))];
        let taken = connection.number(statement, &values).await;
        let taken = taken.map_err(|error| backend.failed("taking the lease", &error))?;
        let Some(epoch) = taken else { return Err(held_by_another(backend, connection).await) };
        let until = Arc::new(Mutex::new(asked + length));
        let renewing = tokio::spawn(renew(Renewal {
            connect: backend.connect.clone(),
            place: backend.place(),
            owner: backend.owner.clone(),
            epoch,
            length,
            until: Arc::clone(&until),
        }));
        Ok((Epoch(epoch), Self { until, renewing }))
    }

    /// How long it surely lasts.
    pub(super) fn lasts(&self) -> Duration {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.saturating_duration_since(Instant::now())
    }
}

async fn held_by_another(backend: &Postgres, connection: &mut PgConnection) -> StoreError {
    let statement =
        "SELECT owner, to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS ends
                     FROM writer WHERE id = 1";
    let mut told = None;
    let asked = connection.each(statement, &[], |row| {
        let word = |name| row.maybe_text(name).ok().flatten().unwrap_or("unknown").to_owned();
        told = Some((word("owner"), word("ends")));
    });
    if let Err(error) = asked.await {
        return backend.failed("reading who writes", &error);
    }
    let (owner, ends) = told.unwrap_or_default();
    StoreError::new(
        StoreErrorKind::LeaseHeld,
        format!(
            "another process writes to {}: {owner}; its lease ends at {ends} UTC unless it is renewed; wait for its end, or stop it",
            backend.place()
        ),
    )
}

struct Renewal {
    connect: sqlx::postgres::PgConnectOptions,
    place: String,
    owner: String,
    epoch: i64,
    length: Duration,
    until: Arc<Mutex<Instant>>,
}

/// Renews until the lease is another's, or the task is stopped. A renewal that fails is tried again soon, on a new
/// connection.
async fn renew(renewal: Renewal) {
    let mut connection = None;
    loop {
        tokio::time::sleep(renewal.length / RENEWALS).await;
        let asked = Instant::now();
        match once(&renewal, &mut connection).await {
            Ok(true) => {
                let mut until = renewal.until.lock().unwrap_or_else(PoisonError::into_inner);
                *until = asked + renewal.length;
            }
            Ok(false) => {
                tracing::warn!(epoch = renewal.epoch, place = %renewal.place, "the lease is another's now");
                return;
            }
            Err(error) => {
                connection = None;
                tracing::warn!(%error, place = %renewal.place, "the lease could not be renewed");
            }
        }
    }
}

async fn once(
    renewal: &Renewal,
    connection: &mut Option<PgConnection>,
) -> Result<bool, sqlx::Error> {
    let open = match connection.take() {
        Some(open) => open,
        None => place::connected(&renewal.connect).await?,
    };
    let open = connection.insert(open);
    let statement =
        "UPDATE writer SET expires_at = clock_timestamp() + $1 * interval '1 millisecond'
                     WHERE id = 1 AND epoch = $2 AND owner = $3";
    let values = [
        Value::Integer(millis(renewal.length)),
        Value::Integer(renewal.epoch),
        Value::Text(&renewal.owner),
    ];
    let renewing = open.execute(statement, &values);
    match tokio::time::timeout(super::CONNECT_TIMEOUT, renewing).await {
        Ok(renewed) => Ok(renewed? > 0),
        Err(_) => Err(sqlx::Error::PoolTimedOut),
    }
}

fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}
