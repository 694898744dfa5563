//! A decoded entity beside the JSON it came from.

use super::{UdfValue, Udfs};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// A decoded entity and, unless the client was told not to keep it, its raw JSON.
///
/// What `T` does not name (user-defined fields, properties of newer versions) is read lazily and exactly from the raw JSON.
#[derive(Debug, Clone)]
pub struct Record<T> {
    /// The decoded entity.
    pub value: T,
    /// Its JSON, which decoding `value` has proved to be valid.
    raw: Option<Box<str>>,
}

impl<T: DeserializeOwned> Record<T> {
    /// Decodes an entity from its JSON.
    ///
    /// # Errors
    /// When the JSON does not fit `T`.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        Self::from_text(json, true)
    }

    pub(crate) fn from_raw(raw: &RawValue, keep_raw: bool) -> Result<Self, serde_json::Error> {
        Self::from_text(raw.get(), keep_raw)
    }

    /// Decodes the body of an answer that is one entity.
    pub(crate) fn from_body(body: &[u8], keep_raw: bool) -> Result<Self, serde_json::Error> {
        Self::from_text(std::str::from_utf8(body).map_err(serde::de::Error::custom)?, keep_raw)
    }

    /// One pass: the text is not split off as a raw value first.
    fn from_text(json: &str, keep_raw: bool) -> Result<Self, serde_json::Error> {
        let value = serde_json::from_str(json)?;
        Ok(Self { value, raw: keep_raw.then(|| json.trim_ascii().into()) })
    }
}

impl<T> Record<T> {
    /// The raw JSON of the whole entity, if it was kept. Each call walks through the text once.
    #[must_use]
    pub fn raw(&self) -> Option<&RawValue> {
        serde_json::from_str(self.raw.as_deref()?).ok()
    }

    /// The raw JSON of one property, by its exact name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&RawValue> {
        property_of(self.raw.as_deref()?, name)
    }

    /// A user-defined field of the header (`U_ProcoreKey`). A field that is absent or `null` is `None`.
    #[must_use]
    pub fn udf(&self, name: &str) -> Option<UdfValue> {
        value_of(self.property(name)?)
    }

    /// All user-defined fields of the header that have a value.
    #[must_use]
    pub fn udfs(&self) -> Udfs {
        self.raw.as_deref().map(udfs_of).unwrap_or_default()
    }

    /// The raw rows of a collection (`DocumentLines`), in the order of the answer.
    #[must_use]
    pub fn rows(&self, collection: &str) -> Vec<&RawValue> {
        self.property(collection)
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default()
    }

    /// A user-defined field of one row of a collection.
    #[must_use]
    pub fn row_udf(&self, collection: &str, index: usize, name: &str) -> Option<UdfValue> {
        let rows = self.rows(collection);
        value_of(property_of(rows.get(index)?.get(), name)?)
    }
}

fn value_of(raw: &RawValue) -> Option<UdfValue> {
    UdfValue::from_raw(raw).ok().filter(|value| !value.is_null())
}

/// Finds one property without decoding the others.
fn property_of<'a>(json: &'a str, name: &str) -> Option<&'a RawValue> {
    struct Find<'n>(&'n str);
    impl<'de> Visitor<'de> for Find<'_> {
        type Value = Option<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = None;
            while let Some(key) = map.next_key::<Key<'de>>()? {
                if key.0 == self.0 {
                    found = Some(map.next_value()?);
                } else {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            Ok(found)
        }
    }
    serde_json::Deserializer::from_str(json).deserialize_map(Find(name)).ok().flatten()
}

/// Every `U_` property of an object that has a value.
fn udfs_of(json: &str) -> Udfs {
    let Ok(all) = serde_json::from_str::<std::collections::BTreeMap<String, &RawValue>>(json)
    else {
        return Udfs::new();
    };
    all.into_iter()
        .filter(|(name, _)| name.starts_with("U_"))
        .filter_map(|(name, raw)| Some((name, value_of(raw)?)))
        .collect()
}

/// A property name, borrowed where it needs no unescaping.
#[derive(Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] std::borrow::Cow<'a, str>);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rust_decimal::Decimal;

    #[derive(Debug, Deserialize)]
    struct Header {
        #[serde(rename = "DocEntry")]
        doc_entry: i32,
    }

    const JSON: &str = r#"{"DocEntry":7,"U_ProcoreKey":"a\"b","U_Amount":1234567890123456.123456,"U_Empty":null,
        "DocumentLines":[{"U_Line":"x"},{"U_Line":2}],"Later":{"a":[1,2]}}"#;

    #[test]
    fn keeps_what_the_type_does_not_name() {
        let record = Record::<Header>::from_json(JSON).unwrap();
        assert_eq!(record.value.doc_entry, 7);
        assert_eq!(record.udf("U_ProcoreKey"), Some(UdfValue::Text("a\"b".to_owned())));
        assert_eq!(
            record.udf("U_Amount").unwrap().as_decimal(),
            Some(Decimal::from_str_exact("1234567890123456.123456").unwrap())
        );
        assert_eq!(record.udf("U_Empty"), None);
        assert_eq!(record.property("Later").unwrap().get(), r#"{"a":[1,2]}"#);
        assert_eq!(
            record.row_udf("DocumentLines", 1, "U_Line").unwrap().as_decimal(),
            Some(Decimal::from(2))
        );
        assert_eq!(record.udfs().len(), 2);
    }

    #[test]
    fn has_no_raw_json_when_told_not_to_keep_it() {
        let raw: &RawValue = serde_json::from_str(JSON).unwrap();
        let record = Record::<Header>::from_raw(raw, false).unwrap();
        assert!(record.raw().is_none() && record.udf("U_ProcoreKey").is_none());
    }
}
