//! Decoded records, their JSON text, and what happens to those that cannot be decoded.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::client::Answer;
use crate::error::{Error, Result};
use crate::list_body::{Item, Items};
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
pub(crate) fn id_of(item: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Identified<'a> {
        #[serde(borrow, default)]
        id: Option<&'a RawValue>,
    }
    if let Some(id) = leading_id(item) {
        return Some(id.to_owned());
    }
    let found: Identified<'_> = serde_json::from_str(item).ok()?;
    wire::text(found.id?).ok()?
}

/// The id of an item that begins with it, as nearly all do: it is found without a walk through the item.
fn leading_id(item: &str) -> Option<&str> {
    let field = item.strip_prefix("{\"id\":")?;
    let (id, _) = field.split_once([',', '}'])?;
    let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    plain.then_some(id)
}

/// Decodes a record.
pub(crate) fn decode<T: DeserializeOwned>(
    item: &RawValue,
    keep_raw: bool,
) -> Result<Record<T>, Unreadable> {
    finish(item.get(), serde_json::from_str(item.get()), keep_raw)
}

/// The record of a value and its text, or what is wrong with it.
fn finish<T: DeserializeOwned>(
    text: &str,
    value: serde_json::Result<T>,
    keep_raw: bool,
) -> Result<Record<T>, Unreadable> {
    let record = value.and_then(|value| {
        let raw = keep_raw.then(|| RawValue::from_string(text.to_owned())).transpose()?;
        Ok(Record { value, raw })
    });
    record.map_err(|error| {
        let (path, problem) = explain::<T>(text, &error);
        Unreadable {
            id: id_of(text),
            path,
            problem,
            text: text.chars().take(TEXT_CHARS_MAX).collect(),
        }
    })
}

/// Decodes the body of a show call: the object itself or within `data`.
pub(crate) fn one<T: DeserializeOwned>(answer: &Answer, keep_raw: bool) -> Result<Record<T>> {
    if let Some(value) = plain_object(&answer.body).filter(|_| !keep_raw) {
        return Ok(Record { value, raw: None });
    }
    let body: &RawValue = serde_json::from_slice(&answer.body)
        .map_err(|_| answer.unreadable("the answer is not JSON"))?;
    let object = Envelope::open(body).unwrap_or(body);
    // Some show calls answer with a list of one. Nothing but a list is tried as one: a failure costs an error's text.
    let alone: Vec<&RawValue> = match object.get().as_bytes() {
        [b'[', ..] => serde_json::from_str(object.get()).unwrap_or_default(),
        _ => Vec::new(),
    };
    let object = if let [only] = alone[..] { only } else { object };
    if !object.get().starts_with('{') {
        return Err(answer.unreadable("the answer is not an object"));
    }
    decode(object, keep_raw).map_err(|unreadable| {
        answer.unreadable(unreadable.problem).with_path(Some(unreadable.path))
    })
}

/// Decodes an object that is certainly in no envelope, in one pass; what is not read here is looked at again.
fn plain_object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(body).ok()?;
    let plain = text.trim_ascii_start().starts_with('{') && !text.contains("\"data\"");
    if plain { serde_json::from_str(text).ok() } else { None }
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
    let mut decoded = Decoded { records: Vec::new(), unreadable: Vec::new() };
    let walk = walk(body, keep_raw, |_, item| match item {
        Ok(record) => decoded.records.push(record),
        Err(unreadable) => decoded.unreadable.push(unreadable),
    });
    walk.map_err(Error::decode)?;
    Ok(decoded)
}

/// Decodes the items of a list call's body and hands on each with its text.
pub(crate) fn each_item<'a, T: DeserializeOwned>(
    answer: &'a Answer,
    keep_raw: bool,
    take: impl FnMut(&'a str, Result<Record<T>, Unreadable>),
) -> Result<()> {
    walk(&answer.body, keep_raw, take).map_err(|problem| answer.unreadable(problem))
}

/// Walks through an array, `{"data": [...]}`, or (as some pages of the documentation show) one object.
fn walk<'a, T: DeserializeOwned>(
    body: &'a [u8],
    keep_raw: bool,
    mut take: impl FnMut(&'a str, Result<Record<T>, Unreadable>),
) -> Result<(), &'static str> {
    const NOT_JSON: &str = "the answer is not JSON";
    let text = std::str::from_utf8(body).map_err(|_| NOT_JSON)?;
    let array = if text.trim_ascii_start().starts_with('[') {
        text
    } else {
        let body: &RawValue = serde_json::from_str(text).map_err(|_| NOT_JSON)?;
        let inner = Envelope::open(body).unwrap_or(body);
        match inner.get().as_bytes().first() {
            Some(b'[') => inner.get(),
            Some(b'{') if id_of(inner.get()).is_some() => {
                take(inner.get(), decode(inner, keep_raw));
                return Ok(());
            }
            _ => return Err("the answer is not a list"),
        }
    };
    let mut items = Items::new(array);
    while let Some(Item { text, value }) = items.next_item().map_err(|_| NOT_JSON)? {
        take(text, finish(text, value, keep_raw));
    }
    Ok(())
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
