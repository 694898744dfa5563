//! JSON bodies as they are written: key order kept, numbers as the exact text they stand for.
//!
//! A body is built value by value because Procore's bodies are irregular: the same field is a
//! string here, a number there and an object elsewhere. No amount passes through a float.

use std::borrow::Cow;

use chrono::NaiveDate;

/// One JSON value.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, by its text.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in order.
    Object(Vec<(Cow<'static, str>, Json)>),
}

/// Writes an object literal.
macro_rules! object {
    ($($key:literal : $value:expr),* $(,)?) => {
        $crate::procore::json::Json::Object(vec![
            $((std::borrow::Cow::Borrowed($key), $crate::procore::json::Json::from($value))),*
        ])
    };
}
pub(crate) use object;

impl Json {
    /// Adds a field to an object; anything else stays as it is.
    pub(crate) fn with(
        mut self,
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Self>,
    ) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.push((key.into(), value.into()));
        }
        self
    }

    /// Takes a field out of an object.
    pub(crate) fn without(mut self, key: &str) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.retain(|(name, _)| name != key);
        }
        self
    }

    /// The bytes of the value.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = String::new();
        self.write(&mut out);
        out.into_bytes()
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => write_text(text, out),
            Self::List(items) => {
                out.push('[');
                for (n, item) in items.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (n, (key, value)) in fields.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    write_text(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Number(value.to_string())
    }
}

impl From<i32> for Json {
    fn from(value: i32) -> Self {
        Self::Number(value.to_string())
    }
}

impl From<u8> for Json {
    fn from(value: u8) -> Self {
        Self::Number(value.to_string())
    }
}

impl From<usize> for Json {
    fn from(value: usize) -> Self {
        Self::Number(value.to_string())
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Json {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<NaiveDate> for Json {
    fn from(value: NaiveDate) -> Self {
        Self::Text(value.format("%Y-%m-%d").to_string())
    }
}

impl From<Vec<Self>> for Json {
    fn from(value: Vec<Self>) -> Self {
        Self::List(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_in_order_with_escapes_and_exact_numbers() {
        let value = object! {
            "b": "a \"quoted\"\nline",
            "a": Json::Number("12345678901234567.89".into()),
            "none": Json::Null,
            "list": vec![Json::from(true), Json::from(-1_i64)],
        };
        let text = String::from_utf8(value.to_bytes()).expect("it is text");
        assert_eq!(
            text,
            r#"{"b":"a \"quoted\"\nline","a":12345678901234567.89,"none":null,"list":[true,-1]}"#
        );
    }
}
