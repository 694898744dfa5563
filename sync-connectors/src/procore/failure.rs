//! What a failed call of Procore means: for one record, or for the list.

use procore_client::{Error, ErrorKind, Unreadable};
use sync_core::ports::{SourceError, SourceErrorKind, UnreadableRecord};

/// Why a record could not be read.
#[derive(Debug)]
pub(super) enum Failure {
    /// This record alone; the others of its list go on.
    Record(String),
    /// The list, or everything.
    List(SourceError),
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::List(error)
    }
}

/// A call that belongs to one record: what is not visible there says nothing about the list.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if error.is_not_visible() || is_about_the_body(&error) {
            Self::Record(error.to_string())
        } else {
            Self::List(source_error(&error))
        }
    }
}

/// An answer that is JSON of the right outer form, with a value that does not read.
fn is_about_the_body(error: &Error) -> bool {
    error.kind() == ErrorKind::Decode && error.path().is_some()
}

/// An error of a list, of a reference list or of everything.
pub(super) fn source_error(error: &Error) -> SourceError {
    let kind = match error.kind() {
        ErrorKind::LoginRefused | ErrorKind::Unauthorized => SourceErrorKind::LoginRefused,
        ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::OutOfScope => {
            SourceErrorKind::ProjectNotVisible
        }
        _ => SourceErrorKind::Unavailable,
    };
    SourceError::new(kind, error)
}

/// A list that ended before the server's own count, or whose count shrank each time that it was read.
pub(super) fn incomplete(what: &str) -> SourceError {
    SourceError::new(
        SourceErrorKind::Unavailable,
        format!(
            "the list of {what} ended before the total that Procore stated, or lost rows while it was read; read it again"
        ),
    )
}

/// An item of a list that does not decode.
pub(super) fn unreadable_item(item: &Unreadable) -> UnreadableRecord {
    UnreadableRecord {
        id: item.id.as_deref().and_then(|id| id.parse().ok()),
        detail: format!("{}: {}", item.path, item.problem),
    }
}
