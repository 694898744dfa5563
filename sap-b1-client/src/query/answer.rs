//! One page of rows as both versions of the server write it.

use serde::Deserialize;
use serde_json::value::RawValue;

/// One answer of a collection, or of a stored query.
#[derive(Deserialize)]
pub(crate) struct Answer<'a> {
    /// Never absent in an answer of SAP: an answer without it is not an empty collection.
    #[serde(borrow)]
    pub(crate) value: Vec<&'a RawValue>,
    #[serde(rename = "@odata.nextLink", default)]
    next_v2: Option<String>,
    #[serde(rename = "odata.nextLink", default)]
    next_v1: Option<String>,
    #[serde(rename = "@odata.count", alias = "odata.count", default, borrow)]
    count: Option<&'a RawValue>,
}

impl Answer<'_> {
    /// Where the next page is; `None` on the last one.
    pub(crate) fn next_link(&mut self) -> Option<String> {
        self.next_v2.take().or(self.next_v1.take()).filter(|link| !link.is_empty())
    }

    /// The number of rows over all pages, where it was asked for: a number in version 2, a text in version 1.
    pub(crate) fn total(&self) -> Option<u64> {
        self.count.and_then(|count| count.get().trim_matches('"').parse().ok())
    }
}
