//! The right to write: a row that the database's clock ends, renewed by a task of its own.

use std::time::Duration;

use sync_core::ports::{Epoch, StoreError, StoreErrorKind};
use tokio::{task::JoinHandle, time::Instant};

use super::{
    Postgres,
    session::{Session, Settings},
};
use crate::database::{
    Backend, Lasting,
    sql::{Columns, Sql, Value},
};

/// Renewals in the time of one lease.
const RENEWALS: u32 = 10;

/// The lease of this process, renewed as long as the value lives.
#[derive(Debug)]
pub struct Lease {
    renewing: JoinHandle<()>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

/// Who asks: where from, as the database sees it, and which handle.
pub(super) async fn owner(session: &mut Session) -> Result<String, sqlx::Error> {
    let statement = "SELECT COALESCE(host(inet_client_addr()), 'local') || ' ' || gen_random_uuid()::text AS seen";
    let mut seen = Err(sqlx::Error::RowNotFound);
    session.each(statement, &[], |row| seen = row.text("seen").map(str::to_owned)).await?;
    Ok(format!("process {} from {}", std::process::id(), seen?))
}

impl Lease {
    /// Takes the lease when it is free, has ended, or is this handle's own.
    pub(super) async fn take(
        backend: &Postgres,
        session: &mut Session,
        now: Option<&str>,
    ) -> Result<(Epoch, Self), StoreError> {
        let length = backend.options.lease;
        let statement = "UPDATE writer SET epoch = epoch + 1, acquired_at = COALESCE($1, acquired_at), owner = $2,
                             expires_at = clock_timestamp() + $3 * interval '1 millisecond'
                         WHERE id = 1 AND (owner IS NULL OR owner = $2 OR expires_at <= clock_timestamp())
                         RETURNING epoch";
        let values =
            [Value::MaybeText(now), Value::Text(&backend.owner), Value::Integer(millis(length))];
        let taken = session.number(statement, &values).await;
        let taken = taken.map_err(|error| backend.failed("taking the lease", &error))?;
        let Some(epoch) = taken else { return Err(held_by_another(backend, session).await) };
        let renewing = tokio::spawn(renew(Renewal {
            settings: backend.settings.clone(),
            place: backend.place(),
            owner: backend.owner.clone(),
            epoch,
            length,
        }));
        Ok((Epoch(epoch), Self { renewing }))
    }
}

/// Whose it is, and how long it lasts.
///
/// The database is asked, because only its clock ends the lease: the monotonic clock stands still while this machine is
/// suspended, and `CLOCK_BOOTTIME` too while a hypervisor has it paused or restores it from a snapshot. Asking costs one
/// round trip beside a document, whose intent took several, and also tells of a take-over that came before its time.
pub(super) async fn lasts(session: &mut Session) -> Result<Lasting, sqlx::Error> {
    let asked = Instant::now();
    let statement = "SELECT epoch, COALESCE(CAST(FLOOR(1000 * EXTRACT(EPOCH FROM expires_at - clock_timestamp())) AS BIGINT), 0) AS lasts_ms
                     FROM writer WHERE id = 1";
    let mut told = Err(sqlx::Error::RowNotFound);
    let row = |row: &dyn Columns| Ok((row.integer("epoch")?, row.integer("lasts_ms")?));
    session.each(statement, &[], |found| told = row(found)).await?;
    let (epoch, lasts_ms) = told?;
    let left = Duration::from_millis(u64::try_from(lasts_ms).unwrap_or(0));
    // The answer is as old as the question at most.
    Ok(Lasting { epoch, left: left.saturating_sub(asked.elapsed()) })
}

async fn held_by_another(backend: &Postgres, session: &mut Session) -> StoreError {
    let statement =
        "SELECT owner, to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS ends
                     FROM writer WHERE id = 1";
    let mut told = None;
    let asked = session.each(statement, &[], |row| {
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
    settings: Settings,
    place: String,
    owner: String,
    epoch: i64,
    length: Duration,
}

/// Renews until the lease is another's, or the task is stopped. A renewal that fails is tried again soon, on a new
/// connection.
async fn renew(renewal: Renewal) {
    let mut session = None;
    loop {
        tokio::time::sleep(renewal.length / RENEWALS).await;
        match once(&renewal, &mut session).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(epoch = renewal.epoch, place = %renewal.place, "the lease is another's now");
                return;
            }
            Err(error) => {
                session = None;
                tracing::warn!(%error, place = %renewal.place, "the lease could not be renewed");
            }
        }
    }
}

async fn once(renewal: &Renewal, session: &mut Option<Session>) -> Result<bool, sqlx::Error> {
    let open = match session.take() {
        Some(open) => open,
        None => renewal.settings.connect(super::CONNECT_TIMEOUT).await?,
    };
    let statement =
        "UPDATE writer SET expires_at = clock_timestamp() + $1 * interval '1 millisecond'
                     WHERE id = 1 AND epoch = $2 AND owner = $3";
    let values = [
        Value::Integer(millis(renewal.length)),
        Value::Integer(renewal.epoch),
        Value::Text(&renewal.owner),
    ];
    Ok(session.insert(open).execute(statement, &values).await? > 0)
}

fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}
