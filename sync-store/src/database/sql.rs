//! What the databases have in common for us: a statement with values, a row with columns.
//!
//! Placeholders are `$1`, `$2`, ...; SQLite and PostgreSQL both take them.

use std::{future::Future, io, time::Duration};

use sync_core::ports::StoreError;

/// A value of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A whole number.
    Integer(i64),
    /// A whole number, or nothing.
    MaybeInteger(Option<i64>),
    /// Text.
    Text(&'a str),
    /// Text, or nothing.
    MaybeText(Option<&'a str>),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Yes or no.
    Flag(bool),
}

/// A connection that statements are executed on.
pub trait Sql: Send {
    /// Executes a statement; answers how many rows it touched.
    fn execute(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// Executes a statement that answers one whole number; `None` where it answers no row.
    fn number(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Option<i64>, sqlx::Error>> + Send;

    /// Executes a statement that answers rows, and gives each to `row` in turn.
    fn each<F>(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
        row: F,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send
    where
        F: FnMut(&dyn Columns) + Send;
}

/// A row, read by the names of its columns.
pub trait Columns {
    /// A whole number.
    fn integer(&self, name: &str) -> Result<i64, sqlx::Error>;
    /// A whole number, or nothing.
    fn maybe_integer(&self, name: &str) -> Result<Option<i64>, sqlx::Error>;
    /// Text.
    fn text(&self, name: &str) -> Result<&str, sqlx::Error>;
    /// Text, or nothing.
    fn maybe_text(&self, name: &str) -> Result<Option<&str>, sqlx::Error>;
    /// Bytes.
    fn bytes(&self, name: &str) -> Result<Vec<u8>, sqlx::Error>;
}

/// Connections that read beside the writer.
pub trait Readers: Send + Sync {
    /// Reads rows. A database that fails is the outer error, a row that cannot be decoded the inner.
    fn rows<T: Send>(
        &self,
        statement: &'static str,
        values: &[Value<'_>],
        decode: fn(&dyn Columns) -> Result<T, StoreError>,
    ) -> impl Future<Output = Result<Result<Vec<T>, StoreError>, sqlx::Error>> + Send;

    /// Closes them.
    fn end(&self) -> impl Future<Output = ()> + Send;
}

/// What a database's connection, or its connections, are to sqlx, and how long each answer is waited for.
pub(crate) trait Wrapped {
    /// What sqlx knows it as.
    type Raw;

    /// It.
    fn raw(&self) -> &Self::Raw;

    /// It.
    fn raw_mut(&mut self) -> &mut Self::Raw;

    /// How long one answer is waited for; `None` where the database is in this process.
    fn patience(&self) -> Option<Duration>;
}

/// Waits for an answer, but not for one that never comes: a host that vanished ends no connection.
pub(crate) async fn within<T>(
    patience: Option<Duration>,
    answer: impl Future<Output = Result<T, sqlx::Error>> + Send,
) -> Result<T, sqlx::Error> {
    let Some(patience) = patience else { return answer.await };
    tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| {
        let told = format!("no answer came within {} s", patience.as_secs_f32());
        Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, told)))
    })
}

/// Binds values in order.
macro_rules! bound {
    ($statement:expr, $values:expr) => {{
        let mut query = sqlx::query($statement);
        for value in $values {
            query = match *value {
                $crate::database::sql::Value::Integer(number) => query.bind(number),
                $crate::database::sql::Value::MaybeInteger(number) => query.bind(number),
                $crate::database::sql::Value::Text(text) => query.bind(text),
                $crate::database::sql::Value::MaybeText(text) => query.bind(text),
                $crate::database::sql::Value::Bytes(bytes) => query.bind(bytes),
                $crate::database::sql::Value::Flag(flag) => query.bind(flag),
            };
        }
        query
    }};
}
pub(crate) use bound;

/// [`Sql`] for a database's connection, [`Readers`] for its pool and [`Columns`] for its row.
macro_rules! sql_of {
    ($connection:ty, $pool:ty, $row:ty) => {
        impl $crate::database::sql::Readers for $pool {
            async fn rows<T: Send>(
                &self,
                statement: &'static str,
                values: &[$crate::database::sql::Value<'_>],
                decode: fn(
                    &dyn $crate::database::sql::Columns,
                ) -> Result<T, sync_core::ports::StoreError>,
            ) -> Result<Result<Vec<T>, sync_core::ports::StoreError>, sqlx::Error> {
                use $crate::database::sql::{Wrapped, bound, within};
                let mut connection = self.raw().acquire().await?;
                let query = bound!(statement, values).fetch_all(&mut *connection);
                match within(self.patience(), query).await {
                    Ok(rows) => Ok(rows.iter().map(|row| decode(row)).collect()),
                    Err(error) => {
                        // The answer may still come, and is then not that of the next statement.
                        connection.close_on_drop();
                        Err(error)
                    }
                }
            }

            async fn end(&self) {
                use $crate::database::sql::{Wrapped, within};
                let closing = async { Ok(self.raw().close().await) };
                // What cannot be closed ends with the process.
                let _ = within(self.patience(), closing).await;
            }
        }

        impl $crate::database::sql::Sql for $connection {
            async fn execute(
                &mut self,
                statement: &'static str,
                values: &[$crate::database::sql::Value<'_>],
            ) -> Result<u64, sqlx::Error> {
                use $crate::database::sql::{Wrapped, bound, within};
                let patience = self.patience();
                let query = bound!(statement, values).execute(self.raw_mut());
                Ok(within(patience, query).await?.rows_affected())
            }

            async fn number(
                &mut self,
                statement: &'static str,
                values: &[$crate::database::sql::Value<'_>],
            ) -> Result<Option<i64>, sqlx::Error> {
                use $crate::database::sql::{Wrapped, bound, within};
                let patience = self.patience();
                // To its end: a statement of its own is committed after its last row.
                let query = bound!(statement, values).fetch_all(self.raw_mut());
                let rows = within(patience, query).await?;
                rows.first().map(|row| sqlx::Row::try_get(row, 0)).transpose()
            }

            async fn each<F>(
                &mut self,
                statement: &'static str,
                values: &[$crate::database::sql::Value<'_>],
                mut seen: F,
            ) -> Result<(), sqlx::Error>
            where
                F: FnMut(&dyn $crate::database::sql::Columns) + Send,
            {
                use futures_util::TryStreamExt;
                use $crate::database::sql::{Wrapped, bound, within};
                let patience = self.patience();
                let mut rows = bound!(statement, values).fetch(self.raw_mut());
                while let Some(row) = within(patience, rows.try_next()).await? {
                    seen(&row);
                }
                Ok(())
            }
        }

        impl $crate::database::sql::Columns for $row {
            fn integer(&self, name: &str) -> Result<i64, sqlx::Error> {
                sqlx::Row::try_get(self, name)
            }

            fn maybe_integer(&self, name: &str) -> Result<Option<i64>, sqlx::Error> {
                sqlx::Row::try_get(self, name)
            }

            fn text(&self, name: &str) -> Result<&str, sqlx::Error> {
                sqlx::Row::try_get(self, name)
            }

            fn maybe_text(&self, name: &str) -> Result<Option<&str>, sqlx::Error> {
                sqlx::Row::try_get(self, name)
            }

            fn bytes(&self, name: &str) -> Result<Vec<u8>, sqlx::Error> {
                sqlx::Row::try_get(self, name)
            }
        }
    };
}
pub(crate) use sql_of;
