//! JSON bodies as they are read: order and digits kept, no amount through a float.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::json::Json;

const DEPTH_MAX: usize = 16;

/// Reads a body; `None` where it is no JSON.
pub(crate) fn parse(body: &[u8]) -> Option<Json> {
    let raw: &RawValue = serde_json::from_slice(body).ok()?;
    value(raw, 0)
}

fn value(raw: &RawValue, depth: usize) -> Option<Json> {
    if depth > DEPTH_MAX {
        return None;
    }
    let text = raw.get();
    Some(match text.as_bytes().first()? {
        b'n' => Json::Null,
        b't' => Json::Bool(true),
        b'f' => Json::Bool(false),
        b'"' => Json::Text(serde_json::from_str(text).ok()?),
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            Json::List(items.into_iter().map(|item| value(item, depth + 1)).collect::<Option<_>>()?)
        }
        b'{' => {
            let fields: Fields<'_> = serde_json::from_str(text).ok()?;
            let read =
                |(name, raw): (String, &RawValue)| Some((name.into(), value(raw, depth + 1)?));
            Json::Object(fields.0.into_iter().map(read).collect::<Option<_>>()?)
        }
        _ => Json::Number(text.to_owned()),
    })
}

impl Json {
    /// A field of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => {
                fields.iter().rev().find(|(key, _)| key == name).map(|(_, v)| v)
            }
            _ => None,
        }
    }

    /// A text that is not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Self::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    /// A whole number, written as a number or as a text.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Self::Number(text) | Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Puts a field in place of the one with this name, or adds it.
    pub(crate) fn set(mut self, name: &'static str, value: impl Into<Self>) -> Self {
        let value = value.into();
        if let Self::Object(fields) = &mut self {
            match fields.iter_mut().find(|(key, _)| key == name) {
                Some((_, held)) => *held = value,
                None => fields.push((name.into(), value)),
            }
        }
        self
    }
}

/// The fields of an object, in order.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Read).map(Fields)
    }
}
