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
