//! The requests of a batch, in order.

use crate::client::{Call, CallClass};
use crate::error::{Error, Result};
use http::Method;
use std::fmt;

/// Requests that are sent together and run one after another, until one fails.
///
/// ```
/// use sap_b1_client::{Batch, Call};
///
/// # fn main() -> sap_b1_client::Result<()> {
/// let mut batch = Batch::new();
/// batch.add(Call::get("Projects('PRJ01')"))?;
/// let set = batch.change_set();
/// let entry = set.add(Call::post("JournalEntries", b"{}".as_slice().into()))?;
/// set.add(Call::patch(entry.path(), b"{\"Memo\":\"late\"}".as_slice().into()))?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    pub(super) items: Vec<Item>,
}

/// One item of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Single(Call),
    Set(ChangeSet),
}

/// Writes that happen together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// Content ids are unique in the whole batch.
    pub(super) first_id: u32,
    pub(super) calls: Vec<Call>,
}

/// The number of a request inside a change set. Later requests of the same set name what it created by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentId(u32);

impl ContentId {
    /// The address of what the request created: `$1`. Good in addresses of the same set, not in bodies.
    #[must_use]
    pub fn path(self) -> String {
        self.to_string()
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.0)
    }
}

impl Batch {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a request of its own: a read, or a write that stands alone.
    ///
    /// # Errors
    /// When its address or headers cannot stand in a batch.
    pub fn add(&mut self, call: Call) -> Result<&mut Self> {
        check(&call)?;
        self.items.push(Item::Single(call));
        Ok(self)
    }

    /// Adds an empty change set to fill. Keep it small: it holds locks, and one bad document loses all of it.
    pub fn change_set(&mut self) -> &mut ChangeSet {
        let before: usize = self.items.iter().map(Item::writes_in_set).sum();
        let first_id = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        self.items.push(Item::Set(ChangeSet { first_id, calls: Vec::new() }));
        match self.items.last_mut() {
            Some(Item::Set(set)) => set,
            _ => unreachable!("a set was pushed just now"),
        }
    }

    /// How many items it has; a change set counts as one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// True if nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether any request in it may change something.
    #[must_use]
    pub fn class(&self) -> CallClass {
        if self.items.iter().all(|item| item.class() == CallClass::Read) {
            CallClass::Read
        } else {
            CallClass::Write
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.items.is_empty() {
            return Err(Error::invalid("a batch without a request"));
        }
        let mut next_id = 1;
        for item in &self.items {
            let Item::Set(set) = item else { continue };
            if set.calls.is_empty() {
                return Err(Error::invalid("a change set without a request"));
            }
            if set.first_id != next_id {
                return Err(Error::invalid("a change set was filled after a later one was begun"));
            }
            next_id += u32::try_from(set.calls.len()).unwrap_or(u32::MAX);
        }
        Ok(())
    }
}

impl Item {
    pub(super) fn class(&self) -> CallClass {
        match self {
            Self::Single(call) => call.class,
            Self::Set(_) => CallClass::Write,
        }
    }

    fn writes_in_set(&self) -> usize {
        match self {
            Self::Single(_) => 0,
            Self::Set(set) => set.calls.len(),
        }
    }
}

impl ChangeSet {
    /// Adds a write and says by which address later ones may name what it creates.
    ///
    /// # Errors
    /// When it is a read, or its address or headers cannot stand in a batch.
    pub fn add(&mut self, call: Call) -> Result<ContentId> {
        if call.method == Method::GET {
            return Err(Error::invalid("a change set holds no reads"));
        }
        check(&call)?;
        let id = self.first_id.saturating_add(u32::try_from(self.calls.len()).unwrap_or(u32::MAX));
        self.calls.push(call);
        Ok(ContentId(id))
    }

    pub(super) fn id(&self, index: usize) -> u64 {
        u64::from(self.first_id) + u64::try_from(index).unwrap_or(u64::MAX / 2)
    }
}

/// What stands in a multipart text must not be able to end its line or its part.
fn check(call: &Call) -> Result<()> {
    let visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if call.is_batch() || call.path.starts_with("$batch") {
        return Err(Error::invalid("a batch inside a batch"));
    }
    if call.path.is_empty() || !visible(&call.path) {
        return Err(Error::invalid(
            "an address in a batch must be percent-encoded: no spaces, no line ends",
        ));
    }
    let etag_fits = |etag: &String| etag.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !call.if_match.as_ref().is_none_or(etag_fits) {
        return Err(Error::invalid("an ETag of one line is expected"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bytes::Bytes;

    fn post() -> Call {
        Call::post("JournalEntries", Bytes::from_static(b"{}"))
    }

    #[test]
    fn content_ids_are_unique_in_the_whole_batch() {
        let mut batch = Batch::new();
        let set = batch.change_set();
        assert_eq!(set.add(post()).unwrap().path(), "$1");
        assert_eq!(set.add(post()).unwrap().path(), "$2");
        batch.add(Call::get("Projects")).unwrap();
        assert_eq!(batch.change_set().add(post()).unwrap().path(), "$3");
        assert_eq!((batch.len(), batch.class()), (3, CallClass::Write));
        batch.check().unwrap();
    }

    #[test]
    fn what_could_break_a_part_or_has_no_meaning_is_refused() {
        let mut batch = Batch::new();
        assert!(batch.check().is_err());
        for path in ["", "A B", "A\r\n--x", "A\n", "Ü", "$batch"] {
            assert!(batch.add(Call::get(path)).is_err(), "{path:?}");
        }
        assert!(batch.add(Call::patch("A(1)", Bytes::new()).if_match("x\r\ny: z")).is_err());
        let set = batch.change_set();
        assert!(set.add(Call::get("Projects")).is_err());
        assert!(batch.check().is_err(), "a set without a request");
    }
}
