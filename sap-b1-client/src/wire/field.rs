//! How one property is read and written, by its type: what is absent, what is a text, what is exact.
//!
//! [`crate::resources`] declares properties as `Option<T>` or `Vec<T>` and needs no attribute beside them: the type decides.

use super::{date, exact};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

/// A value that a property may hold.
pub(crate) trait Value: Sized {
    /// Reads it; `null` is `None`.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error>;

    /// Writes it.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// The text, where it is one whose length its column limits.
    fn text(&self) -> Option<&str> {
        None
    }
}

impl Value for String {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Option::deserialize(deserializer)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }

    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Value for i32 {
    /// The documentation writes some whole numbers as strings, so they are read as well; an empty one is absent.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let token = <&RawValue>::deserialize(deserializer)?.get();
        let digits = token.trim_matches('"').trim();
        if token == "null" || digits.is_empty() {
            return Ok(None);
        }
        let no_integer = || {
            let shown: String = token.chars().take(60).collect();
            de::Error::custom(format!("{shown} is no whole number of 32 bits"))
        };
        digits.parse().map(Some).map_err(|_| no_integer())
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(*self)
    }
}

impl Value for Decimal {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        exact::option::deserialize(deserializer)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        exact::serialize(self, serializer)
    }
}

impl Value for NaiveDate {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        date::option::deserialize(deserializer)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        date::option::serialize(&Some(*self), serializer)
    }
}

/// A property that is read.
pub(crate) trait ReadField<'de>: Sized {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl<'de, T: Value> ReadField<'de> for Option<T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer)
    }
}

impl<'de, T: Deserialize<'de>> ReadField<'de> for Vec<T> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<Self>::deserialize(deserializer)?.unwrap_or_default())
    }
}

/// A property that is written.
pub(crate) trait WriteField {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Absent properties are not sent: the service answers nulls in a new entity with "unexpected errors".
    fn is_absent(&self) -> bool;

    fn text(&self) -> Option<&str>;
}

impl<T: Value> WriteField for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => value.write(serializer),
            None => serializer.serialize_none(),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn text(&self) -> Option<&str> {
        self.as_ref().and_then(Value::text)
    }
}

impl<T: Serialize> WriteField for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn text(&self) -> Option<&str> {
        None
    }
}

/// For `#[serde(deserialize_with)]`.
pub(crate) fn read<'de, D: Deserializer<'de>, F: ReadField<'de>>(
    deserializer: D,
) -> Result<F, D::Error> {
    F::read(deserializer)
}

/// For `#[serde(serialize_with)]`.
pub(crate) fn write<S: Serializer, F: WriteField>(
    field: &F,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    field.write(serializer)
}

/// For `#[serde(skip_serializing_if)]`.
pub(crate) fn is_absent<F: WriteField>(field: &F) -> bool {
    field.is_absent()
}
