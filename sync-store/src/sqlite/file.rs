//! Which file the store is, and the lock beside it.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use sync_core::ports::{StoreError, StoreErrorKind};

use super::error::unavailable;
use crate::database::unusable;

/// Reads `sqlite:path`, `sqlite://path` or a path as one absolute path without links, so that two
/// names of one database share one lock.
pub(super) fn database_file(location: &Path) -> Result<PathBuf, StoreError> {
    let path = match location.to_str() {
        Some(text) => {
            let text = text.strip_prefix("sqlite:").unwrap_or(text);
            PathBuf::from(text.strip_prefix("//").unwrap_or(text))
        }
        None => {
            return Err(unusable(format!(
                "the database path {} must be valid Unicode",
                location.display()
            )));
        }
    };
    if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" {
        return Err(unusable(
            "the state must outlive the process: name a file, e.g. sqlite:state/contractor.db",
        ));
    }
    if let Ok(existing) = path.canonicalize() {
        return Ok(existing);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(|error| {
        unavailable(format!("the folder {} cannot be opened: {error}", folder.display()))
    })?;
    match path.file_name() {
        Some(name) => Ok(folder.join(name)),
        None => Err(unusable(format!("{} names no file", path.display()))),
    }
}

/// The lock of `<db>.lock`: held as long as the value lives, and freed by the system when the
/// process ends, however it ends.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the lock of a database.
    ///
    /// The file stays when the lock is freed: deleting it would let two processes lock two files of
    /// one name.
    pub(super) fn take(database: &Path) -> Result<Self, StoreError> {
        let path = lock_file(database);
        let cannot = |error: std::io::Error| {
            unavailable(format!("the lock file {} cannot be locked: {error}", path.display()))
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::new(
                StoreErrorKind::LeaseHeld,
                format!(
                    "another process writes to {}: it holds {}; wait for its end, or stop it",
                    database.display(),
                    path.display()
                ),
            )),
            Err(TryLockError::Error(error)) => Err(cannot(error)),
        }
    }
}

/// `<db>.lock`.
fn lock_file(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(".lock");
    PathBuf::from(name)
}
