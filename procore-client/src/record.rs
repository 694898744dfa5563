//! Decoded records, their JSON text, and what happens to those that cannot be decoded.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::client::Answer;
use crate::error::{Error, Result};
use crate::wire;

const TEXT_CHARS_MAX: usize = 4_000;

/// A record and, if the client keeps it, the JSON text that it was read from.
///
/// Fields that the model does not have, custom fields among them, are read exactly from the text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record<T> {
    /// The record.
    pub value: T,
    /// Its JSON text, exactly as it came; `None` unless `keep_raw` is set.
    pub raw: Option<Box<RawValue>>,
}

impl<T> Record<T> {
    /// Returns the value, without its text.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Returns the JSON text of a top-level field, if the text is kept and has the field.
    #[must_use]
    pub fn raw_field(&self, name: &str) -> Option<&RawValue> {
        let object: BTreeMap<String, &RawValue> =
            serde_json::from_str(self.raw.as_deref()?.get()).ok()?;
        object.get(name).copied()
    }

    /// Returns the JSON text of the value of `custom_field_<id>`, if the text is kept and has it.
    #[must_use]
    pub fn raw_custom_field(&self, id: i64) -> Option<&RawValue> {
        #[derive(Deserialize)]
        struct CustomField<'a> {
            #[serde(borrow)]
            value: &'a RawValue,
        }
        let fields: BTreeMap<String, CustomField<'_>> =
            serde_json::from_str(self.raw_field("custom_fields")?.get()).ok()?;
        fields.get(&format!("custom_field_{id}")).map(|field| field.value)
    }
}

/// A list item that could not be decoded; the other items of the list go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The record's id, if that much could be read.
    pub id: Option<String>,
    /// Where the value is that could not be read, such as `line_items[3].amount`.
    pub path: String,
    /// What is wrong with it.
    pub problem: String,
    /// The beginning of the record's JSON text (at most 4,000 characters).
    pub text: String,
}

/// The id of a list item as text, `123` and `"123"` alike.
pub(crate) fn id_of(item: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Identified<'a> {
        #[serde(borrow, default)]
        id: Option<&'a RawValue>,
    }
    let found: Identified<'_> = serde_json::from_str(item.get()).ok()?;
    wire::text(found.id?).ok()?
}

/// Decodes one list item.
pub(crate) fn decode<T: DeserializeOwned>(
    item: &RawValue,
    keep_raw: bool,
) -> Result<Record<T>, Unreadable> {
    match serde_json::from_str(item.get()) {
        Ok(value) => Ok(Record { value, raw: keep_raw.then(|| item.to_owned()) }),
        Err(error) => {
            let (path, problem) = explain::<T>(item.get(), &error);
            let text = item.get().chars().take(TEXT_CHARS_MAX).collect();
            Err(Unreadable { id: id_of(item), path, problem, text })
        }
    }
}

/// Decodes the body of a show call: the object itself or within `data`.
pub(crate) fn one<T: DeserializeOwned>(answer: &Answer, keep_raw: bool) -> Result<Record<T>> {
    let body: &RawValue = serde_json::from_slice(&answer.body)
        .map_err(|_| answer.unreadable("the answer is not JSON"))?;
    let object = Envelope::open(body).unwrap_or(body);
    // Some show calls answer with a list of one.
    let alone: Vec<&RawValue> = serde_json::from_str(object.get()).unwrap_or_default();
    let object = if let [only] = alone[..] { only } else { object };
    if !object.get().starts_with('{') {
        return Err(answer.unreadable("the answer is not an object"));
    }
    decode(object, keep_raw).map_err(|unreadable| {
        answer.unreadable(unreadable.problem).with_path(Some(unreadable.path))
    })
}

/// A list body's records, decoded as a list call decodes them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decoded<T> {
    /// The records, in the order of the body.
    pub records: Vec<Record<T>>,
    /// The items that could not be decoded.
    pub unreadable: Vec<Unreadable>,
}

/// Decodes the body of a list call that a host got by another way, such as a stored page or
/// [`get_raw`](crate::Client::get_raw): an array, `{"data": [...]}`, or one object.
///
/// # Errors
///
/// [`Decode`](crate::ErrorKind::Decode) when the body is not JSON or not a list. Items that cannot be decoded are in
/// [`Decoded::unreadable`].
pub fn decode_list<T: DeserializeOwned>(body: &[u8], keep_raw: bool) -> Result<Decoded<T>> {
    let items = split(body).map_err(Error::decode)?;
    let mut decoded = Decoded { records: Vec::with_capacity(items.len()), unreadable: Vec::new() };
    for item in items {
        match decode(item, keep_raw) {
            Ok(record) => decoded.records.push(record),
            Err(unreadable) => decoded.unreadable.push(unreadable),
        }
    }
    Ok(decoded)
}

/// Splits the body of a list call.
pub(crate) fn items(answer: &Answer) -> Result<Vec<&RawValue>> {
    split(&answer.body).map_err(|problem| answer.unreadable(problem))
}

/// The items of an array, of `{"data": [...]}`, or (as some pages of the documentation show) of one object.
fn split(body: &[u8]) -> Result<Vec<&RawValue>, &'static str> {
    const NOT_JSON: &str = "the answer is not JSON";
    // Most bodies are arrays; they are split in the one pass that also proves them to be JSON.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return serde_json::from_slice(body).map_err(|_| NOT_JSON);
    }
    let body: &RawValue = serde_json::from_slice(body).map_err(|_| NOT_JSON)?;
    let inner = Envelope::open(body).unwrap_or(body);
    match inner.get().as_bytes().first() {
        Some(b'[') => {
            serde_json::from_str(inner.get()).map_err(|_| "the list cannot be split into items")
        }
        Some(b'{') if id_of(inner).is_some() => Ok(vec![inner]),
        _ => Err("the answer is not a list"),
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// The content of the v2 envelope, if the body is one.
    fn open(body: &'a RawValue) -> Option<&'a RawValue> {
        if !body.get().starts_with('{') {
            return None;
        }
        let envelope: Envelope<'a> = serde_json::from_str(body.get()).ok()?;
        envelope.data.filter(|_| envelope.id.is_none())
    }
}

/// Decodes once more to learn where it fails; only failures pay for it.
fn explain<T: DeserializeOwned>(text: &str, error: &serde_json::Error) -> (String, String) {
    let mut json = serde_json::Deserializer::from_str(text);
    let (path, problem) = match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Err(error) => (error.path().to_string(), error.inner().to_string()),
        Ok(_) => (".".to_owned(), error.to_string()),
    };
    // Line and column count from the item's own beginning and tell a reader nothing.
    let problem = match problem.rfind(" at line ") {
        Some(end) => problem[..end].to_owned(),
        None => problem,
    };
    (path, problem)
}
