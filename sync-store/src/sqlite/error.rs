//! SQLite's result codes as the port's kinds.

use std::path::Path;

use sync_core::ports::{StoreError, StoreErrorKind};

use crate::database;

/// The error of a statement: what was being done, in which file, and what SQLite says.
pub(super) fn failed(path: &Path, doing: &str, error: &sqlx::Error) -> StoreError {
    database::failed(kind(error), &path.display().to_string(), doing, error)
}

/// A file that cannot be reached now.
pub(super) fn unavailable(detail: impl std::fmt::Display) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, detail)
}

/// Damage and a strange schema are `Unusable`; a full disk, a missing right or a lock that does not
/// end pass by themselves or by a person's act outside the file.
pub(super) fn kind(error: &sqlx::Error) -> StoreErrorKind {
    match error {
        sqlx::Error::Database(database) => {
            let code = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(0);
            // The low byte is the primary result code (sqlite.org/rescode.html).
            match code & 0xff {
                // PERM, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL, AUTH
                3 | 5..=10 | 13..=15 | 23 => StoreErrorKind::Unavailable,
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
