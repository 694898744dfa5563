//! Keys of entities in an address: `(7)`, `('O''Brien')`, `(TableName='OPCH',FieldID=0)`.

use super::encode::{encode, property_name, quote};
use super::filter::Literal;
use crate::error::Result;

/// The key of one entity.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Key {
    /// A number, as `DocEntry` is.
    Integer(i64),
    /// A code.
    Text(String),
    /// Named parts.
    Parts(Vec<(&'static str, Key)>),
}

impl Key {
    /// The key as it stands in an address, parentheses included.
    pub(crate) fn render(&self) -> Result<String> {
        match self {
            Self::Parts(parts) => {
                let parts: Result<Vec<_>> = parts
                    .iter()
                    .map(|(name, key)| Ok(format!("{}={}", property_name(name)?, key.bare())))
                    .collect();
                Ok(format!("({})", parts?.join(",")))
            }
            single => Ok(format!("({})", single.bare())),
        }
    }

    fn bare(&self) -> String {
        match self {
            Self::Integer(number) => number.to_string(),
            Self::Text(text) => encode(&quote(text)),
            Self::Parts(_) => String::new(),
        }
    }

    /// The key as a value of a filter; keys of several parts have none.
    pub(crate) fn literal(&self) -> Option<Literal> {
        match self {
            Self::Integer(number) => Some(Literal::Integer(*number)),
            Self::Text(text) => Some(Literal::Text(text.clone())),
            Self::Parts(_) => None,
        }
    }
}

impl From<i32> for Key {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}
impl From<i64> for Key {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}
impl From<&i32> for Key {
    fn from(number: &i32) -> Self {
        Self::Integer((*number).into())
    }
}
impl From<&String> for Key {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Key {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
