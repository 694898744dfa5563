//! A hash over what would be posted, so that a change of the ledger's content is seen and nothing else.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The SHA-256 over a record's ledger content, as 64 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Hashes the parts; each part is length-prefixed, so that no two lists of parts look alike.
    #[must_use]
    pub fn over<I, S>(parts: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let mut hash = Sha256::new();
        for part in parts {
            let part = part.as_ref();
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut text = String::with_capacity(64);
        for byte in hash.finalize() {
            use fmt::Write as _;
            write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        }
        Self(text)
    }

    /// All 64 hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 16 hex digits: the value of `U_ProcoreRev` of the last document that the fingerprint
    /// needs. A record that has a document with it stands whole.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.0[..16.min(self.0.len())]
    }

    /// The value of `U_ProcoreRev` of the documents before the last one: with them alone the record
    /// stands in part.
    #[must_use]
    pub fn revision_in_part(&self) -> String {
        Self::over([self.as_str(), "in part"]).revision().to_owned()
    }

    /// The value of `U_ProcoreRev` of the documents that take back what stood before a record is
    /// posted anew.
    #[must_use]
    pub fn revision_taken_back(&self) -> String {
        Self::over([self.as_str(), "taken back"]).revision().to_owned()
    }
}

/// A revision as documents carry it that stand beside what the books held before the cut-over: it tells a
/// state that lost its opening list that the document is not the whole record.
const BESIDE_OPENING: char = 'o';

/// The revision of a document that is a difference to the opening list.
#[must_use]
pub fn revision_beside_opening(revision: &str) -> String {
    let digits = revision.char_indices().nth(1).map_or("", |(at, _)| &revision[at..]);
    format!("{BESIDE_OPENING}{digits}")
}

/// Whether a document with this revision is a difference to the opening list.
#[must_use]
pub fn is_beside_opening(revision: &str) -> bool {
    revision.starts_with(BESIDE_OPENING)
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_run_into_each_other() {
        assert_ne!(Fingerprint::over(["ab", "c"]), Fingerprint::over(["a", "bc"]));
        assert_eq!(Fingerprint::over(["a"]).revision().len(), 16);
    }

    #[test]
    fn a_part_is_never_taken_for_the_whole() {
        let whole = Fingerprint::over(["a"]);
        assert_eq!(whole.revision_in_part().len(), 16);
        assert_ne!(whole.revision_in_part(), whole.revision());
        assert_ne!(whole.revision_in_part(), Fingerprint::over(["b"]).revision_in_part());
        assert_ne!(whole.revision_in_part(), whole.revision_taken_back());
    }
}
