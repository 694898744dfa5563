//! What the server answered to a successful creation.

use crate::error::{Error, Result};
use bytes::Bytes;
use http::header::{ETAG, LOCATION};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// A created entity: its keys, and the whole answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Created {
    /// Internal key: `DocEntry` of a document, `JdtNum` of a journal entry.
    pub doc_entry: Option<i32>,
    /// Number a person sees: `DocNum` of a document, `Number` of a journal entry.
    pub doc_num: Option<i32>,
    /// The journal entry of a document (`TransNum`).
    pub trans_num: Option<i32>,
    /// Address of the entity, as the server gave it.
    pub location: Option<String>,
    /// Version of the entity for `If-Match`, where it has one.
    pub etag: Option<String>,
    /// The body of the answer.
    pub body: Bytes,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Keys<'a> {
    #[serde(rename = "DocEntry", borrow)]
    doc_entry: Option<&'a RawValue>,
    #[serde(rename = "JdtNum", borrow)]
    jdt_num: Option<&'a RawValue>,
    #[serde(rename = "DocNum", borrow)]
    doc_num: Option<&'a RawValue>,
    #[serde(rename = "Number", borrow)]
    number: Option<&'a RawValue>,
    #[serde(rename = "TransNum", borrow)]
    trans_num: Option<&'a RawValue>,
}

impl Created {
    pub(crate) fn read(answer: &http::Response<Bytes>) -> Result<Self> {
        let header = |name| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let location = header(LOCATION);
        let keys: Keys<'_> = match answer.body().as_ref() {
            [] => Keys::default(),
            body => serde_json::from_slice(body).map_err(|error| {
                Error::decode("a created entity", error).with_status(answer.status())
            })?,
        };
        Ok(Self {
            doc_entry: keys
                .doc_entry
                .or(keys.jdt_num)
                .and_then(integer)
                .or_else(|| location.as_deref().and_then(key_of)),
            doc_num: keys.doc_num.or(keys.number).and_then(integer),
            trans_num: keys.trans_num.and_then(integer),
            etag: header(ETAG),
            location,
            body: answer.body().clone(),
        })
    }

    /// The created entity as SAP computed it: totals, taxes, defaults.
    ///
    /// # Errors
    /// When the answer was empty or does not read as `T`.
    pub fn value<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| Error::decode("a created entity", error))
    }
}

fn integer(raw: &RawValue) -> Option<i32> {
    raw.get().trim_matches('"').parse().ok()
}

/// The number in `.../PurchaseInvoices(123)`.
fn key_of(location: &str) -> Option<i32> {
    location.rsplit_once('(')?.1.strip_suffix(')')?.parse().ok()
}
