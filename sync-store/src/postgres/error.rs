//! PostgreSQL's states as the port's kinds.

use sync_core::ports::{StoreError, StoreErrorKind};

use crate::database;

/// The error of a statement: what was being done, where, and what PostgreSQL says.
pub(super) fn failed(place: &str, doing: &str, error: &sqlx::Error) -> StoreError {
    database::failed(kind(error), place, doing, error)
}

/// Damage, a strange schema and a missing right are `Unusable`; what passes by itself, or by a person's act on the server,
/// is `Unavailable`.
pub(super) fn kind(error: &sqlx::Error) -> StoreErrorKind {
    match error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            // The first two characters are the class (postgresql.org/docs/current/errcodes-appendix.html).
            match code.get(..2) {
                // Connection, rollback by the server, resources (disk full among them), a limit, an operator's act, the
                // system; a server that only reads; who may connect and where to.
                Some("08" | "40" | "53" | "54" | "55" | "57" | "58" | "25" | "28" | "3D") => {
                    StoreErrorKind::Unavailable
                }
                _ => StoreErrorKind::Unusable,
            }
        }
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::RowNotFound => StoreErrorKind::Unusable,
        _ => StoreErrorKind::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, error::Error, fmt};

    use sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    /// What a server answers, by its code alone.
    #[derive(Debug)]
    struct Answered(Option<&'static str>);

    impl fmt::Display for Answered {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{:?}", self.0)
        }
    }

    impl Error for Answered {}

    impl DatabaseError for Answered {
        fn message(&self) -> &str {
            "a message"
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            self.0.map(Cow::Borrowed)
        }

        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    fn of(code: Option<&'static str>) -> StoreErrorKind {
        kind(&sqlx::Error::Database(Box::new(Answered(code))))
    }

    #[test]
    fn what_passes_by_itself_or_by_a_persons_act_on_the_server_is_unavailable() {
        for code in [
            "08006", // connection_failure
            "25006", // read_only_sql_transaction: a standby
            "25P03", // idle_in_transaction_session_timeout
            "28P01", // invalid_password
            "3D000", // invalid_catalog_name
            "40001", // serialization_failure
            "40P01", // deadlock_detected
            "53100", // disk_full
            "53300", // too_many_connections
            "54000", // program_limit_exceeded
            "55P03", // lock_not_available
            "57014", // query_canceled
            "57P01", // admin_shutdown
            "57P03", // cannot_connect_now
            "58030", // io_error
        ] {
            assert_eq!(of(Some(code)), StoreErrorKind::Unavailable, "{code}");
        }
    }

    #[test]
    fn damage_a_strange_schema_and_a_missing_right_are_unusable() {
        for code in [
            "22P02", // invalid_text_representation
            "23502", // not_null_violation
            "23505", // unique_violation
            "23514", // check_violation
            "42501", // insufficient_privilege
            "42703", // undefined_column
            "42P01", // undefined_table
            "P0001", // raise_exception
            "XX000", // internal_error
            "XX001", // data_corrupted
            "XX002", // index_corrupted
        ] {
            assert_eq!(of(Some(code)), StoreErrorKind::Unusable, "{code}");
        }
        for strange in [None, Some(""), Some("5"), Some("\u{e4}\u{e4}")] {
            assert_eq!(of(strange), StoreErrorKind::Unusable, "{strange:?}");
        }
    }

    #[test]
    fn a_connection_that_ends_is_unavailable_and_a_row_that_cannot_be_read_is_unusable() {
        let ended = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        for error in [
            sqlx::Error::Io(ended),
            sqlx::Error::PoolTimedOut,
            sqlx::Error::PoolClosed,
            sqlx::Error::Tls("no certificate".into()),
            sqlx::Error::Protocol("a message out of turn".to_owned()),
        ] {
            assert_eq!(kind(&error), StoreErrorKind::Unavailable, "{error}");
        }
        for error in [
            sqlx::Error::RowNotFound,
            sqlx::Error::ColumnNotFound("epoch".to_owned()),
            sqlx::Error::Decode("no number".into()),
        ] {
            assert_eq!(kind(&error), StoreErrorKind::Unusable, "{error}");
        }
    }
}
