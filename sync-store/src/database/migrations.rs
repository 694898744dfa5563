//! Whether a database's schema is this program's, an older one, or one that must be left alone.

use sqlx::migrate::Migrator;
use sync_core::ports::StoreError;

use super::rows::unusable;

/// What a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing, or a schema that lacks migrations.
    Behind,
    /// The schema of this program.
    Current,
}

/// A migration that a database says it has.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Known {
    pub(crate) version: i64,
    pub(crate) checksum: Vec<u8>,
    pub(crate) success: bool,
}

/// Compares the migrations of a database with those of this program.
pub(crate) fn judge(place: &str, ours: &Migrator, known: &[Known]) -> Result<Found, StoreError> {
    let newest = ours.iter().map(|migration| migration.version).max().unwrap_or(0);
    for Known { version, checksum, success } in known {
        let Some(our) = ours.iter().find(|migration| migration.version == *version) else {
            return Err(unusable(format!(
                "{place} has schema version {version}, this program knows versions up to {newest}; \
                 use the program that wrote it, or a newer one"
            )));
        };
        if !success || our.checksum[..] != checksum[..] {
            return Err(unusable(format!(
                "schema version {version} of {place} is not the one that this program makes; \
                 use the program that wrote it, or restore a backup"
            )));
        }
    }
    let complete = ours.iter().count() == known.len();
    Ok(if complete { Found::Current } else { Found::Behind })
}
